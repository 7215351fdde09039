"""References in the style of Vancouver, numbered in the order in which they are cited."""

from __future__ import annotations

from typing import Any

import pytest

from evgrade.render.page import Link, Span
from evgrade.report.links import links_of, registry, web
from evgrade.report.references import Numbering, authors, pages, vancouver
from tests.cli.support import RILUZOLE, ROOT, Run

from .reading import Page

GOLDEN: dict[str, dict[str, Any]] = {
    "Halpern SD, Ubel PA, Caplan AL. Solid-organ transplantation in HIV-infected patients. N Engl J Med. 2002 Jul 25;"
    "347(4):284-7.": {
        "type": "article-journal",
        "author": ["Halpern SD", "Ubel PA", "Caplan AL"],
        "title": "Solid-organ transplantation in HIV-infected patients",
        "container_title": "N Engl J Med",
        "issued": "2002-07-25",
        "volume": 347,
        "issue": 4,
        "page": "284-287",
    },
    "Rose ME, Huerbin MB, Melick J, Marion DW, Palmer AM, Schiding JK, et al. Regulation of interstitial excitatory"
    " amino acid concentrations after cortical contusion injury. Brain Res. 2002;935(1-2):40-6.": {
        "type": "article-journal",
        "author": [
            *("Rose ME", "Huerbin MB", "Melick J", "Marion DW", "Palmer AM", "Schiding JK", "Kochanek PM"),
            "Graham SH",
        ],
        "title": "Regulation of interstitial excitatory amino acid concentrations after cortical contusion injury",
        "container_title": "Brain Res",
        "issued": 2002,
        "volume": 935,
        "issue": "1-2",
        "page": "40–46",
    },
    "Diabetes Prevention Program Research Group. Hypertension, insulin, and proinsulin in participants with impaired"
    " glucose tolerance. Hypertension. 2002;40(5):679-86.": {
        "type": "article-journal",
        "author": ["Diabetes Prevention Program Research Group"],
        "title": "Hypertension, insulin, and proinsulin in participants with impaired glucose tolerance",
        "container_title": "Hypertension",
        "issued": 2002,
        "volume": 40,
        "issue": 5,
        "page": "679-686",
    },
    "Vallancien G, Emberton M, Harving N, van Moorselaar RJ; Alf-One Study Group. Sexual dysfunction in 1,274 European"
    " men suffering from lower urinary tract symptoms. J Urol. 2003;169(6):2257-61.": {
        "type": "article-journal",
        "author": ["Vallancien G", "Emberton M", "Harving N", "van Moorselaar RJ", "Alf-One Study Group"],
        "title": "Sexual dysfunction in 1,274 European men suffering from lower urinary tract symptoms.",
        "container_title": "J Urol",
        "issued": 2003,
        "volume": 169,
        "issue": 6,
        "page": "2257-2261",
    },
    "21st century heart solution may have a sting in the tail. BMJ. 2002;325(7357):184.": {
        "type": "article-journal",
        "title": "21st century heart solution may have a sting in the tail",
        "container_title": "BMJ",
        "issued": 2002,
        "volume": 325,
        "issue": 7357,
        "page": 184,
    },
    "Geraud G, Spierings EL, Keywood C. Tolerability and safety of frovatriptan. Headache. 2002;42 Suppl 2:S93-9.": {
        "type": "article-journal",
        "author": ["Geraud G", "Spierings EL", "Keywood C"],
        "title": "Tolerability and safety of frovatriptan",
        "container_title": "Headache",
        "issued": 2002,
        "volume": 42,
        "issue": "Suppl 2",
        "page": "S93-S99",
    },
    "Glauser TA. Integrating clinical trial data into clinical practice. Neurology. 2002;58(12 Suppl 7):S6-12.": {
        "type": "article-journal",
        "author": ["Glauser TA"],
        "title": "Integrating clinical trial data into clinical practice",
        "container_title": "Neurology",
        "issued": 2002,
        "volume": 58,
        "issue": "12 Suppl 7",
        "page": "S6-S12",
    },
    "Abend SM, Kulish N. The psychoanalytic method. Int J Psychoanal. 2002;83(Pt 2):491-5.": {
        "type": "article-journal",
        "author": ["Abend SM", "Kulish N"],
        "title": "The psychoanalytic method",
        "container_title": "Int J Psychoanal",
        "issued": 2002,
        "volume": 83,
        "issue": "Pt 2",
        "page": "491-495",
    },
    "Banit DM, Kaufer H, Hartford JM. Intraoperative frozen section analysis. Clin Orthop. 2002;(401):230-8.": {
        "type": "article-journal",
        "author": ["Banit DM", "Kaufer H", "Hartford JM"],
        "title": "Intraoperative frozen section analysis",
        "container_title": "Clin Orthop",
        "issued": 2002,
        "issue": 401,
        "page": "230-238",
    },
    "Outreach: bringing HIV-positive individuals into care. HRSA Careaction. 2002 Jun:1-6.": {
        "type": "article-journal",
        "title": "Outreach: bringing HIV-positive individuals into care",
        "container_title": "HRSA Careaction",
        "issued": "2002-06",
        "page": "1-6",
    },
    "Chadwick R, Schuklenk U. The politics of ethical consensus finding. Bioethics. 2002;16(2):iii-v.": {
        "type": "article-journal",
        "author": ["Chadwick R", "Schuklenk U"],
        "title": "The politics of ethical consensus finding",
        "container_title": "Bioethics",
        "issued": 2002,
        "volume": 16,
        "issue": 2,
        "page": "iii-v",
    },
    "Yu WM, Hawley TS, Hawley RG, Qu CK. Immortalization of yolk sac-derived precursor cells. Blood. 2002 Nov 15;"
    "100(10):3828-31. Epub 2002 Jul 5.": {
        "type": "article-journal",
        "author": ["Yu WM", "Hawley TS", "Hawley RG", "Qu CK"],
        "title": "Immortalization of yolk sac-derived precursor cells",
        "container_title": "Blood",
        "issued": "2002-11-15",
        "available_online": "2002-07-05",
        "volume": 100,
        "issue": 10,
        "page": "3828-3831",
    },
    "Ellingsen AE, Wilhelmsen I. Sykdomsangst blant medisin- og jusstudenter. Tidsskr Nor Laegeforen. 2002 Mar 20;"
    "122(8):785-7. Norwegian.": {
        "type": "article-journal",
        "author": ["Ellingsen AE", "Wilhelmsen I"],
        "title": "Sykdomsangst blant medisin- og jusstudenter",
        "container_title": "Tidsskr Nor Laegeforen",
        "issued": "2002-03-20",
        "language": "no",
        "volume": 122,
        "issue": 8,
        "page": "785-787",
    },
    "Murray PR, Rosenthal KS, Kobayashi GS, Pfaller MA. Medical microbiology. Mosby; 2002.": {
        "type": "book",
        "author": ["Murray PR", "Rosenthal KS", "Kobayashi GS", "Pfaller MA"],
        "title": "Medical microbiology",
        "publisher": "Mosby",
        "issued": 2002,
    },
    "Meltzer PS, Kallioniemi A, Trent JM. Chromosome alterations in human solid tumors. In: The genetic basis of human"
    " cancer. McGraw-Hill; 2002. p. 93-113.": {
        "type": "chapter",
        "author": ["Meltzer PS", "Kallioniemi A", "Trent JM"],
        "title": "Chromosome alterations in human solid tumors",
        "container_title": "The genetic basis of human cancer",
        "publisher": "McGraw-Hill",
        "issued": 2002,
        "page": "93-113",
    },
    "Borkowski MM. Infant sleep and feeding [thesis]. Central Michigan University; 2002.": {
        "type": "thesis",
        "author": ["Borkowski MM"],
        "title": "Infant sleep and feeding",
        "publisher": "Central Michigan University",
        "issued": 2002,
    },
    "American Medical Association. AMA Office of Group Practice Liaison [Internet]. The Association; 2001 [cited 2002"
    " Aug 12]. Available from: http://www.ama-assn.org/": {
        "type": "webpage",
        "author": ["American Medical Association"],
        "title": "AMA Office of Group Practice Liaison",
        "publisher": "The Association",
        "issued": 2001,
        "accessed": "2002-08-12",
        "url": "http://www.ama-assn.org/",
    },
    "Heart attack. In: MedlinePlus [Internet]. National Library of Medicine; [cited 2008 Nov 10]. Available from:"
    " https://medlineplus.gov/heartattack.html": {
        "type": "webpage",
        "title": "Heart attack",
        "container_title": "MedlinePlus",
        "publisher": "National Library of Medicine",
        "accessed": "2008-11-10",
        "url": "https://medlineplus.gov/heartattack.html",
    },
    "Bar DZ, Atkatsh K, Tavarez U, Erdos MR, Gruenbaum Y, Collins FS. Biotinylation by antibody recognition. bioRxiv"
    " [Preprint]. 2016 [posted 2016 Aug 11; cited 2017 Jan 12]. Available from: https://doi.org/10.1101/069187": {
        "type": "article",
        "author": ["Bar DZ", "Atkatsh K", "Tavarez U", "Erdos MR", "Gruenbaum Y", "Collins FS"],
        "title": "Biotinylation by antibody recognition",
        "container_title": "bioRxiv",
        "issued": "2016-08-11",
        "accessed": "2017-01-12",
        "doi": "10.1101/069187",
    },
    "ClinicalTrials.gov [Internet]. National Library of Medicine. Identifier NCT01874691, Methylcobalamin in ALS; 2013"
    " Jun [cited 2014 Feb 3]. Available from: https://clinicaltrials.gov/study/NCT01874691": {
        "type": "webpage",
        "title": "Methylcobalamin in ALS (NCT01874691)",
        "container_title": "ClinicalTrials.gov",
        "publisher": "National Library of Medicine",
        "issued": "2013-06",
        "accessed": "2014-02-03",
        "url": "https://clinicaltrials.gov/study/NCT01874691",
    },
    "Smith JW Jr, de la Cruz MT; WHO. What now? Lancet. 2020;395:1131-2.": {
        "type": "article-journal",
        "author": ["Smith JW Jr", "de la Cruz MT", "WHO"],
        "title": "What now?",
        "container_title": "Lancet",
        "issued": 2020,
        "volume": 395,
        "page": "1131-1132",
    },
    "Does it help? BMJ. 2010.": {"title": "Does it help?", "container_title": "BMJ", "issued": 2010},
    "only-an-id.": {},
}
"""References, most of them samples that the National Library of Medicine publishes, in fields and in words.

A place of publication is left out: a dossier records none.
"""


