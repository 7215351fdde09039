"""Whole processes, measured: how long a command took and how much memory it had at its peak."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "evgrade" / "schema" / "dossier.schema.json"
NALTREXONE = ROOT / "examples" / "low-dose-naltrexone-als.dossier.yaml"
LAUNCHER = Path(__file__).with_name("launcher.py")


class MissingToolError(Exception):
    """A tool to compare with is not installed beside this Python."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process used: seconds on the clock, seconds of the processor, bytes of memory at its peak."""

    seconds: float
    cpu: float
    peak: int


def tool(name: str) -> str:
    """Return the path of a command that is installed beside this Python.

    Raises:
        MissingToolError: it is not installed.
    """
    path = shutil.which(name, path=str(Path(sys.executable).parent))
    if path is None:
        raise MissingToolError(f"{name} is not installed beside {sys.executable}; run: pip install -e '.[bench]'")
    return path


def environment() -> dict[str, str]:
    """Return the environment without settings of Python's own, such as one that keeps it from writing .pyc files."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def run(command: Sequence[str | Path], expected: int = 0) -> Usage:
    """Run a command and return what it used.

    Raises:
        RuntimeError: it ended with another exit code than expected, so its time would mean nothing.
    """
    words = [str(word) for word in command]
    launch = [sys.executable, "-S", str(LAUNCHER), *words]
    done = subprocess.run(launch, capture_output=True, text=True, check=True, env=environment())
    result = json.loads(done.stdout)
    if result["code"] != expected:
        raise RuntimeError(f"{' '.join(words[:4])} … ended with exit code {result['code']}, not {expected}")
    return Usage(result["seconds"], result["cpu"], result["peak"])


def in_rounds(
    commands: Mapping[str, Sequence[str | Path]], rounds: int, codes: Mapping[str, int] | None = None
) -> dict[str, list[Usage]]:
    """Run every command once a round, one after the other, so that a ratio can be of runs that stood side by side.

    Args:
        commands: what to run, by name.
        rounds: how many rounds count.
        codes: the exit codes that are expected, by name, of those that do not end with 0.

    Raises:
        RuntimeError: a command ended with another exit code than expected.
    """
    used: dict[str, list[Usage]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            used[name].append(run(command, (codes or {}).get(name, 0)))
    return used
