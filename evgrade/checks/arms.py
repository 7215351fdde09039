"""The check of an effect against the counts or means of the two arms that it compares."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.checks.reported import digits, is_number, reported
from evgrade.facts.known import Range, known
from evgrade.facts.measures import RATIOS
from evgrade.model import Severity

_COUNTED = frozenset({"RR", "OR", "RD"})

Arm = Mapping[str, Any]


class Crude(NamedTuple):
    """An effect recomputed from two arms.

    Attributes:
        value: the estimate.
        blur: by how much rounding of the arms may have moved it, either way.
    """

    value: float
    blur: float


@check("effect-arms", on="effect", severity=Severity.WARNING, needs=("measure", "estimate", "arms"))
def estimate_fits_arms(item: Item) -> Iterator[Problem]:
    """An estimate fits the two arms that it compares, with all that adjustment may do to it."""
    measure, estimate = item.data["measure"], item.data["estimate"]
    if measure != "MD" and measure not in _COUNTED:
        return
    pair = two_arms(item.data["arms"])
    if pair is None or (measure in RATIOS and estimate <= 0):
        return
    crude = _difference(*pair) if measure == "MD" else _of_counts(measure, *pair)
    if crude is None or _fits(item.data, crude.value):
        return
    # A risk difference may be in percent.
    scales = (1, 100) if measure == "RD" else (1,)
    turned = any(_is_turned(item, crude, scale) for scale in scales)
    if turned or (_is_single_study(item) and all(_is_far(item, pair, crude, scale) for scale in scales)):
        which = "the same the other way round" if turned else "too far away even for an adjusted estimate"
        yield Problem(
            f"{measure} {item.written('estimate')} is stated; {_told(measure, *pair)} give {digits(crude.value)}, "
            f"{which}",
            at=("estimate",),
            hint="check whether the estimate compares control with therapy, or counts those without the event"
            if turned
            else "compare the estimate, interval and arms with the source; it may belong to another outcome or arm",
            related=((*item.path, "arms"),),
        )


def two_arms(arms: Sequence[Arm]) -> tuple[Arm, Arm] | None:
    """Return the arm of the therapy and that of the control, if these are all there are."""
    if len(arms) != 2:
        return None
    one, other = arms
    roles = one.get("role"), other.get("role")
    if roles == ("intervention", "control"):
        return one, other
    return (other, one) if roles == ("control", "intervention") else None


def _of_counts(measure: str, arm: Arm, control: Arm) -> Crude | None:
    """Return the effect of the counts; None where one is not known, or where all or none in an arm had the event."""
    a, n = known(arm, "events"), known(arm, "participants")
    b, m = known(control, "events"), known(control, "participants")
    if None in (a, n, b, m) or not (0 < a < n and 0 < b < m):
        return None
    if measure == "OR":
        return Crude((a / (n - a)) / (b / (m - b)), 0.0)
    return Crude((a / n) / (b / m) if measure == "RR" else a / n - b / m, 0.0)


def _difference(arm: Arm, control: Arm) -> Crude | None:
    """Return the difference of the means; None where one is not known."""
    first, second = arm.get("mean"), control.get("mean")
    if first is None or second is None:
        return None
    return Crude(first - second, _blur(first) + _blur(second))


def _told(measure: str, arm: Arm, control: Arm) -> str:
    """Say what an effect was recomputed from."""
    if measure == "MD":
        return f"means of {arm['mean']:g} and {control['mean']:g}"
    counts = (f"{one['events']}/{one['participants']}" for one in (arm, control))
    return f"{' v '.join(counts)} events"


def _blur(number: float) -> float:
    """Return half a unit of the last digit of a number, as its shortest text has it."""
    _, point, decimals = repr(number).partition(".")
    return 0.5 if not point or decimals == "0" else 0.5 * 10.0 ** -len(decimals)


def _fits(data: Mapping[str, Any], crude: float) -> bool:
    """Whether there is nothing to look at: the arms give a value on the side of the estimate, inside its interval."""
    ratio = data["measure"] in RATIOS
    estimate, low, high = data["estimate"], data.get("ci_low"), data.get("ci_high")
    same_side = (estimate > 1) == (crude > 1) if ratio else (estimate > 0) == (crude > 0)
    return same_side and is_number(low) and is_number(high) and low <= crude <= high


def _is_turned(item: Item, crude: Crude, scale: int) -> bool:
    """Whether the estimate, as rounded, is the inverse of the value of the arms, or its negative, and not the value."""
    stated, ratio = reported(item, "estimate"), item.data["measure"] in RATIOS
    if stated is None:
        return False
    low, high, no_effect = float(stated.low), float(stated.high), 1.0 if ratio else 0.0
    value, blur = crude.value * scale, crude.blur * scale
    if low <= no_effect <= high or abs(value - no_effect) <= blur or (value > no_effect) == (low > no_effect):
        return False
    turned = 1 / value if ratio else -value
    return low - blur <= turned <= high + blur


def _is_single_study(item: Item) -> bool:
    """Whether one experiment compared two groups; pooled and observational estimates may differ from crude ones."""
    return item.path[0] in ("trials", "preclinical") or "study_effects" in item.path


def _is_far(item: Item, pair: tuple[Arm, Arm], crude: Crude, scale: int) -> bool:
    """Whether the value of the arms lies outside the stated interval, and the estimate outside theirs.

    Where one of the two intervals is not known, the other decides alone; an interval of means without their standard
    deviations is never known, and the stated one then counts twice as wide.
    """
    stated = reported(item, "estimate")
    theirs = _interval(item.data["measure"], pair, crude)
    low, high = (reported(item, key) if key in item.data else None for key in ("ci_low", "ci_high"))
    if stated is None or (theirs is None and (low is None or high is None)):
        return False
    value, blur = crude.value * scale, crude.blur * scale
    if theirs is not None and float(stated.high) >= theirs.low * scale and float(stated.low) <= theirs.high * scale:
        return False
    if low is None or high is None:
        return True
    extra = float(high.value - low.value) / 2 if theirs is None else 0.0
    return value + blur < float(low.low) - extra or value - blur > float(high.high) + extra


def _interval(measure: str, pair: tuple[Arm, Arm], crude: Crude) -> Range | None:
    """Return the 95 % interval of the value of the arms; None for means whose standard errors are not known."""
    if measure != "MD":
        from evgrade.stats import two_by_two  # noqa: PLC0415 - loads statistics

        counts = [one[key] for one in pair for key in ("events", "participants")]
        compute = {"RR": two_by_two.risk_ratio, "OR": two_by_two.odds_ratio, "RD": two_by_two.risk_difference}[measure]
        effect = compute(two_by_two.TwoByTwo(*counts))
        return None if effect is None else Range(effect.low, effect.high)
    errors = []
    for arm in pair:
        people, sd = known(arm, "participants"), arm.get("sd")
        if not people or sd is None:
            return None
        errors.append(sd / math.sqrt(people))
    # Three standard errors, not two: small arms have the t distribution, and standard deviations are rounded.
    reach = 3 * math.hypot(*errors) + crude.blur
    return Range(crude.value - reach, crude.value + reach)
