"""The default rubric: its worked cases hold, and on each side of every threshold stands the grade it says."""

from __future__ import annotations

from typing import Any

import pytest

from evgrade.grading.assess import assess
from evgrade.grading.assessment import Assessment
from evgrade.grading.cases import CaseResult, run_cases
from evgrade.rubric.load import load_rubric

from .building import dossier, trial

RUBRIC = load_rubric()
CASES = list(run_cases(RUBRIC))

SOUND = {
    "agent": "same",
    "condition": "same",
    "allocation": "randomized",
    "masking": "double",
    "control": "placebo",
    "publication": "peer_reviewed",
    "risk_of_bias": {"overall": "low"},
    "powered": True,
}
GOOD_STUDY = {
    "agent": "same",
    "recognized_model": True,
    "publication": "peer_reviewed",
    "randomized": True,
    "blinded": True,
    "risk_of_bias": {"overall": "low"},
}
NOT_APPROVED = {"therapy": {"name": "a therapy", "kind": "drug", "regulatory": []}}
APPROVED = {
    "therapy": {"name": "a therapy", "regulatory": [{"agency": "FDA", "status": "approved", "condition": "same"}]}
}


def graded(**sections: Any) -> Assessment:
    return assess(dossier(**sections), RUBRIC)


def grade(name: str, **sections: Any) -> str:
    """Return the grade of a domain, where it is the only one possible."""
    found = graded(**sections).domain(name)
    assert found.possible == (found.grade,)
    return found.grade


@pytest.mark.parametrize("result", CASES, ids=lambda result: result.case.name)
def test_a_worked_case_holds(result: CaseResult) -> None:
    assert result.differs == ()


def test_the_cases_that_pin_its_judgement_are_there() -> None:
    names = {result.case.name for result in CASES}
    assert names >= {
        "Nothing recorded",
        "Looked for, and nothing found",
        "Thirty of a hundred seriously harmed",
        "A sound review of 28 randomized trials",
        "Two sound trials of a talking therapy",
        "Only a plausible mechanism",
        "Ten weak positive papers against one sound negative trial",
        "Strong trials with serious harm",
        "Strong trials, safe, ruinously expensive",
        "Patient reports only",
        "Missing safety data",
        "Low-dose naltrexone for ALS",
        "Riluzole for ALS",
    }
    expected = {result.case.recommendation for result in CASES}
    assert expected >= {"recommended", "consider", "trial_only", "not_recommended", "against"}


# Safety


def safety(
    serious: tuple[int, int] = (0, 10_000),
    died: tuple[int, int] = (0, 10_000),
    exposed: int = 10_000,
    concern: str = "none",
    boxed: bool = False,
    approved: bool = False,
) -> str:
    warning = {"id": "w", "statement": "Liver failure.", "therapy_dose": True, "agent": "same"}
    counted = {"counts": "attributed"}
    return grade(
        "safety",
        **(APPROVED if approved else NOT_APPROVED),
        safety={
            "exposed": exposed,
            "serious": {"n": serious[0], "of": serious[1], **counted},
            "died": {"n": died[0], "of": died[1], **counted},
            "concern": concern,
            "boxed_warnings": [warning] if boxed else [],
            "adverse_events": [],
        },
    )


@pytest.mark.parametrize(
    ("n", "of", "expected"),
    [
        (0, 10_000, "A"),
        (99, 10_000, "A"),
        (100, 10_000, "B"),
        (199, 10_000, "B"),
        (200, 10_000, "D"),
        (999, 10_000, "D"),
        (1000, 10_000, "F"),
    ],
)
def test_serious_harm_at_one_two_and_ten_in_a_hundred(n: int, of: int, expected: str) -> None:
    assert safety(serious=(n, of)) == expected


@pytest.mark.parametrize(
    ("n", "of", "expected"),
    [(0, 10_000, "A"), (9, 10_000, "A"), (10, 10_000, "D"), (99, 10_000, "D"), (100, 10_000, "F")],
)
def test_deaths_at_one_in_a_thousand_and_one_in_a_hundred(n: int, of: int, expected: str) -> None:
    assert safety(died=(n, of)) == expected


@pytest.mark.parametrize(("exposed", "expected"), [(1000, "A"), (999, "B"), (100, "B"), (99, "C"), (1, "C")])
def test_how_many_were_followed_at_a_thousand_and_a_hundred(exposed: int, expected: str) -> None:
    assert safety(exposed=exposed) == expected


def test_nobody_exposed_and_nothing_said_is_nothing_known() -> None:
    silent = {"serious": {"n": 0, "of": 1, "counts": "attributed"}, "died": {"n": 0, "of": 1, "counts": "attributed"}}
    sections = {**silent, "exposed": 0, "boxed_warnings": [], "adverse_events": []}
    assert graded(**NOT_APPROVED, safety=sections).domain("safety").grade == "U"
    assert graded(**NOT_APPROVED, safety={**sections, "exposed": 1}).domain("safety").grade == "C"


