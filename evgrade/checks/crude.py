"""An effect as its two arms give it, without any adjustment."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from evgrade.facts.arms import Arm, Pair, counts_of_two, rates_of_two, two_arms
from evgrade.facts.known import Range, known

_ERRORS = 3
"""Standard errors to a bound: not two, as small arms have the t distribution and standard deviations are rounded."""


@dataclass(frozen=True, slots=True)
class Crude:
    """An effect recomputed from two arms.

    Attributes:
        value: the estimate.
        blur: by how much rounding of the arms may have moved it, either way.
        wording: what it was recomputed from, in words.
        interval: gives the interval of the value; None where it cannot be known.
        others: what other usual formulas give.
    """

    value: float
    blur: float
    wording: str
    interval: Callable[[], Range | None]
    others: tuple[float, ...] = ()


def crude(effect: Mapping[str, Any]) -> Crude | None:
    """Return the effect of the arm of the therapy and that of the control; None where these do not tell."""
    compute = _OF.get(effect.get("measure", ""))
    pair = two_arms(effect)
    return None if compute is None or pair is None else compute(effect, pair)


def blur(number: float) -> float:
    """Return half a unit of the last digit of a number, as it is written at its shortest."""
    _, point, decimals = repr(number).partition(".")
    return 0.5 if not point or decimals == "0" else 0.5 * 10.0 ** -len(decimals)


def _of_counts(measure: str, effect: Mapping[str, Any], _: Pair) -> Crude | None:
    """Return the effect of the counts; None where all or none in an arm had the event."""
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
    if not 0 < value < math.inf:  # times of no usual size
        return None
    # The times are rounded too, by a half in their last digit.
    room = sum(blur(arm["person_time"]["amount"]) / arm["person_time"]["amount"] for arm in effect["arms"])
    reach = math.exp(_ERRORS * math.sqrt(1 / a + 1 / b))
    return Crude(
        value, value * room, f"{a} v {b} events over their person-time", lambda: Range(value / reach, value * reach)
    )


def _difference(effect: Mapping[str, Any], pair: Pair) -> Crude | None:
    """Return the difference of the means; None where one is not known."""
    del effect
    first, second = (arm.get("mean") for arm in pair)
    if first is None or second is None:
        return None
    room = blur(first) + blur(second)
    value = first - second
    wording = f"means of {first:g} and {second:g}"
    return Crude(value, room, wording, lambda: _around(value, _standard_error(pair), room))


def _standard_error(pair: Pair) -> float | None:
    """Return the standard error of the difference of two means; None where their spread is not known."""
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
