"""The interface of conditions: everything that an operator of the rubric language must provide.

A condition looks at one mapping, the whole dossier or one item of a section, and is true, false or unknown. It loops
over the items of a section and nothing else, so every evaluation ends.

An operator is a class with all the abstract methods below, a function that parses it, and its line in the `OPERATORS`
of its file. mypy refuses a class that lacks a method, so no operator can grade in one way and explain in another.

Sections of the dossier are closed: an item that is not listed was not found, and a missing section is empty. Everything
inside them is open: a missing field, or a missing list inside an item, is unknown.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from evgrade.facts.known import Quantity, Range, bounds_of
from evgrade.logic import Bounds, Truth
from evgrade.model import Path
from evgrade.rubric.fields import Data
from evgrade.rubric.phrases import quantity
from evgrade.schema.store import schema


class Memory(NamedTuple):
    """Results that rules need repeatedly while one dossier is graded, by name and by identity of the mapping.

    Attributes:
        terms: the truth of terms on an item.
        labels: the labels that an item can still have.
        numbers: the derived values of fields.
        lists: the truth of conditions on the lists of the dossier, by identity.
        found: the numbers or shares that they found.
    """

    terms: dict[tuple[str, int], Truth]
    labels: dict[tuple[str, int], frozenset[str]]
    numbers: dict[tuple[tuple[str, ...], str, int], Quantity]
    lists: dict[int, Truth]
    found: dict[int, Any]

    @classmethod
    def empty(cls, numbers: dict[tuple[tuple[str, ...], str, int], Quantity] | None = None) -> Memory:
        """Return an empty memory, or one of derived values alone, which do not depend on presumptions."""
        return cls({}, {}, {} if numbers is None else numbers, {}, {})


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that a condition may read besides the mapping that it is about.

    Attributes:
        grades: the possible grades by domain, for conditions on grades.
        score: the score, for conditions on it.
        has_score: whether there is a score: false if nothing can be scored, None if that is not known.
        memory: results kept while one dossier is graded; None to keep none.
        dossier: the whole dossier, for conditions on an item that read it.
        presuming: whether `unless` takes an unknown excuse as absent (see `Unless`).
        presumed: the context under that presumption, if it was made beforehand.
        comparison: the id of the comparison in question; None for the first that the dossier lists.
    """

    grades: Mapping[str, frozenset[str]]
    score: Quantity = None
    has_score: Truth = True
    memory: Memory | None = None
    dossier: Data | None = None
    presuming: bool = False
    presumed: Context | None = None
    comparison: str | None = None


NO_CONTEXT = Context({})

NOT_KEPT: Any = object()
"""Marks a result that is not in memory, since None means unknown."""

Answers = tuple[bool, ...]
"""The answers to each test of a quantity in one case."""

Points = list[tuple[float, Answers]]
"""The numbers that make a difference to some tests, each with its answers."""


class Traced(Protocol):
    """A condition that was evaluated on a mapping, as far as its wording needs it."""

    condition: Condition
    truth: Truth

    @property
    def parts(self) -> Iterator[Traced]: ...

    @property
    def found(self) -> Any: ...

    @property
    def listed(self) -> int | None: ...


