"""Inter-rater agreement: weighted kappa for two raters, Krippendorff's alpha for any number.

Ratings are integer ranks on one ordered scale; None is a missing rating.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import product

Rank = int
Distance = Callable[[Rank, Rank], float]


class NoAgreementError(ValueError):
    """Agreement is undefined: too few ratings, or all of them the same."""


def weighted_kappa(pairs: Sequence[tuple[Rank, Rank]], power: int = 1) -> float:
    """Return Cohen's weighted kappa of two raters: 1 for perfect agreement, 0 for agreement by chance.

    Args:
        pairs: the ratings of each unit by the first and the second rater.
        power: of the difference, as the weight of a disagreement: 0 unweighted, 1 linear, 2 quadratic.

    Raises:
        NoAgreementError: there are no pairs, or both raters gave every unit the same rating.

    Source: J. Cohen, Psychological Bulletin 1968;70:213-220.
    """
    if not pairs:
        raise NoAgreementError("no unit was rated by both")
    first, second = (Counter(rank for rank in side) for side in zip(*pairs, strict=True))

    def lost(one: Rank, other: Rank) -> float:
        return float(one != other) if power == 0 else float(abs(one - other) ** power)

    observed = sum(lost(one, other) for one, other in pairs) / len(pairs)
    expected = sum(first[one] * second[other] * lost(one, other) for one, other in product(first, second))
    if not expected:
        raise NoAgreementError("both gave every unit the same rating")
    return 1 - observed / (expected / len(pairs) ** 2)


def krippendorff_alpha(ratings: Sequence[Sequence[Rank | None]], level: str = "ordinal") -> float:
    """Return Krippendorff's alpha: 1 for perfect agreement, 0 for agreement by chance.

    Args:
        ratings: a row for each rater, a column for each unit; None for a missing rating.
        level: how disagreements are weighted: `nominal`, `ordinal` or `interval`.

    Raises:
        NoAgreementError: no unit was rated twice, or all ratings are the same.
        ValueError: the rows differ in length, or there is no such level.

    Source: K. Krippendorff, Content Analysis, 4th edition 2018, chapter 12; the coincidence matrix of
    "Computing Krippendorff's Alpha-Reliability", 2011.
    """
    if level not in ("nominal", "ordinal", "interval"):
        raise ValueError(f"there is no level {level!r}")
    units = [[rank for rank in unit if rank is not None] for unit in zip(*ratings, strict=True)]
    paired = [unit for unit in units if len(unit) > 1]
    if not paired:
        raise NoAgreementError("no unit was rated by two")
    totals = Counter(rank for unit in paired for rank in unit)
    if len(totals) == 1:
        raise NoAgreementError("all ratings are the same")
    distance = _distance(totals, level)
    observed = sum(
        sum(distance(one, other) for one, other in product(unit, repeat=2)) / (len(unit) - 1) for unit in paired
    )
    expected = sum(totals[one] * totals[other] * distance(one, other) for one, other in product(totals, repeat=2)) / (
        totals.total() - 1
    )
    return 1 - observed / expected


def _distance(totals: Counter[Rank], level: str) -> Distance:
    """Return the squared distance of two ranks; an ordinal scale counts the ratings between them."""
    if level == "nominal":
        return lambda one, other: float(one != other)
    if level == "interval":
        return lambda one, other: float((one - other) ** 2)

    def ordinal(one: Rank, other: Rank) -> float:
        low, high = min(one, other), max(one, other)
        between = sum(count for rank, count in totals.items() if low <= rank <= high)
        return float((between - (totals[low] + totals[high]) / 2) ** 2)

    return ordinal
