"""Real Dask clusters for tests: a scheduler and workers as processes of their own, on loopback only."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from tests.waiting import soon

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
WITH_US = """
import os, runpy, sys, threading
threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(1)), daemon=True).start()
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""
"""Runs a module that ends with the process that started it, even a killed one, for then its standard input ends."""

LOOPBACK = ("--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0")


class Cluster:
    """A scheduler, and the workers that a test wants of it."""

    def __init__(self, folder: Path, *, env: Mapping[str, str] = {}) -> None:
        """Start a scheduler at a port that the system chooses.

        Args:
            folder: where processes run and write.
            env: what the environment of the scheduler has besides.
        """
        self.folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        contact = folder / "scheduler.json"
        self.scheduler = self._started("scheduler", "--port", "0", "--scheduler-file", str(contact), env=env)
        self.address = str(soon(lambda: _address(contact)))

    def worker(self, *options: str, env: Mapping[str, str] = {}) -> subprocess.Popen[bytes]:
        """Start a worker with one thread, and wait until the scheduler knows it."""
        before = self.tell(_worker_count)
        single = ("--nthreads", "1", "--memory-limit", "0", "--local-directory", str(self.folder))
        process = self._started("worker", self.address, *single, *options, env=env)
        soon(lambda: self.tell(_worker_count) > before)
        return process

    @contextmanager
    def joined(self, *options: str, env: Mapping[str, str] = {}) -> Iterator[subprocess.Popen[bytes]]:
        """Give one more worker for a while, and leave the cluster as it was."""
        before = self.tell(_worker_count)
        process = self.worker("--no-nanny", *options, env=env)
        try:
            yield process
        finally:
            kill(process)
            soon(lambda: self.tell(_worker_count) == before)

    def tell(self, question: Callable[[Any], T]) -> T:
        """Return what the scheduler says of itself."""
        distributed: Any = import_module("distributed")  # slow to import
        with distributed.Client(self.address, set_as_default=False) as client:
            told: T = client.run_on_scheduler(question)
            return told

    def end(self) -> None:
        """End every process, and those that it started."""
        for process in self._processes:
            kill(process)

    def _started(self, what: str, *options: str, env: Mapping[str, str] = {}) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-c", WITH_US, f"distributed.cli.dask_{what}", *LOOPBACK, *options],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("ab"),
            start_new_session=True,
        )
        self._processes.append(process)
        return process


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and those that it started, as when a machine fails."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def running(
    folder: Path, *, workers: int, options: tuple[str, ...] = ("--no-nanny",), env: Mapping[str, str] = {}
) -> Iterator[Cluster]:
    """Give a cluster with some workers, and end it whatever happens."""
    cluster = Cluster(folder, env=env)
    try:
        for _ in range(workers):
            cluster.worker(*options)
        yield cluster
    finally:
        cluster.end()


def _address(contact: Path) -> str | None:
    try:
        return str(json.loads(contact.read_text())["address"])
    except (FileNotFoundError, ValueError):  # not there yet, or not whole
        return None


def _worker_count(dask_scheduler: Any) -> int:
    return len(dask_scheduler.workers)


def a_worker(dask_scheduler: Any) -> str:
    """Return the address of a worker that a scheduler knows."""
    return str(next(iter(dask_scheduler.workers)))


def client_count(dask_scheduler: Any) -> int:
    """Return how many of the clients of a scheduler are ours."""
    return sum("evgrade" in client for client in dask_scheduler.clients)


def task_count(dask_scheduler: Any) -> int:
    """Return how much work a scheduler knows of, finished or not."""
    return len(dask_scheduler.tasks)
