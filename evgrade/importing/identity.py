"""Identity of entries: by what identifies a study, paper or harm, never by id."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from evgrade.entries import ids_of
from evgrade.importing.found import Entry
from evgrade.importing.merging import same
from evgrade.model import EvgradeError

STUDIES = ("trials", "observational", "cases")
"""Sections for studies: reviewers may file a study in another section than its source."""
_LONGEST_ID = 64
_RECORD = re.compile(
    r"(?i)\b(?:clinicaltrials\.gov|isrctn\.com|clinicaltrialsregister\.eu|euclinicaltrials\.eu)/.*?"
    r"\b(NCT[0-9]{8}|ISRCTN[0-9]{8}|20[0-9]{2}-[0-9]{6}-[0-9]{2})\b"
)
_NOT_STATED = frozenset({"id", "refs"})
Registered = Callable[[str], str | None]
"""Returns the registry number of a reference, given by id, that is a registry record."""


class Slot(NamedTuple):
    """The place of an entry: its section and its position."""

    section: str
    number: int


def list_of(data: Any, section: str) -> Sequence[Any]:
    """Return the entries of a section, none if it is absent or not a list."""
    for key in section.split("."):
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, list) else ()


def record_of(reference: Any) -> str | None:
    """Return the registry number of a reference that is a registry record."""
    url = reference.get("url") if isinstance(reference, dict) else None
    found = _RECORD.search(url) if isinstance(url, str) else None
    return found[1].casefold() if found else None


def work(entry: Mapping[str, Any]) -> str | None:
    """Return a key of title, year and first author, which two works seldom share; None if one of them is unknown."""
    title, year, author = entry.get("title"), str(entry.get("issued", ""))[:4], entry.get("author")
    first = author[0] if isinstance(author, list) and author else ""
    family = re.sub(r"(?:,.*| [^\W\d_]{1,4}\.?)$", "", str(first))
    return f"work:{_words(title)}:{year}:{_words(family)}" if title and year and first else None


def identifiers(section: str, entry: Mapping[str, Any], registered: Registered) -> Iterator[str]:
    """Yield keys that certainly identify the study, paper or harm of an entry."""
    for key in ("doi", "pmid", "pmcid") if section == "references" else ():
        if entry.get(key):
            yield f"{key}:{str(entry[key]).casefold()}"
    if section == "references" and (record := record_of(entry)):
        yield f"registry:{record}"
    numbers = _registry(entry)
    yield from (f"registry:{one}" for one in sorted(numbers))
    if section in STUDIES and not numbers:
        # A study without a registry number is identified by the registry record that it cites, if it cites just one.
        refs = entry.get("refs")
        cited = {registered(str(one)) for one in (refs if isinstance(refs, list) else ())} - {None}
        yield from (f"registry:{one}" for one in cited if len(cited) == 1)
    if "x-label" in entry:
        yield f"label:{' '.join(str(entry['x-label']).casefold().split())}"
    if section == "safety.adverse_events" and entry.get("name"):
        yield f"harm:{entry.get('item')}:{_words(entry['name'])}:{entry.get('seriousness')}"


def described(section: str, entry: Mapping[str, Any]) -> str:
    """Return a key that probably identifies an entry."""
    if section == "references":
        return work(entry) or _all_of(entry)
    if section == "outcomes" and entry.get("name"):
        return f"name:{_words(entry['name'])}:{entry.get('comparison_id')}"
    said = entry.get("statement") or entry.get("name")
    return f"said:{_words(said)}" if said else _all_of(entry)


def states(entry: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether an entry states everything that another states, ids aside."""
    return all(key in _NOT_STATED or (key in entry and same(entry[key], value)) for key, value in other.items())


