"""The conditions of the rubric language, ready to be evaluated.

A condition looks at one mapping, the whole dossier or one item of a section, and answers true, false or
unknown. Nothing here loops over anything but the items of a section, so every evaluation ends.

Sections of the dossier are closed: what is not listed was not found, and a missing section is empty.
Everything inside them is open: a missing field, or a missing list inside an item, is not known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from evgrade.facts import Derived, Quantity, Range, bounds_of, known
from evgrade.logic import Bounds, Truth, conjunction, disjunction, negation

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """What has been decided so far, for conditions on grades: possible grades by domain, and the score."""

    grades: Mapping[str, frozenset[str]]
    score: Quantity = None


NOTHING_DECIDED = Standing({})


class Condition(Protocol):
    """Anything that is true, false or unknown of a mapping."""

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether the condition holds of `data`."""
        ...


@dataclass(frozen=True, slots=True)
class FieldPath:
    """The way from a mapping to a value in it: keys, then perhaps a derived value of what they lead to."""

    keys: tuple[str, ...]
    derived: Derived | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The path as a rubric writes it."""
        return self.keys if self.derived is None else (*self.keys, self.derived.name)

    def read(self, data: Data) -> Any:
        """Return the value, None where it is unknown."""
        value: Any = data
        for key in self.keys:
            value = known(value, key)
            if value is None:
                return None
        return value if self.derived is None else self.derived.compute(value)


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


@dataclass(frozen=True, slots=True)
class Always:
    """The condition of a last rung."""

    def truth(self, data: Data, standing: Standing) -> Truth:  # noqa: ARG002 - all conditions are called alike
        """Hold, always."""
        return True


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return the conjunction of the parts."""
        return conjunction(part.truth(data, standing) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part holds."""

    parts: tuple[Condition, ...]

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return the disjunction of the parts."""
        return disjunction(part.truth(data, standing) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return the negation of the part."""
        return negation(self.part.truth(data, standing))


@dataclass(frozen=True, slots=True)
class Term:
    """A named condition of the rubric's vocabulary, used in a rule."""

    name: str
    phrase: str
    part: Condition

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return what the named condition says."""
        return self.part.truth(data, standing)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A field has one of some values."""

    field: FieldPath
    values: tuple[Any, ...]

    def truth(self, data: Data, standing: Standing) -> Truth:  # noqa: ARG002
        """Return whether the value is one of those allowed; unknown while it is not stated."""
        value = self.field.read(data)
        return None if value is None else value in self.values


@dataclass(frozen=True, slots=True)
class Within:
    """A number keeps limits."""

    field: FieldPath
    bounds: Bounds

    def truth(self, data: Data, standing: Standing) -> Truth:  # noqa: ARG002
        """Return whether the number keeps the limits; unknown while it is not stated."""
        return self.bounds.hold(self.field.read(data))


@dataclass(frozen=True, slots=True)
class Count:
    """The number of entries of a list that match keeps limits."""

    entries: ListPath
    where: Condition
    bounds: Bounds
    word: str = "count"

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether the number of matching entries keeps the limits."""
        return self.bounds.hold(self.quantity(data, standing))

    def quantity(self, data: Data, standing: Standing) -> Quantity:
        """Return the number of entries that match: certainly, to those that could."""
        entries = self.entries.read(data)
        if entries is None:
            return Range(0, math.inf)
        certain = possible = 0
        for entry in entries:
            match = self.where.truth(entry, standing)
            if match is not False:
                possible += 1
                certain += match is True
        return certain if certain == possible else Range(certain, possible)


@dataclass(frozen=True, slots=True)
class Every:
    """All entries of a list match; so do those of an empty one."""

    entries: ListPath
    where: Condition

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether every entry matches."""
        entries = self.entries.read(data)
        if entries is None:
            return None
        return conjunction(self.where.truth(entry, standing) for entry in entries)


@dataclass(frozen=True, slots=True)
class Sum:
    """A number added up over the entries that match keeps limits."""

    entries: ListPath
    field: FieldPath
    where: Condition
    bounds: Bounds

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether the sum keeps the limits."""
        return self.bounds.hold(self.quantity(data, standing))

    def quantity(self, data: Data, standing: Standing) -> Quantity:
        """Return the sum, between what it is at least and at most; no field of a sum is negative."""
        entries = self.entries.read(data)
        if entries is None:
            return Range(0, math.inf)
        low = high = 0.0
        for entry in entries:
            match = self.where.truth(entry, standing)
            if match is not False:
                value = self.field.read(entry)
                least, most = (0.0, math.inf) if value is None else bounds_of(value)
                low += least if match else 0.0
                high += most
        return low if low == high else Range(low, high)


@dataclass(frozen=True, slots=True)
class Share:
    """The share of some entries that match keeps limits; a share of no entries keeps none."""

    entries: ListPath
    where: Condition
    of: Condition
    bounds: Bounds

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether the share keeps the limits."""
        entries = self.entries.read(data)
        if entries is None:
            return None
        members, bounds = self._counts(entries, standing)
        if bounds is None:
            return False
        kept = self.bounds.hold(bounds)
        # While it is open whether there are any members at all, there may be no share.
        return None if kept is True and not members else kept

    def quantity(self, data: Data, standing: Standing) -> Quantity:
        """Return the share as a number from 0 to 1; None where there is nothing to have a share of."""
        entries = self.entries.read(data)
        return None if entries is None else self._counts(entries, standing)[1]

    def _counts(self, entries: list[Any], standing: Standing) -> tuple[int, Quantity]:
        """Return the number of certain members, and the lowest and highest share."""
        members = matching = could_match = 0
        joining_without = joining_with = 0
        for entry in entries:
            member = self.of.truth(entry, standing)
            if member is False:
                continue
            match = self.where.truth(entry, standing)
            if member is True:
                members += 1
                matching += match is True
                could_match += match is not False
            else:
                joining_without += match is not True
                joining_with += match is not False
        if not members + joining_without + joining_with:
            return 0, None
        if not members:
            return 0, Range(0.0 if joining_without else 1.0, 1.0 if joining_with else 0.0)
        low = matching / (members + joining_without)
        high = (could_match + joining_with) / (members + joining_with)
        return members, low if low == high else Range(low, high)


@dataclass(frozen=True, slots=True)
class LabelIs:
    """A ladder of the rubric's `classify` gives an item one of some labels."""

    name: str
    ladder: tuple[tuple[str, Condition], ...]
    labels: tuple[str, ...]

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether the item's label is one of those allowed."""
        open_labels: set[bool] = set()
        for label, condition in self.ladder:
            reached = condition.truth(data, standing)
            if reached is not False:
                open_labels.add(label in self.labels)
            if reached is True:
                break
        return open_labels.pop() if len(open_labels) == 1 else None


@dataclass(frozen=True, slots=True)
class GradeIs:
    """The grade of a domain is one of some grades."""

    domain: str
    title: str
    grades: frozenset[str]
    phrase: str

    def truth(self, data: Data, standing: Standing) -> Truth:  # noqa: ARG002
        """Return whether all, none or some of the domain's possible grades are among them."""
        possible = standing.grades[self.domain]
        if possible <= self.grades:
            return True
        return None if possible & self.grades else False


@dataclass(frozen=True, slots=True)
class ScoreIs:
    """The score keeps limits."""

    bounds: Bounds

    def truth(self, data: Data, standing: Standing) -> Truth:  # noqa: ARG002
        """Return whether the score's range keeps the limits."""
        return self.bounds.hold(standing.score)
