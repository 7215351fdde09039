"""Harms: none seen in a few people, and harms at another dose."""

from __future__ import annotations

from typing import Any

import pytest

from evgrade.model import Severity
from tests.checks.building import found, found_in, read


def none_of(people: int) -> dict[str, int]:
    return {"n": 0, "of": people}


@pytest.mark.parametrize(
    ("safety", "message"),
    [
        ({"serious": none_of(15)}, "no serious harm in 15 people leaves up to 18% possible (upper 95% bound)"),
        ({"any": none_of(1)}, "no harm in 1 person leaves up to 95% possible (upper 95% bound)"),
        (
            {"any": none_of(15), "serious": none_of(15)},
            "no harm in 15 people leaves up to 18% possible (upper 95% bound)",
        ),
        ({"died": none_of(298)}, "no death in 298 people leaves up to 1% possible (upper 95% bound)"),
        ({"died": none_of(299)}, None),
        ({"serious": {"n": 1, "of": 15}}, None),
        ({"serious": {"n": 0}}, None),
        ({"exposed": 15, "adverse_events": []}, "no harm in 15 people leaves up to 18% possible (upper 95% bound)"),
        ({"exposed": 15, "adverse_events": [], "any": {"n": 2, "of": 15}}, None),
        ({"exposed": 0, "adverse_events": []}, None),
        ({"adverse_events": []}, None),
        ({"exposed": 15}, None),
        ({"exposed": 15, "concern": "none"}, None),
    ],
)
def test_no_harm_in_a_few_people_leaves_much_possible(safety: dict[str, Any], message: str | None) -> None:
    findings = found("claim-no-harm", safety=safety)
    assert [finding.message for finding in findings] == ([] if message is None else [message])
    assert all(finding.severity is Severity.NOTE for finding in findings)


DAILY = "amount: 4.5, unit: mg, per: day"


def at(dose: str, *, therapy: str = DAILY, facts: str = "") -> list[Severity]:
    """Return the severities of what is found of a single harm at a dose."""
    return _dose(f"adverse_events: [{{id: nausea, name: nausea, dose: {{{dose}}}, {facts}}}]", therapy)


def _dose(safety: str, therapy: str = DAILY) -> list[Severity]:
    text = f"safety: {{{safety}}}"
    checked = read(text, therapy=f"{{name: a therapy, dose: {{{therapy}}}}}")
    return [finding.severity for finding in found_in("claim-dose", checked)]


NOTE, WARNING = [Severity.NOTE], [Severity.WARNING]


@pytest.mark.parametrize(
    ("dose", "is_ours"),
    [
        (DAILY, True),
        ("amount: 4500, unit: µg, per: day", True),
        ("amount: 4500, unit: MCG, per: day", True),
        ("amount: 50, unit: mg, per: day", False),
        ("amount: 0.05, unit: g, per: day", False),
        ("amount: 1, amount_high: 4, unit: mg, per: day", False),
        ("amount: 4, amount_high: 50, unit: mg, per: day", None),  # in part
        ("amount: 50, unit: mg", None),
        ("amount: 50, unit: mg, per: week", None),
        ("amount: 50, unit: tablets, per: day", None),
        ("unit: mg, per: day", None),
    ],
)
def test_a_harm_is_marked_by_its_dose(dose: str, is_ours: bool | None) -> None:
    assert at(dose) == (NOTE if is_ours is False else [])
    assert at(dose, facts="therapy_dose: unclear") == (NOTE if is_ours is False else [])
    assert at(dose, facts="therapy_dose: true") == (WARNING if is_ours is False else [])
    assert at(dose, facts="therapy_dose: false") == (WARNING if is_ours is True else [])
    assert at(dose, facts="agent: related, therapy_dose: true") == []
    assert _dose(f"serious: {{n: 1, of: 50, dose: {{{dose}}}}}") == (WARNING if is_ours is False else [])


def test_another_route_is_not_the_same_dose() -> None:
    oral, injected = f"{DAILY}, route: oral", f"{DAILY}, route: subcutaneous"
    assert at(injected, therapy=oral, facts="therapy_dose: false") == []
    assert at(oral, therapy=oral, facts="therapy_dose: false") == WARNING


def test_a_dose_within_the_range_of_the_therapy() -> None:
    for amount, expected in (("3", []), ("4.5", []), ("5", NOTE), ("2", NOTE)):
        therapy = "amount: 3, amount_high: 4.5, unit: mg, per: day"
        assert at(f"amount: {amount}, unit: mg, per: day", therapy=therapy) == expected