class Known:
    """The entries of a dossier by their keys, including new ones."""

    def __init__(self, data: Any) -> None:
        self.data = data
        self._ids = {True: ids_of(data, of_references=True), False: ids_of(data, of_references=False)}
        self._indexed: set[str] = set()
        self._certain: dict[tuple[str, str], list[Slot]] = defaultdict(list)
        self._described: dict[tuple[str, str], list[Slot]] = defaultdict(list)
        self._records: dict[str, str] = {}

    def entry(self, slot: Slot) -> Entry:
        """Return the entry at a place."""
        found: Entry = list_of(self.data, slot.section)[slot.number]
        return found

    def has(self, name: str, *, of_references: bool) -> bool:
        """Whether an id belongs to a reference, or else to any other entry."""
        return name in self._ids[of_references]

    def registered(self, reference: str) -> str | None:
        """Return the registry number of a reference in the dossier, given by id, that is a registry record."""
        self._index("references")
        return self._records.get(reference)

    def same(self, section: str, entry: Entry, registered: Registered, earlier: Entry | None = None) -> Slot | None:
        """Return the place of the same entry in the dossier.

        Args:
            section: the section of the entry.
            entry: the entry.
            registered: resolves the references that it cites.
            earlier: its earlier version, to recognize an entry without an identifier.
        """
        for one in _together(section):
            self._index(one)
        names = list(identifiers(section, entry, registered))
        for name in names:
            for slot in self._certain.get((_family(section), name), ()):
                if _agree(self.entry(slot), entry, by_label=name.startswith("label:")):
                    return slot
        # Among entries that say the same, the one with the same id comes first.
        for slot in sorted(self.alike(section, entry), key=lambda one: self.entry(one).get("id") != entry.get("id")):
            mine = self.entry(slot)
            if section != "references":
                known = any(True for _ in identifiers(slot.section, mine, self.registered))
                if not (names and known) and (mine.get("id") == entry.get("id") or not (names or known)):
                    return slot
            elif states(mine, entry) or (earlier is not None and states(mine, earlier)):
                return slot
        return None

    def alike(self, section: str, entry: Entry) -> Sequence[Slot]:
        """Return the places of entries that may be the same."""
        self._index(section)
        return self._described.get((section, described(section, entry)), ())

    def add(self, section: str, entry: Entry) -> Slot:
        """Add an entry at the end of a section.

        Raises:
            EvgradeError: the section is not a list.
        """
        self._index(section)
        *parents, last = section.split(".")
        data = self.data
        for key in parents:
            if data.get(key) is None:
                data[key] = {}
            data = data[key]
            if not isinstance(data, dict):
                raise EvgradeError(f"nothing can be added to `{section}`: its parent is not a mapping")
        if data.get(last) is None:
            data[last] = []
        if not isinstance(data[last], list):
            raise EvgradeError(f"nothing can be added to `{section}`: it is not a list")
        data[last].append(entry)
        slot = Slot(section, len(data[last]) - 1)
        self._ids[section == "references"].add(str(entry.get("id", "")))
        self.take(slot)
        return slot

    def take(self, slot: Slot) -> None:
        """Index an entry by its current keys."""
        entry, family = self.entry(slot), _family(slot.section)
        if slot.section == "references" and (record := record_of(entry)) is not None:
            self._records[str(entry.get("id"))] = record
        for name in identifiers(slot.section, entry, self.registered):
            slots = self._certain[family, name]
            if slot not in slots:
                slots.append(slot)
        slots = self._described[slot.section, described(slot.section, entry)]
        if slot not in slots:
            slots.append(slot)

    def replace(self, slot: Slot, entry: Entry) -> None:
        """Replace an entry."""
        entries: Any = list_of(self.data, slot.section)
        entries[slot.number] = entry
        self.take(slot)

    def free_id(self, wanted: str, section: str) -> str:
        """Return a free id; references share ids with no other entries."""
        taken = self._ids[section == "references"]
        number, one = 1, wanted
        while one in taken:
            number += 1
            end = f"-{number}"
            one = wanted[: _LONGEST_ID - len(end)] + end
        return one

    def _index(self, section: str) -> None:
        if section in self._indexed:
            return
        self._indexed.add(section)
        for number, entry in enumerate(list_of(self.data, section)):
            if isinstance(entry, dict):
                self.take(Slot(section, number))


def _family(section: str) -> str:
    return STUDIES[0] if section in STUDIES else section


def _together(section: str) -> Sequence[str]:
    return STUDIES if section in STUDIES else (section,)


def _registry(entry: Mapping[str, Any]) -> set[str]:
    numbers = entry.get("registry")
    return {str(one).casefold() for one in numbers} if isinstance(numbers, list) else set()


def _agree(mine: Entry, entry: Entry, *, by_label: bool) -> bool:
    """Whether two entries that share a key can be the same.

    A trial and its extension share a EudraCT number but are two registered studies; two studies may share a label.
    """
    ours, theirs = _registry(mine), _registry(entry)
    if not by_label:
        ours, theirs = ({one for one in numbers if one.startswith("nct")} for numbers in (ours, theirs))
    return not ours or not theirs or bool(ours & theirs)


def _words(value: Any) -> str:
    return "".join(re.findall(r"\w", str(value).casefold()))


def _all_of(entry: Mapping[str, Any]) -> str:
    return json.dumps(
        {key: value for key, value in entry.items() if key not in _NOT_STATED}, sort_keys=True, default=str
    )
