"""CSL-JSON, and Zotero's own JSON."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importing.reading import is_accounted_for, notes, read, references

ITEM: dict[str, Any] = {
    "id": "okafor2019",
    "type": "article-journal",
    "author": [
        {"family": "Okafor", "given": "Ada Ngozi"},
        {"family": "Berg", "given": "Jan", "non-dropping-particle": "van den", "suffix": "Jr."},
        {"literal": "The Trial Group"},
    ],
    "title": "A <i>drug</i> and a disease",
    "container-title": "Journal of Tests",
    "issued": {"date-parts": [["2019", 5, "3"]]},
    "available-date": {"raw": "2019-01"},
    "volume": 12,
    "issue": "3",
    "page": "101-109",
    "DOI": "https://doi.org/10.1000/abc",
    "ISSN": "0028-3878",
    "note": "PMID: 123\nPMCID: PMC45\nRead in full.",
    "source": "PubMed",
}


def csl(**changes: Any) -> dict[str, Any]:
    [entry] = references(json.dumps([ITEM | changes]))
    return entry


def test_an_item_is_a_reference() -> None:
    assert csl() == {
        "id": "okafor2019",
        "type": "article-journal",
        "author": ["Okafor AN", "van den Berg J Jr", "The Trial Group"],
        "title": "A drug and a disease",
        "container_title": "Journal of Tests",
        "issued": "2019-05-03",
        "available_online": "2019-01",
        "volume": 12,
        "issue": 3,
        "page": "101-109",
        "doi": "10.1000/abc",
        "pmid": 123,
        "pmcid": "PMC45",
        "issn": "0028-3878",
        "notes": "Read in full.",
    }
    assert notes(json.dumps([ITEM])) == ["#/0: not taken: source"]


@pytest.mark.parametrize("wrapped", [[ITEM], ITEM, {"items": [ITEM]}, {"references": [ITEM]}])
def test_items_are_found_alone_and_in_lists(wrapped: Any) -> None:
    assert len(references(json.dumps(wrapped))) == 1


@pytest.mark.parametrize(
    ("date", "issued"),
    [
        ({"date-parts": [[2019]]}, 2019),
        ({"date-parts": [["2019", "05"]]}, "2019-05"),
        ({"date-parts": [[2014, 12, 31], [0]]}, "2014-12-31"),
        ({"date-parts": [[2014, 12, 31], [2015, 1, 1]]}, 2014),
        ({"date-parts": [[1985]], "season": 1}, 1985),
        ({"date-parts": [[2011, 5]], "circa": True}, 2011),
        ({"date-parts": [["-334"]]}, None),
        ({"date-parts": [[None]]}, None),
        ({"raw": "May 2019"}, "2019-05"),
        ({"literal": "in press"}, None),
        ("2019-05-03", "2019-05-03"),
        ("2019-05~", "2019-05"),
    ],
)
def test_a_date_is_taken_as_far_as_it_is_certain(date: Any, issued: Any) -> None:
    assert csl(issued=date).get("issued") == issued


@pytest.mark.parametrize(
    ("keys", "own"),
    [
        ({"citation-key": "bbt2019", "id": "http://zotero.org/users/1/items/ABC"}, "bbt2019"),
        ({"id": "http://zotero.org/users/1/items/ABC"}, "okafor-2019"),
        ({"id": 12345}, "okafor-2019"),
        ({"id": "smith_2019.a"}, "smith_2019.a"),
    ],
)
def test_the_key_of_a_source_is_the_id_where_it_fits(keys: dict[str, Any], own: str) -> None:
    assert csl(**keys)["id"] == own


@pytest.mark.parametrize(
    ("kind", "taken", "said"),
    [
        ("article-newspaper", "article", "Newspaper article."),
        ("document", None, None),
        ("motion_picture", None, "Type: motion_picture."),
        ("dataset", "dataset", None),
    ],
)
def test_a_type_without_a_word_in_the_dossier_is_said_in_notes(kind: str, taken: str | None, said: str | None) -> None:
    entry = csl(type=kind, note="")
    assert (entry.get("type"), entry.get("notes")) == (taken, said)


@given(st.data())
def test_an_item_with_anything_in_any_place_is_read(data: st.DataObject) -> None:
    item = deepcopy(ITEM)
    key = data.draw(st.sampled_from(sorted(item)))
    item[key] = data.draw(
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.text(), st.just([]), st.just({}), st.just([{}]), st.just([[1]])
        )
    )
    found = read(json.dumps([ITEM, item, 5]))
    assert len(found) == 3
    assert all(is_accounted_for(record) for record in found)


def test_zotero_s_own_json_is_read_and_its_attachments_are_noted() -> None:
    own = {
        "itemType": "journalArticle",
        "title": "A title",
        "creators": [
            {"creatorType": "author", "firstName": "Ada", "lastName": "Okafor"},
            {"creatorType": "editor", "firstName": "E", "lastName": "Editor"},
            {"creatorType": "author", "name": "The Trial Group"},
        ],
        "publicationTitle": "Journal of Tests",
        "date": "May 3, 2019",
        "DOI": "10.1000/abc",
        "extra": "PMID: 123",
        "tags": [{"tag": "x"}],
    }
    text = json.dumps([{"key": "A", "data": own}, {"key": "B", "data": {"itemType": "attachment", "title": "PDF"}}])
    assert references(text) == [
        {
            "id": "okafor-2019",
            "type": "article-journal",
            "author": ["Okafor A", "The Trial Group"],
            "title": "A title",
            "container_title": "Journal of Tests",
            "issued": "2019-05-03",
            "doi": "10.1000/abc",
            "pmid": 123,
        }
    ]
    assert notes(text) == ["#/0: not taken: editor, tags", "#/1: attachment: the record was not taken"]
