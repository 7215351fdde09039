"""Conditions on the values of fields, and on the labels from the rubric's `classify`."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from evgrade.facts.known import Quantity, known
from evgrade.logic import Bounds, Truth
from evgrade.model import UNKNOWN_WORDS, Path
from evgrade.rubric.conditions.base import (
    NOT_KEPT,
    Answers,
    Asking,
    Condition,
    Connective,
    Context,
    Implies,
    Numeric,
    Points,
    Traced,
)
from evgrade.rubric.conditions.logic import AnyOf
from evgrade.rubric.conditions.parsing import LIMITS, Node, Operator, Parser, Scope, Written, text_of
from evgrade.rubric.fields import Data, Field, FieldPath, resolve_field
from evgrade.rubric.phrases import either, limits, quantity
from evgrade.schema.shape import Kind
from evgrade.schema.suggest import did_you_mean, listed, shown

Labels = tuple[tuple[str, Condition], ...]

_OTHER = object()
"""Stands for every value of a text field that no condition names."""


@dataclass(frozen=True, slots=True)
class FieldTest(Asking):
    """A condition on the value of a field."""

    field: FieldPath

    def inside(self) -> tuple[Condition, ...]:
        return ()

    def section(self) -> str | None:
        return self.field.keys[0] if self.field.keys else None

    def subject(self) -> Hashable:
        return "field", self.field.names

    def parts_at(self, data: Data, path: Path, context: Context) -> Iterable[tuple[Condition, Data, Path]]:  # noqa: ARG002
        return ()

    def found(self, data: Data, context: Context) -> Any:  # noqa: ARG002
        return self.field.read(data)

    def unstated(self, data: Data, path: Path, truth: Truth) -> Iterator[Path]:
        return unstated_field(self.field, data, path) if truth is None else iter(())

    def headline(self, traced: Traced) -> str:
        return self.describe() + self.it_is(traced)

    @abstractmethod
    def it_is(self, traced: Traced) -> str:
        """Return the value in brackets, unless the condition shows it."""


@dataclass(frozen=True, slots=True)
class OneOf(FieldTest):
    """A field has one of several values; `choices` are all that it can have, none for free text."""

    values: tuple[Any, ...]
    choices: tuple[Any, ...] = ()

    def truth(self, data: Data, context: Context) -> Truth:  # noqa: ARG002
        value = self.field.read(data)
        return None if value is None else value in self.values

    def token(self) -> Hashable:
        return self.subject(), tuple((type(value), value) for value in self.values)

    def implies(self, other: Condition, implies: Implies) -> bool:  # noqa: ARG002
        return (
            isinstance(other, OneOf)
            and self.field == other.field
            and all(value in other.values for value in self.values)
        )

    def points(self, tests: Sequence[Condition]) -> Points:  # noqa: ARG002
        return []

    def state(self, tests: Sequence[Condition], points: Points, data: Data, context: Context) -> frozenset[Answers]:  # noqa: ARG002
        wanted = [test.values for test in tests if isinstance(test, OneOf)]
        value = self.field.read(data)
        values: Iterable[Any] = (value,)
        if value is None:
            values = self.choices or (*(one for some in wanted for one in some), _OTHER)
        return frozenset(tuple(one in some for some in wanted) for one in values)

    def describe(self) -> str:
        name = self.field.words
        if self.values == (True,):
            return name
        if self.values == (False,):
            return f"not {name}"
        words = {True: "yes", False: "no"}
        written = dict.fromkeys(words.get(value) or str(value).replace("_", " ") for value in self.values)
        return f"{name} {either(written)}"

    def it_is(self, traced: Traced) -> str:
        found = traced.found
        if found is None or traced.truth is True:
            return ""
        if isinstance(found, bool):
            return f" (it is {str(found).lower()})"
        return f" (it is {found.replace('_', ' ') if isinstance(found, str) else quantity(found)})"


@dataclass(frozen=True, slots=True)
class Within(FieldTest, Numeric):
    """A number is within limits."""

    lowest: ClassVar[float] = -math.inf
    bounds: Bounds

    def truth(self, data: Data, context: Context) -> Truth:
        field, memory = self.field, context.memory
        if memory is None or field.derived is None:
            return self.bounds.hold(field.read(data))
        key = (field.keys, field.derived.name, id(data))
        number = memory.numbers.get(key, NOT_KEPT)
        if number is NOT_KEPT:
            number = memory.numbers[key] = field.read(data)
        return self.bounds.hold(number)

    def number(self, data: Data, context: Context) -> tuple[Truth, Quantity]:  # noqa: ARG002
        return True, self.field.read(data)

    @property
    def percent(self) -> bool:
        return self.field.is_share

    def describe(self) -> str:
        return f"{self.field.words} {limits(self.bounds, percent=self.percent)}"

    def it_is(self, traced: Traced) -> str:
        return "" if traced.found is None else f" (it is {self.measured(traced.found)})"


def unstated_field(field: FieldPath, data: Data, path: Path) -> Iterator[Path]:
    """Yield the paths to state for a field to be known."""
    value: Any = data
    for key in field.keys:
        value = known(value, key)
        if value is None:
            yield (*path, *field.keys, *([] if field.derived is None else field.derived.inputs[:1]))
            return
    if field.derived is not None:
        for name in field.derived.unstated(value):
            yield (*path, *field.keys, *name)


@dataclass(frozen=True, slots=True)
class LabelIs(Connective):
    """A ladder of the rubric's `classify` gives an item one of several labels."""

    stops_at_first: ClassVar[bool] = True
    name: str
    ladder: Labels
    labels: tuple[str, ...]

    def inside(self) -> tuple[Condition, ...]:
        return tuple(condition for _, condition in self.ladder)

    def truth(self, data: Data, context: Context) -> Truth:
        memory = context.memory
        if memory is None:
            return self._among(self._read(data, context))
        key = (self.name, id(data))
        possible = memory.labels.get(key)
        if possible is None:
            possible = memory.labels[key] = self._read(data, context)
        return self._among(possible)

    def decide(self, truths: Iterable[Truth]) -> Truth:
        """Return whether all, none or some of the possible labels are among those allowed."""
        return self._among(self._possible(truths))

    def _read(self, data: Data, context: Context) -> frozenset[str]:
        return self._possible(condition.truth(data, context) for _, condition in self.ladder)

    def _possible(self, truths: Iterable[Truth]) -> frozenset[str]:
        """Return the possible labels: that of the first rung that holds, and those of all rungs above it that could."""
        possible: set[str] = set()
        for (label, _), reached in zip(self.ladder, truths, strict=False):
            if reached is not False:
                possible.add(label)
            if reached is True:
                break
        return frozenset(possible)

    def _among(self, possible: frozenset[str]) -> Truth:
        if possible.isdisjoint(self.labels):
            return False
        return True if possible.issubset(self.labels) else None

    def token(self) -> Hashable:
        return "label", self.name, self.labels

    def implies(self, other: Condition, implies: Implies) -> bool:  # noqa: ARG002
        return isinstance(other, LabelIs) and self.name == other.name and set(self.labels) <= set(other.labels)

    def shared(self) -> object:
        return self.ladder[0][1]

    def describe(self) -> str:
        return f"{self.name.replace('_', ' ')} {either(self.labels)}"

    def opening(self, traced: Traced) -> str | None:  # noqa: ARG002
        return None


