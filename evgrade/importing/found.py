"""Records: what readers return, entries for a dossier and notes on the rest; and readers themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from evgrade.importing.content import Content
from evgrade.yamlio.reader import read

Entry = dict[str, Any]
"""An entry of a dossier, by its fields."""


def stated(**fields: Any) -> Entry:
    """Return the fields of an entry without None and empty values."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


@dataclass(frozen=True, slots=True)
class Note:
    """A note on something in a source that was not taken, or was changed.

    Attributes:
        source: the file.
        place: the place in it: `:12` for line 12 of a text, `#/studies/0` for JSON, `:3, column "n"` for a table.
        message: the value, and why it was not taken.
    """

    source: str
    place: str
    message: str


@dataclass(slots=True)
class Record:
    """A record of a source: entries by section, in the order of the source, and notes.

    Attributes:
        source: the file.
        place: where the record begins, as in `Note.place`.
        name: its name in messages.
        entries: by the dotted name of their list in the dossier: `trials`, `safety.contraindications`.
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
        """Note what was not taken, at a line (`:12`) or at a JSON pointer within the record (`/phases`)."""
        self.notes.append(Note(self.source, place if place.startswith(":") else self.place + place, message))


class Reader(NamedTuple):
    """A reader of a format.

    Attributes:
        recognizes: whether a file has the format, by its content alone.
        records: yields its records; raises `EvgradeError` if the file is broken.
    """

    recognizes: Callable[[Content], bool]
    records: Callable[[Content], Iterator[Record]]


@cache
def glossary(module: str) -> Any:
    """Return the words that a format uses: the YAML file beside the module whose `__file__` is given."""
    file = Path(module).with_suffix(".yaml")
    return read(file.read_bytes(), file.name).data
