"""Rows from the cache: those that grading anew would give, and only where nothing that decides a row has changed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from evgrade.batch import installation as module
from evgrade.batch.cache import NAME, Cache, RowCache, row_cache
from evgrade.batch.installation import identity, installation
from evgrade.batch.pool import Pool
from evgrade.batch.row import Grading, Row
from evgrade.batch.row import rows as rows_together
from evgrade.batch.work import NO_CACHE, ResultCache
from evgrade.checked import Outcome
from evgrade.discover import Source
from evgrade.rubric.load import RubricText, load_rubric, read_rubric

ROOT = Path(__file__).parents[2]
NALTREXONE = ROOT / "examples" / "low-dose-naltrexone-als.dossier.yaml"
VALID = "dossier: 1\ntherapy: {name: a therapy}\ncondition: {name: a condition}\n"
GRADING = Grading((read_rubric(),))


def no_complaint(line: str) -> None:
    raise AssertionError(line)


@pytest.fixture
def recall(tmp_path: Path) -> Iterator[RowCache]:
    """Give a memory that knows nothing yet."""

    def opened() -> Any:
        return row_cache(tmp_path / "cache", GRADING, no_complaint)

    (tmp_path / "one.yaml").write_text(VALID.replace("a therapy", "something else"))
    with opened() as new:
        new.keep(graded(tmp_path / "one.yaml"))
    with opened() as memory:
        assert memory is not None
        yield memory


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Write a folder with files of each kind."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.yaml").write_text(VALID.replace("a therapy", f"therapy {number}"))
    (folder / "10.yaml").write_text("dossier: 1\n")
    (folder / "20.yaml").write_text("other: 1\n")
    (folder / "30.yaml").write_text(NALTREXONE.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def rows(paths: list[str], grading: Grading, pool: Pool, memory: ResultCache[Row] = NO_CACHE) -> Iterator[Row]:
    return chain.from_iterable(rows_together(paths, grading, pool, memory))


def sources(*paths: Path, named: bool = True) -> list[Source]:
    return [Source(str(path), named) for path in paths]


def recalled(memory: ResultCache[Row], files: list[Source]) -> list[Row | None]:
    return list(memory.known(files))


def graded(*paths: Path) -> list[Row]:
    return list(GRADING(sources(*paths)))


# Rows


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_the_rows_are_those_of_grading_anew(mixed: Path, recall: RowCache, jobs: int) -> None:
    anew = list(rows([str(mixed)], GRADING, Pool(jobs)))
    assert list(rows([str(mixed)], GRADING, Pool(jobs), recall)) == anew
    assert recall.found == 0
    assert list(rows([str(mixed)], GRADING, Pool(jobs), recall)) == anew
    assert recall.found == 39, "all that are dossiers"


def test_what_changed_is_graded_and_the_rest_is_not(mixed: Path, recall: RowCache) -> None:
    list(rows([str(mixed)], GRADING, Pool(1), recall))
    (mixed / "05.yaml").write_text(VALID.replace("a therapy", "another"))
    again = list(rows([str(mixed)], GRADING, Pool(1), recall))
    assert again[5].therapy == "another"
    assert again == list(rows([str(mixed)], GRADING, Pool(1)))
    assert recall.found == 38


def test_where_all_is_known_no_process_is_started(mixed: Path, recall: RowCache) -> None:
    def start(_jobs: int) -> None:
        raise AssertionError("a process was started")

    known = list(rows([str(mixed)], GRADING, Pool(1), recall))
    assert list(rows([str(mixed)], GRADING, Pool(2, start=start), recall)) == known  # type: ignore[arg-type]


def test_the_same_bytes_under_another_name_have_its_name(tmp_path: Path, recall: RowCache) -> None:
    files = [*sorted((ROOT / "tests" / "cli" / "bad").rglob("*.yaml")), NALTREXONE]
    recall.keep(graded(*files))
    copies = [tmp_path / f"copy {number}.yaml" for number in range(len(files))]
    for copy, file in zip(copies, files, strict=True):
        copy.write_bytes(file.read_bytes())
    assert recalled(recall, sources(*copies)) == graded(*copies)
    assert recall.found == len(files)


def test_a_file_that_is_no_dossier_is_skipped_where_it_was_found_and_invalid_where_it_was_named(
    tmp_path: Path, recall: RowCache
) -> None:
    (tmp_path / "a.yaml").write_text("other: 1\n")
    recall.keep(graded(tmp_path / "a.yaml"))
    [named], [found] = (recalled(recall, sources(tmp_path / "a.yaml", named=named)) for named in (True, False))
    assert named is not None
    assert found is not None
    assert (named.status, found.status) == (Outcome.INVALID, Outcome.SKIPPED)


def test_what_does_not_follow_from_the_bytes_is_not_kept(tmp_path: Path, recall: RowCache) -> None:
    (tmp_path / "a.yaml").write_text(VALID)
    [row] = graded(tmp_path / "a.yaml")
    recall.keep([row._replace(status=status) for status in (Outcome.FAILED, Outcome.SKIPPED, Outcome.UNREADABLE)])
    assert recalled(recall, sources(tmp_path / "a.yaml")) == [None]


def test_a_file_that_is_too_large_is_never_known(tmp_path: Path, recall: RowCache) -> None:
    """Only its beginning is read, and that may be the beginning of another one too."""
    path = tmp_path / "large.yaml"
    path.write_text(VALID)
    os.truncate(path, 100_000_000)
    recall.keep(graded(path))
    assert recalled(recall, sources(path)) == [None]


def test_a_row_is_kept_under_the_bytes_it_was_worked_out_from(tmp_path: Path, recall: RowCache) -> None:
    """The file may have changed since it was looked up."""
    path = tmp_path / "a.yaml"
    path.write_text(VALID)
    assert recalled(recall, sources(path)) == [None]
    path.write_text(VALID.replace("a therapy", "another"))
    recall.keep(graded(path))
    path.write_text(VALID)
    assert recalled(recall, sources(path)) == [None]


def test_no_mistake_in_looking_up_stops_a_run(
    tmp_path: Path, recall: RowCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(_source: Source) -> bytes:
        raise RecursionError

    monkeypatch.setattr("evgrade.batch.cache.opened", mistaken)
    assert recalled(recall, sources(tmp_path)) == [None]


@pytest.fixture
def spoilt(mixed: Path, tmp_path: Path) -> tuple[Cache, list[Row], list[bytes]]:
    """Fill a cache, and give it with the rows that it knows and their keys."""
    cache = Cache(tmp_path, no_complaint)
    new = RowCache(cache, b"same")
    known = list(rows([str(mixed)], GRADING, Pool(1), new))
    new.write()
    return cache, known, [bytes.fromhex(row.sha256) + b"same" for row in known if row.sha256 is not None]


def spoil(cache: Cache, keys: list[bytes]) -> None:
    """Put what was never written, with a checksum as if it had been."""
    cache.put([(key, value.replace(b'"valid"', b'"vapid"')) for key, value in cache.get(keys).items()])


def test_a_row_that_was_spoilt_is_graded_anew(mixed: Path, spoilt: tuple[Cache, list[Row], list[bytes]]) -> None:
    cache, known, keys = spoilt
    spoil(cache, keys)
    recall = RowCache(cache, b"same")
    assert list(rows([str(mixed)], GRADING, Pool(1), recall)) == known
    assert recall.found == 1, "the one that is invalid"


# What rubrics can give


def test_outlines_that_were_kept_spare_the_compilation(
    recall: RowCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = recall.outlines(GRADING.rubrics)
    assert compiled == (load_rubric().outline,)
    recall.keep(graded(NALTREXONE))
    recall.write()
    monkeypatch.setattr(RubricText, "compiled", None)
    with row_cache(tmp_path / "cache", GRADING, no_complaint) as again:
        assert again is not None
        assert again.outlines(GRADING.rubrics) == compiled


@pytest.mark.parametrize("stored", [b"", b"[]", b"[[1]]", b"\xff", b'[["a", "b", "c", "d", [], null, null], 1]'])
def test_outlines_that_were_spoilt_are_made_anew(tmp_path: Path, stored: bytes) -> None:
    cache = Cache(tmp_path, no_complaint)
    cache.put([(b"same", stored)])
    assert RowCache(cache, b"same").outlines(GRADING.rubrics) == (load_rubric().outline,)


# Where there can be none


def test_without_a_cache_there_is_a_line_that_says_why(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("my notes")
    told: list[str] = []
    with row_cache(tmp_path, GRADING, told.append) as memory:
        assert memory is None
    assert told == [f"no cache: {tmp_path / NAME} is not a cache of evgrade and is left alone"]


def relative_to_no_home(*_: object, **__: object) -> Path:
    return Path("~/.cache/evgrade")


def no_home(*_: object, **__: object) -> Path:
    raise RuntimeError("could not determine the home directory")


@pytest.mark.parametrize("answer", [relative_to_no_home, no_home])
def test_without_a_home_there_is_none(monkeypatch: pytest.MonkeyPatch, answer: Callable[..., Path]) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", answer)
    told: list[str] = []
    with row_cache(None, GRADING, told.append) as memory:
        assert memory is None
    assert told == ["no cache: there is no home folder to put it in"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other places")
def test_the_usual_folder_is_that_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with row_cache(None, GRADING, no_complaint) as memory:
        assert memory is not None
    assert (tmp_path / "evgrade" / NAME).is_file()


def test_the_memory_that_knows_nothing_knows_nothing() -> None:
    assert recalled(NO_CACHE, sources(NALTREXONE)) == [None]


# What decides a row


def test_what_decides_a_row_is_the_same_in_the_next_process() -> None:
    assert identity(GRADING) == identity(Grading((read_rubric(),)))


def changed_rubric(text: RubricText) -> RubricText:
    return RubricText(text.content + b"\n", text.name)


BOTH = Grading((read_rubric(), read_rubric("grade")))


def test_the_order_of_rubrics_decides() -> None:
    assert identity(BOTH) != identity(Grading(BOTH.rubrics[::-1]))


@pytest.mark.parametrize(
    "other",
    [
        Grading((changed_rubric(read_rubric()),)),
        Grading((RubricText(read_rubric().content, "another name"),)),
        BOTH,
        Grading((read_rubric("grade"),)),
        Grading(()),
        replace(GRADING, firmness=True),
    ],
)
def test_other_rubrics_and_firmness_are_another_grading(other: Grading) -> None:
    assert identity(other) != identity(GRADING)


def test_where_relative_paths_begin_decides_nothing() -> None:
    assert identity(replace(GRADING, folder="/elsewhere")) == identity(GRADING)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("installation", lambda: installation()._replace(version="99")),
        ("installation", lambda: installation()._replace(files="another schema, or other code")),
        ("parser_name", lambda: "libyaml 99"),
        ("installed", list),
        ("_place", lambda _name: None),
    ],
)
def test_another_version_code_parser_or_library_decides_otherwise(
    monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    before = identity(GRADING)
    monkeypatch.setattr(module, name, value)
    assert identity(GRADING) != before


def test_another_python_decides_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    before = identity(GRADING)
    monkeypatch.setattr(sys, "version", "4.0")
    assert identity(GRADING) != before


def test_scipy_that_is_not_there_or_elsewhere_decides_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some checks are left out without it."""
    pytest.importorskip("scipy")
    before = identity(GRADING)
    (tmp_path / "scipy.py").write_text("raise ImportError")
    monkeypatch.delitem(sys.modules, "scipy", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    assert identity(GRADING) != before


def test_another_version_of_a_library_decides_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    installed = tmp_path / "jsonschema-98.dist-info"
    installed.mkdir()
    before = identity(GRADING)
    assert identity(GRADING) == before
    installed.rename(tmp_path / "jsonschema-99.dist-info")
    assert identity(GRADING) != before
