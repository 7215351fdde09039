"""Work on files: what is done with them, how they are shared out, and what happens where nobody is left to do it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from evgrade.discover import Source
from evgrade.model import EvgradeError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

TWICE = "the process that graded it died, and so did another one that had nothing else to do"


class WorkersError(EvgradeError):
    """Nobody is left to do the work, through no fault of a file. What was done so far holds."""


class Work(Protocol[T_co]):
    """What is done with files. It travels to other processes with every chunk, so it is small and can be pickled."""

    def __call__(self, sources: Iterable[Source]) -> Iterator[T_co]:
        """Yield the result for each of some files, as soon as it is there; no error leaves this."""

    def lost(self, source: Source, reason: str) -> T_co:
        """Return the result for a file that could not be worked on."""


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
