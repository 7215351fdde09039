"""Workers on this machine: how they get chunks of files, and what happens if one dies.

If this process can be copied (on Linux, while it has a single thread), workers are copies of it, which have imported
and compiled everything already. Elsewhere they are new Pythons (`Fresh`): `multiprocessing` would look for modules in
the current folder first and rerun the program that started them, while these are sent the module path and then the
work. Both leave interrupts to this process, and end with it, whatever ends it.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle  # both ends are ours: no other process can write to these pipes
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import get_all_start_methods
from multiprocessing.connection import wait
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any, Generic, NamedTuple, ParamSpec, TypeVar

from evgrade.batch.work import Chunk, ResultCache, Work, WorkersError
from evgrade.discover import Source
from evgrade.imports import leave_out_current_folder, trusted
from evgrade.model import unexpected


def can_be_copied() -> bool:
    """Whether this process can be copied: on Linux, unless it has threads, which can deadlock a copy."""
    return _threads() == 1 and "fork" in get_all_start_methods()


def _threads() -> int | None:
    """Return the number of threads of this process, including those of libraries; None if unknown, as on macOS."""
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    except OSError:
        return None


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Block interrupts while processes start, because one from the keyboard reaches all processes at once.

    A process inherits the blocked signals, so none can reach it before it is set up and be handled as in this process.
    Signals that arrive meanwhile reach this process when the block is lifted.
    """
    if sys.platform == "win32":  # Windows has no such signals
        yield
    else:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def leave_interrupts() -> None:
    """Leave interrupts to the parent process, and end on its request, even one made already."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


P = ParamSpec("P")
T = TypeVar("T")

_BEGIN = """
import sys, pickle
try:
    sys.path[:] = pickle.load(sys.stdin.buffer)
except EOFError:  # the parent is gone already
    sys.exit()
from evgrade.batch.workers import serve
serve()
"""


class _Task(NamedTuple):
    """Work to do, and the future for its result."""

    call: Callable[[], Any]
    future: Future[Any]


class Fresh(Executor):
    """Processes that start as plain Python, each with a thread here that waits for it.

    They leave interrupts to this process and never outlive it. If one dies, all work in progress ends with
    BrokenProcessPool.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._workers: list[tuple[subprocess.Popen[bytes], threading.Thread]] = []
        self._lock = threading.Lock()
        self._is_broken = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Send work to a process; processes are started when first needed.

        Raises:
            BrokenProcessPool: a process has died, or none can be started.
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
        """End the processes when they have done the work sent, or with `cancel_futures` the work in progress."""
        if cancel_futures:
            for task in self._left():
                task.future.cancel()
        for _ in self._workers:
            self._tasks.put(None)
        if wait:
            self._join()

    def abandon(self) -> None:
        """End the processes at once."""
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
            BrokenProcessPool: it cannot be started.
        """
        try:
            process = _started()
        except OSError as error:
            raise BrokenProcessPool from error
        thread = threading.Thread(target=self._supply, args=(process,), daemon=True)
        self._workers.append((process, thread))
        thread.start()

    def _supply(self, process: subprocess.Popen[bytes]) -> None:
        """Send a process one task after another, until there are no more or it dies."""
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
                except Exception:  # it has died, whatever is left in the pipe
                    self._break(task.future)
                    break
                if raised is None:
                    task.future.set_result(result)
                else:
                    task.future.set_exception(raised)
            with suppress(OSError):
                process.stdin.close()  # which ends it

    def _break(self, under_way: Future[Any]) -> None:
        """End all processes and all work, because one process has died."""
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
        """Take back the tasks that no process has begun."""
        left = []
        with suppress(Empty):
            while True:
                if (task := self._tasks.get_nowait()) is not None:
                    left.append(task)
        return left


def _started() -> subprocess.Popen[bytes]:
    """Start a process and send it the module path.

    Raises:
        OSError: the system cannot start it.
    """
    path = trusted(sys.path)
    # With the options of this Python, and isolated from the current folder even while Python starts.
    options = ["-P", f"-Xutf8={sys.flags.utf8_mode}"]
    options += ["-E"] * sys.flags.ignore_environment + ["-s"] * sys.flags.no_user_site
    with interrupts_held():
        process = subprocess.Popen(  # noqa: S603 - no shell, and no input in the command
            [sys.executable, *options, "-c", _BEGIN],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    assert process.stdin is not None  # noqa: S101 - for mypy
    with suppress(OSError):  # it has died, which shows when work is sent
        pickle.dump(path, process.stdin)
        process.stdin.flush()
    return process


def serve() -> None:
    """Do the work that is sent, and end with the process that sends it, even if that is killed."""
    leave_interrupts()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # printed text must not mix with answers
    calls: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(calls,), daemon=True).start()
    while True:
        _send(_answer(calls.get()), answers)


def _listen(calls: SimpleQueue[bytes]) -> None:
    """Receive work even while some is in progress, so that the end of the input is noticed at any time."""
    try:
        while True:
            calls.put(pickle.load(sys.stdin.buffer))  # noqa: S301 - as above
    finally:
        os._exit(0)


def _answer(call: bytes) -> bytes:
    """Do some work, and return its result or its error, pickled."""
    try:
        return pickle.dumps((pickle.loads(call)(), None))  # noqa: S301 - as above
    except Exception as error:
        with suppress(Exception):  # some errors cannot be pickled or unpickled
            answer = pickle.dumps((None, error))
            pickle.loads(answer)  # noqa: S301 - as above
            return answer
        return pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}")))


def _send(content: bytes, pipe: IO[bytes]) -> None:
    pickle.dump(content, pipe)
    pipe.flush()


class Copies(ProcessPoolExecutor):
    """Copies of this process, which have imported and compiled everything already.

    They leave interrupts to this process and never outlive it.
    """

    def __init__(self, jobs: int) -> None:
        super().__init__(jobs, multiprocessing.get_context("fork"), initializer=_begin)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Send work to a process; processes are started when first needed."""
        with interrupts_held():
            return super().submit(fn, *args, **kwargs)

    @property
    def _manager(self) -> threading.Thread | None:
        """The thread that hands out the work; None before any was submitted."""
        return self._executor_manager_thread  # type: ignore[return-value]

    @property
    def stands_still(self) -> bool:
        """Whether submitted work will never be done, because the thread that hands it out has ended."""
        return self._manager is not None and not self._manager.is_alive()

    def abandon(self) -> None:
        """End the processes at once."""
        processes: list[Any] = list((self._processes or {}).values())
        for process in processes:
            process.terminate()
        # The thread must end before Python does, which wakes it through a pipe that the thread closes as it ends. Where
        # memory was too short, it never began.
        self.shutdown(wait=self._manager is not None and self._manager.is_alive(), cancel_futures=True)
        for process in processes:
            process.join()


