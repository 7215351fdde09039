"""The work on files: whatever is in one becomes a row, and a row travels."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import evgrade
from evgrade import checking
from evgrade.batch import row as module
from evgrade.batch.row import Counts, Grading, Problem, Row, Verdict
from evgrade.checked import Outcome
from evgrade.checks import with_checks
from evgrade.discover import Source
from evgrade.dossier import Dossier
from evgrade.model import Finding, Location, Severity
from evgrade.rubric.load import RubricText, read_rubric, shipped_names
from evgrade.rubric.model import Rubric

ROOT = Path(__file__).parents[2]
NALTREXONE = "examples/low-dose-naltrexone-als.dossier.yaml"
VALID = "dossier: 1\ntherapy: {name: a therapy}\ncondition: {name: a condition}\n"
GRADING = Grading((read_rubric(),))


def row(path: str | Path, *, named: bool = True, grading: Grading = GRADING) -> Row:
    return next(grading([Source(os.fspath(path), named)]))


def written(folder: Path, text: str | bytes, name: str = "one.yaml") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_dossier_is_graded_as_it_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    given = row(NALTREXONE)
    alone = evgrade.grade(NALTREXONE)
    assert alone.score is not None
    assert alone.recommendation is not None
    assert (given.file, given.status, given.problem) == (NALTREXONE, Outcome.VALID, None)
    assert (given.therapy, given.condition) == (alone.therapy, alone.condition)
    assert given.sha256 == alone.dossier_sha256 == hashlib.sha256(Path(NALTREXONE).read_bytes()).hexdigest()
    [verdict] = given.verdicts
    assert [(one.domain, one.grade, one.possible) for one in verdict.grades] == [
        (domain.name, domain.grade, domain.possible) for domain in alone.domains
    ]
    assert (verdict.score, verdict.low, verdict.high) == (35, 22.5, 35)
    assert (verdict.level, verdict.rank) == ("not_recommended", 4)
    assert verdict.possible == alone.recommendation.possible
    assert given.counts == Counts(waived=1)


def test_a_relative_path_begins_where_the_work_was_given_and_is_shown_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    paths = [NALTREXONE, "tests/cli/nowhere.yaml", f"./{NALTREXONE}", os.fspath(ROOT / NALTREXONE)]
    here = [row(path) for path in paths]
    monkeypatch.chdir(tmp_path)
    assert [row(path, grading=replace(GRADING, folder=os.fspath(ROOT))) for path in paths] == here
    assert row(NALTREXONE).status is Outcome.UNREADABLE


def test_no_reason_is_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reasons take longer than grades, and a row has none; so do places, and nothing in this dossier is pointed at."""

    def asked(*_: object) -> object:
        raise AssertionError("a reason or a place was asked for")

    monkeypatch.setattr("evgrade.grading.trace.Tracer.__init__", asked)
    monkeypatch.setattr("evgrade.yamlio.document.Document.location", asked)
    given = row(ROOT / "examples" / "smallest.dossier.yaml")
    assert (given.status, given.problem) == (Outcome.VALID, None)


def test_several_rubrics_give_a_verdict_each_and_findings_count_once() -> None:
    names = shipped_names()
    given = row(ROOT / NALTREXONE, grading=Grading(tuple(read_rubric(name) for name in names)))
    assert [verdict.rubric for verdict in given.verdicts] == list(names)
    assert given.counts == Counts(waived=1)


def test_a_rubric_without_score_and_recommendation_gives_none() -> None:
    [verdict] = row(ROOT / NALTREXONE, grading=Grading((read_rubric("ocebm-2011"),))).verdicts
    assert verdict[2:8] == (None, None, None, None, None, ())


@pytest.mark.parametrize("text", ["dossier: 1\ntherapy: {name: a}\n", "dossier: [", b"dossier: \xff", "", "a: 1"])
def test_an_invalid_file_has_its_first_error(tmp_path: Path, text: str | bytes) -> None:
    path = written(tmp_path, text)
    given = row(path)
    assert (given.status, given.verdicts, given.therapy) == (Outcome.INVALID, (), None)
    first, *_ = found = evgrade.validate(path)
    assert given.problem == Problem(first.message, first.location.line, first.location.column, first.code)
    assert given.counts == Counts(errors=len(found))
    assert given.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_dossier_whose_facts_contradict_each_other_is_invalid_and_has_its_grades(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, VALID)
    error = Finding(code="count-x", severity=Severity.ERROR, message="m", location=Location(file="f", line=3, column=5))

    def contradicted(dossier: Dossier, *_: object) -> Dossier:
        return replace(dossier, findings=(*dossier.findings, error))

    monkeypatch.setattr(checking, "with_checks", contradicted)
    given = row(path)
    assert (given.status, given.problem) == (Outcome.INVALID, Problem("m", 3, 5, "count-x"))
    assert (given.counts, len(given.verdicts), given.therapy) == (Counts(errors=1), 1, "a therapy")


