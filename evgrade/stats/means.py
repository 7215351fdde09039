"""Means of two arms: their difference, plain or standardized, and their ratio."""

from __future__ import annotations

import math
from dataclasses import dataclass

from evgrade.stats.normal import Study


@dataclass(frozen=True, slots=True)
class Group:
    """The mean, standard deviation and number of people in an arm.

    Raises:
        ValueError: there are fewer than 2 people, the standard deviation is negative, or a number is not finite.
    """

    mean: float
    sd: float
    people: int

    def __post_init__(self) -> None:
        if self.people < 2:
            raise ValueError(f"{self.people} people have no standard deviation")
        if not (math.isfinite(self.mean) and 0 <= self.sd < math.inf):
            raise ValueError(f"a mean of {self.mean} with a standard deviation of {self.sd} is not possible")

    @property
    def variance_of_mean(self) -> float:
        """The square of the standard error of the mean."""
        return self.sd**2 / self.people


def mean_difference(therapy: Group, control: Group) -> Study:
    """Return the difference of the means, without assuming equal variances.

    Its interval is the large-sample normal one, as in Review Manager and metafor.

    Raises:
        ValueError: both standard deviations are 0.

    Source: J. J. Deeks and J. P. T. Higgins, Statistical algorithms in Review Manager 5, 2010.
    """
    return Study(therapy.mean - control.mean, math.sqrt(therapy.variance_of_mean + control.variance_of_mean))


def standardized_mean_difference(therapy: Group, control: Group) -> Study | None:
    """Return Hedges' g: the difference in pooled standard deviations, corrected for small samples.

    The correction is exact: J(m) = Γ(m/2) / (√(m/2) Γ((m-1)/2)) with m = n1 + n2 - 2. The variance is the large-sample
    one, 1/n1 + 1/n2 + g²/(2(n1 + n2)): `vtype="LS"` in metafor's `escalc`. None if both standard deviations are 0.

    Source: L. V. Hedges, Journal of Educational Statistics 1981;6:107-128; L. V. Hedges and I. Olkin, Statistical
    Methods for Meta-Analysis 1985, chapter 5.
    """
    n1, n2 = therapy.people, control.people
    freedom = n1 + n2 - 2
    pooled = math.sqrt(((n1 - 1) * therapy.sd**2 + (n2 - 1) * control.sd**2) / freedom)
    if pooled == 0:
        return None
    g = small_sample_correction(freedom) * (therapy.mean - control.mean) / pooled
    return Study(g, math.sqrt(1 / n1 + 1 / n2 + g * g / (2 * (n1 + n2))))


def small_sample_correction(freedom: int) -> float:
    """Return the factor that removes the bias of a standardized difference, for 2 or more degrees of freedom."""
    return math.exp(math.lgamma(freedom / 2) - math.lgamma((freedom - 1) / 2)) / math.sqrt(freedom / 2)


def log_ratio_of_means(therapy: Group, control: Group) -> Study | None:
    """Return the log ratio of the means; None unless both are positive.

    Raises:
        ValueError: both standard deviations are 0.

    Source: L. V. Hedges, J. Gurevitch and P. S. Curtis, Ecology 1999;80:1150-1156.
    """
    if not min(therapy.mean, control.mean) > 0:
        return None
    variance = therapy.variance_of_mean / therapy.mean**2 + control.variance_of_mean / control.mean**2
    return Study(math.log(therapy.mean / control.mean), math.sqrt(variance))
