"""Patients' reports as counts, and harms with theirs."""

from __future__ import annotations

from typing import Any

import pytest

from evgrade.importing.formats import records
from evgrade.importing.found import Record

ROWS = "No effect or unsure,none_or_unsure,7,47\nSlight,slight,3,20\nModerate,moderate,4,27%\n"


def one(text: str) -> Record:
    [record] = records(text.encode(), "ldn.csv")
    return record


def case(text: str) -> dict[str, Any]:
    [found] = one(text).entries["cases"]
    return found


def said(record: Record) -> str:
    return "\n".join(f"{note.place} {note.message}" for note in record.notes)


@pytest.mark.parametrize(
    "text",
    [
        f"users,31\nevaluated,15\nlabel,category,n,percent\n{ROWS}",
        f"# users: 31\n# evaluated: 15\nlabel,category,n,percent\n{ROWS}",
        f"label,category,n,percent\nUsers,,31,\nEvaluated,,15,\n{ROWS}",
        "label,category,n,percent,users,evaluated\n" + ROWS.replace("\n", ",31,15\n"),
    ],
    ids=["lines above", "comments", "rows", "columns"],
)
def test_answers_are_counted_with_users_and_evaluated(text: str) -> None:
    found = case(text)
    assert (found["kind"], found["users"], found["evaluated"]) == ("patient_reported_cohort", 31, 15)
    assert [(one["label"], one["category"], one["n"], one["percent"]) for one in found["responses"]] == [
        ("No effect or unsure", "none_or_unsure", 7, 47),
        ("Slight", "slight", 3, 20),
        ("Moderate", "moderate", 4, 27),
    ]
    assert "result" not in found


def test_an_answer_that_is_no_category_is_told() -> None:
    record = one("answer,n,percent\nMajor,2,10\nWonderful,3,15\nCan't tell,1,5\n")
    assert [one.get("category") for one in record.entries["cases"][0]["responses"]] == ["major", None, "unclear"]
    assert "`Wonderful` is none of the categories" in said(record)


def test_several_communities_are_several_cases() -> None:
    found = one("source,label,n,percent\nForum A,Slight,2,10\nForum B,Slight,3,15\n").entries["cases"]
    assert [(entry["source"], entry["responses"][0]["n"]) for entry in found] == [("Forum A", 2), ("Forum B", 3)]


def test_of_single_reports_the_last_of_each_person_counts_and_no_name_is_kept() -> None:
    text = "user,date,effectiveness\nann,2010-01-02,Slight\nann,2010-03-01,Moderate\nbob,2010-02-01,Moderate\n"
    record = one(text)
    [found] = record.entries["cases"]
    assert (found["evaluated"], found["responses"]) == (2, [{"label": "Moderate", "category": "moderate", "n": 2}])
    assert "ann" not in str(record.entries)
    assert "people who gave several answers: 1; the last answer of each counts, by date" in said(record)


def test_harms_are_counted() -> None:
    found = one("name,n,of,seriousness\nVivid dreams,1,31,not serious\nNausea,1,31,\n").entries["safety.adverse_events"]
    assert [(entry["name"], entry["n"], entry["of"], entry.get("seriousness")) for entry in found] == [
        ("Vivid dreams", 1, 31, "not_serious"),
        ("Nausea", 1, 31, None),
    ]
    assert not {"source", "item"} & found[0].keys()