def test_what_is_found_and_no_dossier_is_skipped_and_what_is_named_is_invalid(tmp_path: Path) -> None:
    path = written(tmp_path, "a: 1\n")
    assert row(path, named=False).status is Outcome.SKIPPED
    assert row(path, named=False).problem == Problem("no `dossier:` header")
    assert row(path).status is Outcome.INVALID


def test_a_file_that_is_gone_or_none_is_unreadable(tmp_path: Path) -> None:
    gone, folder = row(tmp_path / "gone.yaml"), row(tmp_path)
    assert (gone.status, folder.status) == (Outcome.UNREADABLE, Outcome.UNREADABLE)
    assert gone.problem is not None
    assert gone.problem.message.endswith("could not be read: No such file or directory")


def test_of_a_file_that_is_too_large_little_is_read_and_no_checksum_given(tmp_path: Path) -> None:
    path = written(tmp_path, VALID)
    os.truncate(path, 100_000_000)
    given = row(path)
    assert (given.status, given.sha256) == (Outcome.INVALID, None)


def test_files_that_are_graded_together_come_out_as_alone(tmp_path: Path) -> None:
    contents = [VALID, "dossier: [", "a: 1", f"{VALID}mechanism: [{{id: a, refs: [b]}}]\n", "", VALID]
    paths = [written(tmp_path, text, f"{number}.yaml") for number, text in enumerate(contents)]
    sources = [Source(os.fspath(path), named=False) for path in [*paths, tmp_path / "gone.yaml", ROOT / NALTREXONE]]
    together = list(GRADING(sources))
    assert together == [row for source in sources for row in GRADING([source])]
    assert [(row.file, row.status.value) for row in together] == [
        (source.path, status)
        for source, status in zip(
            sources,
            ["valid", "invalid", "skipped", "invalid", "skipped", "valid", "unreadable", "valid"],
            strict=True,
        )
    ]
    assert list(GRADING([])) == []


def test_large_files_are_not_in_memory_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = (0, 0, module._AT_ONCE // 2, module._AT_ONCE // 2, 0, module._AT_ONCE, 0)
    paths = [written(tmp_path, VALID + "#" * size + "\n", f"{place}.yaml") for place, size in enumerate(sizes)]
    whole, groups = Grading.rows_of, []

    def noting(grading: Grading, files: Sequence[tuple[bytes, str]], rubrics: Sequence[Rubric]) -> list[Row]:
        groups.append([Path(name).stem for _, name in files])
        return whole(grading, files, rubrics)

    monkeypatch.setattr(Grading, "rows_of", noting)
    rows = list(GRADING([Source(os.fspath(path), named=False) for path in paths]))
    assert [row.file for row in rows] == [os.fspath(path) for path in paths]
    assert groups == [["0", "1", "2"], ["3", "4"], ["5"], ["6"]]


def test_a_mistake_in_evgrade_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = with_checks

    def mistaken(dossier: Dossier, *_: Any) -> Dossier:
        if dossier.document.name.endswith("1.yaml"):
            raise RecursionError("too deep")
        return whole(dossier)

    monkeypatch.setattr(checking, "with_checks", mistaken)
    sources = [Source(os.fspath(written(tmp_path, VALID, f"{number}.yaml")), named=False) for number in range(3)]
    before, failed, after = GRADING(sources)
    assert (before.status, after.status) == (Outcome.VALID, Outcome.VALID)
    assert failed.status is Outcome.FAILED
    assert failed.problem == Problem("internal error: RecursionError: too deep")


def test_a_row_travels_as_it_is() -> None:
    given = row(ROOT / NALTREXONE)
    assert pickle.loads(pickle.dumps(given)) == given  # noqa: S301 - our own
    assert isinstance(given.verdicts[0], Verdict)


@pytest.mark.slow
def test_rows_of_a_chunk_are_small() -> None:
    rows = [row(ROOT / NALTREXONE) for _ in range(32)]
    assert len(pickle.dumps(rows)) / 32 < 700


def test_a_rubric_travels_as_its_text_and_is_compiled_once() -> None:
    text = read_rubric()
    again: RubricText = pickle.loads(pickle.dumps(text))  # noqa: S301 - our own
    assert again.compiled() is text.compiled()
