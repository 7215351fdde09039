"""Stochastic multicriteria acceptability analysis: how each alternative ranks under many weightings.

The right weights are unknown, so weightings are sampled: what share of them gives an alternative each rank, and which
weights put it first.

Sources: R. Lahdelma, J. Hokkanen and P. Salminen, European Journal of Operational Research 1998;106:137 (SMAA);
R. Lahdelma and P. Salminen, Operations Research 2001;49:444 (SMAA-2), whose terms are used here; T. Tervonen and
R. Lahdelma, European Journal of Operational Research 2007;178:500, for how to simulate it. The value function is a
weighted mean over the criteria for which an alternative has points.

Plain arithmetic and Python's own random numbers give the same result on every system.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from random import Random

Weights = Sequence[float]
"""The weight of each criterion; they add up to 1."""
Points = Sequence[float | None]
"""The points of an alternative for each criterion; None leaves a criterion out."""

NO_VALUE = -1
"""The value of an alternative without points, below all others: points are never negative."""
_FINE = 1_000_000
"""Values are integers in this fraction of a point, so that rounding errors do not break ties."""


def seeded(seed: int) -> Random:
    """Return a reproducible random number generator."""
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
    """Draw weights near `base`: multiply each by a uniform number from 1 - share to 1 + share, then normalize.

    After normalizing, a weight may end up slightly outside that range.
    """
    moved = [weight * (1 + share * (2 * random.random() - 1)) for weight in base]
    total = math.fsum(moved)
    return [weight / total for weight in moved]


def value(weights: Weights, points: Points) -> int:
    """Return the weighted mean of the points, in millionths so that ties compare equal."""
    total = mean = 0.0  # not `sum`, whose last digit changed in Python 3.12
    for weight, each in zip(weights, points, strict=True):
        if each is not None:
            total += weight
            mean += weight * each
    return in_parts(mean / total) if total else NO_VALUE


def in_parts(points: float) -> int:
    """Return points in millionths."""
    return int(points * _FINE + 0.5)


def in_order(values: Sequence[int]) -> list[list[int]]:
    """Return the positions of alternatives by descending value, ties grouped together."""
    ordered = sorted(range(len(values)), key=values.__getitem__, reverse=True)
    return [list(equals) for _, equals in groupby(ordered, key=values.__getitem__)]


def keeps_order(order: Sequence[Sequence[int]], lows: Sequence[int], highs: Sequence[int] | None = None) -> bool:
    """Whether values keep an order, ties aside: nothing overtakes an alternative ahead of it.

    Args:
        order: the positions of alternatives, as `in_order` returns them.
        lows: their current values, or the lowest possible ones.
        highs: the highest possible values, if the values are uncertain.
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
    """How alternatives rank under many weightings; every share has the error `standard_error(share, draws)`.

    Attributes:
        draws: the number of weightings drawn.
        ranks: for each alternative, the share of weightings that give it each rank, first rank first. Its rank is 1
            plus the number of alternatives with a greater value.
        central: for each alternative, the mean of the weightings that rank it first; None if none does.
        confidence: for each alternative, how often these central weights rank it first when points are drawn again: 0
            or 1 if points are certain.
        pairwise: for each alternative, the share of weightings under which it beats each other one.
        kept: the share of weightings that keep the whole order.
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
    """Return how alternatives rank under random weightings; the same for the same seed.

    Args:
        points: returns the points of each alternative, drawn at random if they are uncertain.
        weights: draws a weighting.
        base: the weights that define the order to keep.
        draws: the number of weightings to draw.
        seed: of the random numbers.
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
