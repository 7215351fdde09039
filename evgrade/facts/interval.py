"""An estimate, its confidence interval and its p value, as reported: do they fit together?

Everything is recomputed as a range, by carrying the rounding of the estimate and of both bounds through. Even so an
interval and a p value can differ honestly: the interval may be exact, bootstrapped or adjusted, the p value come from
another test. So only a clear contradiction counts; each function states its rule.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from evgrade.facts.known import Range
from evgrade.facts.measures import DIFFERENCES, RATIOS
from evgrade.facts.p_value import ReportedP
from evgrade.facts.reported import Reported
from evgrade.stats.normal import two_sided_p, z_of_level, z_of_p

Z_FACTOR = 1.5
Z_DIFFERENCE = 0.7
"""Two tests of the same data may differ in |z| by this factor, or by this much.

Set by comparing what honest authors may combine: log-Wald intervals of the risk and odds ratio with p values of
Fisher's exact test and of the chi-squared test with and without Yates' correction. Among 37,000 comparisons in random
tables of 10 to 900 people, with 3 of them in each cell at least, none lay beyond both; with 1 or 2 in a cell one in
200 did.
"""

BOTH_SMALL = 0.01
"""Below this p, tests of the same data differ without end: by the tail of t, or by Wald's z, which falls behind as an
effect grows (W. W. Hauck and A. Donner, Journal of the American Statistical Association 1977;72:851-853)."""

WIDEST_RISK_DIFFERENCE = Decimal("0.7")
"""Beyond this, intervals of a risk difference are squeezed against 1 or -1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedInterval:
    """An estimate with its confidence interval, as reported.

    Attributes:
        measure: one of `RATIOS` or `DIFFERENCES`.
        estimate: the point estimate.
        low: the lower bound.
        high: the upper bound.
        level: of the interval, in percent.

    Raises:
        ValueError: there is no such measure, the level is not between 0 and 100, the bounds are swapped, or a ratio
            is not above 0.
    """

    measure: str
    estimate: Reported
    low: Reported
    high: Reported
    level: Decimal = Decimal(95)

    def __post_init__(self) -> None:
        if self.measure not in RATIOS | DIFFERENCES:
            raise ValueError(f"there is no rule for the measure {self.measure!r}")
        if not 0 < self.level < 100:
            raise ValueError(f"a confidence level lies between 0 and 100 percent, not at {self.level}")
        if self.low.value > self.high.value:
            raise ValueError(f"the lower bound {self.low} is above the upper bound {self.high}")
        for number in (self.estimate, self.low, self.high):
            if self.measure in RATIOS and (number.value < 0 or number.high <= 0):
                raise ValueError(f"{self.measure} is a ratio and above 0, not {number}")

    @property
    def alpha(self) -> Decimal:
        """The significance level that belongs to the interval: 0.05 for 95 percent."""
        return (100 - self.level) / 100

    @property
    def no_effect(self) -> int:
        """The value that means no effect."""
        return 1 if self.measure in RATIOS else 0

    def on_scale(self, number: Reported) -> Range:
        """Return what a number may have been before rounding, on the scale where the interval is symmetric."""
        if self.measure in DIFFERENCES:
            return Range(float(number.low), float(number.high))
        return Range(_log(number.low), _log(number.high))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """What an estimate and its interval imply, each within the bounds that rounding leaves.

    Attributes:
        standard_error: on the logarithmic scale for ratios.
        z: its distance from no effect in standard errors, without its sign.
        p: two-sided.
    """

    standard_error: Range
    z: Range
    p: Range


def recompute(interval: ReportedInterval) -> Recomputed:
    """Return the standard error, z and two-sided p of a reported interval by the normal distribution.

    The standard error is the width of the interval over twice the normal quantile of its level; z is the estimate
    over the standard error, for ratios both in logarithms.

    Source: D. G. Altman and J. M. Bland, BMJ 2011;343:d2304; Cochrane Handbook version 6, section 6.3.
    """
    estimate, low, high = (interval.on_scale(it) for it in (interval.estimate, interval.low, interval.high))
    reach = 2 * z_of_level(float(interval.level))
    error = Range(max(0.0, high.low - low.high) / reach, (high.high - low.low) / reach)
    nearest = 0.0 if estimate.low <= 0 <= estimate.high else min(abs(estimate.low), abs(estimate.high))
    farthest = max(abs(estimate.low), abs(estimate.high))
    z = Range(nearest / error.high if error.high else math.inf, farthest / error.low if error.low else math.inf)
    return Recomputed(standard_error=error, z=z, p=Range(two_sided_p(z.high), two_sided_p(z.low)))


