"""The check of an effect against the counts or means of the two arms that it compares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.checks.crude import Crude, crude
from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.checks.reported import digits, is_number, reported
from evgrade.facts.known import Range, known
from evgrade.facts.measures import RATIOS
from evgrade.model import Severity


@check("effect-arms", on="effect", severity=Severity.WARNING, needs=("measure", "estimate", "arms"))
def estimate_fits_arms(item: Item) -> Iterator[Problem]:
    """An estimate fits the two arms that it compares, with all that adjustment may do to it."""
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
            which = f"and the other way round {digits(inverse)}, inside the interval: is it reversed, and adjusted?"
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


_TURNED = "check whether the estimate compares control with therapy, or counts those without the event"


def _inverse(measure: str, value: float) -> float:
    return 1 / value if measure in RATIOS else -value


def _inside(effect: Mapping[str, Any], value: float) -> bool:
    """Whether a value lies inside the stated interval: adjustment may have moved the estimate from there."""
    low, high = effect.get("ci_low"), effect.get("ci_high")
    return is_number(low) and is_number(high) and low <= value <= high


def _includes_no_effect(effect: Mapping[str, Any]) -> bool:
    return _inside(effect, 1 if effect["measure"] in RATIOS else 0)


def _is_turned(item: Item, found: Crude, scale: int) -> bool:
    """Whether the estimate, as rounded, is the inverse of the value of the arms, or its negative, and not the value."""
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
    """Whether one experiment compared two groups; pooled and observational estimates may differ from crude ones."""
    return item.path[0] in ("trials", "preclinical") or "study_effects" in item.path


def _is_far(item: Item, found: Crude, scale: int) -> bool:
    """Whether the value of the arms lies outside the stated interval, and the estimate outside theirs.

    Where one of the two intervals is not known, the other decides alone; an interval of means without their standard
    deviations is never known, and the stated one then counts twice as wide.
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
