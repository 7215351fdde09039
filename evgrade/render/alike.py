"""What is written about how rows were judged, made once for those that were judged alike: most are like many others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from evgrade.batch.row import Counts, Problem, Row, Verdict

T = TypeVar("T")

KINDS = 4096
"""Of how many ways of being judged it is kept at most."""


class Alike(Generic[T]):
    """A function of how a row was judged, that remembers what it returned."""

    def __init__(self, made: Callable[[tuple[Verdict, ...], Counts, Problem | None], T]) -> None:
        self._made = lru_cache(maxsize=KINDS)(made)
        self._known: dict[int, _Known[T]] = {}

    def __call__(self, row: Row) -> T:
        """Return what is made of a row.

        Rows that come from the cache share their verdicts, which are then known by being the same ones: to look
        through them for equality takes ten times as long.
        """
        known = self._known.get(id(row.verdicts))
        if known is not None and _is_as(known, row):
            return known.told
        if len(self._known) >= KINDS:
            self._known.clear()
        told = self._made(row.verdicts, row.counts, row.problem)
        self._known[id(row.verdicts)] = _Known(row.verdicts, row.counts, row.problem, told)
        return told


def kinds(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield at least one row of each way of being judged: of those that share their verdicts, the first."""
    seen: dict[int, Row] = {}
    for row in rows:
        known = seen.get(id(row.verdicts))
        if known is None or not _is_as(known, row):
            if len(seen) >= KINDS:
                seen.clear()
            seen[id(row.verdicts)] = row
            yield row


def _is_as(known: Row | _Known[Any], row: Row) -> bool:
    """Whether a row shares with what is known all that says how it was judged."""
    return known.verdicts is row.verdicts and known.counts is row.counts and known.problem is row.problem


class _Known(NamedTuple, Generic[T]):
    """What was made of some verdicts; it holds them, so that no others get their place in memory."""

    verdicts: tuple[Verdict, ...]
    counts: Counts
    problem: Problem | None
    told: T
