"""Labels of drugs become warnings in their own words; what only looks like a warning or a count is named, not taken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.checking import check_contents
from evgrade.importing.formats import records
from evgrade.importing.found import Record
from evgrade.importing.labels import LONGEST, MOST
from evgrade.inserting import inserted
from evgrade.model import EvgradeError, Severity
from evgrade.yamlio.reader import read
from tests.labels_of_drugs import ANIMAL, OTC, SET, a_label, an_openfda_label, paragraphs, section

VALID = b"dossier: 1\ntherapy: {name: a therapy}\ncondition: {name: a condition}\n"
BOX, CONTRA, INTERACTIONS = "34066-1", "34070-3", "34073-7"


def read_label(content: bytes | dict[str, Any]) -> Record:
    [record] = records(content if isinstance(content, bytes) else json.dumps(content).encode(), "label")
    assert errors_of(record) == []
    return record


def errors_of(record: Record) -> list[str]:
    """Return the errors of a dossier that holds what a label gives."""
    content = VALID
    for name, entries in record.entries.items():
        content = inserted(read(content, "a.yaml"), tuple(name.split(".")), entries)
    [checked] = check_contents([(content, "a.yaml")])
    return [one.message for one in checked.findings if one.severity is Severity.ERROR]


def said(record: Record, name: str) -> list[str]:
    return [one["statement"] for one in record.entries.get(f"safety.{name}", ())]


def notes(record: Record) -> str:
    return "\n".join(one.message for one in record.notes)


# The label itself


@pytest.mark.parametrize("content", [a_label(), an_openfda_label()], ids=["dailymed", "openfda"])
def test_the_label_is_a_reference_with_its_version_and_date(content: bytes | dict[str, Any]) -> None:
    [entry] = read_label(content).entries["references"]
    assert (entry["type"], entry["issued"], entry["author"]) == ("report", "2024-02-29", ["A Maker Inc"])
    assert entry["title"].lower().startswith("invent (inventol sulfate)")
    assert entry["notes"] == f"Set {SET}, version 7."
    assert entry["url"].endswith(f"setid={SET}")
    assert entry["id"] == "label-invent-0a1b2c3d"


def test_a_new_version_of_a_label_has_the_id_of_the_old_one() -> None:
    first, second = (read_label(a_label(version=one)).entries["references"][0] for one in ("7", "8"))
    assert (first["id"], first["url"]) == (second["id"], second["url"])
    assert first["notes"] != second["notes"]


@pytest.mark.parametrize("effective", ["20241301", "20240230", "2024-02-29", "soon", "20240", ""])
def test_a_date_that_is_none_is_left_out(effective: str) -> None:
    record = read_label(a_label(effective=effective))
    assert "issued" not in record.entries["references"][0]
    assert ("date" in notes(record)) == bool(effective)


@pytest.mark.parametrize("content", [a_label(set_id="x"), a_label(set_id=""), a_label(kind=ANIMAL)])
def test_a_label_that_cannot_be_cited_or_is_of_animals_gives_nothing(content: bytes) -> None:
    record = read_label(content)
    assert (record.entries, len(record.notes)) == ({}, 1)


# What it says


def test_each_paragraph_and_each_item_is_a_statement_that_cites_the_label() -> None:
    text = paragraphs("Do not use in asthma.") + "<list><item>Known allergy</item><item>Severe <br/>pain</item></list>"
    record = read_label(a_label(section(CONTRA, "4 CONTRAINDICATIONS", text)))
    assert said(record, "contraindications") == ["Do not use in asthma.", "Known allergy", "Severe pain"]
    entries = record.entries["safety.contraindications"]
    assert [one["id"] for one in entries] == [f"contraindication-inventol-sulfate-{n}" for n in (1, 2, 3)]
    assert {(one["locator"], *one["refs"]) for one in entries} == {("section 4", "label-invent-0a1b2c3d")}


def test_what_leads_to_a_list_is_said_in_each_of_its_items() -> None:
    text = paragraphs("Contraindicated in:") + "<list><item>asthma</item><item>gout</item></list>" + paragraphs("End.")
    record = read_label(a_label(section(CONTRA, "CONTRAINDICATIONS", text)))
    assert said(record, "contraindications") == ["Contraindicated in: asthma", "Contraindicated in: gout", "End."]


def test_headings_of_subsections_go_before_what_they_head() -> None:
    inner = section("42229-5", "7.1\tNitrates", paragraphs("Avoid them.", "Always."))
    record = read_label(a_label(section(INTERACTIONS, "7 DRUG INTERACTIONS", "", inner)))
    assert said(record, "interactions") == ["Nitrates: Avoid them.", "Nitrates: Always."]
    assert {one["locator"] for one in record.entries["safety.interactions"]} == {"section 7.1"}


def test_interactions_among_the_precautions_of_an_old_label_are_taken() -> None:
    inner = section(INTERACTIONS, "Drug Interactions", paragraphs("Avoid nitrates."))
    assert said(read_label(a_label(section("42232-9", "PRECAUTIONS", "", inner))), "interactions") == [
        "Avoid nitrates."
    ]


def test_an_interaction_with_subsections_of_the_same_code_is_taken_once() -> None:
    inner = section(INTERACTIONS, "7.1 Nitrates", paragraphs("Avoid them."))
    record = read_label(a_label(section(INTERACTIONS, "7 DRUG INTERACTIONS", "", inner)))
    assert said(record, "interactions") == ["Nitrates: Avoid them."]


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("WARNING: LIVER FAILURE", paragraphs("It can be fatal."), ["WARNING: LIVER FAILURE: It can be fatal."]),
        ("BOXED WARNING", paragraphs("It can be fatal."), ["It can be fatal."]),
        ("", paragraphs('<content styleCode="bold">WARNING</content>', "Fatal."), ["Fatal."]),
        ("", paragraphs('<content styleCode="bold">Liver</content>', "Fatal."), ["Liver: Fatal."]),
        ("", paragraphs("LIVER FAILURE"), ["LIVER FAILURE"]),
        ("", "It can be fatal.", ["It can be fatal."]),
    ],
)
def test_a_boxed_warning_is_taken_with_its_heading(title: str, text: str, expected: list[str]) -> None:
    assert said(read_label(a_label(section(BOX, title, text))), "boxed_warnings") == expected


def test_a_box_within_another_section_is_not_taken() -> None:
    record = read_label(a_label(section("34068-7", "DOSAGE", "", section(BOX, "", paragraphs("2 mg daily")))))
    assert said(record, "boxed_warnings") == []
    assert "a box within another section" in notes(record)


def test_a_box_within_contraindications_is_no_contraindication() -> None:
    record = read_label(a_label(section(CONTRA, "4 C", paragraphs("Asthma."), section(BOX, "", paragraphs("Fatal.")))))
    assert (said(record, "contraindications"), said(record, "boxed_warnings")) == (["Asthma."], [])
    assert "a box within another section" in notes(record)


def test_a_box_of_a_label_without_prescription_is_not_taken() -> None:
    record = read_label(a_label(section(BOX, "", paragraphs("Do not use if the seal is broken.")), kind=OTC))
    assert said(record, "boxed_warnings") == []
    assert "over-the-counter" in notes(record)
    assert "boxed_warnings: []" not in notes(record)


def test_what_a_label_without_prescription_says_not_to_do_is_a_contraindication() -> None:
    record = read_label(a_label(section("50570-1", "Do not use", paragraphs("if you are allergic")), kind=OTC))
    assert said(record, "contraindications") == ["if you are allergic"]


def test_that_there_is_no_boxed_warning_is_noted_and_not_written() -> None:
    record = read_label(a_label())
    assert "safety.boxed_warnings" not in record.entries
    assert "no boxed warning" in notes(record)


# What is not taken


def test_adverse_reactions_are_not_counted() -> None:
    table = "<table><tbody><tr><td>Nausea</td><td>12% (n=50)</td></tr></tbody></table>"
    record = read_label(a_label(section("34084-4", "6 ADVERSE REACTIONS", paragraphs("Nausea in 12%.") + table)))
    assert set(record.entries) == {"references"}
    assert "6 ADVERSE REACTIONS (1 paragraphs, 1 tables)" in notes(record)


def test_a_table_among_interactions_is_named_with_its_line() -> None:
    text = "\n\n<table><tbody><tr><td>Nitrates</td></tr></tbody></table>"
    record = read_label(a_label(section(INTERACTIONS, "7 DRUG INTERACTIONS", text)))
    [note] = [one for one in record.notes if "a table of 1 rows" in one.message]
    assert note.place == f":{a_label(section(INTERACTIONS, '7', text)).decode().split('<table>')[0].count(chr(10)) + 1}"


@pytest.mark.parametrize("content", [a_label(), an_openfda_label()], ids=["dailymed", "openfda"])
def test_codes_are_offered(content: bytes | dict[str, Any]) -> None:
    found = notes(read_label(content))
    assert "UNII AAAAAAAAA1" in found
    assert "therapy.codes.unii" in found
    assert "AAAAAAAAA3" not in found  # a filler
    assert ("RxNorm 1234567" in found) == isinstance(content, dict)


def test_statements_are_bounded_and_what_was_cut_is_named() -> None:
    text = paragraphs("A sentence. " * 500, *(f"Statement {number}." for number in range(MOST + 5)))
    record = read_label(a_label(section(CONTRA, "4 CONTRAINDICATIONS", text)))
    found = said(record, "contraindications")
    assert len(found) == MOST
    assert len(found[0]) <= LONGEST
    assert found[0].endswith("sentence. […]")
    assert "was cut" in notes(record)
    assert f"more than {MOST} statements" in notes(record)


@pytest.mark.parametrize("broken", [b"<document xmlns='urn:hl7-org:v3'><a>", b"<!DOCTYPE d [<!ENTITY a 'b'>]>"])
def test_a_broken_or_hostile_label_is_one_error(broken: bytes) -> None:
    content = broken if b"<document" in broken else broken + a_label().split(b"?>", 1)[1]
    with pytest.raises(EvgradeError, match="label"):
        list(records(content, "label"))


# openFDA


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: {"meta": {}, "results": [one]}])
def test_a_label_of_openfda_is_read_alone_and_in_an_answer(wrap: Any) -> None:
    text = "4 CONTRAINDICATIONS 4.1 Nitrates Never with them (4.2). 4.2 Allergy Contraindicated in: • asthma • gout"
    record = read_label(wrap(an_openfda_label(contraindications=[text])))
    assert said(record, "contraindications") == [
        "Nitrates Never with them (4.2).",
        "Allergy Contraindicated in: asthma",
        "Allergy Contraindicated in: gout",
    ]
    locators = [one["locator"] for one in record.entries["safety.contraindications"]]
    assert locators == ["section 4.1", "section 4.2", "section 4.2"]


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("CONTRAINDICATIONS Known allergy.", "Known allergy."),
        ("Contraindications include asthma.", "Contraindications include asthma."),
        ("7 Drug Interactions Nitrates.", "Nitrates."),
    ],
)
def test_only_a_heading_is_taken_off_a_text_of_openfda(text: str, statement: str) -> None:
    assert said(read_label(an_openfda_label(contraindications=[text])), "contraindications") == [statement]


def test_a_boxed_warning_of_openfda_is_taken_only_where_it_is_certain() -> None:
    sure = an_openfda_label(boxed_warning=["WARNING: FATAL. It kills."])
    assert said(read_label(sure), "boxed_warnings") == ["FATAL. It kills."]
    several = read_label(an_openfda_label(boxed_warning=["WARNING It kills.", "2 mg daily"]))
    assert said(several, "boxed_warnings") == []
    assert "several boxes" in notes(several)
    sure["openfda"] = {}
    assert said(read_label(sure), "boxed_warnings") == []


def test_sections_of_openfda_that_are_not_taken_are_named() -> None:
    record = read_label(an_openfda_label(adverse_reactions=["6 ADVERSE REACTIONS Nausea."], adverse_reactions_table=[]))
    assert "2 sections were not taken: adverse_reactions, adverse_reactions_table" in notes(record)


@given(
    st.dictionaries(
        st.sampled_from(
            ["boxed_warning", "contraindications", "drug_interactions", "openfda", "version", "do_not_use"]
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=30),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
            max_leaves=6,
        ),
    )
)
def test_a_label_of_openfda_of_any_shape_gives_entries_that_are_valid(changes: dict[str, Any]) -> None:
    read_label(an_openfda_label() | changes)


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff<&>"), min_size=1
    )
)
def test_whatever_a_label_says_is_valid(text: str) -> None:
    read_label(a_label(section(BOX, text, paragraphs(text)), section(CONTRA, "4", text)))


# Reports of suspected reactions


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"meta": {}, "results": [{"safetyreportid": "1", "serious": "1", "patient": {}}]}),
        json.dumps({"meta": {}, "results": [{"term": "NAUSEA", "count": 812}, {"term": "DEATH", "count": 3}]}),
        "primaryid$caseid$caseversion$i_f_code\n1$2$3$I\n",
        'Case ID,Suspect Product Names,Reactions\n1,"Invent","Nausea"\n',
        '<?xml version="1.0"?>\n<ichicsr lang="en"><safetyreport/></ichicsr>',
    ],
)
def test_reports_of_suspected_reactions_are_refused_with_the_reason(content: str) -> None:
    with pytest.raises(EvgradeError, match="not counts of people") as raised:
        list(records(content.encode(), "reports"))
    assert "design: surveillance" in str(raised.value.hint)
