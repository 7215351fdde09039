"""Work on many files: what to do with each, which results are known already, and chunks of files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from evgrade.discover import Source
from evgrade.model import EvgradeError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class WorkersError(EvgradeError):
    """No worker is left, through no fault of a file. Results so far remain valid."""


class Work(Protocol[T_co]):
    """Work on files. It is sent to other processes with every chunk, so it is small and can be pickled."""

    def __call__(self, sources: Iterable[Source]) -> Iterator[T_co]:
        """Yield the result for each file as soon as it is ready; raise no error."""

    def prepare(self) -> None:
        """Do what processes on this machine need beforehand, since they may be copies of this one."""

    def lost(self, source: Source, reason: str) -> T_co:
        """Return the result for a file that no process could finish."""


class ResultCache(Protocol[T]):
    """Results that are known already. It stays in the process that uses it, and raises no error.

    Attributes:
        at_once: about how many files to look up at a time.
    """

    at_once: int

    def known(self, sources: Sequence[Source]) -> Sequence[T | None]:
        """Return the result for each file, None if it has to be worked out."""

    def keep(self, results: Sequence[T]) -> None:
        """Keep new results for the next run."""


class NullCache:
    """A cache without results."""

    at_once = 1

    def known(self, sources: Sequence[Source]) -> Sequence[Any]:
        """Return None for each file."""
        return [None] * len(sources)

    def keep(self, results: Sequence[object]) -> None:
        """Do nothing."""


NO_CACHE = NullCache()


class Chunk(NamedTuple, Generic[T]):
    """Known results for some files, and the files without one."""

    known: Sequence[T | None]
    unknown: Sequence[Source]

    @classmethod
    def of(cls, sources: Sequence[Source], known: Sequence[T | None]) -> Chunk[T]:
        """Return a chunk of files with their known results."""
        return cls(known, [source for source, one in zip(sources, known, strict=True) if one is None])

    def merged(self, fresh: Iterable[T]) -> list[T]:
        """Return all results in order, given those for the unknown files."""
        next_fresh = iter(fresh)
        return [next(next_fresh) if one is None else one for one in self.known]
