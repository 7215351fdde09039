"""Workers that begin as a Python of their own, for where this process cannot be copied.

`multiprocessing` would start them such that the current folder comes first where modules are looked for, and would run
the program again that started them. These know nothing of either: they are told where modules are, and then what to do.
"""

from __future__ import annotations

import os
import pickle  # both ends are ours: no other process can write to these pipes
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import IO, Any, NamedTuple, ParamSpec, TypeVar

from evgrade.batch.copies import interrupts_held, leave_interrupts
from evgrade.imports import trusted

P = ParamSpec("P")
T = TypeVar("T")

_BEGIN = """
import sys, pickle
sys.path[:] = pickle.load(sys.stdin.buffer)
from evgrade.batch.fresh import serve
serve()
"""


class _Task(NamedTuple):
    """Work to do, and where its result goes."""

    call: Callable[[], Any]
    future: Future[Any]


class Fresh(Executor):
    """Processes that begin as nothing but Python, each with a thread here that waits for it.

    They leave interrupts to us and never outlive us. Where one dies, all that is under way ends in BrokenProcessPool.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._workers: list[tuple[subprocess.Popen[bytes], threading.Thread]] = []
        self._lock = threading.Lock()
        self._is_broken = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Send work to a process; the processes are started when they are first needed.

        Raises:
            BrokenProcessPool: one has died, or none can be started.
        """
        future: Future[T] = Future()
        with self._lock:
            if self._is_broken:
                raise BrokenProcessPool
            if len(self._workers) < self._jobs:
                self._start()
            self._tasks.put(_Task(partial(fn, *args, **kwargs), future))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as in the base
        """End the processes when they have done what they were sent, or, if that is cancelled, what they are doing."""
        if cancel_futures:
            for task in self._left():
                task.future.cancel()
        for _ in self._workers:
            self._tasks.put(None)
        if wait:
            self._join()

    def abandon(self) -> None:
        """End the processes, whatever they are doing."""
        self.shutdown(wait=False, cancel_futures=True)
        for process, _ in self._workers:
            process.terminate()
        self._join()

    def _join(self) -> None:
        for _, thread in self._workers:
            thread.join()

    def _start(self) -> None:
        """Start one more process.

        Raises:
            BrokenProcessPool: there can be none.
        """
        try:
            process = _started()
        except OSError as error:
            raise BrokenProcessPool from error
        thread = threading.Thread(target=self._supply, args=(process,), daemon=True)
        self._workers.append((process, thread))
        thread.start()

    def _supply(self, process: subprocess.Popen[bytes]) -> None:
        """Give a process one thing to do after the other, until there is no more or it dies."""
        assert process.stdin is not None  # noqa: S101 - for mypy: both are pipes
        assert process.stdout is not None  # noqa: S101
        with process:
            while (task := self._tasks.get()) is not None:
                if not task.future.set_running_or_notify_cancel():
                    continue
                try:
                    call = pickle.dumps(task.call)
                except Exception as error:
                    task.future.set_exception(error)
                    continue
                try:
                    _send(call, process.stdin)
                    result, raised = pickle.loads(pickle.load(process.stdout))  # noqa: S301 - as above
                except Exception:  # it has died, whatever was left in the pipe
                    self._break(task.future)
                    break
                if raised is None:
                    task.future.set_result(result)
                else:
                    task.future.set_exception(raised)
            with suppress(OSError):
                process.stdin.close()  # upon which it ends

    def _break(self, under_way: Future[Any]) -> None:
        """End all processes, since one has died, and all that was sent."""
        with self._lock:
            self._is_broken = True
            waiting = self._left()
        for process, _ in self._workers:
            process.terminate()
        for task in waiting:
            if task.future.set_running_or_notify_cancel():
                task.future.set_exception(BrokenProcessPool())
        under_way.set_exception(BrokenProcessPool())
        for _ in self._workers:
            self._tasks.put(None)

    def _left(self) -> list[_Task]:
        """Take back what no process has begun."""
        left = []
        with suppress(Empty):
            while True:
                if (task := self._tasks.get_nowait()) is not None:
                    left.append(task)
        return left


def _started() -> subprocess.Popen[bytes]:
    """Start a process and tell it where modules are.

    Raises:
        OSError: the system starts none.
    """
    path = trusted(sys.path)
    # As this Python was started, and isolated from the current folder, also while it loads what it needs to begin.
    options = ["-P", f"-Xutf8={sys.flags.utf8_mode}"]
    options += ["-E"] * sys.flags.ignore_environment + ["-s"] * sys.flags.no_user_site
    with interrupts_held():
        process = subprocess.Popen(  # noqa: S603 - no shell, and nothing of it comes from outside
            [sys.executable, *options, "-c", _BEGIN],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    assert process.stdin is not None  # noqa: S101 - for mypy
    with suppress(OSError):  # it has died, which whoever sends it work will see
        pickle.dump(path, process.stdin)
        process.stdin.flush()
    return process


def serve() -> None:
    """Do what is sent, one thing after the other, and end with the process that sends it, even a killed one."""
    leave_interrupts()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed is no answer
    calls: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(calls,), daemon=True).start()
    while True:
        _send(_answer(calls.get()), answers)


def _listen(calls: SimpleQueue[bytes]) -> None:
    """Take what is sent, also while there is something to do: so the end of it is seen at any time."""
    try:
        while True:
            calls.put(pickle.load(sys.stdin.buffer))  # noqa: S301 - as above
    finally:
        os._exit(0)


def _answer(call: bytes) -> bytes:
    """Do some work, and return its result and its error, one of them None."""
    try:
        return pickle.dumps((pickle.loads(call)(), None))  # noqa: S301 - as above
    except Exception as error:
        with suppress(Exception):  # some errors cannot be sent, or not be made again
            answer = pickle.dumps((None, error))
            pickle.loads(answer)  # noqa: S301 - as above
            return answer
        return pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}")))


def _send(content: bytes, pipe: IO[bytes]) -> None:
    pickle.dump(content, pipe)
    pipe.flush()
