"""Options and marks of the whole suite."""

from __future__ import annotations

import signal

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
