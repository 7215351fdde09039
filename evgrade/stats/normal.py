"""The standard normal distribution, precise far out in its tails, and estimates with a Wald interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

_STANDARD = NormalDist()


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate and the bounds of its confidence interval, all on the same scale."""

    value: float
    low: float
    high: float

    def exponential(self) -> Estimate:
        """Return a ratio from its logarithm, infinite where it is beyond all numbers."""
        return Estimate(_exp(self.value), _exp(self.low), _exp(self.high))


def two_sided_p(z: float) -> float:
    """Return the probability of a standard normal value at least as far from 0 as z."""
    return math.erfc(abs(z) / math.sqrt(2))


def z_of_p(p: float) -> float:
    """Return the z, at least 0, that has a two-sided p; infinite for 0.

    Raises:
        ValueError: p is not between 0 and 1.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"a p value lies between 0 and 1, not at {p}")
    # The smallest p that is not 0 has no half.
    return 0.0 if p == 1 else -_STANDARD.inv_cdf(p / 2) if p / 2 > 0 else math.inf


def z_of_level(level: float) -> float:
    """Return how many standard errors reach from an estimate to its bounds: 1.96 for a level of 95 percent.

    Raises:
        ValueError: the level is not between 0 and 100.
    """
    if not 0 < level < 100:
        raise ValueError(f"a confidence level lies between 0 and 100 percent, not at {level}")
    return z_of_p((100 - level) / 100)


def wald(value: float, standard_error: float, level: float = 95) -> Estimate:
    """Return an estimate with its Wald interval: as many standard errors either way as the level asks for.

    Raises:
        ValueError: the level is not between 0 and 100.
    """
    reach = z_of_level(level) * standard_error
    return Estimate(value, value - reach, value + reach)


def _exp(logarithm: float) -> float:
    try:
        return math.exp(logarithm)
    except OverflowError:
        return math.inf
