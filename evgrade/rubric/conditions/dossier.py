"""Conditions of an item on the rest of the dossier: its content, and whether an entry elsewhere lists the item."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, final

from evgrade.logic import Truth, disjunction
from evgrade.model import Path
from evgrade.rubric.conditions.base import Condition, Context, Implies, YesOrNo
from evgrade.rubric.conditions.lists import which
from evgrade.rubric.conditions.parsing import Node, Operator, Parser, Scope, text_of
from evgrade.rubric.fields import Data, ListPath, PathError, resolve_list
from evgrade.rubric.phrases import one
from evgrade.schema.shape import Kind, dossier_shape


class Elsewhere(YesOrNo):
    """A condition of an item on something outside the item."""

    __slots__ = ()

    def implies(self, other: Condition, implies: Implies) -> bool:  # noqa: ARG002
        return False

    def found(self, data: Data, context: Context) -> Any:  # noqa: ARG002
        return None

    def unstated(self, data: Data, path: Path, truth: Truth) -> Iterator[Path]:  # noqa: ARG002
        return iter(())


@dataclass(frozen=True, slots=True)
class OfDossier(Elsewhere):
    """A condition on the whole dossier, in a rule about one item."""

    part: Condition

    def truth(self, data: Data, context: Context) -> Truth:
        return self.part.truth(data if context.dossier is None else context.dossier, context)

    def inside(self) -> tuple[Condition, ...]:
        return (self.part,)

    def section(self) -> str | None:
        return None

    def parts_at(self, data: Data, path: Path, context: Context) -> Iterable[tuple[Condition, Data, Path]]:  # noqa: ARG002
        return [(self.part, data if context.dossier is None else context.dossier, ())]

    def subject(self) -> Hashable:
        return "dossier", self.part.token()

    def describe(self) -> str:
        return self.part.describe()


@dataclass(frozen=True, slots=True)
class ListedIn(Elsewhere):
    """An entry that matches lists the item's id in a field: a trial among those that a review pools."""

    entries: ListPath
    key: str
    where: Condition

    def truth(self, data: Data, context: Context) -> Truth:
        """Return whether a matching entry lists the item; unknown if the entry does not state its list."""
        entries = self.entries.read(context.dossier or {})
        if entries is None:
            return None
        identifier = data.get("id")
        return disjunction(self._lists(entry, identifier, context) for entry in entries)

    def _lists(self, entry: Data, identifier: str | None, context: Context) -> Truth:
        listed = entry.get(self.key)
        if listed is not None and identifier not in listed:
            return False
        match = self.where.truth(entry, context)
        return None if match is True and listed is None else match

    def inside(self) -> tuple[Condition, ...]:
        return (self.where,)

    def section(self) -> str | None:
        return self.entries.keys[0]

    def parts_at(self, data: Data, path: Path, context: Context) -> Iterable[tuple[Condition, Data, Path]]:  # noqa: ARG002
        return ()

    def subject(self) -> Hashable:
        return "listed in", self.entries.keys, self.key, self.where.token()

    def describe(self) -> str:
        return f"among those of {one(self.entries.noun)}{which(self.where)}"


@final
@dataclass(frozen=True, slots=True)
class InQuestion(Elsewhere):
    """The item belongs to the comparison in question: the first in the dossier, unless another is requested.

    If the dossier lists one comparison or none, all items belong to it.
    """

    def truth(self, data: Data, context: Context) -> Truth:
        listed: Sequence[Data] = (context.dossier or {}).get("comparisons") or ()
        if len(listed) < MANY:
            return True
        own = data.get("comparison_id")
        return None if own is None else own == (context.comparison or listed[0]["id"])

    def inside(self) -> tuple[Condition, ...]:
        return ()

    def section(self) -> str | None:
        return None

    def parts_at(self, data: Data, path: Path, context: Context) -> Iterable[tuple[Condition, Data, Path]]:  # noqa: ARG002
        return ()

    def unstated(self, data: Data, path: Path, truth: Truth) -> Iterator[Path]:  # noqa: ARG002
        if truth is None:
            yield (*path, "comparison_id")

    def subject(self) -> Hashable:
        return "in question"

    def describe(self) -> str:
        return "of the comparison in question"


MANY = 2
"""From this number of comparisons on, each has a certainty of its own."""


def _in_dossier(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    if scope.shape.definition is None:
        message = "this condition is about the dossier already"
        return parser.mistake((*path, "in_dossier"), "rubric-condition", message, "write the condition by itself")
    return OfDossier(parser.parse(value["in_dossier"], (*path, "in_dossier"), Scope(dossier_shape())))


def _listed_in(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    if scope.shape.key("id") is None:
        return parser.mistake((*path, "listed_in"), "rubric-condition", "only an item with an id can be listed")
    text = text_of(value, "listed_in")
    section, _, key = text.rpartition(".")
    entries, shape = resolve_list(dossier_shape(), section or text)
    listed_ids = shape.key(key)
    if listed_ids is None or listed_ids.kind is not Kind.LIST or listed_ids.item.kind is not Kind.TEXT:
        raise PathError(f"`{text}` is not a list of ids", "for example: syntheses.contributing")
    return ListedIn(entries, key, parser.where(value, "where", path, Scope(shape)))


def _in_question(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    place = (*path, "in_question")
    if scope.shape.key("comparison_id") is None:
        return parser.mistake(place, "rubric-condition", "only an outcome belongs to a comparison")
    if value["in_question"] is not True:
        return parser.wrong(
            place, "rubric-value", "`in_question` is true", "for the others, write {not: {in_question: true}}"
        )
    return InQuestion()


OPERATORS = {
    "in_dossier": Operator(_in_dossier),
    "in_question": Operator(_in_question),
    "listed_in": Operator(_listed_in, ("where",)),
}
