"""The README says what is true: its commands, its output, its Python."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import evgrade

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
OUTPUT = re.compile(r"<!-- output of: evgrade (?P<command>.+?) -->\n```text\n(?P<shown>.*?)```", re.DOTALL)
SCRIPT = Path(sys.executable).parent / "evgrade"


@pytest.mark.parametrize("block", list(OUTPUT.finditer(README)), ids=lambda block: block["command"])
def test_the_output_shown_is_the_output(block: re.Match[str]) -> None:
    """What the README shows under a command is what the command prints into a pipe."""
    plain = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1"}
    run = subprocess.run(
        [SCRIPT, *block["command"].split()], capture_output=True, encoding="utf-8", cwd=ROOT, env=plain, check=True
    )
    assert run.stdout == block["shown"]


def test_it_shows_output() -> None:
    """There is something for the test above to check."""
    assert OUTPUT.search(README)


def test_the_python_runs() -> None:
    """The Python session gives the results it shows."""
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        results = doctest.testfile(str(ROOT / "README.md"), module_relative=False, optionflags=doctest.FAIL_FAST)
    finally:
        os.chdir(here)
    assert results.attempted > 5
    assert results.failed == 0


def test_ci_runs_the_readmes_test_command() -> None:
    """`.ci/run` calls exactly the README's test command."""
    command = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1]
    assert "pytest" in command
    assert command in README.splitlines()


def test_the_version_is_one_everywhere() -> None:
    """The changelog and the pre-commit example name the version that the package has."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {evgrade.__version__}" in changelog
    assert f"rev: v{evgrade.__version__}" in README