LocalExecutor = Copies | Fresh


def local_executor(jobs: int) -> LocalExecutor:
    """Return processes on this machine: copies of this one, if it can be copied."""
    return Copies(jobs) if can_be_copied() else Fresh(jobs)


def _begin() -> None:
    """Set up a copy, which leaves interrupts to its parent and ends with it."""
    leave_interrupts()
    leave_out_current_folder()  # which the calling program may have on its path
    try:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    except RuntimeError:  # too little memory: the run reports it, while the pool would print a traceback
        os._exit(1)


def _end_with_parent() -> None:
    """Wait until the parent process is gone, even if killed, then end."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def run(
    start: Callable[[], Executor], most: int, work: Work[T], chunks: Iterable[Chunk[T]], cache: ResultCache[T]
) -> Generator[Sequence[T], None, None]:
    """Yield the results for chunks of files, in their order, those of a chunk together.

    Args:
        start: starts an executor.
        most: the number of chunks that are sent out before the first one is waited for.
        work: the work on files.
        chunks: the files.
        cache: the cache for results.

    Raises:
        WorkersError: workers die without a file, or the executor has no workers left.
    """
    one = _Run(start, most, work, cache)
    try:
        yield from one.results(chunks)
    except BaseException:
        one.abandon()
        raise
    one.end()


TWICE = "its worker process died twice, the second time with no other file"


class _UnderWay(NamedTuple, Generic[T]):
    """A chunk, and the future for its unknown files."""

    chunk: Chunk[T]
    future: Future[Sequence[T]]


class _Run(Generic[T]):
    """One run of a pool: its executor, which is replaced if a worker dies, and the chunks in progress."""

    def __init__(self, start: Callable[[], Executor], most: int, work: Work[T], cache: ResultCache[T]) -> None:
        self.start = start
        self.most = most
        self.work = work
        self.cache = cache
        self.started: Executor | None = None
        self.lone: LocalExecutor | None = None
        self.waiting: deque[_UnderWay[T]] = deque()

    @property
    def executor(self) -> Executor:
        """The executor, started when first needed."""
        if self.started is None:
            self.started = self.start()
        return self.started

    def results(self, chunks: Iterable[Chunk[T]]) -> Iterator[list[T]]:
        """Yield the results in the order of the files."""
        for chunk in chunks:
            future = self.submitted(self.executor, chunk.unknown) if chunk.unknown else _finished([])
            self.waiting.append(_UnderWay(chunk, future))
            while self.waiting and (self.is_full or self.waiting[0].future.done()):
                yield self.next_results()
        while self.waiting:
            yield self.next_results()

    @property
    def is_full(self) -> bool:
        """Whether enough chunks are in progress to wait for the first."""
        return len(self.waiting) >= self.most

    def submitted(self, executor: Executor, chunk: Sequence[Source]) -> Future[Sequence[T]]:
        """Return the future of a chunk, failed already if a worker died and the executor accepts no more."""
        try:
            return executor.submit(_each, self.work, chunk)
        except BrokenExecutor as error:
            future: Future[Sequence[T]] = Future()
            future.set_exception(error)
            return future

    def next_results(self) -> list[T]:
        """Return the results of the first chunk in progress, whatever happened to it.

        Raises:
            WorkersError: no worker is left.
        """
        first = self.waiting.popleft()
        fresh = self.worked_out(first)
        self.cache.keep(fresh)
        return first.chunk.merged(fresh)

    def worked_out(self, one: _UnderWay[T]) -> Sequence[T]:
        """Return the results for the unknown files of a chunk.

        Raises:
            WorkersError: no worker is left.
        """
        error = _error(one.future, self.started)
        if error is None:
            return one.future.result()
        if isinstance(error, WorkersError):
            raise error
        if isinstance(error, BrokenExecutor):
            self.start_again()
        return self.one_by_one(one.chunk.unknown)

    def start_again(self) -> None:
        """Replace the executor after a worker died, and repeat the interrupted work, one file at a time.

        Any file in progress may be the cause, so each is tried alone.

        Raises:
            WorkersError: no file is the cause, because a worker dies without one.
        """
        _abandon(self.executor)
        self.started = self.start()
        if isinstance(_error(self.submitted(self.started, []), self.started), BrokenExecutor):
            raise WorkersError("the worker processes die before they have a file", hint="one does it: --jobs 1")
        stopped, self.waiting = self.waiting, deque()
        for one in stopped:
            if isinstance(_error(one.future, self.started), BrokenExecutor):
                self.waiting.append(one._replace(future=_finished(self.one_by_one(one.chunk.unknown))))
            else:
                self.waiting.append(one)

    def one_by_one(self, chunk: Sequence[Source]) -> list[T]:
        """Return the results of a chunk from one process on this machine that gets one file at a time.

        It runs on this machine whatever the executor is, so that a file that kills workers does no more harm elsewhere.
        """
        results = [self.alone(source) for source in chunk]
        if self.lone is not None:
            self.lone.shutdown()
            self.lone = None
        return results

    def alone(self, source: Source) -> T:
        """Return the result for one file from the single process; a second attempt uses a new process."""
        for _ in range(2):
            self.lone = self.lone or local_executor(1)
            future = self.submitted(self.lone, [source])
            error = _error(future, self.lone)
            if error is None:
                return future.result()[0]
            if not isinstance(error, BrokenExecutor):
                return self.work.lost(source, unexpected(error))
            self.lone.abandon()
            self.lone = None
        return self.work.lost(source, TWICE)

    def end(self) -> None:
        """End the workers, which have no more work."""
        if self.started is not None:
            self.started.shutdown()

    def abandon(self) -> None:
        """End the workers without waiting for unfinished work."""
        for executor in (self.started, self.lone):
            if executor is not None:
                _abandon(executor)


def _abandon(executor: Executor) -> None:
    """End workers at once; those on other machines finish their present work."""
    if isinstance(executor, LocalExecutor):
        executor.abandon()
    else:
        executor.shutdown(wait=False, cancel_futures=True)


_LOOK = 1.0
"""Seconds to wait before checking that the executor still works."""


def _error(future: Future[T], executor: Executor | None) -> BaseException | None:
    """Wait for a future of an executor, and return its error.

    Raises:
        WorkersError: the executor will never finish it.
    """
    while True:
        stands_still = isinstance(executor, Copies) and executor.stands_still
        try:
            return future.exception(timeout=_LOOK)
        except TimeoutError:
            if stands_still:
                message = "there is too little memory to send files to the processes that grade"
                raise WorkersError(message, hint="one process needs less: --jobs 1") from None


def _finished(results: Sequence[T]) -> Future[Sequence[T]]:
    """Return a finished future."""
    future: Future[Sequence[T]] = Future()
    future.set_result(results)
    return future


def _each(work: Work[T], chunk: Sequence[Source]) -> Sequence[T]:
    """Return the results of a chunk; a worker runs this."""
    return list(work(chunk))
