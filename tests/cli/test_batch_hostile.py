"""`evgrade batch` as a program of its own, in folders and at moments that are against it."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.waiting import soon

from .support import INVALID, ROOT, VALID, environment, harmful

COMMAND = (sys.executable, "-m", "evgrade", "batch")
SLOW, SLOWER = (f"{VALID}x-much: [&a 0, {'0, ' * many}0]\n" for many in (60_000, 250_000))
"""Dossiers that take a worker a twentieth and a quarter of a second: an anchor is nothing ordinary."""


def start(*args: str | Path, limit: int | None = None, command: Sequence[str] = COMMAND) -> subprocess.Popen[bytes]:
    """Start the program in a group of its own, so that signals reach all its processes as those of a terminal do."""

    def set_limit() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [*command, *args],
        cwd=ROOT,
        env=environment({"PYTHONPATH": str(ROOT)}, "utf-8"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=set_limit,  # noqa: PLW1509 - there is one thread here
    )


def finished(*args: str | Path, limit: int | None = None, command: Sequence[str] = COMMAND) -> tuple[int, str, str]:
    """Run the program to its end."""
    with start(*args, limit=limit, command=command) as program:
        out, err = program.communicate(timeout=120)
    assert b"Traceback" not in err, err.decode()
    return program.returncode, out.decode(), err.decode()


def rows(output: str) -> dict[str, str]:
    """Return the status of each file in JSON Lines."""
    return {Path(row["file"]).name: row["status"] for row in map(json.loads, output.splitlines())}


def children(pid: int) -> list[int]:
    """Return the processes that a process started and that live."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except FileNotFoundError:
        return []
    return [int(child) for child in text.split()]


def workers(pid: int) -> list[int]:
    """Return the workers that a program began with: copies of itself."""
    return children(pid)


def in_group(group: int) -> list[int]:
    """Return the processes of a group that live."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(entry.name))
    return found


@contextmanager
def interrupted(folder: Path, number: int, *args: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start on a folder, send a signal to all processes after the first line, and give the program as it ends."""
    with start(folder, "--jobs", "2", "-f", "jsonl", *args) as program:
        assert program.stdout is not None
        first = program.stdout.readline()
        assert json.loads(first)["status"] == "graded"
        os.killpg(program.pid, number)
        yield program
    assert soon(lambda: not in_group(program.pid)), "every process ends"


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """Write a folder of many good files, slow ones after the first forty, whose lines are more than a pipe holds."""
    folder = tmp_path / "slow"
    folder.mkdir()
    for number in range(200):
        (folder / f"{number:03}.yaml").write_text(SLOW if 40 <= number < 42 else VALID)
    return folder


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc"),
]


# Folders


def test_what_is_no_regular_file_is_named_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(VALID)
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.yaml").symlink_to(tmp_path / "self.yaml")
    (tmp_path / "x.yaml").mkdir()
    (tmp_path / "x.yaml" / "b.yaml").write_text(VALID)
    os.mkfifo(tmp_path / "fifo.yaml")
    for jobs in ("1", "2"):
        code, out, err = finished(tmp_path, "-f", "jsonl", "--jobs", jobs)
        assert rows(out) == {
            "a.yaml": "graded",
            "b.yaml": "graded",
            "fifo.yaml": "skipped",
            "loop": "skipped",
            "self.yaml": "skipped",
        }
        assert code == 0
        assert "fifo.yaml" in err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_file_and_a_folder_that_may_not_be_read_are_rows(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(VALID)
    (tmp_path / "closed").mkdir(mode=0)
    (tmp_path / "a.yaml").chmod(0)
    code, out, _ = finished(tmp_path, "-f", "jsonl")
    (tmp_path / "closed").chmod(0o700)
    assert rows(out) == {"a.yaml": "unreadable", "b.yaml": "graded", "closed": "unreadable"}
    assert code == 1


def test_names_that_are_no_text(tmp_path: Path) -> None:
    for name in (b"new\nline.yaml", b"\x1b[2Jescape.yaml", b"latin-\xe9.yaml", "bidi-\u202e.yaml".encode()):
        (tmp_path / os.fsdecode(name)).write_text(VALID)
    outputs = [f"{form}={tmp_path / form}" for form in ("jsonl", "json", "csv", "markdown")]
    code, out, err = finished(tmp_path, "--jobs", "2", *(part for one in outputs for part in ("-o", one)))
    assert code == 0
    assert "4 files: 4 graded" in err
    written = [(tmp_path / form).read_text(encoding="utf-8") for form in ("jsonl", "json", "csv", "markdown")]
    for text in (out, err, *written):
        assert harmful(text) == []
    assert "latin-\udce9.yaml" in {Path(json.loads(line)["file"]).name for line in written[0].splitlines()}


def test_hundreds_of_invalid_files(tmp_path: Path) -> None:
    for number in range(400):
        (tmp_path / f"{number:04}.yaml").write_text(INVALID if number else VALID)
    code, out, err = finished(tmp_path, "--jobs", "2")
    assert code == 1
    assert "400 files: 1 graded, 399 invalid" in err
    assert len(err.splitlines()) < 10
    assert out.count(" invalid ") == 399


MOST_MEMORY = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=False)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""
"""Runs a program and prints the most memory it took. A child counts that of who starts it, which is small here."""


