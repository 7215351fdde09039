"""Merging sources into a dossier: new entries are added, absent fields filled in, and everything else stays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, assert_never

from evgrade.importing.found import Entry, Note, Record
from evgrade.importing.identity import Known, Registered, Slot, described, identifiers, list_of, record_of, work
from evgrade.importing.merging import ABSENT, UNKNOWN, Disagreement, Kind, Nothing, merge_entry
from evgrade.importing.shapes import judgements, renamed, resolved, shape_of
from evgrade.inserting import arranged, edited, edits, no_place, unshared
from evgrade.model import Finding, Location, Path, Severity, dotted
from evgrade.schema.shape import dossier_shape
from evgrade.yamlio.document import Document
from evgrade.yamlio.layout import Edit, Extend, Put, Replace

_FIRST = "references"
_LAST = "safety.adverse_events"
"""Studies cite references, and adverse events name studies: each section comes after the one it refers to."""


@dataclass(frozen=True, slots=True)
class Source:
    """The contents of a file, now and before.

    Attributes:
        records: its records, read one at a time.
        before: the records of its earlier version; None if there is none.
    """

    records: Iterable[Record]
    before: Iterable[Record] | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """A dossier after an import.

    Attributes:
        content: its bytes.
        added: the number of new entries, by section.
        updated: the number of changed entries, by section.
        changed: the paths of everything new.
        findings: disagreements between dossier and sources, in the order of the dossier.
        notes: what readers did not take.
        records: the number of records read.
    """

    content: bytes
    added: Mapping[str, int]
    updated: Mapping[str, int]
    changed: Sequence[Path]
    findings: tuple[Finding, ...]
    notes: tuple[Note, ...]
    records: int


def merged(document: Document, sources: Iterable[Source], seen: Callable[[], None] = lambda: None) -> Merged:
    """Merge sources into a dossier, one after the other.

    Entries are the same if they share an identifier. Anything that a person wrote or changed stays.

    Args:
        document: the dossier.
        sources: the sources, read one at a time, without keeping records.
        seen: is called after each record.

    Raises:
        EvgradeError: a source cannot be read, or the file has no place for an entry as it is written.
    """
    into = _Into(document)
    for source in sources:
        into.take(source, seen)
    return into.result()


class _Before(NamedTuple):
    """An entry in an earlier version of a source, and its record."""

    section: str
    entry: Entry
    record: Record


class _Earlier:
    """The entries of the earlier version of a source, by their identifiers."""

    def __init__(self, records: Iterable[Record] | None) -> None:
        self.entries: list[_Before] = []
        self._by_name: dict[tuple[str, str], _Before] = {}
        for record in records or ():
            for section, entries in record.entries.items():
                for entry in entries:
                    self.entries.append(_Before(section, entry, record))
                    for name in _names(section, entry, record):
                        self._by_name.setdefault((section, name), self.entries[-1])

    def of(self, section: str, entry: Entry, record: Record) -> _Before | None:
        """Return the earlier version of an entry."""
        found = (self._by_name.get((section, name)) for name in _names(section, entry, record))
        return next((one for one in found if one is not None), None)


def _names(section: str, entry: Entry, record: Record) -> Iterator[str]:
    yield from identifiers(section, entry, _registered_in(record))
    yield described(section, entry)


def _registered_in(record: Record) -> Registered:
    cited = {str(one.get("id")): record_of(one) for one in record.entries.get(_FIRST, ())}
    return cited.get


class _Into:
    """An import in progress: the data of the dossier, and what to report."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._known = Known(unshared(document.data))
        self._added: Counter[str] = Counter()
        self._updated: set[Slot] = set()
        self._met: set[Slot] = set()
        self._gone: dict[Slot, Record] = {}
        self._findings: list[Finding] = []
        self._notes: list[Note] = []
        self._records = 0

    def take(self, source: Source, seen: Callable[[], None]) -> None:
        """Merge a source."""
        earlier = _Earlier(source.before)
        names: dict[tuple[bool, str], str] = {}
        for record in source.records:
            self._record(record, earlier, names)
            self._records += 1
            seen()
        for before in earlier.entries:
            slot = self._known.same(before.section, before.entry, self._registered(before.record))
            if slot is not None and slot not in self._met and self._is_written(slot):
                self._gone[slot] = before.record

    def _record(self, record: Record, earlier: _Earlier, names: dict[tuple[bool, str], str]) -> None:
        """Merge a record: first settle the ids of its entries, then their values."""
        self._notes += record.notes
        met: list[tuple[Slot, Entry, _Before | None, bool]] = []
        for section in sorted(record.entries, key=lambda one: (one != _FIRST, one == _LAST)):
            for entry in record.entries[section]:
                _refuse_judgements(section, entry)
                before, own = earlier.of(section, entry, record), str(entry["id"])
                now = renamed(entry, shape_of(section), names, references=True)
                named = now | {"item": names.get((False, str(now["item"])), now["item"])} if "item" in now else now
                slot = self._known.same(section, named, self._registered(record), before and before.entry)
                is_new = slot is None
                if slot is None:
                    self._suggest(section, named, record)
                    slot = self._known.add(section, named | {"id": self._known.free_id(own, section)})
                    self._added[section] += 1
                names[section == _FIRST, own] = str(self._known.entry(slot).get("id", own))
                met.append((slot, now, before, is_new))
        for slot, entry, before, is_new in met:
            now = renamed(entry, shape_of(slot.section), names, references=False)
            now = self._resolved(now, slot, record)
            if is_new:
                mine = self._known.entry(slot)
                own = mine["id"]
                mine.clear()
                mine.update(now | {"id": own})
            else:
                self._merge(slot, before, now, record)
            self._met.add(slot)

    def _resolved(self, entry: Entry, slot: Slot, record: Record) -> Entry:
        """Return an entry without ids of entries that the dossier lacks, which a table written by evgrade may have."""
        missing: list[str] = []
        exists = lambda target, one: self._known.has(one, of_references=target == _FIRST)  # noqa: E731
        found: Entry = resolved(entry, shape_of(slot.section), exists, missing)
        if missing:
            names = ", ".join(dict.fromkeys(missing))
            message = f"`{entry.get('id')}` in {slot.section} refers to ids that the dossier lacks: {names}: not taken"
            self._notes.append(Note(record.source, record.place, message))
        return found

    def _merge(self, slot: Slot, before: _Before | None, now: Entry, record: Record) -> None:
        """Merge the new version of an entry into the dossier."""
        mine, shape = self._known.entry(slot), shape_of(slot.section)
        fields = {one for one in now if one in shape.keys or one.startswith("x-")}
        for key in now.keys() - fields:
            place = f"`{mine.get('id')}` in {slot.section}, which has no field `{key}`"
            self._notes.append(Note(record.source, record.place, f"{place}: not taken"))
        now = {key: value for key, value in now.items() if key in fields}
        earlier: Entry | Nothing = UNKNOWN if before is None else self._called(before)
        if isinstance(earlier, dict) and earlier.get("refs") and not _citations(mine) & _citations(earlier):
            earlier = UNKNOWN  # an entry without its source's citations never came from it
        merge = merge_entry(mine, earlier, now)
        self._findings += (
            disagreement(self._document, slot, str(mine.get("id")), one, record) for one in merge.disagreements
        )
        if merge.value != mine:
            if self._is_written(slot):
                self._updated.add(slot)
            self._known.replace(slot, arranged(mine, merge.value, shape))

    def _called(self, before: _Before) -> Entry:
        """Return the earlier version of an entry, with the ids of the dossier."""
        names = {}
        for section, entries in before.record.entries.items():
            for entry in entries:
                slot = self._known.same(section, entry, self._registered(before.record))
                if slot is not None:
                    names[section == _FIRST, str(entry["id"])] = str(self._known.entry(slot).get("id"))
        shape = shape_of(before.section)
        entry = renamed(before.entry, shape, names, references=True)
        called: Entry = renamed(entry, shape, names, references=False)
        return called

    def _registered(self, record: Record) -> Registered:
        own = _registered_in(record)
        return lambda one: own(one) or self._known.registered(one)

    def _is_written(self, slot: Slot) -> bool:
        return slot.number < len(list_of(self._document.data, slot.section))

    def _suggest(self, section: str, entry: Entry, record: Record) -> None:
        """Report references that may be the same work as a new one."""
        if section == _FIRST and work(entry) is not None:
            for slot in self._known.alike(section, entry):
                self._findings.append(same_work(self._document, slot, self._known.entry(slot), record))

    def result(self) -> Merged:
        """Return the dossier after the import."""
        for slot, record in self._gone.items():
            if slot not in self._met:
                self._findings.append(vanished(self._document, slot, self._known.entry(slot), record))
        wanted = edits(self._document.data, self._known.data)
        content, refused = edited(self._document, wanted)
        for edit in refused:
            if not any(isinstance(step, int) for step in edit.path):
                section = (*edit.path, edit.key) if isinstance(edit, Put) else edit.path
                raise no_place(self._document, section)
            self._findings.append(no_place_for(self._document, edit))
        return Merged(
            content=content,
            added=_in_order(self._added),
            updated=_in_order(Counter(slot.section for slot in self._updated)),
            changed=tuple(path for edit in wanted if edit not in refused for path in _paths(edit, self._document.data)),
            findings=tuple(sorted(self._findings, key=Finding.sort_key)),
            notes=tuple(self._notes),
            records=self._records,
        )


