"""Means and standard deviations of whole numbers: can so many people have them at all?

All arithmetic is exact. Every test is necessary, none sufficient: what passes may still be wrong. A number rounded at
its last digit, up, down or to even, passes. `False` means impossible; people left out, weights or values that are no
whole numbers explain it as well as mistakes do.
"""

from __future__ import annotations

import math
from fractions import Fraction

from evgrade.facts.reported import Reported

MOST_SUMS = 10_000
"""More sums than this are not tried: a mean that allows so many tells next to nothing."""


def grim(mean: Reported, people: int, items: int = 1) -> bool:
    """Whether whole numbers can have this mean (GRIM).

    Some whole number must be their sum. This says nothing, and is true, where people times items are
    at least 10^decimals: then every mean is possible.

    Args:
        mean: of all people.
        people: how many were averaged, at least 1.
        items: how many whole numbers were averaged for each of them, as in a questionnaire.

    Raises:
        ValueError: there are no people or no items.

    Source: N. J. L. Brown and J. A. J. Heathers, Social Psychological and Personality Science 2017;8:363-369.
    """
    return bool(_sums(mean, people, items))


def grim_percentage(percentage: Reported, people: int) -> bool:
    """Whether a whole number of so many people can be this percentage of them.

    It is GRIM with two more decimals: it says nothing from 100 people on for whole percentages, from 1,000 on for one
    decimal.

    Raises:
        ValueError: there are no people.

    Source: as `grim`.
    """
    _require(people, 1)
    low, high = percentage.times(Fraction(people, 100))
    return max(0, math.ceil(low)) <= min(people, math.floor(high))


def grimmer(mean: Reported, sd: Reported, people: int, items: int = 1) -> bool:
    """Whether whole numbers can have this mean and this sample standard deviation (GRIMMER).

    For some sum that the mean allows, some whole number must be the sum of squares: within what the standard deviation
    allows, odd where the sum is odd, and at least what the numbers have that lie closest together. Every sum is tried,
    not only the likeliest one. It says nothing where the bounds of the sum of squares lie 2 or more apart, which is
    where 4 x SD x half a unit of its last digit x (people - 1) is at least 2, but for a standard deviation too small
    for any whole numbers with this mean; nor where more than `MOST_SUMS` sums are possible.

    Args:
        mean: of all people.
        sd: with people - 1 in the denominator.
        people: how many were averaged, at least 2.
        items: how many whole numbers were averaged for each of them.

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
        # Every square is odd where its root is.
        lowest += (lowest - total) % 2
        if lowest <= most + centre:
            return True
    return False


def debit(share: Reported, sd: Reported, people: int) -> bool:
    """Whether zeros and ones can have this mean and this sample standard deviation (DEBIT).

    With k ones among n the variance is k(n - k) / (n(n - 1)). Every k that the mean allows is tried, unless
    there are more than `MOST_SUMS`.

    Args:
        share: the mean, which is the share of ones.
        sd: with people - 1 in the denominator.
        people: how many there are, at least 2.

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
    """Return every whole number that is the sum of so many numbers with this mean."""
    _require(people, items)
    low, high = mean.times(people * items)
    return range(math.ceil(low), math.floor(high) + 1)


def _least_squares(total: int, people: int) -> int:
    """Return the smallest sum of squares of whole numbers with this sum: of those that differ by 1 at most."""
    each, larger = divmod(total, people)
    return larger * (each + 1) ** 2 + (people - larger) * each**2


def _require(people: int, items: int) -> None:
    if people < 1 or items < 1:
        raise ValueError(f"nothing is averaged over {people} people and {items} items")


def _require_sd(sd: Reported, people: int) -> None:
    if people < 2:
        raise ValueError(f"a standard deviation needs 2 people, not {people}")
    if sd.value < 0:
        raise ValueError(f"a standard deviation is at least 0, not {sd}")
