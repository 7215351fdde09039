"""Every command that a page shows runs, in the order of the page, and has nothing to object."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import run_here

from .pages import PAGES, ROOT, Block, blocks

pytestmark = pytest.mark.slow

NOT_RUN = "not run"
LONG = ("docs/robustness.md",)
"""Pages whose commands take ten times as long as those of others; they run at night."""
COMPARED = ROOT / "docs" / "tutorial.md"
"""Shows mistakes too; test_tutorial.py runs it and compares all that is printed."""


def shown(page: Path) -> list[Block]:
    """Return the blocks of a page that show commands of evgrade."""
    text = page.read_text(encoding="utf-8")
    consoles = (block for block in blocks(text) if block.language == "console")
    return [block for block in consoles if any(line.startswith("evgrade") for line in block.commands())]


def cases() -> Iterator[Any]:
    """Yield one case a page, and one that is skipped for every block that a page marks as not run."""
    for page in PAGES:
        if page == COMPARED:
            continue
        name = str(page.relative_to(ROOT))
        run = [block for block in shown(page) if not block.remark.startswith(NOT_RUN)]
        if run:
            marks = pytest.mark.nightly if name in LONG else ()
            yield pytest.param([line for block in run for line in block.commands()], id=name, marks=marks)
        for block in shown(page):
            if block.remark.startswith(NOT_RUN):
                reason = f"{name} marks it: {block.remark}"
                yield pytest.param(block.commands(), id=f"{name} not run", marks=pytest.mark.skip(reason=reason))


def ran(command: str, folder: Path) -> tuple[int, str]:
    """Run a command in a folder, by a shell where it needs one; return its exit code and what it printed."""
    if command.startswith("evgrade ") and not set(command) & set("|&;<>$`*?"):
        result = run_here(*shlex.split(command)[1:], cwd=folder)
        return result.code, result.output
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def too_much(folder: str, names: list[str], said: str) -> list[str]:
    """Return the dossiers of a folder that no command names, but for the two smallest: they are enough for one."""
    dossiers = sorted(
        (name for name in names if name.endswith(".yaml")), key=lambda name: Path(folder, name).stat().st_size
    )
    return [name for name in dossiers[2:] if name not in said]


@pytest.mark.parametrize("commands", list(cases()))
def test_commands_run(commands: list[str], tmp_path: Path) -> None:
    """The commands end with exit code 0, in a copy of the repository that they may write into."""
    shutil.copytree(ROOT / "rubrics", tmp_path / "rubrics")
    said = "\n".join(commands)
    shutil.copytree(
        ROOT / "examples", tmp_path / "examples", ignore=lambda folder, names: too_much(folder, names, said)
    )
    for command in commands:
        code, printed = ran(command, tmp_path)
        assert code == 0, f"$ {command}\n{printed}"


def test_commands_are_found() -> None:
    """A block gives its commands, without what they print."""
    text = "<!-- not run: it waits -->\n```console\n$ evgrade score \\\n  a.yaml\nprinted\n$ ls\n```\n"
    [block] = blocks(text)
    assert block.commands() == ["evgrade score    a.yaml", "ls"]
    assert block.remark.startswith(NOT_RUN)
    assert any("evgrade score" in line for block in shown(ROOT / "README.md") for line in block.commands())
