"""BibTeX: LaTeX as text, names as they are meant, and broken entries as notes with their line."""

from __future__ import annotations

import sys

import pytest

from evgrade.model import EvgradeError
from tests.importing.reading import is_accounted_for, notes, read, references

ONE = r"""
@string{jt = "Journal of Tests"}
@article{okafor2019,
  author = {Okafor, Ada N. and Ludwig van Beethoven and {World Health Organization} and M{\"u}ller, J},
  title = {The {DNA} of an {\'E}tude \& 5\% --- \emph{E. coli}},
  journal = jt # ", A",
  year = 2019, month = may,
  volume = 12, number = {3}, pages = {101--109},
  doi = {10.1000/a\_b}, url = {https://example.org/a%20b?c=d_e&f},
  issn = {00283878}, language = {English}, note = {Read in full.},
  abstract = {Not ours.}
}
"""


def authors(written: str) -> list[str]:
    [entry] = references(f"@article{{a, title={{A}}, author={{{written}}}}}")
    found: list[str] = entry.get("author", [])
    return found


def test_an_entry_is_a_reference() -> None:
    assert references(ONE) == [
        {
            "id": "okafor2019",
            "type": "article-journal",
            "author": ["Okafor AN", "van Beethoven L", "World Health Organization", "Müller J"],
            "title": "The DNA of an Étude & 5% — E. coli",
            "container_title": "Journal of Tests, A",
            "issued": "2019-05",
            "volume": 12,
            "issue": 3,
            "page": "101-109",
            "doi": "10.1000/a_b",
            "issn": "0028-3878",
            "url": "https://example.org/a%20b?c=d_e&f",
            "language": "en",
            "notes": "Read in full.",
        }
    ]
    assert notes(ONE) == [":3: not taken: abstract"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Smith, Jr., John", ["Smith J Jr"]),
        ("de la Fontaine, Jean", ["de la Fontaine J"]),
        ("Jean de la Fontaine", ["de la Fontaine J"]),
        ("family=Beethoven, given=Ludwig, prefix=van", ["van Beethoven L"]),
        ("{The A and B Group} and Okafor, A", ["The A and B Group", "Okafor A"]),
        ("The Trial Investigators", ["The Trial Investigators"]),
        ("Okafor, A and others", ["Okafor A"]),
        ("O'Brien, K.-L.", ["O'Brien K-L"]),
    ],
)
def test_authors_are_named_as_dossiers_name_them(written: str, expected: list[str]) -> None:
    assert authors(written) == expected


def test_what_is_broken_is_noted_with_its_line_and_the_rest_is_read() -> None:
    text = "@article{a, title={First}}\n@misc{b, title = {Unclosed\n"
    text += "@book{c, title={C}, title={D}}\n@article{a, title={Twice}}\n"
    assert [one["title"] for one in references(text)] == ["First", "C", "Twice"]
    assert [note.split(": ")[0] for note in notes(text)] == [":2", ":3", ":4"]
    assert all(is_accounted_for(record) for record in read(text))


@pytest.mark.parametrize(
    ("key", "own"), [("smith:2019", "okafor-2019"), ("123", "okafor-2019"), ("Smith_2019.a", "Smith_2019.a")]
)
def test_the_key_is_the_id_where_it_fits(key: str, own: str) -> None:
    assert references(f"@article{{{key}, title={{A}}, author={{Okafor, A}}, year=2019}}")[0]["id"] == own


@pytest.mark.parametrize(
    ("fields", "issued"),
    [
        ("date={2019-05-03}", "2019-05-03"),
        ("date={2019-05-03/2019-06-01}", 2019),
        ("year={2019}, month={5}", "2019-05"),
        ("year={2019}, month=jun, day={4}", "2019-06-04"),
        ("year={in press}", None),
    ],
)
def test_a_date_is_taken_as_far_as_it_is_certain(fields: str, issued: int | str | None) -> None:
    assert references(f"@article{{a, title={{A}}, {fields}}}")[0].get("issued") == issued


def test_without_the_library_one_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bibtexparser.entrypoint", None)
    with pytest.raises(EvgradeError, match="BibTeX, which needs bibtexparser") as error:
        read(ONE)
    assert error.value.hint is not None
    assert "evgrade[bibtex]" in error.value.hint
    assert references("TY  - JOUR\nTI  - A\nER  - \n")


@pytest.mark.parametrize("depth", [10, 50_000])
def test_braces_however_deep_are_read(depth: int) -> None:
    text = f"@article{{a, title={{{'{' * depth}A title{'}' * depth}}}}}"
    assert references(text)[0]["title"] == "A title"
