"""Running evgrade, in this process or as the console script, and looking at what it printed."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from unittest.mock import patch

from typer import testing
from typer.main import get_command

from evgrade.cli.app import app

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SCRIPT = Path(sys.executable).parent / "evgrade"

NALTREXONE, RILUZOLE, SINGING, EXERCISE, SMALLEST = (
    f"examples/{name}.dossier.yaml"
    for name in ("low-dose-naltrexone-als", "riluzole-als", "singing-copd", "exercise-als", "smallest")
)
VALID = "dossier: 1\ntherapy: {name: a therapy}\ncondition: {name: a condition}\n"
INVALID = "dossier: 1\ntherapy: {name: a therapy}\n"

# typer builds the whole command line anew for each run, which takes ten times as long as most runs.
testing._get_command = cache(get_command)  # type: ignore[attr-defined]

OF_THE_TERMINAL = ("COLUMNS", "LINES", "TERM", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "TTY_COMPATIBLE", "EVGRADE_DEBUG")
"""What would make a result depend on where the tests are run."""


@dataclass(frozen=True)
class Result:
    """What one run printed, and its exit code."""

    stdout: str
    stderr: str
    code: int

    @property
    def output(self) -> str:
        """Both streams."""
        return self.stdout + self.stderr


class Run(Protocol):
    """Runs evgrade with some arguments."""

    def __call__(
        self,
        *args: str | Path,
        stdin: str | bytes = ...,
        env: Mapping[str, str] = ...,
        cwd: Path = ...,
        encoding: str = ...,
    ) -> Result: ...


def environment(extra: Mapping[str, str], encoding: str) -> dict[str, str]:
    """Return the environment of this process without what describes a terminal."""
    kept = {name: value for name, value in os.environ.items() if name not in OF_THE_TERMINAL}
    return {**kept, "PYTHONIOENCODING": encoding, **extra}


def run_script(
    *args: str | Path,
    stdin: str | bytes = b"",
    env: Mapping[str, str] = {},
    cwd: Path = ROOT,
    encoding: str = "utf-8",
) -> Result:
    """Run the console script as a program of its own."""
    finished = subprocess.run(
        [SCRIPT, *args],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env=environment(env, encoding),
        cwd=cwd,
        timeout=60,
        check=False,
    )
    return _checked(finished.stdout.decode(encoding), finished.stderr.decode(encoding), finished.returncode)


def run_here(
    *args: str | Path,
    stdin: str | bytes = b"",
    env: Mapping[str, str] = {},
    cwd: Path = ROOT,
    encoding: str = "utf-8",
) -> Result:
    """Run the command line in this process, alone unless `--jobs` says otherwise: the same, and ten times faster."""
    before = Path.cwd()
    os.chdir(cwd)
    try:
        clean: dict[str, str | None] = dict.fromkeys(OF_THE_TERMINAL)
        runner = testing.CliRunner(charset=encoding, env=clean | dict(env))
        given = stdin.encode() if isinstance(stdin, str) else stdin
        with patch("evgrade.cli.execution.usable_cores", lambda: 1):
            result = runner.invoke(app, [os.fspath(argument) for argument in args], input=given)
    finally:
        os.chdir(before)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return _checked(result.stdout, result.stderr, result.exit_code)


@cache
def _known(args: tuple[str, ...], stdin: str | bytes) -> Result:
    return run_here(*args, stdin=stdin)


def run_once(*args: str | Path, stdin: str | bytes = b"", **more: Any) -> Result:
    """Run evgrade in this process, or return what the same run printed before: where neither a path nor more is given.

    That the same run prints the same again is what the golden files show.
    """
    if more or any(isinstance(one, Path) for one in args):
        return run_here(*args, stdin=stdin, **more)
    return _known(tuple(map(str, args)), stdin)


def _checked(stdout: str, stderr: str, code: int) -> Result:
    """Return the result of a run; in none may a user see a traceback."""
    assert "Traceback" not in stdout + stderr, stdout + stderr
    return Result(stdout, stderr, code)


def width(text: str) -> int:
    """Return how many columns the longest line takes."""
    return max((sum(_columns(character) for character in line) for line in text.split("\n")), default=0)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def harmful(text: str) -> list[str]:
    """Return the characters of a text that a terminal would obey or not show: all controls but line ends."""
    bad = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return sorted({f"U+{ord(one):04X}" for one in text if one != "\n" and unicodedata.category(one) in bad})
