"""The XML of EndNote, also written by Bookends, Mendeley, Zotero and JabRef. It has no public specification."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evgrade.importing.content import Content
from evgrade.importing.found import Reader, Record
from evgrade.importing.references import values
from evgrade.importing.references.draft import UNKNOWN, Draft, kinds
from evgrade.importing.references.values import date
from evgrade.importing.tree import Element

_VALUES = {
    ("titles", "title"): "title",
    ("periodical", "full-title"): "container_title",
    ("titles", "secondary-title"): "container_title",
    ("titles", "alt-title"): "container_title",
    ("periodical", "abbr-1"): "container_title",
    ("volume",): "volume",
    ("number",): "issue",
    ("issue",): "issue",
    ("publisher",): "publisher",
    ("electronic-resource-num",): "doi",
    ("language",): "language",
}
_USED = frozenset(
    {
        *("database", "source-app", "rec-number", "foreign-keys", "ref-type", "contributors", "titles", "periodical"),
        *("dates", "pages", "isbn", "accession-num", "urls", "label", "notes", "research-notes", "custom2"),
        *("remote-database-name", "full-title", *(path[0] for path in _VALUES)),
    }
)


def _recognizes(content: Content) -> bool:
    return (
        content.start[:1] == "<"
        and re.search(r"<records\b[^>]*>\s*(?:<record\b|</records>)", content.start) is not None
    )


def _records(content: Content) -> Iterator[Record]:
    root = content.xml
    listed = root if root.tag == "records" else root.first("records")
    for one in () if listed is None else listed.all("record"):
        yield _reference(one, Record(content.name, one.place, ""))


READER = Reader(_recognizes, _records)


def _reference(data: Element, record: Record) -> Record:
    draft = Draft(record)
    kind = data.first("ref-type")
    if kind is not None:
        name, number = kind.attributes.get("name", "").casefold(), kind.text()
        # By name if there is one: numbers differ between programs.
        known = kinds("endnote").get(name) if name else kinds("endnote_number").get(number)
        if known is None:
            record.note(kind.place, f"`{name or number}` is not a known type")
        draft.kind(known or UNKNOWN)
    for one in data.all("contributors", "authors", "author"):
        draft.author(one.text(), one.place)
    if data.first("contributors", "secondary-authors") is not None:
        draft.unused("secondary-authors")
    for path, field in _VALUES.items():
        for one in data.all(*path):
            if field != "container_title" or field not in draft.entry:
                draft.put(field, one.text(), one.place)
    pages = data.first("pages")
    if pages is not None:
        draft.put("page", re.sub("-{2,}", "-", pages.text()), pages.place)
    _date(draft, data)
    _identifiers(draft, data)
    is_personal = not data.text("remote-database-name") and not data.text("accession-num")
    for tag in ("research-notes", "notes"):
        for one in data.all(tag):
            if tag == "research-notes" or is_personal:
                draft.remarks(one.raw().replace("\r", "\n"), one.place)
            elif one.text():
                draft.unused(tag)
    draft.unused(*dict.fromkeys(one.tag for one in data if one.tag not in _USED and one.text()))
    return draft.finish([data.text("label")])


def _date(draft: Draft, data: Element) -> None:
    year = data.text("dates", "year")
    place = (data.first("dates") or data).place
    day = data.text("dates", "pub-dates", "date") or data.text("dates", "month")
    draft.put_date("issued", year, place)
    if day:
        whole = day if date(day).value else f"{year} {day}"
        draft.put_date("issued", whole, place)


def _identifiers(draft: Draft, data: Element) -> None:
    for one in data.all("isbn"):
        draft.put_serial(one.text(), one.place)
    for one in (url for urls in data.all("urls") for kind in urls for url in kind.all("url")):
        address = values.url(one.text())
        if not address:
            draft.unused("an attached file")
        elif values.pmid_of_address(address):
            draft.put("pmid", values.pmid_of_address(address), one.place)
        elif "url" in draft.entry and values.doi_of_address(address):
            draft.put("doi", values.doi_of_address(address), one.place)
        elif "url" in draft.entry:
            draft.unused("another address")
        else:
            draft.put("url", address, one.place)
    is_pubmed = re.search("pubmed|medline", data.text("remote-database-name"), re.IGNORECASE) is not None
    for one in data.all("accession-num"):
        if is_pubmed or values.pmid(one.text()) == draft.entry.get("pmid", 0):
            draft.put("pmid", one.text(), one.place)
        elif one.text():
            draft.unused("accession-num")
    for one in data.all("custom2"):
        if re.fullmatch("PMC[0-9]+", one.text()):
            draft.put("pmcid", one.text(), one.place)
        elif one.text():
            draft.unused("custom2")
