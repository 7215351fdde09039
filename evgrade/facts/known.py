"""Known and unknown values: absent, `unclear` and `not_reported` all mean that nobody knows.

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
    """Return the value under a key, or None where it is absent or says that the source is silent."""
    value = holder.get(key)
    return None if isinstance(value, str) and value in UNKNOWN_WORDS else value


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
