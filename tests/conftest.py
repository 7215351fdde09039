"""Options and marks of the whole suite."""

from __future__ import annotations

import signal
from itertools import count
from pathlib import Path

import pytest

# What runs in the background of a shell ignores interrupts, and so would every program that a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="Write what evgrade prints now to the golden files, then read them.",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes seconds and may use the network; still part of the suite")


_NUMBERS = count()


@pytest.fixture(autouse=True)
def cache_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a cache that begins empty: none takes rows from another, or writes into that of the user."""
    folder = tmp_path_factory.getbasetemp() / f"cache-{next(_NUMBERS)}"
    monkeypatch.setenv("EVGRADE_CACHE_DIR", str(folder))
    return folder
