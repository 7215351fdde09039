"""CSL-JSON, for Zotero, pandoc and citeproc.

Source: csl-data.json, Citation Style Language 1.0.2, whose terms the references of a dossier use.
"""

from __future__ import annotations

import json
from typing import Any

from evgrade.exporting.exported import Exported, left_out
from evgrade.exporting.references import Reference, References, person, remarks_on

_TEXTS = {
    "title": "title",
    "container_title": "container-title",
    "volume": "volume",
    "issue": "issue",
    "page": "page",
    "publisher": "publisher",
    "doi": "DOI",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "issn": "ISSN",
    "isbn": "ISBN",
    "url": "URL",
    "language": "language",
}
_DATES = {"issued": "issued", "available_online": "available-date", "accessed": "accessed"}
_CARRIED = frozenset({"id", "type", "author", "retraction", "notes", *_TEXTS, *_DATES})


def csl_json(references: References) -> Exported:
    items = [_item(reference) for reference in references.entries]
    left = tuple(left_out("references", references.entries, _CARRIED))
    return Exported(json.dumps(items, ensure_ascii=False, indent=2) + "\n", left, references.remarks)


def _item(reference: Reference) -> dict[str, Any]:
    # CSL requires a type; `document` is its word for a source of no stated kind.
    item: dict[str, Any] = {"id": reference["id"], "type": reference.get("type", "document")}
    if "author" in reference:
        item["author"] = [_name(author) for author in reference["author"]]
    item |= {theirs: str(reference[ours]) for ours, theirs in _TEXTS.items() if ours in reference}
    item |= {theirs: _date(reference[ours]) for ours, theirs in _DATES.items() if ours in reference}
    if notes := remarks_on(reference):
        item["note"] = "\n".join(notes)
    return item


def _name(author: str) -> dict[str, str]:
    parts = person(author)
    return {"literal": author} if parts is None else {"family": parts[0], "given": parts[1]}


def _date(date: object) -> dict[str, list[list[int]]]:
    return {"date-parts": [[int(part) for part in str(date).split("-")]]}
