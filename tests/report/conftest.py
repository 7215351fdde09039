"""How the tests of the report run it."""

from __future__ import annotations

import pytest

from tests.cli.support import Run, run_once


@pytest.fixture
def evgrade() -> Run:
    """Run evgrade in this process, the same once."""
    return run_once
