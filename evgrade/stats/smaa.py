"""Stochastic multicriteria acceptability analysis: which place each alternative takes under many weightings.

Nobody knows the right weights, so all of them are tried: which share of the weightings gives an alternative which rank,
and which weights make it the first.

Sources: R. Lahdelma, J. Hokkanen and P. Salminen, European Journal of Operational Research 1998;106:137 (SMAA);
R. Lahdelma and P. Salminen, Operations Research 2001;49:444 (SMAA-2), whose terms are used here; T. Tervonen and
R. Lahdelma, European Journal of Operational Research 2007;178:500, for how to simulate it. A weighted mean takes the
place of their value function; a criterion that an alternative has no points for is left out of it.

Only plain arithmetic and Python's own random numbers are used, so that every system gives the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from random import Random

Weights = Sequence[float]
"""The weight of each criterion; together they are 1."""
Points = Sequence[float | None]
"""The points of an alternative by criterion; None where a criterion is left out."""

NO_VALUE = -1
"""The value of an alternative without points; every other one is greater, for points are not below 0."""
_FINE = 1_000_000
"""How many parts of a point are told apart: what is equal but for rounding has the same value."""


def seeded(seed: int) -> Random:
    """Return random numbers that are the same for the same seed."""
    return Random(seed)  # noqa: S311 - a simulation that can be repeated


def uniform_weights(criteria: int, random: Random) -> Weights:
    """Draw weights uniformly from all that are positive and add up to 1.

    The gaps between sorted uniform numbers have that distribution (L. Devroye, Non-Uniform Random Variate Generation,
    1986, section V.2).
    """
    while True:
        cuts = sorted([random.random() for _ in range(criteria - 1)])
        weights = [high - low for low, high in zip([0.0, *cuts], [*cuts, 1.0], strict=True)]
        if all(weights):
            return weights


def weights_near(base: Weights, share: float, random: Random) -> Weights:
    """Draw weights near some: each is multiplied by its own uniform number from 1 - share to 1 + share.

    Then all are divided by their sum. So relative to the sum a weight may end a little outside of that range.
    """
    moved = [weight * (1 + share * (2 * random.random() - 1)) for weight in base]
    total = math.fsum(moved)
    return [weight / total for weight in moved]


def value(weights: Weights, points: Points) -> int:
    """Return the weighted mean of the points that there are, in millionths, so that equal ones compare as equal."""
    total = mean = 0.0  # not `sum`, whose last digit is another one from Python 3.12 on
    for weight, each in zip(weights, points, strict=True):
        if each is not None:
            total += weight
            mean += weight * each
    return in_parts(mean / total) if total else NO_VALUE


def in_parts(points: float) -> int:
    """Return points in millionths."""
    return int(points * _FINE + 0.5)


def in_order(values: Sequence[int]) -> list[list[int]]:
    """Return the places of alternatives, the greatest value first; those of equal ones together."""
    ordered = sorted(range(len(values)), key=values.__getitem__, reverse=True)
    return [list(equals) for _, equals in groupby(ordered, key=values.__getitem__)]


def keeps_order(order: Sequence[Sequence[int]], lows: Sequence[int], highs: Sequence[int] | None = None) -> bool:
    """Whether nothing overtakes what came before it in an order; equal ones have none to keep.

    Args:
        order: the places of alternatives, as `in_order` returns them.
        lows: the values that they have now, or the lowest that are possible.
        highs: the highest that are possible, where that is not known.
    """
    highs = lows if highs is None else highs
    least: float = math.inf
    for equals in order:
        if max(map(highs.__getitem__, equals)) > least:
            return False
        least = min(least, *map(lows.__getitem__, equals))
    return True


def standard_error(share: float, draws: int) -> float:
    """Return the Monte Carlo standard error of a share of independent draws."""
    return math.sqrt(share * (1 - share) / draws)


@dataclass(frozen=True, slots=True)
class Acceptability:
    """What many weightings make of some alternatives; every share has the error `standard_error(share, draws)`.

    Attributes:
        draws: how many weightings were drawn.
        ranks: by alternative, the share of weightings that give it each rank, the first rank first. An alternative's
            rank is 1 and the number of those with a greater value.
        central: by alternative, the mean of the weightings that make it the first; None where none does.
        confidence: by alternative, how often it is the first under these weights, while points are drawn anew: 0 or 1
            where points are certain.
        pairwise: by alternative, the share in which it has a greater value than each of them.
        kept: the share that keeps the whole order.
    """

    draws: int
    ranks: tuple[tuple[float, ...], ...]
    central: tuple[tuple[float, ...] | None, ...]
    confidence: tuple[float | None, ...]
    pairwise: tuple[tuple[float, ...], ...]
    kept: float


def acceptability(
    points: Callable[[Random], Sequence[Points]],
    weights: Callable[[Random], Weights],
    base: Weights,
    *,
    draws: int,
    seed: int,
) -> Acceptability:
    """Return what weightings make of some alternatives; the same for the same seed.

    Args:
        points: gives the points of each alternative, drawn where they are uncertain.
        weights: draws a weighting.
        base: the weights whose order is to be kept.
        draws: how many weightings are drawn.
        seed: what the random numbers begin with.
    """
    random = seeded(seed)
    many = range(len(points(random)))
    ranks, wins = ([[0] * len(many) for _ in many] for _ in range(2))
    firsts: list[list[Weights]] = [[] for _ in many]
    kept = 0
    for _ in range(draws):
        weighting, drawn = weights(random), points(random)
        values = [value(weighting, one) for one in drawn]
        kept += keeps_order(in_order([value(base, one) for one in drawn]), values)
        for one in many:
            greater = 0
            for other in many:
                greater += values[other] > values[one]
                wins[one][other] += values[one] > values[other]
            ranks[one][greater] += 1
            if not greater:
                firsts[one].append(weighting)
    central = tuple(tuple(_means(those)) if those else None for those in firsts)
    sure = [0] * len(many)
    for _ in range(draws):
        drawn = points(random)
        for one, middle in enumerate(central):
            if middle is not None:
                own = value(middle, drawn[one])
                sure[one] += all(value(middle, other) <= own for other in drawn)
    return Acceptability(
        draws=draws,
        ranks=tuple(tuple(count / draws for count in row) for row in ranks),
        central=central,
        confidence=tuple(None if central[one] is None else sure[one] / draws for one in many),
        pairwise=tuple(tuple(count / draws for count in row) for row in wins),
        kept=kept / draws,
    )


def _means(weightings: Sequence[Weights]) -> Iterator[float]:
    return (math.fsum(those) / len(weightings) for those in zip(*weightings, strict=True))
