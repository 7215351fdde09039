"""Any table by a mapping: columns to fields, words to the words of the format, several values in a cell."""

from __future__ import annotations

from typing import Any

import pytest

from evgrade.importing.content import Content, Options
from evgrade.importing.formats import records
from evgrade.importing.found import Record
from evgrade.importing.mapping import read_mapping
from evgrade.importing.tables.guess import guessed
from evgrade.model import InvalidError

SHEET = """\
Trial;Published;NCT;Blinding;Arm A n;Arm B n;Deaths A;Deaths B, n (%);Change (SD) A;Change (SD) B;RoB;p
Müller;2010;NCT01234567;DB;50;48;5;9 (18,8%);1,50 (0,3);2,5 (0,4);low;0,03
Lee;2012;;open label;1.200;1.190;50;NR;1,7 (0,3);-;some concerns;<0,001
Smith;2013;see text;double;20;21;12 (5);3 (1)x;;;maybe;ns
"""
MAP = """\
mapping: 1
study: [Trial, Published]
fields:
  year: Published
  registry: NCT
  masking: {column: Blinding, words: {DB: double}}
  allocation: {is: randomized}
  risk_of_bias.overall: RoB
arms:
  - fields: {name: {is: Drug}, role: {is: experimental}, participants: Arm A n}
effects:
  - fields: {outcome: {is: Death}, measure: {is: RR}, p: p}
    arms:
      - fields: {name: {is: Drug}, role: {is: intervention}, events: Deaths A, participants: Arm A n}
      - fields: {name: {is: Placebo}, role: {is: control}, participants: Arm B n}
        cells: [{column: "Deaths B, n (%)", pattern: "{events} ({percent}%)"}]
  - fields: {outcome: {is: Change}, measure: {is: MD}}
    arms:
      - fields: {name: {is: Drug}, role: {is: intervention}, participants: Arm A n}
        cells: [{column: Change (SD) A, pattern: "{mean} ({sd})"}]
      - fields: {name: {is: Placebo}, role: {is: control}, participants: Arm B n}
        cells: [{column: Change (SD) B, pattern: "{mean} ({sd})"}]
studies:
  Lee 2012: {doi: 10.1000/abc, registry: [NCT00000002], x-label: Lee et al. 2012}
"""


def one(table: str, mapping: str) -> Record:
    options = Options(mapping=read_mapping(mapping.encode(), "map.yaml"))
    [record] = records(table.encode(), "sheet.csv", options)
    return record


def said(record: Record) -> str:
    return "\n".join(f"{note.place} {note.message}" for note in record.notes)


def trial(number: int, table: str = SHEET, mapping: str = MAP) -> dict[str, Any]:
    return one(table, mapping).entries["trials"][number]


def mistakes(mapping: str, table: str = SHEET) -> list[str]:
    with pytest.raises(InvalidError) as error:
        one(table, mapping)
    return [f"{found.location.line} {found.message} {found.hint}" for found in error.value.findings]


def test_columns_become_fields_and_words_the_words_of_the_format() -> None:
    found = trial(0)
    assert (found["x-label"], found["year"], found["registry"]) == ("Müller 2010", 2010, ["NCT01234567"])
    assert (found["masking"], found["allocation"], trial(1)["masking"]) == ("double", "randomized", "none")
    assert found["arms"] == [{"name": "Drug", "role": "experimental", "participants": 50}]


def test_judgements_of_risk_of_bias_say_whose_they_are() -> None:
    assert trial(0)["risk_of_bias"] == {"overall": "low", "judged_by": "as tabulated in sheet.csv"}
    assert "risk_of_bias" not in trial(2)  # `maybe` is none


def test_a_cell_that_holds_several_values_is_read_by_its_pattern() -> None:
    death, change = trial(0)["effects"]
    assert [str(death["arms"][1][key]) for key in ("events", "percent", "participants")] == ["9", "18.8", "48"]
    assert [str(change["arms"][0][key]) for key in ("mean", "sd")] == ["1.50", "0.3"]


def test_what_is_not_known_is_left_out_and_what_cannot_be_read_is_told_once() -> None:
    record = one(SHEET, MAP)
    assert "events" not in record.entries["trials"][1]["effects"][0]["arms"][1]
    assert record.entries["trials"][1]["effects"][0]["p"] == "< 0.001"
    assert "effects" not in record.entries["trials"][2]
    assert said(record).count(':4, column "Deaths A" `12 (5)` holds more than one number') == 1
    assert ':4, column "Deaths B, n (%)" `3 (1)x` is not written as' in said(record)
    assert ':4, column "NCT"' in said(record)


def test_a_study_is_tied_to_its_report_registration_and_other_name() -> None:
    found = trial(1)
    assert (found["x-label"], found["registry"]) == ("Lee et al. 2012", ["NCT00000002"])
    assert one(SHEET, MAP).entries["references"][1] == {"id": "lee-2012", "doi": "10.1000/abc"}
    assert "lee-2012" in found["refs"]


