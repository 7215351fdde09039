"""A folder ranked by score, and which share of all weightings keeps that order: rank acceptability as in SMAA.

A dossier is what its grades bring to the score. Dossiers that bring the same are worked out once.

What is not known is carried through as an interval and never drawn: nobody knows the odds of a missing fact. Shares
and mean ranks are of the scores as they are established now, as the ranking has them. Best and worst ranks hold
whatever the missing facts turn out to be: the highest score of one beside the lowest of all others, and the reverse.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate
from operator import itemgetter
from random import Random
from typing import NamedTuple

from evgrade.robustness.summary import Places, Weighted
from evgrade.rubric.model import Score
from evgrade.stats.smaa import (
    NO_VALUE,
    Points,
    Weights,
    in_order,
    in_parts,
    keeps_order,
    seeded,
    uniform_weights,
    value,
    weights_near,
)

NEAR = 0.5
"""By how much of itself a weight is changed at most, to be near that of the rubric."""
MOST_DRAWS, FEWEST_DRAWS = 10_000, 150
_WORK = 500_000
"""About how many scores are worked out for each kind of weighting."""
_SEED = 1


class Brought(NamedTuple):
    """What a dossier brings to the score, by counted domain: its points now, and those that are possible.

    None among them is a domain that is left out.
    """

    now: Points
    possible: tuple[tuple[float | None, ...], ...]

    @property
    def is_open(self) -> bool:
        """Whether a missing fact can change them."""
        return any(len(points) > 1 for points in self.possible)


def brought(rule: Score, grades: Mapping[str, tuple[str, Collection[str]]]) -> Brought:
    """Return what grades bring to the score, given by domain with all that are possible."""
    now, possible = [], []
    for counted in rule.counted:
        grade, others = grades[counted.domain]
        now.append(counted.points[grade])
        points = {counted.points[other] for other in others}
        possible.append(tuple(sorted(points, key=lambda one: -1 if one is None else one)))
    return Brought(tuple(now), tuple(possible))


def draws_for(patterns: int) -> int:
    """Return how many weightings are drawn, by how many dossiers bring something different."""
    return max(FEWEST_DRAWS, min(MOST_DRAWS, _WORK // max(1, patterns)))


def under_other_weights(rule: Score, dossiers: Mapping[Brought, int]) -> dict[Brought, Weighted]:
    """Return what becomes of the rank of each dossier, given how many bring the same; the same every time."""
    if not dossiers:
        return {}
    base = [counted.weight / 100 for counted in rule.counted]
    folder = _Folder(dossiers, base)
    draws = draws_for(len(dossiers))
    everywhere = folder.places(partial(uniform_weights, len(base)), draws)
    near = folder.places(partial(weights_near, base, NEAR), draws)
    return {
        one: Weighted(rank, folder.total, draws, *both)
        for one, rank, *both in zip(dossiers, folder.ranks, everywhere, near, strict=True)
    }


class _Folder:
    """All dossiers of a folder, each kind once."""

    def __init__(self, dossiers: Mapping[Brought, int], base: Weights) -> None:
        self._now = [one.now for one in dossiers]
        self._many = list(dossiers.values())
        self.total = sum(self._many)
        self._open = [(place, _Open.of(one)) for place, one in enumerate(dossiers) if one.is_open]
        before = [value(base, one) for one in self._now]
        self._order = in_order(before)
        self.ranks, self._last = self._ranks(before)

    def places(self, weights: Callable[[Random], Weights], draws: int) -> Iterator[Places]:
        """Yield the places of each kind under as many weightings as are drawn."""
        random = seeded(_SEED)
        kinds = range(len(self._now))
        kept, first, total, worst = ([0] * len(kinds) for _ in range(4))
        best = [self.total] * len(kinds)
        sums: dict[int, list[float]] = {}
        order = certain = 0
        for _ in range(draws):
            weighting = weights(random)
            values = [value(weighting, one) for one in self._now]
            ranks, last = self._ranks(values)
            order += keeps_order(self._order, values)
            leasts, mosts = ranks, ranks
            if self._open:
                lows, highs = self._ends(values, weighting)
                certain += keeps_order(self._order, lows, highs)
                leasts, mosts = self._ranks_between(lows, highs)
            for one in kinds:
                rank = ranks[one]
                total[one] += rank
                kept[one] += rank <= self._last[one] and self.ranks[one] <= last[one]
                if rank == 1:
                    first[one] += 1
                    known = sums.get(one)
                    sums[one] = (
                        list(weighting) if known is None else [a + b for a, b in zip(known, weighting, strict=True)]
                    )
                best[one] = min(best[one], leasts[one])
                worst[one] = max(worst[one], mosts[one])
        for one in kinds:
            central = tuple(each / first[one] for each in sums.get(one, ()))
            shares = (kept[one] / draws, first[one] / draws, total[one] / draws)
            yield Places(
                *shares, best[one], worst[one], central, order / draws, (certain if self._open else order) / draws
            )

    def _ranks(self, values: Sequence[int]) -> tuple[list[int], list[int]]:
        """Return the rank of each kind, and the last rank of those with the same value."""
        ranks, last = [0] * len(values), [0] * len(values)
        before = 0
        for equals in in_order(values):
            after = before + sum(map(self._many.__getitem__, equals))
            for one in equals:
                ranks[one], last[one] = before + 1, after
            before = after
        return ranks, last

    def _ends(self, values: Sequence[int], weights: Weights) -> tuple[Sequence[int], Sequence[int]]:
        """Return the lowest and the highest value that each kind may have."""
        lows, highs = list(values), list(values)
        for place, one in self._open:
            lows[place], highs[place] = one.ends(weights)
        return lows, highs

    def _ranks_between(self, lows: Sequence[int], highs: Sequence[int]) -> tuple[list[int], list[int]]:
        """Return the best and the worst rank of each kind: one whose highest is above another's lowest may be ahead."""
        ordered_lows, low_sums = self._summed(lows)
        ordered_highs, high_sums = self._summed(highs)
        best = [1 + self.total - low_sums[bisect_right(ordered_lows, high)] for high in highs]
        worst = [
            1 + self.total - high_sums[bisect_right(ordered_highs, low)] - (high > low)
            for low, high in zip(lows, highs, strict=True)
        ]
        return best, worst

    def _summed(self, values: Sequence[int]) -> tuple[list[int], list[int]]:
        """Return values in order, and of how many dossiers those before each are."""
        places = sorted(range(len(values)), key=values.__getitem__)
        return [values[one] for one in places], [0, *accumulate(self._many[one] for one in places)]


