"""Why a condition is true, false or unknown: the same conditions, evaluated part by part.

A trace never decides anything. Every truth in it is what the condition itself answers, so that what is
explained is what was graded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from evgrade.facts import known
from evgrade.logic import Truth
from evgrade.model import Path
from evgrade.rubric.fields import Data, FieldPath
from evgrade.rubric.language import (
    All,
    AnyOf,
    Condition,
    LabelIs,
    Memory,
    Not,
    NumberOf,
    OfDossier,
    OneOf,
    Standing,
    Term,
    Within,
    count,
)
from evgrade.rubric.lists import Count, Every, Share, Sum
from evgrade.rubric.model import Rule
from evgrade.rubric.splitting import everything_in, has


class Inquiry:
    """Evaluates conditions on one dossier, and remembers what terms said and what holds of the dossier as a whole."""

    def __init__(self, data: Data, standing: Standing) -> None:
        self.data = data
        self.standing = standing if standing.memory is not None else remembering(standing)
        self._truths: dict[int, Truth] = {}
        self._back: dict[int, bool] = {}
        self._leading: dict[int, bool] = {}
        self._shares: dict[int, All] = {}

    def ask(self, rule: Rule) -> Trace:
        """Return the trace of a rule's condition, evaluated on the whole dossier."""
        return self.trace(rule.condition, self.data)

    def trace(self, condition: Condition, data: Data, path: Path = ()) -> Trace:
        """Return the trace of a condition, evaluated on the mapping at `path`."""
        return Trace(self, condition, data, path)

    def truth(self, condition: Condition, data: Data) -> Truth:
        """Return whether a condition holds; of the dossier as a whole, where it may go through lists, that is kept."""
        if data is not self.data:
            return condition.truth(data, self.standing)
        if id(condition) not in self._truths:
            self._truths[id(condition)] = condition.truth(data, self.standing)
        return self._truths[id(condition)]

    def wanted_of(self, condition: Count | Every | Sum | Share) -> Condition:
        """Return what is asked of each item of a list: of a share, whether it belongs and matches."""
        if not isinstance(condition, Share):
            return condition.where
        return self._shares.setdefault(id(condition), All((condition.of, condition.where)))

    def leads_back(self, condition: Condition) -> bool:
        """Whether a condition on items asks about lists of the dossier too, so about items of any list."""
        if id(condition) not in self._back:
            self._back[id(condition)] = any(
                isinstance(part, OfDossier) and has((Count, Every, Sum, Share), part)
                for part in everything_in(condition, set())
            )
        return self._back[id(condition)]

    def leads_on(self, condition: Condition) -> bool:
        """Whether a condition on an item asks about anything but the item's own fields."""
        if id(condition) not in self._leading:
            self._leading[id(condition)] = has((Count, Every, Sum, Share, OfDossier), condition)
        return self._leading[id(condition)]


def remembering(standing: Standing) -> Standing:
    """Return the same standing with an empty memory, so that a term is evaluated once an item, however often used."""
    return replace(standing, memory=Memory.empty())


class Trace:
    """A condition that was evaluated on a mapping.

    Its parts and items are evaluated when they are read and never kept: terms share their parts, so a rubric of a
    page can stand for more traces than any memory holds, and a list of ten thousand items is read one by one.

    Attributes:
        condition: what was evaluated.
        data: the mapping.
        path: where the mapping is in the dossier.
        truth: the answer.
    """

    __slots__ = ("_inquiry", "condition", "data", "path", "truth")

    def __init__(self, inquiry: Inquiry, condition: Condition, data: Data, path: Path) -> None:
        self._inquiry = inquiry
        self.condition = condition
        self.data = data
        self.path = path
        self.truth = inquiry.truth(condition, data)

    @property
    def parts(self) -> Iterator[Trace]:
        """The parts of a condition made of others; of a ladder of labels, those down to the first rung that holds."""
        if isinstance(self.condition, OfDossier):
            dossier = self._inquiry.standing.dossier
            yield Trace(self._inquiry, self.condition.part, self.data if dossier is None else dossier, ())
        elif isinstance(self.condition, All | AnyOf | NumberOf | Not | Term | LabelIs):
            for condition in self.condition.parts:
                part = Trace(self._inquiry, condition, self.data, self.path)
                yield part
                if part.truth is True and isinstance(self.condition, LabelIs):
                    return

    @property
    def items(self) -> Iterator[Trace]:
        """Whether each item of a list matches, one after the other; of a share, whether it belongs and matches."""
        return self.items_on(())

    def items_on(self, way: Path) -> Iterator[Trace]:
        """Yield those items that a path leads to, or that stand where it leads to."""
        condition = self.condition
        if not isinstance(condition, Count | Every | Sum | Share):
            return
        place = (*self.path, *condition.entries.keys)
        if way and self._inquiry.leads_back(condition):
            way = ()
        if place[: len(way)] != way[: len(place)]:
            return
        entries = condition.entries.read(self.data) or ()
        wanted = self._inquiry.wanted_of(condition)
        only = way[len(place) : len(place) + 1]
        for number in only or range(len(entries)):
            if isinstance(number, int):
                yield Trace(self._inquiry, wanted, entries[number], (*place, number))

    @property
    def truths(self) -> Iterator[Truth]:
        """Whether each item of a list matches, without what it takes to say why."""
        condition = self.condition
        if isinstance(condition, Count | Every | Sum | Share):
            wanted = self._inquiry.wanted_of(condition)
            for entry in condition.entries.read(self.data) or ():
                yield wanted.truth(entry, self._inquiry.standing)

    def item(self, number: int) -> Trace:
        """Return the item of a list with a number."""
        (item,) = self.items_on((*self.path, *self.condition.entries.keys, number))  # type: ignore[attr-defined]
        return item

    @property
    def listed(self) -> int | None:
        """The number of items of a list; None where the list is not stated, or the condition is about none."""
        if not isinstance(self.condition, Count | Every | Sum | Share):
            return None
        entries = self.condition.entries.read(self.data)
        return None if entries is None else len(entries)

    @property
    def found(self) -> Any:
        """The value, the number or the share that was found; None where it is not known."""
        condition = self.condition
        if isinstance(condition, OneOf | Within):
            return condition.field.read(self.data)
        if isinstance(condition, NumberOf):
            return count(part.truth for part in self.parts)
        if isinstance(condition, Count | Sum):
            return condition.found(self.data, self._inquiry.standing)
        if isinstance(condition, Share):
            counted = condition.found(self.data, self._inquiry.standing)
            return None if counted is None else counted[1]
        return None

    @property
    def unknown(self) -> Iterator[Path]:
        """The paths of the fields that are not stated and would have to be."""
        return self.unknown_on(())

    def unknown_on(self, way: Path) -> Iterator[Path]:
        """Yield those of the unknown fields that do not belong to an item, or to one that a path leads to."""
        condition = self.condition
        if isinstance(condition, OneOf | Within):
            if self.truth is None:
                yield from _unstated(condition.field, self.data, self.path)
        elif isinstance(condition, Count | Every | Sum | Share) and self.listed is None:
            yield (*self.path, *condition.entries.keys)
        elif isinstance(condition, Sum):
            for item in self.items_on(way):
                if item.truth is not False:
                    yield from _unstated(condition.field, item.data, item.path)

    @property
    def leads_on(self) -> bool:
        """Whether a condition on an item asks about anything but the item's own fields."""
        return self._inquiry.leads_on(self.condition)