def p_contradicts_interval(p: ReportedP, interval: ReportedInterval) -> bool:
    """Whether a reported p value cannot belong to an interval, whatever usual methods gave the two.

    The rule: of all the |z| that the p value may stand for, and all that the interval may stand for, even the closest
    two differ by more than the factor `Z_FACTOR` and by more than `Z_DIFFERENCE`, and not both p are below
    `BOTH_SMALL`. This covers t instead of normal quantiles too, from 3 degrees of freedom on: where the same t gave
    interval and p value, the two agree at the level of the interval and drift apart slowly from there.
    """
    implied = recompute(interval)
    if p.low < BOTH_SMALL and implied.p.low < BOTH_SMALL:
        return False
    stated = Range(z_of_p(float(p.high)), z_of_p(float(p.low)))
    nearer, farther = sorted((stated, implied.z), key=lambda z: z.low)
    return farther.low > max(Z_FACTOR * nearer.high, Z_DIFFERENCE + nearer.high)


def p_contradicts_t(p: ReportedP, interval: ReportedInterval, df: int) -> bool:
    """Whether a p value is not the one of an interval, if both are of t with 1 or 2 degrees of freedom.

    The rule for the two z, each that of a p of two sides, is that of `p_contradicts_interval`.

    Raises:
        ValueError: there are more degrees of freedom, or fewer.
    """
    implied = recompute(interval)
    reach, normal = t_of_level(float(interval.level), df), z_of_level(float(interval.level))
    low, high = (t_p(it * reach / normal, df) for it in (implied.z.high, implied.z.low))
    stated, own = Range(z_of_p(float(p.high)), z_of_p(float(p.low))), Range(z_of_p(high), z_of_p(low))
    nearer, farther = sorted((stated, own), key=lambda z: z.low)
    return farther.low > max(Z_FACTOR * nearer.high, Z_DIFFERENCE + nearer.high)


def t_p(t: float, df: int) -> float:
    """Return the two-sided p of t with 1 or 2 degrees of freedom, for which scipy is not needed.

    Raises:
        ValueError: there are more degrees of freedom, or fewer.
    """
    if df == 1:
        return 1 - 2 * math.atan(abs(t)) / math.pi
    if df == 2:
        return 1 - (abs(t) / math.sqrt(2 + t * t) if math.isfinite(t) else 1.0)
    raise ValueError(f"t has 1 or 2 degrees of freedom here, not {df}")


def t_of_level(level: float, df: int) -> float:
    """Return how many standard errors reach to the bounds of an interval by t with 1 or 2 degrees of freedom.

    Raises:
        ValueError: there are more degrees of freedom, or fewer.
    """
    share = level / 100
    if df == 1:
        return math.tan(math.pi * share / 2)
    if df == 2:
        return share * math.sqrt(2 / (1 - share * share))
    raise ValueError(f"t has 1 or 2 degrees of freedom here, not {df}")


def includes_no_effect(interval: ReportedInterval) -> bool | None:
    """Whether no effect lies inside the interval; None where a bound, as rounded, may lie on either side of it."""
    if interval.low.low > interval.no_effect or interval.high.high < interval.no_effect:
        return False
    return True if interval.low.high < interval.no_effect < interval.high.low else None


def significance_contradicts_interval(p: ReportedP, interval: ReportedInterval) -> bool:
    """Whether p is significant and the interval includes no effect, or the reverse, with no doubt left by rounding.

    The significance level is that of the interval. This is the contradiction that changes a conclusion. It is narrow:
    close to the level two methods may honestly fall on its two sides, and readers deserve to be told.
    """
    significant, included = p.significant(interval.alpha), includes_no_effect(interval)
    return significant is not None and significant is included


def estimate_is_outside(interval: ReportedInterval) -> bool:
    """Whether the estimate lies outside its own interval, with no doubt left by rounding."""
    return interval.estimate.high < interval.low.low or interval.estimate.low > interval.high.high


def estimate_is_off_centre(interval: ReportedInterval) -> bool:
    """Whether the estimate lies outside the middle half of its interval, however the numbers were rounded.

    The middle is the geometric one for ratios. Exact intervals are skewed, but less than that: the exact Poisson
    interval of a single event puts the estimate 36% of the way from the middle to a bound; up to 50 people an arm the
    exact conditional interval of an odds ratio puts it at most 33% of the way, Newcombe's of a risk difference within
    ±0.7 at most 46%; the rule allows 50%. Nothing is said of larger risk differences, which may be in percent.

    Source of the intervals: F. Garwood, Biometrika 1936;28:437-442; R. G. Newcombe, Statistics in Medicine
    1998;17:873-890 (method 10).
    """
    if interval.measure == "RD" and abs(interval.estimate.value) > WIDEST_RISK_DIFFERENCE:
        return False
    estimate, low, high = (interval.on_scale(it) for it in (interval.estimate, interval.low, interval.high))
    return estimate.high < (3 * low.low + high.low) / 4 or estimate.low > (low.high + 3 * high.high) / 4


def _log(number: Decimal) -> float:
    return math.log(number) if number > 0 else -math.inf
