"""Groups of results are the arms of their titles; those that count people again give no numbers of arms."""

from __future__ import annotations

from typing import Any

import pytest

from evgrade.importing.ctgov.study import study
from evgrade.importing.found import Record
from tests.importing.entries import errors_of
from tests.registry_records import a_study, crossover, five_arms, flow, harms, measures, outcome, single_arm_with_deaths

NAMES = ["Drug X", "Sugar pill"]
VALUES = [{"value": "4"}, {"value": "9"}, {"value": "13"}]


def trial_and_record(data: dict[str, Any]) -> tuple[dict[str, Any], Record]:
    record = study(data, "a.json", "")
    assert not errors_of(record)
    return record.entries["trials"][0], record


def arms_of(data: dict[str, Any]) -> list[dict[str, Any]]:
    arms: list[dict[str, Any]] = trial_and_record(data)[0]["effects"][0].get("arms", [])
    return arms


def with_groups(sizes: list[int], titles: list[str]) -> dict[str, Any]:
    data = a_study()
    measures(data)[:] = [outcome("Death", sizes, VALUES[: len(sizes)], titles)]
    return data


def test_each_of_five_arms_has_its_own_numbers_whatever_the_order() -> None:
    trial, _ = trial_and_record(five_arms())
    assert {arm["name"]: (arm["participants"], arm["completed"]) for arm in trial["arms"]} == dict.fromkeys(
        ["Placebo", "1 mg", "2 mg", "4 mg", "8 mg"], (30, 28)
    )
    assert (trial["participants"], trial["completed"]) == (150, 140)
    assert [(arm["name"], arm["role"], arm["events"]) for arm in trial["effects"][0]["arms"]] == [
        ("Placebo", "control", 3),
        ("1 mg", "intervention", 5),
        ("2 mg", "intervention", 7),
        ("4 mg", "intervention", 9),
        ("8 mg", "intervention", 11),
    ]


@pytest.mark.parametrize("title", ["Total", "Overall", "All Participants", "Drug X and sugar pill combined"])
def test_a_total_by_title_and_size_is_not_an_arm(title: str) -> None:
    assert [arm["name"] for arm in arms_of(with_groups([51, 50, 101], [*NAMES, title]))] == NAMES


def test_a_total_without_the_word_is_known_by_its_size() -> None:
    assert [arm["name"] for arm in arms_of(with_groups([51, 50, 101], [*NAMES, "Safety population"]))] == NAMES


def test_a_word_such_as_total_in_the_name_of_an_arm_does_not_make_it_one() -> None:
    names = ["Total knee replacement", "Partial knee replacement"]
    assert [arm["name"] for arm in arms_of(with_groups([51, 50], names))] == names


def test_groups_of_the_same_people_give_text_and_no_arms() -> None:
    data = with_groups([60, 60], ["Cohort A", "Cohort B"])  # 101 people took part
    trial, record = trial_and_record(data)
    [effect] = trial["effects"]
    assert "arms" not in effect
    assert "Cohort A 4, n = 60; Cohort B 9, n = 60" in effect["notes"]
    assert any("share participants" in note.message for note in record.notes)


def test_a_group_that_may_be_the_sum_of_others_is_not_guessed_at() -> None:
    data = with_groups([20, 20, 40], ["Cohort A", "Cohort B", "Cohort C"])  # of 101: apart, or a sum
    trial, record = trial_and_record(data)
    assert "arms" not in trial["effects"][0]
    assert any("may be their sum" in note.message for note in record.notes)


def test_arms_of_one_to_one_to_two_are_apart_if_they_are_everybody() -> None:
    data = with_groups([25, 26, 50], ["Cohort A", "Cohort B", "Cohort C"])
    assert len(arms_of(data)) == 3


def test_parts_of_an_arm_that_are_counted_again_are_left_out() -> None:
    data = with_groups([51, 50, 20], [*NAMES, "Drug X, women"])
    trial, record = trial_and_record(data)
    assert [arm["name"] for arm in trial["effects"][0]["arms"]] == NAMES
    assert any("counts participants of other groups again" in note.message for note in record.notes)


def test_a_crossover_gives_text_and_no_arms_where_everybody_is_in_both() -> None:
    trial, record = trial_and_record(crossover())
    assert "arms" not in trial["effects"][0]
    assert "Drug X 7, n = 20; Sugar pill 11, n = 19" in trial["effects"][0]["notes"]
    assert "harms" not in trial
    assert any("1 harm not taken: its groups share participants" in note.message for note in record.notes)