def _in_order(counts: Mapping[str, int]) -> Mapping[str, int]:
    """Return counts by section in the order of the schema."""
    keys = dossier_shape().keys
    return dict(sorted(counts.items(), key=lambda one: (keys.index(one[0].partition(".")[0]), one[0])))


def _refuse_judgements(section: str, entry: Entry) -> None:
    found = ", ".join(judgements(section, entry))
    if found:
        raise AssertionError(f"a reader returned judgements, which only reviewers make: {found}")


def _citations(entry: Mapping[str, Any]) -> set[str]:
    refs = entry.get("refs")
    return {str(one) for one in refs} if isinstance(refs, list) else set()


def _paths(edit: Edit, data: Any) -> Iterator[Path]:
    """Yield the paths of new values."""
    match edit:
        case Put():
            yield (*edit.path, edit.key)
        case Replace():
            yield edit.path
        case Extend():
            for step in edit.path:
                data = data[step]
            yield from ((*edit.path, len(data) + number) for number in range(len(edit.entries)))
        case _:
            assert_never(edit)


# Findings where dossier and source disagree, which point at both

_LONGEST = 80


def disagreement(document: Document, slot: Slot, name: str, one: Disagreement, record: Record) -> Finding:
    """Return the finding for a disagreement."""
    field = dotted(one.path)
    has = f"`{name}` in {slot.section} has {shown(one.mine)} as `{field}`"
    if one.mine is ABSENT:
        has = f"`{name}` in {slot.section} has no `{field}`"
    match one.kind:
        case Kind.CONFLICT if one.now is ABSENT:
            message = f"{has}; the source said {shown(one.before)} and no longer says anything"
        case Kind.CONFLICT:
            message = f"{has}; the source now says {shown(one.now)}, and said {shown(one.before)} before"
        case Kind.VANISHED:
            message = f"{has}; the source no longer says it"
        case Kind.DIFFERENCE:
            message = f"{has}; the source says {shown(one.now)}"
    return _finding(document, one.kind.value, message, (*path_of(slot), *one.path), record)