LONG = "study,arm,dead,n,year\nA,Drug,1,10,2001\nA,Placebo,3,11,2001\nB,Drug,2,12,2003\nB,Drug,5,13,2004\n"
LONG_MAP = """\
mapping: 1
study: study
fields: {year: year}
effects:
  - fields: {outcome: {is: Death}, measure: {is: OR}}
    arms:
      - {where: {arm: drug}, fields: {name: {is: Drug}, role: {is: intervention}, events: dead, participants: n}}
      - {where: {arm: Placebo}, fields: {name: {is: Placebo}, role: {is: control}, events: dead, participants: n}}
"""


def test_arms_can_have_rows_of_their_own() -> None:
    record = one(LONG, LONG_MAP)
    [effect] = record.entries["trials"][0]["effects"]
    assert [(arm["events"], arm["participants"]) for arm in effect["arms"]] == [(1, 10), (3, 11)]
    assert "2 rows for one arm" in said(record)
    assert "rows of one study differ in `year`: 2003, 2004" in said(record)


def test_rows_are_chosen_such_as_those_of_consensus() -> None:
    table = "Study ID,Reviewer Name,Total N\nA 2001,AB,10\nA 2001,Consensus,12\n"
    mapping = "mapping: 1\nstudy: Study ID\nrows: {Reviewer Name: consensus}\nfields: {participants: Total N}\n"
    record = one(table, mapping)
    assert record.entries["trials"][0]["participants"] == 12
    without = one(table, mapping.replace("rows: {Reviewer Name: consensus}\n", ""))
    assert "participants" not in without.entries["trials"][0]
    assert "rows of one study differ in `participants`: 10, 12: not taken" in said(without)


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("Arm B n}", "Arm C n}", 15, "has no column `Arm C n`"),
        ("year: Published", "yeer: Published", 4, "did you mean `year`?"),
        ("year: Published", "result: Published", 4, "is a judgement, which is never imported"),
        ("measure: {is: RR}", "sd: RoB", 12, "`sd` is not a field here"),
        ("mapping: 1", "mapping: 2", 1, "it must be 1"),
        ("study: [Trial, Published]", "studi: Trial", 2, "unknown key `studi`"),
        ('"{mean} ({sd})"}]\n      - fields', '"{mean} ({sx})"}]\n      - fields', 20, "`sx` is not a field here"),
    ],
)
def test_a_mistake_in_a_mapping_is_told_at_its_line(old: str, new: str, line: int, told: str) -> None:
    assert any(one.startswith(f"{line} ") and told in one for one in mistakes(MAP.replace(old, new)))


def test_other_sections_can_be_filled() -> None:
    mapping = "mapping: 1\nsection: safety.adverse_events\nstudy: Harm\nfields: {name: Harm, n: People, of: All}\n"
    record = one("Harm,People,All\nNausea,3,31\n", mapping)
    [harm] = record.entries["safety.adverse_events"]
    assert (harm["name"], harm["n"], harm["of"]) == ("Nausea", 3, 31)


def guess_of(table: str) -> str:
    [found] = Content("sheet.csv", table.encode()).tables
    return guessed(found, "sheet.csv")


def test_a_proposed_mapping_is_valid_and_reads_what_it_found() -> None:
    proposed = guess_of(SHEET)
    record = one(SHEET, proposed)
    death, change = record.entries["trials"][0]["effects"]
    assert [(arm["role"], arm["events"], arm["participants"]) for arm in death["arms"]] == [
        ("intervention", 5, 50),
        ("control", 9, 48),
    ]
    assert str(change["arms"][1]["sd"]) == "0.4"
    assert "measure" not in death
    assert "# measure:" in proposed


@pytest.mark.parametrize(
    ("header", "cells", "line"),
    [
        ("HR (95% CI)", "0.80 (0.60 to 1.05)", 'pattern: "{estimate} ({ci_low} to {ci_high})"'),
        ("n.ctrl.dead", "4", "n.ctrl.dead"),
        ("DOI", "10.1000/x", "doi: DOI"),
        ("Something else", "words", "Something else: such as words"),
        ("Total N", "100", "participants: Total N"),
    ],
)
def test_names_of_columns_are_proposed_for_fields(header: str, cells: str, line: str) -> None:
    assert line in guess_of(f'Study ID,{header},x\nA 2001,"{cells}",1\n')


@pytest.mark.parametrize("name", ["a: b", "#x", "{y}", "- z", '"q"', "yes", "n", "über%", "[1"])
def test_a_column_of_any_name_can_be_proposed(name: str) -> None:
    quoted = name.replace('"', '""')
    read_mapping(guess_of(f'study,"{quoted}",ai\nA 2001,w,1\n').encode(), "map.yaml")
