"""Conditions over the items of a list: how many match, or how many independent ones; whether all do; sums; shares."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from evgrade.facts.known import Quantity, Range, bounds_of
from evgrade.facts.strands import number_of_strands, shared
from evgrade.logic import Bounds, Truth, conjunction
from evgrade.model import Path
from evgrade.rubric.conditions.base import (
    Always,
    Asking,
    Condition,
    Context,
    Implies,
    Numeric,
    Traced,
    YesOrNo,
    count,
)
from evgrade.rubric.conditions.logic import All
from evgrade.rubric.conditions.parsing import LIMITS, MISTAKEN, Node, Operator, Parser, Scope, text_of
from evgrade.rubric.conditions.values import unstated_field
from evgrade.rubric.fields import Data, FieldPath, ListPath, PathError, resolve_field, resolve_list, resolve_list_field
from evgrade.rubric.phrases import either, limits, number, plural, quantity
from evgrade.schema.shape import Kind, Shape
from evgrade.schema.suggest import shown

Entries = list[Any]


@dataclass(frozen=True, slots=True)
class OverItems(Asking):
    """A condition over the items of a list that match `where`."""

    reads_more: ClassVar[bool] = False
    """Whether it reads fields of the items besides those that `where` reads."""
    entries: ListPath
    where: Condition

    def truth(self, data: Data, context: Context) -> Truth:
        """Return the result of `decide`; it is kept for lists of the dossier, since lists inside items are too many."""
        memory = context.memory
        if memory is None or data is not context.dossier:
            return self.decide(data, context)
        key = id(self)
        if key not in memory.lists:
            memory.lists[key] = self.decide(data, context)
        return memory.lists[key]

    @abstractmethod
    def decide(self, data: Data, context: Context) -> Truth: ...

    def look(self, data: Data, context: Context) -> Any:
        """Return what `over` finds in the items; None if the list is not stated."""
        memory = context.memory
        if memory is None or data is not context.dossier:
            entries = self.entries.read(data)
            return None if entries is None else self.over(entries, context)
        key = id(self)
        if key not in memory.found:
            entries = self.entries.read(data)
            memory.found[key] = None if entries is None else self.over(entries, context)
        return memory.found[key]

    @abstractmethod
    def over(self, entries: Entries, context: Context) -> Any: ...

    def wanted(self) -> Condition:
        """Return the condition on each item."""
        return self.where

    @abstractmethod
    def unstated_of(self, entry: Data, path: Path, match: Truth, truth: Truth) -> Iterator[Path]:
        """Yield the paths that are not stated in an entry and that are read besides those of `where`."""

    def inside(self) -> tuple[Condition, ...]:
        return (self.where,)

    def section(self) -> str | None:
        return self.entries.keys[0]

    def parts_at(self, data: Data, path: Path, context: Context) -> Iterable[tuple[Condition, Data, Path]]:  # noqa: ARG002
        return ()

    def found(self, data: Data, context: Context) -> Any:
        return self.look(data, context)

    def unstated(self, data: Data, path: Path, truth: Truth) -> Iterator[Path]:  # noqa: ARG002
        if self.entries.read(data) is None:
            yield (*path, *self.entries.keys)

    def headline(self, traced: Traced) -> str:
        found = f": {self.measured(traced.found)}" if isinstance(self, Numeric) else ""
        return self.describe() + found

    @property
    def nouns(self) -> str:
        return plural(self.entries.noun)


@dataclass(frozen=True, slots=True)
class Count(OverItems, Numeric):
    """The number of matching entries of a list is within limits.

    Entries that share a text in one of the fields `by` count once (see `Strands`); without fields, all count.
    """

    whole: ClassVar[bool] = True
    bounds: Bounds
    by: tuple[FieldPath, ...] = ()

    def decide(self, data: Data, context: Context) -> Truth:
        found = self.look(data, context)
        return self.bounds.between(*((0, math.inf) if found is None else bounds_of(found)))

    def over(self, entries: Entries, context: Context) -> Quantity:
        return count(self.where.truth(entry, context) for entry in entries)

    def number(self, data: Data, context: Context) -> tuple[Truth, Quantity]:
        return True, self.look(data, context)

    def unstated_of(self, entry: Data, path: Path, match: Truth, truth: Truth) -> Iterator[Path]:  # noqa: ARG002
        return iter(())

    def subject(self) -> Hashable:
        return "count", self.entries.keys, self.where.token()

    def implies(self, other: Condition, implies: Implies) -> bool:
        """Whether the other count must hold: matches of a narrower condition are also matches of a wider one.

        Counting more entries as one lowers the count, but never to zero.
        """
        if not isinstance(other, Count) or self.entries != other.entries or not self.bounds.narrower(other.bounds):
            return False
        mine, others = set(self.by), set(other.by)
        no_more = mine >= others or ((other.bounds.at_least or 0) <= 1 and (other.bounds.above or 0) < 1)
        no_fewer = mine <= others or self.bounds.highest < 1
        return (other.bounds.lowest == -math.inf or (no_more and implies(self.where, other.where))) and (
            other.bounds.highest == math.inf or (no_fewer and implies(other.where, self.where))
        )

    def describe(self) -> str:
        limit = self.bounds.last
        return f"{limits(self.bounds)} {self.entries.noun if limit == 1 else self.nouns}{which(self.where)}"

    def so_far(self, traced: Traced) -> str:
        """Return how many entries of the list match, and how many may."""
        if traced.found is None:
            return f"{self.nouns} are not recorded"
        if not traced.listed:
            return f"no {self.entries.noun} was found"
        low, high = bounds_of(traced.found)
        found = f"{number(low)} found so far" if low else "none found so far"
        if low == high:
            return found
        return f"{found}, {number(high - low)} more may count" if low else f"{found}, {number(high)} may count"


class Some(Count):
    """At least one entry of a list matches: the most frequent count, which need not look at every entry."""

    __slots__ = ()

    def decide(self, data: Data, context: Context) -> Truth:
        """Return whether one entry matches; entries after it are not evaluated."""
        entries = self.entries.read(data)
        if entries is None:
            return None
        result: Truth = False
        for entry in entries:
            truth = self.where.truth(entry, context)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result


class NoneOf(Some):
    """No entry of a list matches."""

    __slots__ = ()

    def decide(self, data: Data, context: Context) -> Truth:
        some = Some.decide(self, data, context)
        return None if some is None else not some

    def describe(self) -> str:
        return f"no {self.entries.noun}{which(self.where)}"

    def so_far(self, traced: Traced) -> str:
        if traced.found is None:
            return f"{self.nouns} are not recorded"
        low, high = bounds_of(traced.found)
        return (
            f"{number(low)} {'does' if low == 1 else 'do'}"
            if low
            else f"{number(high)} may match, because facts are missing"
        )

    def lacks(self, traced: Traced, named: set[str]) -> Iterator[str]:  # noqa: ARG002
        if traced.truth is not True:  # "needs no trial" would read as if none were needed
            yield f"none of the {self.nouns} to match ({self.where.describe()}; {self.so_far(traced)})"


@dataclass(frozen=True, slots=True)
class Every(OverItems, YesOrNo):
    """All entries of a list match, as in an empty list."""

    def decide(self, data: Data, context: Context) -> Truth:
        entries = self.entries.read(data)
        return None if entries is None else conjunction(self.where.truth(entry, context) for entry in entries)

    def over(self, entries: Entries, context: Context) -> Any:  # noqa: ARG002
        return None

    def unstated_of(self, entry: Data, path: Path, match: Truth, truth: Truth) -> Iterator[Path]:  # noqa: ARG002
        return iter(())

    def subject(self) -> Hashable:
        return "every", self.entries.keys, self.where.token()

    def implies(self, other: Condition, implies: Implies) -> bool:
        return isinstance(other, Every) and self.entries == other.entries and implies(self.where, other.where)

    def describe(self) -> str:
        return f"every {self.entries.noun}{which(self.where)}"


@dataclass(frozen=True, slots=True)
class Sum(OverItems, Numeric):
    """The sum of a number over the matching entries is within limits; the number is never negative."""

    reads_more: ClassVar[bool] = True
    field: FieldPath
    bounds: Bounds

    def decide(self, data: Data, context: Context) -> Truth:
        found = self.look(data, context)
        return self.bounds.hold(Range(0, math.inf) if found is None else found)

    def over(self, entries: Entries, context: Context) -> Quantity:
        """Return the sum, as a range if it is not certain."""
        low = high = 0.0
        for entry in entries:
            match, value = self.where.truth(entry, context), self.field.read(entry)
            if match is not False:
                least, most = (0.0, math.inf) if value is None else bounds_of(value)
                low += least if match else 0.0
                high += most
        return low if low == high else Range(low, high)

    def number(self, data: Data, context: Context) -> tuple[Truth, Quantity]:
        return True, self.look(data, context)

    def unstated_of(self, entry: Data, path: Path, match: Truth, truth: Truth) -> Iterator[Path]:  # noqa: ARG002
        return iter(()) if match is False else unstated_field(self.field, entry, path)

    def subject(self) -> Hashable:
        return "sum", self.entries.keys, self.field.names, self.where.token()

    @property
    def percent(self) -> bool:
        return self.field.is_share

    def describe(self) -> str:
        return f"{self.field.words} of all {self.nouns}{which(self.where)} together {limits(self.bounds)}"


@dataclass(frozen=True, slots=True)
class Share(OverItems, Numeric):
    """The share of some entries that match is within limits; a share of no entries is within none."""

    highest: ClassVar[float] = 1.0
    of: Condition
    bounds: Bounds

    def decide(self, data: Data, context: Context) -> Truth:
        counted = self.look(data, context)
        if counted is None:
            return None
        members, share = counted
        if share is None:
            return False
        kept = self.bounds.hold(share)
        # While it is open whether any entry belongs, there may be no share.
        return None if kept is True and not members else kept

    def over(self, entries: Entries, context: Context) -> tuple[int, Quantity]:
        """Return the number of entries that certainly belong, and the share; None if there can be no share.

        The share is lowest if every doubtful entry that does not match belongs and no other does, and highest the other
        way round.
        """
        members = matching = could_match = 0
        joining_without = joining_with = 0
        for entry in entries:
            member = self.of.truth(entry, context)
            if member is False:
                continue
            match = self.where.truth(entry, context)
            if member is True:
                members += 1
                matching += match is True
                could_match += match is not False
            else:
                joining_without += match is not True
                joining_with += match is not False
        if not members:
            if not joining_without + joining_with:
                return 0, None
            return 0, Range(0.0 if joining_without else 1.0, 1.0 if joining_with else 0.0)
        low = matching / (members + joining_without)
        high = (could_match + joining_with) / (members + joining_with)
        return members, low if low == high else Range(low, high)

    def number(self, data: Data, context: Context) -> tuple[Truth, Quantity]:
        counted = self.look(data, context)
        members, share = counted or (0, None)
        if members:
            return True, share
        return False if counted is not None and share is None else None, share

    def found(self, data: Data, context: Context) -> Any:
        counted = self.look(data, context)
        return None if counted is None else counted[1]

    def inside(self) -> tuple[Condition, ...]:
        return self.where, self.of

    def wanted(self) -> Condition:
        return All((self.of, self.where))

    def unstated_of(self, entry: Data, path: Path, match: Truth, truth: Truth) -> Iterator[Path]:  # noqa: ARG002
        return iter(())

    def subject(self) -> Hashable:
        return "share", self.entries.keys, self.where.token(), self.of.token()

    @property
    def percent(self) -> bool:
        return True

    def measured(self, found: Quantity) -> str:
        return "nothing to have a share of" if found is None else quantity(found, percent=True)

    def describe(self) -> str:
        return f"{limits(self.bounds, percent=True)} of the {self.nouns}{which(self.of)} are also{which(self.where)}"

    def so_far(self, traced: Traced) -> str:
        so_far = super(Share, self).so_far(traced)
        return f"{so_far}, if any of them counts" if traced.found is not None and traced.truth is None else so_far


class Counted(NamedTuple):
    """The number of matching entries, and of independent strands among them."""

    entries: Quantity
    strands: Quantity


@dataclass(frozen=True, slots=True)
class Strands(Count):
    """The number of independent matching entries is within limits: entries that share a text in a field `by` are one.

    A shared text links two entries whether they match or not.
    """

    reads_more: ClassVar[bool] = True

    def decide(self, data: Data, context: Context) -> Truth:
        _, found = self.number(data, context)
        return self.bounds.between(*((0, math.inf) if found is None else bounds_of(found)))

    def over(self, entries: Entries, context: Context) -> Any:
        counts = [self.where.truth(entry, context) for entry in entries]
        by = [tuple(shared(field.read(entry)) for field in self.by) for entry in entries]
        return Counted(count(counts), number_of_strands(counts, by))

    def number(self, data: Data, context: Context) -> tuple[Truth, Quantity]:
        counted = self.look(data, context)
        return True, None if counted is None else counted.strands

    def unstated_of(self, entry: Data, path: Path, match: Truth, truth: Truth) -> Iterator[Path]:
        """Yield the fields that are not stated; with several fields, an entry that does not match can link others."""
        if truth is None and (match is not False or len(self.by) > 1):
            yield from ((*path, *field.keys) for field in self.by if shared(field.read(entry)) is None)

    def subject(self) -> Hashable:
        return "strands", self.entries.keys, self.where.token(), tuple(field.keys for field in self.by)

    def describe(self) -> str:
        noun = self.entries.noun if self.bounds.last == 1 else self.nouns
        fields = either(field.words for field in self.by)
        return f"{limits(self.bounds)} independent {noun}, by {fields}{which(self.where)}"

    def measured(self, found: Any) -> str:
        if found is None:
            return quantity(None)
        entries, strands = found
        noun = self.entries.noun if entries == 1 else self.nouns
        return f"{quantity(entries)} {noun}, {quantity(strands)} independent"

    def so_far(self, traced: Traced) -> str:
        if traced.found is None:
            return f"{self.nouns} are not recorded"
        if not traced.listed:
            return f"no {self.entries.noun} was found"
        return f"so far {self.measured(traced.found)}"


def which(where: Condition) -> str:
    return "" if isinstance(where, Always) else f" ({where.describe()})"


MOST_KEYS = 4
"""The most fields that `by` takes."""


def _count(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    entries, shape = resolve_list(scope.shape, text_of(value, "count"))
    bounds = parser.bounds(value, path, "count", exactly=True)
    where = parser.where(value, "where", path, Scope(shape))
    if "by" not in value:
        return Count(entries, where, bounds)
    by = tuple(_texts(parser, value["by"], (*path, "by"), shape))
    return Strands(entries, where, bounds, by) if by else MISTAKEN


def _texts(parser: Parser, names: Any, path: Path, shape: Shape) -> Iterator[FieldPath]:
    """Yield the text fields by which entries are counted; report any others."""
    listed = names if isinstance(names, list) else [names]
    if not 1 <= len(listed) <= MOST_KEYS:
        parser.mistake(path, "rubric-condition", f"`by` takes a field, or a list of one to {MOST_KEYS} of them")
        return
    for position, name in enumerate(listed):
        place = (*path, position) if isinstance(names, list) else path
        if not isinstance(name, str):
            parser.wrong(place, "rubric-field", f"expected a field here, not {shown(name)}")
        elif name in listed[:position]:
            parser.wrong(place, "rubric-field", f"`{name}` is named twice")
        else:
            try:
                field = resolve_field(shape, name)
            except PathError as error:
                parser.wrong(place, "rubric-field", str(error), error.hint)
                continue
            if field.kind is Kind.TEXT:
                yield field.path
            else:
                parser.wrong(
                    place,
                    "rubric-field",
                    f"`{name}` is not a text that items can share",
                    "count by who or what they share, such as `cohort` or `group`",
                )


def _some(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    entries, shape = resolve_list(scope.shape, value["any"])
    return Some(entries, parser.where(value, "where", path, Scope(shape)), Bounds(at_least=1))


def _none(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    entries, shape = resolve_list(scope.shape, text_of(value, "none"))
    return NoneOf(entries, parser.where(value, "where", path, Scope(shape)), Bounds(at_most=0))


def _every(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    entries, shape = resolve_list(scope.shape, text_of(value, "every"))
    return Every(entries, parser.where(value, "where", path, Scope(shape)))


def _sum(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    entries, shape, field = resolve_list_field(scope.shape, text_of(value, "sum"))
    where = parser.where(value, "where", path, Scope(shape))
    if field.shape is not None and field.shape.node.get("minimum", -1) < 0:
        parser.wrong((*path, "sum"), "rubric-field", "a sum needs a number that is never negative")
    return Sum(entries, where, field.path, parser.bounds(value, path, "sum"))


def _share(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    entries, shape = resolve_list(scope.shape, text_of(value, "share"))
    where = parser.where(value, "where", path, Scope(shape))
    of = parser.where(value, "of", path, Scope(shape))
    return Share(entries, where, of, parser.bounds(value, path, "share", most=1))


OPERATORS = {
    "count": Operator(_count, ("where", "by", *LIMITS, "exactly")),
    "some": Operator(_some, ("where",)),  # written `any`, with the path of a list
    "none": Operator(_none, ("where",)),
    "every": Operator(_every, ("where",)),
    "sum": Operator(_sum, ("where", *LIMITS)),
    "share": Operator(_share, ("where", "of", *LIMITS)),
}
