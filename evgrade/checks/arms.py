"""The check of an effect against its arms, and the crude (unadjusted) effect that two arms give."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from evgrade.checks.model import Item, Problem, check
from evgrade.checks.reported import digits, is_number, reported
from evgrade.facts.effects import RATIOS, Arm, Pair, counts_of_two, rates_of_two, two_arms
from evgrade.facts.known import Range, known
from evgrade.model import Severity


@check("effect-arms", on="effect", severity=Severity.WARNING, needs=("measure", "estimate", "arms"))
def estimate_fits_arms(item: Item) -> Iterator[Problem]:
    """An estimate fits the two arms that it compares, allowing for adjustment."""
    measure, estimate = item.data["measure"], item.data["estimate"]
    found = crude(item.data)
    if found is None or (measure in RATIOS and estimate <= 0) or _inside(item.data, found.value):
        return
    # A risk difference may be in percent.
    scales = (1, 100) if measure == "RD" else (1,)
    which = None
    if any(_is_turned(item, found, scale) for scale in scales):
        which, hint = "the same the other way round", _TURNED
    elif all(_is_far(item, found, scale) for scale in scales) and known(item.data, "adjusted") is not True:
        inverse = _inverse(measure, found.value)
        if _inside(item.data, inverse) and not _includes_no_effect(item.data):
            which = f"and reversed {digits(inverse)}, inside the interval: is the estimate reversed and adjusted?"
            hint = _TURNED
        elif _is_single_study(item):
            which = "too far away even for an adjusted estimate"
            hint = "compare the estimate, interval and arms with the source; it may belong to another outcome or arm"
    if which is not None:
        yield Problem(
            f"{measure.replace('_', ' ')} {item.written('estimate')} is stated, but {found.wording} give "
            f"{digits(found.value)}, {which}",
            at=("estimate",),
            hint=hint,
            related=((*item.path, "arms"),),
        )


_TURNED = "check whether the estimate compares control with therapy, or counts people without the event"


def _inverse(measure: str, value: float) -> float:
    return 1 / value if measure in RATIOS else -value


def _inside(effect: Mapping[str, Any], value: float) -> bool:
    """Whether a value lies inside the stated interval, so that adjustment may explain the difference."""
    low, high = effect.get("ci_low"), effect.get("ci_high")
    return is_number(low) and is_number(high) and low <= value <= high


def _includes_no_effect(effect: Mapping[str, Any]) -> bool:
    return _inside(effect, 1 if effect["measure"] in RATIOS else 0)


def _is_turned(item: Item, found: Crude, scale: int) -> bool:
    """Whether the estimate, allowing for rounding, is the inverse or the negative of the arms' value."""
    measure = item.data["measure"]
    stated, no_effect = reported(item, "estimate"), 1.0 if measure in RATIOS else 0.0
    if stated is None:
        return False
    low, high, room = float(stated.low), float(stated.high), found.blur * scale
    value = found.value * scale
    if low <= no_effect <= high or abs(value - no_effect) <= room or (value > no_effect) == (low > no_effect):
        return False
    turned = [_inverse(measure, it * scale) for it in (found.value, *found.others)]
    return any(low - room <= it <= high + room for it in turned)


def _is_single_study(item: Item) -> bool:
    """Whether the effect is from one experiment; pooled and observational estimates may differ from crude ones."""
    return item.path[0] in ("trials", "preclinical") or "study_effects" in item.path


def _is_far(item: Item, found: Crude, scale: int) -> bool:
    """Whether the value of the arms lies outside the stated interval, and the estimate outside that of the arms.

    If one interval is unknown, the other decides alone. Means without standard deviations give no interval; the stated
    one then counts as twice as wide.
    """
    stated, theirs = reported(item, "estimate"), found.interval()
    low, high = (reported(item, key) if is_number(item.data.get(key)) else None for key in ("ci_low", "ci_high"))
    if stated is None or (theirs is None and (low is None or high is None)):
        return False
    if theirs is not None and _reaches(theirs, scale, float(stated.low), float(stated.high)):
        return False
    if low is None or high is None:
        return True
    extra = float(high.value - low.value) / 2 if theirs is None else 0.0
    value, room = found.value * scale, found.blur * scale
    return value + room < float(low.low) - extra or value - room > float(high.high) + extra


def _reaches(interval: Range, scale: int, low: float, high: float) -> bool:
    return high >= interval.low * scale and low <= interval.high * scale


_ERRORS = 3
"""Standard errors to a bound: more than two, to allow for the t distribution and rounded standard deviations."""


@dataclass(frozen=True, slots=True)
class Crude:
    """An effect recomputed from two arms.

    Attributes:
        value: the estimate.
        blur: its largest rounding error, from the rounding of the arms.
        wording: what it was recomputed from, in words.
        interval: returns the interval of the value; None if unknown.
        others: the values by other usual formulas.
    """

    value: float
    blur: float
    wording: str
    interval: Callable[[], Range | None]
    others: tuple[float, ...] = ()


