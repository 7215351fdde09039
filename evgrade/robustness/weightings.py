"""A folder ranked by score, and the share of weightings that keep that order: rank acceptability as in SMAA.

Only the contribution of its grades to the score matters; dossiers with the same contribution are computed once.

Unknown facts are carried through as intervals and never drawn at random: their probabilities are not known. Shares and
mean ranks use the scores as established now, as the ranking does. Best and worst ranks hold whatever the missing facts
turn out to be: they compare the highest score of a dossier with the lowest of all others, and the reverse.
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
"""The largest relative change of a weight that counts as near the rubric's."""
MOST_DRAWS, FEWEST_DRAWS = 10_000, 150
_WORK = 500_000
"""About how many scores to compute for each kind of weighting."""
_SEED = 1


class Brought(NamedTuple):
    """The contribution of a dossier to the score, by counted domain: its present and possible points.

    None stands for a domain that is left out.
    """

    now: Points
    possible: tuple[tuple[float | None, ...], ...]

    @property
    def is_open(self) -> bool:
        """Whether a missing fact can change them."""
        return any(len(points) > 1 for points in self.possible)


def brought(rule: Score, grades: Mapping[str, tuple[str, Collection[str]]]) -> Brought:
    """Return the contribution of grades to the score; grades come by domain, with all possible grades."""
    now, possible = [], []
    for counted in rule.counted:
        grade, others = grades[counted.domain]
        now.append(counted.points[grade])
        points = {counted.points[other] for other in others}
        possible.append(tuple(sorted(points, key=lambda one: -1 if one is None else one)))
    return Brought(tuple(now), tuple(possible))


def draws_for(patterns: int) -> int:
    """Return how many weightings to draw for a number of distinct contributions."""
    return max(FEWEST_DRAWS, min(MOST_DRAWS, _WORK // max(1, patterns)))


def under_other_weights(rule: Score, dossiers: Mapping[Brought, int]) -> dict[Brought, Weighted]:
    """Return the rank of each dossier under other weights, given the number with each contribution; deterministic."""
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
    """All dossiers of a folder, each distinct contribution once."""

    def __init__(self, dossiers: Mapping[Brought, int], base: Weights) -> None:
        self._now = [one.now for one in dossiers]
        self._many = list(dossiers.values())
        self.total = sum(self._many)
        self._open = [(place, _Open.of(one)) for place, one in enumerate(dossiers) if one.is_open]
        before = [value(base, one) for one in self._now]
        self._order = in_order(before)
        self.ranks, self._last = self._ranks(before)

    def places(self, weights: Callable[[Random], Weights], draws: int) -> Iterator[Places]:
        """Yield the ranks of each contribution over all weightings drawn."""
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
        """Return the rank of each contribution, and the last rank among equal values."""
        ranks, last = [0] * len(values), [0] * len(values)
        before = 0
        for equals in in_order(values):
            after = before + sum(map(self._many.__getitem__, equals))
            for one in equals:
                ranks[one], last[one] = before + 1, after
            before = after
        return ranks, last

    def _ends(self, values: Sequence[int], weights: Weights) -> tuple[Sequence[int], Sequence[int]]:
        """Return the lowest and the highest possible value of each contribution."""
        lows, highs = list(values), list(values)
        for place, one in self._open:
            lows[place], highs[place] = one.ends(weights)
        return lows, highs

    def _ranks_between(self, lows: Sequence[int], highs: Sequence[int]) -> tuple[list[int], list[int]]:
        """Return the best and the worst rank of each: it may lead another if its highest exceeds the other's lowest."""
        ordered_lows, low_sums = self._summed(lows)
        ordered_highs, high_sums = self._summed(highs)
        best = [1 + self.total - low_sums[bisect_right(ordered_lows, high)] for high in highs]
        worst = [
            1 + self.total - high_sums[bisect_right(ordered_highs, low)] - (high > low)
            for low, high in zip(lows, highs, strict=True)
        ]
        return best, worst

    def _summed(self, values: Sequence[int]) -> tuple[list[int], list[int]]:
        """Return values in order, and the number of dossiers before each."""
        places = sorted(range(len(values)), key=values.__getitem__)
        return [values[one] for one in places], [0, *accumulate(self._many[one] for one in places)]


class _Open(NamedTuple):
    """A dossier with open points; domains that may be left out are separate.

    Attributes:
        lows, highs: the fewest and the most points of domains that certainly count.
        free_lows, free_highs: those of domains that may be left out, in ascending and in descending order.
    """

    lows: tuple[tuple[int, float], ...]
    highs: tuple[tuple[int, float], ...]
    free_lows: tuple[tuple[int, float], ...]
    free_highs: tuple[tuple[int, float], ...]

    @classmethod
    def of(cls, one: Brought) -> _Open:
        """Return the ends of a contribution."""
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
        """Return the lowest and the highest value; the lowest is `NO_VALUE` if all domains may be left out.

        As in `grading.score`, domains that may be left out join as long as they move the mean further.
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