def vanished(document: Document, slot: Slot, entry: Mapping[str, Any], record: Record) -> Finding:
    """Return the finding for an entry that its source no longer has."""
    message = f"`{entry.get('id')}` in {slot.section} came from a source that no longer has it"
    return _finding(document, Kind.VANISHED.value, message, path_of(slot), record)


def same_work(document: Document, slot: Slot, entry: Mapping[str, Any], record: Record) -> Finding:
    """Return the finding for a reference that may already be in the dossier."""
    message = (
        f"`{entry.get('id')}` has the title, year and first author of another reference, but no identifier in common"
    )
    return _finding(document, "import-same-work", message, path_of(slot), record)


def no_place_for(document: Document, edit: Edit) -> Finding:
    """Return the finding for a value that cannot be written without changing something else."""
    path = (*edit.path, edit.key) if isinstance(edit, Put) else edit.path
    message = f"`{dotted(path)}` cannot be written here without changing something else; it was left out"
    return _located(document, "import-no-place", message, path, None, ())


def path_of(slot: Slot) -> Path:
    """Return the path of an entry."""
    return (*slot.section.split("."), slot.number)


def shown(value: Any) -> str:
    """Return a value for a sentence."""
    if value is ABSENT:
        return "nothing"
    if isinstance(value, list) and all(not isinstance(one, list | dict) for one in value):
        said = ", ".join(map(str, value)) or "an empty list"
    elif isinstance(value, list | dict):
        names = [str(one["name"]) for one in value if isinstance(one, dict) and "name" in one]
        number = f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
        said = f"{number} ({', '.join(names)})" if names and isinstance(value, list) else number
        if isinstance(value, dict):
            said = ", ".join(f"{key} {shown(part)}" for key, part in value.items())
    else:
        said = str(value).lower() if isinstance(value, bool) else str(value)
    return said if len(said) < _LONGEST else f"{said[: _LONGEST - 3]}…"


def _finding(document: Document, code: str, message: str, path: Path, record: Record) -> Finding:
    source = f"{record.source}{record.place}"
    line = re.match(":([0-9]+)", record.place)
    related = (Location(file=record.source, line=int(line[1]), column=1),) if line else ()
    return _located(document, code, message, path, f"the source: {source}", related)


def _located(
    document: Document, code: str, message: str, path: Path, hint: str | None, related: tuple[Location, ...]
) -> Finding:
    path = _there(document.data, path)
    is_minor = code in (Kind.DIFFERENCE.value, "import-same-work")
    return Finding(
        code=code,
        severity=Severity.NOTE if is_minor else Severity.WARNING,
        message=message,
        location=document.location(path),
        excerpt=document.excerpt(path),
        hint=hint,
        related=related,
    )


def _there(data: Any, path: Path) -> Path:
    """Return the part of a path that exists, to show an absent value where it would be."""
    for number, step in enumerate(path):
        if isinstance(step, int):
            if not isinstance(data, list) or step >= len(data):
                return path[:number]
        elif not isinstance(data, dict) or step not in data:
            return path[:number]
        data = data[step]
    return path
