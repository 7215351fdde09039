"""The t and chi-squared distributions for integer degrees of freedom, as finite sums.

Pooling needs only these, and so no scipy.

Source: M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions 1964, formulas 26.4.4, 26.4.5, 26.7.3,
26.7.4 and 26.7.5.
"""

from __future__ import annotations

import math

from evgrade.stats.normal import z_of_level

_FEW = 1000
"""Beyond this many degrees of freedom, expand the quantile instead: with a million, sums would take seconds."""


def chi2_p(chi2: float, df: int) -> float:
    """Return the probability of a chi-squared at least as large.

    Raises:
        ValueError: there are no degrees of freedom, or the chi-squared is below 0.
    """
    _require(df)
    if not chi2 >= 0:
        raise ValueError(f"a chi-squared is at least 0, not {chi2}")
    half = chi2 / 2
    if half in (0, math.inf):
        return 0.0 if half else 1.0
    powers = (number + df % 2 / 2 for number in range(df // 2))
    terms = [math.exp(power * math.log(half) - math.lgamma(power + 1) - half) for power in powers]
    return min(1.0, math.fsum([math.erfc(math.sqrt(half)) if df % 2 else 0.0, *terms]))


def t_within(t: float, df: int) -> float:
    """Return the probability that a t lies from -t to t.

    Raises:
        ValueError: there are no degrees of freedom, or t is below 0.
    """
    _require(df)
    if not t >= 0:
        raise ValueError(f"the distance from 0 is at least 0, not {t}")
    angle = math.atan2(t, math.sqrt(df))
    sine, cosine = math.sin(angle), math.cos(angle)
    terms, term = [], cosine if df % 2 else 1.0
    for number in range(2 + df % 2, df + 1, 2):
        terms.append(term)
        term *= cosine * cosine * (number - 1) / number
    total = sine * math.fsum(terms)
    return min(1.0, 2 / math.pi * (angle + total) if df % 2 else total)


def t_of_level(level: float, df: int) -> float:
    """Return the half-width of an interval in standard errors: 2.23 for 95 percent and 10 degrees of freedom.

    Raises:
        ValueError: there are no degrees of freedom, or the level is not between 0 and 100.
    """
    _require(df)
    if not 0 < level < 100:
        raise ValueError(f"a confidence level lies between 0 and 100 percent, not at {level}")
    if df > _FEW:
        return _expanded(z_of_level(level), df)
    low, high = 0.0, 1.0
    while t_within(high, df) < level / 100:
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if t_within(middle, df) < level / 100 else (low, middle)
    return high


def _expanded(z: float, df: int) -> float:
    """Return the quantile of t from the normal quantile: formula 26.7.5."""
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return z + math.fsum(term / math.pow(df, power) for power, term in enumerate(terms, start=1))


def _require(df: int) -> None:
    if df < 1:
        raise ValueError(f"degrees of freedom are 1 or more, not {df}")
