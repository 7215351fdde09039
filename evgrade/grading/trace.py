"""Why a condition is true, false or unknown, and which facts a rule rests on, with their places and citations.

A trace evaluates the conditions of the rubric part by part. It decides nothing: every truth in it is the condition's
own answer, so it explains the grade that was given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from evgrade.dossier import Dossier
from evgrade.grading.account import Evidence
from evgrade.grading.assessment import RuleUsed
from evgrade.logic import Truth
from evgrade.model import Path
from evgrade.rubric.conditions.base import Condition, Connective, Context, Memory, has
from evgrade.rubric.conditions.dossier import OfDossier
from evgrade.rubric.conditions.grades import GradeIs
from evgrade.rubric.conditions.lists import OverItems, Share
from evgrade.rubric.conditions.logic import Not
from evgrade.rubric.conditions.values import FieldTest
from evgrade.rubric.fields import Data
from evgrade.rubric.model import Rule
from evgrade.schema.shape import Shape, dossier_shape


class Tracer:
    """Evaluates conditions on one dossier, and remembers the truth of terms and of conditions on the whole dossier."""

    def __init__(self, data: Data, context: Context) -> None:
        self.data = data
        self.context = context if context.memory is not None else remembering(context)
        self._truths: dict[int, Truth] = {}
        self._leading: dict[int, bool] = {}
        self._wanted: dict[int, Condition] = {}

    def presuming(self) -> Tracer:
        """Return a tracer for which an unknown excuse counts as absent, as for the reported grade (see `Unless`)."""
        return Tracer(self.data, replace(remembering(self.context), presuming=True))

    def rule(self, rule: Rule) -> Trace:
        """Return the trace of a rule's condition, evaluated on the whole dossier."""
        return self.trace(rule.condition, self.data)

    def trace(self, condition: Condition, data: Data, path: Path = ()) -> Trace:
        """Return the trace of a condition, evaluated on the mapping at `path`."""
        return Trace(self, condition, data, path)

    def truth(self, condition: Condition, data: Data) -> Truth:
        """Return whether a condition holds. On the whole dossier, where it can go through lists, the answer is kept."""
        if data is not self.data:
            return condition.truth(data, self.context)
        if id(condition) not in self._truths:
            self._truths[id(condition)] = condition.truth(data, self.context)
        return self._truths[id(condition)]

    def wanted_of(self, condition: OverItems) -> Condition:
        """Return the condition on each item of a list; for a share, that it belongs and matches."""
        if id(condition) not in self._wanted:
            self._wanted[id(condition)] = condition.wanted()
        return self._wanted[id(condition)]

    def leads_on(self, condition: Condition) -> bool:
        """Whether a condition on an item reads anything besides the item's own fields."""
        if id(condition) not in self._leading:
            self._leading[id(condition)] = has((OverItems, OfDossier), condition)
        return self._leading[id(condition)]


def remembering(context: Context) -> Context:
    """Return the context with an empty memory, so that a term is evaluated once for each item."""
    return replace(context, memory=Memory.empty())


class Trace:
    """A condition that was evaluated on a mapping.

    Its parts and items are evaluated when they are read and never kept: since terms share their parts, a rubric of one
    page can mean more traces than fit in memory, and a list of ten thousand items is read one by one.

    Attributes:
        condition: what was evaluated.
        data: the mapping.
        path: where the mapping is in the dossier.
        truth: the answer.
    """

    __slots__ = ("_tracer", "condition", "data", "path", "truth")

    def __init__(self, tracer: Tracer, condition: Condition, data: Data, path: Path) -> None:
        self._tracer = tracer
        self.condition = condition
        self.data = data
        self.path = path
        self.truth = tracer.truth(condition, data)

    @property
    def parts(self) -> Iterator[Trace]:
        """The parts of a compound condition; for a ladder of labels, those down to the first rung that holds."""
        condition = self.condition
        stops = isinstance(condition, Connective) and condition.stops_at_first
        for one, data, path in condition.parts_at(self.data, self.path, self._tracer.context):
            part = Trace(self._tracer, one, data, path)
            yield part
            if stops and part.truth is True:
                return

    @property
    def items(self) -> Iterator[Trace]:
        """The traces of the items of a list, one by one; for a share, of whether an item belongs and matches."""
        return self.items_at(range(self.listed or 0))

    def items_at(self, numbers: Iterable[int]) -> Iterator[Trace]:
        """Yield the items with these numbers."""
        condition = self.condition
        if isinstance(condition, OverItems):
            wanted, entries = self._tracer.wanted_of(condition), condition.entries.read(self.data) or ()
            place = (*self.path, *condition.entries.keys)
            for number in numbers:
                yield Trace(self._tracer, wanted, entries[number], (*place, number))

    @property
    def truths(self) -> Iterator[Truth]:
        """Whether each item of a list matches, without its trace."""
        condition = self.condition
        if isinstance(condition, OverItems):
            wanted = self._tracer.wanted_of(condition)
            for entry in condition.entries.read(self.data) or ():
                yield wanted.truth(entry, self._tracer.context)

    @property
    def listed(self) -> int | None:
        """The number of items of the list; None if the list is not stated or the condition is not about a list."""
        if not isinstance(self.condition, OverItems):
            return None
        entries = self.condition.entries.read(self.data)
        return None if entries is None else len(entries)

    @property
    def found(self) -> Any:
        """The value, number or share found; None if it is not known."""
        return self.condition.found(self.data, self._tracer.context)

    @property
    def unknown(self) -> Iterator[Path]:
        """The paths of the fields that the condition needs and the dossier does not state."""
        condition = self.condition
        yield from condition.unstated(self.data, self.path, self.truth)
        if isinstance(condition, OverItems) and condition.reads_more:
            for item in self.items:
                yield from condition.unstated_of(item.data, item.path, item.truth, self.truth)

    @property
    def leads_on(self) -> bool:
        """Whether a condition on an item reads anything besides the item's own fields."""
        return self._tracer.leads_on(self.condition)


