"""Three-valued logic after Kleene: true, false, and None for unknown.

A condition is unknown if facts that are not stated could still make it true or false. Every function here is monotone:
learning a fact may turn unknown into true or false, but never true into false. So the grades reported as possible are
guaranteed to include the final one.

Source: S. C. Kleene, Introduction to Metamathematics, 1952, section 64 (the strong tables).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from evgrade.facts.known import Quantity, Range

Truth = bool | None
"""True, False, or None for unknown."""


def negation(truth: Truth) -> Truth:
    """Return the opposite; the opposite of unknown is unknown."""
    return None if truth is None else not truth


def conjunction(truths: Iterable[Truth]) -> Truth:
    """Return whether all are true: false as soon as one is false, otherwise unknown if one is unknown."""
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def disjunction(truths: Iterable[Truth]) -> Truth:
    """Return whether one is true: true as soon as one is, otherwise unknown if one is unknown."""
    result: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is None:
            result = None
    return result


_NOISE = 1e-12
"""The relative difference up to which numbers are equal, because of rounding error in binary fractions."""


def reaches(value: float, limit: float) -> bool:
    """Whether a number is at least a limit; 0.3 - 0.2 is at least 0.1."""
    return value >= limit or math.isclose(value, limit, rel_tol=_NOISE, abs_tol=_NOISE)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits on a quantity; a limit that is None does not apply."""

    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None

    def hold(self, quantity: Quantity) -> Truth:
        """Return whether a quantity is within all limits; unknown if its range allows both."""
        if quantity is None:
            return None
        if isinstance(quantity, Range):
            return self.between(quantity.low, quantity.high)
        return self._kept(quantity, quantity)

    def between(self, low: float, high: float) -> Truth:
        """Return whether a quantity from `low` to `high` is within all limits; unknown if only part of the range is."""
        if not self._kept(high, low):
            return False
        return True if self._kept(low, high) else None

    def _kept(self, low: float, high: float) -> bool:
        """Whether `low` is within the lower limits, and `high` within the upper ones."""
        return (
            (self.at_least is None or reaches(low, self.at_least))
            and (self.above is None or not reaches(self.above, low))
            and (self.at_most is None or reaches(self.at_most, high))
            and (self.below is None or not reaches(high, self.below))
        )

    def narrower(self, other: Bounds) -> bool:
        """Whether every number within these limits is within the others too."""
        return (
            (other.at_least is None or self.lowest >= other.at_least)
            and (other.at_most is None or self.highest <= other.at_most)
            and (other.above is None or self.lowest > other.above or self.above == other.above)
            and (other.below is None or self.highest < other.below or self.below == other.below)
        )

    @property
    def lowest(self) -> float:
        return max((limit for limit in (self.at_least, self.above) if limit is not None), default=-math.inf)

    @property
    def highest(self) -> float:
        return min((limit for limit in (self.at_most, self.below) if limit is not None), default=math.inf)

    @property
    def last(self) -> float | None:
        """The limit that comes last in words, such as 3 in `at least 1 and below 3`."""
        return next(
            (limit for limit in (self.below, self.at_most, self.above, self.at_least) if limit is not None), None
        )
