"""A bound for what must end: what would take minutes or for ever fails, and a busy machine does not."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 60.0
"""Processor time, some fifty times what any of it takes; a blow-up takes far longer than this."""


@contextmanager
def no_blow_up() -> Iterator[None]:
    """Fail if the processor works for longer than ``SECONDS``.

    How fast something is belongs in ``benchmarks/``, and how it grows is counted in calls. This is for code whose
    steps cannot be counted, such as a regular expression, and whose faults are a thousand times as slow as it is.
    """
    start = time.process_time()
    yield
    used = time.process_time() - start
    assert used < SECONDS, f"it took {used:.0f} s of processor time"


@contextmanager
def no_hang() -> Iterator[None]:
    """Fail if it waits for longer than ``SECONDS``, as whoever opens a pipe that nobody writes to does."""

    def ring(*_: object) -> None:
        raise AssertionError(f"it hung for {SECONDS:.0f} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
