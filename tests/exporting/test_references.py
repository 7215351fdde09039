"""References for other programs: nothing is lost, nothing is made up, and no text escapes its field."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text

from evgrade.checking import load_dossier
from evgrade.exporting.bibtex import bibtex
from evgrade.exporting.references import References
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


CSL_TYPES = frozenset(
    (
        *("article", "article-journal", "book", "chapter", "dataset", "document", "legislation", "paper-conference"),
        *("personal_communication", "post", "post-weblog", "regulation", "report", "software", "thesis", "webpage"),
    )
)
CSL_FIELDS = frozenset(
    (
        *(
            "id",
            "type",
            "author",
            "title",
            "container-title",
            "issued",
            "accessed",
            "available-date",
            "volume",
            "issue",
        ),
        *("page", "publisher", "DOI", "PMID", "PMCID", "ISSN", "ISBN", "URL", "language", "note"),
    )
)
"""Of csl-data.json, Citation Style Language 1.0.2, which allows no other types and fields than its own."""


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


def items(text: str) -> list[dict[str, Any]]:
    """Read CSL-JSON strictly, by the schema of its authors as far as it concerns what evgrade writes."""
    found: list[dict[str, Any]] = json.loads(text)
    assert len({item["id"] for item in found}) == len(found)
    for item in found:
        assert item.keys() <= CSL_FIELDS
        assert item["type"] in CSL_TYPES
        for name in item.get("author", ()):
            assert name.keys() in ({"family", "given"}, {"literal"})
        for date in ("issued", "accessed", "available-date"):
            assert all(1 <= len(parts) <= 3 for parts in item.get(date, {"date-parts": []})["date-parts"])
        for field in item.keys() - {"author", "issued", "accessed", "available-date"}:
            assert isinstance(item[field], str)
    return found


def bibliography(text: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Read BibTeX strictly: type and fields by key, with neither a key twice nor anything that cannot be read."""
    library = parse_string(text)
    assert not library.failed_blocks
    assert len(library.blocks) == len(library.entries)
    return {
        entry.key: (entry.entry_type, {field.key: str(field.value) for field in entry.fields})
        for entry in library.entries
    }


def plain(latex: str) -> str:
    """Return what LaTeX would print; the library takes a circumflex for the accent of that name."""
    return str(LatexNodes2Text(keep_comments=True).latex_to_text(latex)).replace("\u02c6", "^").replace("\n", " ")


@pytest.mark.parametrize("path", [NALTREXONE, RILUZOLE])
def test_no_reference_of_an_example_is_lost(path: Path, evgrade: Run) -> None:
    ids = list(load_dossier(str(path)).references)
    assert [item["id"] for item in items(evgrade("export", path, "--format", "csl-json").stdout)] == ids
    assert [dict(record)["ID"] for record in records(evgrade("export", path, "--format", "ris").stdout)] == ids
    assert list(bibliography(evgrade("export", path, "--format", "bibtex").stdout)) == ids


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


def test_bibtex_carries_every_field_and_a_title_cannot_close_its_entry(evgrade: Run) -> None:
    result = evgrade("export", "-", "--format", "bibtex", stdin=HEAD + ONE)
    assert result.stderr == ""
    [(key, (kind, fields))] = bibliography(result.stdout).items()
    assert (key, kind) == ("a-2020", "article")
    assert plain(fields.pop("title")) == 'A: "b" {c} ER  -  TY  - JOUR'
    assert fields == {
        "author": "Okafor, A. and Ng, K.-L. and {The Trial Group}",
        "journal": "Journal",
        "date": "2020-03",
        "year": "2020",
        "pages": "585--591",
        "volume": "3",
        "number": "2",
        "pmid": "123",
        "annotation": "Read in full.",
        "doi": "10.1000/x",
        "note": "retraction: retracted",
    }


