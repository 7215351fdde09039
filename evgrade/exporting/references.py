"""The references of several dossiers as one list, and what the formats of references have in common."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.exporting.exported import Named
from evgrade.facts.authors import author_of

Reference = Mapping[str, Any]

_IDENTIFIERS = ("doi", "pmid", "pmcid")


@dataclass(frozen=True, slots=True)
class References:
    """References with distinct ids, and what became of those that several dossiers cite."""

    entries: tuple[Reference, ...]
    remarks: tuple[str, ...] = ()


def references_of(dossiers: Sequence[Named]) -> References:
    """Return the references of some dossiers as one list.

    A reference of a later dossier is the same as one of an earlier dossier if they have an identifier in common, or
    state the same in all fields. The earlier is exported; what only the later states is added, and what they state
    differently is reported. An id that two different references share is changed in the later dossier. Within one
    dossier nothing is changed.
    """
    kept: dict[str, dict[str, Any]] = {}
    by_mark: dict[tuple[str, str], str] = {}
    remarks: list[str] = []
    for one in dossiers:
        earlier = dict(by_mark)
        for reference in one.dossier.references.values():
            own = f"references.{reference['id']} of {one.name}"
            same = next((earlier[mark] for mark in _marks(reference) if mark in earlier), None)
            if same is None:
                key = _free(reference["id"], kept)
                kept[key] = {**reference, "id": key}
                if key != reference["id"]:
                    remarks.append(f"{own} is exported as {key}: another source has its id")
            else:
                remarks += _joined(kept[same], reference, own)
            for mark in _marks(reference):
                by_mark.setdefault(mark, same or key)
    return References(tuple(kept.values()), tuple(remarks))


def _joined(kept: dict[str, Any], reference: Reference, own: str) -> Iterator[str]:
    yield f"{own} is exported once, as {kept['id']}: it is the same source"
    for field, value in reference.items():
        if field != "id" and kept.setdefault(field, value) != value:
            yield f"{own} states another {field} than {kept['id']}, which is exported"


def _marks(reference: Reference) -> Iterator[tuple[str, str]]:
    """Yield what two references have in common only if they are the same source."""
    yield "whole", repr(sorted((field, str(value)) for field, value in reference.items() if field != "id"))
    for field in _IDENTIFIERS:
        if field in reference:
            yield field, str(reference[field]).casefold()


def _free(key: str, taken: Mapping[str, object]) -> str:
    """Return an id, with the first number behind it that makes it distinct."""
    if key not in taken:
        return key
    number = 2
    while f"{key}-{number}" in taken:
        number += 1
    return f"{key}-{number}"


def person(author: str) -> tuple[str, str] | None:
    """Return family name and initials of an author; None for a body, and where they are written in another way."""
    one = author_of(author)
    return (one.name, one.initials) if f"{one.name} {one.initials}" == author else None


def remarks_on(reference: Reference) -> tuple[str, ...]:
    """Return what formats carry as notes: the retraction status, then the notes."""
    status = (f"retraction: {reference['retraction']}",) if "retraction" in reference else ()
    return (*status, str(reference["notes"])) if "notes" in reference else status


def one_line(value: str) -> str:
    """Return a value without what would end its line, and start another tag or record."""
    plain = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in value)
    return plain.strip(" ")


def pages(page: str) -> tuple[str, str, str]:
    """Return first and last page of a plain range; any other text stays whole."""
    found = re.fullmatch(r"([A-Za-z]?[0-9]+)(-)([A-Za-z]?[0-9]+)", page)
    return (found[1], found[2], found[3]) if found else (page, "", "")
