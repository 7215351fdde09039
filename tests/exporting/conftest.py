"""How the tests of exports run it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.support import Run, run_here

GOLDEN = Path(__file__).parent / "golden"
SameAsGolden = Callable[[str, str], None]


@pytest.fixture
def evgrade() -> Run:
    """Run evgrade in this process."""
    return run_here


@pytest.fixture
def same_as_golden(request: pytest.FixtureRequest) -> SameAsGolden:
    """Compare a text with a file in `golden/`; `pytest --update-golden` writes the file first."""

    def compare(text: str, name: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.is_file(), "run `pytest --update-golden`, and read what it wrote"
        assert text == path.read_text(encoding="utf-8")

    return compare
