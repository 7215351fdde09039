"""Paths from a mapping to the fields that a condition tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evgrade.facts.derived import Derived
from evgrade.model import UNKNOWN_WORDS

Data = Mapping[str, Any]

_SILENT = tuple(UNKNOWN_WORDS)
"""As a tuple, because a value may be something that no set can hold."""


@dataclass(frozen=True, slots=True)
class FieldPath:
    """The way from a mapping to a value in it: keys, then perhaps a derived value of what they lead to.

    `title` is what the value at the end of the keys is called, where the keys do not say it well. `number` says that a
    text there, such as `not_estimable`, replaces a number that nobody knows.
    """

    keys: tuple[str, ...]
    derived: Derived | None = None
    title: str | None = None
    number: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The path as a rubric writes it."""
        return self.keys if self.derived is None else (*self.keys, self.derived.name)

    @property
    def words(self) -> str:
        """What conditions call the value."""
        named = self.title or " ".join(self.keys).replace("_", " ")
        return named if self.derived is None else self.derived.phrase.format(of=named)

    @property
    def is_share(self) -> bool:
        return self.derived is not None and self.derived.is_share

    def read(self, data: Data) -> Any:
        """Return the value, None where it is unknown."""
        value: Any = data
        for key in self.keys:
            value = value.get(key)
            if value is None:
                return None
        if self.derived is None:
            return None if value in _SILENT or (self.number and isinstance(value, str)) else value
        return self.derived.compute(value)


@dataclass(frozen=True, slots=True)
class ListPath:
    """The way from a mapping to a list in it.

    A `closed` list is empty when it is missing. `noun` is what one entry is called.
    """

    keys: tuple[str, ...]
    closed: bool
    noun: str

    def read(self, data: Data) -> list[Any] | None:
        """Return the entries, None where nobody said what they are."""
        value: Any = data
        for key in self.keys:
            value = value.get(key)
            if value is None:
                return [] if self.closed else None
        entries: list[Any] = value
        return entries
