"""RIS as databases and reference managers really write it: no record is lost, and nothing is made up."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importing.reading import is_accounted_for, notes, read, references

ONE = """\
TY  - JOUR
AU  - Okafor, Ada Ngozi
AU  - van den Berg, Jan-Willem
AU  - The Trial Group
TI  - A drug and a disease
T2  - Journal of Tests
PY  - 2019
DA  - 2019/05/03/
VL  - 12
IS  - 3
SP  - 101
EP  - 109
DO  - 10.1000/abc
SN  - 0028-3878
LA  - eng
ER  -
"""


def ris(*lines: str) -> str:
    return "\n".join(("TY  - JOUR", *lines, "ER  - ", ""))


def field(name: str, *lines: str) -> Any:
    [entry] = references(ris("TI  - A title", *lines))
    return entry.get(name)


def test_a_record_is_a_reference() -> None:
    assert references(ONE) == [
        {
            "id": "okafor-2019",
            "type": "article-journal",
            "author": ["Okafor AN", "van den Berg JW", "The Trial Group"],
            "title": "A drug and a disease",
            "container_title": "Journal of Tests",
            "issued": "2019-05-03",
            "volume": 12,
            "issue": 3,
            "page": "101-109",
            "doi": "10.1000/abc",
            "issn": "0028-3878",
            "language": "en",
        }
    ]


@pytest.mark.parametrize("begin", ["TY  - JOUR", "TY - JOUR", "TY  -  JOUR ", "TY  -JOUR", " \ufeffTY  - JOUR", ""])
@pytest.mark.parametrize("end", ["ER  - ", "ER  -", "ER -", "ER  - kmpt", ""])
@pytest.mark.parametrize("between", ["", "\n", "\n2.\n", "\nRecord #2 of 784\n", "\nLink to the full text\n\n<2>\n"])
def test_no_record_is_lost_however_it_begins_and_ends(begin: str, end: str, between: str) -> None:
    if not begin and not end and "\n" not in between:
        pytest.skip("nothing says where a record ends")
    body = "TI  - Title {}\nAU  - Okafor, A\nPY  - 2019"
    text = "".join(
        "\n".join(line for line in (begin, body.format(number), end) if line) + "\n" + between for number in range(3)
    )
    found = references(text)
    assert [one["title"] for one in found] == ["Title 0", "Title 1", "Title 2"]
    assert {one["issued"] for one in found} == {2019}


@given(
    st.lists(
        st.lists(
            st.sampled_from(
                [
                    "TI  - T",
                    "AU  - Okafor, A",
                    "T2  - J",
                    "DO  - 10.1000/x",
                    "",
                    "a stray line",
                    "1.",
                    "IS  -",
                    "C1  - x",
                ]
            ),
            max_size=5,
        ),
        min_size=1,
        max_size=5,
    ),
    st.lists(st.booleans(), min_size=5, max_size=5),
)
def test_every_record_becomes_a_reference_or_says_why_not(bodies: list[list[str]], ends: list[bool]) -> None:
    text = "".join(
        "\n".join(["TY  - JOUR", *body, *(["ER  - "] if has_end else []), ""])
        for body, has_end in zip(bodies, ends, strict=False)
    )
    found = [record for record in read(text) if "TY" in text]
    untyped = [record for record in found if any("has no TY" in note.message for note in record.notes)]
    assert len(found) - len(untyped) == len(bodies)
    assert all(is_accounted_for(record) for record in found)


def test_lines_behind_the_end_belong_to_the_record_before_and_are_named() -> None:
    text = ONE + "C1  - An address\nNL  - J Test\n\nLink to the Ovid full text: http://example.org\n\n2.\n" + ONE
    assert len(references(text)) == 2
    assert [note for note in notes(text) if "belongs to no field" in note] == [
        ":17: `C1 An address` belongs to no field",
        ":18: `NL J Test` belongs to no field",
        ":20: `Link to the Ovid full text: http://example.org` belongs to no field",
    ]


def test_a_record_with_nothing_to_cite_is_noted() -> None:
    assert notes("TY  - BOOK\nTY  - JOUR\nTI  - A\nER  - \n") == [
        ":1: there is no title and no identifier: the record was not taken"
    ]


def test_a_record_without_a_title_is_taken_with_its_identifier() -> None:
    assert references(ris("DO  - 10.1000/x"))[0]["doi"] == "10.1000/x"


def test_lines_without_a_tag_go_on_with_the_field_before() -> None:
    assert field("title", "AU  - Okafor, A") == "A title"
    assert references("TY  - JOUR\nTI  - The first\n      and the second\nER  - \n")[0]["title"] == (
        "The first and the second"
    )


def test_a_line_separator_of_unicode_ends_no_line() -> None:
    assert references("TY  - JOUR\nTI  - The first\u2028AU  - no author\nER  - \n")[0]["title"] == (
        "The first AU - no author"
    )


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_line_ends_of_any_system_are_read(newline: str) -> None:
    assert references(ONE.replace("\n", newline)) == references(ONE)


def test_windows_1252_is_read_and_noted() -> None:
    text = ris("TI  - Étude", "AU  - Müller, J")
    assert references(text.encode("cp1252"))[0]["author"] == ["Müller J"]
    assert "not UTF-8" in notes(text.encode("cp1252"))[0]


@pytest.mark.parametrize(
    ("written", "issued"),
    [
        ("2020//", 2020),
        ("2018/05/04/", "2018-05-04"),
        ("2022/08//undefined", "2022-08"),
        ("2001/00/00/", 2001),
        ("2019-04", "2019-04"),
        ("20190403", "2019-04-03"),
        ("May 2019", "2019-05"),
        ("3 May 2019", "2019-05-03"),
        ("2019 Oct-Dec", 2019),
        ("2010 Spring", 2010),
        ("1998 Dec-1999 Jan", 1998),
        ("25/12/2019", "2019-12-25"),
        ("03/04/2019", 2019),
        ("2019/02/31", "2019-02"),
        ("10 15", None),
        ("DEC", None),
        ("SEP 99", None),
        ("99", None),
        ("///", None),
        ("YEAR/MONTH/DAY/", None),
        ("in press", None),
    ],
)
def test_a_date_is_taken_as_far_as_it_is_certain(written: str, issued: Any) -> None:
    assert field("issued", f"PY  - {written}") == issued


@pytest.mark.parametrize("written", ["10 15", "SEP 99", "2010 Spring", "1998 Dec-1999 Jan", "03/04/2019"])
def test_what_of_a_date_is_not_certain_is_noted(written: str) -> None:
    assert any(f"`{written}`" in note for note in notes(ris("TI  - A", f"PY  - {written}")))


@pytest.mark.parametrize("order", list(product(("PY  - 2019", "DA  - 2019/05//"), repeat=2)))
def test_the_date_that_says_most_is_taken(order: tuple[str, str]) -> None:
    assert field("issued", *order) == ("2019-05" if "DA  - 2019/05//" in order else 2019)


@pytest.mark.parametrize(
    ("lines", "page"),
    [
        (["SP  - 359-368"], "359-368"),
        (["SP  - 359-368", "EP  - 368"], "359-368"),
        (["SP  - e64723"], "e64723"),
        (["SP  - No", "EP  - Specified"], None),
        (["SP  - 12"], 12),
        (["EP  - 12"], None),
        (["EP  - 12-15"], "12-15"),
        (["C7  - 1722034"], 1722034),
        (["SP  - 5", "EP  - 9", "C7  - 77"], "5-9"),
    ],
)
def test_pages(lines: list[str], page: Any) -> None:
    assert field("page", *lines) == page


@pytest.mark.parametrize(
    ("line", "doi"),
    [
        ("DO  - http://dx.doi.org/10.1000/ab(1)c", "10.1000/ab(1)c"),
        ("DO  - https://doi.org/10.1000/abc.", "10.1000/abc"),
        ("DO  - doi:10.1000/abc [doi]", "10.1000/abc"),
        ("DO  - 10.1000%2Fabc", "10.1000/abc"),
        ("DO  - 10.1000/abc; 10.1000/def", "10.1000/abc"),
        ("UR  - http://dx.doi.org/10.1023/A:1017379030770", "10.1023/A:1017379030770"),
        ("L2  - https://doi.org/10.1000%2Fabc", "10.1000/abc"),
        ("LK  - http://resolver.example.org/?id=doi:10.1000%2Fabc", None),
        ("M3  - 10.1000/abc", "10.1000/abc"),
        ("M3  - Article", None),
        ("DO  - none", None),
    ],
)
def test_a_doi_is_found_where_it_is_certain(line: str, doi: str | None) -> None:
    assert field("doi", line) == doi


def test_a_second_doi_is_noted() -> None:
    text = ris("DO  - 10.1000/a", "DO  - 10.1000/b", "DO  - 10.1000/A")
    assert [note for note in notes(text) if "DOI" in note] == [":3: a DOI too many: `10.1000/b` beside `10.1000/a`"]


@pytest.mark.parametrize(
    ("lines", "pmid"),
    [
        (["AN  - 12345"], None),
        (["AN  - 12345", "DB  - PubMed"], 12345),
        (["AN  - 12345", "DP  - Ovid MEDLINE(R)"], 12345),
        (["AN  - 12345", "DB  - Embase"], None),
        (["C5  - 12345", "DB  - Embase", "DB  - Medline"], 12345),
        (["AN  - WOS:000123", "DB  - Medline"], None),
        (["UR  - https://pubmed.ncbi.nlm.nih.gov/12345/"], 12345),
        (["N1  - PMID: 12345"], 12345),
    ],
)
def test_a_number_is_a_pmid_only_where_pubmed_says_so(lines: list[str], pmid: int | None) -> None:
    assert field("pmid", *lines) == pmid


@pytest.mark.parametrize(
    ("written", "issn"),
    [
        ("01678809", "0167-8809"),
        ("20964129 (ISSN) ", "2096-4129"),
        ("1573-3602 1050-5350", "1573-3602"),
        ("0028-387x", "0028-387X"),
        ("kmptns", None),
    ],
)
def test_an_issn_in_any_spelling(written: str, issn: str | None) -> None:
    assert field("issn", f"SN  - {written}") == issn


def test_a_serial_number_of_a_book_is_its_isbn() -> None:
    assert field("isbn", "SN  - 978-0-19-023866-7") == "978-0-19-023866-7"


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        ("Liu R.", ["Liu R"]),
        ("Adler D.G.", ["Adler DG"]),
        ("Bailes, E. J.", ["Bailes EJ"]),
        ("St. Clair, Colleen Cassady", ["St. Clair CC"]),
        ("Smith, John, Jr.", ["Smith J Jr"]),
        ("Smith, J, III", ["Smith J 3rd"]),
        ("Okafor, A.; Berg, J.", ["Okafor A", "Berg J"]),
        ("Beethoven, Ludwig van", ["van Beethoven L"]),
        ("World Health Organization,", ["World Health Organization"]),
        ("Ministry of Health, Labour and Welfare", ["Ministry of Health, Labour and Welfare"]),
        ("Okafor, A., et al.", ["Okafor A"]),
        ("et al.", None),
        ("Ng, K-L", ["Ng K-L"]),
    ],
)
def test_authors_are_named_as_dossiers_name_them(written: str, authors: list[str] | None) -> None:
    assert field("author", f"AU  - {written}") == authors


@pytest.mark.parametrize(
    ("lines", "own"),
    [
        (["ID  - smith2019"], "smith2019"),
        (["ID  - 20203152553"], "okafor-2020"),
        (["ID  - http://example.org/1"], "okafor-2020"),
        (["ID  - a b"], "okafor-2020"),
    ],
)
def test_the_key_of_a_source_is_the_id_where_it_fits(lines: list[str], own: str) -> None:
    assert field("id", "AU  - Okafor, A", "PY  - 2020", *lines) == own


@pytest.mark.parametrize(
    ("author", "own"),
    [
        ("Müller-Lüdenscheid, A", "muller-ludenscheid-2020"),
        ("O'Brien, A", "obrien-2020"),
        ("Ødegård, Å", "odegard-2020"),
        ("Łoś, A", "los-2020"),
        ("田中, 太郎", "title-2020"),
    ],
)
def test_an_id_is_in_ascii(author: str, own: str) -> None:
    assert field("id", f"AU  - {author}", "PY  - 2020") == own


def test_what_a_database_says_of_its_own_record_is_no_note() -> None:
    assert field("notes", "DB  - Scopus", "N1  - Export Date: 30 April 2020") is None
    assert field("notes", "N1  - Read in full.") == "Read in full."


@pytest.mark.parametrize("title", ["RETRACTED: A title", "Retraction—A title", "WITHDRAWN: A title"])
def test_a_title_that_says_retracted_is_a_hint_and_no_status(title: str) -> None:
    text = f"TY  - JOUR\nTI  - {title}\nER  - \n"
    assert "retraction" not in references(text)[0]
    assert any("a hint, but not a status" in note for note in notes(text))


def test_a_type_without_a_word_in_the_dossier_is_said_in_notes() -> None:
    [entry] = references("TY  - NEWS\nTI  - A title\nER  - \n")
    assert (entry["type"], entry["notes"]) == ("article", "Newspaper article.")


def test_markup_and_entities_of_titles_become_text() -> None:
    assert (
        references(ris("TI  - H<sub>2</sub>O &amp; <i>E. coli</i>, p < 0.05"))[0]["title"] == "H2O & E. coli, p < 0.05"
    )


def test_every_field_that_is_not_taken_is_named_once_a_record() -> None:
    assert notes(ris("TI  - A", "KW  - x", "KW  - y", "AB  - z")) == [":1: not taken: KW, AB"]


def test_a_line_of_an_abstract_ends_no_record() -> None:
    text = "TY  - JOUR\nTI  - A\nAB  - It was\nER - positive.\nPY  - 2019\nER  -\n"
    assert references(text)[0]["issued"] == 2019


def test_a_last_page_without_a_first_is_noted() -> None:
    assert ":3: `12` is the last page, and the first is missing" in notes(ris("TI  - A", "EP  - 12"))


def test_the_text_of_the_cochrane_library_is_read() -> None:
    one = "ID: CN-{0}\nAU: Okafor A\nAU: Berg J\nTI: A trial\nSO: J Test\nYR: 2011\nVL: 12\nNO: 3\nPG: 1-9\n"
    one += "PM: PUBMED {0}\nPT: Journal article\nDOI: 10.1000/{0}\n"
    text = "".join(f"Record #{n} of 2\n{one.format(n)}\n" for n in (1, 2))
    first, second = references(text)
    assert first == {
        "id": "CN-1",
        "type": "article-journal",
        "author": ["Okafor A", "Berg J"],
        "title": "A trial",
        "container_title": "J Test",
        "issued": 2011,
        "volume": 12,
        "issue": 3,
        "page": "1-9",
        "doi": "10.1000/1",
        "pmid": 1,
    }
    assert second["pmid"] == 2


def test_web_of_science_is_read() -> None:
    one = (
        "PT J\nAU Okafor, A\n   Berg, JW\nTI A long\n   title\nSO JOURNAL OF TESTS\nLA English\n"
        "DT Article; Retracted Publication\nSN 0028-3878\nPD MAY 3\nPY 2019\nVL 12\nIS 3\nBP 101\nEP 109\n"
        "DI 10.1000/abc\nPM 123\nUT WOS:1\nER\n\n"
    )
    found = references(f"FN Clarivate Analytics Web of Science\nVR 1.0\n{one}{one}EF\n")
    assert len(found) == 2
    assert found[0] == {
        "id": "okafor-2019",
        "type": "article-journal",
        "author": ["Okafor A", "Berg JW"],
        "title": "A long title",
        "container_title": "JOURNAL OF TESTS",
        "issued": "2019-05-03",
        "volume": 12,
        "issue": 3,
        "page": "101-109",
        "doi": "10.1000/abc",
        "pmid": 123,
        "issn": "0028-3878",
        "language": "en",
        "retraction": "retracted",
    }
