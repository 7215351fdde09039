"""How the tests of the report run it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import Result, Run, run_here


@cache
def _known(args: tuple[str, ...], stdin: str) -> Result:
    return run_here(*args, stdin=stdin)


def run_once(*args: str | Path, stdin: str = "", **more: Any) -> Result:
    """Run evgrade in this process, or return what the same run printed before: where neither a path nor more is given.

    That the same run prints the same again is what the golden files show.
    """
    if more or any(isinstance(one, Path) for one in args):
        return run_here(*args, stdin=stdin, **more)
    return _known(tuple(map(str, args)), stdin)


@pytest.fixture
def evgrade() -> Run:
    """Run evgrade in this process, the same once."""
    return run_once  # type: ignore[return-value]