class ConditionBase:
    """Anything that is true, false or unknown for a mapping, made of other conditions or reading a quantity itself."""

    __slots__ = ()

    excuses: ClassVar[bool] = False
    """Whether it names an excuse for what a rule holds against a therapy."""
    is_named: ClassVar[bool] = False
    """Whether its token is a name used in many places, so that it is evaluated once for all of them."""
    of_score: ClassVar[bool] = False
    """Whether it reads the score, which must be computed for every combination of grades."""

    @abstractmethod
    def truth(self, data: Data, context: Context) -> Truth: ...

    # What it is made of

    @abstractmethod
    def inside(self) -> tuple[Condition, ...]:
        """Return its parts, including its condition on the items of a list."""

    @abstractmethod
    def section(self) -> str | None:
        """Return the first key of what it reads itself; None if it reads nothing or its parts do the reading."""

    @abstractmethod
    def token(self) -> Hashable:
        """Return a value that is equal for conditions with the same meaning; for a term, its name."""

    @abstractmethod
    def implies(self, other: Condition, implies: Implies) -> bool:
        """Whether another condition of the same class must hold wherever this one does, judged by their form."""

    def shared(self) -> object:
        """Return the part that all its uses in a rubric share; None if it is used once."""
        return None

    # Why it is true, false or unknown

    @abstractmethod
    def parts_at(self, data: Data, path: Path, context: Context) -> Iterable[tuple[Condition, Data, Path]]:
        """Return the conditions that it follows from, each with its mapping, except those on items."""

    @abstractmethod
    def found(self, data: Data, context: Context) -> Any:
        """Return the value, number or share that it compares; None if unknown."""

    @abstractmethod
    def unstated(self, data: Data, path: Path, truth: Truth) -> Iterator[Path]:
        """Yield the paths of the facts to state, except those of items."""

    # In words

    @abstractmethod
    def describe(self) -> str:
        """Return it as a phrase, such as «at least 2 trials: sound, of this therapy»."""

    def headline(self, traced: Traced) -> str:  # noqa: ARG002
        """Return it in one line, with the value found."""
        return self.describe()

    def so_far(self, traced: Traced) -> str:
        """Return the findings so far if it does not certainly hold; empty if there is nothing to add."""
        return "not known" if traced.truth is None else ""

    def lacks(self, traced: Traced, named: set[str]) -> Iterator[str]:  # noqa: ARG002
        """Yield what it lacks to certainly hold.

        A term is spelled out once; after that its phrase is enough (`named` has the names).
        """
        if traced.truth is not True:
            yield self.with_state(traced)

    def with_state(self, traced: Traced) -> str:
        wanted, state = self.describe(), self.so_far(traced)
        if not state:
            return wanted
        return f"{wanted[:-1]}; {state})" if wanted.endswith(")") else f"{wanted} ({state})"


class Connective(ConditionBase):
    """A condition made of others about the same mapping.

    It works in two steps: `truth` evaluates the parts, and `decide` combines their answers. Explanations evaluate the
    parts themselves and call `decide`, so they explain the grade that was given.
    """

    __slots__ = ()

    settled_by: ClassVar[Truth] = None
    """The answer of a part that settles its own answer, whatever the other parts are; None if there is none."""

    stops_at_first: ClassVar[bool] = False
    """Whether parts after the first that holds are irrelevant."""

    @property
    def keeps(self) -> Bounds | None:
        """The limits on the number of its parts that hold."""
        return None

    @abstractmethod
    def decide(self, truths: Iterable[Truth]) -> Truth: ...

    @abstractmethod
    def opening(self, traced: Traced) -> str | None:
        """Return the line above its parts, empty if they need none; None if the headline is enough."""

    def section(self) -> str | None:
        return None

    def parts_at(self, data: Data, path: Path, context: Context) -> Iterable[tuple[Condition, Data, Path]]:  # noqa: ARG002
        return [(part, data, path) for part in self.inside()]

    def found(self, data: Data, context: Context) -> Any:  # noqa: ARG002
        return None

    def unstated(self, data: Data, path: Path, truth: Truth) -> Iterator[Path]:  # noqa: ARG002
        return iter(())


@dataclass(frozen=True, slots=True)
class Always(Connective):
    """The condition of a last rung."""

    def truth(self, data: Data, context: Context) -> Truth:  # noqa: ARG002 - all conditions are called alike
        return True

    def decide(self, truths: Iterable[Truth]) -> Truth:  # noqa: ARG002
        return True

    def inside(self) -> tuple[Condition, ...]:
        return ()

    def token(self) -> Hashable:
        return "always"

    def implies(self, other: Condition, implies: Implies) -> bool:  # noqa: ARG002
        return False

    def describe(self) -> str:
        return "always"

    def opening(self, traced: Traced) -> str | None:  # noqa: ARG002
        return None


class Asking(ConditionBase):
    """A condition that reads a quantity itself, which can be split into cases while it is unknown."""

    __slots__ = ()

    @abstractmethod
    def subject(self) -> Hashable:
        """Return the quantity that it reads; conditions that read the same one share it."""

    @abstractmethod
    def points(self, tests: Sequence[Condition]) -> Points:
        """Return the numbers that make a difference to any test of its subject; none unless it is a number."""

    @abstractmethod
    def state(self, tests: Sequence[Condition], points: Points, data: Data, context: Context) -> frozenset[Answers]:
        """Return every combination of answers that its subject can still give to its tests."""


Condition = Connective | Asking
Implies = Callable[[Condition, Condition], bool]


