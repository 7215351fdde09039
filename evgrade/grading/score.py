"""One number from the grades, with the range that the unknown leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evgrade.facts import Quantity, within
from evgrade.grading.judge import Judged
from evgrade.logic import Truth
from evgrade.rubric.model import Rubric, Scale, Score


@dataclass(frozen=True, slots=True)
class Scored:
    """A score from 0 to 100.

    Attributes:
        value: what is established; None if nothing could be judged.
        low: the lowest score that is possible; None if there certainly is none.
        high: the highest score that is possible; None if there certainly is none.
        exists: whether there is a score at all: not while nothing is judged, unknown while that may change.
        judged_share: the share of the weight that could be judged, from 0 to 1.
    """

    value: float | None
    low: float | None
    high: float | None
    exists: Truth
    judged_share: float

    def quantity(self) -> Quantity:
        """Return the score between its lowest and its highest."""
        return None if self.low is None or self.high is None else within(self.low, self.high)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A domain's weight, its points now (None: left out), those it could get, and whether it could be left out."""

    name: str
    weight: float
    now: float | None
    low: float
    high: float
    optional: bool


def score(rubric: Rubric, rule: Score, grades: Mapping[str, Judged]) -> Scored:
    """Return the weighted mean of the domains' points.

    The range holds every score that the possible grades allow. A domain that could not be judged counts
    as the rubric says: with its fewest points, or not at all.
    """
    weighed = weigh(rubric, rule, grades)
    judged = sum(
        weight for name, weight in rule.weights.items() if not rubric.domain(name).scale.is_unjudged(grades[name].grade)
    )
    now = [(domain.weight, domain.now) for domain in weighed if domain.now is not None]
    value = _mean(now) if now else None
    if not weighed:
        return Scored(None, None, None, exists=False, judged_share=min(1.0, judged / 100))
    return Scored(
        value=value,
        low=_extreme(weighed, lowest=True),
        high=_extreme(weighed, lowest=False),
        exists=None if all(domain.optional for domain in weighed) else True,
        judged_share=min(1.0, judged / 100),
    )


def weigh(rubric: Rubric, rule: Score, grades: Mapping[str, Judged]) -> list[Weighed]:
    """Return what each domain brings to the mean; those that are certainly left out bring nothing."""
    brings = (_weigh(rule, name, rubric.domain(name).scale, grades[name]) for name in rule.weights)
    return [weighed for weighed in brings if weighed is not None]


def _weigh(rule: Score, name: str, scale: Scale, judged: Judged) -> Weighed | None:
    """Return what a domain brings to the mean, None if it is certainly left out."""
    table = rule.points[scale.name]
    fewest = min(table.values())
    leave_out = rule.unjudged == "left_out"
    points = [table.get(grade, fewest) for grade in judged.possible if not (leave_out and scale.is_unjudged(grade))]
    if not points:
        return None
    return Weighed(
        name=name,
        weight=rule.weights[name],
        now=None if leave_out and scale.is_unjudged(judged.grade) else table.get(judged.grade, fewest),
        low=min(points),
        high=max(points),
        optional=len(points) < len(judged.possible),
    )


def _extreme(weighed: list[Weighed], *, lowest: bool) -> float:
    """Return the lowest or highest weighted mean.

    Domains that could be left out join as long as they pull the mean further, the strongest first; that
    order is the best one because a weighted mean moves towards whatever joins it.
    """
    sign = 1 if lowest else -1

    def points(domain: Weighed) -> float:
        return domain.low if lowest else domain.high

    joined = [(domain.weight, points(domain)) for domain in weighed if not domain.optional]
    free = sorted((domain for domain in weighed if domain.optional), key=lambda domain: sign * points(domain))
    for domain in free:
        if joined and sign * points(domain) >= sign * _mean(joined):
            break
        joined.append((domain.weight, points(domain)))
    return _mean(joined)


def _mean(weighted: list[tuple[float, float]]) -> float:
    """Return the mean of some points, each with its weight before it; never outside them, whatever is rounded."""
    mean = sum(weight * points for weight, points in weighted) / sum(weight for weight, _ in weighted)
    values = [points for _, points in weighted]
    return float(min(max(values), max(min(values), mean)))
