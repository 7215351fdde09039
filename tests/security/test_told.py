"""What an argument or a dossier holds does nothing where it is shown, and what a system lacks is told as what it is."""

from __future__ import annotations

import csv
import errno
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.batch.row import Grading
from evgrade.discover import Source
from evgrade.model import is_short_of_memory
from evgrade.render.clean import for_csv
from evgrade.rubric.load import DEFAULT, read_rubric
from tests.cli.support import ROOT, SCRIPT, SMALLEST, VALID, harmful, run_here
from tests.crossed import one_in

FORMULAS = "=+-@＝＋－＠"


# Spreadsheets


@given(st.text(alphabet=f"{FORMULAS}x1;, \"'\t\n\xa0　", max_size=12))
def test_no_part_of_a_cell_is_a_formula_wherever_a_spreadsheet_divides(text: str) -> None:
    """At a semicolon some divide before they look at quotes, and some leave out blanks and quotes."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(["file", for_csv(text), "next"])
    for divider in ";,\t":
        for quotes in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            if divider == "," and quotes == csv.QUOTE_NONE:
                continue  # nobody who divides at commas leaves out quotes: no text with a comma would be read right
            for cell in next(csv.reader([line.getvalue()], delimiter=divider, quoting=quotes)):
                assert not cell.lstrip(' "\xa0　').startswith(tuple(FORMULAS)), (divider, cell)


@pytest.mark.parametrize("text", ["x; y", "a;b", "x-1", "5 - 3", "it's; so", "A, B; C"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert for_csv(text) == text


def test_a_table_for_a_spreadsheet_has_no_formula_behind_a_semicolon(tmp_path: Path) -> None:
    (tmp_path / "a;=1+1.yaml").write_text(VALID.replace("a therapy", '"x;=1+1"').replace("a condition", "'y\";-1'"))
    [_, row] = csv.reader(io.StringIO(run_here("batch", ".", "-q", "-f", "csv", cwd=tmp_path).stdout))
    assert [row[0], row[3], row[4]] == ["a;'=1+1.yaml", "x;'=1+1", "y\";'-1"]


# Wrong arguments

ODD = "\u202e\u2066\x1b[2J\x9b\u200b"


@pytest.mark.parametrize(
    "args",
    [
        (f"--{ODD}",),
        (f"-{ODD}",),
        (ODD,),
        ("validate", f"--{ODD}"),
        ("validate", f"--format={ODD}", "x"),
        ("validate", f"--quie{ODD}"),
        ("batch", "x", f"-{ODD}"),
        ("batch", "x", "--limit", ODD),
        ("batch", "x", "--executor", ODD),
        ("batch", "x", "--sort", ODD),
        ("explain", "a", "b", ODD),
        ("schema", ODD),
        ("rubric", ODD),
        ("rubric", "check", f"--{ODD}"),
        ("rubric", "check", f"--format={ODD}", "x"),
        ("new", f"--therap{ODD}"),
        ("score", "x", "--as-of", ODD),
        ("validate", "x", "--select", ODD),
    ],
    ids=lambda args: " ".join(args).replace(ODD, "ODD"),
)
def test_a_wrong_argument_is_only_shown(args: tuple[str, ...]) -> None:
    done = run_here(*args)
    assert done.code == 2
    assert harmful(done.output) == []
    assert re.search(r"\\u202e|evgrade -h", done.stderr)


@pytest.mark.parametrize("args", [(), ("rubric",), ("validate", "-h"), ("rubric", "check", "-h")])
def test_help_keeps_its_lines(args: tuple[str, ...]) -> None:
    assert run_here(*args).output.count("\n") > 5


# What is lacking


@pytest.fixture
def gone(tmp_path: Path) -> Iterator[Path]:
    """Run in a folder that was deleted."""
    before = Path.cwd()
    (tmp_path / "gone").mkdir()
    os.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    yield tmp_path
    os.chdir(before)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no folder in which a program runs can be deleted there")
@pytest.mark.parametrize(
    "args",
    one_in(
        2,
        [
            ("validate", "."),
            ("validate", "{}/a.yaml"),
            ("validate", "{}/a.yaml", "-f", "sarif"),
            ("validate", "{}/a.yaml", "-o", "x"),
            ("score", "."),
            ("score", "{}/a.yaml", "-o", "x"),
            ("batch", "."),
            ("batch", "{}", "-o", "csv=x"),
            ("batch", "{}", "--cache", "x"),
            ("batch", "--changed-since", "HEAD"),
            ("new", "x.yaml"),
        ],
    ),
    ids=" ".join,
)
def test_a_current_folder_that_was_deleted_is_no_mistake_of_evgrade(gone: Path, args: tuple[str, ...]) -> None:
    (gone / "a.yaml").write_text(VALID)
    command: list[str | Path] = [SCRIPT, *(arg.format(gone) for arg in args)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "internal error" not in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 0 or re.search("current folder was deleted|No such file|working directory", done.stderr)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        ImportError("x.so: failed to map segment from shared object"),
        RuntimeError("can't start new thread"),
    ],
    ids=repr,
)
def test_too_little_memory_is_told_as_that(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("evgrade.cli.score.run_score", fail)
    done = run_here("score", SMALLEST)
    assert (done.code, done.stdout, done.stderr) == (2, "", "evgrade: there is too little memory\n")


def test_too_little_memory_for_a_file_is_told_in_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("evgrade.batch.row.Grading.rows_of", fail)
    [row] = Grading((read_rubric(DEFAULT),))([Source(str(ROOT / SMALLEST), named=True)])
    assert row.problem is not None
    assert row.problem.message == "there is too little memory"


NO_THREADS = """
import sys
import threading
from evgrade.cli import main

begin = threading.Thread.start

def start(thread):
    if thread.name.startswith("{0}"):
        raise RuntimeError("can't start new thread")
    begin(thread)

threading.Thread.start = start
main()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are no copies")
@pytest.mark.parametrize("thread", ["QueueFeederThread", "Thread-"], ids=["that sends", "that looks after all"])
def test_too_little_memory_for_a_thread_of_the_pool_ends_the_run(thread: str, tmp_path: Path) -> None:
    """The thread that hands out the files ends without one that sends them, and nobody would ever answer."""
    for number in range(4):
        (tmp_path / f"{number}.yaml").write_text(VALID)
    command = [sys.executable, "-c", NO_THREADS.format(thread), "batch", ".", "--no-cache", "--jobs", "2"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 2
    assert done.stderr.startswith("evgrade: there is too little memory")


@pytest.mark.parametrize(
    "error", [RuntimeError("a mistake"), OSError("x"), ImportError("x"), ValueError("x")], ids=repr
)
def test_other_errors_are_not_taken_for_it(error: Exception) -> None:
    assert not is_short_of_memory(error)


EARLY = """
import sys
import evgrade.cli.app

def fail():
    raise {0}

evgrade.cli.app.main = fail
evgrade.cli.main()
"""


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [("MemoryError", 2, "evgrade: there is too little memory\n"), ("KeyboardInterrupt", 130, "")],
)
def test_what_comes_before_there_is_a_command_is_told_too(error: str, code: int, said: str) -> None:
    command = [sys.executable, "-c", EARLY.format(error)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, said)
