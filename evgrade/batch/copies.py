"""Processes that are copies of this one, and what they have to do with interrupts."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_all_start_methods
from pathlib import Path


def can_be_copied() -> bool:
    """Whether this process can be copied: on Linux, and not once it has threads, for a copy may then stand still."""
    return _threads() == 1 and "fork" in get_all_start_methods()


def _threads() -> int | None:
    """Return how many threads this process has, those of libraries too; None where that cannot be told, as on macOS."""
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    except OSError:
        return None


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Start processes that no interrupt reaches before they are set up: one from the keyboard reaches all at once.

    A process begins with the signals blocked that were blocked where it was started, so there is no moment in which one
    could reach it, and be taken as we take it. It reaches us when the block is lifted.
    """
    if sys.platform == "win32":  # which has no such signals
        yield
    else:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def leave_interrupts() -> None:
    """Leave interrupts to the process that started this one, and end when that wants it, or wanted it already."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
