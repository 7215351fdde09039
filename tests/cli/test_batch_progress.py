"""How far `evgrade batch` is shows on a terminal only, and only where somebody looks at it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from .support import ROOT, VALID, environment

pytestmark = pytest.mark.slow

pty = pytest.importorskip("pty", reason="the system has no terminals to pretend with")

RATE = "/s"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a folder that takes a moment."""
    for number in range(300):
        (tmp_path / f"{number:03}.yaml").write_text(VALID)
    return tmp_path


def on_terminal(
    folder: Path, *args: str, env: Mapping[str, str] = {}, stdout_too: bool = False, jobs: str = "1"
) -> tuple[int, str]:
    """Run the program with standard error on a terminal, and return its exit code and what the terminal got."""
    ours, theirs = pty.openpty()
    kept = {key: value for key, value in environment({"TERM": "xterm", **env}, "utf-8").items() if key != "CI" or env}
    program = subprocess.Popen(
        [sys.executable, "-m", "evgrade", "batch", folder, "-f", "jsonl", "--jobs", jobs, *args],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=theirs if stdout_too else subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # as Linux says that the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return program.wait(), shown.decode()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_terminal_shows_how_far_it_is(folder: Path, jobs: str) -> None:
    code, shown = on_terminal(folder, jobs=jobs)
    assert code == 0
    assert "300/300" in shown
    assert RATE in shown
    assert shown.rindex("\x1b[2K") < shown.index("300 files: 300 graded"), "the bar is gone when the summary comes"


@pytest.mark.parametrize("args", [["--no-progress"], ["--quiet"]])
def test_who_does_not_want_it_does_not_get_it(folder: Path, args: list[str]) -> None:
    assert "/300" not in on_terminal(folder, *args)[1]


def test_nor_does_continuous_integration_unless_it_asks(folder: Path) -> None:
    assert "/300" not in on_terminal(folder, env={"CI": "true"})[1]
    assert "/300" in on_terminal(folder, "--progress", env={"CI": "true"})[1]


def test_nor_do_lines_on_the_same_terminal_get_mixed_with_it(folder: Path) -> None:
    shown = on_terminal(folder, stdout_too=True)[1]
    assert "/300" not in shown
    assert shown.count('"schema": "evgrade.row/1"') == 300


def test_nor_does_a_dumb_terminal(folder: Path) -> None:
    assert "\x1b" not in on_terminal(folder, env={"TERM": "dumb"})[1]
