"""How many items of a list match, where those that are not independent count once."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from evgrade.facts import Quantity, bounds_of
from evgrade.facts.strands import number_of_strands, shared
from evgrade.logic import Truth
from evgrade.model import Path
from evgrade.rubric.conditions.base import Condition, Context, Traced, count
from evgrade.rubric.conditions.lists import Count, Entries, which
from evgrade.rubric.conditions.parsing import LIMITS, MISTAKEN, Node, Operator, Parser, Scope, text_of
from evgrade.rubric.fields import Data, FieldPath
from evgrade.rubric.paths import PathError, resolve_field, resolve_list
from evgrade.rubric.phrases import either, limits, quantity
from evgrade.schema.shape import Kind, Shape
from evgrade.schema.suggest import shown

MOST_KEYS = 4


class Counted(NamedTuple):
    """How many entries match, and how many strands these are."""

    entries: Quantity
    strands: Quantity


@dataclass(frozen=True, slots=True)
class Strands(Count):
    """The number of strands keeps limits: of entries that share a text in one of the fields `by`, and that match.

    What links two entries links them whether they match or not.
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
        """Yield the fields that are not stated; what does not match can link others, where there are several fields."""
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


def _count(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    entries, shape = resolve_list(scope.shape, text_of(value, "count"))
    bounds = parser.bounds(value, path, "count", exactly=True)
    where = parser.where(value, "where", path, Scope(shape))
    if "by" not in value:
        return Count(entries, where, bounds)
    by = tuple(_texts(parser, value["by"], (*path, "by"), shape))
    return Strands(entries, where, bounds, by) if by else MISTAKEN


def _texts(parser: Parser, names: Any, path: Path, shape: Shape) -> Iterator[FieldPath]:
    """Yield the text fields by which entries are counted; report what is none."""
    listed = names if isinstance(names, list) else [names]
    if not 1 <= len(listed) <= MOST_KEYS:
        parser.mistake(path, "rubric-condition", f"`by` takes a field, or a list of one to {MOST_KEYS} of them")
        return
    for number, name in enumerate(listed):
        place = (*path, number) if isinstance(names, list) else path
        if not isinstance(name, str):
            parser.wrong(place, "rubric-field", f"a field is wanted here, not {shown(name)}")
        elif name in listed[:number]:
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
                parser.wrong(place, "rubric-field", f"`{name}` is not a text that items can share", _SUCH_AS)


_SUCH_AS = "count by who or what they share, such as `cohort` or `group`"

OPERATORS = {"count": Operator(_count, ("where", "by", *LIMITS, "exactly"))}
