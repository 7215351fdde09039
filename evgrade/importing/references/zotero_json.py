"""Zotero's own JSON, as its API gives it: items with their data, attachments and notes among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evgrade.importing.content import Content
from evgrade.importing.found import Reader, Record
from evgrade.importing.references import kinds, people
from evgrade.importing.references.draft import Draft
from evgrade.importing.tree import items, text, within

_VALUES = {
    "title": "title",
    "publicationTitle": "container_title",
    "bookTitle": "container_title",
    "proceedingsTitle": "container_title",
    "websiteTitle": "container_title",
    "blogTitle": "container_title",
    "repository": "publisher",
    "publisher": "publisher",
    "institution": "publisher",
    "university": "publisher",
    "volume": "volume",
    "issue": "issue",
    "pages": "page",
    "DOI": "doi",
    "PMID": "pmid",
    "PMCID": "pmcid",
    "ISSN": "issn",
    "ISBN": "isbn",
    "url": "url",
    "language": "language",
}
_USED = frozenset({"itemType", "creators", "date", "accessDate", "extra", "citationKey", "key", "version", *_VALUES})
_CHILDREN = frozenset({"attachment", "note", "annotation"})


def _items(content: Content) -> list[Any]:
    data = content.json_or_none
    listed = data if isinstance(data, list) else [data]
    return listed if any(isinstance(within(one, "data", "itemType"), str) for one in listed) else []


def _records(content: Content) -> Iterator[Record]:
    for number, item in enumerate(_items(content)):
        place = f"#/{number}" if isinstance(content.json, list) else "#"
        record = Record(content.name, place, "")
        kind = text(item, "data", "itemType")
        if not kind or kind in _CHILDREN:
            record.note("", f"{kind or 'not an item'}: the record was not taken")
            yield record
        else:
            yield _reference(item["data"], record)


READER = Reader(lambda content: bool(_items(content)), _records)


def _reference(data: dict[str, Any], record: Record) -> Record:
    draft = Draft(record)
    draft.kind(kinds.by_word("zotero").get(text(data, "itemType"), kinds.UNKNOWN))
    for number, one in items(data, "creators"):
        if text(one, "creatorType") not in ("author", "presenter", "programmer", ""):
            draft.unused(text(one, "creatorType"))
        elif text(one, "lastName"):
            draft.person(people.person(text(one, "lastName"), text(one, "firstName")))
        else:
            draft.author(text(one, "name"), f"/data/creators/{number}")
    for theirs, ours in _VALUES.items():
        (draft.put_each if ours in ("issn", "isbn") else draft.put)(ours, text(data, theirs), f"/data/{theirs}")
    draft.put_date("issued", text(data, "date"), "/data/date")
    draft.put_date("accessed", text(data, "accessDate"), "/data/accessDate")
    extra = within(data, "extra")
    if isinstance(extra, str):
        draft.remarks(extra, "/data/extra")
    draft.unused(*(key for key, value in data.items() if value and key not in _USED))
    return draft.finish([text(data, "citationKey")])
