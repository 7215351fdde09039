"""What a reader finds in a source: entries for a dossier, and what it did not take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Note:
    """Something in a source that was not taken, or not taken as it is.

    Attributes:
        source: the file.
        pointer: the JSON pointer of the place.
        message: what is there, and why it was not taken.
    """

    source: str
    pointer: str
    message: str


@dataclass(slots=True)
class Record:
    """One record of a source: entries by section, in the order of the source, and notes."""

    source: str
    pointer: str
    name: str
    entries: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    aliases: Sequence[str] = ()

    def add(self, section: str, entry: dict[str, Any]) -> None:
        """Add an entry to a section."""
        self.entries.setdefault(section, []).append(entry)

    def note(self, pointer: str, message: str) -> None:
        """Note what was not taken; the pointer begins at the record."""
        self.notes.append(Note(self.source, self.pointer + pointer, message))
