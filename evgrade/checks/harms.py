"""Checks of harms: rates still possible when no harm was seen, and counts at a dose other than the therapy's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.facts import known
from evgrade.model import Path, Severity
from evgrade.stats.zero_events import upper_bound

_COMMON = 0.01
"""A harm of this share of people is called common (CIOMS Working Groups III and V)."""

_MICROGRAMS = {"µg": 1, "μg": 1, "ug": 1, "mcg": 1, "mg": 1_000, "g": 1_000_000}


@check("claim-no-harm", on="safety", severity=Severity.NOTE, needs_one_of=("any", "serious", "died", "exposed"))
def none_in_a_few(item: Item) -> Iterator[Problem]:
    """That nobody was harmed is said of enough people to exclude a common harm."""
    found = _nobody_harmed(item.data)
    if found is None:
        return
    path, people, what = found
    bound = upper_bound(people)
    if bound > _COMMON:
        yield Problem(
            f"{what} in {people} {'person' if people == 1 else 'people'} leaves up to {100 * bound:.2g}% possible "
            "(upper 95% bound)",
            at=path,
            hint="say so if you call it safe: excluding a common harm (1% or more) takes at least 299 people",
        )


def _nobody_harmed(safety: Mapping[str, Any]) -> tuple[Path, int, str] | None:
    """Return where it is said that nobody was harmed, of how many people, and in which words; widest first."""
    for key, what in (("any", "no harm"), ("serious", "no serious harm"), ("died", "no death")):
        harmed = safety.get(key, {})
        if known(harmed, "n") == 0 and known(harmed, "of"):
            return (key, "n"), harmed["of"], what
    exposed = known(safety, "exposed")
    if exposed and safety.get("adverse_events") == [] and "any" not in safety:
        return ("adverse_events",), exposed, "no harm"
    return None


@check("claim-dose", on=("harmed", "adverse_event", "warning"), severity=Severity.WARNING, needs="dose")
def harm_at_the_dose(item: Item) -> Iterator[Problem]:
    """A harm that counts as one of the therapy's dose was seen at that dose, and one at another dose was not."""
    therapy, own = item.dossier.data["therapy"].get("dose", {}), item.data["dose"]
    is_ours = _is_within(own, therapy)
    declared = known(item.data, "therapy_dose")
    if is_ours is None or is_ours is declared or known(item.data, "agent") == "related":
        return
    if is_ours and declared is None:
        return
    yield Problem(
        f"this was seen at {_describe(own)}, but the dose under review is {_describe(therapy)}",
        at=("dose", "amount"),
        hint=_hint(item, is_ours=is_ours),
        related=(("therapy", "dose"),),
        severity=Severity.NOTE if declared is None and "id" in item.data else None,
    )


def _hint(item: Item, *, is_ours: bool) -> str:
    if "id" in item.data:
        return f"write `therapy_dose: {str(is_ours).lower()}`, or correct a dose"
    return "count the harm at the dose under review, or say in `notes` why this one counts and waive this"


def _is_within(dose: Mapping[str, Any], therapy: Mapping[str, Any]) -> bool | None:
    """Whether a dose is the therapy's; None where the two cannot be compared, or are the same but in part."""
    if any(known(it, key) is None for it in (dose, therapy) for key in ("amount", "unit", "per")):
        return None
    if dose["per"] != therapy["per"] or _unit(dose) != _unit(therapy):
        return None
    (low, high), (lowest, highest) = _range(dose), _range(therapy)
    if lowest <= low and high <= highest:
        routes = known(dose, "route"), known(therapy, "route")
        return None if None not in routes and routes[0] != routes[1] else True
    return False if high < lowest or highest < low else None


def _unit(dose: Mapping[str, Any]) -> str:
    unit = str(dose["unit"]).strip().casefold()
    return "g" if unit in _MICROGRAMS else unit


def _range(dose: Mapping[str, Any]) -> tuple[float, float]:
    """Return the lowest and the highest amount of a dose, masses in micrograms."""
    factor = _MICROGRAMS.get(str(dose["unit"]).strip().casefold(), 1)
    return dose["amount"] * factor, max(dose["amount"], dose.get("amount_high", 0)) * factor


def _describe(dose: Mapping[str, Any]) -> str:
    amount = f"{dose['amount']} to {dose['amount_high']}" if "amount_high" in dose else str(dose["amount"])
    return f"{amount} {dose['unit']} per {dose['per']}" if dose["per"] != "once" else f"{amount} {dose['unit']} once"
