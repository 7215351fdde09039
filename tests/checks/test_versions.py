"""One study under two references, and a version that was retracted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evgrade.checks import with_checks
from evgrade.facts.identifiers import folded_title, other_versions, without_version
from evgrade.retraction_watch import Notices
from tests.checks.building import dossier, found

TITLE = "Ivermectin for a viral illness: a randomised trial"


def messages(*references: dict[str, Any], **more: Any) -> list[str]:
    return [finding.message for finding in found("source-same-study", references=list(references), **more)]


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ({"pmcid": "PMC128915"}, {"pmcid": "PMC128915"}, "same PMCID"),
        ({"pmcid": "PMC128915"}, {"pmcid": "PMC128916"}, None),
        ({"doi": "10.1101/2020.05.01.20087000v1"}, {"doi": "10.1101/2020.05.01.20087000"}, "versions of one preprint"),
        ({"doi": "10.21203/rs.3.rs-100956/v1"}, {"doi": "10.21203/rs.3.rs-100956/v3"}, "versions of one preprint"),
        ({"doi": "10.12688/f1000research.12345.1"}, {"doi": "10.12688/F1000Research.12345.2"}, "versions of one"),
        ({"doi": "10.31234/osf.io/abcde_v1"}, {"doi": "10.31234/osf.io/abcde_v2"}, "versions of one preprint"),
        ({"doi": "10.1001/jama.2021.1"}, {"doi": "10.1001/jama.2021.2"}, None),  # no server of preprints
        ({"doi": "10.1001/jama.2021.1"}, {"doi": "10.1001/jama.2021.1"}, None),  # found as the same DOI
        ({"title": TITLE}, {"title": f"{TITLE.upper()}."}, "same title"),
        ({"title": TITLE, "issued": 2020}, {"title": f"Erratum to: {TITLE}", "issued": "2022-03"}, "same title"),
        ({"title": TITLE, "issued": 2020}, {"title": f"Correction: {TITLE}", "issued": 2023}, None),
        ({"title": TITLE}, {"title": TITLE.replace("illness: a", "illness – A")}, "same title"),
        ({"title": TITLE}, {"title": f"RETRACTED: {TITLE}"}, "same title"),
        (
            {"title": "Tumour and haemorrhage in a randomised trial"},
            {"title": "Tumor and hemorrhage in a randomized trial"},
            "same title",
        ),
        ({"title": f"{TITLE}, part 1"}, {"title": f"{TITLE}, part 2"}, None),
        ({"title": "Amyotrophic lateral sclerosis"}, {"title": "Amyotrophic Lateral Sclerosis"}, None),
        ({"title": TITLE, "author": ["Smith J"]}, {"title": TITLE, "author": ["J. Smith"]}, "same title"),
        ({"title": TITLE, "author": ["Smith J"]}, {"title": TITLE, "author": ["Jones A"]}, None),
    ],
)
def test_two_references_of_one_work(one: dict[str, Any], other: dict[str, Any], found: str | None) -> None:
    said = messages({"id": "a", **one}, {"id": "b", **other})
    assert len(said) == (found is not None)
    assert all(found in message for message in said if found)


def test_the_dossier_may_say_so_itself() -> None:
    one, other = {"id": "a", "title": TITLE}, {"id": "b", "title": TITLE}
    assert messages(one, other)
    assert not messages({**one, "version_of": "b"}, other)
    assert not messages(one, {**other, "version_of": "a"})
    trial = {"id": "t", "statement": "s", "reports": ["a", "b"]}
    assert not messages(one, other, trials=[trial])


def test_the_same_is_said_once() -> None:
    alike = {"title": TITLE, "pmcid": "PMC128915"}
    assert len(messages({"id": "a", **alike}, {"id": "b", **alike}, {"id": "c", **alike})) == 2


@pytest.mark.parametrize(
    ("title", "folded"),
    [
        ("Erratum to: A trial.", "a trial"),
        ("Correction to “A trial”", "a trial"),
        ("[Retracted] A trial", "a trial"),
        ("Étude—randomisée", "etude randomisee"),
        ("Correction", "correction"),
        ("Corrections of vision", "corrections of vision"),
        ("", ""),
    ],
)
def test_a_folded_title(title: str, folded: str) -> None:
    assert folded_title(title) == folded


def test_the_versions_of_a_preprint() -> None:
    assert "10.21203/rs.3.rs-100956/v2" in other_versions("10.21203/rs.3.rs-100956/v1")
    assert "10.21203/rs.3.rs-100956/v1" not in other_versions("10.21203/rs.3.rs-100956/v1")
    assert "10.1101/2020.05.01.20087000v1" in other_versions("10.1101/2020.05.01.20087000")
    assert other_versions("10.1001/jama.2021.1") == ()
    assert without_version("10.1101/2020.05.01.20087000") == "10.1101/2020.05.01.20087000"


TRIAL = {"id": "t", "statement": "s", "refs": ["second"]}


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ({"doi": "10.21203/rs.3.rs-1/v1", "retraction": "retracted"}, {"doi": "10.21203/rs.3.rs-1/v2"}, 1),
        ({"doi": "10.21203/rs.3.rs-1/v1", "retraction": "none"}, {"doi": "10.21203/rs.3.rs-1/v2"}, 0),
        ({"retraction": "retracted", "version_of": "second"}, {}, 1),
        ({"retraction": "withdrawn"}, {"version_of": "first"}, 1),
        ({"retraction": "retracted"}, {}, 0),
        ({"retraction": "retracted"}, {"version_of": "first", "retraction": "reinstated"}, 0),
        ({"retraction": "retracted"}, {"version_of": "first", "retraction": "retracted"}, 0),  # said as retracted
    ],
)
def test_another_version_was_retracted(first: dict[str, Any], second: dict[str, Any], found: int) -> None:
    references = [{"id": "first", **first}, {"id": "second", **second}]
    assert len(found_of(references)) == found


def found_of(references: list[dict[str, Any]]) -> list[str]:
    return [it.message for it in found("retraction-other-version", references=references, trials=[TRIAL])]


def test_by_a_notice_about_a_version_that_nobody_cites(tmp_path: Path) -> None:
    file = tmp_path / "watch.csv"
    file.write_text(
        "RetractionDate,RetractionDOI,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason\n"
        "7/14/2021 0:00,,10.21203/rs.3.rs-100956/v1,0,Retraction,+Concerns/Issues About Data;\n"
    )
    checked = dossier(trials=[TRIAL], references=[{"id": "second", "doi": "10.21203/rs.3.rs-100956/v3"}])
    said = [it.message for it in with_checks(checked, notices=Notices(str(file))).findings if "retr" in it.code]
    assert said == [
        "`second` is cited, but another version of it was retracted: 10.21203/rs.3.rs-100956/v1, on 2021-07-14"
    ]


@pytest.mark.parametrize(
    ("pmid", "pmcid", "found"), [(128915, "PMC128915", 1), ("128915", "PMC128915", 1), (12379159, "PMC128915", 0)]
)
def test_a_pmid_copied_from_a_pmcid(pmid: int | str, pmcid: str, found: int) -> None:
    references = [{"id": "r", "pmid": pmid, "pmcid": pmcid}]
    assert len(found_same_digits(references)) == found


def found_same_digits(references: list[dict[str, Any]]) -> list[Any]:
    return found("source-same-digits", references=references)
