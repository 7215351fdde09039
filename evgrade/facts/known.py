"""Known and unknown values: absent, `unclear` and `not_reported` all mean unknown.

A quantity may also be known only within bounds. Then it is a `Range`, and whoever compares it gets
"unknown" as long as the bounds allow both answers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evgrade.model import UNKNOWN_WORDS


@dataclass(frozen=True, slots=True)
class Range:
    """A quantity known to lie between `low` and `high`, both included; either may be infinite."""

    low: float
    high: float


Quantity = float | Range | None
"""A number, a number within bounds, or None where nothing is known."""


def known(holder: Mapping[str, Any], key: str) -> Any:
    """Return the value under a key, or None where it is absent or a word that stands for what is not known."""
    value = holder.get(key)
    return None if isinstance(value, str) and value in _NOTHING_KNOWN else value


NOT_ESTIMABLE = "not_estimable"
"""What a source prints where a bound of an interval could not be estimated: unlike the other words, an answer."""

_NOTHING_KNOWN = UNKNOWN_WORDS | {NOT_ESTIMABLE}


def bounds_of(quantity: float | Range) -> tuple[float, float]:
    """Return the lowest and the highest value a quantity can have."""
    if isinstance(quantity, Range):
        return quantity.low, quantity.high
    return quantity, quantity


def within(low: float, high: float) -> Quantity:
    """Return a quantity from its bounds: exact where they meet, None where they say nothing."""
    if low == high:
        return low
    if low == -math.inf and high == math.inf:
        return None
    return Range(low, high)
