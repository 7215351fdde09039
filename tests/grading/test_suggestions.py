"""What numbers suggest stands beside what reviewers judged, with the number and the threshold, and changes no grade."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.grading.assess import assess
from evgrade.grading.assessment import Assessment, SuggestedJudgement
from evgrade.render.machine import assessment_data
from evgrade.render.pages.assessment import suggestion_words
from evgrade.rubric.load import load_rubric
from tests.checks.building import read
from tests.grading.building import dossier

GRADE = load_rubric("grade")
CROSSING = {"outcome": "death", "measure": "RR", "estimate": 0.9, "ci_low": 0.7, "ci_high": 1.2}
CLEAR = {"outcome": "death", "measure": "RR", "estimate": 0.7, "ci_low": 0.6, "ci_high": 0.8}


def outcome(**fields: Any) -> dict[str, Any]:
    return {"id": "o", "name": "death", "importance": "critical", "design": "randomized", **fields}


def suggested(name: str, **fields: Any) -> SuggestedJudgement:
    (found,) = (one for one in assess(dossier(outcomes=[outcome(**fields)]), GRADE).suggestions if one.name == name)
    return found


def printed(text: str, name: str = "imprecision") -> SuggestedJudgement:
    """Return a suggestion on an outcome that is given as YAML, with its numbers as they are written."""
    loaded = read(f"outcomes: [{{id: o, name: death, importance: critical, design: randomized, {text}}}]")
    (found,) = (one for one in assess(loaded, GRADE).suggestions if one.name == name)
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
    one = suggested("imprecision", effect=CROSSING, participants=900, **judged)
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
    assert one.possible == ("very_serious", "not_serious", "serious")
    assert one.missing == ("effect.arms", "participants", "baseline_risk")
    assert one.rule is None


def test_a_large_effect_is_suggested_of_non_randomized_studies_only() -> None:
    effect = {**CLEAR, "estimate": 0.4, "ci_low": 0.3, "ci_high": 0.5}
    assert suggested("large_effect", design="non_randomized", effect=effect).judgement == "large"
    names = [one.name for one in assess(dossier(outcomes=[outcome(effect=effect)]), GRADE).suggestions]
    assert "large_effect" not in names


@pytest.mark.parametrize(
    ("low", "high", "judgement"),
    [(0.551, 0.701, "not_serious"), (0.601, 0.901, "not_serious"), (1.301, 2.201, "very_serious")],
)
def test_studies_that_miss_each_other_are_inconsistent(low: float, high: float, judgement: str) -> None:
    studies = [
        {"outcome": "death", "measure": "RR", "estimate": (a * b) ** 0.5, "ci_low": a, "ci_high": b}
        for a, b in ((0.601, 0.801), (low, high))
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


@pytest.mark.parametrize(
    ("effect", "judgement"),
    [
        ("ci_low: 0.81, ci_high: 1.00", None),
        ("ci_low: 0.81, ci_high: 1.01", "serious"),
        ("ci_low: 0.81, ci_high: 0.99", "not_serious"),
        ("ci_low: 0.8, ci_high: 1.0", None),
        ("ci_low: 0.8, ci_high: 1.1", "serious"),
        ("ci_low: 0.8, ci_high: 0.9", "not_serious"),
        ("ci_low: 1, ci_high: 2", None),  # in whole numbers 1 may be anything from a half to one and a half
    ],
)
def test_what_hangs_on_how_a_number_was_rounded_is_left_open(effect: str, judgement: str | None) -> None:
    one = printed(f"effect: {{outcome: o, measure: RR, {effect}, arms: {json.dumps(arms(900, 1000, 5000))}}}")
    assert (one.judgement, one.hangs_on_rounding) == (judgement, judgement is None)
    assert set(one.possible) == ({"serious", "not_serious"} if judgement is None else {judgement})
    assert not one.missing


@pytest.mark.parametrize(("low", "judgement"), [("0.50", None), ("0.49", "very_serious"), ("0.51", "serious")])
def test_two_judgements_that_rounding_leaves_are_left_open_too(low: str, judgement: str | None) -> None:
    """The interval surely includes 2, and perhaps a half."""
    effect = f"{{outcome: o, measure: RR, ci_low: {low}, ci_high: 2.50, arms: {json.dumps(arms(900, 1000, 5000))}}}"
    one = printed(f"effect: {effect}, smallest_important_effect: 2")
    assert (one.judgement, one.hangs_on_rounding) == (judgement, judgement is None)
    assert (one.rule is None) is (judgement is None)


def test_the_last_zeros_of_a_number_count() -> None:
    """An end of 0.9 may have been 0.851, one of 0.90 not."""
    many = json.dumps(arms(900, 1000, 5000))
    for high, judgement in (("0.9", None), ("0.90", "serious"), ("0.85", None)):
        effect = f"effect: {{outcome: o, measure: RR, ci_low: 0.60, ci_high: {high}, arms: {many}}}"
        assert printed(f"{effect}, smallest_important_effect: 0.852").judgement == judgement


@pytest.mark.parametrize(
    ("ends", "judgement"), [("1.01, 3.09", "serious"), ("1.1, 3.3", None), ("1.20, 3.20", "not_serious")]
)
def test_the_width_of_an_interval_hangs_on_rounding_too(ends: str, judgement: str | None) -> None:
    low, high = ends.split(", ")
    text = f"participants: 900, effect: {{outcome: o, measure: RR, ci_low: {low}, ci_high: {high}, arms: %s}}"
    one = printed(text % json.dumps(arms(900, 1000, 5000)))
    assert one.judgement == judgement
    if judgement == "serious":
        assert one.because == ("ratio of the interval's ends 3.06, above 3",)


@pytest.mark.parametrize(
    ("stated", "judgement"), [("50", None), ("50.0", None), ("49.4", "not_serious"), ("51", "serious")]
)
def test_a_stated_i_squared_was_rounded(stated: str, judgement: str | None) -> None:
    one = printed(f"i_squared: {stated}, studies: 4", "inconsistency")
    assert one.hangs_on_rounding is (judgement is None)
    if judgement == "serious":
        assert (one.judgement, one.because) == ("serious", (f"stated I² in percent {stated}, at least 50",))


def test_rounding_is_told() -> None:
    one = printed(
        f"effect: {{outcome: o, measure: RR, ci_low: 0.81, ci_high: 1.00, arms: {json.dumps(arms(900, 1000, 5000))}}}"
    )
    assert suggestion_words(one) == ", not judged yet; the printed numbers are too coarse to tell"


@pytest.mark.parametrize(
    ("people", "events", "interval", "more", "judgement"),
    [
        (8000, (14, 12), "0.54, 2.52", "", "not_serious"),
        (1900, (14, 12), "0.54, 2.52", "", "very_serious"),  # in so few people the groups may differ
        (2500, (40, 60), "0.45, 0.99", "", "serious"),  # from 13 fewer to none fewer in 1,000
        (8000, (14, 12), "0.54, 2.52", "smallest_important_effect: 2", "very_serious"),
        (8000, (14, 12), "0.54, 1.52", "smallest_important_effect: 2", "not_serious"),
        (8000, (14, 12), "0.54, 2.52", "baseline_risk: {n: 100, of: 1000}", "very_serious"),
        (8000, (140, 160), "0.70, 1.10", "", "serious"),  # 300 events are not few
        (8000, (3, 0), "0.36, 135", "", "very_serious"),  # a risk of 0 tells no absolute effect
    ],
)
def test_few_events_in_many_people_are_precise_where_the_absolute_interval_is_narrow(
    people: int, events: tuple[int, int], interval: str, more: str, judgement: str
) -> None:
    low, high = interval.split(", ")
    effect = f"{{outcome: o, measure: RR, ci_low: {low}, ci_high: {high}, arms: {json.dumps(arms(*events, people))}}}"
    one = printed(f"participants: {2 * people}, effect: {effect}{', ' + more if more else ''}")
    assert one.judgement == judgement


def test_machine_output_has_them_all() -> None:
    data = assessment_data(assess(dossier(outcomes=[outcome(effect=CROSSING)]), GRADE))
    one = data["suggestions"][0]
    assert (one["name"], one["judgement"], one["stated"], one["differs"]) == ("imprecision", "serious", None, False)
    assert one["rule"]["name"] == "crosses-a-threshold"


def test_studies_that_answer_an_outcome_are_those_of_a_list() -> None:
    """What is said of an outcome is the same whether its studies are listed in it or say that they answer it."""
    effects = [CLEAR, {**CLEAR, "estimate": 1.6, "ci_low": 1.4, "ci_high": 1.9}]
    trials = [
        {"id": f"t{number}", "statement": "s", "allocation": "randomized", "effects": [{**effect, "answers": "o"}]}
        for number, effect in enumerate(effects)
    ]
    listed = suggested("inconsistency", study_effects=effects)
    (linked,) = (
        one
        for one in assess(dossier(outcomes=[outcome()], trials=trials), GRADE).suggestions
        if one.name == "inconsistency"
    )
    assert (linked.judgement, linked.possible, linked.because) == (listed.judgement, listed.possible, listed.because)
    assert linked.judgement == "very_serious"


def test_a_study_without_an_interval_leaves_open_how_studies_differ() -> None:
    trials = [
        {"id": f"t{number}", "statement": "s", "allocation": "randomized", "effects": [{**effect, "answers": "o"}]}
        for number, effect in enumerate([CLEAR, {"outcome": "death", "measure": "RR", "estimate": 1.6}])
    ]
    (one,) = (
        it
        for it in assess(dossier(outcomes=[outcome()], trials=trials), GRADE).suggestions
        if it.name == "inconsistency"
    )
    assert one.judgement is None


CORE = load_rubric("core-grade-2025")


def test_a_rung_that_is_only_possible_suggests_nothing() -> None:
    """Of a difference of means, it is open whether it is implausibly large: precise, or far too few people."""
    effect = {"outcome": "death", "measure": "MD", "estimate": -4, "ci_low": -6, "ci_high": -2}
    assessed = assess(dossier(outcomes=[outcome(effect=effect, participants=200)]), CORE)
    (one,) = (found for found in assessed.suggestions if found.name == "imprecision")
    assert (one.judgement, one.possible) == (None, ("very_serious", "not_serious"))
    assert one.missing == ("effect_size",)


@pytest.mark.parametrize(
    ("fields", "judgement", "because"),
    [
        (
            {"effect": {**CLEAR, "ci_high": 0.9}, "smallest_important_effect": 0.8},
            "serious",
            (
                "the estimate, 0.7, reaches 0.8 (the smallest important effect)",
                "the interval, RR from 0.6 to 0.9, includes 0.8 (the smallest important effect)",
            ),
        ),
        (
            {"effect": {**CROSSING, "ci_low": 0.78, "ci_high": 1.12}, "smallest_important_effect": 0.8},
            "serious",
            (
                "a smallest important effect is stated",
                "the estimate, 0.9, does not reach 0.8 or 1.25 (the smallest important effect)",
                "the interval, RR from 0.78 to 1.12, includes 0.8 (the smallest important effect)",
            ),
        ),
        (
            {"effect": {**CLEAR, "estimate": 0.5}, "participants": 2000, "baseline_risk": {"n": 200, "of": 1000}},
            "not_serious",
            ("2,000 participants are 111% of the optimal information size",),
        ),
    ],
)
def test_a_target_and_an_information_size_are_told_in_words(
    fields: dict[str, Any], judgement: str, because: tuple[str, ...]
) -> None:
    assessed = assess(dossier(outcomes=[outcome(**fields)]), CORE)
    (one,) = (found for found in assessed.suggestions if found.name == "imprecision")
    assert (one.judgement, one.because) == (judgement, because)
