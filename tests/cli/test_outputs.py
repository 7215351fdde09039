"""Findings in several places and formats at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from evgrade.cli.destinations import FindingsFormat, Output, OutputsError, planned

from .support import INVALID, ROOT, SCRIPT, SMALLEST, VALID, Run

BAD = "tests/cli/bad"
TEXT, JSON, SARIF = FindingsFormat.TEXT, FindingsFormat.JSON, FindingsFormat.SARIF


@pytest.mark.parametrize(
    ("form", "given", "outputs"),
    [
        (None, [], [Output(TEXT, None)]),
        (JSON, [], [Output(JSON, None)]),
        (JSON, ["a"], [Output(JSON, "a")]),
        (JSON, ["-"], [Output(JSON, None)]),
        (JSON, ["a", "b"], [Output(JSON, "a"), Output(JSON, "b")]),
        # another format is besides
        (None, ["sarif=a"], [Output(TEXT, None), Output(SARIF, "a")]),
        (JSON, ["sarif=a"], [Output(JSON, None), Output(SARIF, "a")]),
        (JSON, ["sarif=a", "b"], [Output(SARIF, "a"), Output(JSON, "b")]),
        (SARIF, ["sarif=a"], [Output(SARIF, None), Output(SARIF, "a")]),
        # unless nothing else was chosen for standard output
        (None, ["sarif=-"], [Output(SARIF, None)]),
        (JSON, ["sarif=-", "b"], [Output(SARIF, None), Output(JSON, "b")]),
        # what is no format before the first `=` is part of a path
        (None, ["a=b"], [Output(TEXT, "a=b")]),
        (None, ["./sarif=a"], [Output(TEXT, "./sarif=a")]),
        (None, ["SARIF=a"], [Output(TEXT, "SARIF=a")]),
        (None, ["=a"], [Output(TEXT, "=a")]),
        (None, ["sarif"], [Output(TEXT, "sarif")]),
        (None, ["sarif=a=b"], [Output(TEXT, None), Output(SARIF, "a=b")]),
    ],
)
def test_what_the_options_mean(
    form: FindingsFormat | None, given: list[str], outputs: list[Output[FindingsFormat]]
) -> None:
    assert list(planned(form, given, FindingsFormat)) == outputs


@pytest.mark.parametrize(
    ("form", "given"),
    [
        (None, ["sarif=-", "json=-"]),
        (JSON, ["sarif=-"]),
        (None, ["-", "-"]),
        (None, ["a", "a"]),
        (None, ["a", "sarif=./a"]),
        (None, ["sarif=a", "json=b/../a"]),
        (None, ["sarif="]),
    ],
)
def test_two_outputs_never_go_to_the_same_place(form: FindingsFormat | None, given: list[str]) -> None:
    with pytest.raises(OutputsError):
        planned(form, given, FindingsFormat)


def test_nor_by_another_name(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("a")
    with pytest.raises(OutputsError, match="two outputs would go to"):
        planned(None, [str(tmp_path / "a"), f"json={tmp_path / 'link'}"], FindingsFormat)


def test_that_is_a_wrong_use(evgrade: Run, tmp_path: Path) -> None:
    for given in (["-o", "sarif=-", "-f", "json"], ["-o", "json=x\x1b", "-o", "sarif=x\x1b"]):
        result = evgrade("validate", ROOT / SMALLEST, *given, cwd=tmp_path)
        assert (result.code, result.stdout) == (2, "")
        assert "Usage: evgrade validate" in result.stderr
        assert "Invalid value for --output: two outputs would go to " in result.stderr
        assert "\x1b" not in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("validate", BAD), ("rubric", "check", SMALLEST, "evgrade-default")])
def test_each_format_goes_to_its_file(evgrade: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    given = [part for form in FindingsFormat for part in ("-o", f"{form}={tmp_path / form}")]
    result = evgrade(*command, *given)
    assert result == evgrade(*command)
    for form in FindingsFormat:
        assert (tmp_path / form).read_text(encoding="utf-8") == evgrade(*command, "-f", form).stdout
    assert len(list(tmp_path.iterdir())) == len(FindingsFormat)


def test_the_program_does_so_too(run: Run, tmp_path: Path) -> None:
    result = run("validate", BAD, "-f", "github", "-o", f"sarif={tmp_path / 'a'}")
    assert result == run("validate", BAD, "-f", "github")
    assert (tmp_path / "a").read_text(encoding="utf-8") == run("validate", BAD, "-f", "sarif").stdout


def test_an_output_that_cannot_be_written_is_said_before_any_work(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(INVALID)
    (tmp_path / "folder").mkdir()
    for place in ("folder", "no folder/out", "a.yaml/out", "x" * 300):
        for form in ("sarif", "text"):
            result = evgrade("validate", "a.yaml", "-o", "json=first", "-o", f"{form}={place}", cwd=tmp_path)
            assert (result.code, result.stdout) == (2, ""), place
            assert result.stderr.startswith(f"evgrade: {place} could not be written: ")
            assert "checked" not in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yaml", "folder"]


def test_no_output_replaces_a_dossier(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(VALID)
    result = evgrade("validate", "a.yaml", "-o", "json=first", "-o", "sarif=a.yaml", cwd=tmp_path)
    assert (result.code, result.stdout) == (2, "")
    assert "a.yaml is an input of this run, which would be lost" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]
    assert (tmp_path / "a.yaml").read_text() == VALID


def test_an_empty_result_is_written_too(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("old")
    evgrade("validate", SMALLEST, "-o", tmp_path / "out")
    assert (tmp_path / "out").read_text() == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_run_that_fails_leaves_the_old_files_whole(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("old")
    result = evgrade("validate", BAD, "-o", f"jsonl={tmp_path / 'out'}", "-o", "json=/dev/full")
    assert (result.code, (tmp_path / "out").read_text()) == (2, "old")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


STREAMED = """
import sys
from evgrade.cli import validate
from evgrade.cli.destinations import FindingsFormat
from evgrade.cli.destinations import planned
from evgrade.config import Selection

def watched(*given):
    for checked in check(*given):
        yield checked
        print("taken", file=sys.stderr, flush=True)

check = validate.check
validate.check = watched
sys.stdout = sys.stderr
validate.run_validate(sys.argv[2:], planned(FindingsFormat(sys.argv[1]), [], FindingsFormat), Selection(), quiet=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "concise", "jsonl", "github"])
def test_what_is_for_reading_line_by_line_comes_file_by_file(form: str) -> None:
    files = [f"{BAD}/bad-date.dossier.yaml", f"{BAD}/wrong-value.dossier.yaml"]
    command = [sys.executable, "-c", STREAMED, form, *files]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr
    first, second = shown.split("taken\n")[:2]
    assert "bad-date" in first
    assert "wrong-value" not in first
    assert "wrong-value" in second


def test_a_reader_that_has_gone_ends_it_without_noise(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        command = [str(SCRIPT), "validate", BAD, "-f", "jsonl", "-o", f"sarif={tmp_path / 'a'}"]
        child = subprocess.run(command, stdout=gone, stderr=subprocess.PIPE, cwd=ROOT, check=False, text=True)
    assert (child.returncode, child.stderr) == (141, "")
    assert list(tmp_path.iterdir()) == []


def test_help_fits_a_terminal(evgrade: Run) -> None:
    for command in (("validate",), ("rubric", "check")):
        text = evgrade(*command, "--help", env={"COLUMNS": "80"}).stdout
        assert max(map(len, text.splitlines())) <= 80
        for form in FindingsFormat:
            assert form in text