def test_several_periods_are_text_and_no_numbers_of_arms() -> None:
    trial, _ = trial_and_record(crossover())
    assert not any("participants" in arm for arm in trial["arms"])
    assert "completed" not in trial
    assert "Period 2: Drug X first: 10 started, 8 completed; Sugar pill first: 9 started, 9 completed" in trial["notes"]


def test_titles_are_matched_but_for_case_and_brackets() -> None:
    data = a_study()
    data["resultsSection"]["participantFlowModule"] = flow({"SUGAR PILL (oral)": (50, 41), "drug x": (51, 40)})
    trial, _ = trial_and_record(data)
    assert {arm["name"]: (arm["participants"], arm["completed"]) for arm in trial["arms"]} == {
        "Drug X": (51, 40),
        "Sugar pill": (50, 41),
    }


def test_two_groups_of_one_arm_are_not_matched_to_it() -> None:
    data = a_study()
    data["resultsSection"]["participantFlowModule"] = flow({"Drug X (a)": (25, 20), "Drug X (b)": (26, 20)})
    trial, _ = trial_and_record(data)
    assert not any("participants" in arm for arm in trial["arms"])


def test_more_people_analysed_than_took_part_are_text() -> None:
    data = with_groups([51, 51], NAMES)  # of 101
    assert not arms_of(data)


def test_denominators_of_a_class_replace_those_of_the_outcome() -> None:
    data = with_groups([51, 50], NAMES)
    measures(data)[0]["classes"][0] |= {"title": "Men", "denoms": outcome("", [20, 21], VALUES[:2], NAMES)["denoms"]}
    trial, _ = trial_and_record(data)
    [effect] = trial["effects"]
    assert effect["outcome"] == "Death: Men"
    assert [arm["participants"] for arm in effect["arms"]] == [20, 21]


def test_an_estimate_of_survival_is_no_share_of_counted_people() -> None:
    trial, _ = trial_and_record(single_arm_with_deaths())
    [arm] = trial["effects"][0]["arms"]
    assert (str(arm["percent"]), arm["percent_kind"]) == ("61.3", "kaplan_meier")


def test_an_estimate_of_survival_of_an_unknown_kind_is_text() -> None:
    data = single_arm_with_deaths()
    del measures(data)[0]["description"]
    trial, _ = trial_and_record(data)
    assert "arms" not in trial["effects"][0]
    assert "Drug X 61.3 (44.0 to 74.9), n = 40" in trial["effects"][0]["notes"]


def test_deaths_of_a_single_arm_are_counted() -> None:
    trial, _ = trial_and_record(single_arm_with_deaths())
    assert trial["harms"][0] == {
        "name": "Death from any cause",
        "seriousness": "died",
        "time_point": "1 year",
        "arms": [{"name": "Drug X", "n": 15, "of": 40}],
    }


def test_a_count_above_its_denominator_is_text() -> None:
    data = with_groups([3, 50], NAMES)
    trial, _ = trial_and_record(data)
    assert [arm["name"] for arm in trial["effects"][0]["arms"]] == ["Sugar pill"]
    assert "Drug X 4, n = 3" in trial["effects"][0]["notes"]


def test_a_harm_counted_only_in_events_is_named() -> None:
    data = a_study()
    data["resultsSection"]["adverseEventsModule"] = harms(Drug_X=(1, 51), Sugar_pill=(2, 50))
    [event] = data["resultsSection"]["adverseEventsModule"]["seriousEvents"]
    del event["stats"][0]["numAffected"]
    trial, record = trial_and_record(data)
    assert trial["harms"][-1]["arms"] == [{"name": "Sugar pill", "role": "control", "n": 2, "of": 50, "events": 3}]
    assert any("unknown affected of 51 at risk, 2 events" in note.message for note in record.notes)


def test_a_flow_without_a_number_of_people_says_nothing() -> None:
    data = a_study()
    for milestone in data["resultsSection"]["participantFlowModule"]["periods"][0]["milestones"]:
        for one in milestone["achievements"]:
            one["numSubjects"] = "51 (3 sites)"
    trial, record = trial_and_record(data)
    assert "notes" not in trial
    assert any("`51 (3 sites)` is not the number of participants" in note.message for note in record.notes)
