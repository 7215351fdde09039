"""The JSON of Crossref's API: a work, or a list of works, with what happened to each after its publication.

`updated-by` says that a work was updated, `update-to` that it is the notice about another. Elsevier deposits both on
both; there, whom Retraction Watch names as updated was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evgrade.importing.content import Content
from evgrade.importing.found import Reader, Record
from evgrade.importing.references import kinds
from evgrade.importing.references.csl_json import date_of, take, take_date, text
from evgrade.importing.references.draft import Draft
from evgrade.importing.tree import items, within

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
    """Return the works of a file and the JSON pointer of their list; of one work alone it ends with a blank."""
    if content.start[:1] not in ("{", "["):
        return "", []
    data = content.json
    for pointer, one in (("/message", within(data, "message")), ("", data)):
        if _is_work(one):
            return f"{pointer} ", [one]
        listed = one if isinstance(one, list) else within(one, "items")
        if isinstance(listed, list) and any(_is_work(work) for work in listed):
            return pointer if isinstance(one, list) else f"{pointer}/items", listed
    if isinstance(data, list) and data and all(_is_work(within(one, "message")) for one in data):
        return "", [one["message"] for one in data]
    return "", []


def _records(content: Content) -> Iterator[Record]:
    pointer, works = _works(content)
    for number, work in enumerate(works):
        record = Record(content.name, f"#{pointer.strip()}" + ("" if pointer.endswith(" ") else f"/{number}"), "")
        if isinstance(work, dict):
            yield _reference(work, record)
        else:
            record.note("", "not a work: the record was not taken")
            yield record


READER = Reader(lambda content: bool(_works(content)[1]), _records)


def _reference(work: dict[str, Any], record: Record) -> Record:
    draft = Draft(record)
    kind = text(work.get("type"))
    draft.kind(kinds.by_word("crossref").get(kind) or kinds.csl(kind))
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
            draft.record.note(place, f"{said}: this record is the notice, and not what it is about")
        elif kind in _STATUS:
            draft.status(_STATUS[kind], date)
            draft.record.note(place, said)
            if kind == "partial_retraction":
                draft.remark(f"Retracted in part: {notice}.")
        else:
            draft.record.note(place, f"{said}: it has no place in a dossier")


def _by_retraction_watch(work: dict[str, Any], key: str) -> bool:
    return any(text(one.get("source")) == "retraction-watch" for _, one in items(work, key))
