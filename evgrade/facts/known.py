"""What is known of values and dates: absent, `unclear` and `not_reported` all mean unknown.

A quantity known only within bounds is a `Range`; a comparison with it is unknown while the bounds allow both answers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evgrade.model import UNKNOWN_WORDS


@dataclass(frozen=True, slots=True)
class Range:
    """A quantity between `low` and `high`, both included; either may be infinite."""

    low: float
    high: float


Quantity = float | Range | None
"""A number, a range, or None if unknown."""

NOT_ESTIMABLE = "not_estimable"
"""What a source prints for a bound that could not be estimated: unlike the other words, an answer."""

_NOTHING_KNOWN = UNKNOWN_WORDS | {NOT_ESTIMABLE}


def known(holder: Mapping[str, Any], key: str) -> Any:
    """Return the value of a key, or None if it is absent or a word that means unknown."""
    value = holder.get(key)
    return None if isinstance(value, str) and value in _NOTHING_KNOWN else value


def bounds_of(quantity: float | Range) -> tuple[float, float]:
    """Return the lowest and the highest value that a quantity can have."""
    if isinstance(quantity, Range):
        return quantity.low, quantity.high
    return quantity, quantity


def within(low: float, high: float) -> Quantity:
    """Return a quantity from its bounds: a number if they are equal, None if both are infinite."""
    if low == high:
        return low
    if low == -math.inf and high == math.inf:
        return None
    return Range(low, high)


PartialDate = tuple[int, ...]
"""A year; a year and a month; or a year, a month and a day."""


def partial_date(written: str | float) -> PartialDate:
    """Return a date written as 2010, 2010-12 or 2010-12-21; a year may be any whole number, such as 2010.0."""
    return tuple(map(int, written.split("-"))) if isinstance(written, str) else (int(written),)


def is_after(one: PartialDate, other: PartialDate) -> bool:
    """Whether a date is certainly after another: 2010 is not after 2010-12."""
    parts = min(len(one), len(other))
    return one[:parts] > other[:parts]
