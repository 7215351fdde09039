"""Work on many files: what to do with each, which results are known already, and chunks of files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from evgrade.discover import Source
from evgrade.model import EvgradeError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class WorkersError(EvgradeError):
    """Nobody is left to do the work, through no fault of a file. What was done so far holds."""


class Work(Protocol[T_co]):
    """What is done with files. It travels to other processes with every chunk, so it is small and can be pickled."""

    def __call__(self, sources: Iterable[Source]) -> Iterator[T_co]:
        """Yield the result for each of some files, as soon as it is there; no error leaves this."""

    def prepare(self) -> None:
        """Do what processes on this machine need beforehand, for they may be copies of this one."""

    def lost(self, source: Source, reason: str) -> T_co:
        """Return the result for a file that could not be worked on."""


class ResultCache(Protocol[T]):
    """Results that are known already. It stays in the process that asks for them, and no error leaves it.

    Attributes:
        at_once: about how many files it is best asked for at a time.
    """

    at_once: int

    def known(self, sources: Sequence[Source]) -> Sequence[T | None]:
        """Return the result for each of some files, None where there is work to do."""

    def keep(self, results: Sequence[T]) -> None:
        """Keep new results for the next run."""


class NullCache:
    """A cache without results."""

    at_once = 1

    def known(self, sources: Sequence[Source]) -> Sequence[Any]:
        """Return that nothing is known."""
        return [None] * len(sources)

    def keep(self, results: Sequence[object]) -> None:
        """Do nothing."""


NO_CACHE = NullCache()


class Chunk(NamedTuple, Generic[T]):
    """What is known of some files, and those of them that are not known."""

    known: Sequence[T | None]
    unknown: Sequence[Source]

    @classmethod
    def of(cls, sources: Sequence[Source], known: Sequence[T | None]) -> Chunk[T]:
        """Return files with what is known of them."""
        return cls(known, [source for source, one in zip(sources, known, strict=True) if one is None])

    def merged(self, fresh: Iterable[T]) -> list[T]:
        """Return all results in order, given those for the files that are not known."""
        next_fresh = iter(fresh)
        return [next(next_fresh) if one is None else one for one in self.known]
