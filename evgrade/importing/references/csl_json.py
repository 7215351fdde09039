"""CSL-JSON, as Zotero, Better BibTeX, pandoc and doi.org write it; and the JSON of the APIs of Crossref and Zotero.

Source: csl-data.json, Citation Style Language 1.0.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evgrade.importing.content import Content
from evgrade.importing.found import Reader, Record
from evgrade.importing.references import people, values
from evgrade.importing.references.draft import UNKNOWN, Draft, csl_kind, kinds
from evgrade.importing.references.values import NO_DATE, Date, date, of_numbers
from evgrade.importing.tree import items, within
from evgrade.importing.tree import text as text_at

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
    """Whether data is an item of CSL."""
    return isinstance(data, dict) and isinstance(data.get("type"), str) and not _TELLING.isdisjoint(data)


def _items(content: Content) -> tuple[str, list[Any]]:
    """Return the items of a file and the JSON pointer of their list; no items if the format is another."""
    data = content.json_or_none
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
        draft.kind(csl_kind(text(item.get("type"))))
        take(draft, item)
        draft.unused(*(key for key in item if key not in _USED))
        yield draft.finish(text(item.get(key)) for key in ("citation-key", "id"))


READER = Reader(lambda content: bool(_items(content)[1]), _records)


def take(draft: Draft, item: dict[str, Any]) -> None:
    """Take the fields that CSL-JSON and the JSON of Crossref share."""
    for number, author in enumerate(item["author"] if isinstance(item.get("author"), list) else ()):
        if isinstance(author, dict):
            take_name(draft, author, f"/author/{number}")
    for theirs, ours in _VALUES.items():
        draft.put(ours, text(item.get(theirs)), f"/{theirs}")
    for key in ("ISSN", "ISBN"):
        given = item.get(key)
        for one in given if isinstance(given, list) else [given]:
            draft.put_each(key.lower(), text(one), f"/{key}")
    for theirs, ours in _DATES.items():
        take_date(draft, ours, item.get(theirs), f"/{theirs}")
    if isinstance(item.get("note"), str):
        draft.remarks(item["note"], "/note")


def text(value: Any) -> str:
    """Return a text or a number as text; from a list, the first."""
    if isinstance(value, list):
        value = next(iter(value), "")
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def take_name(draft: Draft, author: dict[str, Any], place: str) -> None:
    """Take an author: a person with names, or a literal name."""
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
    """Take a date, given as numbers or in words."""
    found, shown = date_of(value)
    if shown:
        draft.put_known_date(field, found, shown, place)


def date_of(value: Any) -> tuple[Date, str]:
    """Return a date and its wording in the source, empty if there is none."""
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
    """Return the year, month and day of a date; some sources write them as texts."""
    found = []
    for part in parts[:3]:
        written = text(part).strip()
        if not written.lstrip("-").isdecimal() or len(written) > 5:
            break
        found.append(int(written))
    return found


# Crossref: a work, or a list of works, with the updates after its publication
#
# `updated-by` means that a work was updated, `update-to` that it is the notice of an update. Elsevier deposits both for
# both; then the updated work is the one that Retraction Watch names.

_STATUS = {
    "retraction": "retracted",
    "withdrawal": "withdrawn",
    "removal": "withdrawn",
    "expression_of_concern": "expression_of_concern",
    "concern": "expression_of_concern",
    "correction": "corrected",
    "corrigendum": "corrected",
    "erratum": "corrected",
    "partial_retraction": "corrected",
    "reinstatement": "reinstated",
}
_OF_CROSSREF = frozenset({"indexed", "deposited", "member", "prefix", "is-referenced-by-count"})


def _is_work(data: Any) -> bool:
    return isinstance(data, dict) and "DOI" in data and not _OF_CROSSREF.isdisjoint(data)


def _works(content: Content) -> tuple[str, list[Any]]:
    """Return the works of a file and the JSON pointer of their list, which for a single work ends with a space."""
    data = content.json_or_none
    for pointer, one in (("/message", within(data, "message")), ("", data)):
        if _is_work(one):
            return f"{pointer} ", [one]
        listed = one if isinstance(one, list) else within(one, "items")
        if isinstance(listed, list) and any(_is_work(work) for work in listed):
            return pointer if isinstance(one, list) else f"{pointer}/items", listed
    if isinstance(data, list) and data and all(_is_work(within(one, "message")) for one in data):
        return "", [one["message"] for one in data]
    return "", []


def _of_crossref(content: Content) -> Iterator[Record]:
    pointer, works = _works(content)
    for number, work in enumerate(works):
        record = Record(content.name, f"#{pointer.strip()}" + ("" if pointer.endswith(" ") else f"/{number}"), "")
        if isinstance(work, dict):
            yield _reference(work, record)
        else:
            record.note("", "not a work: the record was not taken")
            yield record


CROSSREF = Reader(lambda content: bool(_works(content)[1]), _of_crossref)


def _reference(work: dict[str, Any], record: Record) -> Record:
    draft = Draft(record)
    kind = text(work.get("type"))
    draft.kind(kinds("crossref").get(kind) or csl_kind(kind))
    title, subtitle = text(work.get("title")), text(work.get("subtitle"))
    if title and subtitle and subtitle.casefold() not in title.casefold():
        title = f"{title}: {subtitle}"
    plain = {key: value for key, value in work.items() if key not in ("URL", "issued", "note", "title")}
    take(draft, plain | {"title": title})
    if draft.entry.get("page") is None:
        draft.put("page", text(work.get("article-number")), "/article-number")
    printed = "published-print" if date_of(work.get("published-print"))[0].value else "issued"
    take_date(draft, "issued", work.get(printed), f"/{printed}")
    online = date_of(work.get("published-online"))[0].value
    if online and online != draft.entry.get("issued"):
        take_date(draft, "available_online", work.get("published-online"), "/published-online")
    _updates(work, draft)
    return draft.finish()


def _updates(work: dict[str, Any], draft: Draft) -> None:
    about = {text(one.get("DOI")).casefold() for _, one in items(work, "update-to")}
    is_notice = _by_retraction_watch(work, "update-to") and not _by_retraction_watch(work, "updated-by")
    for number, one in items(work, "updated-by"):
        kind, notice, place = text(one.get("type")), text(one.get("DOI")), f"/updated-by/{number}"
        date, source = str(date_of(one.get("updated"))[0].value), text(one.get("source"))
        said = f"{kind.replace('_', ' ')} {date} by {notice}, says {source or 'Crossref'}"
        if is_notice and notice.casefold() in about:
            draft.record.note(place, f"{said}: this record is the notice itself")
        elif kind in _STATUS:
            draft.status(_STATUS[kind], date)
            draft.record.note(place, said)
            if kind == "partial_retraction":
                draft.remark(f"Retracted in part: {notice}.")
        else:
            draft.record.note(place, f"{said}: a dossier has no field for it")


def _by_retraction_watch(work: dict[str, Any], key: str) -> bool:
    return any(text(one.get("source")) == "retraction-watch" for _, one in items(work, key))


# Zotero: items as its API gives them, each with its data, and attachments and notes among them

_ZOTERO_VALUES = {
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
_ZOTERO_USED = frozenset(
    {"itemType", "creators", "date", "accessDate", "extra", "citationKey", "key", "version", *_ZOTERO_VALUES}
)
_CHILDREN = frozenset({"attachment", "note", "annotation"})


def _zotero_items(content: Content) -> list[Any]:
    data = content.json_or_none
    listed = data if isinstance(data, list) else [data]
    return listed if any(isinstance(within(one, "data", "itemType"), str) for one in listed) else []


def _of_zotero(content: Content) -> Iterator[Record]:
    for number, item in enumerate(_zotero_items(content)):
        place = f"#/{number}" if isinstance(content.json, list) else "#"
        record = Record(content.name, place, "")
        kind = text_at(item, "data", "itemType")
        if not kind or kind in _CHILDREN:
            record.note("", f"{kind or 'not an item'}: the record was not taken")
            yield record
        else:
            yield _zotero_reference(item["data"], record)


ZOTERO = Reader(lambda content: bool(_zotero_items(content)), _of_zotero)


def _zotero_reference(data: dict[str, Any], record: Record) -> Record:
    draft = Draft(record)
    draft.kind(kinds("zotero").get(text_at(data, "itemType"), UNKNOWN))
    for number, one in items(data, "creators"):
        if text_at(one, "creatorType") not in ("author", "presenter", "programmer", ""):
            draft.unused(text_at(one, "creatorType"))
        elif text_at(one, "lastName"):
            draft.person(people.person(text_at(one, "lastName"), text_at(one, "firstName")))
        else:
            draft.author(text_at(one, "name"), f"/data/creators/{number}")
    for theirs, ours in _ZOTERO_VALUES.items():
        (draft.put_each if ours in ("issn", "isbn") else draft.put)(ours, text_at(data, theirs), f"/data/{theirs}")
    draft.put_date("issued", text_at(data, "date"), "/data/date")
    draft.put_date("accessed", text_at(data, "accessDate"), "/data/accessDate")
    extra = within(data, "extra")
    if isinstance(extra, str):
        draft.remarks(extra, "/data/extra")
    draft.unused(*(key for key, value in data.items() if value and key not in _ZOTERO_USED))
    return draft.finish([text_at(data, "citationKey")])
