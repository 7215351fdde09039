"""Tables of effects: numbers equal to those of the file; what can be read in two ways is told and not taken."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from evgrade.importing.content import Options
from evgrade.importing.formats import records
from evgrade.importing.found import Record
from evgrade.importing.tables.cells import Unread, number
from evgrade.model import EvgradeError

COUNTS = "study,year,ai,bi,ci,di\nSmith 2010,2010,4,119,11,128\nLee 2012,2012,6,300,29,274\n"


def one(text: str | bytes, name: str = "folder/a.csv", **said: Any) -> Record:
    """Return the only record of a table."""
    content = text if isinstance(text, bytes) else text.encode()
    [record] = records(content, name, Options(**({"measure": "RR", "outcome": "Death"} | said)))
    return record


def arms(record: Record, number: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = record.entries["trials"][number]["effects"][0]["arms"]
    return found


def said(record: Record) -> str:
    return "\n".join(f"{note.place} {note.message}" for note in record.notes)


def refused(text: str | bytes, **options: Any) -> str:
    with pytest.raises(EvgradeError) as error:
        list(records(text if isinstance(text, bytes) else text.encode(), "a.csv", Options(**options)))
    return f"{error.value.message} {error.value.hint}"


def test_counts_become_trials_that_answer_an_outcome_and_cite_the_table() -> None:
    record = one(COUNTS)
    assert record.entries["references"][0]["title"] == "a.csv"
    assert record.entries["outcomes"] == [{"id": "death", "name": "Death", "x-label": "Death", "refs": ["table-a-csv"]}]
    assert record.entries["trials"][0] == {
        "id": "smith-2010",
        "statement": "Listed in a.csv as Smith 2010.",
        "x-label": "Smith 2010",
        "refs": ["table-a-csv"],
        "year": 2010,
        "effects": [
            {
                "outcome": "Death",
                "answers": "death",
                "measure": "RR",
                "arms": [
                    {"name": "Intervention", "role": "intervention", "events": 4, "participants": 123},
                    {"name": "Control", "role": "control", "events": 11, "participants": 139},
                ],
            }
        ],
    }


@pytest.mark.parametrize(
    "text",
    [
        "ci;n2i;ai;n1i;study\n11;139;4;123;Smith 2010\n",
        "# made by R\nstudlab\tevent.e\tn.e\tevent.c\tn.c\nSmith 2010\t4\t123\t11\t139\n",
        'author   year ai  n1i ci  n2i\n"Smith" 2010  4  123 11 139\n',
        "\ufeffStudy,AI,N1I,CI,N2I\r\nSmith 2010,4,123,11,139\r\n",
        "Table 2. Deaths\n\nstudy,ai,n1i,ci,n2i\nSmith 2010,4,123,11,139\n",
        '"","study","ai","n1i","ci","n2i"\n"1","Smith 2010",4,123,11,139\n',
        'study,ai,n1i,ci,n2i,note\nSmith 2010,4,123,11,139,"two\nlines"\n',
        "sep=;\nstudy;ai;n1i;ci;n2i\nSmith 2010;4;123;11;139\n",
    ],
    ids=[
        "order and semicolons",
        "meta, tabs, comment",
        "blanks",
        "mark and line ends",
        "prose above",
        "R",
        "lines",
        "sep",
    ],
)
def test_only_the_names_of_columns_count(text: str) -> None:
    assert [(arm["role"], arm["events"], arm["participants"]) for arm in arms(one(text))] == [
        ("intervention", 4, 123),
        ("control", 11, 139),
    ]
    assert one(text.encode("utf-16")).entries["trials"][0]["x-label"] == "Smith 2010"


def test_means_keep_the_digits_of_the_file() -> None:
    record = one("study,m1i,sd1i,n1i,m2i,sd2i,n2i\nA 2001,5.10,1.0,20,6.00,1.20,21\n", measure="MD")
    assert [str(arms(record)[0][key]) for key in ("mean", "sd", "participants")] == ["5.10", "1.0", "20"]


def test_events_in_person_time_need_its_unit() -> None:
    text = "study,x1i,t1i,x2i,t2i\nA 2001,5,100.5,6,90\n"
    assert "--time-unit" in refused(text, measure="rate_ratio")
    arm = arms(one(text, measure="IRR", time_unit="years"))[0]
    assert arm["person_time"] == {"amount": Decimal("100.5"), "unit": "years"}


@pytest.mark.parametrize(
    ("measure", "expected"),
    [("OR", ("0.606531", "0.336893", "1.09198")), ("MD", ("-0.5", "-1.08799", "0.0879892"))],
)
def test_an_effect_and_its_variance_give_an_interval_and_a_ratio_from_its_logarithm(
    measure: str, expected: tuple[str, ...]
) -> None:
    [effect] = one("trial,yi,vi\nA 2001,-0.5,0.09\n", measure=measure).entries["trials"][0]["effects"]
    assert tuple(str(effect[key]) for key in ("estimate", "ci_low", "ci_high")) == expected
    assert effect["notes"] == "Computed from yi and vi."


def test_limits_that_meta_states_are_taken_and_not_computed() -> None:
    text = "studlab,TE,seTE,lower,upper\nA 2001,0.5,0.3,-0.10,1.10\n"
    [effect] = one(text, measure="SMD").entries["trials"][0]["effects"]
    assert [str(effect[key]) for key in ("ci_low", "ci_high", "se")] == ["-0.10", "1.10", "0.3"]


def test_a_column_that_is_named_after_its_measure_says_it() -> None:
    [effect] = one("study,HR,lower,upper\nA 2001,0.80,0.60,1.05\n", measure=None).entries["trials"][0]["effects"]
    assert (effect["measure"], str(effect["estimate"])) == ("HR", "0.80")


def test_a_measure_is_never_guessed() -> None:
    assert "does not state the effect measure" in refused(COUNTS)
    assert "from which no HR can be computed" in refused(COUNTS, measure="HR")
    assert "is not an effect measure" in refused(COUNTS, measure="Q")
    assert one(COUNTS, measure="Odds ratio").entries["trials"][0]["effects"][0]["measure"] == "OR"


def test_a_study_with_two_rows_is_one_trial_and_told() -> None:
    record = one("study,ai,n1i,ci,n2i\nA 2001,1,10,2,10\nA 2001,3,12,2,10\n")
    [trial] = record.entries["trials"]
    assert len(trial["effects"]) == 2
    assert ":3 A 2001 has another row" in said(record)


def test_studies_of_one_name_are_told_apart_by_their_year() -> None:
    record = one("study,year,ai,n1i,ci,n2i\nComstock,1974,1,10,2,10\nComstock,1976,3,12,2,10\n")
    assert [trial["x-label"] for trial in record.entries["trials"]] == ["Comstock 1974", "Comstock 1976"]


def test_counts_that_do_not_add_up_are_told() -> None:
    record = one("study,ai,bi,n1i,ci,di,n2i\nA,1,10,12,2,10,12\n")
    assert ':2, column "bi" 1 with the event and 10 without do not add up to the 12 of the arm' in said(record)


# Cells


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("1,234", ".", 1234),
        ("1,234", ",", Decimal("1.234")),
        ("1.234", ",", 1234),
        ("1.10", None, Decimal("1.10")),
        ("0,5", None, Decimal("0.5")),
        ("−3", None, -3),
        ("NR", None, None),
        ("–", None, None),
        (".", None, None),
        ("#N/A", None, None),
    ],
)
def test_a_number_is_read_as_its_column_writes_it(text: str, mark: str | None, expected: Any) -> None:
    assert (str(number(text, mark)), type(number(text, mark))) == (str(expected), type(expected))


@pytest.mark.parametrize("text", ["1,234", "12 (5.1)", "<0.001", "45%", "5 to 7", "twelve", "12 / 40", "9e400"])
def test_a_cell_that_is_not_one_number_says_why(text: str) -> None:
    assert isinstance(number(text, None), Unread)


def test_decimal_commas_are_known_by_the_other_numbers_of_the_table() -> None:
    text = "study;m1i;sd1i;n1i;m2i;sd2i;n2i\nA;5,25;1,234;1.200;6,5;1,5;21\n"
    arm = arms(one(text, measure="MD"))[0]
    assert [str(arm[key]) for key in ("mean", "sd", "participants")] == ["5.25", "1.234", "1200"]


def test_a_comma_that_can_be_read_in_two_ways_is_told_and_not_taken() -> None:
    record = one("study;m1i;sd1i;n1i;m2i;sd2i;n2i\nA;1,234;1,111;12;6;1;21\n", measure="MD")
    assert ':2, column "m1i" `1,234` can be 1.234 or 1234' in said(record)
    assert "mean" not in arms(record)[0]


def test_rows_that_do_not_fit_the_header_are_told() -> None:
    record = one("study,ai,n1i,ci,n2i\nA,1,10,2,10,7\nB,1,10,2\nC,1,10,2,10\n")
    assert ":2 6 cells where the header has 5: the row was not taken" in said(record)
    assert ":3 4 cells where the header has 5: the rest are read as empty" in said(record)
    broken = one("study,ai,n1i,ci,n2i,note\nA,1,10,2,10,first\nline\nC,1,10,2,10,x\n")
    assert [trial["x-label"] for trial in broken.entries["trials"]] == ["A", "C"]


def test_letters_that_are_not_utf8_are_told() -> None:
    record = one("study,ai,n1i,ci,n2i\nMüller 2001,1,10,2,10\n".encode("cp1252"))
    assert record.entries["trials"][0]["x-label"] == "Müller 2001"
    assert "Windows-1252" in said(record)


def test_a_quotation_mark_that_is_not_closed_is_told_at_its_line() -> None:
    rows = "".join(f"S{number},1,10,2,10\n" for number in range(200))
    assert "a.csv:2: a quotation mark opens here" in refused(f'study,ai,n1i,ci,n2i\n"A,1,10,2,10\n{rows}', measure="RR")


@pytest.mark.parametrize("text", ["a,b,c\n1,2,3\n", "study,treatment,n\nA,x,3\n"])
def test_columns_that_are_not_known_ask_for_a_mapping(text: str) -> None:
    assert "--guess a.csv" in refused(text)
