"""How inconsistent numbers would fit after all: with another level, scale, tail or direction."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from evgrade.checks.reported import digits
from evgrade.facts.effects import DIFFERENCES, RATIOS
from evgrade.facts.interval import ReportedInterval, estimate_is_off_centre, recompute
from evgrade.facts.known import Range
from evgrade.facts.recomputed import Statistic, possible_p
from evgrade.facts.reported import Reported
from evgrade.stats.distributions import NeedsScipyError
from evgrade.stats.normal import z_of_p

if TYPE_CHECKING:
    from evgrade.facts.p_value import ReportedP

_LEVELS = tuple(map(Decimal, ("90", "95", "99")))
_ONE_ERROR = Decimal("68.27")
"""The level of an interval with a half-width of one standard error."""

_NEAR = 0.04
"""The share by which two equivalent z may differ, such as those of t and of the normal distribution."""

_CENTRAL = 0.1
"""The share of half an interval's width by which an estimate in its middle may be off."""

_MOST_TIMES = 10
"""A p value is hardly ever multiplied to correct for more comparisons than this."""


def other_p(p: ReportedP, interval: ReportedInterval) -> str | None:
    """Return how estimate, interval and p would fit together, such as `as a 90% interval the three fit`."""
    if p.relation == "=" and p.number.value > 0:
        for level in _LEVELS:
            if level != interval.level and _fits(p, replace(interval, level=level)):
                return f"as a {level}% interval the three fit: is `ci_level` right?"
        if p.number.value < Decimal("0.5") and _agree(_z(2 * float(p.low), 2 * float(p.high)), recompute(interval).z):
            half = recompute(interval).p
            return f"half of it, {digits((half.low + half.high) / 4)}, is what is printed: a one-tailed test?"
        if _fits(p, replace(interval, level=_ONE_ERROR)):
            return "with bounds one standard error from the estimate the three fit: is this an interval at all?"
    rescaled = _rescaled(interval)
    if rescaled is None or not _is_central(rescaled) or not _fits(p, rescaled):
        return None
    # An inequality fits too easily, and the scales of a narrow interval are nearly the same.
    return _describe_scale(interval, "the three fit") if p.relation == "=" or not _is_central(interval) else None


def is_of_another_scale(interval: ReportedInterval) -> bool:
    """Whether an estimate far from the middle of its interval would lie in the middle on the other scale."""
    rescaled = _rescaled(interval)
    return estimate_is_off_centre(interval) and rescaled is not None and _is_central(rescaled)


def other_place(interval: ReportedInterval, p: ReportedP | None = None) -> str | None:
    """Return how an estimate would lie in the middle of its interval, and whether p would fit too."""
    rescaled = _rescaled(interval)
    if rescaled is not None and _is_central(rescaled):
        all_fit = p is not None and _fits(p, rescaled)
        return _describe_scale(interval, "the three fit" if all_fit else "the estimate lies in the middle")
    estimate = interval.estimate
    if interval.measure in RATIOS and estimate.value > 0:
        inverse = _inverse(estimate)
        if _is_central(replace(interval, estimate=inverse)):
            wording = digits(float(inverse.value))
            return f"its inverse, {wording}, lies in the middle: do estimate and interval compare the other way round?"
    if interval.measure in DIFFERENCES:
        negative = replace(interval, estimate=Reported(-estimate.value, estimate.half))
        if estimate.value and _is_central(negative):
            return f"{-estimate.value} lies in the middle: was a sign lost?"
    return None


def other_test(statistic: Statistic, p: ReportedP, found: Range) -> str | None:
    """Return the other degrees of freedom or the correction with which a statistic would have the p value."""
    middle = (found.low + found.high) / 2
    half = f"half of it, {digits(middle / 2)}, is what is printed, but {statistic.test} has only one tail"
    try:
        for wording, other in _other_degrees(statistic):
            if _holds(p, possible_p(other)):
                return wording
        if not statistic.has_two_sides and _holds(p, Range(found.low / 2, found.high / 2)):
            return half
        for wording, other in _neighbours(statistic):
            if _holds(p, possible_p(other)):
                return wording
    except NeedsScipyError:
        return None
    if p.relation != "=":
        return None
    for power, wording in ((10, "10 times"), (0.1, "a tenth of")):
        if _holds(p, Range(power * found.low, power * found.high)):
            return f"{wording} it is what is printed: is its decimal point in the right place?"
    for times in range(2, _MOST_TIMES):
        if _holds(p, Range(times * found.low, times * found.high)):
            return f"{times} times it is what is printed: corrected for {times} comparisons?"
    return None


