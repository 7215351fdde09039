"""People and events that do not add up: what is found, and what is possible and let pass."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.model import Severity
from tests.checks.building import found, found_in, read


def case(**facts: Any) -> list[dict[str, Any]]:
    return [{"id": "cohort", "statement": "A cohort.", **facts}]


def responses(*counts: int | None) -> list[dict[str, Any]]:
    return [{"label": "an answer"} | ({} if n is None else {"n": n}) for n in counts]


@pytest.mark.parametrize(
    ("counts", "severity"),
    [
        ((7, 3, 4), Severity.WARNING),
        ((7, 3, 5), None),
        ((7, 3, 6), Severity.ERROR),
        ((7, 3, None), None),
        ((7, 9, None), Severity.ERROR),
        ((None,), None),
        ((), None),
    ],
)
def test_responses_add_up_to_the_evaluated(counts: tuple[int | None, ...], severity: Severity | None) -> None:
    findings = found("count-responses", cases=case(evaluated=15, responses=responses(*counts)))
    assert [finding.severity for finding in findings] == ([] if severity is None else [severity])


def test_responses_of_an_unknown_number_of_people_are_let_pass() -> None:
    assert found("count-responses", cases=case(responses=responses(7, 3))) == []


@pytest.mark.parametrize("kind", ["any", "serious", "hospitalized", "died"])
def test_more_harmed_than_exposed(kind: str) -> None:
    (finding,) = found("count-above-total", safety={kind: {"n": 12, "of": 11}})
    assert finding.severity is Severity.ERROR
    assert finding.location.path == ("safety", kind, "n")
    assert finding.message == "12 of 11 people"
    assert found("count-above-total", safety={kind: {"n": 11, "of": 11}}) == []
    assert found("count-above-total", safety={kind: {"n": 12}}) == []


def test_more_in_the_control_group_and_of_a_single_harm() -> None:
    assert len(found("count-above-total", safety={"any": {"control": {"n": 3, "of": 2}}})) == 1
    event = {"id": "nausea", "name": "nausea", "n": 3, "of": 2}
    assert len(found("count-above-total", safety={"adverse_events": [event]})) == 1


def test_more_events_than_people_in_an_arm() -> None:
    def events(n: int) -> list[dict[str, Any]]:
        effect = {"outcome": "death", "arms": [{"name": "therapy", "participants": 20, "events": n}]}
        return [{"id": "trial", "statement": "A trial.", "effects": [effect]}]

    (finding,) = found("count-above-total", trials=events(21))
    assert finding.location.path == ("trials", 0, "effects", 0, "arms", 0, "events")
    assert found("count-above-total", trials=events(20)) == []


@pytest.mark.parametrize(
    ("totals", "many"),
    [({"evaluated": 15}, True), ({"users": 15}, True), ({"evaluated": 15, "users": 31}, False), ({}, False)],
)
def test_more_with_a_benefit_than_could_report_one(totals: dict[str, int], many: bool) -> None:
    cases = case(**totals, benefits=[{"description": "more energy", "n": 16}])
    assert bool(found("count-above-total", cases=cases)) is many


def test_too_many_responses_are_told_once() -> None:
    cases = case(evaluated=15, responses=responses(16))
    assert found("count-above-total", cases=cases) == []
    assert len(found("count-responses", cases=cases)) == 1


@pytest.mark.parametrize(
    ("n", "of", "percent", "fits"),
    [
        (7, 15, "47", True),
        (7, 15, "46.7", True),
        (7, 15, "46.67", True),
        (7, 15, "46", False),
        (7, 15, "46.6", False),
        (7, 15, "47.0", False),
        (1, 8, "12.5", True),
        (1, 8, "12", True),  # half to even
        (1, 8, "13", True),  # half up
        (1, 8, "12.50", True),
        (1, 8, "12.4", False),
        (0, 8, "0", True),
        (8, 8, "100", True),
        (8, 8, "99", False),
        (1, 3, "&third 33.3", True),
        (1, 3, "0x21", True),
    ],
)
def test_a_percentage_is_rounded_from_its_count(n: int, of: int, percent: str, fits: bool) -> None:
    checked = read(f"safety: {{any: {{n: {n}, of: {of}, percent: {percent} }}}}")
    findings = found_in("count-percent", checked)
    assert (findings == []) is fits
    assert all(finding.location.path == ("safety", "any", "percent") for finding in findings)


def test_a_wrong_percentage_is_told_with_the_right_one() -> None:
    (finding,) = found("count-percent", safety={"any": {"n": 7, "of": 15, "percent": 49}})
    assert finding.message == "7 of 15 is 46.7%, not 49%"
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("n", "of", "percent", "message"),
    [
        (2, 3, "66", "2 of 3 is 66.7%, not 66%: cut off rather than rounded"),
        (36, 84, "42", "36 of 84 is 42.9%, not 42%: cut off rather than rounded"),
        (1, 17, "5.8", "1 of 17 is 5.88%, not 5.8%: cut off rather than rounded"),
        (12, 33, "37", "12 of 33 is 36.4%, not 37%: rounded up rather than down"),
        (7, 15, "48", "7 of 15 is 46.7%, not 48%: off by one in its last digit"),
        (7, 15, "46.8", "7 of 15 is 46.67%, not 46.8%: off by one in its last digit"),
        (3, 24, "28", None),
        (8, 17, "23.53", None),
        (7, 15, "49", None),
        (0, 50, "1", None),  # nobody is no matter of rounding
        (50, 50, "99", None),
    ],
)
def test_a_last_digit_is_a_note_that_says_how_it_slipped(n: int, of: int, percent: str, message: str | None) -> None:
    (finding,) = found_in("count-percent", read(f"safety: {{any: {{n: {n}, of: {of}, percent: {percent}}}}}"))
    assert finding.severity is (Severity.WARNING if message is None else Severity.NOTE)
    assert message is None or finding.message == message


def test_of_two_possible_totals_either_may_explain_a_last_digit() -> None:
    cases = case(evaluated=15, users=31, responses=[{"label": "better", "n": 7, "percent": 22}])
    (finding,) = found("count-percent", cases=cases)
    assert (finding.severity, finding.message) == (
        Severity.NOTE,
        "7 of 15 is 46.7% and 7 of 31 is 22.6%, not 22%: cut off rather than rounded",
    )


@pytest.mark.parametrize(("percent", "fits"), [(47, True), (23, True), (30, False)])
def test_the_total_of_a_report_is_those_evaluated_or_the_users(percent: int, fits: bool) -> None:
    for key in ("responses", "benefits"):
        entry = {"label" if key == "responses" else "description": "better", "n": 7, "percent": percent}
        assert (found("count-percent", cases=case(evaluated=15, users=31, **{key: [entry]})) == []) is fits


def test_a_percentage_of_an_arm() -> None:
    def arm(percent: float) -> list[dict[str, Any]]:
        arms = [{"name": "therapy", "participants": 236, "events": 102, "percent": percent}]
        return [{"id": "trial", "statement": "A trial.", "effects": [{"outcome": "death", "arms": arms}]}]

    assert found("count-percent", trials=arm(43.2)) == []
    assert len(found("count-percent", trials=arm(42.3))) == 1


def test_a_percentage_without_count_or_total_is_let_pass() -> None:
    assert found("count-percent", safety={"any": {"percent": 48, "of": 15}}) == []
    assert found("count-percent", safety={"any": {"percent": 48, "n": 15}}) == []
    nobody = case(evaluated=0, users=31, benefits=[{"description": "more energy", "n": 1, "percent": 50}])
    assert found("count-percent", cases=nobody) == []


@given(
    of=st.integers(1, 3000),
    data=st.data(),
    decimals=st.integers(0, 4),
    rounding=st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN]),
)
def test_a_percentage_rounded_rightly_is_never_found(
    of: int, data: st.DataObject, decimals: int, rounding: str
) -> None:
    n = data.draw(st.integers(0, of))
    percent = (Decimal(100 * n) / of).quantize(Decimal(1).scaleb(-decimals), rounding)
    checked = read(f"safety: {{any: {{n: {n}, of: {of}, percent: {percent}}}}}")
    assert found_in("count-percent", checked) == []
    assert found_in("count-above-total", checked) == []


def test_more_evaluated_than_users() -> None:
    (finding,) = found("count-evaluated", cases=case(users=31, evaluated=32))
    assert finding.severity is Severity.ERROR
    assert found("count-evaluated", cases=case(users=31, evaluated=31)) == []
    assert found("count-evaluated", cases=case(evaluated=31)) == []


@pytest.mark.parametrize("section", ["trials", "observational"])
def test_more_completed_than_took_part(section: str) -> None:
    def study(completed: int) -> dict[str, Any]:
        return {section: [{"id": "study", "statement": "A study.", "participants": 50, "completed": completed}]}

    assert len(found("count-completed", **study(51))) == 1
    assert found("count-completed", **study(50)) == []


def test_more_completed_an_arm_than_were_in_it() -> None:
    arms = [{"name": "therapy", "participants": 20, "completed": 21}]
    (finding,) = found("count-completed", trials=[{"id": "trial", "statement": "A trial.", "arms": arms}])
    assert finding.location.path == ("trials", 0, "arms", 0, "completed")


@pytest.mark.parametrize(
    ("arm", "found"),
    [
        ("events: 3, percent: 9.5", 1),
        ("events: 3, percent: 9.5, percent_kind: proportion", 1),
        ("events: 3, percent: 9.5, percent_kind: kaplan_meier", 0),
        ("events: 3, percent: 9.5, percent_kind: cumulative_incidence", 0),
        ("events: 3, percent: 9.5, percent_kind: weighted", 0),
        ("events: 3, percent: 9.5, events_count: events", 0),
        ('events: 3, percent: "< 4"', 0),
        ('events: 3, percent: "<3"', 1),
        ('events: 3, percent: "<1"', 1),
        ('events: 0, percent: "< 0.1"', 0),
    ],
)
def test_a_percentage_that_is_no_share_of_the_counts(arm: str, found: int) -> None:
    text = f"measure: RR, arms: [{{name: a, role: control, participants: 100, {arm}}}]"
    effect = f"trials: [{{id: t, statement: s, effects: [{{outcome: o, {text}}}]}}]"
    assert len(found_in("count-percent", read(effect))) == found
    bare = effect.replace("events: 3, ", "").replace("events: 0, ", "")
    assert len(found_in("effect-percentage", read(bare))) == ("9.5" in arm and "_kind: " not in arm) + (
        "_kind: proportion" in arm
    )


def test_a_percentage_of_a_harm_by_arm() -> None:
    def harms(arm: str) -> str:
        return f"trials: [{{id: t, statement: s, harms: [{{name: nausea, arms: [{{name: a, {arm}}}]}}]}}]"

    assert found_in("count-percent", read(harms("n: 7, of: 10, percent: 31")))
    assert not found_in("count-percent", read(harms('n: 0, of: 200, percent: "< 1"')))
