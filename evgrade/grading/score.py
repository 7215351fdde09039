"""The score: one number from the grades, with the range that unknown facts leave open."""

from __future__ import annotations

from collections.abc import Mapping
from operator import mul
from typing import NamedTuple

from evgrade.facts.known import Quantity, within
from evgrade.grading.judge import Judged
from evgrade.logic import Truth
from evgrade.rubric.model import Counted, Score
from evgrade.rubric.outline import NOT_APPLICABLE


class Scored(NamedTuple):
    """A score from 0 to 100.

    Attributes:
        value: the established score; None if nothing could be judged.
        low: the lowest possible score; None if there is certainly no score.
        high: the highest possible score; None likewise.
        exists: whether there is a score: false if nothing can be judged, None if that is not known.
        judged_share: the share of the weight that could be judged, from 0 to 1.
    """

    value: float | None
    low: float | None
    high: float | None
    exists: Truth
    judged_share: float

    def quantity(self) -> Quantity:
        """Return the range of the score."""
        return None if self.low is None or self.high is None else within(self.low, self.high)


class Weighed(NamedTuple):
    """A domain's weight, its points now (None if left out), their range, and whether it could be left out."""

    name: str
    weight: float
    now: float | None
    low: float
    high: float
    optional: bool


def score(rule: Score, grades: Mapping[str, Judged]) -> Scored:
    """Return the weighted mean of the domains' points.

    The range covers every score that the possible grades allow. A domain that could not be judged counts with its
    fewest points or not at all, as the rubric states.
    """
    given = [(one, grades[one.domain].grade) for one in rule.counted]
    judged = sum([one.weight for one, grade in given if grade not in (one.unjudged, NOT_APPLICABLE)])
    left_out = sum([one.weight for one, grade in given if grade == NOT_APPLICABLE])
    judged_share = min(1.0, judged / (100 - left_out)) if left_out < 100 else 0.0
    now = [(one.weight, points) for one, grade in given if (points := one.points[grade]) is not None]
    value = _mean(now) if now else None
    if all(len(one.possible) == 1 for one in grades.values()):  # nothing is open
        return Scored(value, value, value, value is not None, judged_share)
    weighed = weigh(rule, grades)
    if not weighed:
        return Scored(None, None, None, exists=False, judged_share=judged_share)
    return Scored(
        value=value,
        low=_extreme(weighed, lowest=True),
        high=_extreme(weighed, lowest=False),
        exists=None if all(domain.optional for domain in weighed) else True,
        judged_share=judged_share,
    )


def weigh(rule: Score, grades: Mapping[str, Judged]) -> list[Weighed]:
    """Return the contribution of each domain to the mean; domains that are certainly left out have none."""
    brings = [_weigh(counted, grades[counted.domain]) for counted in rule.counted]
    return [weighed for weighed in brings if weighed is not None]


def _weigh(counted: Counted, judged: Judged) -> Weighed | None:
    """Return the contribution of a domain to the mean; None if it is certainly left out."""
    points = [counted.points[grade] for grade in judged.possible]
    brought = [number for number in points if number is not None]
    if not brought:
        return None
    now, optional = counted.points[judged.grade], len(brought) < len(points)
    return Weighed(counted.domain, counted.weight, now, min(brought), max(brought), optional)


def _extreme(weighed: list[Weighed], *, lowest: bool) -> float:
    """Return the lowest or highest weighted mean.

    Domains that could be left out join, the most extreme first, as long as they move the mean further. That order is
    optimal because a weighted mean moves towards whatever joins it.
    """
    sign = 1 if lowest else -1
    joined: list[tuple[float, float]] = []
    free: list[tuple[float, float]] = []
    for domain in weighed:
        (free if domain.optional else joined).append((domain.weight, domain.low if lowest else domain.high))
    for weight, points in sorted(free, key=lambda one: sign * one[1]):
        if joined and sign * points >= sign * _mean(joined):
            break
        joined.append((weight, points))
    return _mean(joined)


def _mean(weighted: list[tuple[float, float]]) -> float:
    """Return the mean of (weight, points) pairs, kept within the points despite rounding error."""
    weights, points = zip(*weighted, strict=True)
    mean = sum(map(mul, weights, points)) / sum(weights)
    return float(min(max(points), max(min(points), mean)))
