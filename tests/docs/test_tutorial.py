"""The tutorial: every command in it is run, in its order and in one folder, and prints exactly what the page shows.

`pytest tests/docs --update-golden` writes what the commands print into the page.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .pages import ROOT, blocks

TUTORIAL = ROOT / "docs" / "tutorial.md"
_CONSOLE = re.compile(r"^```console\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
_STEP = re.compile(
    r"^<!-- (?P<how>file|append to): (?P<name>[\w.-]+) -->\n```yaml\n(?P<text>.*?)^```$|" + _CONSOLE.pattern,
    re.DOTALL | re.MULTILINE,
)
_COMMAND = re.compile(r"^\$ (?P<command>(?:[^\n]*\\\n)*[^\n]*)\n", re.MULTILINE)

pytestmark = pytest.mark.slow


def as_run(page: str, folder: Path) -> str:
    """Return the page with what its commands print in a folder, in which its files are written on the way."""

    def step(found: re.Match[str]) -> str:
        if found["how"]:
            with (folder / found["name"]).open("a" if found["how"] == "append to" else "x", encoding="utf-8") as file:
                file.write(found["text"])
            return found.group()
        commands = [one["command"] for one in _COMMAND.finditer(found["body"])]
        return "```console\n" + "".join(f"$ {one}\n{printed(one, folder)}" for one in commands) + "```"

    return _STEP.sub(step, page)


def printed(command: str, folder: Path) -> str:
    """Return what a command prints, on either stream."""
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in (0, 1), f"$ {command}\n{done.stdout}"
    return done.stdout


def test_what_the_tutorial_shows_is_what_happens(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A newcomer who follows the page sees what the page shows."""
    page = TUTORIAL.read_text(encoding="utf-8")
    result = as_run(page, tmp_path)
    if request.config.getoption("--update-golden"):
        TUTORIAL.write_text(result, encoding="utf-8", newline="\n")
    else:
        assert page == result, "run `pytest tests/docs --update-golden`, and read what it wrote"


def test_it_shows_the_way_to_a_grade() -> None:
    """There is something for the test above to run: each command that a newcomer needs."""
    commands = [line for block in blocks(TUTORIAL.read_text(encoding="utf-8")) for line in block.commands()]
    used = {line.split()[1] for line in commands if line.startswith("evgrade")}
    assert {"new", "add", "validate", "score", "explain", "diff"} <= used


def test_another_output_is_noticed(tmp_path: Path) -> None:
    """Whatever a page shows below a command gives way to what the command prints."""
    page = "<!-- file: a -->\n```yaml\nb: 1\n```\n```console\n$ cat \\\n  a\nb: 2\n$ echo c\n```\n"
    assert as_run(page, tmp_path) == page.replace("b: 2", "b: 1").replace("echo c\n", "echo c\nc\n")
