"""How the tests read a text as a source."""

from __future__ import annotations

from typing import Any

from evgrade.importing.formats import records
from evgrade.importing.found import Record


def read(text: str | bytes, name: str = "source") -> list[Record]:
    return list(records(text.encode() if isinstance(text, str) else text, name))


def references(text: str | bytes) -> list[dict[str, Any]]:
    return [one for record in read(text) for one in record.entries.get("references", ())]


def notes(text: str | bytes) -> list[str]:
    return [f"{note.place}: {note.message}" for record in read(text) for note in record.notes]


def is_accounted_for(record: Record) -> bool:
    """Whether a record became one reference, or says that it did not."""
    taken = len(record.entries.get("references", ()))
    refused = sum("the record was not taken" in note.message for note in record.notes)
    return taken + refused == 1
