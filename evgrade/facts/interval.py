"""An estimate, its confidence interval and its p value, as reported: are they consistent?

Everything is recomputed as a range that allows for the rounding of the estimate and both bounds. An interval and a p
value may still differ legitimately: the interval may be exact, bootstrapped or adjusted, and p from another test. So
only a clear contradiction counts; each function states its rule.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from evgrade.facts.effects import DIFFERENCES, RATIOS
from evgrade.facts.known import Range
from evgrade.facts.p_value import ReportedP
from evgrade.facts.reported import Reported
from evgrade.stats.normal import two_sided_p, z_of_level, z_of_p
from evgrade.stats.whole import t_of_level, t_within

Z_FACTOR = 1.5
Z_DIFFERENCE = 0.7
"""Two tests of the same data may differ in |z| by this factor, or by this much.

Set by comparing combinations that authors may legitimately report: log-Wald intervals of the risk and odds ratio with p
values of Fisher's exact test and of the chi-squared test with and without Yates' correction. Of 37,000 comparisons in
random tables of 10 to 900 people, none exceeded both if every cell had at least 3 people; one in 200 did if a cell had
1 or 2.
"""

BOTH_SMALL = 0.01
"""Below this p, tests of the same data differ without limit: t has heavier tails, and Wald's z falls behind as an
effect grows (W. W. Hauck and A. Donner, Journal of the American Statistical Association 1977;72:851-853)."""

WIDEST_RISK_DIFFERENCE = Decimal("0.7")
"""Beyond this, intervals of a risk difference are skewed because they end at 1 or -1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedInterval:
    """An estimate with its confidence interval, as reported; the level is in percent.

    Raises:
        ValueError: the measure is none of `RATIOS` and `DIFFERENCES`, the level is not between 0 and 100, the bounds
            are swapped, or a ratio is not positive.
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
                raise ValueError(f"{self.measure} is a ratio, so above 0, not {number}")

    @property
    def alpha(self) -> Decimal:
        """The significance level of the interval: 0.05 for 95 percent."""
        return (100 - self.level) / 100

    @property
    def no_effect(self) -> int:
        """The value that means no effect."""
        return 1 if self.measure in RATIOS else 0

    def on_scale(self, number: Reported) -> Range:
        """Return the range that rounds to a number, on the scale where the interval is symmetric."""
        if self.measure in DIFFERENCES:
            return Range(float(number.low), float(number.high))
        return Range(_log(number.low), _log(number.high))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """What an estimate and its interval imply, allowing for rounding.

    Attributes:
        standard_error: of the logarithm for ratios.
        z: the absolute distance from no effect in standard errors.
        p: two-sided.
    """

    standard_error: Range
    z: Range
    p: Range


def recompute(interval: ReportedInterval) -> Recomputed:
    """Return the standard error, z and two-sided p of a reported interval, assuming a normal distribution.

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
    """Whether a reported p value cannot belong to an interval, whatever usual methods were used.

    The rule: even the two closest of the possible |z| of the p value and of the interval differ too much (see
    `z_differ`), and the two p are not both below `BOTH_SMALL`. This also covers t instead of normal quantiles from 3
    degrees of freedom on: if both come from the same t, they agree at the level of the interval and diverge slowly from
    there.
    """
    implied = recompute(interval)
    if p.low < BOTH_SMALL and implied.p.low < BOTH_SMALL:
        return False
    return z_differ(z_of_reported(p), implied.z)


def p_contradicts_t(p: ReportedP, interval: ReportedInterval, df: int) -> bool:
    """Whether a p value cannot belong to an interval, if both are by t with so few degrees of freedom as 1 or 2."""
    implied = recompute(interval)
    reach, normal = t_of_level(float(interval.level), df), z_of_level(float(interval.level))
    low, high = (1 - t_within(it * reach / normal, df) for it in (implied.z.high, implied.z.low))
    return z_differ(z_of_reported(p), Range(z_of_p(high), z_of_p(low)))


def z_of_reported(p: ReportedP) -> Range:
    """Return the possible |z| of a reported two-sided p value."""
    return Range(z_of_p(float(p.high)), z_of_p(float(p.low)))


def z_differ(one: Range, other: Range) -> bool:
    """Whether even the closest two |z| differ by more than the factor `Z_FACTOR` and by more than `Z_DIFFERENCE`."""
    nearer, farther = sorted((one, other), key=lambda z: z.low)
    return farther.low > max(Z_FACTOR * nearer.high, Z_DIFFERENCE + nearer.high)


def includes_no_effect(interval: ReportedInterval) -> bool | None:
    """Whether the interval includes no effect; None if rounding leaves open on which side of it a bound lies."""
    if interval.low.low > interval.no_effect or interval.high.high < interval.no_effect:
        return False
    return True if interval.low.high < interval.no_effect < interval.high.low else None


def significance_contradicts_interval(p: ReportedP, interval: ReportedInterval) -> bool:
    """Whether, despite rounding, p is significant although the interval includes no effect, or the reverse.

    The significance level is that of the interval. This contradiction changes a conclusion even if it is small: close
    to that level two valid methods may disagree, which readers should know.
    """
    significant, included = p.significant(interval.alpha), includes_no_effect(interval)
    return significant is not None and significant is included


def estimate_is_outside(interval: ReportedInterval) -> bool:
    """Whether the estimate lies outside its own interval, whatever the rounding."""
    return interval.estimate.high < interval.low.low or interval.estimate.low > interval.high.high


def estimate_is_off_centre(interval: ReportedInterval) -> bool:
    """Whether the estimate lies outside the middle half of its interval, whatever the rounding.

    The middle is the geometric one for ratios. Exact intervals are skewed, but less: the exact Poisson interval of a
    single event puts the estimate 36% of the way from the middle to a bound; with up to 50 people per arm the exact
    conditional interval of an odds ratio puts it at most 33% of the way, Newcombe's of a risk difference within ±0.7 at
    most 46%; the rule allows 50%. It ignores larger risk differences, which may be in percent.

    Source of the intervals: F. Garwood, Biometrika 1936;28:437-442; R. G. Newcombe, Statistics in Medicine
    1998;17:873-890 (method 10).
    """
    if interval.measure == "RD" and abs(interval.estimate.value) > WIDEST_RISK_DIFFERENCE:
        return False
    estimate, low, high = (interval.on_scale(it) for it in (interval.estimate, interval.low, interval.high))
    return estimate.high < (3 * low.low + high.low) / 4 or estimate.low > (low.high + 3 * high.high) / 4


def _log(number: Decimal) -> float:
    return math.log(number) if number > 0 else -math.inf