def test_approval_for_this_condition_turns_frequent_harm_into_known_harm() -> None:
    """Serious harm in one of ten is grave, unless a regulator has accepted it; deaths always count."""
    assert safety(serious=(1000, 10_000), concern="moderate") == "F"
    assert safety(serious=(1000, 10_000), concern="moderate", approved=True) == "D"
    assert safety(died=(100, 10_000), concern="minor", approved=True) == "F"


def test_approval_and_minor_concern_outweigh_rates_and_warnings_but_not_deaths() -> None:
    assert safety(serious=(300, 10_000), concern="minor", approved=True) == "B"
    assert safety(serious=(300, 10_000), concern="moderate", approved=True) == "D"
    assert safety(serious=(300, 10_000), concern="minor") == "D"
    assert safety(died=(10, 10_000), concern="minor", approved=True) == "D"


def test_a_boxed_warning_at_this_dose_is_known_harm() -> None:
    assert safety(boxed=True) == "D"
    assert safety(boxed=True, concern="minor", approved=True) == "C"
    assert safety(concern="serious") == "D"


def test_the_excess_over_the_control_group_is_what_counts() -> None:
    def of_all_causes(n: int) -> str:
        counted = {"counts": "all_causes", "control": {"n": 200, "of": 1000}}
        harms = {"serious": {"n": n, "of": 1000, **counted}, "died": {"n": 0, "of": 1000, "counts": "attributed"}}
        return grade(
            "safety", **NOT_APPROVED, safety={"exposed": 1000, **harms, "concern": "none", "boxed_warnings": []}
        )

    assert [of_all_causes(n) for n in (150, 209, 210, 219, 220, 299, 300)] == ["A", "A", "B", "B", "D", "D", "F"]


# Cost


@pytest.mark.parametrize(
    ("dollars", "expected"),
    [
        (0, "A"),
        (1199.99, "A"),
        (1200, "B"),
        (5999.99, "B"),
        (6000, "C"),
        (24999.99, "C"),
        (25000, "D"),
        (99999.99, "D"),
        (100000, "F"),
        (2000000, "F"),
    ],
)
def test_a_price_at_every_bound(dollars: float, expected: str) -> None:
    assert grade("cost", cost={"currency": "USD", "low": dollars, "high": dollars, "per": "year"}) == expected
    assert (
        grade(
            "cost", cost={"currency": "EUR", "usd_per_unit": 2, "low": dollars / 2, "high": dollars / 2, "per": "year"}
        )
        == expected
    )


@pytest.mark.parametrize(("monthly", "expected"), [(99.99, "A"), (100, "B"), (499.99, "B"), (500, "C")])
def test_a_price_a_month(monthly: float, expected: str) -> None:
    assert grade("cost", cost={"currency": "USD", "low": monthly, "high": monthly, "per": "month"}) == expected


def test_a_price_that_spans_a_bound_leaves_both_grades_possible() -> None:
    found = graded(cost={"currency": "USD", "low": 1000, "high": 7000, "per": "year"}).domain("cost")
    assert (found.grade, found.possible) == ("C", ("A", "B", "C"))


# Trials


def trials(positive: int, negative: int, **more: Any) -> str:
    wins = [trial(f"p{n}", **SOUND, result="benefit") for n in range(positive)]
    losses = [trial(f"n{n}", **{**SOUND, **more}, result="no_benefit") for n in range(negative)]
    return grade("trials", trials=[*wins, *losses])


@pytest.mark.parametrize(
    ("positive", "negative", "expected"),
    [
        (0, 1, "F"),
        (1, 0, "B"),
        (2, 0, "A"),
        (3, 1, "A"),
        (6, 2, "A"),
        (5, 2, "B"),
        (2, 1, "B"),
        (1, 1, "C"),
        (2, 2, "C"),
        (1, 2, "C"),
        (3, 2, "B"),
    ],
)
def test_sound_trials_at_three_quarters_and_at_a_half(positive: int, negative: int, expected: str) -> None:
    assert trials(positive, negative) == expected


def test_a_negative_trial_that_was_too_small_does_not_count() -> None:
    assert trials(2, 5, powered=False) == "A"
    assert trials(0, 1, powered=False) == "D"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "B"),
        ({"risk_of_bias": {"overall": "some_concerns"}}, "C"),
        ({"masking": "none", "objective_outcome": False}, "C"),
        ({"masking": "none", "objective_outcome": True}, "B"),
        ({"masking": "triple"}, "B"),
        ({"allocation": "non_randomized"}, "C"),
        ({"publication": "regulator"}, "B"),
        ({"publication": "preprint"}, "D"),
        ({"control": "historical"}, "D"),
        ({"agent": "related"}, "D"),
        ({"condition": "related"}, "D"),
        ({"result": "mixed"}, "D"),
        ({"result": "no_benefit"}, "F"),
        ({"result": "no_benefit", "powered": False}, "D"),
        ({"result": "harm", "powered": False}, "F"),
        ({"result": "pending"}, "U"),
    ],
)
def test_what_makes_a_trial_sound(change: dict[str, Any], expected: str) -> None:
    assert grade("trials", **NOT_APPROVED, trials=[trial("t", **{**SOUND, "result": "benefit", **change})]) == expected


