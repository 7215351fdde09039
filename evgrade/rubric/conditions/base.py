"""What a condition is: everything that an operator of the rubric language has to say of itself.

A condition looks at one mapping, the whole dossier or one item of a section, and answers true, false or
unknown. Nothing loops over anything but the items of a section, so every evaluation ends.

An operator is a class with all the abstract methods below, a function that parses it, and its line in the `OPERATORS`
of its file. mypy refuses a class that lacks a method, so that no operator is graded and then explained wrongly.

Sections of the dossier are closed: what is not listed was not found, and a missing section is empty.
Everything inside them is open: a missing field, or a missing list inside an item, is not known.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from evgrade.facts import Quantity, Range, bounds_of
from evgrade.logic import Bounds, Truth
from evgrade.model import Path
from evgrade.rubric.fields import Data
from evgrade.rubric.phrases import quantity
from evgrade.schema.store import schema


class Memory(NamedTuple):
    """What rules ask for again and again while one dossier is graded, by name and identity of the mapping they ask.

    Attributes:
        terms: what terms say of an item.
        labels: the labels that an item can still have.
        numbers: the derived values of fields.
        lists: what conditions on the lists of the dossier say, by identity.
        found: what they found there, a number or a share.
    """

    terms: dict[tuple[str, int], Truth]
    labels: dict[tuple[str, int], frozenset[str]]
    numbers: dict[tuple[tuple[str, ...], str, int], Quantity]
    lists: dict[int, Truth]
    found: dict[int, Any]

    @classmethod
    def empty(cls, numbers: dict[tuple[tuple[str, ...], str, int], Quantity] | None = None) -> Memory:
        """Return a memory of nothing, or of the derived values alone, which nothing that is presumed changes."""
        return cls({}, {}, {} if numbers is None else numbers, {}, {})


@dataclass(frozen=True, slots=True)
class Context:
    """What a condition may ask for besides the mapping it is about.

    Attributes:
        grades: the possible grades by domain, for conditions on grades.
        score: the score, for conditions on it.
        has_score: whether there is a score: false where nothing could be scored, unknown where that may turn out.
        memory: results kept while one dossier is graded; without it nothing is kept.
        dossier: the whole dossier, for conditions on an item that ask about it.
        presuming: whether `unless` takes what is not known to excuse nothing (see `Unless`).
        presumed: the same under that presumption, where it was made beforehand.
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
"""Marks what a memory does not hold: None means unknown."""

Answers = tuple[bool, ...]
"""What one case of something unknown says to each test of it."""

Points = list[tuple[float, Answers]]
"""The numbers that make a difference to some tests, each with what it answers."""


class Traced(Protocol):
    """A condition that was evaluated on a mapping, as far as words are made of it."""

    condition: Condition
    truth: Truth

    @property
    def parts(self) -> Iterator[Traced]: ...

    @property
    def found(self) -> Any: ...

    @property
    def listed(self) -> int | None: ...


class ConditionBase:
    """Anything that is true, false or unknown of a mapping: made of others, or asking for something itself."""

    __slots__ = ()

    excuses: ClassVar[bool] = False
    """Whether it names what would excuse what a rule holds against a therapy."""
    is_named: ClassVar[bool] = False
    """Whether its token is a name, used in many places, so that it is worked out once for all of them."""
    of_score: ClassVar[bool] = False
    """Whether it asks for the score, which has to be worked out for every combination of grades."""

    @abstractmethod
    def truth(self, data: Data, context: Context) -> Truth: ...

    # What it is made of

    @abstractmethod
    def inside(self) -> tuple[Condition, ...]:
        """Return what it is made of, what it asks of the items of a list included."""

    @abstractmethod
    def section(self) -> str | None:
        """Return the first key of what it reads itself; None where it reads nothing, or leaves that to its parts."""

    @abstractmethod
    def token(self) -> Hashable:
        """Return what is equal for conditions that say the same; a term is its name, however much it stands for."""

    @abstractmethod
    def implies(self, other: Condition, implies: Implies) -> bool:
        """Whether another condition of the same class surely holds wherever this one does, judged by their form."""

    def shared(self) -> object:
        """Return the part that all its uses in a rubric have in common; None if it is used once."""
        return None

    # Why it is true, false or unknown

    @abstractmethod
    def parts_at(self, data: Data, path: Path, context: Context) -> Iterable[tuple[Condition, Data, Path]]:
        """Return the conditions that it follows from, each with the mapping that it is about; not those on items."""

    @abstractmethod
    def found(self, data: Data, context: Context) -> Any:
        """Return the value, the number or the share that it compares; None where that is not known."""

    @abstractmethod
    def unstated(self, data: Data, path: Path, truth: Truth) -> Iterator[Path]:
        """Yield the paths of the facts that would have to be stated, those of items left out."""

    # In words

    @abstractmethod
    def describe(self) -> str:
        """Return it as a phrase, such as «at least 2 trials: sound, of this therapy»."""

    def headline(self, traced: Traced) -> str:  # noqa: ARG002
        """Return it in one line, with what was found."""
        return self.describe()

    def so_far(self, traced: Traced) -> str:
        """Return what was found so far where it does not hold for certain; empty where there is nothing to add."""
        return "not known" if traced.truth is None else ""

    def lacks(self, traced: Traced, named: set[str]) -> Iterator[str]:  # noqa: ARG002
        """Yield what it lacks to hold for certain.

        A term is spelled out once; where a rule comes back to it, its phrase is enough (`named` has the names).
        """
        if traced.truth is not True:
            yield self.with_state(traced)

    def with_state(self, traced: Traced) -> str:
        wanted, state = self.describe(), self.so_far(traced)
        if not state:
            return wanted
        return f"{wanted[:-1]}; {state})" if wanted.endswith(")") else f"{wanted} ({state})"


