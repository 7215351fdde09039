"""CSL-JSON, as Zotero, Better BibTeX, pandoc and doi.org write it.

Source: csl-data.json, Citation Style Language 1.0.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evgrade.importing.content import Content
from evgrade.importing.found import Reader, Record
from evgrade.importing.references import kinds, people, values
from evgrade.importing.references.draft import Draft
from evgrade.importing.references.values import NO_DATE, Date, date, of_numbers

_VALUES = {
    "title": "title",
    "container-title": "container_title",
    "volume": "volume",
    "issue": "issue",
    "page": "page",
    "publisher": "publisher",
    "DOI": "doi",
    "PMID": "pmid",
    "PMCID": "pmcid",
    "URL": "url",
    "language": "language",
}
_DATES = {"issued": "issued", "available-date": "available_online", "accessed": "accessed"}
_USED = frozenset({"id", "citation-key", "type", "author", "note", "ISSN", "ISBN", *_VALUES, *_DATES})
_TELLING = frozenset({"title", "author", "issued", "container-title", "DOI", "URL", "ISBN", "publisher"})


def is_item(data: Any) -> bool:
    """Return whether data are an item of CSL."""
    return isinstance(data, dict) and isinstance(data.get("type"), str) and not _TELLING.isdisjoint(data)


def _items(content: Content) -> tuple[str, list[Any]]:
    """Return the items of a file and the JSON pointer of their list; none if it is of another format."""
    if content.start[:1] not in ("{", "["):
        return "", []
    data = content.json
    if is_item(data):
        return "", [data]
    for key in ("items", "references"):
        if isinstance(data, dict) and isinstance(data.get(key), list):
            return f"/{key}", data[key] if any(is_item(one) for one in data[key]) else []
    return ("", data) if isinstance(data, list) and any(is_item(one) for one in data) else ("", [])


def _records(content: Content) -> Iterator[Record]:
    pointer, items = _items(content)
    is_alone = isinstance(content.json, dict) and not pointer
    for number, item in enumerate(items):
        record = Record(content.name, "#" if is_alone else f"#{pointer}/{number}", "")
        if not isinstance(item, dict):
            record.note("", "not an item: the record was not taken")
            yield record
            continue
        draft = Draft(record)
        draft.kind(kinds.csl(text(item.get("type"))))
        take(draft, item)
        draft.unused(*(key for key in item if key not in _USED))
        yield draft.finish(text(item.get(key)) for key in ("citation-key", "id"))


READER = Reader(lambda content: bool(_items(content)[1]), _records)


def take(draft: Draft, item: dict[str, Any]) -> None:
    """Take the fields of an item that CSL-JSON and the JSON of Crossref share."""
    for number, author in enumerate(item["author"] if isinstance(item.get("author"), list) else ()):
        if isinstance(author, dict):
            take_name(draft, author, f"/author/{number}")
    for theirs, ours in _VALUES.items():
        draft.put(ours, text(item.get(theirs)), f"/{theirs}")
    for key in ("ISSN", "ISBN"):
        given = item.get(key)
        for one in given if isinstance(given, list) else [given]:
            found = (values.issns if key == "ISSN" else values.isbns)(text(one))
            for number_ in found or [text(one)]:
                draft.put(key.lower(), number_, f"/{key}")
    for theirs, ours in _DATES.items():
        take_date(draft, ours, item.get(theirs), f"/{theirs}")
    if isinstance(item.get("note"), str):
        draft.remarks(item["note"], "/note")


def text(value: Any) -> str:
    """Return a text or a number as text, of a list the first."""
    if isinstance(value, list):
        value = next(iter(value), "")
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def take_name(draft: Draft, author: dict[str, Any], place: str) -> None:
    """Take an author: a person of names, or a text as it is written."""
    family, given = text(author.get("family")), text(author.get("given"))
    particles = [text(author.get(key)) for key in ("dropping-particle", "non-dropping-particle")]
    if family:
        whole = " ".join(part for part in (*particles, family) if part)
        draft.person(people.person(values.plain(whole), values.plain(given), text(author.get("suffix"))))
        return
    literal = text(author.get("literal")) or text(author.get("name")) or given
    if people.is_cut(literal):
        draft.author(literal, place)
    else:
        draft.person(values.plain(literal))


def take_date(draft: Draft, field: str, value: Any, place: str) -> None:
    """Take a date: its parts, or what it says in words."""
    found, shown = date_of(value)
    if shown:
        draft.put_known_date(field, found, shown, place)


def date_of(value: Any) -> tuple[Date, str]:
    """Return a date, and what the source says; nothing where it says nothing."""
    if isinstance(value, str | int):
        return date(str(value).split("/")[0].rstrip("~?")), str(value)
    if not isinstance(value, dict):
        return NO_DATE, ""
    written = text(value.get("raw")) or text(value.get("literal"))
    listed = value.get("date-parts")
    given = [one for one in listed if isinstance(one, list)] if isinstance(listed, list) else []
    parts = [numbers for numbers in map(_numbers, given) if numbers and numbers[0]]
    if not parts:
        shown = written or ("" if not any(any(one) for one in given) else str(given))
        return date(written), shown
    shown = "/".join("-".join(str(number) for number in numbers) for numbers in parts)
    first = of_numbers(*parts[0])
    if len(parts) > 1 and parts[1] != parts[0]:
        return of_numbers(parts[0][0])._replace(is_whole=False), shown
    if value.get("circa") or value.get("season"):
        said = " ".join(key for key in ("circa", "season") if value.get(key))
        return of_numbers(parts[0][0])._replace(is_whole=False), f"{shown} ({said})"
    return first, shown


def _numbers(parts: list[Any]) -> list[int]:
    """Return the year, month and day of a date, which some sources write as texts."""
    found = []
    for part in parts[:3]:
        written = text(part).strip()
        if not written.lstrip("-").isdecimal() or len(written) > 5:
            break
        found.append(int(written))
    return found