def crude(effect: Mapping[str, Any]) -> Crude | None:
    """Return the effect that the therapy arm and the control arm give; None if they give none."""
    compute = _OF.get(effect.get("measure", ""))
    pair = two_arms(effect)
    return None if compute is None or pair is None else compute(effect, pair)


def blur(number: float) -> float:
    """Return half a unit of the last digit of a number in its shortest form."""
    _, point, decimals = repr(number).partition(".")
    return 0.5 if not point or decimals == "0" else 0.5 * 10.0 ** -len(decimals)


def _of_counts(measure: str, effect: Mapping[str, Any], _: Pair) -> Crude | None:
    """Return the effect of the counts; None if no one or everyone in an arm had the event."""
    counts = counts_of_two(effect)
    if counts is None:
        return None
    a, n, b, m = counts
    if not (0 < a < n and 0 < b < m):
        return None
    values = {"RR": (a / n) / (b / m), "OR": (a / (n - a)) / (b / (m - b)), "RD": a / n - b / m}
    return Crude(values[measure], 0.0, f"{a}/{n} v {b}/{m} events", partial(_interval_of_counts, measure, counts))


def _interval_of_counts(measure: str, counts: tuple[int, int, int, int]) -> Range | None:
    from evgrade.stats import two_by_two  # noqa: PLC0415 - loads statistics

    compute = {"RR": two_by_two.risk_ratio, "OR": two_by_two.odds_ratio, "RD": two_by_two.risk_difference}[measure]
    effect = compute(two_by_two.TwoByTwo(*counts))
    return None if effect is None else Range(effect.low, effect.high)


def _of_rates(effect: Mapping[str, Any], _: Pair) -> Crude | None:
    rates = rates_of_two(effect)
    if rates is None or 0 in rates:
        return None
    a, time, b, other = rates
    value = (a / b) * (other / time)
    if not 0 < value < math.inf:  # implausibly large or small times
        return None
    # The times are rounded too.
    room = sum(blur(arm["person_time"]["amount"]) / arm["person_time"]["amount"] for arm in effect["arms"])
    reach = math.exp(_ERRORS * math.sqrt(1 / a + 1 / b))
    return Crude(
        value, value * room, f"{a} v {b} events over their person-time", lambda: Range(value / reach, value * reach)
    )


def _difference(effect: Mapping[str, Any], pair: Pair) -> Crude | None:
    """Return the difference of the means; None if one is unknown."""
    del effect
    first, second = (arm.get("mean") for arm in pair)
    if first is None or second is None:
        return None
    room = blur(first) + blur(second)
    value = first - second
    wording = f"means of {first:g} and {second:g}"
    return Crude(value, room, wording, lambda: _around(value, _standard_error(pair), room))


def _standard_error(pair: Pair) -> float | None:
    """Return the standard error of the difference of two means; None if unknown."""
    errors = [_error_of_mean(arm) for arm in pair]
    return None if None in errors else math.hypot(*(error for error in errors if error is not None))


def _error_of_mean(arm: Arm) -> float | None:
    people, sd, se = known(arm, "participants"), arm.get("sd"), arm.get("se")
    if se is not None:
        return float(se)
    return None if not people or sd is None else float(sd) / math.sqrt(people)


def _standardized(effect: Mapping[str, Any], pair: Pair) -> Crude | None:
    """Return Cohen's d; Hedges' g and Glass's delta are other usual formulas."""
    del effect
    m1, s1, n1, m2, s2, n2 = (known(arm, key) for arm in pair for key in ("mean", "sd", "participants"))
    if None in (m1, s1, n1, m2, s2, n2) or min(s1, s2) == 0 or min(n1, n2) < 2:
        return None
    df = n1 + n2 - 2
    pooled = math.sqrt(((n1 - 1) * s1 * s1 + (n2 - 1) * s2 * s2) / df)
    d = (m1 - m2) / pooled
    g = d * (1 - 3 / (4 * df - 1))
    room = (blur(m1) + blur(m2) + abs(d) * max(blur(s1), blur(s2))) / pooled
    error = math.sqrt(1 / n1 + 1 / n2 + d * d / (2 * (n1 + n2)))
    return Crude(
        d,
        room,
        f"means of {m1:g} and {m2:g} with standard deviations of {s1:g} and {s2:g}",
        lambda: _around(d, error, room),
        (g, (m1 - m2) / s2),
    )


def _around(value: float, error: float | None, room: float) -> Range | None:
    if error is None:
        return None
    reach = _ERRORS * error + room
    return Range(value - reach, value + reach)


_OF: dict[str, Callable[[Mapping[str, Any], Pair], Crude | None]] = {
    **{measure: partial(_of_counts, measure) for measure in ("RR", "OR", "RD")},
    "rate_ratio": _of_rates,
    "MD": _difference,
    "SMD": _standardized,
}