def _value(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    field = resolve_field(scope.shape, text_of(value, "value"))
    test = {key: limit for key, limit in value.items() if key in (*LIMITS, "is", "in")}
    return field_test(parser, field, test, path if test else (*path, "value"))


def label_is(parser: Parser, name: str, ladder: Labels, test: Any, path: Path) -> Condition:
    """Parse the labels wanted from a ladder of labels."""
    wanted = tuple(test) if isinstance(test, list) else (test,)
    labels = tuple(dict.fromkeys(label for label, _ in ladder))
    for number, label in enumerate(wanted):
        if label not in labels:
            message = f"`{name}` has no label {shown(label)}"
            place = (*path, number) if isinstance(test, list) else path
            return parser.wrong(place, "rubric-value", message, f"its labels: {listed(labels)}")
    if not wanted:
        return parser.wrong(path, "rubric-value", "an empty list of labels matches nothing")
    return LabelIs(name, ladder, wanted)


def field_test(parser: Parser, field: Field, test: Node, path: Path, at: Path | None = None) -> Condition:
    """Parse the comparison of a field; `at` is the place of a value written without a word."""
    for key in test:
        if key not in (*LIMITS, "is", "in"):
            hint = did_you_mean(key, (*LIMITS, "is", "in")) or f"known: is, in, {listed(LIMITS)}"
            return parser.mistake((*path, key), "rubric-condition", f"`{key}` compares nothing", hint)
    if not test:
        hint = f"write is, in or one of {listed(LIMITS)}"
        return parser.mistake(path, "rubric-condition", "a value to compare with is missing", hint)
    if field.kind is Kind.NUMBER and not {"is", "in"} & set(test):
        return Within(field.path, parser.bounds(test, path, whole=_is_whole(field)))
    if len(test) > 1 or not {"is", "in"} & set(test):
        wanted = "a number's bounds, or one `is` or `in`" if field.kind is Kind.NUMBER else "`is` or `in`"
        message = f"`{'.'.join(field.path.names)}` takes {wanted}"
        return parser.mistake((*path, list(test)[-1]), "rubric-condition", message)
    ((word, value),) = test.items()
    place = (*path, word) if at is None else at
    several = word == "in" and isinstance(value, list)
    values = tuple(value) if several else (value,)
    for number, one in enumerate(values):
        _check_value(parser, field, one, (*place, number) if several else place)
    if not values:
        return parser.wrong(place, "rubric-value", "an empty list of values matches nothing")
    if field.kind is not Kind.NUMBER:
        choices = () if field.shape is None or field.kind is not Kind.CHOICE else field.shape.choices
        return OneOf(field.path, _as_written(field, values), choices)
    exact = tuple(Within(field.path, Bounds(at_least=one, at_most=one)) for one in values)
    for number, one in enumerate(exact):
        parser.written.append(Written((*place, number) if several else place, one.bounds, _is_whole(field)))
    return exact[0] if len(exact) == 1 else AnyOf(exact)


def _is_whole(field: Field) -> bool:
    return field.shape is not None and field.shape.node.get("type") == "integer"


def _check_value(parser: Parser, field: Field, value: Any, path: Path) -> None:
    name = ".".join(field.path.names)
    if value is None:
        parser.mistake(path, "rubric-value", f"`{name}` is never nothing")
    elif isinstance(value, str) and value in UNKNOWN_WORDS:
        hint = "evgrade handles unknown values itself; test for a known value"
        parser.wrong(path, "rubric-value", f"`{value}` means unknown, and no condition can ask for that", hint)
    elif field.kind is Kind.CHOICE and field.shape is not None:
        choices = field.shape.choices
        if not any(value is choice or (type(value) is type(choice) and value == choice) for choice in choices):
            known_ones = f"it can be: {listed(map(_written, choices))}"
            hint = did_you_mean(str(value), choices) or known_ones
            parser.wrong(path, "rubric-value", f"`{name}` is never {shown(value)}", hint)
    elif field.kind is Kind.NUMBER and (isinstance(value, bool) or not isinstance(value, int | float)):
        parser.wrong(path, "rubric-value", f"`{name}` is a number, never {shown(value)}")
    elif field.kind is Kind.TEXT and type(value) not in ((str, int) if _may_be_a_number(field) else (str,)):
        parser.wrong(path, "rubric-value", f"`{name}` is text, never {shown(value)}")


def _may_be_a_number(field: Field) -> bool:
    return field.shape is not None and isinstance(field.shape.node.get("type"), list)


def _as_written(field: Field, values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return values in every form that a dossier may use: the year 2010, or a page, as a number and as text."""
    if not _may_be_a_number(field):
        return values
    numbers = (int(value) for value in map(str, values) if value.isdecimal())
    return tuple(dict.fromkeys((*map(str, values), *numbers)))


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


OPERATORS = {"value": Operator(_value, ("is", "in", *LIMITS))}
