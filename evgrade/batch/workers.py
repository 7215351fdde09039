"""Workers on this machine: how chunks of files are handed to them, and what happens when one dies.

Where this process can be copied (on Linux, while it has one thread) workers are copies of it, which have imported and
compiled already what they need. Elsewhere they are new Pythons (`Fresh`): `multiprocessing` would look for modules in
the current folder first and run the program again that started them; these are given the path of modules, and then
what to do. In both cases they leave interrupts to us, and end with us, whatever ends us.
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


P = ParamSpec("P")
T = TypeVar("T")

_BEGIN = """
import sys, pickle
try:
    sys.path[:] = pickle.load(sys.stdin.buffer)
except EOFError:  # whoever started it is gone already
    sys.exit()
from evgrade.batch.workers import serve
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
    def _manager(self) -> threading.Thread | None:
        """The thread that hands out the work; None before any was submitted."""
        return self._executor_manager_thread  # type: ignore[return-value]

    @property
    def stands_still(self) -> bool:
        """Whether nothing that was submitted will ever be done: the thread that hands out the work has ended."""
        return self._manager is not None and not self._manager.is_alive()

    def abandon(self) -> None:
        """End the processes, whatever they are doing."""
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
    """Return processes on this machine: copies of this one where it can be copied."""
    return Copies(jobs) if can_be_copied() else Fresh(jobs)


def _begin() -> None:
    """Set up a copy: interrupts are for the process that started it, and with that one it ends."""
    leave_interrupts()
    leave_out_current_folder()  # which the program that called us may have
    try:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    except RuntimeError:  # too little memory, which is for the run to report: the pool would print a traceback
        os._exit(1)


def _end_with_parent() -> None:
    """Wait until the process that started this one is gone, even killed, then end: nobody would send work again."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def run(
    start: Callable[[], Executor], most: int, work: Work[T], chunks: Iterable[Chunk[T]], cache: ResultCache[T]
) -> Generator[Sequence[T], None, None]:
    """Yield the results for the files of some chunks, in their order, those of a chunk together.

    Args:
        start: returns an executor that has just been started.
        most: how many chunks are sent out before the first of them is waited for.
        work: what is done with files.
        chunks: the files.
        cache: where results are kept.

    Raises:
        WorkersError: workers die although they have nothing to do, or the executor has none any more.
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
    """A chunk, and what becomes of those of its files that are not known."""

    chunk: Chunk[T]
    future: Future[Sequence[T]]


class _Run(Generic[T]):
    """One run of a pool: its executor, which is replaced when a worker dies, and the chunks under way."""

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
        """The executor, started when it is first needed."""
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
        """Whether so much is under way that it is time to wait."""
        return len(self.waiting) >= self.most

    def submitted(self, executor: Executor, chunk: Sequence[Source]) -> Future[Sequence[T]]:
        """Return the future of a chunk; one that failed already, where a worker died and nothing more is accepted."""
        try:
            return executor.submit(_each, self.work, chunk)
        except BrokenExecutor as error:
            future: Future[Sequence[T]] = Future()
            future.set_exception(error)
            return future

    def next_results(self) -> list[T]:
        """Return the results of the first chunk under way, whatever happened to it.

        Raises:
            WorkersError: there is nobody to do it.
        """
        first = self.waiting.popleft()
        fresh = self.worked_out(first)
        self.cache.keep(fresh)
        return first.chunk.merged(fresh)

    def worked_out(self, one: _UnderWay[T]) -> Sequence[T]:
        """Return the results of what was not known of a chunk.

        Raises:
            WorkersError: there is nobody to do it.
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
        """Replace the executor, after a worker died, and do again what that stopped, one file at a time.

        Any file under way may be the cause. Which one is found out before other files come near it.

        Raises:
            WorkersError: no file is the cause, for a worker dies without one.
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
        """Return the results of a chunk, worked on by one process on this machine that never has more than one file.

        On this machine, whatever the executor is: a file that kills workers has done enough harm elsewhere.
        """
        results = [self.alone(source) for source in chunk]
        if self.lone is not None:
            self.lone.shutdown()
            self.lone = None
        return results

    def alone(self, source: Source) -> T:
        """Return the result for one file, by the lone process. The second attempt is in a fresh one."""
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
        """End the workers, which have nothing to do any more."""
        if self.started is not None:
            self.started.shutdown()

    def abandon(self) -> None:
        """End the workers; what they have not finished is not waited for."""
        for executor in (self.started, self.lone):
            if executor is not None:
                _abandon(executor)


def _abandon(executor: Executor) -> None:
    """End workers; those on other machines finish what they are doing."""
    if isinstance(executor, LocalExecutor):
        executor.abandon()
    else:
        executor.shutdown(wait=False, cancel_futures=True)


_LOOK = 1.0
"""How many seconds to wait before looking whether there is anything to wait for."""


def _error(future: Future[T], executor: Executor | None) -> BaseException | None:
    """Wait for a future of an executor, and return its error.

    Raises:
        WorkersError: the executor will never do it.
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
    """Return a future that has come true."""
    future: Future[Sequence[T]] = Future()
    future.set_result(results)
    return future


def _each(work: Work[T], chunk: Sequence[Source]) -> Sequence[T]:
    """Return the results of a chunk: what a worker runs."""
    return list(work(chunk))