class YesOrNo(Asking):
    """A condition whose subject is its own truth."""

    __slots__ = ()

    def token(self) -> Hashable:
        return self.subject()

    def points(self, tests: Sequence[Condition]) -> Points:  # noqa: ARG002
        return []

    def state(self, tests: Sequence[Condition], points: Points, data: Data, context: Context) -> frozenset[Answers]:  # noqa: ARG002
        truth = self.truth(data, context)
        return frozenset({(True,), (False,)} if truth is None else {(truth,)})


class Numeric(Asking):
    """A condition that a number is within limits."""

    __slots__ = ()

    lowest: ClassVar[float] = 0.0
    highest: ClassVar[float] = math.inf
    whole: ClassVar[bool] = False

    if TYPE_CHECKING:

        @property
        def bounds(self) -> Bounds: ...

    @abstractmethod
    def number(self, data: Data, context: Context) -> tuple[Truth, Quantity]:
        """Return whether there is a number, and what is known of it; without one the condition is false."""

    @property
    def percent(self) -> bool:
        """Whether the number is shown in percent."""
        return False

    def measured(self, found: Quantity) -> str:
        return quantity(found, percent=self.percent)

    def so_far(self, traced: Traced) -> str:
        return super().so_far(traced) if traced.found is None else f"so far {self.measured(traced.found)}"

    def implies(self, other: Condition, implies: Implies) -> bool:  # noqa: ARG002
        return isinstance(other, Numeric) and self.subject() == other.subject() and self.bounds.narrower(other.bounds)

    def token(self) -> Hashable:
        return self.subject(), self.bounds

    def points(self, tests: Sequence[Condition]) -> Points:
        """Return each limit, numbers between limits, and one beyond the last."""
        bounds = _bounds(tests)
        given = {limit for test in bounds for limit in (test.at_least, test.at_most, test.above, test.below)}
        limits = sorted(limit for limit in given if limit is not None)
        if not limits:
            return []
        tried = {near for limit in limits for near in (limit - 1, limit, limit + 1)}
        if self.whole:
            tried = {math.floor(number) for number in tried}
        else:
            tried |= {(one + other) / 2 for one, other in pairwise([limits[0] / 2, *limits])}
        return [(number, _answers(bounds, number)) for number in tried]

    def state(self, tests: Sequence[Condition], points: Points, data: Data, context: Context) -> frozenset[Answers]:
        exists, found = self.number(data, context)
        cases: set[Answers] = set() if exists is True else {(False,) * len(tests)}
        if exists is not False:
            bounds = _bounds(tests)
            low, high = (self.lowest, self.highest) if found is None else bounds_of(found)
            cases |= {_answers(bounds, low), _answers(bounds, high)}
            cases |= {answers for number, answers in points if low < number < high}
        return frozenset(cases)


def _bounds(tests: Iterable[Condition]) -> list[Bounds]:
    return [test.bounds for test in tests if isinstance(test, Numeric)]


def _answers(bounds: Iterable[Bounds], number: float) -> Answers:
    return tuple(one.between(number, number) is True for one in bounds)


def count(truths: Iterable[Truth]) -> Quantity:
    """Return how many are true: from those that certainly are to those that could be."""
    certain = possible = 0
    for truth in truths:
        if truth is not False:
            possible += 1
            certain += truth is True
    return certain if certain == possible else Range(certain, possible)


def everything_in(condition: Condition, seen: set[int]) -> Iterator[Condition]:
    """Yield a condition and all its parts, including conditions on the items of lists, each once."""
    if id(condition) in seen:
        return
    seen.add(id(condition))
    yield condition
    for part in condition.inside():
        yield from everything_in(part, seen)


def has(kind: type | tuple[type, ...], condition: Condition) -> bool:
    """Whether a condition has a part of some kind, including its conditions on items."""
    return any(isinstance(part, kind) for part in everything_in(condition, set()))


# The sections that conditions read

RECORDED: tuple[str, ...] = tuple(schema("dossier")["x-sections"])
"""The sections in which a review records its findings, in the order of the format."""

EVIDENCE_SECTIONS = frozenset(name for name, kind in schema("dossier")["x-sections"].items() if kind == "evidence")
"""The recorded sections that hold evidence of benefit or harm."""


def sections_read(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """Return the recorded sections that some conditions read, in the order of the format."""
    seen: set[int] = set()
    found = {part.section() for condition in conditions for part in everything_in(condition, seen)}
    return tuple(name for name in RECORDED if name in found)
