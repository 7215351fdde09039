"""How the tests of exports run it."""

from __future__ import annotations

import pytest

from tests.cli.support import Run, run_here


@pytest.fixture
def evgrade() -> Run:
    """Run evgrade in this process."""
    return run_here