def trace(condition: Condition, data: Data, path: Path, standing: Standing) -> Trace:
    """Return the trace of a condition that is evaluated on the mapping `data`, which is at `path`."""
    return Inquiry(data, standing).trace(condition, data, path)


def _unstated(field: FieldPath, data: Data, path: Path) -> Iterator[Path]:
    """Yield the paths that would have to be stated for a field to be known."""
    value: Any = data
    for key in field.keys:
        value = known(value, key)
        if value is None:
            yield (*path, *field.keys, *([] if field.derived is None else field.derived.inputs[:1]))
            return
    if field.derived is not None:
        for name in field.derived.unstated(value):
            yield (*path, *field.keys, *name)


def within(asked: Iterable[Trace], inside: Callable[[Trace], Iterable[Trace]]) -> Iterator[Trace]:
    """Yield some traces and all that `inside` finds in them, depth first; a term or a label once for each mapping."""
    seen: set[tuple[int, Path]] = set()
    rest = [iter(asked)]
    while rest:
        one = next(rest[-1], None)
        if one is None:
            rest.pop()
            continue
        shared = shared_part(one.condition)
        if shared is not None:
            key = id(shared), one.path
            if key in seen:
                continue
            seen.add(key)
        yield one
        rest.append(iter(inside(one)))


def shared_part(condition: Condition) -> object:
    """Return the part of a condition that all its uses in a rubric have in common; None if it is used once."""
    if isinstance(condition, Term):
        return condition.part
    return condition.ladder[0][1] if isinstance(condition, LabelIs) else None


def unstated(asked: Iterable[Trace], way: Path = ()) -> Iterator[Path]:
    """Yield the paths of the facts that keep conditions open, some more than once; of items those on a way only."""
    for one in within((one for one in asked if one.truth is None), lambda one: _open(one, way)):
        yield from one.unknown_on(way)


def _open(asked: Trace, way: Path) -> Iterator[Trace]:
    """Yield what keeps a condition open."""
    for part in asked.parts:
        if part.truth is None:
            yield part
    for item in asked.items_on(way):
        if isinstance(asked.condition, Share):
            # An entry that does not match lowers a share all the same, if it belongs.
            member, match = item.parts
            if member.truth is not False:
                yield from (part for part in (member, match) if part.truth is None)
        elif item.truth is None:
            yield item


def supporting(asked: Iterable[Trace]) -> Iterator[Path]:
    """Yield the paths of the items and fields that make conditions true, in their order, some more than once."""
    for one in within((one for one in asked if one.truth is True), _holding):
        # A field of an item is told by the item itself; a field of the dossier stands for itself.
        if one.path:
            yield one.path
        elif isinstance(one.condition, OneOf | Within) and one.condition.field.keys:
            yield one.condition.field.keys


def _holding(asked: Trace) -> Iterator[Trace]:
    """Yield what makes a condition true; what an item's own fields say adds nothing to the item."""
    if not isinstance(asked.condition, Not) and (not asked.path or asked.leads_on):
        yield from (part for part in asked.parts if part.truth is True)
        yield from (item for item in asked.items if item.truth is True)


def once(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield each path once, where it first comes."""
    seen: set[Path] = set()
    for path in paths:
        if path not in seen:
            seen.add(path)
            yield path