def other_tail(statistic: Statistic, p: ReportedP, found: Range) -> str | None:
    """Say whether half or twice the p value of a two-tailed statistic is printed; None if neither is."""
    middle = (found.low + found.high) / 2
    if statistic.one_tailed:
        twice = _holds(p, Range(2 * found.low, 2 * found.high))
        return f"twice it, {digits(2 * middle)}, is what is printed: a two-tailed test?" if twice else None
    if not statistic.has_two_sides or not _holds(p, Range(found.low / 2, found.high / 2)):
        return None
    return f"half of it, {digits(middle / 2)}, is what is printed: a one-tailed test?"


def _other_degrees(statistic: Statistic) -> Iterator[tuple[str, Statistic]]:
    """Yield common mistakes in degrees of freedom, each with the corrected statistic."""
    df = statistic.df
    if statistic.test == "F" and df[0] != df[1]:
        wording = f"with its degrees of freedom the other way round, F({df[1]:g}, {df[0]:g}), it fits"
        yield wording, replace(statistic, df=(df[1], df[0]))
    if statistic.test == "F" and 1 < df[0] < df[1] < 1e6:
        error = df[0] * df[1]
        wording = f"with {df[0]:g} and {error:g} degrees of freedom it fits, as for repeated measures"
        yield wording, replace(statistic, df=(df[0], error))
    if statistic.test == "r" and df[0] > 2:
        wording = f"with {df[0] - 2:g} degrees of freedom it fits: is {df[0]:g} the number of people?"
        yield wording, replace(statistic, df=(df[0] - 2,))


def _neighbours(statistic: Statistic) -> Iterator[tuple[str, Statistic]]:
    """Yield the statistic with one degree of freedom less, and one more."""
    if statistic.test in ("t", "r", "F"):
        for last in (statistic.df[-1] - 1, statistic.df[-1] + 1):
            if last > 0:
                df = (*statistic.df[:-1], last)
                yield (
                    f"with {' and '.join(f'{it:g}' for it in df)} degrees of freedom it fits",
                    replace(statistic, df=df),
                )


def _holds(p: ReportedP, found: Range) -> bool:
    """Whether a p value, allowing for rounding, is one of those found."""
    return float(p.low) <= found.high and float(p.high) >= found.low


def _fits(p: ReportedP, interval: ReportedInterval) -> bool:
    return _agree(_z(float(p.low), float(p.high)), recompute(interval).z)


def _z(low: float, high: float) -> Range:
    return Range(z_of_p(min(1.0, high)), z_of_p(min(1.0, low)))


def _agree(one: Range, other: Range) -> bool:
    """Whether two ranges of z overlap, or nearly."""
    return one.low <= other.high * (1 + _NEAR) and other.low <= one.high * (1 + _NEAR)


def _rescaled(interval: ReportedInterval) -> ReportedInterval | None:
    """Return an interval of a ratio as that of a difference, or the reverse; None if that is impossible."""
    if interval.measure in RATIOS:
        return replace(interval, measure="MD")
    return replace(interval, measure="RR") if interval.low.value > 0 and interval.estimate.value > 0 else None


def _describe_scale(interval: ReportedInterval, what: str) -> str:
    other = "a difference, or as the logarithm of a ratio," if interval.measure in RATIOS else "a ratio"
    return f"as {other} {what}: is `measure` right?"


def _is_central(interval: ReportedInterval) -> bool:
    estimate, low, high = (interval.on_scale(it) for it in (interval.estimate, interval.low, interval.high))
    if not all(map(math.isfinite, (estimate.low, low.low))):
        return False
    middle, half = (low.low + high.high + low.high + high.low) / 4, (high.high + high.low - low.low - low.high) / 4
    blur = (estimate.high - estimate.low + high.high - high.low) / 2
    return abs((estimate.low + estimate.high) / 2 - middle) <= _CENTRAL * half + min(blur, half / 2)


def _inverse(number: Reported) -> Reported:
    """Return the inverse of a number, with the same relative rounding error."""
    value = float(number.value)
    return Reported.near(1 / value, float(number.half) / value / value)
