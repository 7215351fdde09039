"""A time limit for a piece of work, in a process that does nothing else."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

PATIENCE = 1.0
"""How many seconds more than twice its limit work has that no alarm can interrupt."""


class TookTooLong(BaseException):
    """The work took longer than it may. As with KeyboardInterrupt, what catches errors must not catch it."""


@contextmanager
def at_most(seconds: float | None) -> Iterator[None]:
    """Interrupt what is done inside after some seconds; never for None.

    An alarm interrupts Python. But Windows has no alarms, and a library written in C need not return to Python. So a
    while later the whole process ends, by a thread that needs nothing of Python.

    Raises:
        TookTooLong: it takes longer.
    """
    if seconds is None:
        yield
        return
    alarms = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    with Path(os.devnull).open("wb") as nowhere:
        faulthandler.dump_traceback_later(2 * seconds + PATIENCE if alarms else seconds, exit=True, file=nowhere)
        try:
            if alarms:
                with _alarm(seconds):
                    yield
            else:
                yield
        finally:
            faulthandler.cancel_dump_traceback_later()


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    if sys.platform == "win32":  # which has no alarms
        yield
    else:
        before = signal.signal(signal.SIGALRM, _interrupt)
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise TookTooLong
