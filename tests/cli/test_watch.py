"""`--watch`, by the real program: it runs again when a file changes, however that is done, until it is interrupted."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evgrade.cli.watch import Watched

from .support import INVALID, ROOT, VALID, Run, environment

pytestmark = pytest.mark.slow

PATIENCE = 30
"""Seconds that a busy machine may take to notice a change."""


class Watching:
    """A program that watches, and what it has printed so far on both of its streams."""

    def __init__(self, *args: str | Path, cwd: Path) -> None:
        self.printed = ""
        # Who was started in the background ignores the signal, and so would its children.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "evgrade", *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=environment({"PYTHONPATH": str(ROOT)}, "utf-8"),
            text=True,
            encoding="utf-8",
        )
        signal.signal(signal.SIGINT, before)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.printed += line

    def waits_for(self, *texts: str) -> str:
        """Wait until all texts were printed since the last wait, and return what was printed since."""
        end = time.monotonic() + PATIENCE
        while not all(text in self.printed for text in texts):
            assert time.monotonic() < end, f"{texts} did not come; there was:\n{self.printed}"
            assert self._process.poll() is None, self.printed
            time.sleep(0.02)
        time.sleep(0.3)  # what should not come has time to come
        printed, self.printed = self.printed, ""
        return printed

    def interrupt(self) -> int:
        """Interrupt it as Ctrl+C does, and return its exit code."""
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    def end(self) -> None:
        """End it in any case."""
        self._process.kill()
        self._process.wait()


@pytest.fixture
def started() -> Iterator[list[Watching]]:
    """Return the programs that a test starts; those that still run are ended."""
    programs: list[Watching] = []
    yield programs
    for program in programs:
        program.end()


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    """Write a valid dossier."""
    path = tmp_path / "a.dossier.yaml"
    path.write_text(VALID)
    return path


GOOD = "1 dossier checked: 1 valid, 0 invalid"
BAD = "1 dossier checked: 0 valid, 1 invalid"


def test_it_runs_again_when_the_file_changes_however_that_is_done(dossier: Path, started: list[Watching]) -> None:
    program = Watching("validate", "--watch", dossier.name, cwd=dossier.parent)
    started.append(program)
    assert program.waits_for(GOOD) == f"{GOOD}\n"

    dossier.write_text(INVALID)  # written in its place
    assert program.waits_for(BAD).startswith("--- changed: a.dossier.yaml\na.dossier.yaml:1:1: error: ")

    new = dossier.with_name(".a.dossier.yaml.swp")
    new.write_text(VALID)
    new.replace(dossier)  # replaced, as many editors do
    assert program.waits_for(GOOD) == f"--- changed: a.dossier.yaml\n{GOOD}\n"

    dossier.rename(dossier.with_name("a.dossier.yaml~"))  # moved away: no file for a while
    assert "evgrade: a.dossier.yaml could not be read" in program.waits_for("could not be read")
    dossier.write_text(VALID)
    assert GOOD in program.waits_for(GOOD)

    dossier.write_text("dossier: 1\n[\n")  # half written
    assert "[yaml-" in program.waits_for(BAD)
    dossier.write_text(VALID)
    assert GOOD in program.waits_for(GOOD)

    (dossier.parent / "other.yaml").write_text("x: 1\n")  # none of ours
    time.sleep(1)
    assert program.printed == ""
    assert program.interrupt() == 130
    assert program.printed == "evgrade: interrupted\n"


def test_a_folder_is_watched_with_all_below_it_that_comes_and_goes(dossier: Path, started: list[Watching]) -> None:
    program = Watching("validate", "--watch", dossier.parent, cwd=dossier.parent)
    started.append(program)
    program.waits_for(GOOD)
    below = dossier.parent / "new" / "er"
    below.mkdir(parents=True)
    (below / "b.dossier.yaml").write_text(INVALID)
    program.waits_for("2 dossiers checked: 1 valid, 1 invalid")
    (below / "b.dossier.yaml").write_text(VALID)
    assert "--- changed: new/er/b.dossier.yaml\n" in program.waits_for("2 dossiers checked: 2 valid")
    (below / "b.dossier.yaml").unlink()
    program.waits_for(GOOD)
    (below / "notes.txt").write_text("none of ours")
    (dossier.parent / ".hidden.yaml").write_text("nor this")
    time.sleep(1)
    assert program.printed == ""


def test_a_score_is_given_again_when_its_rubric_changes(dossier: Path, started: list[Watching]) -> None:
    rubric = dossier.with_name("mine.yaml")
    text = (ROOT / "rubrics" / "ocebm-2011.yaml").read_text(encoding="utf-8")
    rubric.write_text(text, encoding="utf-8")
    program = Watching("score", "--watch", "-r", "mine.yaml", dossier.name, cwd=dossier.parent)
    started.append(program)
    program.waits_for("graded by ocebm-2011")
    rubric.write_text("rubric: 1\n", encoding="utf-8")
    assert "--- changed: mine.yaml\n" in program.waits_for("is not a rubric that can be used for grading")
    rubric.write_text(text.replace("name: ocebm-2011", "name: mine", 1), encoding="utf-8")
    program.waits_for("graded by mine")
    dossier.write_text(VALID.replace("a therapy", "another therapy"))
    assert "--- changed: a.dossier.yaml\n" in program.waits_for("another therapy for a condition")
    assert program.interrupt() == 130


@pytest.mark.parametrize("command", ["validate", "score"])
def test_standard_input_cannot_be_watched(evgrade: Run, command: str) -> None:
    result = evgrade(command, "--watch", "-", stdin=VALID)
    assert result.code == 2
    assert "standard input cannot be watched" in result.stderr


def test_it_says_what_is_missing(evgrade: Run, dossier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    result = evgrade("validate", "--watch", dossier)
    assert result.code == 2
    assert result.stderr == (
        "evgrade: --watch needs the library watchfiles, which is not installed\n"
        "  = pip install 'watchfiles>=0.24', or install evgrade with its extra `watch`\n"
    )


def test_what_concerns_a_file(dossier: Path) -> None:
    folder = dossier.parent.resolve()
    link = folder / "link.dossier.yaml"
    (folder / "elsewhere").mkdir()
    link.symlink_to(folder / "elsewhere" / "target.yaml")
    watched = Watched.of([str(dossier), str(link)])
    assert watched.folders == {folder, folder / "elsewhere"}
    for path in (dossier, link, folder / "elsewhere" / "target.yaml", folder / "elsewhere", folder):
        assert watched.concerns(path.parent.resolve() / path.name)
    for name in ("b.dossier.yaml", "a.dossier.yaml~", ".a.dossier.yaml.swp", "elsewhere/b.yaml"):
        assert not watched.concerns(folder / name)


def test_what_concerns_a_folder(tmp_path: Path) -> None:
    folder = tmp_path.resolve() / "reviews"
    (folder / "below").mkdir(parents=True)
    (folder / ".git" / "inside").mkdir(parents=True)
    watched = Watched.of([str(folder)])
    assert watched.folders == {folder.parent, folder, folder / "below"}
    for name in ("a.yaml", "below/b.yml", "below/new/c.yaml", "below"):
        assert watched.concerns(folder / name)
    for name in ("a.txt", ".hidden.yaml", ".git/a.yaml", ".git", "../a.yaml"):
        assert not watched.concerns((folder / name) if not name.startswith("../") else folder.parent / name[3:])


def test_a_folder_that_is_not_there_yet_is_waited_for_above(tmp_path: Path) -> None:
    watched = Watched.of([str(tmp_path / "no" / "such" / "a.yaml")])
    assert watched.folders == {tmp_path.resolve()}
    assert watched.concerns(tmp_path.resolve() / "no")
