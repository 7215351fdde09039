"""Granularity tests: are a mean and standard deviation of integers possible for this number of people?

All arithmetic is exact, and any rounding of the last digit (up, down or to even) passes. The tests are necessary, not
sufficient: numbers that pass may still be wrong. `False` means impossible, which missing people, weights or non-integer
values explain as well as mistakes do.
"""

from __future__ import annotations

import math
from fractions import Fraction

from evgrade.facts.reported import Reported

MOST_SUMS = 10_000
"""Do not try more sums than this: a mean that allows so many says next to nothing."""


def grim(mean: Reported, people: int, items: int = 1) -> bool:
    """Whether integers can have this mean (GRIM).

    Their sum must be an integer. If people × items is at least 10^decimals, every mean is possible.

    Args:
        mean: of all people.
        people: the number of people averaged, at least 1.
        items: the number of integers averaged for each person, as in a questionnaire.

    Raises:
        ValueError: there are no people or no items.

    Source: N. J. L. Brown and J. A. J. Heathers, Social Psychological and Personality Science 2017;8:363-369.
    """
    return bool(_sums(mean, people, items))


def grim_percentage(percentage: Reported, people: int) -> bool:
    """Whether an integer number of people can be this percentage of them.

    This is GRIM with two more decimals: every percentage is possible from 100 people for whole percentages, from 1,000
    for one decimal.

    Raises:
        ValueError: there are no people.

    Source: as `grim`.
    """
    _require(people, 1)
    low, high = percentage.times(Fraction(people, 100))
    return max(0, math.ceil(low)) <= min(people, math.floor(high))


def grimmer(mean: Reported, sd: Reported, people: int, items: int = 1) -> bool:
    """Whether integers can have this mean and this sample standard deviation (GRIMMER).

    For some sum that the mean allows, an integer must be the sum of squares: within the bounds of the standard
    deviation, odd if the sum is odd, and at least the smallest sum of squares possible. Every sum is tried, not only
    the likeliest. If the bounds are 2 or more apart, that is if 4 × SD × half a unit of its last digit × (people - 1)
    is at least 2, only a standard deviation too small for the mean fails. With more than `MOST_SUMS` sums everything
    passes.

    Args:
        mean: of all people.
        sd: with people - 1 in the denominator.
        people: the number of people averaged, at least 2.
        items: the number of integers averaged for each person.

    Raises:
        ValueError: there are fewer than 2 people or no items, or the standard deviation is negative.

    Source: J. Anaya, PeerJ Preprints 2016;4:e2400v1; A. Allard, Analytic-GRIMMER, 2018.
    """
    _require_sd(sd, people)
    sums = _sums(mean, people, items)
    if sums.stop - sums.start > MOST_SUMS:
        return True
    low, high = sd.times(items)
    least, most = max(Fraction(0), low) ** 2 * (people - 1), high**2 * (people - 1)
    for total in sums:
        centre = Fraction(total * total, people)
        lowest = max(math.ceil(least + centre), _least_squares(total, people))
        # A square is odd if its root is odd.
        lowest += (lowest - total) % 2
        if lowest <= most + centre:
            return True
    return False


def debit(share: Reported, sd: Reported, people: int) -> bool:
    """Whether zeros and ones can have this mean and this sample standard deviation (DEBIT).

    With k ones among n the variance is k(n - k) / (n(n - 1)). Every k that the mean allows is tried, unless there are
    more than `MOST_SUMS`.

    Args:
        share: the mean, which is the share of ones.
        sd: with people - 1 in the denominator.
        people: the number of people, at least 2.

    Raises:
        ValueError: there are fewer than 2 people, or the standard deviation is negative.

    Source: J. A. J. Heathers and N. J. L. Brown, DEBIT: a simple consistency test for binary data, 2019,
    https://osf.io/5vb3u.
    """
    _require_sd(sd, people)
    sums = _sums(share, people, 1)
    ones = range(max(0, sums.start), min(people + 1, sums.stop))
    if ones.stop - ones.start > MOST_SUMS:
        return True
    low, high = sd.times(1)
    least, most = max(Fraction(0), low) ** 2, high**2
    return any(least <= Fraction(k * (people - k), people * (people - 1)) <= most for k in ones)


def _sums(mean: Reported, people: int, items: int) -> range:
    """Return the possible sums of integers with this mean."""
    _require(people, items)
    low, high = mean.times(people * items)
    return range(math.ceil(low), math.floor(high) + 1)


def _least_squares(total: int, people: int) -> int:
    """Return the smallest sum of squares of integers with this sum: that of integers that differ by at most 1."""
    each, larger = divmod(total, people)
    return larger * (each + 1) ** 2 + (people - larger) * each**2


def _require(people: int, items: int) -> None:
    if people < 1 or items < 1:
        raise ValueError(f"a mean needs people and items, not {people} people and {items} items")


def _require_sd(sd: Reported, people: int) -> None:
    if people < 2:
        raise ValueError(f"a standard deviation needs at least 2 people, not {people}")
    if sd.value < 0:
        raise ValueError(f"a standard deviation is at least 0, not {sd}")
