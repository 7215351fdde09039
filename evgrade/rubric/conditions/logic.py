"""Conditions made of other conditions: all, any, a number of them, not, unless; and terms, which name one."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from evgrade.logic import Bounds, Truth, conjunction, disjunction, negation
from evgrade.model import Path
from evgrade.rubric.conditions.base import (
    NOT_KEPT,
    Condition,
    Connective,
    Context,
    Implies,
    Memory,
    Traced,
    count,
)
from evgrade.rubric.conditions.parsing import LIMITS, Node, Operator, Parser, Scope
from evgrade.rubric.fields import Data
from evgrade.rubric.phrases import either, limits, quantity


@dataclass(frozen=True, slots=True)
class Several(Connective):
    """A condition with several parts."""

    parts: tuple[Condition, ...]

    def inside(self) -> tuple[Condition, ...]:
        return self.parts

    def token(self) -> Hashable:
        return type(self).__name__, *(part.token() for part in self.parts)


@dataclass(frozen=True, slots=True)
class All(Several):
    """Every part holds."""

    settled_by: ClassVar[Truth] = False

    def truth(self, data: Data, context: Context) -> Truth:
        """Return the conjunction of the parts, evaluated one by one: most of grading is this loop."""
        result: Truth = True
        for part in self.parts:
            truth = part.truth(data, context)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    def decide(self, truths: Iterable[Truth]) -> Truth:
        return conjunction(truths)

    def implies(self, other: Condition, implies: Implies) -> bool:
        return any(implies(part, other) for part in self.parts)

    def describe(self) -> str:
        parts = [_inside(part, AnyOf) for part in self.parts]
        return ("; " if any(_lists_something(part) for part in parts) else ", ").join(parts)

    def opening(self, traced: Traced) -> str | None:  # noqa: ARG002
        return "all of these"

    def lacks(self, traced: Traced, named: set[str]) -> Iterator[str]:
        if traced.truth is not True:
            for part in traced.parts:
                yield from part.condition.lacks(part, named)


@dataclass(frozen=True, slots=True)
class AnyOf(Several):
    """One part holds."""

    settled_by: ClassVar[Truth] = True

    def truth(self, data: Data, context: Context) -> Truth:
        result: Truth = False
        for part in self.parts:
            truth = part.truth(data, context)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result

    def decide(self, truths: Iterable[Truth]) -> Truth:
        return disjunction(truths)

    def implies(self, other: Condition, implies: Implies) -> bool:
        return all(implies(part, other) for part in self.parts)

    def describe(self) -> str:
        parts = [_inside(part, All) for part in self.parts]
        return "; or ".join(parts) if any(_lists_something(part) for part in parts) else either(parts)

    def opening(self, traced: Traced) -> str | None:  # noqa: ARG002
        return "one of these"

    def lacks(self, traced: Traced, named: set[str]) -> Iterator[str]:
        if traced.truth is not True:
            yield "either " + "; or ".join(", ".join(part.condition.lacks(part, named)) for part in traced.parts)


@dataclass(frozen=True, slots=True)
class NumberOf(Several):
    """The number of parts that hold is within limits: all but one of five criteria, say."""

    bounds: Bounds

    @property
    def keeps(self) -> Bounds:
        """The limits on the number of its parts that hold."""
        return self.bounds

    def truth(self, data: Data, context: Context) -> Truth:
        return self.decide(part.truth(data, context) for part in self.parts)

    def decide(self, truths: Iterable[Truth]) -> Truth:
        return self.bounds.hold(count(truths))

    def token(self) -> Hashable:
        return "number", self.bounds, *(part.token() for part in self.parts)

    def implies(self, other: Condition, implies: Implies) -> bool:  # noqa: ARG002
        return isinstance(other, NumberOf) and self.parts == other.parts and self.bounds.narrower(other.bounds)

    def found(self, data: Data, context: Context) -> Any:
        return count(part.truth(data, context) for part in self.parts)

    def describe(self) -> str:
        return f"{limits(self.bounds)} of these: {'; '.join(part.describe() for part in self.parts)}"

    def opening(self, traced: Traced) -> str | None:
        return f"{limits(self.bounds)} of these, and it is {quantity(traced.found)}"

    def so_far(self, traced: Traced) -> str:
        return f"so far {quantity(traced.found)}"


@dataclass(frozen=True, slots=True)
class Not(Connective):
    """The part does not hold."""

    part: Condition

    def inside(self) -> tuple[Condition, ...]:
        return (self.part,)

    def truth(self, data: Data, context: Context) -> Truth:
        truth = self.part.truth(data, context)
        return None if truth is None else not truth

    def decide(self, truths: Iterable[Truth]) -> Truth:
        (truth,) = truths
        return negation(truth)

    def token(self) -> Hashable:
        return type(self).__name__, self.part.token()

    def implies(self, other: Condition, implies: Implies) -> bool:
        return isinstance(other, Not) and implies(other.part, self.part)

    def describe(self) -> str:
        part = self.part.describe()
        return f"not ({part})" if ", " in part or " or " in part else f"not {part}"

    def opening(self, traced: Traced) -> str | None:  # noqa: ARG002
        return "not"


@dataclass(frozen=True, slots=True)
class Unless(Not):
    """The part, an excuse for what a rule holds against a therapy, does not hold.

    It is true, false or unknown like `Not`. Only for the reported grade does an unknown excuse count as absent: an
    excuse must be established, so that the unknown never hides a known harm.
    """

    excuses: ClassVar[bool] = True

    def truth(self, data: Data, context: Context) -> Truth:
        """Return the negation of the part; under presumption, true if the part is unknown."""
        truth = self.part.truth(data, context)
        if truth is None:
            return True if context.presuming else None
        return not truth

    def describe(self) -> str:
        return f"unless {_inside(self.part, All)}"


@dataclass(frozen=True, slots=True)
class Term(Connective):
    """A named condition of the rubric's vocabulary, used in a rule."""

    is_named: ClassVar[bool] = True
    name: str
    phrase: str
    part: Condition

    def inside(self) -> tuple[Condition, ...]:
        return (self.part,)

    def truth(self, data: Data, context: Context) -> Truth:
        memory = context.memory
        if memory is None:  # a term made of terms needs a memory at least while it is evaluated
            return self.truth(data, replace(context, memory=Memory.empty()))
        key = (self.name, id(data))
        truth: Truth = memory.terms.get(key, NOT_KEPT)
        if truth is NOT_KEPT:
            truth = memory.terms[key] = self.part.truth(data, context)
        return truth

    def decide(self, truths: Iterable[Truth]) -> Truth:
        (truth,) = truths
        return truth

    def token(self) -> Hashable:
        return "term", self.name

    def implies(self, other: Condition, implies: Implies) -> bool:
        return implies(self.part, other)

    def shared(self) -> object:
        return self.part

    def describe(self) -> str:
        return self.phrase

    def opening(self, traced: Traced) -> str | None:  # noqa: ARG002
        return ""

    def lacks(self, traced: Traced, named: set[str]) -> Iterator[str]:
        if traced.truth is True:
            return
        if self.name in named or not isinstance(self.part, All):
            yield self.with_state(traced)
            return
        named.add(self.name)
        for part in traced.parts:
            yield from part.condition.lacks(part, named)


