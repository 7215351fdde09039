"""Work on many files: results in the order of the files, memory that does not grow, results known beforehand."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

from evgrade.discover import Source
from evgrade.model import EvgradeError

if TYPE_CHECKING:
    from concurrent.futures import Executor


T = TypeVar("T")


Known = tuple[Sequence[Source], Sequence[T | None]]
"""Some files, and what is known of each."""


class ResultCache(Protocol[T]):
    """Results that are known already. It stays in the process that asks for them, and no error leaves it.

    Attributes:
        at_once: about how many files it is best asked for at a time.
    """

    at_once: int

    def recall(self, chunks: Iterable[Sequence[Source]]) -> Iterator[Known[T]]:
        """Yield files with the result for each of them, None where there is work to do.

        Chunks are taken as they are needed; it may take a few more, to know of their files sooner.
        """

    def keep(self, results: Sequence[T]) -> None:
        """Keep new results for the next run."""


class NullCache:
    """A cache without results."""

    at_once = 1

    def recall(self, chunks: Iterable[Sequence[Source]]) -> Iterator[Known[Any]]:
        """Yield every file as not known."""
        return ((chunk, [None] * len(chunk)) for chunk in chunks)

    def keep(self, results: Sequence[object]) -> None:
        """Do nothing."""


NO_CACHE = NullCache()


T_co = TypeVar("T_co", covariant=True)

_FIRST, _SHARES = 8, 16
"""How many files the first chunks have, and the part of its files that a worker gets at a time later: the last chunk is
no larger, and the others wait no longer for it."""

TWICE = "its worker process died twice, the second time with no other file"


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class WorkersError(EvgradeError):
    """Nobody is left to do the work, through no fault of a file. What was done so far holds."""


class Work(Protocol[T_co]):
    """What is done with files. It travels to other processes with every chunk, so it is small and can be pickled."""

    def __call__(self, sources: Iterable[Source]) -> Iterator[T_co]:
        """Yield the result for each of some files, as soon as it is there; no error leaves this."""

    def lost(self, source: Source, reason: str) -> T_co:
        """Return the result for a file that could not be worked on."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Where work is done.

    Attributes:
        jobs: how many chunks are worked on at once; where that is 1, processes on this machine are this one alone.
        start: returns an executor with that many workers; None for processes on this machine. Where there is no work to
            do, none is started.
        chunk: how many files a worker gets at a time at most: enough that sending them costs nothing beside the work on
            them. The first chunks are smaller, so that a few files are shared out among all workers too.
        ahead: how many chunks a worker are sent out before the first of them is waited for.
        few: up to how many files this process works on alone, for it is done before others would have begun.
        prepare: does beforehand what all processes on this machine need, for they may be copies of this one.
    """

    jobs: int
    start: Callable[[int], Executor] | None = None
    chunk: int = 64
    ahead: int = 4
    few: int = 0
    prepare: Callable[[], object] = tuple

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
            elif self.jobs <= 1 and self.start is None:
                yield from _here(work, chunk, cache)
            else:
                from evgrade.batch.workers import run  # noqa: PLC0415 - slow to import, and where all is known not needed

                yield from run(self, work, chain([chunk], chunks), cache)

    def _chunks(self, sources: Iterable[Source], cache: ResultCache[T]) -> Iterator[Chunk[T]]:
        """Yield some files with what is known of them: as many as a worker gets, or more if all of them are known."""
        taken = 0
        for asked, known in cache.recall(self._asked(sources, cache.at_once)):
            size = self._share(taken) if None in known else len(asked)
            for start in range(0, len(asked), size):
                yield Chunk.of(asked[start : start + size], known[start : start + size])
            taken += len(asked)

    def _asked(self, sources: Iterable[Source], at_once: int) -> Iterator[list[Source]]:
        """Yield as many files as a worker gets, or as many as the cache is best asked for."""
        left = iter(sources)
        taken = 0
        while asked := list(islice(left, max(self._share(taken), at_once))):
            yield asked
            taken += len(asked)

    def _share(self, taken: int) -> int:
        """Return how many files a worker gets at a time, after so many."""
        return min(self.chunk, _FIRST + taken // (_SHARES * self.jobs))


class Chunk(NamedTuple, Generic[T]):
    """Some files: what is known of each, and those that are not known."""

    sources: Sequence[Source]
    known: Sequence[T | None]
    unknown: Sequence[Source]

    @classmethod
    def of(cls, sources: Sequence[Source], known: Sequence[T | None]) -> Chunk[T]:
        """Return files with what is known of them."""
        return cls(sources, known, [source for source, one in zip(sources, known, strict=True) if one is None])

    def merged(self, fresh: Iterable[T]) -> list[T]:
        """Return all results in order, given those for the files that are not known."""
        next_fresh = iter(fresh)
        return [next(next_fresh) if one is None else one for one in self.known]


def _here(work: Work[T], chunk: Chunk[T], cache: ResultCache[T]) -> Iterator[Sequence[T]]:
    """Yield the results for some files, each by itself, worked on by this process."""
    fresh: list[T] = []
    results = work(chunk.unknown)
    for known in chunk.known:
        if known is None:
            fresh.append(next(results))
        yield [fresh[-1] if known is None else known]
    cache.keep(fresh)