@pytest.mark.parametrize("words", GOLDEN)
def test_a_reference_is_written_as_the_library_writes_it(words: str) -> None:
    assert vancouver({"id": "only-an-id", **GOLDEN[words]}) == words


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["A B"], "A B"),
        (["Müller-Lüdenscheidt J-P"], "Müller-Lüdenscheidt JP"),
        (["van den Berg LH", "Riluzole Study Group II"], "van den Berg LH; Riluzole Study Group II"),
        (["FDA", "European Medicines Agency"], "FDA; European Medicines Agency"),
        (["Society of Neurology UK", "Doe J."], "Society of Neurology UK; Doe J"),
        ([f"Doe {one}" for one in "ABCDEF"], "Doe A, Doe B, Doe C, Doe D, Doe E, Doe F"),
        ([f"Doe {one}" for one in "ABCDEFG"], "Doe A, Doe B, Doe C, Doe D, Doe E, Doe F, et al"),
        ([], ""),
    ],
)
def test_people_stand_between_commas_and_bodies_between_semicolons(names: list[str], words: str) -> None:
    assert authors(names) == words


@pytest.mark.parametrize(
    ("written", "short"),
    [
        ("585-591", "585-91"),
        ("1425-31", "1425-31"),
        ("98-101", "98-101"),
        ("12-12", "12"),
        ("S5-S9", "S5-9"),
        ("III22-III26", "III22-6"),
        ("e1-e12", "e1-12"),
        ("126A-127A", "126A-127A"),
        ("591-585", "591-585"),
        ("12-15, 20-22", "12-5, 20-2"),
        ("76–78", "76-8"),
        ("A1-B2", "A1-B2"),
        ("7", "7"),
    ],
)
def test_a_range_of_pages_leaves_out_what_both_ends_have(written: str, short: str) -> None:
    assert pages(written) == short


