"""One run of a pool that has work to do: its executor, and the chunks under way."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Generic, NamedTuple, TypeVar

from evgrade.batch.local import Copies, LocalExecutor, local_executor
from evgrade.batch.memory import Memory
from evgrade.batch.work import TWICE, Chunk, Work, WorkersError
from evgrade.discover import Source
from evgrade.model import unexpected

T = TypeVar("T")


def run(
    start: Callable[[], Executor], most: int, work: Work[T], chunks: Iterable[Chunk[T]], memory: Memory[T]
) -> Generator[Sequence[T], None, None]:
    """Yield the results for the files of some chunks, in their order, those of a chunk together.

    Args:
        start: returns an executor that has just been started.
        most: how many chunks are sent out before the first of them is waited for.
        work: what is done with files.
        chunks: the files.
        memory: where results are kept.

    Raises:
        WorkersError: workers die although they have nothing to do, or the executor has none any more.
    """
    one = _Run(start, most, work, memory)
    try:
        yield from one.results(chunks)
    except BaseException:
        one.abandon()
        raise
    one.end()


class _UnderWay(NamedTuple, Generic[T]):
    """A chunk, and what becomes of those of its files that are not known."""

    chunk: Chunk[T]
    future: Future[Sequence[T]]


class _Run(Generic[T]):
    """One run of a pool: its executor, which is replaced when a worker dies, and the chunks under way."""

    def __init__(self, start: Callable[[], Executor], most: int, work: Work[T], memory: Memory[T]) -> None:
        self.start = start
        self.most = most
        self.work = work
        self.memory = memory
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
        self.memory.keep(fresh)
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
        self.executor.shutdown(wait=False, cancel_futures=True)
        self.started = self.start()
        if isinstance(_error(self.submitted(self.started, []), self.started), BrokenExecutor):
            raise WorkersError("the processes that grade die before they have a file", hint="one does it: --jobs 1")
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


_LOOK = 1.0
"""After how many seconds of waiting it is looked whether there is anything to wait for."""


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
