"""Assessments are written as they are made: memory does not grow with the number of dossiers."""

from __future__ import annotations

import json
import shutil
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.cli import files, score, streams
from evgrade.cli.streams import write_payload
from evgrade.grading.assess import assess_with_retractions
from evgrade.render.findings_json import dumps

from .support import NALTREXONE, ROOT, VALID, Run

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
)


@given(JSON)
def test_json_is_as_the_standard_library_writes_it(data: object) -> None:
    assert dumps(data) == json.dumps(data, indent=2) + "\n"


def copies(folder: Path, number: int) -> Path:
    folder.mkdir()
    for n in range(number):
        shutil.copy(ROOT / NALTREXONE, folder / f"{n:03}.dossier.yaml")
    return folder


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("to_file", [False, True], ids=["stdout", "file"])
def test_one_dossier_is_written_before_the_next_is_graded(
    evgrade: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, to_file: bool
) -> None:
    done: list[str] = []
    into = files.GrowingFile.write

    def graded(*arguments: object) -> object:
        done.append("graded")
        return assess_with_retractions(*arguments)  # type: ignore[arg-type]

    def written(*arguments: object, **more: object) -> None:
        done.append("written")
        write_payload(*arguments, **more)  # type: ignore[arg-type]

    def grown(*arguments: object) -> None:
        done.append("written")
        into(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(score, "assess_with_retractions", graded)
    monkeypatch.setattr(streams, "write_payload", written)
    monkeypatch.setattr(files.GrowingFile, "write", grown)
    output = ("--output", tmp_path / "out") if to_file else ()
    evgrade("score", "--format", form, *output, copies(tmp_path / "some", 4))
    assert [one for one, before in zip(done, ["", *done], strict=False) if one != before] == ["graded", "written"] * 4


@pytest.mark.nightly
@pytest.mark.parametrize("form", ["json", "text"])
def test_memory_does_not_grow_with_the_folder(evgrade: Run, tmp_path: Path, form: str) -> None:
    def peak(number: int) -> int:
        folder = copies(tmp_path / str(number), number)
        tracemalloc.start()
        evgrade("score", "--format", form, "--output", tmp_path / "out", folder)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(1)  # what is imported and remembered is so from here on
    assert peak(24) < 1.5 * peak(4)


def test_an_array_holds_as_many_as_are_valid(evgrade: Run, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / "bad.dossier.yaml").write_text("dossier: 1\n")
        data = json.loads(evgrade("score", "--format", "json", tmp_path).stdout or "[]")
        assert len(data) == number
        (tmp_path / f"{number}.dossier.yaml").write_text(VALID)


def test_where_nothing_could_be_graded_no_file_is_left(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.dossier.yaml").write_text("dossier: 1\n")
    assert evgrade("score", "--output", tmp_path / "out", tmp_path / "bad.dossier.yaml").code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["bad.dossier.yaml"]


def test_a_run_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("old")

    growing = streams.Growing([str(target)])
    growing.write_pieces(str(target), ["x" * 10_000])
    growing.discard()
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("out", "old")]


def test_where_one_output_cannot_be_written_nothing_is_left_of_the_others(evgrade: Run, tmp_path: Path) -> None:
    result = evgrade("score", ROOT / NALTREXONE, "-o", "a.md", "-o", "json=nowhere/b.json", cwd=tmp_path)
    assert (result.code, result.stdout) == (2, "")
    assert list(tmp_path.iterdir()) == []
