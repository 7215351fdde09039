"""A record of ClinicalTrials.gov while it is read: which of its values were taken, and where they are in its file.

A reader says what it took. Whatever nobody took is noted at the end, so that nothing is dropped silently.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from evgrade.importing import tree
from evgrade.importing.found import Record

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})(?:[eE][+-]?[0-9]{1,2})?")
_SIGNS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-"})
_LONGEST_KEY = 60


class Reading:
    """What was taken from a record, and where its values are in the file.

    Attributes:
        record: what was found so far.
        places: the place in the file of values by their JSON pointers, where a record was translated.
    """

    def __init__(self, record: Record, places: Mapping[str, str] | None = None) -> None:
        self.record = record
        self.places = places
        self._done: set[tuple[int, str | int]] = set()

    def note(self, pointer: str, message: str) -> None:
        """Note what was not taken, at a JSON pointer in the tree of version 2 of the API."""
        if self.places is None:
            self.record.note(pointer, message)
            return
        known = pointer
        while known and known not in self.places:
            known = known.rpartition("/")[0]
        self.record.note(self.places.get(known, ""), message)

    def done(self, owner: object, key: str | int) -> None:
        """Say that a value was taken or noted."""
        self._done.add((id(owner), key))

    def left(self, owner: object, key: str | int) -> bool:
        """Whether nobody took or noted a value."""
        return (id(owner), key) not in self._done


class Part:
    """A mapping within a record; one that is absent, or is something else, is an empty one.

    Attributes:
        data: the mapping.
        pointer: where it is.
        reading: the record that it is part of.
    """

    __slots__ = ("data", "pointer", "reading")

    def __init__(self, data: Any, pointer: str, reading: Reading) -> None:
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        self.pointer = pointer
        self.reading = reading

    def at(self, *keys: str) -> Part:
        """Return a mapping within."""
        return Part(tree.within(self.data, *keys), "/".join((self.pointer, *keys)), self.reading)

    def items(self, key: str) -> list[Part]:
        """Return the mappings in a list."""
        found = self.data.get(key)
        if not isinstance(found, list):
            return []
        start = f"{self.pointer}/{key}/"
        return [Part(one, f"{start}{at}", self.reading) for at, one in enumerate(found) if isinstance(one, dict)]

    def text(self, key: str) -> str:
        """Return a text in one line, empty if there is none."""
        return tree.text(self.data, key)

    def texts(self, key: str) -> list[str]:
        """Return the texts in a list, or none if something else is in it."""
        found = self.data.get(key)
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            return []
        return tree.texts(self.data, key)

    def count(self, key: str) -> int | None:
        """Return a whole number of people, written as a number or as text."""
        found = self.number(key)
        return found if isinstance(found, int) and 0 <= found < 10**9 else None

    def number(self, key: str) -> int | Decimal | None:
        """Return a number with the digits that are printed; None for words such as NA."""
        return number(self.data.get(key))

    def taken(self, *keys: str) -> None:
        """Say that values, with all that is in them, were taken."""
        for key in keys:
            self.reading.done(self.data, key)

    def take(self, key: str) -> str:
        """Return a text and say that it was taken."""
        found = self.text(key)
        if found:
            self.reading.done(self.data, key)
            if len(self.data[key]) > tree.LONGEST:
                self.reading.note(f"{self.pointer}/{key}", f"a text of {len(self.data[key])} characters: cut")
        return found

    def note(self, message: str, key: str = "") -> None:
        """Note a value that was not taken, or all of this part."""
        if key:
            self.reading.done(self.data, key)
        else:
            self.taken(*self.data)
        self.reading.note(f"{self.pointer}/{key}" if key else self.pointer, message)


def number(value: Any) -> int | Decimal | None:
    """Return a number with the digits that are printed; None for words such as NA, and for what no dossier holds."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, int):
        return value if abs(value) < 10**18 else None
    printed = (value if isinstance(value, str) else repr(value)).strip().translate(_SIGNS)
    if len(printed) > _LONGEST_KEY or not _NUMBER.fullmatch(printed):
        return None
    return int(printed) if re.fullmatch("[+-]?[0-9]+", printed) else Decimal(printed)


@lru_cache(maxsize=4096)
def plain_key(key: str) -> str:
    """Return a key as part of a JSON pointer that can be printed."""
    shown = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in key[:_LONGEST_KEY])
    return shown.replace("~", "~0").replace("/", "~1")


# What nobody took: named by module, and counted


