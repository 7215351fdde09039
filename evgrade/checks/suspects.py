"""Which effects may have inconsistent numbers: a quick look at plain numbers, ignoring rounding.

Rounding can only explain a contradiction away, so an effect that passes here passes the exact but slow rules of
`evgrade.facts.interval`; one that does not is checked again by these. A law in the tests compares the two.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from evgrade.checks.reported import is_number, one_sided_p, plain_p, two_sided_level
from evgrade.facts.effects import DIFFERENCES, RATIOS

REACH: Mapping[float, float] = {90: 1.6448536, 95: 1.9599640, 99: 2.5758293}
"""The half-widths of the usual intervals, in standard errors."""

LOWEST_LEVEL = 50
"""No one uses intervals with a lower level, in percent; 0.95 is a share."""

# As in `evgrade.facts.interval`, which would load decimal arithmetic.
_Z_FACTOR, _Z_DIFFERENCE, _BOTH_SMALL = 1.5, 0.7, 0.01
_SLACK = 1e-9

KNOWN = RATIOS | DIFFERENCES


def stated_interval(data: Mapping[str, Any]) -> tuple[float, float, float] | None:
    """Return estimate and bounds, on the scale where the interval is symmetric; None unless they can be an interval.

    For a ratio, a 0 becomes minus infinity.
    """
    measure, estimate, low, high = data.get("measure"), data.get("estimate"), data.get("ci_low"), data.get("ci_high")
    if measure not in KNOWN or not is_number(estimate):
        return None
    if data.get("ci_sides") == "one":
        return _mirrored(measure, estimate, low, high)
    if not is_number(low) or not is_number(high) or low > high:
        return None
    if measure in DIFFERENCES:
        return estimate, low, high
    return None if estimate < 0 or low < 0 else (_log(estimate), _log(low), _log(high))


def _mirrored(measure: str, estimate: float, low: object, high: object) -> tuple[float, float, float] | None:
    """Return the symmetric interval of an estimate with a one-sided bound; None unless exactly one bound is stated."""
    bounds = [it for it in (low, high) if is_number(it)]
    if len(bounds) != 1 or (measure in RATIOS and min(estimate, *bounds) <= 0):
        return None
    middle, bound = (math.log(it) if measure in RATIOS else it for it in (estimate, *bounds))
    reach = bound - middle if is_number(high) else middle - bound
    return (middle, middle - reach, middle + reach) if reach > 0 else None


def lone_bound(data: Mapping[str, Any]) -> str | None:
    """Return the key of an interval's only bound, `ci_low` or `ci_high`; None if it has both, or none."""
    bounds = [key for key in ("ci_low", "ci_high") if is_number(data.get(key))]
    return bounds[0] if len(bounds) == 1 else None


def estimate_may_be_outside(data: Mapping[str, Any]) -> bool:
    """Whether the estimate may lie beyond a bound of its interval."""
    bound = lone_bound(data)
    if bound is None:
        return estimate_may_be_off(data)
    estimate = data["estimate"]
    return is_number(estimate) and bool(estimate > data[bound] if bound == "ci_high" else estimate < data[bound])


def estimate_may_be_off(data: Mapping[str, Any]) -> bool:
    """Whether the estimate may lie outside the middle half of its interval."""
    stated = stated_interval(data)
    if stated is None:
        return False
    estimate, low, high = stated
    quarter = (high - low) / 4
    # An infinite bound makes this false, so the effect is a suspect.
    return not low + quarter <= estimate <= high - quarter


def has_own_null(data: Mapping[str, Any]) -> bool:
    """Whether an effect of another measure states its own null value, and an interval to compare it with."""
    keys = ("null_value", "ci_low", "ci_high")
    return data.get("measure") == "other" and all(is_number(data.get(key)) for key in keys)


def p_may_contradict(data: Mapping[str, Any]) -> bool:
    """Whether the p value may contradict the interval, in size or in significance."""
    stated, p = stated_interval(data), data.get("p")
    if p is not None and has_own_null(data):
        return True
    if stated is None or p is None:
        return False
    estimate, low, high = stated
    level = two_sided_level(data)
    if level < LOWEST_LEVEL:
        return False
    reach = REACH.get(level)
    if reach is None or not math.isfinite(low) or not math.isfinite(estimate) or low == high:
        return True
    relation, number = plain_p(p)
    if one_sided_p(data):
        if relation == ">":  # it may be for the other side
            return False
        number = 2 * number if relation == "<" or number <= 1 / 2 else 2 * (1 - number)
    return _significance_may_differ(relation, number, 1 - level / 100, includes=low < 0 < high) or _size_may_differ(
        relation, number, abs(estimate) * 2 * reach / (high - low)
    )


def _significance_may_differ(relation: str, p: float, alpha: float, *, includes: bool) -> bool:
    if includes:
        return relation != ">" and p <= alpha + _SLACK
    return relation != "<" and p >= alpha - _SLACK


def _size_may_differ(relation: str, p: float, z: float) -> bool:
    """Whether p is too far from that of the interval, in terms of |z|."""
    if (p < _BOTH_SMALL or relation == "<") and _two_sided(z) < _BOTH_SMALL:
        return False
    smallest = _two_sided(max(_Z_FACTOR * z, _Z_DIFFERENCE + z)) * (1 - 1e-6)
    largest = _two_sided(min(z / _Z_FACTOR, max(0.0, z - _Z_DIFFERENCE))) * (1 + 1e-6)
    return (relation != ">" and p < smallest) or (relation != "<" and p > largest)


def _two_sided(z: float) -> float:
    return math.erfc(z / math.sqrt(2))


def _log(number: float) -> float:
    return math.log(number) if number > 0 else -math.inf
