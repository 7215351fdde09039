"""Work on many files by an executor: results in the order of the files, memory that does not grow, deaths survived."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from itertools import islice
from typing import Generic, Protocol, TypeVar

from evgrade.batch.local import LocalExecutor
from evgrade.discover import Source
from evgrade.model import EvgradeError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

TWICE = "the process that graded it died, and so did another one that had nothing else to do"


class WorkersError(EvgradeError):
    """Nobody is left to do the work, through no fault of a file. What was done so far holds."""


class Work(Protocol[T_co]):
    """What is done with a file. It travels to other processes with every chunk, so it is small and can be pickled."""

    def __call__(self, source: Source) -> T_co:
        """Return the result for a file; no error leaves this."""

    def lost(self, source: Source, reason: str) -> T_co:
        """Return the result for a file that could not be worked on."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Where work is done.

    Attributes:
        jobs: how many chunks are worked on at once; where that is 1, processes on this machine are this one alone.
        start: returns an executor with that many workers.
        chunk: how many files a worker gets at a time: enough that sending them costs nothing beside the work on them.
        ahead: how many chunks a worker are sent out before the first of them is waited for.
    """

    jobs: int
    start: Callable[[int], Executor] = LocalExecutor
    chunk: int = 32
    ahead: int = 4

    def run(self, work: Work[T], sources: Iterable[Source]) -> Generator[T, None, None]:
        """Yield the results for some files, in their order. Files are taken as they are needed.

        Where a worker dies, the files under way are worked on again, one at a time; one whose worker dies again, in a
        process that had nothing else to do, is lost. Whoever closes this ends the workers.

        Raises:
            WorkersError: workers die although they have nothing to do, or the executor has none any more.
        """
        if self.jobs <= 1 and self.start is LocalExecutor:
            yield from map(work, sources)
            return
        run = _Run(self, work)
        try:
            yield from run.results(iter(sources))
        except BaseException:
            run.abandon()
            raise
        run.executor.shutdown()


class _Run(Generic[T]):
    """One run of a pool: its executor, which is replaced when a worker dies, and the chunks under way."""

    def __init__(self, pool: Pool, work: Work[T]) -> None:
        self.pool = pool
        self.work = work
        self.executor = pool.start(pool.jobs)
        self.lone: LocalExecutor | None = None
        self.waiting: deque[tuple[Sequence[Source], Future[list[T]]]] = deque()

    def results(self, sources: Iterator[Source]) -> Iterator[T]:
        """Yield the results in the order of the files."""
        while chunk := list(islice(sources, self.pool.chunk)):
            self.waiting.append((chunk, self.submitted(self.executor, chunk)))
            if len(self.waiting) >= self.pool.jobs * self.pool.ahead:
                yield from self.next_results()
        while self.waiting:
            yield from self.next_results()

    def submitted(self, executor: Executor, chunk: Sequence[Source]) -> Future[list[T]]:
        """Return the future of a chunk; one that failed already, where a worker died and nothing more is accepted."""
        try:
            return executor.submit(_each, self.work, chunk)
        except BrokenExecutor as error:
            future: Future[list[T]] = Future()
            future.set_exception(error)
            return future

    def next_results(self) -> list[T]:
        """Return the results of the first chunk under way, whatever happened to it.

        Raises:
            WorkersError: there is nobody to do it.
        """
        chunk, future = self.waiting.popleft()
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, WorkersError):
            raise error
        if isinstance(error, BrokenExecutor):
            self.start_again()
        return self.one_by_one(chunk)

    def start_again(self) -> None:
        """Replace the executor, after a worker died, and do again what that stopped, one file at a time.

        Any file under way may be the cause. Which one is found out before other files come near it.

        Raises:
            WorkersError: no file is the cause, for a worker dies without one.
        """
        self.executor.shutdown(wait=False, cancel_futures=True)
        self.executor = self.pool.start(self.pool.jobs)
        if isinstance(self.submitted(self.executor, []).exception(), BrokenExecutor):
            raise WorkersError("the processes that grade die before they have a file", hint="one does it: --jobs 1")
        stopped, self.waiting = self.waiting, deque()
        for chunk, future in stopped:
            if isinstance(future.exception(), BrokenExecutor):
                self.waiting.append((chunk, self.done_again(chunk)))
            else:
                self.waiting.append((chunk, future))

    def done_again(self, chunk: Sequence[Source]) -> Future[list[T]]:
        """Return a finished future of a chunk."""
        future: Future[list[T]] = Future()
        future.set_result(self.one_by_one(chunk))
        return future

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
            self.lone = self.lone or LocalExecutor(1)
            future = self.submitted(self.lone, [source])
            error = future.exception()
            if error is None:
                return future.result()[0]
            if not isinstance(error, BrokenExecutor):
                return self.work.lost(source, f"internal error: {type(error).__name__}: {error}")
            self.lone.shutdown(wait=False, cancel_futures=True)
            self.lone = None
        return self.work.lost(source, TWICE)

    def abandon(self) -> None:
        """End the workers; what they have not finished is not waited for."""
        for executor in (self.executor, self.lone):
            if isinstance(executor, LocalExecutor):
                executor.abandon()
            elif executor is not None:
                executor.shutdown(wait=False, cancel_futures=True)


def _each(work: Work[T], chunk: Sequence[Source]) -> list[T]:
    """Return the results of a chunk: what a worker runs."""
    return [work(source) for source in chunk]
