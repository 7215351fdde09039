"""The rule of three: upper 95% bounds of a rate after 0 events in n people."""

from __future__ import annotations

import math


def upper_bound(n: int) -> float:
    """Return the exact one-sided upper 95% bound of a rate after 0 events in n people: 1 - 0.05^(1/n).

    Raises:
        ValueError: there are no people.

    Source: J. A. Hanley and A. Lippman-Hand, JAMA 1983;249:1743-1745.
    """
    if n < 1:
        raise ValueError(f"0 events in {n} people say nothing")
    return -math.expm1(math.log(0.05) / n)


def people_to_exclude(rate: float) -> int:
    """Return how many people without an event bring the upper bound below a rate: about 3 divided by the rate.

    Raises:
        ValueError: the rate is not between 0 and 1.

    Source: as `upper_bound`.
    """
    if not 0 < rate < 1:
        raise ValueError(f"a rate to exclude lies between 0 and 1, not at {rate}")
    people = math.ceil(math.log(0.05) / math.log1p(-rate))
    return people if upper_bound(people) < rate else people + 1
