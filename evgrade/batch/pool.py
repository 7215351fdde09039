"""Work on many files by an executor: results in the order of the files, memory that does not grow, deaths survived."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from itertools import islice
from typing import Generic, NamedTuple, Protocol, TypeVar

from evgrade.batch.local import LocalExecutor
from evgrade.batch.memory import FORGETFUL, Memory
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
        start: returns an executor with that many workers. Where there is no work to do, none is started.
        chunk: how many files a worker gets at a time: enough that sending them costs nothing beside the work on them.
        ahead: how many chunks a worker are sent out before the first of them is waited for.
    """

    jobs: int
    start: Callable[[int], Executor] = LocalExecutor
    chunk: int = 32
    ahead: int = 4

    def run(self, work: Work[T], sources: Iterable[Source], memory: Memory[T] = FORGETFUL) -> Generator[T, None, None]:
        """Yield the results for some files, in their order. Files are taken as they are needed.

        Where a worker dies, the files under way are worked on again, one at a time; one whose worker dies again, in a
        process that had nothing else to do, is lost. Whoever closes this ends the workers.

        Raises:
            WorkersError: workers die although they have nothing to do, or the executor has none any more.
        """
        if self.jobs <= 1 and self.start is LocalExecutor:
            yield from _here(work, self.chunks(sources), memory)
            return
        run = _Run(self, work, memory)
        try:
            yield from run.results(self.chunks(sources))
        except BaseException:
            run.abandon()
            raise
        run.end()

    def chunks(self, sources: Iterable[Source]) -> Iterator[Sequence[Source]]:
        """Yield some files a few at a time."""
        left = iter(sources)
        while chunk := list(islice(left, self.chunk)):
            yield chunk


def _here(work: Work[T], chunks: Iterable[Sequence[Source]], memory: Memory[T]) -> Iterator[T]:
    """Yield the results for some files, worked on by this process."""
    for chunk in chunks:
        fresh = []
        for source, known in zip(chunk, memory.recall(chunk), strict=True):
            if known is None:
                fresh.append(work(source))
                yield fresh[-1]
            else:
                yield known
        memory.keep(fresh)


class _Chunk(NamedTuple, Generic[T]):
    """Some files under way: what is known of each, those that are not known, and what becomes of these."""

    known: Sequence[T | None]
    sources: Sequence[Source]
    future: Future[list[T]]

    def merged(self, fresh: Iterable[T]) -> list[T]:
        """Return all results in order."""
        next_fresh = iter(fresh)
        return [next(next_fresh) if one is None else one for one in self.known]


class _Run(Generic[T]):
    """One run of a pool: its executor, which is replaced when a worker dies, and the chunks under way."""

    def __init__(self, pool: Pool, work: Work[T], memory: Memory[T]) -> None:
        self.pool = pool
        self.work = work
        self.memory = memory
        self.started: Executor | None = None
        self.lone: LocalExecutor | None = None
        self.waiting: deque[_Chunk[T]] = deque()

    @property
    def executor(self) -> Executor:
        """The executor, started when it is first needed."""
        if self.started is None:
            self.started = self.pool.start(self.pool.jobs)
        return self.started

    def results(self, chunks: Iterable[Sequence[Source]]) -> Iterator[T]:
        """Yield the results in the order of the files."""
        for chunk in chunks:
            known = self.memory.recall(chunk)
            unknown = [source for source, one in zip(chunk, known, strict=True) if one is None]
            future = self.submitted(self.executor, unknown) if unknown else _finished([])
            self.waiting.append(_Chunk(known, unknown, future))
            while self.waiting and (self.is_full or self.waiting[0].future.done()):
                yield from self.next_results()
        while self.waiting:
            yield from self.next_results()

    @property
    def is_full(self) -> bool:
        """Whether so much is under way that it is time to wait."""
        return len(self.waiting) >= self.pool.jobs * self.pool.ahead

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
        chunk = self.waiting.popleft()
        fresh = self.worked_out(chunk)
        self.memory.keep(fresh)
        return chunk.merged(fresh)

    def worked_out(self, chunk: _Chunk[T]) -> list[T]:
        """Return the results of what was not known of a chunk.

        Raises:
            WorkersError: there is nobody to do it.
        """
        error = chunk.future.exception()
        if error is None:
            return chunk.future.result()
        if isinstance(error, WorkersError):
            raise error
        if isinstance(error, BrokenExecutor):
            self.start_again()
        return self.one_by_one(chunk.sources)

    def start_again(self) -> None:
        """Replace the executor, after a worker died, and do again what that stopped, one file at a time.

        Any file under way may be the cause. Which one is found out before other files come near it.

        Raises:
            WorkersError: no file is the cause, for a worker dies without one.
        """
        self.executor.shutdown(wait=False, cancel_futures=True)
        self.started = self.pool.start(self.pool.jobs)
        if isinstance(self.submitted(self.executor, []).exception(), BrokenExecutor):
            raise WorkersError("the processes that grade die before they have a file", hint="one does it: --jobs 1")
        stopped, self.waiting = self.waiting, deque()
        for chunk in stopped:
            if isinstance(chunk.future.exception(), BrokenExecutor):
                self.waiting.append(chunk._replace(future=_finished(self.one_by_one(chunk.sources))))
            else:
                self.waiting.append(chunk)

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

    def end(self) -> None:
        """End the workers, which have nothing to do any more."""
        if self.started is not None:
            self.started.shutdown()

    def abandon(self) -> None:
        """End the workers; what they have not finished is not waited for."""
        for executor in (self.started, self.lone):
            if isinstance(executor, LocalExecutor):
                executor.abandon()
            elif executor is not None:
                executor.shutdown(wait=False, cancel_futures=True)


def _finished(results: list[T]) -> Future[list[T]]:
    """Return a future that has come true."""
    future: Future[list[T]] = Future()
    future.set_result(results)
    return future


def _each(work: Work[T], chunk: Sequence[Source]) -> list[T]:
    """Return the results of a chunk: what a worker runs."""
    return [work(source) for source in chunk]
