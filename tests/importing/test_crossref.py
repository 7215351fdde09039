"""Crossref's JSON: what a work is, and what happened to it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.importing.reading import notes, references

WORK: dict[str, Any] = {
    "DOI": "10.1000/paper",
    "prefix": "10.1000",
    "type": "journal-article",
    "title": ["A drug"],
    "subtitle": ["and a disease"],
    "author": [{"family": "Okafor", "given": "Ada"}, {"name": "The Trial Group"}],
    "container-title": ["Journal of Tests"],
    "published-print": {"date-parts": [[2019, 5]]},
    "published-online": {"date-parts": [[2019, 1, 2]]},
    "issued": {"date-parts": [[2019, 1, 2]]},
    "article-number": "e12",
    "ISSN": ["0028-3878"],
    "URL": "https://doi.org/10.1000/paper",
}


def update(
    kind: str, date: str = "2020-01-01", doi: str = "10.1000/notice", source: str = "publisher"
) -> dict[str, Any]:
    return {
        "DOI": doi,
        "type": kind,
        "source": source,
        "updated": {"date-parts": [[int(part) for part in date.split("-")]]},
    }


def status(*updated_by: dict[str, Any], about: tuple[dict[str, Any], ...] = ()) -> str | None:
    [entry] = references(json.dumps({"message": WORK | {"updated-by": updated_by, "update-to": about}}))
    found: str | None = entry.get("retraction")
    return found


@pytest.mark.parametrize(
    "wrapped", [{"message": WORK}, WORK, {"message": {"items": [WORK]}}, [WORK], [{"message": WORK}]]
)
def test_a_work_is_a_reference(wrapped: Any) -> None:
    assert references(json.dumps(wrapped)) == [
        {
            "id": "okafor-2019",
            "type": "article-journal",
            "author": ["Okafor A", "The Trial Group"],
            "title": "A drug: and a disease",
            "container_title": "Journal of Tests",
            "issued": "2019-05",
            "available_online": "2019-01-02",
            "page": "e12",
            "doi": "10.1000/paper",
            "issn": "0028-3878",
        }
    ]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["correction"], "corrected"),
        (["erratum"], "corrected"),
        (["expression_of_concern", "erratum"], "expression_of_concern"),
        (["erratum", "retraction", "expression_of_concern"], "retracted"),
        (["withdrawal"], "withdrawn"),
        (["partial_retraction"], "corrected"),
        (["new_version"], None),
        ([], None),
    ],
)
def test_the_gravest_update_is_the_status(kinds: list[str], expected: str | None) -> None:
    assert status(*(update(kind) for kind in kinds)) == expected


@pytest.mark.parametrize(
    ("dates", "expected"), [(("2019-01-01", "2020-01-01"), "reinstated"), (("2020-01-02", "2020-01-01"), "retracted")]
)
def test_a_reinstatement_counts_if_it_is_last(dates: tuple[str, str], expected: str) -> None:
    assert status(update("retraction", dates[0]), update("reinstatement", dates[1])) == expected


def test_a_notice_is_not_what_it_is_about() -> None:
    assert status(about=(update("retraction", doi="10.1000/other"),)) is None


def test_of_both_directions_on_both_records_retraction_watch_decides() -> None:
    of_publisher, of_watch = update("retraction"), update("retraction", source="retraction-watch")
    assert status(of_publisher, of_watch, about=(of_publisher,)) == "retracted"
    assert status(of_publisher, about=(of_publisher,)) == "retracted"
    assert status(of_publisher, about=(of_publisher, of_watch)) is None


def test_who_says_what_happened_is_noted() -> None:
    text = json.dumps({"message": WORK | {"updated-by": [update("retraction", source="retraction-watch")]}})
    assert "#/message/updated-by/0: retraction 2020-01-01 by 10.1000/notice, says retraction-watch" in notes(text)
