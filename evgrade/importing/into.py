"""Entries of a source in a dossier: what is new is inserted; what is there stays, and each difference is named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from evgrade.entries import ids_of
from evgrade.importing.found import Note, Record
from evgrade.inserting import inserted
from evgrade.yamlio.document import Document
from evgrade.yamlio.reader import read

Entry = dict[str, Any]
SECTIONS = ("trials", "observational", "cases", "outcomes", "references")
_GENERATED = frozenset({"id", "statement", "refs"})


@dataclass(frozen=True, slots=True)
class Merged:
    """A dossier with what sources add to it.

    Attributes:
        content: its bytes.
        added: how many entries are new, by section.
        differences: what the dossier says in other words than a source, or not at all.
        notes: what readers did not take.
        records: how many records were read.
    """

    content: bytes
    added: Mapping[str, int]
    differences: tuple[Note, ...]
    notes: tuple[Note, ...]
    records: int


def merged(document: Document, records: Iterable[Record]) -> Merged:
    """Return a dossier with the entries of sources that it lacks.

    An entry is the same if one of its identifiers is. Nothing that is in the dossier is changed.

    Raises:
        EvgradeError: there is no place for an entry in the file as it is written.
    """
    data = document.data
    present = {key: _Present(data.get(key), data, is_reference=key == "references") for key in SECTIONS}
    new: dict[str, list[Entry]] = {key: [] for key in SECTIONS}
    notes: list[Note] = []
    differences: list[Note] = []
    number = 0
    for number, record in enumerate(records, 1):  # noqa: B007 - how many there were
        notes += record.notes
        renamed: dict[str, str] = {}
        for key in (
            "references",
            "trials",
            "observational",
            "cases",
            "outcomes",
        ):  # a study cites references by the ids that they come to have
            for entry in record.entries.get(key, ()):
                if "refs" in entry:
                    entry["refs"] = list(dict.fromkeys(renamed.get(one, one) for one in entry["refs"]))
                old = present[key].same(entry)
                own = entry["id"]
                if old is None:
                    entry["id"] = present[key].free_id(own)
                    present[key].take(entry)
                    new[key].append(entry)
                else:
                    differences += _differences(old, entry, record, key)
                    entry["id"] = str(old.get("id", own))
                renamed[own] = entry["id"]
    content = document.content
    for key in SECTIONS:
        if new[key]:
            content = inserted(read(content, document.name), (key,), new[key])
    added = {key: len(entries) for key, entries in new.items() if entries}
    return Merged(content, added, tuple(differences), tuple(notes), number)


class _Present:
    """The entries of a section that a dossier has, by their identifiers."""

    def __init__(self, entries: Any, data: Any, *, is_reference: bool) -> None:
        self._by_identifier: dict[str, Entry] = {}
        self._ids = ids_of(data, of_references=is_reference)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                self.take(entry)

    def take(self, entry: Entry) -> None:
        """Add an entry."""
        self._ids.add(str(entry.get("id", "")))
        for one in _identifiers(entry):
            self._by_identifier.setdefault(one, entry)

    def same(self, entry: Entry) -> Entry | None:
        """Return the entry that is the same."""
        found = (self._by_identifier[one] for one in _identifiers(entry) if one in self._by_identifier)
        own = _ncts(entry)  # a trial and its extension share a EudraCT number and are two registered studies
        return next((one for one in found if not own or not _ncts(one) or own & _ncts(one)), None)

    def free_id(self, wanted: str) -> str:
        """Return an id that nothing else has."""
        number, one = 1, wanted
        while one in self._ids:
            number += 1
            one = f"{wanted}-{number}"
        return one


def _ncts(entry: Mapping[str, Any]) -> set[str]:
    numbers = entry.get("registry")
    return (
        {str(one).upper() for one in numbers if str(one).upper().startswith("NCT")}
        if isinstance(numbers, list)
        else set()
    )


def _identifiers(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield what says which trial or paper an entry is."""
    numbers = entry.get("registry")
    for number in numbers if isinstance(numbers, list) else ():
        yield f"registry:{str(number).casefold()}"
    # A study without a registry number is known by the registry's record that it cites.
    for one in entry.get("refs", ()) if isinstance(entry.get("refs"), list) and "registry" not in entry else ():
        if str(one).startswith("ctgov-"):
            yield f"cites:{one}"
    for key in ("doi", "pmid", "pmcid", "x-label"):
        if key in entry:
            yield f"{key}:{str(entry[key]).casefold()}"
    if isinstance(entry.get("url"), str):
        study = re.search(r"clinicaltrials\.gov/.*\b(NCT[0-9]{8})\b", entry["url"], re.IGNORECASE)
        if study:
            yield f"record:{study[1].casefold()}"


def _differences(old: Entry, entry: Entry, record: Record, section: str) -> Iterator[Note]:
    """Yield a note for each field that a dossier has in other words than a source, or lacks."""
    for key, value in entry.items():
        if key in _GENERATED:
            continue
        has = f"`{old.get('id')}` in {section}"
        if key not in old:
            yield Note(record.source, record.place, f"{has} has no `{key}`; the source says {_shown(value)}")
        elif _plain(old[key]) != _plain(value):
            said = f"{has} has {_shown(old[key])} as `{key}`; the source says {_shown(value)}"
            yield Note(record.source, record.place, said)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return float(value) if isinstance(value, Decimal) else value


def _shown(value: Any) -> str:
    if isinstance(value, list | dict):
        return f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
    said = str(value)
    return said if len(said) < 80 else f"{said[:77]}…"
