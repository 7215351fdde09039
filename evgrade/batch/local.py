"""Workers on this machine: processes that end with the run, whatever ends it."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import Any, ParamSpec, TypeVar

from evgrade.batch.copies import can_be_copied, interrupts_held, leave_interrupts
from evgrade.batch.fresh import Fresh
from evgrade.imports import leave_out_current_folder

P = ParamSpec("P")
T = TypeVar("T")


class Copies(ProcessPoolExecutor):
    """Processes that are copies of this one, and have imported and compiled already what they need.

    They leave interrupts to us and never outlive us.
    """

    def __init__(self, jobs: int) -> None:
        super().__init__(jobs, multiprocessing.get_context("fork"), initializer=_begin)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Send work to a process; the processes are started when they are first needed."""
        with interrupts_held():
            return super().submit(fn, *args, **kwargs)

    @property
    def stands_still(self) -> bool:
        """Whether nothing that was submitted will ever be done: the thread that hands out the work has ended."""
        thread: threading.Thread | None = self._executor_manager_thread  # type: ignore[assignment]
        return thread is not None and not thread.is_alive()

    def abandon(self) -> None:
        """End the processes, whatever they are doing."""
        processes: list[Any] = list((self._processes or {}).values())
        self.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


LocalExecutor = Copies | Fresh


def local_executor(jobs: int) -> LocalExecutor:
    """Return processes on this machine: copies of this one where it can be copied."""
    return Copies(jobs) if can_be_copied() else Fresh(jobs)


def _begin() -> None:
    """Set up a copy: interrupts are for the process that started it, and with that one it ends."""
    leave_interrupts()
    leave_out_current_folder()  # which the program that called us may have
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait until the process that started this one is gone, even killed, then end: nobody would send work again."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
