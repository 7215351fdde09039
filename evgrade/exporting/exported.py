"""What an export is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Reference = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Exported:
    """The text of a format, and what it has no place for, as `references.ID.FIELD`."""

    text: str
    left_out: tuple[str, ...]


def left_out(references: Iterable[Reference], carried: frozenset[str]) -> tuple[str, ...]:
    """Return the fields of some references that are not among those that a format carries."""
    return tuple(
        f"references.{reference['id']}.{field}"
        for reference in references
        for field in reference
        if field not in carried
    )


def person(author: str) -> tuple[str, str] | None:
    """Return family name and initials of an author, None where it does not end in initials, as a body does."""
    found = re.fullmatch(r"([^,]+) ([A-Z](?:-?[A-Z]){0,3})", author)
    return (found[1], found[2]) if found else None


def remarks(reference: Reference) -> tuple[str, ...]:
    """Return what formats carry as notes: the retraction status, then the notes."""
    status = (f"retraction: {reference['retraction']}",) if "retraction" in reference else ()
    return (*status, str(reference["notes"])) if "notes" in reference else status
