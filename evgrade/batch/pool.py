"""Work on many files: results in file order, constant memory, known results reused."""

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
"""How many files the first chunks have, and the part of its files that a worker gets at a time later: the last chunk is
no larger, and the others wait no longer for it."""


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Pool:
    """Where work is done.

    Attributes:
        jobs: how many chunks are worked on at once; where that is 1, processes on this machine are this one alone.
        apart: whether they are others even then, since what hangs in one has to be ended.
        start: returns an executor with that many workers; None for processes on this machine. Where there is no work to
            do, none is started.
        chunk: how many files a worker gets at a time at most: enough that sending them costs nothing beside the work on
            them. The first chunks are smaller, so that a few files are shared out among all workers too.
        ahead: how many chunks a worker are sent out before the first of them is waited for.
        few: up to how many files this process works on alone, for it is done before others would have begun.
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

        Where a worker dies, the files under way are worked on again, one at a time; one whose worker dies again, in a
        process that had nothing else to do, is lost. Whoever closes this ends the workers.

        Raises:
            WorkersError: workers die although they have nothing to do, or the executor has none any more.
        """
        for results in self.together(work, sources, cache):
            yield from results

    def together(
        self, work: Work[T], sources: Iterable[Source], cache: ResultCache[T] = NO_CACHE
    ) -> Generator[Sequence[T], None, None]:
        """Yield the results as `run` does, but those together that are there at the same time.

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
                from evgrade.batch.workers import run  # noqa: PLC0415 - slow to import, and where all is known not needed

                start = partial(self._started, work)
                yield from run(start, self.jobs * self.ahead, work, chain([chunk], chunks), cache)

    def _started(self, work: Work[T]) -> Executor:
        """Return an executor that has just been started, for some work."""
        if self.start is not None:
            return self.start(self.jobs)
        from evgrade.batch.workers import local_executor  # noqa: PLC0415 - as above

        work.prepare()
        return local_executor(self.jobs)

    def _chunks(self, sources: Iterable[Source], cache: ResultCache[T]) -> Iterator[Chunk[T]]:
        """Yield some files with what is known of them: as many as a worker gets, or more if all of them are known."""
        taken = 0
        for requested in self._asked(sources, cache.at_once):
            known = cache.known(requested)
            size = self._share(taken) if None in known else len(requested)
            for start in range(0, len(requested), size):
                yield Chunk.of(requested[start : start + size], known[start : start + size])
            taken += len(requested)

    def _asked(self, sources: Iterable[Source], at_once: int) -> Iterator[list[Source]]:
        """Yield as many files as a worker gets, or as many as the cache is best asked for."""
        left = iter(sources)
        taken = 0
        while requested := list(islice(left, max(self._share(taken), at_once))):
            yield requested
            taken += len(requested)

    def _share(self, taken: int) -> int:
        """Return how many files a worker gets at a time, after so many."""
        return min(self.chunk, _FIRST + taken // (_SHARES * self.jobs))


def _here(work: Work[T], chunk: Chunk[T], cache: ResultCache[T]) -> Iterator[Sequence[T]]:
    """Yield the results for some files, each by itself, worked on by this process."""
    fresh: list[T] = []
    results = work(chunk.unknown)
    for known in chunk.known:
        if known is None:
            fresh.append(next(results))
        yield [fresh[-1] if known is None else known]
    cache.keep(fresh)
