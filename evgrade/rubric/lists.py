"""The conditions of the rubric language over the items of a list: how many match, whether all do, sums and shares."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from evgrade.facts import Quantity, Range, bounds_of
from evgrade.logic import Bounds, Truth, conjunction, disjunction
from evgrade.rubric.fields import Data, FieldPath, ListPath
from evgrade.rubric.language import Condition, Memory, Standing, count

T = TypeVar("T")


def _kept(kept: dict[int, T], condition: object, work: Callable[[], T]) -> T:
    """Return what a condition on a list of the dossier came to, worked out once."""
    if id(condition) not in kept:
        kept[id(condition)] = work()
    return kept[id(condition)]


def _memory(data: Data, standing: Standing) -> Memory | None:
    """Return where that is kept; the lists inside the items of a list are too many to keep."""
    return standing.memory if data is standing.dossier else None


@dataclass(frozen=True, slots=True)
class Count:
    """The number of entries of a list that match keeps limits."""

    entries: ListPath
    where: Condition
    bounds: Bounds

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether the number of matching entries keeps the limits."""
        found = self.found(data, standing)
        return self.bounds.between(*((0, math.inf) if found is None else bounds_of(found)))

    def found(self, data: Data, standing: Standing) -> Quantity:
        """Return the number of entries that match; None where the list is not stated."""
        memory = _memory(data, standing)
        return (
            self._count(data, standing)
            if memory is None
            else _kept(memory.found, self, lambda: self._count(data, standing))
        )

    def _count(self, data: Data, standing: Standing) -> Quantity:
        entries = self.entries.read(data)
        return None if entries is None else count(self.where.truth(entry, standing) for entry in entries)


class Some(Count):
    """At least one entry of a list matches: the count that rubrics ask for most, and nobody need count to the end."""

    __slots__ = ()

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether one entry matches; those after it are not asked."""
        memory = _memory(data, standing)
        return (
            self._any(data, standing)
            if memory is None
            else _kept(memory.lists, self, lambda: self._any(data, standing))
        )

    def _any(self, data: Data, standing: Standing) -> Truth:
        entries = self.entries.read(data)
        if entries is None:
            return None
        result: Truth = False
        for entry in entries:
            truth = self.where.truth(entry, standing)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result


class NoneOf(Count):
    """No entry of a list matches."""

    __slots__ = ()

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether no entry matches; those after one that does are not asked."""
        memory = _memory(data, standing)
        return (
            self._any(data, standing)
            if memory is None
            else _kept(memory.lists, self, lambda: self._any(data, standing))
        )

    def _any(self, data: Data, standing: Standing) -> Truth:
        entries = self.entries.read(data)
        if entries is None:
            return None
        result: Truth = True
        for entry in entries:
            truth = self.where.truth(entry, standing)
            if truth is True:
                return False
            if truth is None:
                result = None
        return result


@dataclass(frozen=True, slots=True)
class Every:
    """All entries of a list match; so do those of an empty one."""

    entries: ListPath
    where: Condition

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether every entry matches."""
        memory = _memory(data, standing)
        return (
            self._all(data, standing)
            if memory is None
            else _kept(memory.lists, self, lambda: self._all(data, standing))
        )

    def _all(self, data: Data, standing: Standing) -> Truth:
        entries = self.entries.read(data)
        if entries is None:
            return None
        return conjunction(self.where.truth(entry, standing) for entry in entries)


@dataclass(frozen=True, slots=True)
class Sum:
    """A number added up over the entries that match keeps limits; the number is never negative."""

    entries: ListPath
    field: FieldPath
    where: Condition
    bounds: Bounds

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether the sum keeps the limits."""
        found = self.found(data, standing)
        return self.bounds.hold(Range(0, math.inf) if found is None else found)

    def found(self, data: Data, standing: Standing) -> Quantity:
        """Return the sum of the numbers of the entries that match, between what it is at least and at most.

        It is None where the list is not stated.
        """
        memory = _memory(data, standing)
        return (
            self._sum(data, standing)
            if memory is None
            else _kept(memory.found, self, lambda: self._sum(data, standing))
        )

    def _sum(self, data: Data, standing: Standing) -> Quantity:
        entries = self.entries.read(data)
        if entries is None:
            return None
        low = high = 0.0
        for entry in entries:
            match, value = self.where.truth(entry, standing), self.field.read(entry)
            if match is not False:
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
        found = self.found(data, standing)
        return None if found is None else self.decide(found)

    def found(self, data: Data, standing: Standing) -> tuple[int, Quantity] | None:
        """Return the number of entries that certainly belong, and the share; None where the list is not stated."""
        memory = _memory(data, standing)
        return (
            self._share(data, standing)
            if memory is None
            else _kept(memory.found, self, lambda: self._share(data, standing))
        )

    def _share(self, data: Data, standing: Standing) -> tuple[int, Quantity] | None:
        entries = self.entries.read(data)
        return None if entries is None else self.count(self.pair(entry, standing) for entry in entries)

    def pair(self, entry: Data, standing: Standing) -> tuple[Truth, Truth]:
        """Return whether an entry is one of those a share is taken of, and whether it matches."""
        member = self.of.truth(entry, standing)
        return member, False if member is False else self.where.truth(entry, standing)

    def count(self, pairs: Iterable[tuple[Truth, Truth]]) -> tuple[int, Quantity]:
        """Return the number of entries that certainly belong, and the share: None where there can be none.

        The share is lowest when every doubtful member that does not match joins, and no other; and
        highest the other way round.
        """
        members = matching = could_match = 0
        joining_without = joining_with = 0
        for member, match in pairs:
            if member is True:
                members += 1
                matching += match is True
                could_match += match is not False
            elif member is None:
                joining_without += match is not True
                joining_with += match is not False
        if not members:
            if not joining_without + joining_with:
                return 0, None
            return 0, Range(0.0 if joining_without else 1.0, 1.0 if joining_with else 0.0)
        low = matching / (members + joining_without)
        high = (could_match + joining_with) / (members + joining_with)
        return members, low if low == high else Range(low, high)

    def decide(self, counted: tuple[int, Quantity]) -> Truth:
        """Return whether the share keeps the limits."""
        members, share = counted
        if share is None:
            return False
        kept = self.bounds.hold(share)
        # While it is open whether anything belongs at all, there may be no share.
        return None if kept is True and not members else kept


@dataclass(frozen=True, slots=True)
class ListedIn:
    """The item's id is listed in a field of an entry that matches: a trial among those that a review pools."""

    entries: ListPath
    key: str
    where: Condition

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether an entry that matches lists the item; unknown where it does not say what it lists."""
        entries = self.entries.read(standing.dossier or {})
        if entries is None:
            return None
        identifier = data.get("id")
        return disjunction(self._lists(entry, identifier, standing) for entry in entries)

    def _lists(self, entry: Data, identifier: str | None, standing: Standing) -> Truth:
        listed = entry.get(self.key)
        if listed is not None and identifier not in listed:
            return False
        match = self.where.truth(entry, standing)
        return None if match is True and listed is None else match
