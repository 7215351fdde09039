"""A record of ClinicalTrials.gov while it is read: which values were taken, and their places in the file.

A reader marks the values it takes. All others are noted at the end, so that nothing is dropped silently.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from evgrade.importing import tree
from evgrade.importing.found import Record, glossary

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})(?:[eE][+-]?[0-9]{1,2})?")
_SIGNS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-"})
_LONGEST_KEY = 60


class Reading:
    """The values taken from a record, and the places of its values in the file.

    Attributes:
        record: the entries and notes so far.
        places: the places in the file by JSON pointer, for a record that was translated.
    """

    def __init__(self, record: Record, places: Mapping[str, str] | None = None) -> None:
        self.record = record
        self.places = places
        self._done: set[tuple[int, str | int]] = set()

    def note(self, pointer: str, message: str) -> None:
        """Note a value at a JSON pointer in the tree of version 2 of the API."""
        if self.places is None:
            self.record.note(pointer, message)
            return
        known = pointer
        while known and known not in self.places:
            known = known.rpartition("/")[0]
        self.record.note(self.places.get(known, ""), message)

    def done(self, owner: object, key: str | int) -> None:
        """Mark a value as taken or noted."""
        self._done.add((id(owner), key))

    def left(self, owner: object, key: str | int) -> bool:
        """Whether a value was neither taken nor noted."""
        return (id(owner), key) not in self._done


class Part:
    """A mapping within a record; empty if it is absent or something else.

    Attributes:
        data: the mapping.
        pointer: its JSON pointer.
        reading: the record.
    """

    __slots__ = ("data", "pointer", "reading")

    def __init__(self, data: Any, pointer: str, reading: Reading) -> None:
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        self.pointer = pointer
        self.reading = reading

    def at(self, *keys: str) -> Part:
        """Return a nested mapping."""
        return Part(tree.within(self.data, *keys), "/".join((self.pointer, *keys)), self.reading)

    def items(self, key: str) -> list[Part]:
        """Return the mappings in a list."""
        found = self.data.get(key)
        if not isinstance(found, list):
            return []
        start = f"{self.pointer}/{key}/"
        return [Part(one, f"{start}{at}", self.reading) for at, one in enumerate(found) if isinstance(one, dict)]

    def text(self, key: str) -> str:
        """Return a text on one line, empty if there is none."""
        return tree.text(self.data, key)

    def texts(self, key: str) -> list[str]:
        """Return the texts in a list, or none if it holds anything else."""
        found = self.data.get(key)
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            return []
        return tree.texts(self.data, key)

    def count(self, key: str) -> int | None:
        """Return a count, written as a number or as text."""
        found = self.number(key)
        return found if isinstance(found, int) and 0 <= found < 10**9 else None

    def number(self, key: str) -> int | Decimal | None:
        """Return a number with its printed digits; None for words such as NA."""
        return number(self.data.get(key))

    def taken(self, *keys: str) -> None:
        """Mark values as taken, with everything in them."""
        for key in keys:
            self.reading.done(self.data, key)

    def take(self, key: str) -> str:
        """Return a text and mark it as taken."""
        found = self.text(key)
        if found:
            self.reading.done(self.data, key)
            if len(self.data[key]) > tree.LONGEST:
                self.reading.note(f"{self.pointer}/{key}", f"a text of {len(self.data[key])} characters: cut")
        return found

    def note(self, message: str, key: str = "") -> None:
        """Note that a value, or this whole part, was not taken."""
        if key:
            self.reading.done(self.data, key)
        else:
            self.taken(*self.data)
        self.reading.note(f"{self.pointer}/{key}" if key else self.pointer, message)


def number(value: Any) -> int | Decimal | None:
    """Return a number with its printed digits; None for words such as NA, and numbers too long for a dossier."""
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
    """Return a key as a printable part of a JSON pointer."""
    shown = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in key[:_LONGEST_KEY])
    return shown.replace("~", "~0").replace("/", "~1")


# Values that were not taken


@cache
def _innermost() -> frozenset[str]:
    """Return the known kinds of values that contain no other known kind."""
    known = glossary(__file__)
    return frozenset(own for own in known if not any(other.startswith(f"{own}/") for other in known))


@dataclass(slots=True)
class _Left:
    """The number of values of one kind that were left, and the place of the first."""

    pointer: str
    many: int = 0


def note_rest(whole: Part) -> None:
    """Note everything left in a record, once for each kind of value."""
    found: dict[str, _Left] = {}
    _collect(whole.data, "", "", "", found, whole.reading)
    for own, left in found.items():
        place = left.pointer if left.many == 1 else own.partition("/*")[0]
        many = "" if left.many == 1 else f" ({left.many} values)"
        in_table = "not read from a table; the JSON of the study has it" if own.startswith("/table/") else ""
        said = in_table or glossary(__file__).get(
            own, f"`{own.rstrip('/*').rpartition('/')[2]}` has no field in a dossier"
        )
        whole.reading.note(place, f"not taken{many}: {said}")


def _collect(value: Any, pointer: str, pattern: str, own: str, found: dict[str, _Left], reading: Reading) -> None:
    """Count the values left within a value; their kind is the nearest known pattern above, else their own."""
    if pattern in glossary(__file__):
        own = pattern
    if own in _innermost() and own in found:
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
