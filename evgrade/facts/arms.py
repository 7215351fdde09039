"""The two arms that an effect compares, and what was counted in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evgrade.facts.known import known

Arm = Mapping[str, Any]
Pair = tuple[Arm, Arm]

_YEARS = {"hours": 1 / 8766, "days": 1 / 365.25, "weeks": 7 / 365.25, "months": 1 / 12, "years": 1.0}


def two_arms(effect: Mapping[str, Any]) -> Pair | None:
    """Return the arm of the therapy and that of the control, if these are all there are."""
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


def counts_of_two(effect: Mapping[str, Any]) -> tuple[int, int, int, int] | None:
    """Return people with the event and all people, of the therapy and of the control; None where one is not known."""
    pair = two_arms(effect) or ()
    if not pair or not all(counts_people(effect, arm) for arm in pair):
        return None
    a, n, b, m = (known(arm, key) for arm in pair for key in ("events", "participants"))
    return None if None in (a, n, b, m) else (a, n, b, m)


def rates_of_two(effect: Mapping[str, Any]) -> tuple[int, float, int, float] | None:
    """Return events and years of person-time, of the therapy and of the control; None where one is not known."""
    found: list[Any] = []
    for arm in two_arms(effect) or ():
        events, time = known(arm, "events"), known(arm, "person_time") or {}
        amount, unit = known(time, "amount"), known(time, "unit")
        if events is None or not amount or unit not in _YEARS:
            return None
        found += [events, amount * _YEARS[unit]]
    return (found[0], found[1], found[2], found[3]) if found else None
