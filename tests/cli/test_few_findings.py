"""A mistake that repeats itself is listed a hundred times and counted from there on, in every format."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from evgrade.cli.destinations import FindingsFormat
from evgrade.model import Finding, Location, Severity
from evgrade.render.findings import few_of_each
from evgrade.schema.store import schema

from .support import Run

TRIAL = "{{id: t{n}, statement: s, refs: [r], participants: 10, completed: 11}}"
WRONG = "11 people completed it"
MORE = "{} more {} in this file are not listed"
TOLD = MORE.format("1,134", "count-completed errors")


def dossier(number: int) -> str:
    trials = "".join(f"  - {TRIAL.format(n=n)}\n" for n in range(number))
    return f"dossier: 1\ntherapy: {{name: T}}\ncondition: {{name: C}}\nreferences: [{{id: r}}]\ntrials:\n{trials}"


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Write a dossier with 1,234 errors of a kind."""
    path = tmp_path / "many.dossier.yaml"
    path.write_text(dossier(1_234))
    return path


@pytest.fixture
def some(tmp_path: Path) -> Path:
    """Write a dossier with 134 errors of a kind: a report has a line for every trial too."""
    path = tmp_path / "some.dossier.yaml"
    path.write_text(dossier(134))
    return path


def finding(line: int, code: str = "a-code", severity: Severity = Severity.ERROR, waived: str | None = None) -> Finding:
    place = Location(file="x", line=line, column=1, path=())
    return Finding(code=code, severity=severity, message=f"{line}", location=place, waived=waived)


def messages(findings: Iterable[Finding]) -> list[str]:
    return [one.message for one in findings]


def test_a_hundred_are_listed() -> None:
    hundred = [finding(line) for line in range(100)]
    assert few_of_each(hundred) == tuple(hundred)


def test_one_more_takes_no_more_room_than_its_count() -> None:
    findings = [finding(line) for line in range(101)]
    assert few_of_each(findings) == tuple(findings)


@pytest.mark.slow
def test_the_others_are_counted_where_the_first_of_them_is() -> None:
    few = few_of_each(finding(line) for line in range(60_000))
    assert messages(few[:100]) == [str(line) for line in range(100)]
    assert messages(few[100:]) == [MORE.format("59,900", "a-code errors")]
    assert (few[100].location.line, few[100].code, few[100].count) == (100, "a-code", 59_900)
    assert few_of_each(few) == few


def test_each_kind_is_counted_by_itself() -> None:
    kinds = [
        [finding(line, code="b-code") for line in range(102)],
        [finding(line, severity=Severity.NOTE) for line in range(103)],
        [finding(line, waived="so it is") for line in range(104)],
        [finding(200)],
    ]
    few = few_of_each(one for kind in kinds for one in kind)
    assert [one.count for one in few if one.count > 1] == [2, 3, 4]
    assert sum(one.count for one in few) == 102 + 103 + 104 + 1


def test_accepted_ones_say_so() -> None:
    few = few_of_each(finding(line, waived=f"reason {line}") for line in range(102))
    assert few[100].message == MORE.format("2", "accepted a-code findings")
    assert few[100].waived == "for the reasons given in the waivers"


@pytest.mark.parametrize("form", FindingsFormat)
def test_every_format_lists_a_hundred_and_says_how_many_more(evgrade: Run, many: Path, form: FindingsFormat) -> None:
    result = evgrade("validate", "--format", form, many)
    assert result.code == 1
    # JUnit has the first message in an attribute too.
    assert result.stdout.count(WRONG) == (101 if form is FindingsFormat.JUNIT else 100)
    assert result.stdout.count(TOLD) == 1
    assert "1,234 errors" in result.stderr.replace("1234", "1,234")


def counts(listed: Iterable[dict[str, Any]]) -> list[int]:
    return [one["count"] for one in listed]


@pytest.mark.nightly
def test_programs_read_the_number_in_a_field(evgrade: Run, many: Path, some: Path) -> None:
    """The test of the schemas holds every format to its schema; this one to the number."""
    expected = [1] * 100 + [1_134]
    data = json.loads(evgrade("validate", "--format", "json", many).stdout)
    jsonschema.validate(data, schema("findings"))
    assert counts(data["findings"]) == expected
    assert data["counts"] == {"error": 1_234, "warning": 0, "note": 0, "waived": 0}
    lines = [json.loads(line) for line in evgrade("validate", "--format", "jsonl", many).stdout.splitlines()]
    for line in lines:
        jsonschema.validate(line, schema("finding"))
    assert counts(lines[1:]) == expected
    (run,) = json.loads(evgrade("validate", "--format", "sarif", many).stdout)["runs"]
    assert [one.get("properties", {"count": 1})["count"] for one in run["results"]] == expected
    assert "(and 1233 more)" in evgrade("validate", "--format", "junit", many).stdout
    assessment = json.loads(evgrade("score", "--format", "json", some).stdout)
    jsonschema.validate(assessment, schema("assessment"))
    assert counts(assessment["findings"]) == [1] * 100 + [34]


def test_a_result_of_sarif_is_the_same_result_when_there_are_fewer(evgrade: Run, many: Path) -> None:
    def last() -> object:
        (run,) = json.loads(evgrade("validate", "--format", "sarif", many).stdout)["runs"]
        return run["results"][-1]["partialFingerprints"]

    before = last()
    many.write_text(dossier(500))
    assert last() == before


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_a_report_lists_no_more(evgrade: Run, some: Path, form: str) -> None:
    printed = " ".join(evgrade("score", "--format", form, some).stdout.split())
    assert printed.count(WRONG) == 100
    assert printed.count(MORE.format("34", "count-completed errors")) == 1


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_report_by_several_rubrics_lists_no_more(evgrade: Run, some: Path, form: str) -> None:
    rubrics = ("--rubric", "evgrade-default", "--rubric", "ocebm-2011")
    printed = " ".join(evgrade("score", *rubrics, "--format", form, some).stdout.split())
    assert printed.count(WRONG) == 100
    assert printed.count(MORE.format("34", "count-completed errors")) == 1


def test_a_row_of_batch_has_the_first_error_and_all_counts(evgrade: Run, many: Path) -> None:
    row = json.loads(evgrade("batch", "--no-cache", "--format", "jsonl", many).stdout)
    assert row["counts"]["error"] == 1_234
    assert WRONG in json.dumps(row["problem"])