# Mechanism and preclinical support


def preclinical(helped: int, failed: int, **more: Any) -> str:
    good = [{"id": f"g{n}", "statement": "s", **GOOD_STUDY, **more, "result": "benefit"} for n in range(helped)]
    bad = [{"id": f"b{n}", "statement": "s", **GOOD_STUDY, **more, "result": "no_benefit"} for n in range(failed)]
    return grade("preclinical", preclinical=[*good, *bad])


@pytest.mark.parametrize(
    ("helped", "failed", "expected"),
    [(2, 0, "A"), (3, 1, "A"), (2, 1, "B"), (5, 2, "B"), (1, 0, "B"), (1, 1, "D"), (2, 2, "D"), (0, 1, "F")],
)
def test_good_studies_at_three_quarters_and_at_a_half(helped: int, failed: int, expected: str) -> None:
    assert preclinical(helped, failed) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"randomized": False}, "C"),
        ({"blinded": False}, "C"),
        ({"risk_of_bias": {"overall": "high"}}, "C"),
        ({"risk_of_bias": {"overall": "some_concerns"}}, "A"),
        ({"recognized_model": False}, "D"),
        ({"agent": "related"}, "D"),
        ({"publication": "preprint"}, "D"),
    ],
)
def test_what_makes_an_animal_study_a_good_one(change: dict[str, Any], expected: str) -> None:
    assert preclinical(2, 0, **change) == expected


@pytest.mark.parametrize(
    ("relevance", "shown_in", "contradicted", "expected"),
    [
        ("established", "human", False, "A"),
        ("established", "human", True, "C"),
        ("established", "animal", False, "B"),
        ("plausible", "human", False, "B"),
        ("plausible", "animal", False, "B"),
        ("plausible", "animal", True, "C"),
        ("plausible", "cell", False, "C"),
        ("questionable", "human", False, "D"),
        ("implausible", "human", False, "F"),
    ],
)
def test_a_mechanism_by_what_is_known_of_it(relevance: str, shown_in: str, contradicted: bool, expected: str) -> None:
    common = {"statement": "s", "agent": "same", "publication": "peer_reviewed"}
    evidence = [{"id": "e", **common, "direction": "supports", "shown_in": shown_in}]
    if contradicted:
        evidence.append({"id": "c", **common, "direction": "contradicts", "shown_in": "human"})
    mechanism = {"id": "m", "statement": "s", "relevance": relevance, "evidence": evidence}
    assert grade("mechanism", mechanism=[mechanism]) == expected


def test_the_best_mechanism_counts_and_all_must_be_implausible_for_the_worst() -> None:
    implausible = {"id": "a", "statement": "s", "relevance": "implausible", "evidence": []}
    questionable = {"id": "b", "statement": "s", "relevance": "questionable", "evidence": []}
    assert grade("mechanism", mechanism=[implausible]) == "F"
    assert grade("mechanism", mechanism=[implausible, questionable]) == "D"


# The recommendation: what must not be bought off

TWO_SOUND = {"trials": [trial("a", **SOUND, result="benefit"), trial("b", **SOUND, result="benefit")]}
CHEAP = {"cost": {"currency": "USD", "low": 1, "high": 1, "per": "year"}}


def level(**sections: Any) -> str:
    recommendation = graded(**sections).recommendation
    assert recommendation is not None
    assert recommendation.possible == (recommendation.level,)
    return recommendation.level


def harm(n: int) -> dict[str, Any]:
    counts = {"of": 1000, "counts": "attributed"}
    return {
        **NOT_APPROVED,
        "safety": {
            "exposed": 1000,
            "serious": {"n": n, **counts},
            "died": {"n": 0, **counts},
            "concern": "minor",
            "boxed_warnings": [],
        },
    }


@pytest.mark.parametrize(
    ("n", "expected"), [(0, "recommended"), (19, "recommended"), (20, "consider"), (99, "consider"), (100, "against")]
)
def test_two_sound_trials_against_ever_more_harm(n: int, expected: str) -> None:
    assert level(**TWO_SOUND, **CHEAP, **harm(n)) == expected


@pytest.mark.parametrize(
    ("n", "expected"), [(0, "not_recommended"), (19, "not_recommended"), (20, "against"), (100, "against")]
)
def test_no_trial_against_ever_more_harm(n: int, expected: str) -> None:
    assert level(**CHEAP, **harm(n), trials=[], mechanism=[], preclinical=[]) == expected


@pytest.mark.parametrize(("dollars", "expected"), [(99_999, "recommended"), (100_000, "consider")])
def test_two_sound_trials_at_ever_higher_a_price(dollars: int, expected: str) -> None:
    price = {"currency": "USD", "low": dollars, "high": dollars, "per": "year"}
    assert level(**TWO_SOUND, **harm(0), cost=price) == expected
