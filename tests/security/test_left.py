"""A run that is killed leaves nothing for ever, and a signal that comes early no traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from evgrade.cli import files
from evgrade.cli.files import GrowingFile, write_file
from tests.cli.support import SCRIPT, VALID

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="locks and signals are other ones there"),
]

UNFINISHED = """
import sys, time
from evgrade.cli.files import GrowingFile
file = GrowingFile(sys.argv[1])
file.write("half of it")
print("begun", flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _each_folder_is_new() -> None:
    files._remove_left.cache_clear()


@pytest.fixture
def unfinished(tmp_path: Path) -> subprocess.Popen[bytes]:
    """Start a process that is in the middle of writing a file."""
    command: list[str | Path] = [sys.executable, "-c", UNFINISHED, tmp_path / "out.csv"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    return process


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".evgrade-")]


def with_growing(path: Path) -> None:
    file = GrowingFile(str(path))
    file.write("all of it")
    file.keep()


def at_once(path: Path) -> None:
    write_file(str(path), "all of it")


@pytest.mark.parametrize("write", [with_growing, at_once])
def test_what_a_killed_run_left_is_removed_by_the_next(
    tmp_path: Path, unfinished: subprocess.Popen[bytes], write: Callable[[Path], None]
) -> None:
    unfinished.kill()
    unfinished.communicate()
    assert len(left(tmp_path)) == 1
    write(tmp_path / "other.csv")
    assert left(tmp_path) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.csv"]


def test_what_another_run_is_writing_is_not(tmp_path: Path, unfinished: subprocess.Popen[bytes]) -> None:
    with_growing(tmp_path / "other.csv")
    assert len(left(tmp_path)) == 1
    unfinished.kill()
    unfinished.communicate()


def test_what_is_no_file_of_ours_stays(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("of somebody else")
    (tmp_path / ".evgrade-link.tmp").symlink_to("elsewhere")
    (tmp_path / ".evgrade-folder.tmp").mkdir()
    os.mkfifo(tmp_path / ".evgrade-fifo.tmp")
    (tmp_path / ".evgrade-x.csv").write_text("of somebody else")
    before = sorted(tmp_path.iterdir())
    at_once(tmp_path / "out.csv")
    assert sorted(tmp_path.iterdir()) == sorted([*before, tmp_path / "out.csv"])


def test_one_that_is_taken_for_left_before_it_is_locked_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Path] = []
    lock = files._lock

    def another_was_faster(handle: int) -> None:
        if not taken:
            [path] = tmp_path.glob(".evgrade-*.tmp")
            taken.append(path)
            path.unlink()
        lock(handle)

    monkeypatch.setattr(files, "_lock", another_was_faster)
    handle, path = files.begun_beside(tmp_path / "out.csv")
    os.close(handle)
    assert path.exists()
    assert path not in taken


@pytest.mark.nightly
@pytest.mark.parametrize("options", [(), ("-o", "parquet={}/out.parquet")], ids=["copies", "fresh"])
def test_a_signal_at_any_moment_leaves_no_traceback_of_a_worker(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "folder").mkdir()
    for number in range(200):
        (tmp_path / "folder" / f"{number}.yaml").write_text(VALID)
    asked = [option.format(tmp_path) for option in options]
    command: list[str | Path] = [
        SCRIPT,
        "batch",
        tmp_path / "folder",
        "--no-cache",
        "--jobs",
        "4",
        "-f",
        "jsonl",
        *asked,
    ]
    for moment in range(0, 60, 8):
        program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        time.sleep(0.1 + moment / 100)
        os.killpg(program.pid, signal.SIGTERM)
        _, said = program.communicate(timeout=60)
        assert b"Traceback" not in said, said.decode()