def trace(condition: Condition, data: Data, path: Path, context: Context) -> Trace:
    """Return the trace of a condition, evaluated on the mapping `data` at `path`."""
    return Tracer(data, context).trace(condition, data, path)


def within(traced: Iterable[Trace], inside: Callable[[Trace], Iterable[Trace]]) -> Iterator[Trace]:
    """Yield traces and all that `inside` finds in them, depth first; a term or a label once for each mapping."""
    seen: set[tuple[int, Path]] = set()
    rest = [iter(traced)]
    while rest:
        one = next(rest[-1], None)
        if one is None:
            rest.pop()
            continue
        shared = one.condition.shared()
        if shared is not None:
            key = id(shared), one.path
            if key in seen:
                continue
            seen.add(key)
        yield one
        rest.append(iter(inside(one)))


def unstated(traced: Iterable[Trace]) -> Iterator[Path]:
    """Yield the paths of the facts that keep conditions open; some come more than once."""
    for one in within((one for one in traced if one.truth is None), _open):
        yield from one.unknown


def _open(traced: Trace) -> Iterator[Trace]:
    """Yield the parts and items that keep a condition open."""
    for part in traced.parts:
        if part.truth is None:
            yield part
    for item in traced.items:
        if isinstance(traced.condition, Share):
            # An entry that belongs and does not match lowers the share.
            member, match = item.parts
            if member.truth is not False:
                yield from (part for part in (member, match) if part.truth is None)
        elif item.truth is None:
            yield item


def supporting(traced: Iterable[Trace]) -> Iterator[Path]:
    """Yield the paths of the items and fields that make conditions true, in order; some come more than once."""
    for one in within((one for one in traced if one.truth is True), _holding):
        # For a field of an item, cite the item; for a field of the dossier, the field.
        if one.path:
            yield one.path
        elif isinstance(one.condition, FieldTest) and one.condition.field.keys:
            yield one.condition.field.keys


def _holding(traced: Trace) -> Iterator[Trace]:
    """Yield the parts and items that make a condition true; the own fields of an item add nothing to the item."""
    if not isinstance(traced.condition, Not) and (not traced.path or traced.leads_on):
        yield from (part for part in traced.parts if part.truth is True)
        yield from (item for item in traced.items if item.truth is True)


def once(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield each path once, in the order of first occurrence."""
    seen: set[Path] = set()
    for path in paths:
        if path not in seen:
            seen.add(path)
            yield path


# The facts that rules rest on


def rule_used(rule: Rule) -> RuleUsed:
    return RuleUsed(name=rule.name, means=rule.means, status=rule.status, source=rule.source, location=rule.location)


def evidence_at(dossier: Dossier, path: Path) -> Evidence:
    """Return the item or field at a path, with its own references or else those of the mapping that contains it."""
    references: list[str] = []
    value: Any = dossier.data
    shape: Shape | None = dossier_shape()
    for part in path:
        if isinstance(value, dict):
            references = value.get("refs") or references
        value = value[part]
        shape = shape and (shape.item if isinstance(part, int) else shape.key(part))
    identifier = statement = None
    if isinstance(value, dict):
        references = value.get("refs") or references
        identifier = value.get("id")
        statement = value.get("statement") or value.get("name")
    return Evidence(
        path=path,
        id=identifier,
        statement=statement or (shape and shape.says(value)) or None,
        location=dossier.document.location(path),
        references=tuple(references),
        citations=tuple(dossier.citation(reference) for reference in references),
    )


def domains_read(traced: Trace) -> Iterator[str]:
    """Yield the names of the domains whose grades a condition tests, in its order."""
    for one in within([traced], lambda part: part.parts):
        if isinstance(one.condition, GradeIs):
            yield one.condition.domain