def test_an_address_is_not_written_twice() -> None:
    numbering = Numbering({"a": {"id": "a", "type": "webpage", "title": "T", "url": "https://a.example/"}}, frozenset())
    (one,) = numbering.listed()
    assert one.line == (Span("T [Internet]. Available from:"),)
    assert one.links == (Link("https://a.example/", "https://a.example/"),)
    unsafe = {"a": {"id": "a", "type": "webpage", "title": "T", "url": "ftp://a.example/"}}
    (one,) = Numbering(unsafe, frozenset()).listed()
    assert one.line == (Span("T [Internet]. Available from: ftp://a.example/"),)
    assert one.links == ()


def test_numbers_are_given_in_the_order_of_citation_and_what_nobody_cites_comes_last() -> None:
    numbering = Numbering({name: {"id": name} for name in ("a", "b", "c")}, frozenset({"b"}))
    assert numbering.cite(["c", "b"]) == (1, 2)
    assert numbering.cite(["b", "nowhere"]) == (2,)
    listed = numbering.listed()
    assert [(one.number, one.line[0].text, one.warning, one.cited) for one in listed] == [
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


def test_a_registry_entry_without_an_address_is_linked_by_its_number() -> None:
    (link,) = links_of({"id": "a", "title": "A trial of something, NCT00349622"})
    assert link.href == "https://clinicaltrials.gov/study/NCT00349622"


@pytest.mark.slow
def test_a_retracted_source_is_named_before_all_others(evgrade: Run) -> None:
    text = (ROOT / RILUZOLE).read_text(encoding="utf-8")
    said = Page(evgrade("report", "-", stdin=text).stdout).said
    assert "Retracted or withdrawn sources" not in said
    broken = text.replace("    pmid: 9443458\n", "    pmid: 9443458\n    retraction: retracted\n")
    said = Page(evgrade("report", "-", stdin=broken).stdout).said
    references = said[said.index("References Retracted or withdrawn sources:") :]
    number = references.split(":")[1].split(".")[0].strip()
    assert references.index("Nothing should rest on them.") < references.index("Miller RG")
    assert number.isdigit()
    assert "Retracted. Gurney ME, Fleck TJ" in said
