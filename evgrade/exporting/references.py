"""The references of several dossiers as one list, and helpers shared by the formats of references."""

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
    """References with distinct ids, and remarks on those that several dossiers cite."""

    entries: tuple[Reference, ...]
    remarks: tuple[str, ...] = ()


def references_of(dossiers: Sequence[Named]) -> References:
    """Return the references of some dossiers as one list.

    References of two dossiers are the same source if they share an identifier, or are equal in all fields. The earlier
    one is exported, with the fields that only the later one has; fields that differ are reported. If two different
    references share an id, the later one gets a new id. References within a dossier are never merged.
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
    """Yield keys that two references share only if they are the same source."""
    yield "whole", repr(sorted((field, str(value)) for field, value in reference.items() if field != "id"))
    for field in _IDENTIFIERS:
        if field in reference:
            yield field, str(reference[field]).casefold()


def _free(key: str, taken: Mapping[str, object]) -> str:
    """Return an id, followed by the first number that makes it distinct."""
    if key not in taken:
        return key
    number = 2
    while f"{key}-{number}" in taken:
        number += 1
    return f"{key}-{number}"


def person(author: str) -> tuple[str, str] | None:
    """Return the family name and initials of an author; None for an organization, or a name in another form."""
    one = author_of(author)
    return (one.name, one.initials) if f"{one.name} {one.initials}" == author else None


def remarks_on(reference: Reference) -> tuple[str, ...]:
    """Return the notes for a format: the retraction status, then the notes."""
    status = (f"retraction: {reference['retraction']}",) if "retraction" in reference else ()
    return (*status, str(reference["notes"])) if "notes" in reference else status


def one_line(value: str) -> str:
    """Return a value without line breaks, which could start another tag or record."""
    plain = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in value)
    return plain.strip(" ")


def pages(page: str) -> tuple[str, str, str]:
    """Return first page, hyphen and last page of a range; any other text whole, and two empty texts."""
    found = re.fullmatch(r"([A-Za-z]?[0-9]+)(-)([A-Za-z]?[0-9]+)", page)
    return (found[1], found[2], found[3]) if found else (page, "", "")