class _Open(NamedTuple):
    """A dossier whose points are open: counted domains with points, those that may be left out by themselves.

    Attributes:
        lows, highs: the fewest and the most points of those that are not left out.
        free_lows, free_highs: those of domains that may be, the fewest first, and the most first.
    """

    lows: tuple[tuple[int, float], ...]
    highs: tuple[tuple[int, float], ...]
    free_lows: tuple[tuple[int, float], ...]
    free_highs: tuple[tuple[int, float], ...]

    @classmethod
    def of(cls, one: Brought) -> _Open:
        """Return the ends of what a dossier brings."""
        given = [(place, [each for each in points if each is not None]) for place, points in enumerate(one.possible)]
        sure = [(place, points) for place, points in given if points and None not in one.possible[place]]
        free = [(place, points) for place, points in given if points and None in one.possible[place]]
        lows, highs = (tuple((place, end(points)) for place, points in sure) for end in (min, max))
        free_lows, free_highs = ([(place, end(points)) for place, points in free] for end in (min, max))
        by_points = itemgetter(1)
        return cls(
            lows, highs, tuple(sorted(free_lows, key=by_points)), tuple(sorted(free_highs, key=by_points, reverse=True))
        )

    def ends(self, weights: Weights) -> tuple[int, int]:
        """Return the lowest and the highest value; the lowest is none where all may be left out.

        As in `grading.score`, domains that may be left out join as long as they pull the mean further.
        """
        total = mean = 0.0
        for place, points in self.lows:
            total += weights[place]
            mean += weights[place] * points
        low = NO_VALUE
        if total:
            for place, points in self.free_lows:
                if points * total >= mean:
                    break
                total += weights[place]
                mean += weights[place] * points
            low = in_parts(mean / total)
        total = mean = 0.0
        for place, points in self.highs:
            total += weights[place]
            mean += weights[place] * points
        for place, points in self.free_highs:
            if points * total <= mean and total:
                break
            total += weights[place]
            mean += weights[place] * points
        return low, in_parts(mean / total)
