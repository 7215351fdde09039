"""Three-valued logic after Kleene: true, false, and None for unknown.

A condition is unknown when the facts that are not stated could still make it either way. Every function
here is monotone: learning a fact may turn unknown into true or false, and never true into false. That is
what makes the grades reported as possible a promise.

Source: S. C. Kleene, Introduction to Metamathematics, 1952, section 64 (the strong tables).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from evgrade.facts import Quantity, Range

Truth = bool | None
"""True, False, or None where it is not known."""


def negation(truth: Truth) -> Truth:
    """Return the opposite; the opposite of unknown is unknown."""
    return None if truth is None else not truth


def conjunction(truths: Iterable[Truth]) -> Truth:
    """Return whether all hold: false as soon as one is false, unknown if one is unknown."""
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def disjunction(truths: Iterable[Truth]) -> Truth:
    """Return whether one holds: true as soon as one is true, unknown if one is unknown."""
    result: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is None:
            result = None
    return result


_NOISE = 1e-12
"""Numbers that differ by no more than this share of themselves are the same: binary fractions are not exact."""


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
        """Return whether a quantity keeps all limits; unknown where its own bounds allow both."""
        if quantity is None:
            return None
        if isinstance(quantity, Range):
            return self.between(quantity.low, quantity.high)
        return self._kept(quantity, quantity)

    def between(self, low: float, high: float) -> Truth:
        """Return whether a quantity from `low` to `high` keeps all limits; unknown where only some of it would."""
        if not self._kept(high, low):
            return False
        return True if self._kept(low, high) else None

    def _kept(self, low: float, high: float) -> bool:
        """Whether `low` keeps the limits from below, and `high` those from above."""
        return (
            (self.at_least is None or reaches(low, self.at_least))
            and (self.above is None or not reaches(self.above, low))
            and (self.at_most is None or reaches(self.at_most, high))
            and (self.below is None or not reaches(high, self.below))
        )

    def narrower(self, other: Bounds) -> bool:
        """Whether every number that keeps these limits keeps the other ones too."""
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
        """The limit that is said last: `at least 1 and below 3`."""
        return next(
            (limit for limit in (self.below, self.at_most, self.above, self.at_least) if limit is not None), None
        )
