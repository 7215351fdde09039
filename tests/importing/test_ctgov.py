"""Studies of ClinicalTrials.gov become entries: their numbers as printed, and nothing guessed."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.importing.ctgov.study import study
from evgrade.importing.found import Record
from tests.registry_records import a_study


def read_study(data: dict[str, Any]) -> Record:
    return study(data, "a.json", "")


def trial_of(data: dict[str, Any]) -> dict[str, Any]:
    return read_study(data).entries["trials"][0]


def outcome_of(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = data["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"][0]
    return found


def test_design_status_and_dates_are_taken() -> None:
    trial = trial_of(a_study())
    assert trial["registry"] == ["NCT90000001", "2015-001234-56"]
    assert (trial["status"], trial["phase"], trial["allocation"]) == ("completed", "phase2_phase3", "randomized")
    assert (trial["started"], trial["participants"], trial["sponsor"]) == ("2015-02", 101, "A University")
    assert (trial["masked_parties"], trial["assessor_masked"]) == (["participant", "investigator"], False)
    assert trial["control"] == "placebo"
    assert "ended" not in trial  # it is an estimate


def test_no_judgement_is_written() -> None:
    trial = trial_of(a_study())
    assert not {"result", "powered", "significant", "risk_of_bias", "publication", "year"} & trial.keys()


def test_who_was_masked_is_left_out_where_the_record_does_not_say() -> None:
    data = a_study()
    del data["protocolSection"]["designModule"]["designInfo"]["maskingInfo"]["whoMasked"]
    assert not {"masked_parties", "assessor_masked"} & trial_of(data).keys()


@pytest.mark.parametrize(
    ("info", "field"),
    [({"count": 99999999, "type": "ACTUAL"}, None), ({"count": 20, "type": "ESTIMATED"}, "planned_participants")],
)
def test_an_enrolment_that_is_not_actual_is_no_number_of_participants(info: dict[str, Any], field: str | None) -> None:
    data = a_study()
    data["protocolSection"]["designModule"]["enrollmentInfo"] = info
    del data["resultsSection"]["participantFlowModule"]
    trial = trial_of(data)
    assert "participants" not in trial
    assert trial.get(field or "planned_participants") == (info["count"] if field else None)


def test_groups_are_matched_to_arms_by_title_not_by_position() -> None:
    arms = {arm["name"]: arm for arm in trial_of(a_study())["arms"]}
    assert (arms["Drug X"]["participants"], arms["Sugar pill"]["participants"]) == (51, 50)


def test_a_flow_whose_groups_are_not_the_arms_is_named_and_not_taken() -> None:
    data = a_study()
    data["resultsSection"]["participantFlowModule"]["groups"][0]["title"] = "Group A"
    record = read_study(data)
    assert not any("participants" in arm for arm in record.entries["trials"][0]["arms"])
    assert any(note.place == "/resultsSection/participantFlowModule" for note in record.notes)


def test_an_analysis_is_an_effect_with_its_interval_and_p_value() -> None:
    [effect] = trial_of(a_study())["effects"]
    assert {key: str(effect[key]) for key in ("measure", "estimate", "ci_low", "ci_high", "ci_level", "p")} == {
        "measure": "HR",
        "estimate": "0.50",
        "ci_low": "0.20",
        "ci_high": "1.10",
        "ci_level": "95",
        "p": "0.08",
    }
    assert effect["arms"] == [
        {"name": "Sugar pill", "role": "control", "participants": 49, "events": 9},
        {"name": "Drug X (full analysis set)", "role": "intervention", "participants": 50, "events": 4},
    ]


def test_several_analyses_of_the_same_numbers_are_effects_of_their_own() -> None:
    data = a_study()
    outcome_of(data)["analyses"].append({"groupIds": ["OG000", "OG001"], "pValue": "<0.001", "statisticalMethod": "t"})
    first, second, counts = trial_of(data)["effects"]
    assert ("arms" in first, second["p"], second["notes"]) == (False, "< 0.001", "Method: t.")
    assert "measure" not in counts


@pytest.mark.parametrize(
    "change",
    [
        {"ciNumSides": "ONE_SIDED"},  # with two limits
        {"ciLowerLimit": "NA", "ciUpperLimit": "NA"},
        {"ciPctValue": None},
        {"ciLowerLimit": "0.60"},  # above the estimate
        {"ciLowerLimit": "1.5", "ciUpperLimit": "0.2"},
    ],
)
def test_an_interval_that_cannot_be_is_named_and_not_taken(change: dict[str, Any]) -> None:
    data = a_study()
    outcome_of(data)["analyses"][0] |= change
    record = read_study(data)
    effect = record.entries["trials"][0]["effects"][0]
    assert not {"ci_low", "ci_high", "ci_level"} & effect.keys()
    assert str(effect["estimate"]) == "0.50"
    assert any("interval" in note.message for note in record.notes)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"ciNumSides": "ONE_SIDED", "ciLowerLimit": None}, {"ci_high": "1.10", "ci_sides": "one"}),
        ({"ciLowerLimit": "NA"}, {"ci_high": "1.10"}),
        (
            {"ciLowerLimit": "NA", "ciLowerLimitComment": "Not estimable: too few events"},
            {"ci_low": "not_estimable", "ci_high": "1.10"},
        ),
    ],
)
def test_a_bound_that_stands_alone_is_taken_as_what_it_is(change: dict[str, Any], expected: dict[str, str]) -> None:
    data = a_study()
    outcome_of(data)["analyses"][0] |= change
    effect = trial_of(data)["effects"][0]
    assert {key: str(effect[key]) for key in ("ci_low", "ci_high", "ci_sides") if key in effect} == expected


@pytest.mark.parametrize(
    ("kind", "measure", "null"),
    [
        ("Hazard Ratio (HR)", "HR", None),
        ("Hazard Ratio, log", "log_ratio", None),
        ("Odds Ratio (OR)", "OR", None),
        ("adjusted odds ratio", "OR", None),
        ("Relative Risk", "RR", None),
        ("Incidence Rate Ratio", "rate_ratio", None),
        ("Risk Difference (RD)", "RD", None),
        ("Mean Difference (Net)", "MD", None),
        ("LS Mean Difference", "MD", None),
        ("Difference of LS Means", "MD", None),
        ("Difference in Least Squares Means", "MD", None),
        ("Geometric Mean Ratio", "ratio_of_means", None),
        ("Ratio of LS Means", "ratio_of_means", None),
        ("Cohen's d", "SMD", None),
        ("Percentage Difference", "other", 0),
        ("Median Difference (Final Values)", "other", 0),
        ("Ratio of geometric means (%)", "other", 1),
        ("Cox Proportional Hazard", "other", None),
        ("Slope", "other", None),
        ("Difference of log ratios", "other", None),
    ],
)
def test_a_measure_in_free_text_is_known_or_given_in_its_words(kind: str, measure: str, null: int | None) -> None:
    data = a_study()
    outcome_of(data)["analyses"][0]["paramType"] = kind
    effect = trial_of(data)["effects"][0]
    assert (effect["measure"], effect.get("null_value")) == (measure, null)
    assert measure != "other" or f"Parameter: {kind}" in effect["notes"]


@pytest.mark.parametrize(
    ("kind", "statistic"),
    [("F", "F"), ("t-value", "t"), ("Chi-Squared", "chi2"), ("Z score", "z"), ("F statistic", "F")],
)
def test_a_test_statistic_is_no_estimate(kind: str, statistic: str) -> None:
    data = a_study()
    outcome_of(data)["analyses"][0] |= {"paramType": kind, "paramValue": "4.20"}
    effect = trial_of(data)["effects"][0]
    assert (effect["test"]["statistic"], str(effect["test"]["value"])) == (statistic, "4.20")
    assert "estimate" not in effect


def test_a_negative_ratio_is_named_and_not_taken() -> None:
    data = a_study()
    outcome_of(data)["analyses"][0] |= {"paramValue": "-0.5", "ciLowerLimit": "-0.9"}
    record = read_study(data)
    assert "estimate" not in record.entries["trials"][0]["effects"][0]
    assert any("cannot be a ratio" in note.message for note in record.notes)


@pytest.mark.parametrize(
    ("said", "p"),
    [
        ("<0.001", "< 0.001"),
        ("=0.247", "0.247"),
        (".05", "0.05"),
        ("P = 0.03", "0.03"),
        ("\u22640.05", "\u2264 0.05"),
        ("1.2E-5", "0.000012"),
        (0.03, "0.03"),
    ],
)
def test_a_p_value_keeps_its_relation_and_digits(said: object, p: str) -> None:
    data = a_study()
    outcome_of(data)["analyses"][0]["pValue"] = said
    assert str(trial_of(data)["effects"][0]["p"]) == p


@pytest.mark.parametrize("said", ["NS", "0.000", "<0.000", "0.05 (nominal)", "1.5", ">1"])
def test_a_p_value_in_words_is_named_and_not_taken(said: str) -> None:
    data = a_study()
    outcome_of(data)["analyses"][0]["pValue"] = said
    record = read_study(data)
    assert "p" not in record.entries["trials"][0]["effects"][0]
    assert any(said in note.message for note in record.notes)


def test_units_that_are_not_people_are_no_counts_of_people() -> None:
    data = a_study()
    outcome_of(data)["typeUnitsAnalyzed"] = "Joints"
    assert not any("arms" in effect for effect in trial_of(data)["effects"])


def test_a_group_of_everybody_is_not_counted_again() -> None:
    data = a_study()
    outcome_of(data)["groups"].append({"id": "OG002", "title": "Total"})
    rows = outcome_of(data)["classes"][0]["categories"][0]["measurements"]
    rows.append({"groupId": "OG002", "value": "13"})
    assert len(trial_of(data)["effects"][-1]["arms"]) == 2


def test_arms_that_are_all_experimental_have_no_sides() -> None:
    data = a_study()
    data["protocolSection"]["armsInterventionsModule"]["armGroups"][1]["type"] = "EXPERIMENTAL"
    assert not any("role" in arm for arm in trial_of(data)["effects"][-1]["arms"])


def test_harms_count_people_and_nobody_at_risk_is_nobody_looked_at() -> None:
    record = read_study(a_study())
    total, nausea = record.entries["trials"][0]["harms"]
    assert total["arms"] == [{"name": "Drug X", "role": "intervention", "n": 3, "of": 51}]
    assert (nausea["organ_system"], nausea["arms"][0]["events"]) == ("Gastrointestinal disorders", 5)
    assert any("of 0 at risk" in note.message for note in record.notes)


def test_papers_of_results_are_references_and_background_is_not() -> None:
    record = read_study(a_study())
    assert [one["id"] for one in record.entries["references"]] == ["ctgov-nct90000001", "pmid-1234567"]
    assert record.entries["trials"][0]["refs"] == ["ctgov-nct90000001", "pmid-1234567"]


@pytest.mark.parametrize(("kind", "section"), [("OBSERVATIONAL", "observational"), ("EXPANDED_ACCESS", "cases")])
def test_other_types_of_study_go_where_they_belong(kind: str, section: str) -> None:
    data = a_study()
    data["protocolSection"]["designModule"]["studyType"] = kind
    assert read_study(data).entries.keys() == {"references", section}


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in parts for place in _places(part, (*path, key)))]


_ANY = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.just([]), st.just({}), st.just([{}]))


@given(place=st.sampled_from(_places(a_study())[1:]), value=_ANY)
def test_a_record_with_anything_in_any_place_is_read(place: tuple[Any, ...], value: Any) -> None:
    data = deepcopy(a_study())
    owner: Any = data
    for key in place[:-1]:
        owner = owner[key]
    owner[place[-1]] = value
    json.dumps(read_study(data).entries, default=str)
