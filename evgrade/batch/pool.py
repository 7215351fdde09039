"""Share out work on many files: results in the order of files, constant memory, known results reused."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

from evgrade.batch.work import NO_CACHE, Chunk, ResultCache, Work
from evgrade.discover import Source

if TYPE_CHECKING:
    from concurrent.futures import Executor


T = TypeVar("T")


_FIRST, _SHARES = 8, 16
"""The size of the first chunks, and which part of a worker's files so far later ones are: one in 16. So no worker waits
long for the last chunk."""


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Pool:
    """The processes that do the work.

    Attributes:
        jobs: the number of chunks in progress at once; with 1, this process does the work itself.
        apart: whether to use another process even then, so that work that hangs can be ended.
        start: returns an executor with that many workers; None for processes on this machine. It is called only if
            there is work to do.
        chunk: the most files that a worker gets at a time, enough to make the cost of sending them negligible. The
            first chunks are smaller, so that a few files too are shared among all workers.
        ahead: the number of chunks for each worker that are sent out before the first one is waited for.
        few: up to this number of files, this process works alone, because others would take longer to start.
    """

    jobs: int
    apart: bool = False
    start: Callable[[int], Executor] | None = None
    chunk: int = 64
    ahead: int = 4
    few: int = 0

    def run(
        self, work: Work[T], sources: Iterable[Source], cache: ResultCache[T] = NO_CACHE
    ) -> Generator[T, None, None]:
        """Yield the results for some files, in their order. Files are taken as they are needed.

        If a worker dies, the files in progress are worked on again, one at a time; a file whose worker dies again, in a
        process with no other file, is lost. Closing this generator ends the workers.

        Raises:
            WorkersError: workers die without a file, or the executor has no workers left.
        """
        for results in self.together(work, sources, cache):
            yield from results

    def together(
        self, work: Work[T], sources: Iterable[Source], cache: ResultCache[T] = NO_CACHE
    ) -> Generator[Sequence[T], None, None]:
        """Yield the results like `run`, but together if they are ready at the same time.

        Raises:
            WorkersError: as in `run`.
        """
        left = iter(sources)
        first = list(islice(left, self.few + 1))
        pool = replace(self, jobs=1) if len(first) <= self.few else self
        yield from pool._together(work, chain(first, left), cache)

    def _together(
        self, work: Work[T], sources: Iterable[Source], cache: ResultCache[T]
    ) -> Generator[Sequence[T], None, None]:
        chunks = self._chunks(sources, cache)
        for chunk in chunks:
            if not chunk.unknown:
                yield chunk.merged(())
            elif self.jobs <= 1 and self.start is None and not self.apart:
                yield from _here(work, chunk, cache)
            else:
                from evgrade.batch.workers import run  # noqa: PLC0415 - slow to import, and not needed if all results are known

                start = partial(self._started, work)
                yield from run(start, self.jobs * self.ahead, work, chain([chunk], chunks), cache)

    def _started(self, work: Work[T]) -> Executor:
        """Start an executor for some work."""
        if self.start is not None:
            return self.start(self.jobs)
        from evgrade.batch.workers import local_executor  # noqa: PLC0415 - as above

        work.prepare()
        return local_executor(self.jobs)

    def _chunks(self, sources: Iterable[Source], cache: ResultCache[T]) -> Iterator[Chunk[T]]:
        """Yield chunks of files: as many as a worker gets, or more if all their results are known."""
        taken = 0
        for requested in self._looked_up(sources, cache.at_once):
            known = cache.known(requested)
            size = self._share(taken) if None in known else len(requested)
            for start in range(0, len(requested), size):
                yield Chunk.of(requested[start : start + size], known[start : start + size])
            taken += len(requested)

    def _looked_up(self, sources: Iterable[Source], at_once: int) -> Iterator[list[Source]]:
        """Yield lists of files: as many as a worker gets, or as many as the cache looks up at a time."""
        left = iter(sources)
        taken = 0
        while requested := list(islice(left, max(self._share(taken), at_once))):
            yield requested
            taken += len(requested)

    def _share(self, taken: int) -> int:
        """Return the number of files for the next chunk, after `taken` files."""
        return min(self.chunk, _FIRST + taken // (_SHARES * self.jobs))


def _here(work: Work[T], chunk: Chunk[T], cache: ResultCache[T]) -> Iterator[Sequence[T]]:
    """Yield the results for some files one by one, worked out by this process."""
    fresh: list[T] = []
    results = work(chunk.unknown)
    for known in chunk.known:
        if known is None:
            fresh.append(next(results))
        yield [fresh[-1] if known is None else known]
    cache.keep(fresh)