_PROTOCOL, _RESULTS = "/protocolSection", "/resultsSection"
_OUTCOME = f"{_RESULTS}/outcomeMeasuresModule/outcomeMeasures/*"
_WHY = {
    f"{_PROTOCOL}/identificationModule/orgStudyIdInfo": "the sponsor's own number",
    f"{_PROTOCOL}/identificationModule/organization": "the organization that registered the study",
    f"{_PROTOCOL}/identificationModule/acronym": "the acronym",
    f"{_PROTOCOL}/identificationModule/secondaryIdInfos": "what other numbers are",
    f"{_PROTOCOL}/statusModule": "other dates of the study and of its registration",
    f"{_PROTOCOL}/sponsorCollaboratorsModule/responsibleParty": "the responsible party: people's names are not copied",
    f"{_PROTOCOL}/sponsorCollaboratorsModule": "what kind of organization sponsors and collaborators are",
    f"{_PROTOCOL}/oversightModule": "oversight",
    f"{_PROTOCOL}/descriptionModule": "descriptions: read them in the record",
    f"{_PROTOCOL}/conditionsModule/keywords": "keywords",
    f"{_PROTOCOL}/conditionsModule": "conditions",
    f"{_PROTOCOL}/designModule": "the design in words, its purpose, biospecimens and registries of patients",
    f"{_PROTOCOL}/armsInterventionsModule/armGroups": "what arms are given",
    f"{_PROTOCOL}/armsInterventionsModule/interventions": "what interventions are, and their other names",
    f"{_PROTOCOL}/outcomesModule/primaryOutcomes": "definitions and times of primary outcomes",
    f"{_PROTOCOL}/outcomesModule/secondaryOutcomes": "registered secondary outcomes",
    f"{_PROTOCOL}/outcomesModule/otherOutcomes": "other registered outcomes",
    f"{_PROTOCOL}/eligibilityModule": "criteria of eligibility: read them in the record",
    f"{_PROTOCOL}/contactsLocationsModule": "contacts and places: personal data are not copied",
    f"{_PROTOCOL}/referencesModule/references": "kinds and words of references",
    f"{_PROTOCOL}/referencesModule/seeAlsoLinks": "links",
    f"{_PROTOCOL}/referencesModule/availIpds": "where data of participants are",
    f"{_PROTOCOL}/ipdSharingStatementModule": "the plan for sharing data of participants",
    f"{_RESULTS}/participantFlowModule/periods": "reasons for leaving, units other than people, and comments",
    f"{_RESULTS}/participantFlowModule": "how people were recruited, and what the groups of the flow are",
    f"{_RESULTS}/baselineCharacteristicsModule": "characteristics at baseline",
    f"{_RESULTS}/outcomeMeasuresModule": "other facts of outcome measures",
    f"{_OUTCOME}/description": "how outcomes were measured",
    f"{_OUTCOME}/populationDescription": "who was analysed, in words",
    f"{_OUTCOME}/groups": "what groups are",
    f"{_OUTCOME}/denoms": "denominators that were not used",
    f"{_OUTCOME}/classes/*/denoms": "denominators that were not used",
    f"{_OUTCOME}/classes": "spreads and comments that have no field",
    f"{_OUTCOME}/analyses": "other facts of analyses",
    f"{_RESULTS}/adverseEventsModule": "how harms were looked for, and what the groups are",
    f"{_RESULTS}/adverseEventsModule/seriousEvents": "how harms were coded and assessed, and counts that have no field",
    f"{_RESULTS}/adverseEventsModule/otherEvents": "how harms were coded and assessed, and counts that have no field",
    f"{_RESULTS}/moreInfoModule": "agreements and points of contact: people's names are not copied",
    "/annotationSection": "annotations of the registry",
    "/documentSection": "documents",
    "/derivedSection": "what the registry derives from a record",
    "/hasResults": "whether there are results",
}


_WITHIN = frozenset(own for own in _WHY if not any(other.startswith(f"{own}/") for other in _WHY))
"""Kinds of things that have no other kind within them."""


@dataclass(slots=True)
class _Left:
    """Values of one kind that nobody took: where the first is, and how many there are."""

    pointer: str
    many: int = 0


def note_rest(whole: Part) -> None:
    """Note everything in a record that nobody took, once for each kind of thing."""
    found: dict[str, _Left] = {}
    _collect(whole.data, "", "", "", found, whole.reading)
    for own, left in found.items():
        place = left.pointer if left.many == 1 else own.partition("/*")[0]
        many = "" if left.many == 1 else f" ({left.many} values)"
        in_table = "not read from a table; the JSON of the study has it" if own.startswith("/table/") else ""
        said = in_table or _WHY.get(own, f"`{own.rstrip('/*').rpartition('/')[2]}` has no field in a dossier")
        whole.reading.note(place, f"not taken{many}: {said}")


def _collect(value: Any, pointer: str, pattern: str, own: str, found: dict[str, _Left], reading: Reading) -> None:
    """Add the values within a value that nobody took; a kind is the nearest that is known, else the pattern itself."""
    if pattern in _WHY:
        own = pattern
    if own in _WITHIN and own in found:
        found[own].many += _count(value, reading)
    elif isinstance(value, dict):
        for key, one in value.items():
            if reading.left(value, key):
                plain = plain_key(key)
                _collect(one, f"{pointer}/{plain}", f"{pattern}/{plain}", own, found, reading)
    elif isinstance(value, list):
        for at, one in enumerate(value):
            _collect(one, f"{pointer}/{at}", f"{pattern}/*", own, found, reading)
    elif value is not None and value != "":
        found.setdefault(own or pattern, _Left(pointer)).many += 1


def _count(value: Any, reading: Reading) -> int:
    if isinstance(value, dict):
        return sum(_count(one, reading) for key, one in value.items() if reading.left(value, key))
    if isinstance(value, list):
        return sum(_count(one, reading) for one in value)
    return int(value is not None and value != "")
