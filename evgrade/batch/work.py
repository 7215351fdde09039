"""Work on files: what to do with them and how long it may take, what is already known, and chunks of them."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from evgrade.discover import Source
from evgrade.model import EvgradeError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

TWICE = "its worker process died twice, the second time with no other file"


class WorkersError(EvgradeError):
    """Nobody is left to do the work, through no fault of a file. What was done so far holds."""


class Work(Protocol[T_co]):
    """What is done with files. It travels to other processes with every chunk, so it is small and can be pickled."""

    def __call__(self, sources: Iterable[Source]) -> Iterator[T_co]:
        """Yield the result for each of some files, as soon as it is there; no error leaves this."""

    def prepare(self) -> None:
        """Do what processes on this machine need beforehand, for they may be copies of this one."""

    def lost(self, source: Source, reason: str) -> T_co:
        """Return the result for a file that could not be worked on."""


class ResultCache(Protocol[T]):
    """Results that are known already. It stays in the process that asks for them, and no error leaves it.

    Attributes:
        at_once: about how many files it is best asked for at a time.
    """

    at_once: int

    def known(self, sources: Sequence[Source]) -> Sequence[T | None]:
        """Return the result for each of some files, None where there is work to do."""

    def keep(self, results: Sequence[T]) -> None:
        """Keep new results for the next run."""


class NullCache:
    """A cache without results."""

    at_once = 1

    def known(self, sources: Sequence[Source]) -> Sequence[Any]:
        """Return that nothing is known."""
        return [None] * len(sources)

    def keep(self, results: Sequence[object]) -> None:
        """Do nothing."""


NO_CACHE = NullCache()


class Chunk(NamedTuple, Generic[T]):
    """What is known of some files, and those of them that are not known."""

    known: Sequence[T | None]
    unknown: Sequence[Source]

    @classmethod
    def of(cls, sources: Sequence[Source], known: Sequence[T | None]) -> Chunk[T]:
        """Return files with what is known of them."""
        return cls(known, [source for source, one in zip(sources, known, strict=True) if one is None])

    def merged(self, fresh: Iterable[T]) -> list[T]:
        """Return all results in order, given those for the files that are not known."""
        next_fresh = iter(fresh)
        return [next(next_fresh) if one is None else one for one in self.known]


# Time

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
