"""Harms that are counted several times: single harms, kinds of harm, control groups, and the concern about them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.model import Severity
from tests.checks.building import found, found_in, read

WARNING, NOTE = Severity.WARNING, Severity.NOTE


def harmed(n: int, of: int = 100, **more: Any) -> dict[str, Any]:
    return {"n": n, "of": of, **more}


def control(n: int, of: int = 100) -> dict[str, Any]:
    return {"control": {"n": n, "of": of}}


def percent(share: float, **more: Any) -> dict[str, Any]:
    return {"percent": share, **more}


@pytest.mark.parametrize(
    ("safety", "path"),
    [
        ({"any": percent(10), "serious": percent(12)}, ("serious", "percent")),
        ({"any": percent(10), "serious": percent(10.4)}, None),  # 10 may be 10.4
        ({"any": percent(10.0), "serious": percent(10.6)}, ("serious", "percent")),
        ({"any": percent(10), "serious": harmed(30)}, ("serious", "n")),
        ({"any": harmed(10), "died": percent(30)}, ("died", "percent")),
        ({"any": harmed(50, **control(3)), "serious": harmed(5, **control(4))}, ("serious", "control", "n")),
        ({"any": harmed(50, **control(3)), "serious": harmed(5, **control(4, of=90))}, None),
        ({"serious": harmed(5, **control(3)), "died": harmed(5, **control(4))}, ("died", "control", "n")),
        ({"any": {"n": 3}, "serious": {"n": 5}}, ("serious", "n")),
        ({"any": harmed(5), "serious": harmed(6, counts="attributed")}, ("serious", "n")),
        ({"any": harmed(5), "serious": harmed(6, counts="all_causes")}, None),
    ],
)
def test_a_part_is_never_more_than_the_whole(safety: dict[str, Any], path: tuple[str, ...] | None) -> None:
    findings = found("count-serious", safety=safety)
    assert [finding.location.path[1:] for finding in findings] == ([] if path is None else [path])


def event(**facts: Any) -> dict[str, Any]:
    return {"id": "nausea", "name": "nausea", **facts}


@pytest.mark.parametrize(
    ("any_harm", "listed", "severity"),
    [
        (harmed(0), event(n=3, of=100), WARNING),
        (harmed(0), event(n=3), WARNING),
        (harmed(0), event(), WARNING),
        (harmed(0), event(percent=3), WARNING),
        (harmed(0), event(source="trial"), WARNING),
        (harmed(0, counts="attributed"), event(n=3, of=100), NOTE),
        (harmed(0), event(n=0, of=100), None),
        (harmed(0), event(n=0), None),
        (harmed(0), event(n=3, of=400), None),  # other people
        (harmed(0), event(source="label"), None),
        (harmed(0), event(source="post_marketing", n=3), None),
        (harmed(0), event(source="label", n=3, of=100), WARNING),
        (harmed(0), event(n=3, of=100, agent="related"), None),
        (harmed(0), event(n=3, of=100, therapy_dose=False), None),
        (harmed(0), event(n=3, of=100, dose={"amount": 1, "unit": "g", "per": "day"}), WARNING),
        (harmed(2), event(n=3, of=100), WARNING),
        (harmed(3), event(n=3, of=100), None),
        (harmed(2), event(n=3), None),  # of more people, perhaps
        (harmed(2), event(percent=2.4), WARNING),
        (percent(2), event(percent=2.4), None),
        (harmed(50, **control(1)), event(n=3, of=100, **control(2)), WARNING),
        (harmed(50, **control(2)), event(n=3, of=100, **control(2)), None),
    ],
)
def test_a_listed_harm_has_room_in_the_count_of_any(
    any_harm: dict[str, Any], listed: dict[str, Any], severity: Severity | None
) -> None:
    findings = found("count-harms", safety={"any": any_harm, "adverse_events": [listed]})
    assert [finding.severity for finding in findings] == ([] if severity is None else [severity])


@pytest.mark.parametrize(
    ("kind", "n", "seriousness", "many"),
    [
        ("serious", 0, "serious", 1),
        ("serious", 0, "died", 1),
        ("serious", 0, "not_serious", 0),
        ("serious", 0, None, 0),
        ("serious", 2, "serious", 0),  # one of the others may have had a mild form
        ("died", 0, "died", 1),
        ("died", 0, "hospitalized", 0),
        ("hospitalized", 0, "hospitalized", 1),
    ],
)
def test_a_serious_harm_is_not_listed_where_nobody_had_any(
    kind: str, n: int, seriousness: str | None, many: int
) -> None:
    listed = event(n=3, of=100) | ({} if seriousness is None else {"seriousness": seriousness})
    assert len(found("count-harms", safety={kind: harmed(n), "adverse_events": [listed]})) == many


def test_harms_of_another_dose_are_of_other_people() -> None:
    low, high = ({"amount": amount, "unit": "mg", "per": "day"} for amount in (1, 9))
    safety = {"any": harmed(0, dose=low), "adverse_events": [event(n=3, of=100, dose=high)]}
    assert found("count-harms", safety=safety) == []


@pytest.mark.parametrize(
    ("safety", "many"),
    [
        ({"any": harmed(3)}, 1),
        ({"died": harmed(1)}, 1),
        ({"died": harmed(1, counts="all_causes")}, 0),  # of the illness
        ({"any": harmed(0)}, 0),
        ({"serious": {}}, 0),
    ],
)
def test_none_found_and_somebody_harmed(safety: dict[str, Any], many: int) -> None:
    assert len(found("count-harms", safety={**safety, "adverse_events": []})) == many


def test_the_numbers_are_told() -> None:
    (finding,) = found("count-harms", safety={"any": harmed(0), "adverse_events": [event(n=3, of=100)]})
    assert finding.message == "nausea occurred in 3 of 100 people, but `any` counts 0 of them"
    (finding,) = found_in("count-serious", read("safety: {any: {percent: 5.0}, serious: {percent: 9.0}}"))
    assert finding.message == "`serious` counts 9.0%, but `any` only 5.0%"


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 2))
def test_counts_that_fit_are_never_found(mild: int, severe: int, deaths: int, places: int) -> None:
    total, everybody = mild + severe + deaths, 200

    def told(n: int) -> dict[str, Any]:
        return {"n": n, "of": everybody} if n % 2 else {"percent": round(100 * n / everybody, places)}

    safety = {
        "any": told(total),
        "serious": told(severe + deaths),
        "died": told(deaths),
        "adverse_events": [{"id": "a", "name": "a", **told(mild)}, {"id": "b", "name": "b", **told(severe)}],
    }
    assert found("count-serious", safety=safety) == found("count-harms", safety=safety) == []


@pytest.mark.parametrize("concern", ["none", "minor", "moderate", "serious", "unclear"])
@pytest.mark.parametrize(
    ("safety", "severity"),
    [
        ({"serious": harmed(90, counts="attributed")}, WARNING),
        ({"serious": harmed(9, of=10, counts="attributed")}, WARNING),
        ({"serious": percent(90, counts="attributed")}, WARNING),
        ({"serious": harmed(90, **control(20))}, WARNING),
        ({"serious": percent(90, counts="all_causes", control={"percent": 20})}, WARNING),
        ({"serious": harmed(90)}, NOTE),
        ({"serious": harmed(90, counts="all_causes", **control(90))}, None),
        ({"serious": harmed(90, counts="all_causes")}, None),
        ({"serious": harmed(9, counts="attributed")}, None),
        ({"hospitalized": harmed(10, counts="attributed")}, WARNING),
        ({"died": harmed(1, counts="attributed")}, WARNING),
        ({"died": harmed(1, of=1000, counts="attributed")}, None),
        ({"serious": {}}, None),
        ({"serious": {"n": 9}}, None),
    ],
)
def test_a_minor_concern_does_not_go_with_much_serious_harm(
    concern: str, safety: dict[str, Any], severity: Severity | None
) -> None:
    findings = found("claim-concern", safety={**safety, "concern": concern})
    expected = severity if concern in ("none", "minor") else None
    assert [finding.severity for finding in findings] == ([] if expected is None else [expected])
