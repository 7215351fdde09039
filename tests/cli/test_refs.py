"""`evgrade refs`: who cites each reference, what it lacks, which are the same, and what became of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from evgrade.schema.store import schema

from .conftest import SameAsGolden
from .hostile import hostile_dossier
from .support import NALTREXONE, RILUZOLE, SMALLEST, VALID, Run, harmful, width

DOSSIER = (
    VALID
    + """\
claims:
  - {id: claim, statement: It is said to help., refs: [paper, page]}
mechanism:
  - id: chain
    statement: It does something.
    relevance: plausible
    refs: [paper]
    evidence:
      - {id: inner, statement: It was seen., refs: [paper, preprint]}
references:
  - {id: unused, type: book, title: A book, issued: 2001}
  - {id: paper, type: article-journal, title: A trial of X, issued: 2019-05, doi: 10.1000/PAPER, retraction: corrected}
  - {id: again, type: article-journal, title: Another title, issued: 2019, doi: 10.1000/paper, pmid: 5}
  - {id: alike, type: article-journal, title: A Trial of X., issued: 2019, doi: 10.1000/other, pmid: 6}
  - {id: preprint, type: article, title: A trial of X, issued: 2019, version_of: paper}
  - {id: page, type: webpage, title: A page, url: "https://example.org"}
"""
)
HEAD = "RetractionDate,RetractionDOI,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason\n"
NOTICE = "1/20/2021 0:00,10.1000/notice,10.1000/paper,0,Retraction,+Falsification of Data;\n"


def listed(evgrade: Run, *options: str | Path) -> dict[str, Any]:
    result = evgrade("refs", "-", "-f", "json", *options, stdin=DOSSIER)
    assert (result.code, result.stderr) == (0, "")
    data = json.loads(result.stdout)
    jsonschema.Draft202012Validator(schema("refs")).validate(data)
    [dossier] = data["dossiers"]
    return {one["id"]: one for one in dossier["references"]}


@pytest.mark.parametrize(("columns", "name"), [(80, "refs-80.txt"), (120, "refs-120.txt")])
def test_it_reads_as_it_was_read_last(evgrade: Run, same_as_golden: SameAsGolden, columns: int, name: str) -> None:
    result = evgrade("refs", RILUZOLE, env={"COLUMNS": str(columns)})
    assert (result.code, result.stderr) == (0, "")
    assert width(result.stdout) <= columns
    same_as_golden(result.stdout, name)


@pytest.mark.parametrize(("form", "name"), [("markdown", "refs.md"), ("json", "refs.json")])
def test_so_do_a_page_and_json(evgrade: Run, same_as_golden: SameAsGolden, form: str, name: str) -> None:
    result = evgrade("refs", NALTREXONE, SMALLEST, "--format", form)
    assert (result.code, result.stderr) == (0, "")
    same_as_golden(re.sub('"evgrade": "[^"]*"', '"evgrade": ""', result.stdout), name)


def test_it_says_where_each_is_cited(evgrade: Run) -> None:
    found = {name: [(one["section"], one["id"]) for one in said["cited_by"]] for name, said in listed(evgrade).items()}
    assert found == {
        "paper": [("claims", "claim"), ("mechanism", "chain"), ("mechanism.evidence", "inner")],
        "page": [("claims", "claim")],
        "preprint": [("mechanism.evidence", "inner")],
        "unused": [],
        "again": [],
        "alike": [],
    }
    [line] = [n for n, text in enumerate(DOSSIER.splitlines(), 1) if text.lstrip().startswith("refs: [paper]")]
    assert listed(evgrade)["paper"]["cited_by"][1]["location"]["line"] == line


def test_what_is_missing_is_what_a_source_of_its_type_has(evgrade: Run) -> None:
    found = {name: one["missing"] for name, one in listed(evgrade).items() if one["missing"]}
    assert found == {"paper": ["pmid"], "preprint": ["doi"]}


def test_an_identifier_makes_a_duplicate_and_a_title_suggests_one(evgrade: Run) -> None:
    found = {
        name: [(other["id"], other["same"], other["certain"]) for other in one["duplicates"]]
        for name, one in listed(evgrade).items()
        if one["duplicates"]
    }
    assert found == {
        "paper": [("again", "DOI", True), ("alike", "title and year", False)],
        "again": [("paper", "DOI", True)],
        "alike": [("paper", "title and year", False), ("preprint", "title and year", False)],
        "preprint": [("alike", "title and year", False)],
    }


@pytest.mark.slow
def test_numbers_are_those_of_the_report_page(evgrade: Run) -> None:
    page = evgrade("report", RILUZOLE).stdout
    for one in json.loads(evgrade("refs", RILUZOLE, "-f", "json").stdout)["dossiers"][0]["references"]:
        entry = re.search(rf'<li[^>]* id="ref-{one["number"]}"[^>]*>(.*?)</li>', page, re.DOTALL)
        assert entry is not None
        assert one["text"].split(". ")[1][:20] in re.sub("<[^>]*>", "", entry[1])


def test_what_became_of_it_is_said_by_the_dossier_and_by_a_file(evgrade: Run, tmp_path: Path) -> None:
    notices = tmp_path / "notices.csv"
    notices.write_text(HEAD + NOTICE)
    assert listed(evgrade)["paper"]["retraction"] == "corrected"
    assert listed(evgrade)["paper"]["notices"] == []
    found = listed(evgrade, "--retractions", notices)
    assert [one["nature"] for one in found["paper"]["notices"]] == ["Retraction"]
    text = evgrade("refs", "-", "--retractions", notices, stdin=DOSSIER, env={"COLUMNS": "200"}).stdout
    assert "corrected, says the dossier; retraction 2021-01-20 by 10.1000/notice, says Retraction Watch" in text
    assert "not looked up" not in text


def test_hostile_text_is_shown_harmlessly(evgrade: Run) -> None:
    for form in ("text", "markdown", "json"):
        assert harmful(evgrade("refs", "-", "-f", form, stdin=hostile_dossier(NALTREXONE)).stdout) == []


def test_a_dossier_that_is_not_valid_is_an_error(evgrade: Run) -> None:
    assert evgrade("refs", "nowhere.yaml").code == 2
    assert evgrade("refs", "-", "-").code == 2
    assert evgrade("refs", "-", stdin="dossier: 1\n").code == 1
