"""`evgrade batch --timeout`: a file that takes too long is reported, and the others are graded."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from tests.crossed import first_of

from .support import ROOT, VALID, Run

LIMIT = "0.5"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write two dossiers that take no time and, between them, one that takes a second: it has ten thousand trials."""
    for name in ("a", "z"):
        shutil.copy(ROOT / "examples" / "smallest.dossier.yaml", tmp_path / f"{name}.dossier.yaml")
    trials = "".join(f"- id: t{number}\n  statement: s\n" for number in range(10_000))
    (tmp_path / "m.dossier.yaml").write_text(f"{VALID}trials:\n{trials}")
    return tmp_path


@pytest.mark.parametrize("jobs", first_of(["2", "1"]))
def test_a_slow_file_is_reported_and_the_others_are_graded(run: Run, folder: Path, jobs: str) -> None:
    options = ("--rubric", "aan-2004", "--timeout", LIMIT, "--jobs", jobs, "--no-cache", "--format", "csv")
    result = run("batch", *options, ".", cwd=folder)
    assert result.code == 1
    rows = {row["file"]: row for row in csv.DictReader(io.StringIO(result.stdout))}
    assert {name: row["status"] for name, row in rows.items()} == {
        "a.dossier.yaml": "graded",
        "m.dossier.yaml": "failed",
        "z.dossier.yaml": "graded",
    }
    assert rows["m.dossier.yaml"]["problem"] == f"it took longer than {LIMIT} s"
    assert "3 files: 2 graded, 1 failed" in result.stderr


@pytest.mark.nightly
def test_what_took_too_long_is_not_remembered_and_no_limit_changes_a_row(evgrade: Run, folder: Path) -> None:
    def statuses(*options: str) -> list[tuple[str, bool]]:
        found = evgrade("batch", "--jobs", "1", "--cache", "cache", "--format", "jsonl", *options, ".", cwd=folder)
        rows = [json.loads(line) for line in found.stdout.splitlines()]
        return sorted((row["file"], row["status"] == "graded") for row in rows)

    names = ("a.dossier.yaml", "m.dossier.yaml", "z.dossier.yaml")
    assert statuses("--rubric", "aan-2004", "--timeout", LIMIT) == [(name, name[0] != "m") for name in names]
    assert statuses("--rubric", "aan-2004") == [(name, True) for name in names]
    # What the cache knows takes no time at all.
    assert statuses("--rubric", "aan-2004", "--timeout", "0.001") == [(name, True) for name in names]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--timeout", "0"), "not a number of seconds above 0"),
        (("--timeout", "nan"), "not a number of seconds above 0"),
        (("--timeout", "-1"), "not a number of seconds above 0"),
        (("--timeout", "1", "--executor", "dask", "--scheduler", "tcp://192.0.2.1:1"), "cannot be ended for a file"),
        (("--timeout", "1", "--changed-since", "HEAD"), "--timeout"),
    ],
)
def test_a_limit_that_cannot_hold_is_refused(evgrade: Run, options: tuple[str, ...], told: str) -> None:
    result = evgrade("batch", "examples", *options)
    assert result.code == 2
    assert told in " ".join(result.stderr.split())