PRINTED = st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Zs", "Cs"], exclude_characters="-`'")
"""What LaTeX prints as it is; of dashes and quotes in a row it makes longer and curly ones."""


@given(st.text(PRINTED, min_size=1))
def test_any_text_is_a_title_in_bibtex(text: str) -> None:
    written = bibtex(References(({"id": "a", "title": text, "author": [text]},))).text
    _, fields = bibliography(written)["a"]
    assert plain(fields["title"]) == text.replace("\u02c6", "^")


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Use of SOD1 mice in Boston", "Use of {SOD1} mice in {Boston}"),
        ("mTOR and dose", "{mTOR} and dose"),
        ("Ärzte und Übung", "Ärzte und {Übung}"),
        ("50% & more_or less #1", r"50\% \& more\_or less \#1"),
        (
            r"\emph{x} ^",
            r"\textbackslash{}emph\ensuremath{\lbrace}x\ensuremath{\rbrace} \textasciicircum{}",
        ),
    ],
)
def test_bibtex_keeps_capitals_and_shows_what_latex_would_run(title: str, written: str, evgrade: Run) -> None:
    stdin = HEAD + f"  - {{id: a, title: {json.dumps(title)}}}\n"
    assert f"  title = {{{written}}},\n" in evgrade("export", "-", "--format", "bibtex", stdin=stdin).stdout


def test_an_author_of_bibtex_is_one_name_with_all_initials(evgrade: Run) -> None:
    stdin = HEAD + "  - {id: a, author: [van der Berg JAM, Smith and Sons A, 'A {B} Group', others]}\n"
    text = evgrade("export", "-", "--format", "bibtex", stdin=stdin).stdout
    body = r"{A \ensuremath{\lbrace}B\ensuremath{\rbrace} Group}"
    assert f"author = {{van der Berg, J. A. M. and {{Smith and Sons A}} and {body} and {{others}}}}" in text


def test_bibtex_gives_addresses_as_they_are_but_for_what_ends_a_field(evgrade: Run) -> None:
    stdin = HEAD + "  - {id: a, doi: '10.1000/a_b}%2F', url: 'https://x.example/?q={a_b}&c'}\n"
    _, fields = bibliography(evgrade("export", "-", "--format", "bibtex", stdin=stdin).stdout)["a"]
    assert fields == {"doi": "10.1000/a_b%7D%2F", "url": "https://x.example/?q=%7Ba_b%7D&c"}


def test_kinds_that_share_a_type_of_bibtex_keep_apart(evgrade: Run) -> None:
    kinds = ["webpage", "post", "post-weblog", "legislation", "regulation"]
    stdin = HEAD + "".join(f"  - {{id: {kind}, type: {kind}}}\n" for kind in kinds)
    found = bibliography(evgrade("export", "-", "--format", "bibtex", stdin=stdin).stdout)
    assert {key: (kind, fields.get("entrysubtype")) for key, (kind, fields) in found.items()} == {
        "webpage": ("online", None),
        "post": ("online", "post"),
        "post-weblog": ("online", "post-weblog"),
        "legislation": ("legislation", None),
        "regulation": ("legislation", "regulation"),
    }


@pytest.mark.parametrize("form", ["csl-json", "ris", "bibtex"])
def test_what_a_format_has_no_place_for_is_named(form: str, evgrade: Run) -> None:
    more = "  - {id: b, title: B, version_of: a-2020, x-shelf: 3}\n"
    stderr = evgrade("export", "-", "--format", form, stdin=HEAD + ONE + more).stderr
    assert stderr.splitlines() == [
        f"{form} has no place for references.version_of: b",
        f"{form} has no place for references.x-shelf: b",
    ]


# Several dossiers


def write(folder: Path, name: str, references: str) -> Path:
    path = folder / f"{name}.dossier.yaml"
    path.write_text(HEAD + references, encoding="utf-8")
    return path


@pytest.mark.parametrize("other", ["doi: 10.1000/A", "pmid: '7'", "pmcid: PMC9"])
def test_a_source_of_two_dossiers_is_exported_once(other: str, tmp_path: Path, evgrade: Run) -> None:
    first = write(tmp_path, "a", "  - {id: smith, title: One, doi: 10.1000/a, pmid: 7, pmcid: PMC9}\n")
    second = write(tmp_path, "b", f"  - {{id: smith-2001, title: Two, volume: 3, {other}}}\n")
    result = evgrade("export", first, second, "--format", "csl-json")
    [item] = json.loads(result.stdout)
    assert (item["id"], item["title"], item["volume"]) == ("smith", "One", "3")
    told = result.stderr.splitlines()
    assert told[0] == f"references.smith-2001 of {second} is exported once, as smith: it is the same source"
    assert f"references.smith-2001 of {second} states another title than smith, which is exported" in told


def test_two_sources_with_one_id_stay_two(tmp_path: Path, evgrade: Run) -> None:
    first = write(tmp_path, "a", "  - {id: smith, title: One}\n  - {id: smith-2, title: Two}\n")
    second = write(tmp_path, "b", "  - {id: smith, title: Three}\n")
    result = evgrade("export", first, second, "--format", "bibtex")
    assert {key: fields["title"] for key, (_, fields) in bibliography(result.stdout).items()} == {
        "smith": "One",
        "smith-2": "Two",
        "smith-3": "Three",
    }
    assert result.stderr == f"references.smith of {second} is exported as smith-3: another source has its id\n"


def test_the_same_words_in_two_dossiers_are_one_source(tmp_path: Path, evgrade: Run) -> None:
    first, second = (write(tmp_path, name, f"  - {{id: {name}, title: One}}\n") for name in ("a", "b"))
    assert list(bibliography(evgrade("export", first, second, "--format", "bibtex").stdout)) == ["a"]


def test_within_one_dossier_no_reference_is_joined(evgrade: Run) -> None:
    stdin = HEAD + "  - {id: a, title: One, doi: 10.1000/a}\n  - {id: b, title: One, doi: 10.1000/a}\n"
    assert list(bibliography(evgrade("export", "-", "--format", "bibtex", stdin=stdin).stdout)) == ["a", "b"]


def test_a_folder_is_searched_and_what_is_no_dossier_there_is_named(tmp_path: Path, evgrade: Run) -> None:
    write(tmp_path, "a", "  - {id: one, title: One}\n")
    (tmp_path / "other.yaml").write_text("a: 1\n", encoding="utf-8")
    result = evgrade("export", tmp_path, "--format", "csl-json")
    assert [item["id"] for item in json.loads(result.stdout)] == ["one"]
    assert "other.yaml" in result.stderr


def test_a_folder_without_a_dossier_is_an_error(tmp_path: Path, evgrade: Run) -> None:
    result = evgrade("export", tmp_path, "--format", "ris")
    assert result.code != 0
    assert "no dossier was found" in result.stderr


def test_an_invalid_dossier_in_a_folder_stops_the_export(tmp_path: Path, evgrade: Run) -> None:
    write(tmp_path, "a", "  - {id: one, title: One}\n")
    (tmp_path / "b.dossier.yaml").write_text("dossier: 1\n", encoding="utf-8")
    result = evgrade("export", tmp_path, "--format", "ris")
    assert result.code != 0
    assert result.stdout == ""


def test_hostile_text_stays_in_its_field(evgrade: Run) -> None:
    text = hostile_dossier(RILUZOLE)
    count = len(load_dossier(str(RILUZOLE)).references)
    assert len(records(evgrade("export", "-", "--format", "ris", stdin=text).stdout)) == count
    assert len(json.loads(evgrade("export", "-", "--format", "csl-json", stdin=text).stdout)) == count
    assert len(bibliography(evgrade("export", "-", "--format", "bibtex", stdin=text).stdout)) == count
