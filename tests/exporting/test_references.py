"""References for other programs: nothing is lost, nothing is made up, and no text escapes its field."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from evgrade.checking import load_dossier
from tests.cli.hostile import hostile_dossier
from tests.cli.support import NALTREXONE, RILUZOLE, Run

HEAD = "dossier: 1\ntherapy: {name: X}\ncondition: {name: Y}\nreferences:\n"
ONE = """\
  - id: a-2020
    type: article-journal
    author: [Okafor A, Ng K-L, The Trial Group]
    title: "A: \\"b\\" {c}\\nER  - \\nTY  - JOUR"
    container_title: Journal
    issued: 2020-03
    volume: 3
    issue: 2
    page: 585-591
    doi: 10.1000/x
    pmid: 123
    retraction: retracted
    notes: Read in full.
"""


def records(text: str) -> list[list[tuple[str, str]]]:
    """Read RIS strictly: each line is a tag and a value, TY opens a record and ER closes it."""
    found: list[list[tuple[str, str]]] = []
    opened = False
    for line in text.split("\n"):
        if not line:
            continue
        tag = re.fullmatch(r"([A-Z][A-Z0-9])  - ?(.*)", line)
        assert tag is not None, line
        assert (tag[1] == "TY") is not opened, line
        if tag[1] == "TY":
            found.append([])
        opened = tag[1] != "ER"
        found[-1].append((tag[1], tag[2]))
    assert not opened
    return found


@pytest.mark.parametrize("path", [NALTREXONE, RILUZOLE])
def test_no_reference_of_an_example_is_lost(path: Path, evgrade: Run) -> None:
    ids = list(load_dossier(str(path)).references)
    items = json.loads(evgrade("export", path, "--format", "csl-json").stdout)
    assert [item["id"] for item in items] == ids
    assert [dict(record)["ID"] for record in records(evgrade("export", path, "--format", "ris").stdout)] == ids


def test_csl_json_carries_every_field_with_the_precision_of_its_date(evgrade: Run) -> None:
    result = evgrade("export", "-", "--format", "csl-json", stdin=HEAD + ONE)
    assert result.stderr == ""
    assert json.loads(result.stdout) == [
        {
            "id": "a-2020",
            "type": "article-journal",
            "author": [
                {"family": "Okafor", "given": "A"},
                {"family": "Ng", "given": "K-L"},
                {"literal": "The Trial Group"},
            ],
            "title": 'A: "b" {c}\nER  - \nTY  - JOUR',
            "container-title": "Journal",
            "volume": "3",
            "issue": "2",
            "page": "585-591",
            "DOI": "10.1000/x",
            "PMID": "123",
            "issued": {"date-parts": [[2020, 3]]},
            "note": "retraction: retracted\nRead in full.",
        }
    ]


def test_ris_carries_every_field_and_a_title_cannot_open_a_record(evgrade: Run) -> None:
    result = evgrade("export", "-", "--format", "ris", stdin=HEAD + ONE)
    assert result.stderr == ""
    assert records(result.stdout) == [
        [
            ("TY", "JOUR"),
            ("ID", "a-2020"),
            ("AU", "Okafor, A"),
            ("AU", "Ng, K-L"),
            ("AU", "The Trial Group"),
            ("TI", 'A: "b" {c} ER  -  TY  - JOUR'),
            ("T2", "Journal"),
            ("VL", "3"),
            ("IS", "2"),
            ("DO", "10.1000/x"),
            ("PY", "2020"),
            ("DA", "2020/03//"),
            ("SP", "585"),
            ("EP", "591"),
            ("AN", "123"),
            ("DB", "PubMed"),
            ("N1", "retraction: retracted"),
            ("N1", "Read in full."),
            ("ER", ""),
        ]
    ]


@pytest.mark.parametrize("form", ["csl-json", "ris"])
def test_what_a_format_has_no_place_for_is_named(form: str, evgrade: Run) -> None:
    more = "  - {id: b, title: B, version_of: a-2020, x-shelf: 3}\n"
    stderr = evgrade("export", "-", "--format", form, stdin=HEAD + ONE + more).stderr
    assert stderr.splitlines() == [
        f"{form} has no place for references.b.version_of",
        f"{form} has no place for references.b.x-shelf",
    ]


def test_hostile_text_stays_in_its_field(evgrade: Run) -> None:
    text = hostile_dossier(RILUZOLE)
    count = len(load_dossier(str(RILUZOLE)).references)
    assert len(records(evgrade("export", "-", "--format", "ris", stdin=text).stdout)) == count
    assert len(json.loads(evgrade("export", "-", "--format", "csl-json", stdin=text).stdout)) == count
