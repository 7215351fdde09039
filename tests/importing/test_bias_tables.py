"""Tables of risk of bias: somebody's judgements, in the words of the tool, and whose they are."""

from __future__ import annotations

from typing import Any

import pytest

from evgrade.importing.content import Options
from evgrade.importing.formats import records
from evgrade.importing.found import Record
from evgrade.model import EvgradeError

ROB_2 = "Study,D1,D2,D3,D4,D5,Overall,Weight\n"
SEVEN = "Study,D1,D2,D3,D4,D5,D6,D7,Overall\n"


def one(text: str, **said: Any) -> Record:
    [record] = records(text.encode(), "rob.csv", Options(**said))
    return record


def bias(record: Record, section: str = "trials", number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = record.entries[section][number]["risk_of_bias"]
    return found


def words(found: dict[str, Any]) -> list[str]:
    return [one["judgement"] for one in found["domains"].values()]


def refused(text: str, **said: Any) -> str:
    with pytest.raises(EvgradeError) as error:
        list(records(text.encode(), "rob.csv", Options(**said)))
    return f"{error.value.message} {error.value.hint}"


def test_rob_2_is_known_by_its_columns_and_the_file_is_named_as_the_judge() -> None:
    record = one(ROB_2 + "Smith 2010,Low,Some concerns,Low,Low,High,High,3\n")
    assert record.entries["trials"][0]["x-label"] == "Smith 2010"
    assert record.entries["trials"][0]["statement"] == "Listed in rob.csv as Smith 2010."
    assert bias(record) == {
        "tool": "RoB 2",
        "judged_by": "as tabulated in rob.csv",
        "overall": "high",
        "domains": {
            "randomization_process": {"judgement": "low"},
            "deviations_from_intended_interventions": {"judgement": "some_concerns"},
            "missing_outcome_data": {"judgement": "low"},
            "outcome_measurement": {"judgement": "low"},
            "selection_of_reported_result": {"judgement": "high"},
        },
    }
    assert any("Weight" in note.message for note in record.notes)


@pytest.mark.parametrize(("extra", "key"), [("D1b", "recruitment_into_clusters"), ("DS", "period_and_carryover")])
def test_rob_2_of_clusters_and_of_crossover_trials_has_a_sixth_domain(extra: str, key: str) -> None:
    record = one(f"Study,D1,{extra},D2,D3,D4,D5,Overall\nA,Low,High,Low,Low,Low,Low,High\n")
    assert bias(record)["domains"][key] == {"judgement": "high"}


@pytest.mark.parametrize(
    ("row", "tool", "section", "expected"),
    [
        ("Low,Moderate,Serious,Critical,No information,Low,Low,Critical", "ROBINS-I", "observational", "critical"),
        ("Low,Very high,Low,High,Some concerns,Low,Low,Very high", "ROBINS-E", "observational", "very_high"),
    ],
)
def test_seven_domains_are_told_apart_by_words_that_one_tool_alone_has(
    row: str, tool: str, section: str, expected: str
) -> None:
    found = bias(one(f"{SEVEN}A,{row}\n"), section)
    assert (found["tool"], found["overall"]) == (tool, expected)
    assert "confounding" in found["domains"]


def test_a_tool_that_cannot_be_known_has_to_be_named() -> None:
    low = f"{SEVEN}A,{','.join(['Low'] * 8)}\n"
    assert "--tool" in refused(low)
    assert bias(one(low, tool="ROBINS-I"), "observational")["tool"] == "ROBINS-I"
    assert bias(one(low, tool="rob1"))["tool"] == "RoB 1"
    assert "did you mean" in refused(low, tool="ROBINSI2") or "known are" in refused(low, tool="ROBINSI2")


@pytest.mark.parametrize("dots", [False, True])
def test_rob_1_is_known_by_the_names_of_its_domains(dots: bool) -> None:
    names = "Random sequence generation,Allocation concealment,Blinding of participants and personnel,"
    names += "Blinding of outcome assessment,Incomplete outcome data,Selective reporting,Other sources of bias"
    names = names.replace(" ", ".") if dots else names
    found = bias(one(f"Study,{names},Overall\nA,Low,Unclear,High,+,?,-,low risk,Unclear\n"))
    assert found["tool"] == "RoB 1"
    assert words(found) == ["low", "unclear_risk", "high", "low", "unclear_risk", "high", "low"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("low,LOW RISK,some concern,High risk of bias,h", ["low", "low", "some_concerns", "high", "high"]),
        ("+,?,-,+,!", ["low", "some_concerns", "high", "low", "some_concerns"]),
        ("+,-,x,+,+", ["low", "some_concerns", "high", "low", "low"]),
        ("l,s,h,l,l", ["low", "some_concerns", "high", "low", "low"]),
    ],
)
def test_judgements_are_read_in_every_spelling(row: str, expected: list[str]) -> None:
    assert words(bias(one(f"Study,D1,D2,D3,D4,D5\nA,{row}\n"))) == expected


def test_s_is_what_the_tool_says() -> None:
    row = f"{SEVEN}A,{','.join(['s'] * 8)}\n"
    assert set(words(bias(one(row, tool="ROBINS-I"), "observational"))) == {"serious"}


def test_a_word_that_the_tool_does_not_have_is_told_and_not_taken() -> None:
    record = one(f"{ROB_2}A,Low,Serious,Low,Low,Low,High,1\n", tool="RoB 2")
    assert len(bias(record)["domains"]) == 4
    assert any(note.place == ':2, column "D2"' and "Serious" in note.message for note in record.notes)


def test_not_applicable_is_left_out() -> None:
    assert "missing_outcome_data" not in bias(one(f"{ROB_2}A,Low,Low,Not applicable,Low,Low,Low,1\n"))["domains"]


def test_judgements_of_single_outcomes_are_kept_apart() -> None:
    text = "Study,Outcome,D1,D2,D3,D4,D5,Overall\nA,Death,Low,Low,Low,Low,Low,Low\nA,Pain,Low,Low,High,Low,Low,High\n"
    found = bias(one(text))
    assert [(part["outcome"], part["overall"]) for part in found["by_outcome"]] == [("Death", "low"), ("Pain", "high")]
    assert "overall" not in found


def test_a_study_that_is_judged_twice_is_told() -> None:
    record = one(f"{ROB_2}A,Low,Low,Low,Low,Low,Low,1\nA,High,Low,Low,Low,Low,High,1\n")
    assert bias(record)["overall"] == "low"
    assert any("another row" in note.message for note in record.notes)


def test_domains_of_review_manager_have_their_support_and_keep_their_names() -> None:
    pairs = ("Allocation concealment?", "Funding")
    header = ",".join(f"Domain (judgement): {name},Domain (support): {name}" for name in pairs)
    found = bias(one(f"Study,{header}\nA,Low risk,Opaque envelopes,High risk,Maker\n", tool="RoB 1"))
    assert found["domains"] == {"allocation_concealment": {"judgement": "low", "reason": "Opaque envelopes"}}
    assert found["other_domains"] == [{"name": "Funding", "judgement": "high", "reason": "Maker"}]


@pytest.mark.parametrize("said", [{}, {"tool": "QUADAS-2"}])
def test_tools_of_other_questions_are_refused(said: dict[str, str]) -> None:
    assert "QUADAS-2" in refused("Study,D1,D2,D3,D4,Overall\nA,Low,Low,Low,Low,Low\n", **said)
