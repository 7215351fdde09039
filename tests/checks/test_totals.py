"""Parts and the whole that they belong to: arms, studies of an outcome, kinds of harm."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.model import Severity
from tests.checks.building import found


def trial(**facts: Any) -> list[dict[str, Any]]:
    return [{"id": "trial", "statement": "A trial.", **facts}]


def arms(*counts: int | None, key: str = "participants") -> list[dict[str, Any]]:
    return [{"name": "an arm"} | ({} if n is None else {key: n}) for n in counts]


WARNING, ERROR = Severity.WARNING, Severity.ERROR


@pytest.mark.parametrize("key", ["participants", "completed"])
@pytest.mark.parametrize(
    ("model", "counts", "severity"),
    [
        ("parallel", (50, 50), None),
        ("parallel", (50, 49), WARNING),
        ("parallel", (50, 51), WARNING),
        ("parallel", (100, 100), WARNING),
        ("parallel", (101, None), ERROR),
        ("parallel", (50, None), None),
        ("parallel", (50,), None),  # the other arm may be left out
        ("single_group", (50,), WARNING),
        ("crossover", (100, 100), None),
        ("crossover", (60, 60), None),
        ("crossover", (40, 40), WARNING),
        ("crossover", (100, 101), ERROR),
        ("factorial", (50, 50, 50, 50), None),
        (None, (100, 100), None),  # a crossover trial, it seems
        (None, (100, 50), WARNING),
        ("unclear", (100, 100), None),
        ("parallel", (), None),
    ],
)
def test_arms_add_up_to_the_trial(
    key: str, model: str | None, counts: tuple[int | None, ...], severity: Severity | None
) -> None:
    facts = {key: 100, "arms": arms(*counts, key=key)} | ({} if model is None else {"intervention_model": model})
    findings = found("count-arms", trials=trial(**facts))
    assert [finding.severity for finding in findings] == ([] if severity is None else [severity])


@given(st.lists(st.integers(0, 500), min_size=1, max_size=5))
def test_a_trial_that_is_the_sum_of_its_arms_is_never_found(counts: list[int]) -> None:
    trials = trial(participants=sum(counts), intervention_model="parallel", arms=arms(*counts))
    assert found("count-arms", trials=trials) == []


def analysed(*counts: int, roles: tuple[str, ...] = ("intervention", "control")) -> dict[str, Any]:
    pairs = zip(roles, counts, strict=False)
    return {"outcome": "death", "arms": [{"name": role, "role": role, "participants": n} for role, n in pairs]}


@pytest.mark.parametrize(
    ("model", "effect", "many"),
    [
        ("parallel", analysed(50, 50), 0),
        ("parallel", analysed(50, 51), 1),
        ("parallel", analysed(101, 50), 1),
        ("parallel", analysed(60, 60, roles=("intervention", "intervention")), 0),  # one dose, and all doses
        ("crossover", analysed(100, 100), 0),
        ("crossover", analysed(100, 101), 1),
        ("single_group", analysed(100, 100), 0),  # before and after
        ("unclear", analysed(100, 100), 0),
    ],
)
def test_nobody_is_analysed_who_did_not_take_part(model: str, effect: dict[str, Any], many: int) -> None:
    trials = trial(participants=100, intervention_model=model, effects=[effect])
    assert len(found("count-analysed", trials=trials)) == many


def test_analysed_of_an_outcome_a_synthesis_and_an_unknown_number() -> None:
    outcome = {"id": "death", "name": "death", "participants": 100, "effect": analysed(101, 50)}
    (finding,) = found("count-analysed", outcomes=[outcome])
    assert finding.location.path == ("outcomes", 0, "effect", "arms", 0, "participants")
    review = {"id": "review", "statement": "A review.", "participants": 100, "effects": [analysed(50, 101)]}
    assert len(found("count-analysed", syntheses=[review])) == 1
    assert found("count-analysed", trials=trial(effects=[analysed(101, 50)])) == []


TWO_TRIALS = [{"id": name, "statement": "A trial.", "participants": n} for name, n in (("one", 40), ("two", 60))]


@pytest.mark.parametrize(
    ("facts", "at"),
    [
        ({"studies": 2, "participants": 100}, None),
        ({"studies": 2, "participants": 80}, None),
        ({"studies": 2, "participants": 101}, "participants"),
        ({"studies": 1}, "studies"),
        ({"studies": 3, "participants": 200}, None),  # one is not named
        ({"participants": 200}, None),
    ],
)
def test_an_outcome_adds_up_to_its_studies(facts: dict[str, int], at: str | None) -> None:
    outcome = {"id": "death", "name": "death", "contributing": ["one", "two"], **facts}
    findings = found("count-contributing", trials=TWO_TRIALS, outcomes=[outcome])
    assert [finding.location.path[-1] for finding in findings] == ([] if at is None else [at])


def test_a_review_among_the_contributing_is_no_study() -> None:
    review = {"id": "review", "statement": "A review of three trials.", "participants": 300}
    outcome = {"id": "death", "name": "death", "contributing": ["one", "review"], "studies": 2, "participants": 200}
    assert found("count-contributing", trials=TWO_TRIALS, syntheses=[review], outcomes=[outcome]) == []
    unknown = [{"id": "one", "statement": "A trial."}, TWO_TRIALS[1]]
    outcome["contributing"] = ["one", "two"]
    assert found("count-contributing", trials=unknown, outcomes=[outcome]) == []


def harmed(n: int, of: int = 100, **facts: Any) -> dict[str, Any]:
    return {"n": n, "of": of, **facts}


@pytest.mark.parametrize(
    ("safety", "path"),
    [
        ({"any": harmed(5), "serious": harmed(5)}, None),
        ({"any": harmed(5), "serious": harmed(6)}, "serious"),
        ({"serious": harmed(5), "died": harmed(6)}, "died"),
        ({"serious": harmed(5), "hospitalized": harmed(6)}, "hospitalized"),
        ({"any": harmed(5), "died": harmed(6)}, "died"),
        ({"any": harmed(5), "serious": harmed(6, of=120)}, None),
        ({"any": harmed(5, counts="attributed"), "serious": harmed(6, counts="all_causes")}, None),
        ({"any": harmed(5, counts="all_causes"), "serious": harmed(6, counts="attributed")}, "serious"),
        ({"any": harmed(5, counts="attributed"), "serious": harmed(6)}, None),
        ({"any": harmed(5, source="a trial"), "serious": harmed(6, source="another")}, None),
        ({"any": harmed(5), "serious": {"n": 6}}, None),
        ({"hospitalized": harmed(5), "died": harmed(6)}, None),
    ],
)
def test_serious_harms_are_among_all_harms(safety: dict[str, Any], path: str | None) -> None:
    findings = found("count-serious", safety=safety)
    assert [finding.location.path[1] for finding in findings] == ([] if path is None else [path])


def test_a_death_too_many_is_told_once() -> None:
    assert len(found("count-serious", safety={"any": harmed(5), "serious": harmed(5), "died": harmed(6)})) == 1


@pytest.mark.parametrize(
    ("event", "many"),
    [
        ({"of": 100}, 0),
        ({"of": 101}, 1),
        ({"of": 101, "agent": "same", "therapy_dose": True}, 1),
        ({"of": 101, "agent": "related"}, 0),
        ({"of": 101, "therapy_dose": False}, 0),
        ({}, 0),
    ],
)
def test_harms_are_counted_among_the_exposed(event: dict[str, Any], many: int) -> None:
    events = [{"id": "nausea", "name": "nausea", **event}]
    assert len(found("count-exposed", safety={"exposed": 100, "adverse_events": events})) == many
    assert found("count-exposed", safety={"adverse_events": events}) == []


def test_harms_among_more_than_the_exposed_are_told_once_where_most_were_looked_at() -> None:
    safety = {"exposed": 100, "any": harmed(3, of=101), "died": harmed(0, of=102), "serious": harmed(1, of=101)}
    (finding,) = found("count-exposed", safety=safety)
    assert finding.location.path == ("safety", "died", "of")
    assert finding.message == "this was counted among 102 people, but only 100 were exposed"


def test_a_sum_is_told_with_its_terms_where_they_are_few() -> None:
    for counts, told in (
        ((4,), "to 4 participants"),
        ((4, 5), "to 4 + 5 = 9 participants"),
        ((1,) * 60, "to 60 participants"),
    ):
        (finding,) = found(
            "count-arms", trials=trial(participants=90, intervention_model="single_group", arms=arms(*counts))
        )
        assert told in finding.message
