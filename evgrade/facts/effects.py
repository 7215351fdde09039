"""An effect as a dossier states it: its measure, the two arms that it compares, and its 95% interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from evgrade.facts.known import NOT_ESTIMABLE, Range, bounds_of, known

RATIOS = frozenset({"RR", "OR", "HR", "rate_ratio", "ratio_of_means"})
"""Measures with intervals that are symmetric on the logarithmic scale; 1 means no effect."""

DIFFERENCES = frozenset({"RD", "MD", "SMD", "log_ratio", "coefficient"})
"""Measures with symmetric intervals; 0 means no effect."""

Arm = Mapping[str, Any]
Pair = tuple[Arm, Arm]

Ends = tuple[Range, Range]
"""The lower and upper end of an interval, each with the range of values before rounding."""

_YEARS = {"hours": 1 / 8766, "days": 1 / 365.25, "weeks": 7 / 365.25, "months": 1 / 12, "years": 1.0}


def no_effect(measure: str | None) -> float | None:
    """Return the value of a measure that means no effect, None for an unknown measure."""
    if measure in RATIOS:
        return 1.0
    return 0.0 if measure in DIFFERENCES else None


def two_arms(effect: Mapping[str, Any]) -> Pair | None:
    """Return the therapy arm and the control arm, if the effect has these two and no others."""
    arms: Sequence[Arm] = effect.get("arms", ())
    if len(arms) != 2:
        return None
    one, other = arms
    roles = one.get("role"), other.get("role")
    if roles == ("intervention", "control"):
        return one, other
    return (other, one) if roles == ("control", "intervention") else None


def counts_people(effect: Mapping[str, Any], arm: Arm) -> bool:
    """Whether the events of an arm are people, each counted once."""
    usual = "events" if effect.get("measure") == "rate_ratio" else "people"
    return bool(arm.get("events_count", usual) == "people")


def counts_of(effect: Mapping[str, Any], role: str) -> tuple[int, int] | None:
    """Return the people with the event and all people in the only arm with this role; None if unknown or impossible."""
    found = [arm for arm in known(effect, "arms") or () if known(arm, "role") == role]
    if len(found) != 1 or not counts_people(effect, found[0]):
        return None
    events, people = known(found[0], "events"), known(found[0], "participants")
    return None if events is None or not people or events > people else (events, people)


def counts_of_two(effect: Mapping[str, Any]) -> tuple[int, int, int, int] | None:
    """Return people with the event and all people, for the therapy, then for the control; None if one is unknown."""
    pair = two_arms(effect) or ()
    if not pair or not all(counts_people(effect, arm) for arm in pair):
        return None
    a, n, b, m = (known(arm, key) for arm in pair for key in ("events", "participants"))
    return None if None in (a, n, b, m) else (a, n, b, m)


def rates_of_two(effect: Mapping[str, Any]) -> tuple[int, float, int, float] | None:
    """Return events and person-years, for the therapy, then for the control; None if one is unknown."""
    found: list[Any] = []
    for arm in two_arms(effect) or ():
        events, time = known(arm, "events"), known(arm, "person_time") or {}
        amount, unit = known(time, "amount"), known(time, "unit")
        if events is None or not amount or unit not in _YEARS:
            return None
        found += [events, amount * _YEARS[unit]]
    return (found[0], found[1], found[2], found[3]) if found else None


def interval(effect: Mapping[str, Any]) -> Ends | None:
    """Return the ends of a 95% interval, lower first; None unless both are known and possible for the measure.

    The level is 95% unless the dossier states another. A one-sided 97.5% bound equals that of a two-sided 95% interval.
    An end that could not be estimated, or that a one-sided interval lacks, is infinite; a ratio with an infinite lower
    end gives None.
    """
    ratio = known(effect, "measure") in RATIOS
    low, high = (_end(effect, key) for key in ("ci_low", "ci_high"))
    one_sided = known(effect, "ci_sides") == "one"
    if known(effect, "ci_level") not in ((97.5,) if one_sided else (None, 95)):
        return None
    if one_sided and (low is None) != (high is None):
        low, high = -math.inf if low is None else low, math.inf if high is None else high
    if low is None or high is None:
        return None
    lower, upper = sorted((Range(*map(float, bounds_of(it))) for it in (low, high)), key=bounds_of)
    # A lower end printed as 0 may not be above 0.
    return None if ratio and lower.low <= 0 else (lower, upper)


def is_open(ends: Ends) -> bool:
    """Whether an interval lacks a lower or an upper end."""
    return math.isinf(ends[0].low) or math.isinf(ends[1].high)


def _end(effect: Mapping[str, Any], key: str) -> float | Range | None:
    if effect.get(key) == NOT_ESTIMABLE:
        return -math.inf if key == "ci_low" else math.inf
    end: float | Range | None = known(effect, key)
    return end