class Connective(ConditionBase):
    """A condition that is made of others about the same mapping.

    It answers in two steps: `truth` asks the parts, `decide` makes one answer of theirs. Explanations ask the parts
    themselves and then `decide`, so what is explained is what was graded.
    """

    __slots__ = ()

    settled_by: ClassVar[Truth] = None
    """The answer of a part that is its own answer too, whatever the other parts answer; None where there is none."""

    stops_at_first: ClassVar[bool] = False
    """Whether the parts after the first that holds do not matter."""

    @property
    def keeps(self) -> Bounds | None:
        """The limits that it puts to how many of its parts hold."""
        return None

    @abstractmethod
    def decide(self, truths: Iterable[Truth]) -> Truth: ...

    @abstractmethod
    def opening(self, traced: Traced) -> str | None:
        """Return the line above its parts, empty where they need none; None where the headline says it all."""

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
    """A condition that asks for something itself, which can be split into cases while it is not known."""

    __slots__ = ()

    @abstractmethod
    def subject(self) -> Hashable:
        """Return what it asks for, which conditions that ask for the same thing share."""

    @abstractmethod
    def points(self, tests: Sequence[Condition]) -> Points:
        """Return the numbers that make a difference to all tests of its subject; none where it is no number."""

    @abstractmethod
    def state(self, tests: Sequence[Condition], points: Points, data: Data, context: Context) -> frozenset[Answers]:
        """Return every combination of answers that its subject can still give to its tests."""


Condition = Connective | Asking
Implies = Callable[[Condition, Condition], bool]


class YesOrNo(Asking):
    """What it asks for is its own answer, and nothing else."""

    __slots__ = ()

    def token(self) -> Hashable:
        return self.subject()

    def points(self, tests: Sequence[Condition]) -> Points:  # noqa: ARG002
        return []

    def state(self, tests: Sequence[Condition], points: Points, data: Data, context: Context) -> frozenset[Answers]:  # noqa: ARG002
        truth = self.truth(data, context)
        return frozenset({(True,), (False,)} if truth is None else {(truth,)})


class Numeric(Asking):
    """A number that keeps limits."""

    __slots__ = ()

    lowest: ClassVar[float] = 0.0
    highest: ClassVar[float] = math.inf
    whole: ClassVar[bool] = False

    if TYPE_CHECKING:

        @property
        def bounds(self) -> Bounds: ...

    @abstractmethod
    def number(self, data: Data, context: Context) -> tuple[Truth, Quantity]:
        """Return whether there is a number, and what is known of it; without one no limits are kept."""

    @property
    def percent(self) -> bool:
        """Whether the number is told in percent."""
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
        """Return each limit, a number between two, and one beyond the last."""
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
    """Return how many hold: from those that certainly do to those that could."""
    certain = possible = 0
    for truth in truths:
        if truth is not False:
            possible += 1
            certain += truth is True
    return certain if certain == possible else Range(certain, possible)


def everything_in(condition: Condition, seen: set[int]) -> Iterator[Condition]:
    """Yield a condition and all that it is made of, what it asks of the items of a list included, each once."""
    if id(condition) in seen:
        return
    seen.add(id(condition))
    yield condition
    for part in condition.inside():
        yield from everything_in(part, seen)


def has(kind: type | tuple[type, ...], condition: Condition) -> bool:
    """Whether a condition, or what it asks of items, has a part of some kind."""
    return any(isinstance(part, kind) for part in everything_in(condition, set()))


RECORDED: tuple[str, ...] = tuple(schema("dossier")["x-sections"])
"""The sections in which a review records what it found, in the order of the format."""

EVIDENCE_SECTIONS = frozenset(name for name, kind in schema("dossier")["x-sections"].items() if kind == "evidence")
"""Those of them that hold evidence of benefit or harm."""


def sections_read(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """Return the recorded sections that some conditions read, in the order of the format."""
    seen: set[int] = set()
    found = {part.section() for condition in conditions for part in everything_in(condition, seen)}
    return tuple(name for name in RECORDED if name in found)
