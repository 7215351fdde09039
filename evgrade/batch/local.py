"""Workers on this machine: fresh processes that end with the run, whatever ends it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class LocalExecutor(ProcessPoolExecutor):
    """A pool of processes that leave interrupts to us and never outlive us."""

    def __init__(self, jobs: int) -> None:
        super().__init__(jobs, _context(), initializer=_begin)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Send work to a process; the processes are started when they are first needed."""
        with _interrupts_held():
            return super().submit(fn, *args, **kwargs)

    def abandon(self) -> None:
        """End the processes, whatever they are doing."""
        processes: list[Any] = list((self._processes or {}).values())
        self.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def _threads() -> int | None:
    """Return how many threads this process has, those of libraries too; None where that cannot be told, as on macOS."""
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    except OSError:
        return None


def _context() -> Any:
    """Return how processes are started.

    On Linux as copies of this one, which have imported and compiled already what they need; but not once it has
    threads, for a copy may then stand still for ever. Otherwise as copies of a clean process that has imported the
    work, where the system can.
    """
    methods = multiprocessing.get_all_start_methods()
    if _threads() == 1:
        return multiprocessing.get_context("fork")
    if "forkserver" not in methods:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["evgrade.batch.graded"])
    return context


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Start processes that no interrupt from the keyboard reaches, for it reaches all of a terminal's at once.

    A process begins with the signals blocked that were blocked where it was started, so there is no moment in which one
    could reach it. It reaches us when the block is lifted.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """Set up a worker: interrupts are for the process that started it, and with that one it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait until the process that started this one is gone, even killed, then end: nobody would send work again."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
