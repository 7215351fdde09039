"""References in the style of Vancouver, numbered in the order in which they are cited."""

from __future__ import annotations

from typing import Any

import pytest

from evgrade.report.links import links_of, registry, web
from evgrade.report.references import Numbering, vancouver

PAPER = {
    "id": "bensimon",
    "author": ["Bensimon G", "Lacomblez L", "Meininger V"],
    "title": "A controlled trial of riluzole in amyotrophic lateral sclerosis",
    "container_title": "N Engl J Med",
    "issued": "1994-03-03",
    "volume": 330,
    "issue": 9,
    "page": "585-591",
}


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        (
            PAPER,
            (
                "Bensimon G, Lacomblez L, Meininger V. A controlled trial of riluzole in amyotrophic lateral sclerosis."
                " N Engl J Med. 1994 Mar 3;330(9):585-91."
            ),
        ),
        ({"id": "a", "author": list("ABCDEFG"), "title": "Seven"}, "A, B, C, D, E, F, et al. Seven."),
        ({"id": "a", "author": list("ABCDEF"), "title": "Six"}, "A, B, C, D, E, F. Six."),
        ({"id": "a", "title": "Does it help?", "container_title": "BMJ", "issued": 2010}, "Does it help? BMJ. 2010."),
        ({"id": "a", "title": "A book", "publisher": "Press", "issued": "2010-05"}, "A book. Press; 2010 May."),
        ({"id": "only-an-id"}, "only-an-id."),
        ({"id": "a", "title": "T", "container_title": "J", "page": "e12"}, "T. J. e12."),
    ],
)
def test_a_reference_is_written_as_medicine_writes_it(reference: dict[str, Any], words: str) -> None:
    assert vancouver(reference) == words


@pytest.mark.parametrize(
    ("pages", "short"),
    [
        ("585-591", "585-91"),
        ("1425-31", "1425-31"),
        ("98-101", "98-101"),
        ("12-12", "12-2"),
        ("S5-S9", "S5-S9"),
        ("7", "7"),
    ],
)
def test_a_range_of_pages_leaves_out_what_both_have(pages: str, short: str) -> None:
    assert (
        vancouver({"id": "a", "title": "T", "container_title": "J", "issued": 2000, "page": pages})
        == f"T. J. 2000;{short}."
    )


def test_numbers_are_given_in_the_order_of_citation_and_what_nobody_cites_comes_last() -> None:
    numbering = Numbering({name: {"id": name} for name in ("a", "b", "c")}, frozenset({"b"}))
    assert numbering.cite(["c", "b"]) == (1, 2)
    assert numbering.cite(["b", "nowhere"]) == (2,)
    listed = numbering.listed()
    assert [(one.number, one.text, one.warning, one.cited) for one in listed] == [
        (1, "c.", "", True),
        (2, "b.", "Retracted", True),
        (3, "a.", "", False),
    ]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://user@evil.example/",
        "https://a b.example/",
        "https://evil.example/\t",
        'https://evil.example/"><script>',
        "ftp://files.example/a",
        "https:///nohost",
        "http://[half",
        "https://ev\u202eil.example/",
        "",
    ],
)
def test_only_plain_web_addresses_become_links(address: str) -> None:
    assert web(address, "words") is None


def test_a_plain_web_address_becomes_a_link() -> None:
    found = web("https://www.example.org/a?b=1&c=2#d", "words")
    assert found is not None
    assert found.href == "https://www.example.org/a?b=1&c=2#d"


def test_a_doi_with_signs_of_markup_is_encoded() -> None:
    (link,) = links_of({"id": "a", "doi": "10.1002/(SICI)1097<1::AID>3.0.CO;2-\"x'"})
    assert link.href == "https://doi.org/10.1002/(SICI)1097%3C1::AID%3E3.0.CO;2-%22x%27"


def test_registries_are_known_by_the_form_of_their_numbers() -> None:
    found = registry("nct00349622")
    assert found is not None
    assert found.href == "https://clinicaltrials.gov/study/NCT00349622"
    assert registry("NCT1/../evil") is None