def _inside(part: Condition, mixed: type[Several]) -> str:
    """Return a part in words, in brackets where «and» and «or» would be ambiguous."""
    words = part.describe()
    return f"({words})" if isinstance(part, mixed) and len(part.parts) > 1 else words


def _lists_something(text: str) -> bool:
    """Whether a phrase has a list of its own outside brackets, which would merge with a list around it."""
    before, _, rest = text.partition("(")
    _, closed, behind = rest.rpartition(")")
    return bool(re.search(r", | or ", before + behind if closed else text))


def _all(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    return All(parser.parts(value["all"], (*path, "all"), scope))


def _any(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    return AnyOf(parser.parts(value["any"], (*path, "any"), scope))


def _not(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    return Not(parser.parse(value["not"], (*path, "not"), scope))


def _unless(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    return Unless(parser.parse(value["unless"], (*path, "unless"), scope))


def _number_of(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    parts = parser.parts(value["number_of"], (*path, "number_of"), scope)
    return NumberOf(parts, parser.bounds(value, path, "number_of", exactly=True, most=len(parts)))


OPERATORS = {
    "all": Operator(_all),
    "any": Operator(_any),
    "not": Operator(_not),
    "unless": Operator(_unless),
    "number_of": Operator(_number_of, (*LIMITS, "exactly")),
}
