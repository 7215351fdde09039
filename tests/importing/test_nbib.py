"""The MEDLINE format: what PubMed says of a paper, its later fate included."""

from __future__ import annotations

import pytest

from tests.importing.reading import is_accounted_for, notes, read, references

ONE = """\
PMID- 20000001
OWN - NLM
IS  - 1476-6256 (Electronic)
IS  - 0002-9262 (Print)
IS  - 0002-9262 (Linking)
VI  - 20
IP  - 4
DP  - 2019 May 3
TI  - A long title that is
      wrapped into two lines.
PG  - 454-81
LID - 10.1000/abc [doi]
LID - S0000-0000(19)00001-0 [pii]
AB  - Not ours to copy.
FAU - Okafor, Ada
AU  - Okafor A
FAU - de la Cruz, Juan
AU  - de la Cruz J
CN  - The Trial Group
IR  - Nobody N
LA  - eng
PT  - Journal Article
PT  - Randomized Controlled Trial
DEP - 20190102
TA  - J Test
JT  - Journal of tests
PMC - PMC4500001
AID - 10.1000/abc [doi]
SO  - J Test. 2019
"""


def test_a_record_is_a_reference() -> None:
    assert references(ONE) == [
        {
            "id": "okafor-2019",
            "type": "article-journal",
            "author": ["Okafor A", "de la Cruz J", "The Trial Group"],
            "title": "A long title that is wrapped into two lines",
            "container_title": "Journal of tests",
            "issued": "2019-05-03",
            "available_online": "2019-01-02",
            "volume": 20,
            "issue": 4,
            "page": "454-481",
            "doi": "10.1000/abc",
            "pmid": 20000001,
            "pmcid": "PMC4500001",
            "issn": "0002-9262",
            "language": "en",
        }
    ]


@pytest.mark.parametrize("between", ["\n", "", "\n\n", "\nA line that says nothing.\n\n", "\n2. \n"])
@pytest.mark.parametrize("begin", ["", "\ufeff", "\n\n"])
def test_no_record_is_lost(between: str, begin: str) -> None:
    text = begin + between.join(ONE.replace("PMID- 2000000", f"PMID- 1000{n}") for n in range(1, 4))
    assert [one["pmid"] for one in references(text)] == [100011, 100021, 100031]


def test_a_record_that_does_not_begin_with_its_pmid_is_one_record() -> None:
    assert len(read("OWN - ERIC\nTI  - A report.\nPMID- 5\nAU  - Okafor A\n\nOWN - ERIC\nTI  - B.\n")) == 2


def test_tags_without_a_blank_and_empty_tags_are_read() -> None:
    text = "PMID-22664220\nTI-\nPG  -\nAID - doi:10.1000/abc\nPT  - Technical Report\n"
    assert references(text) == [{"id": "pmid-22664220", "type": "report", "doi": "10.1000/abc", "pmid": 22664220}]


def test_every_record_is_a_reference_or_says_why_not() -> None:
    found = read("PMID- 1\nTI  - A.\n\nJT  - Journal\nDP  - 2013\n\nstray\n\nPMID- 2\n")
    assert len(found) == 3
    assert all(is_accounted_for(record) for record in found)


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["PT  - Retracted Publication"], "retracted"),
        (["PT  - Retraction of Publication"], None),
        (["RIN - J Test. 2020;1:1. PMID: 5"], "retracted"),
        (["ROF - J Test. 2020;1:1. PMID: 5"], None),
        (["ECI - J Test. 2020;1:1."], "expression_of_concern"),
        (["ECF - J Test. 2020;1:1."], None),
        (["EIN - J Test. 2020;1:1."], "corrected"),
        (["EFR - J Test. 2020;1:1."], None),
        (["CRI - J Test. 2020;1:1."], "corrected"),
        (["EIN - J Test. 2020;1:1.", "ECI - J Test. 2021;1:1."], "expression_of_concern"),
        (["EIN - J Test. 2020;1:1.", "ECI - x", "RIN - y"], "retracted"),
        ([], None),
    ],
)
def test_the_gravest_of_what_happened_to_a_paper_is_its_status(lines: list[str], status: str | None) -> None:
    [entry] = references("\n".join(["PMID- 5", "TI  - A.", *lines, ""]))
    assert entry.get("retraction") == status


@pytest.mark.parametrize(
    ("title", "taken"),
    [
        ("A trial.", "A trial"),
        ("Is it so?", "Is it so?"),
        ("Health in the U.S.", "Health in the U.S."),
        ("[Un essai].", "[Un essai]"),
    ],
)
def test_the_dot_that_ends_a_title_is_left_out_unless_it_is_of_an_abbreviation(title: str, taken: str) -> None:
    assert references(f"PMID- 5\nTI  - {title}\n")[0]["title"] == taken


def test_the_original_title_stands_in_for_one_that_is_not_available() -> None:
    assert references("PMID- 5\nTI  - [Not Available].\nTT  - Un essai.\n")[0]["title"] == "Un essai"


@pytest.mark.parametrize(
    ("written", "page"),
    [("454-81", "454-481"), ("S12-8", "S12-S18"), ("e64723", "e64723"), ("9-12", "9-12"), ("12-2", "12-2")],
)
def test_pages_are_written_in_full(written: str, page: str) -> None:
    [entry] = references(f"PMID- 5\nTI  - A.\nPG  - {written}\n")
    assert entry["page"] == page


def test_what_became_of_a_paper_is_named_with_its_notice() -> None:
    assert ":3: retracted: J Test. 2020;1:1. PMID: 5" in notes("PMID- 5\nTI  - A.\nRIN - J Test. 2020;1:1. PMID: 5\n")
