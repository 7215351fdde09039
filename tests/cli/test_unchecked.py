"""`evgrade validate` ends with what it did not look at, and how to have it looked at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evgrade.checks.model import all_checks

from .support import VALID, Run

CITED = "trials: [{id: t, statement: s, refs: [r]}]\nreferences: [{id: r, title: A paper, %s}]\n"
NOTICES = (
    "Record ID,Title,RetractionDOI,RetractionPubMedID,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason,"
    "RetractionDate\n"
)
RETRACTIONS = "retractions (add --retractions FILE)"
DUE_DATES = "due dates (add --as-of DATE)"


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("", []),
        (CITED % "doi: 10.1000/182", ["retractions"]),
        (CITED % "pmid: 12345", ["retractions"]),
        (CITED % "publisher: A press", []),  # there is nothing to look it up by
        ("review: {next_review: 2030}\n", ["due_dates"]),
        ("review: {next_review: 2030, as_of: 2026-01-01}\n", []),
        ("waivers: [{check: claim-bias, reason: r, until: 2030}]\n", ["due_dates"]),
        ("review: {next_review: 2030}\n" + CITED % "pmid: 12345", ["retractions", "due_dates"]),
        # What is wrong elsewhere, or where it would be looked for, does not matter.
        ("claims: 5\n" + CITED % "doi: 10.1000/182", ["retractions"]),
        ("references: [5, {id: r}]\nreview: 7\nwaivers: {a: b}\n", []),
        ("{", ["facts"]),
    ],
)
def test_what_was_not_checked_is_said(evgrade: Run, body: str, left: list[str]) -> None:
    words = {"retractions": RETRACTIONS, "due_dates": DUE_DATES}
    told = [words[one] for one in left if one in words]  # of a broken file the error says enough
    result = evgrade("validate", "-", stdin=VALID + body)
    lines = [line for line in result.stderr.splitlines() if line.startswith("not checked")]
    assert lines == ([f"not checked: {', '.join(told)}"] if told else [])
    assert not told or result.stderr.splitlines()[-1] == lines[0]
    for form in ("json", "jsonl"):
        printed = evgrade("validate", "-", "-f", form, stdin=VALID + body).stdout
        file = json.loads(printed)["files"][0] if form == "json" else json.loads(printed.splitlines()[0])
        assert file["not_checked"] == left


def test_a_file_that_is_not_a_dossier_has_no_facts(evgrade: Run) -> None:
    found = json.loads(evgrade("validate", "-", "-f", "json", stdin="a: b\n").stdout)
    assert found["files"] == [{"file": "<stdin>", "status": "invalid", "not_checked": ["facts"]}]


def test_it_is_said_once_for_all_files_and_not_if_quiet(evgrade: Run, tmp_path: Path) -> None:
    for number, body in enumerate([CITED % "pmid: 12345", CITED % "pmid: 12346", "review: {next_review: 2030}\n"]):
        (tmp_path / f"{number}.yaml").write_text(VALID + body, encoding="utf-8")
    lines = evgrade("validate", tmp_path).stderr.splitlines()
    assert lines[-1] == f"not checked: {RETRACTIONS}, {DUE_DATES}"
    assert sum(line.startswith("not checked") for line in lines) == 1
    assert evgrade("validate", tmp_path, "--quiet").stderr == ""


def test_what_is_asked_for_is_checked(evgrade: Run, tmp_path: Path) -> None:
    notices = tmp_path / "notices.csv"
    notices.write_text(NOTICES, encoding="utf-8")
    body = "review: {next_review: 2030}\n" + CITED % "pmid: 12345"
    result = evgrade("validate", "-", "--retractions", notices, "--as-of", "2026-01-01", stdin=VALID + body)
    assert "not checked" not in result.stderr


def test_json_names_the_checks_that_were_made(evgrade: Run) -> None:
    made = json.loads(evgrade("validate", "-", "-f", "json", stdin=VALID).stdout)["checks"]
    assert made == [one.code for one in all_checks()]
    assert json.loads(evgrade("rubric", "check", "grade", "-f", "json").stdout)["checks"] == []
