"""The standard normal distribution, precise far out in its tails; estimates with Wald intervals, and study results."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

LARGEST = 1e50
"""Effects and standard errors must be below this, and standard errors above its inverse: their fourth powers are
summed."""

_STANDARD = NormalDist()


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate and the bounds of its confidence interval, all on the same scale."""

    value: float
    low: float
    high: float

    def exponential(self) -> Estimate:
        """Return the ratio from its logarithm, or infinity where a float overflows."""
        return Estimate(_exp(self.value), _exp(self.low), _exp(self.high))


def two_sided_p(z: float) -> float:
    """Return the probability of a standard normal value at least as far from 0 as z."""
    return math.erfc(abs(z) / math.sqrt(2))


def z_of_p(p: float) -> float:
    """Return the non-negative z with this two-sided p; infinity for 0.

    Raises:
        ValueError: p is not between 0 and 1.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"a p value lies between 0 and 1, not at {p}")
    # Half of the smallest positive float underflows to 0.
    return 0.0 if p == 1 else -_STANDARD.inv_cdf(p / 2) if p / 2 > 0 else math.inf


def z_of_level(level: float) -> float:
    """Return the half-width of an interval in standard errors: 1.96 for a level of 95 percent.

    Raises:
        ValueError: the level is not between 0 and 100.
    """
    if not 0 < level < 100:
        raise ValueError(f"a confidence level lies between 0 and 100 percent, not at {level}")
    return z_of_p((100 - level) / 100)


def wald(value: float, standard_error: float, level: float = 95) -> Estimate:
    """Return an estimate with its Wald interval.

    Raises:
        ValueError: the level is not between 0 and 100.
    """
    reach = z_of_level(level) * standard_error
    return Estimate(value, value - reach, value + reach)


@dataclass(frozen=True, slots=True)
class Study:
    """The effect found by one study and its standard error, on a symmetric scale: ratios are logarithms.

    Raises:
        ValueError: a number is infinite or beyond `LARGEST`, or the standard error is not positive.
    """

    effect: float
    standard_error: float

    def __post_init__(self) -> None:
        if not abs(self.effect) < LARGEST:
            raise ValueError(f"the effect {self.effect} is too large")
        if not 1 / LARGEST < self.standard_error < LARGEST:
            raise ValueError(f"a standard error is positive and of plausible size, not {self.standard_error}")

    @property
    def weight(self) -> float:
        """The inverse of its variance."""
        return self.standard_error**-2

    def interval(self, level: float = 95) -> Estimate:
        """Return the effect with its Wald interval.

        Raises:
            ValueError: the level is not between 0 and 100.
        """
        return wald(self.effect, self.standard_error, level)


def _exp(logarithm: float) -> float:
    try:
        return math.exp(logarithm)
    except OverflowError:
        return math.inf