def test_a_huge_file_takes_no_memory_and_no_time(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(VALID)
    (tmp_path / "huge.yaml").write_text(VALID)
    os.truncate(tmp_path / "huge.yaml", 100_000_000)
    command = [sys.executable, "-c", MOST_MEMORY, *COMMAND, str(tmp_path), "-f", "jsonl", "--jobs", "1", "-q"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment({"PYTHONPATH": str(ROOT)}, "utf-8"),
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert rows(done.stdout.decode()) == {"a.yaml": "graded", "huge.yaml": "invalid"}
    assert int(done.stderr.split()[-1]) < 120_000, "kilobytes"


def test_a_file_that_vanishes_meanwhile_is_a_row(tmp_path: Path) -> None:
    for name, text in {"a": VALID, "b": SLOWER, "c": VALID, "d": VALID}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    with start(tmp_path, "-f", "jsonl", "--jobs", "1") as program:
        assert program.stdout is not None
        first = program.stdout.readline()
        (tmp_path / "c.yaml").unlink()
        rest = program.stdout.read()
    assert rows((first + rest).decode()) == {
        "a.yaml": "graded",
        "b.yaml": "graded",
        "c.yaml": "unreadable",
        "d.yaml": "graded",
    }
    assert program.returncode == 1


def test_a_folder_that_vanishes_meanwhile_is_a_row(tmp_path: Path) -> None:
    names = [f"a{number:03}" for number in range(300)]  # more than are looked at before the first is graded
    for name, text in {**dict.fromkeys(names, VALID), "b": SLOWER, "z": VALID}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    (tmp_path / "gone").mkdir()
    with start(tmp_path, "-f", "jsonl", "--jobs", "1") as program:
        assert program.stdout is not None
        first = program.stdout.readline()
        shutil.rmtree(tmp_path / "gone")
        rest = program.stdout.read()
    assert rows((first + rest).decode())["gone"] == "unreadable"
    assert rows((first + rest).decode())["z.yaml"] == "graded"


# Workers that die


@pytest.mark.nightly
def test_a_worker_that_is_killed_costs_no_file(slow: Path) -> None:
    options = ("--jobs", "2", "-f", "jsonl", "-q", "--no-cache")
    whole = finished(slow, *options)
    with start(slow, *options) as program:
        assert program.stdout is not None
        first = program.stdout.readline()
        killed = workers(program.pid)
        assert killed
        os.kill(killed[0], signal.SIGKILL)
        rest = program.stdout.read()
    assert (program.returncode, (first + rest).decode()) == whole[:2]


# Interruptions


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_keeps_what_is_finished(slow: Path, tmp_path: Path, number: int) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    with interrupted(slow, number, "-o", f"csv={target}") as program:
        assert program.stdout is not None
        assert program.stderr is not None
        rest, told = program.stdout.read().decode(), program.stderr.read().decode()
    assert program.returncode == 130
    assert "Traceback" not in told
    assert "interrupted; finished results are kept" in told
    printed = rows(rest)
    assert 1 <= len(printed) + 1 < 200
    assert [f"{n:03}.yaml" for n in range(1, len(printed) + 1)] == list(printed)
    kept = target.read_text().splitlines()
    assert len(kept) == 1 + 1 + len(printed), "the first line was read before"
    assert {path.name for path in tmp_path.iterdir()} == {"slow", "out.csv"}


def test_an_interruption_from_a_terminal_is_told_once(slow: Path) -> None:
    with interrupted(slow, signal.SIGINT) as program:
        assert program.stderr is not None
        told = program.stderr.read().decode()
    assert told.count("interrupted") == 1
    assert "leaked" not in told


# Outputs


@pytest.mark.parametrize("form", ["jsonl", "csv", "table"])
def test_a_disk_that_is_full_leaves_the_old_output_whole(tmp_path: Path, form: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in range(200):
        (folder / f"{number:03}.yaml").write_text(VALID)
    target = tmp_path / "out"
    target.write_text("old")
    code, _, told = finished(folder, "-o", f"{form}={target}", "--jobs", "2", limit=4096)
    assert code == 2
    assert f"{target} could not be written: File too large" in told
    assert target.read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "out"}


def test_a_reader_that_goes_away_ends_it(slow: Path) -> None:
    with start(slow, "--jobs", "2", "-f", "jsonl") as program:
        assert program.stdout is not None
        program.stdout.readline()
        program.stdout.close()
        assert program.stderr is not None
        told = program.stderr.read().decode()
    assert program.returncode == 141
    assert "Traceback" not in told
    assert soon(lambda: not in_group(program.pid))
