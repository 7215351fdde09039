"""Tables of the registry give what they hold, whichever columns people chose, and no guess about estimates."""

from __future__ import annotations

import pytest

from evgrade.importing.formats import records
from evgrade.importing.found import Record
from evgrade.model import EvgradeError
from tests.importing.entries import errors_of

CURRENT = (
    "NCT Number,Study Title,Study URL,Study Status,Conditions,Interventions,Primary Outcome Measures,Sponsor,"
    "Collaborators,Phases,Enrollment,Study Type,Study Design,Start Date,Completion Date,Last Update Posted,Locations\n"
    'NCT90000301,"Drug X, a trial",https://clinicaltrials.gov/study/NCT90000301,COMPLETED,Gout|Pain,DRUG: Drug X|'
    'DEVICE: Y,"Death, of any cause,\n12 months",A University,A Company,PHASE1|PHASE2,101,INTERVENTIONAL,'
    '"Allocation: RANDOMIZED|Intervention Model: PARALLEL|Masking: DOUBLE (PARTICIPANT, INVESTIGATOR)|Primary Purpose: '
    'TREATMENT",2018-09-20,2019-10,2020-01-02,"A Hospital, Bonn"\n'
    "NCT90000302,Another,,RECRUITING,,,,,,NA,30,INTERVENTIONAL,,2020-01,2031-01,,\n"
)
CLASSIC = "\n".join(
    "\t".join(row)
    for row in (
        ("Rank", "NCT Number", "Title", "Status", "Phases", "Enrollment", "Study Type", "Study Designs", "Start Date"),
        (
            *("1", "NCT90000303", "Old", "Completed", "Phase 2/Phase 3", "12", "Interventional"),
            "Allocation: Randomized|Intervention Model: Crossover Assignment|Masking: None (Open Label)",
            "September 1, 2011",
        ),
        (
            *("2", "NCT90000304", "Seen", "Completed", "", "99", "Observational"),
            "Observational Model: Cohort|Time Perspective: Prospective",
            "March 2010",
        ),
    )
)


def read(text: str) -> list[Record]:
    return list(records(text.encode(), "a.csv"))


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_current_table_gives_design_dates_and_people(sign: str) -> None:
    rows = CURRENT if sign == "," else CURRENT.replace(", ", "\0").replace(",", sign).replace("\0", ", ")
    record, recruiting = read(rows)
    [trial] = record.entries["trials"]
    assert (trial["status"], trial["phase"], trial["allocation"]) == ("completed", "phase1_phase2", "randomized")
    assert (trial["intervention_model"], trial["masking"]) == ("parallel", "double")
    assert (trial["masked_parties"], trial["assessor_masked"]) == (["participant", "investigator"], False)
    assert (trial["started"], trial["ended"], trial["participants"]) == ("2018-09-20", "2019-10", 101)
    assert (trial["sponsor"], trial["funding"]) == (
        "A University",
        "Sponsor: A University; collaborators: A Company",
    )
    assert record.entries["references"][0]["issued"] == "2020-01-02"
    other = recruiting.entries["trials"][0]
    assert (other["started"], other["planned_participants"]) == ("2020-01", 30)
    assert not {"ended", "participants"} & other.keys()
    assert not errors_of(record)


def test_a_retired_table_gives_the_same() -> None:
    trial, seen = (record.entries for record in read(CLASSIC))
    [entry] = trial["trials"]
    assert (entry["phase"], entry["intervention_model"], entry["masking"]) == ("phase2_phase3", "crossover", "none")
    assert (entry["masked_parties"], entry["started"], entry["participants"]) == ([], "2011-09-01", 12)
    [entry] = seen["observational"]
    assert (entry["design"], entry["prospective"], entry["participants"]) == ("cohort", True, 99)


def test_places_are_lines_and_columns() -> None:
    first, second = read(CURRENT)
    assert ':2, column "Locations"' in {note.place for note in first.notes}
    assert ':4, column "Completion Date"' in {note.place for note in second.notes}  # a cell before has two lines


def test_few_columns_are_enough_and_any_other_is_named() -> None:
    text = "NCT Number,Study Status,Study Design,My notes\nNCT90000305,SUSPENDED,Allocation: NA,seen\n"
    [record] = read(text)
    assert record.entries["trials"][0]["status"] == "suspended"
    assert ':2, column "My notes"' in {note.place for note in record.notes}


def test_a_study_whose_type_cannot_be_told_is_named_and_not_taken() -> None:
    [record] = read("NCT Number,Study Status\nNCT90000306,COMPLETED\n")
    assert not record.entries
    assert any("is not a type of study" in note.message for note in record.notes)


@pytest.mark.parametrize("status", ["TERMINATED", "UNKNOWN", "WITHDRAWN", "SUSPENDED"])
def test_a_number_of_people_that_may_be_an_estimate_is_named_and_not_taken(status: str) -> None:
    [record] = read(f"NCT Number,Study Status,Study Type,Enrollment\nNCT90000307,{status},INTERVENTIONAL,40\n")
    assert not {"participants", "planned_participants"} & record.entries["trials"][0].keys()
    assert any("40 participants" in note.message for note in record.notes)


def test_a_row_with_too_few_cells_is_named() -> None:
    [record] = read("NCT Number,Study Title,Study Type\nNCT90000308,Cut\n")
    assert any("2 cells, and the header 3" in note.message for note in record.notes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("NCT90000301,Title,COMPLETED\n", "has no header"),
        ("NCT Number,Study Title,Study Title\nNCT90000301,a,b\n", "occurs twice"),
        ('NCT Number,Study Title\nNCT90000301,"open\n', "cannot be read"),
        (f"NCT Number,Study Title\nNCT90000301,{'x' * 200_000}\n", "cannot be read"),
    ],
)
def test_a_broken_table_is_one_clear_error(text: str, said: str) -> None:
    with pytest.raises(EvgradeError, match=said):
        read(text)
