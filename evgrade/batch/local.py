"""Workers on this machine: fresh processes that end with the run, whatever ends it."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import Any, ParamSpec, TypeVar

from evgrade.batch.copies import can_be_copied, interrupts_held, leave_interrupts

P = ParamSpec("P")
T = TypeVar("T")


class LocalExecutor(ProcessPoolExecutor):
    """A pool of processes that leave interrupts to us and never outlive us."""

    def __init__(self, jobs: int) -> None:
        super().__init__(jobs, _context(), initializer=_begin)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Send work to a process; the processes are started when they are first needed."""
        with interrupts_held():
            return super().submit(fn, *args, **kwargs)

    def abandon(self) -> None:
        """End the processes, whatever they are doing."""
        processes: list[Any] = list((self._processes or {}).values())
        self.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def _context() -> Any:
    """Return how processes are started.

    As copies of this one where it can be, which have imported and compiled already what they need. Otherwise as copies
    of a clean process that has imported the work, where the system can.
    """
    if can_be_copied():
        return multiprocessing.get_context("fork")
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["evgrade.batch.graded"])
    return context


def _begin() -> None:
    """Set up a worker: interrupts are for the process that started it, and with that one it ends."""
    leave_interrupts()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait until the process that started this one is gone, even killed, then end: nobody would send work again."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
