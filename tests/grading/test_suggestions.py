"""What numbers suggest stands beside what reviewers judged, with the number and the threshold, and changes no grade."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.grading.assess import assess
from evgrade.grading.assessment import Assessment, Suggested
from evgrade.render.machine import assessment_data
from evgrade.rubric.load import load_rubric
from tests.grading.building import dossier

GRADE = load_rubric("grade")
CROSSING = {"outcome": "death", "measure": "RR", "estimate": 0.9, "ci_low": 0.7, "ci_high": 1.2}
CLEAR = {"outcome": "death", "measure": "RR", "estimate": 0.7, "ci_low": 0.6, "ci_high": 0.8}


def outcome(**fields: Any) -> dict[str, Any]:
    return {"id": "o", "name": "death", "importance": "critical", "design": "randomized", **fields}


def suggested(name: str, **fields: Any) -> Suggested:
    (found,) = (one for one in assess(dossier(outcomes=[outcome(**fields)]), GRADE).suggestions if one.name == name)
    return found


def arms(one: int, other: int, of: int = 1000) -> list[dict[str, Any]]:
    return [
        {"name": "therapy", "role": "intervention", "events": one, "participants": of},
        {"name": "control", "role": "control", "events": other, "participants": of},
    ]


def grades(assessment: Assessment) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.grade, one.possible) for one in assessment.domains]


def test_the_number_and_the_threshold_stand_in_the_reason() -> None:
    one = suggested("imprecision", effect=CROSSING)
    assert one.judgement == "serious"
    assert one.because == ("the interval, RR from 0.7 to 1.2, includes 1 (no effect)",)
    few = suggested("imprecision", effect={**CLEAR, "arms": arms(100, 150)})
    assert (few.judgement, few.because) == ("serious", ("events 250, below 300",))


def test_why_nothing_is_to_be_said_against_it_stands_there_too() -> None:
    one = suggested("imprecision", effect={**CLEAR, "arms": arms(400, 500)})
    assert one.judgement == "not_serious"
    assert one.because[0] == "the interval, RR from 0.6 to 0.8, does not include 1 (no effect)"
    assert "events 900, not below 300" in one.because


def test_the_smallest_important_effect_takes_the_place_of_no_effect() -> None:
    one = suggested("imprecision", effect={**CLEAR, "arms": arms(400, 500)}, smallest_important_effect=0.75)
    assert one.judgement == "serious"
    assert one.because == ("the interval, RR from 0.6 to 0.8, includes 0.75 (the smallest important effect)",)


def test_the_reviewers_judgement_counts_and_a_different_one_is_marked() -> None:
    judged = {"imprecision": {"judgement": "not_serious", "reason": "Both ends mean the same to patients."}}
    one = suggested("imprecision", effect=CROSSING, **judged)
    assert (one.judgement, one.stated, one.differs) == ("serious", "not_serious", True)
    assert one.stated_reason == "Both ends mean the same to patients."
    same = suggested("imprecision", effect=CROSSING, imprecision={"judgement": "serious"})
    assert not same.differs


@given(st.sampled_from(["not_serious", "serious", "very_serious", None]), st.booleans())
def test_no_suggestion_ever_changes_a_grade(judgement: str | None, with_numbers: bool) -> None:
    fields: dict[str, Any] = {} if judgement is None else {"imprecision": {"judgement": judgement}}
    without = assess(dossier(outcomes=[outcome(**fields)]), GRADE)
    numbers = {"effect": CROSSING} if with_numbers else {"effect": {**CLEAR, "arms": arms(900, 990)}}
    graded = assess(dossier(outcomes=[outcome(**fields, **numbers)]), GRADE)
    assert [(one.grade, one.possible) for one in graded.domains] == [
        (one.grade, one.possible) for one in without.domains
    ]


def test_what_the_numbers_leave_open_is_not_suggested() -> None:
    one = suggested("imprecision", effect=CLEAR)  # how many events is not told
    assert one.judgement is None
    assert one.possible == ("very_serious", "serious", "not_serious")
    assert one.missing == ("effect.arms",)
    assert one.rule is None


def test_a_large_effect_is_suggested_of_non_randomized_studies_only() -> None:
    effect = {**CLEAR, "estimate": 0.4, "ci_low": 0.3, "ci_high": 0.5}
    assert suggested("large_effect", design="non_randomized", effect=effect).judgement == "large"
    names = [one.name for one in assess(dossier(outcomes=[outcome(effect=effect)]), GRADE).suggestions]
    assert "large_effect" not in names


@pytest.mark.parametrize(
    ("low", "high", "judgement"), [(0.55, 0.7, "not_serious"), (0.6, 0.9, "not_serious"), (1.3, 2.2, "very_serious")]
)
def test_studies_that_miss_each_other_are_inconsistent(low: float, high: float, judgement: str) -> None:
    studies = [
        {"outcome": "death", "measure": "RR", "estimate": (a * b) ** 0.5, "ci_low": a, "ci_high": b}
        for a, b in ((0.6, 0.8), (low, high))
    ]
    assert (
        suggested(
            "inconsistency",
            studies=2,
            i_squared=0,
            prediction_low=0.5,
            prediction_high=0.9,
            effect=CLEAR,
            study_effects=studies,
        ).judgement
        == judgement
    )


def test_machine_output_has_them_all() -> None:
    data = assessment_data(assess(dossier(outcomes=[outcome(effect=CROSSING)]), GRADE))
    one = data["suggestions"][0]
    assert (one["name"], one["judgement"], one["stated"], one["differs"]) == ("imprecision", "serious", None, False)
    assert one["rule"]["name"] == "crosses-a-threshold"
