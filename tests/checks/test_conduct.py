"""How studies and reviews were done: masking, dates, combinations, harms by arm, the flow of a search, scales."""

from __future__ import annotations

from typing import Any

import pytest

from evgrade.model import Severity
from tests.checks.building import found, found_in, read

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def of_trial(code: str, **fields: Any) -> list[Severity]:
    return [one.severity for one in found(code, trials=[{"id": "t", "statement": "A trial.", **fields}])]


@pytest.mark.parametrize(
    ("masking", "parties", "wrong"),
    [
        ("none", [], False),
        ("none", ["outcomes_assessor"], True),
        ("single", ["outcomes_assessor"], False),
        ("single", [], True),
        ("single", ["participant", "investigator"], True),
        ("double", ["participant", "care_provider"], False),
        ("double", ["participant", "care_provider", "outcomes_assessor"], False),  # authors count in different ways
        ("double", [], True),
        ("triple", ["participant"], True),
        ("quadruple", ["participant", "care_provider", "investigator", "outcomes_assessor"], False),
        ("quadruple", ["participant", "care_provider"], True),
        ("unclear", ["participant"], False),
        (None, ["participant"], False),
    ],
)
def test_masking_is_that_of_those_masked(masking: str | None, parties: list[str], wrong: bool) -> None:
    stated = {} if masking is None else {"masking": masking}
    assert of_trial("claim-masked-parties", masked_parties=parties, **stated) == [WARNING] * wrong


@pytest.mark.parametrize(
    ("assessor", "parties", "wrong"),
    [
        (True, ["outcomes_assessor"], False),
        (True, ["participant"], True),
        (False, ["participant"], False),
        (False, ["outcomes_assessor"], True),
        ("not_reported", ["participant"], False),
    ],
)
def test_assessors_are_masked_in_both_places_or_in_none(assessor: Any, parties: list[str], wrong: bool) -> None:
    assert of_trial("claim-masked-parties", assessor_masked=assessor, masked_parties=parties) == [WARNING] * wrong


@pytest.mark.parametrize(
    ("dates", "wrong"),
    [
        ({"started": "2010-03", "ended": "2012-01-31"}, 0),
        ({"started": "2012", "ended": "2010-12"}, 1),
        ({"started": 2010, "ended": "2010-01"}, 0),  # compared as far as both go
        ({"started": "2010-05-02", "ended": "2010-05-01"}, 1),
        ({"started": "2014-01", "year": 2013}, 1),
        ({"started": "2013-11", "year": 2013}, 0),
        ({"ended": "2014-01", "year": 2013}, 0),  # an interim report
        ({"started": "2014-01", "ended": "2012", "year": 2011}, 2),
    ],
)
def test_dates_are_in_order(dates: dict[str, Any], wrong: int) -> None:
    assert of_trial("claim-dates", **dates) == [WARNING] * wrong


@pytest.mark.parametrize(
    ("fields", "severities"),
    [
        ({"agent": "same", "combined_with": ["vitamin A"], "result": "benefit"}, [NOTE]),
        ({"agent": "same", "combined_with": ["vitamin A"], "result": "no_benefit"}, []),
        ({"agent": "related", "combined_with": ["vitamin A"], "result": "benefit"}, []),
        ({"agent": "same", "combined_with": [], "result": "benefit"}, []),
        ({"agent": "same", "co_interventions": ["vitamin A"], "result": "benefit"}, []),
    ],
)
def test_a_combination_is_not_the_therapy_alone(fields: dict[str, Any], severities: list[Severity]) -> None:
    assert of_trial("claim-combined", **fields) == severities


@pytest.mark.parametrize(
    ("arm", "severities"),
    [
        ({"name": "therapy", "n": 3, "of": 40, "events": 90}, []),
        ({"name": "therapy", "n": 41, "of": 40}, [ERROR]),
        ({"name": "therapy", "n": 3, "of": 41}, [WARNING]),
        ({"name": "both", "n": 3, "of": 80}, []),
    ],
)
def test_harms_are_of_people_in_the_arm(arm: dict[str, Any], severities: list[Severity]) -> None:
    arms, harms = [{"name": "therapy", "participants": 40}], [{"name": "nausea", "arms": [arm]}]
    assert of_trial("count-harms-by-arm", arms=arms, harms=harms) == severities


@pytest.mark.parametrize(
    ("flow", "wrong"),
    [
        ({"identified": 412, "duplicates": 100, "screened": 312}, 0),
        ({"identified": 412, "duplicates": 100, "screened": 313}, 1),
        ({"identified": 412, "screened": 313}, 0),
        ({"screened": 312, "excluded": 280, "sought": 31, "not_retrieved": 2, "assessed": 30}, 2),
        (
            {
                "assessed": 30,
                "excluded_reports": [{"reason": "a", "n": 20}, {"reason": "b", "n": 7}],
                "included_reports": 3,
            },
            0,
        ),
        (
            {
                "assessed": 30,
                "excluded_reports": [{"reason": "a", "n": 20}, {"reason": "b", "n": 8}],
                "included_reports": 3,
            },
            1,
        ),
        ({"assessed": 30, "excluded_reports": [{"reason": "a", "n": 20}, {"reason": "b"}], "included_reports": 3}, 0),
        ({"included_studies": 4, "included_reports": 3}, 1),
    ],
)
def test_records_add_up(flow: dict[str, Any], wrong: int) -> None:
    assert len(found("count-flow", review={"search": {"flow": flow}})) == wrong


@pytest.mark.parametrize(
    ("effect", "wrong"),
    [
        ("{outcome: qol, answers: qol, arms: [{name: a, mean: 100}]}", 0),
        ("{outcome: qol, answers: qol, arms: [{name: a, mean: 100.4}]}", 1),
        ("{outcome: qol, answers: qol, arms: [{name: a, median: -1}, {name: b, mean: 120}]}", 2),
        ("{outcome: qol, answers: qol, change_from_baseline: true, arms: [{name: a, mean: -8}]}", 0),
        ("{outcome: qol, answers: qol, measure: MD, estimate: -101}", 1),
        ("{outcome: qol, answers: qol, measure: SMD, estimate: -101}", 0),
        ("{outcome: qol, answers: pain, measure: MD, estimate: -101}", 0),  # nobody says what its scale is
        ("{outcome: qol, measure: MD, estimate: -101}", 0),
    ],
)
def test_values_are_on_the_scale_of_their_outcome(effect: str, wrong: int) -> None:
    outcomes = "outcomes: [{id: qol, name: q, scale: {name: EQ VAS, low: 0, high: 100}}, {id: pain, name: p}]\n"
    trials = f"trials: [{{id: t, statement: s, effects: [{effect}]}}]\n"
    assert len(found_in("effect-beyond-scale", read(outcomes + trials))) == wrong


def test_a_pooled_effect_is_of_the_outcome_that_it_stands_in() -> None:
    outcome = "{id: qol, name: q, scale: {low: 0, high: 10}, effect: {outcome: q, measure: MD, estimate: 12.50}}"
    (finding,) = found_in("effect-beyond-scale", read(f"outcomes: [{outcome}]\n"))
    assert finding.message == "a mean difference of 12.50 is larger than the scale, which goes from 0 to 10"
