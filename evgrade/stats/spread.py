"""Means, standard deviations and standard errors derived from the statistics that a source prints instead.

Formulas: Cochrane Handbook for Systematic Reviews of Interventions version 6, sections 6.3 and 6.5.2.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from evgrade.stats.normal import z_of_level, z_of_p
from evgrade.stats.whole import t_of_level

_STANDARD = NormalDist()


def sd_of_standard_error(standard_error: float, people: int) -> float:
    """Return the standard deviation from the standard error of the mean (section 6.5.2.2)."""
    return standard_error * math.sqrt(people)


def sd_of_interval(low: float, high: float, people: int, level: float = 95) -> float:
    """Return the standard deviation from the confidence interval of the mean by t.

    Raises:
        ValueError: there are fewer than 2 people, or the level is not between 0 and 100.

    Source: section 6.5.2.2.
    """
    return math.sqrt(people) * (high - low) / (2 * t_of_level(level, people - 1))


def sd_of_quartiles(q1: float, q3: float, people: int) -> float:
    """Estimate the standard deviation from the quartiles of roughly normal values.

    Source: X. Wan, W. Wang, J. Liu and T. Tong, BMC Medical Research Methodology 2014;14:135, formula 16.
    """
    return (q3 - q1) / (2 * _STANDARD.inv_cdf((0.75 * people - 0.125) / (people + 0.25)))


def sd_of_range(lowest: float, highest: float, people: int) -> float:
    """Estimate the standard deviation from the range of roughly normal values.

    Raises:
        ValueError: there are fewer than 2 people.

    Source: as `sd_of_quartiles`, formula 9.
    """
    if people < 2:
        raise ValueError(f"{people} people have no range")
    return (highest - lowest) / (2 * _STANDARD.inv_cdf((people - 0.375) / (people + 0.25)))


def mean_of_quartiles(q1: float, median: float, q3: float) -> float:
    """Estimate the mean from the median and quartiles of roughly normal values.

    Source: as `sd_of_quartiles`, formula 14.
    """
    return (q1 + median + q3) / 3


def mean_of_range(lowest: float, median: float, highest: float) -> float:
    """Estimate the mean from the median and range of roughly normal values.

    Source: as `sd_of_quartiles`, formula 2.
    """
    return (lowest + 2 * median + highest) / 4


def error_of_interval(low: float, high: float, level: float = 95) -> float:
    """Return the standard error of a Wald interval, given its bounds, for a ratio their logarithms (section 6.3).

    Raises:
        ValueError: the level is not between 0 and 100.
    """
    return (high - low) / (2 * z_of_level(level))


def error_of_p(effect: float, p: float) -> float | None:
    """Return the standard error implied by the two-sided p value of a z test; of a ratio, give the logarithm.

    None if the effect is 0 or p is 0 or 1, which imply nothing.

    Raises:
        ValueError: p is not between 0 and 1.

    Source: section 6.3; D. G. Altman and J. M. Bland, BMJ 2011;343:d2090.
    """
    z = z_of_p(p)
    return None if not effect or not 0 < z < math.inf else abs(effect) / z
