"""What CONTRIBUTING.md promises of the code is checked here, with the tools that it names."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
MODULES = sorted((ROOT / "evgrade").rglob("*.py"))
TOOLS = [("lint-imports",), ("mypy",), ("ruff", "check"), ("ruff", "format", "--check")]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a tool of the test environment in the root of the repository."""
    return subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_types_are_strict(typed: Path) -> None:
    assert (typed / "said").read_text(encoding="utf-8") == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [tool for tool in TOOLS if tool != ("mypy",)],
    ids=["imports point one way", "no lint", "formatted"],
)
def test_the_tools_have_nothing_to_object(command: tuple[str, ...]) -> None:
    """import-linter and ruff pass over the whole repository."""
    result = run(*command)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_engine_knows_no_grading_system() -> None:
    """No module names a grading system: all that is known of one stands in its rubric file."""
    systems = (
        "alsuntangled",
        "ocebm",
        "uspstf",
        "natural standard",
        "natural-standard",
        "neurology",
        "clingen",
        "iarc",
        "natural medicines",
    )
    for module in MODULES:
        text = module.read_text(encoding="utf-8").lower()
        found = [system for system in systems if system in text]
        assert not found, f"{module} names {found}"


def test_the_makefile_only_names_commands() -> None:
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    named = [line.removesuffix(":") for line in lines if line.endswith(":")]
    assert named == ["setup", "test-fast", "test", "lint", "docs", "bench"]
    assert f".PHONY: {' '.join(named)}" in lines
    commands = [line.strip() for line in lines if line.startswith("\t")]
    assert all(re.fullmatch(r"[\w ./'\"\[\],-]+", command) for command in commands), "no variables, no conditions"
    assert all(
        (ROOT / word).exists()
        for command in commands
        for word in command.split()
        if word.endswith((".py", "run")) and "/" in word
    )
    checked = {" ".join(command) for command in TOOLS}
    assert {command.removeprefix(".venv/bin/") for command in commands} >= checked
