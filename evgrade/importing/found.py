"""What a reader finds in a source: entries for a dossier, and what it did not take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from evgrade.importing.content import Content

Entry = dict[str, Any]
"""An entry of a dossier, by its fields."""


def stated(**fields: Any) -> Entry:
    """Return the fields of an entry that say something: neither None nor an empty text or list."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


@dataclass(frozen=True, slots=True)
class Note:
    """Something in a source that was not taken, or not taken as it is.

    Attributes:
        source: the file.
        place: where it is, as its format counts: `:12` for line 12 of a text, `#/studies/0` for JSON,
            `:3, column "n"` for a table.
        message: what is there, and why it was not taken.
    """

    source: str
    place: str
    message: str


@dataclass(slots=True)
class Record:
    """One record of a source: entries by section, in the order of the source, and notes.

    Attributes:
        source: the file.
        place: where the record begins, as in `Note.place`.
        name: what people call it.
        entries: by the list of the dossier that they belong to, dotted: `trials`, `safety.contraindications`.
        notes: what was not taken.
        aliases: other registry numbers of a study.
    """

    source: str
    place: str
    name: str
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    aliases: Sequence[str] = ()

    def add(self, section: str, entry: Entry) -> None:
        """Add an entry to a section."""
        self.entries.setdefault(section, []).append(entry)

    def note(self, place: str, message: str) -> None:
        """Note what was not taken, at a line (`:12`) or at a JSON pointer that begins at the record (`/phases`)."""
        self.notes.append(Note(self.source, place if place.startswith(":") else self.place + place, message))


class Reader(NamedTuple):
    """A format that is read.

    Attributes:
        recognizes: whether a file is of it, decided by its content alone.
        records: its records. Raises `EvgradeError` if the file is broken.
    """

    recognizes: Callable[[Content], bool]
    records: Callable[[Content], Iterator[Record]]
