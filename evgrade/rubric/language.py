"""The conditions of the rubric language, ready to be evaluated; those over the items of a list stand in `lists`.

A condition looks at one mapping, the whole dossier or one item of a section, and answers true, false or
unknown. Nothing loops over anything but the items of a section, so every evaluation ends.

Conditions that are made of others answer in two steps: `truth` asks the parts, `decide` makes one answer of
theirs. Explanations ask the parts themselves and then `decide`, so what is explained is what was graded.

Sections of the dossier are closed: what is not listed was not found, and a missing section is empty.
Everything inside them is open: a missing field, or a missing list inside an item, is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

from evgrade.facts import Quantity, Range
from evgrade.logic import Bounds, Truth, conjunction, disjunction, negation
from evgrade.rubric.fields import Data, FieldPath


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
class Standing:
    """What a condition may ask for besides the mapping it is about.

    Attributes:
        grades: the possible grades by domain, for conditions on grades.
        score: the score, for conditions on it.
        has_score: whether there is a score: false where nothing could be scored, unknown where that may turn out.
        memory: results kept while one dossier is graded; without it nothing is kept.
        dossier: the whole dossier, for conditions on an item that ask about it.
        presuming: whether `unless` takes what is not known to excuse nothing (see `Unless`).
        presumed: the same under that presumption, where it was made beforehand.
    """

    grades: Mapping[str, frozenset[str]]
    score: Quantity = None
    has_score: Truth = True
    memory: Memory | None = None
    dossier: Data | None = None
    presuming: bool = False
    presumed: Standing | None = None


NOTHING_DECIDED = Standing({})

_UNASKED: Any = object()
"""Stands for what is not remembered: None means unknown."""


class Condition(Protocol):
    """Anything that is true, false or unknown of a mapping."""

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether the condition holds of `data`."""
        ...


def count(truths: Iterable[Truth]) -> Quantity:
    """Return how many hold: from those that certainly do to those that could."""
    certain = possible = 0
    for truth in truths:
        if truth is not False:
            possible += 1
            certain += truth is True
    return certain if certain == possible else Range(certain, possible)


@dataclass(frozen=True, slots=True)
class Always:
    """The condition of a last rung."""

    def truth(self, data: Data, standing: Standing) -> Truth:  # noqa: ARG002 - all conditions are called alike
        """Hold, always."""
        return True


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return the conjunction of the parts, asked one after the other: most of grading is this loop."""
        result: Truth = True
        for part in self.parts:
            truth = part.truth(data, standing)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    def decide(self, truths: Iterable[Truth]) -> Truth:
        """Return the conjunction."""
        return conjunction(truths)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part holds."""

    parts: tuple[Condition, ...]

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return the disjunction of the parts, asked one after the other."""
        result: Truth = False
        for part in self.parts:
            truth = part.truth(data, standing)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result

    def decide(self, truths: Iterable[Truth]) -> Truth:
        """Return the disjunction."""
        return disjunction(truths)


@dataclass(frozen=True, slots=True)
class NumberOf:
    """The number of parts that hold keeps limits: all but one of five criteria, say."""

    parts: tuple[Condition, ...]
    bounds: Bounds

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether enough parts hold, and not too many."""
        return self.decide(part.truth(data, standing) for part in self.parts)

    def decide(self, truths: Iterable[Truth]) -> Truth:
        """Return whether the number of those that hold keeps the limits."""
        return self.bounds.hold(count(truths))


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The one part."""
        return (self.part,)

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return the negation of the part."""
        truth = self.part.truth(data, standing)
        return None if truth is None else not truth

    def decide(self, truths: Iterable[Truth]) -> Truth:
        """Return the negation of the only answer."""
        (truth,) = truths
        return negation(truth)


@dataclass(frozen=True, slots=True)
class Unless(Not):
    """The part, a circumstance that would excuse what a rule holds against a therapy, does not hold.

    It is true, false or unknown as `Not` is. Only the grade that is printed is chosen as if an excuse that is not
    known were none: an excuse has to be established, so that the unknown never hides a known harm.
    """

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return the negation of the part; under presumption, true where the part is unknown."""
        truth = self.part.truth(data, standing)
        if truth is None:
            return True if standing.presuming else None
        return not truth


@dataclass(frozen=True, slots=True)
class OfDossier:
    """A condition about the whole dossier, asked where a rule is about one item."""

    part: Condition

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return what the condition says of the dossier, whichever item asks."""
        return self.part.truth(data if standing.dossier is None else standing.dossier, standing)


@dataclass(frozen=True, slots=True)
class Term:
    """A named condition of the rubric's vocabulary, used in a rule."""

    name: str
    phrase: str
    part: Condition

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The one part."""
        return (self.part,)

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return what the named condition says."""
        memory = standing.memory
        if memory is None:  # a term that is made of terms has to be remembered at least while it is asked
            return self.truth(data, replace(standing, memory=Memory.empty()))
        key = (self.name, id(data))
        truth: Truth = memory.terms.get(key, _UNASKED)
        if truth is _UNASKED:
            truth = memory.terms[key] = self.part.truth(data, standing)
        return truth

    def decide(self, truths: Iterable[Truth]) -> Truth:
        """Return the only answer."""
        (truth,) = truths
        return truth


@dataclass(frozen=True, slots=True)
class OneOf:
    """A field has one of some values; `choices` are all that it can have, none where it is free text."""

    field: FieldPath
    values: tuple[Any, ...]
    choices: tuple[Any, ...] = ()

    def truth(self, data: Data, standing: Standing) -> Truth:  # noqa: ARG002
        """Return whether the value is one of those allowed; unknown while it is not stated."""
        value = self.field.read(data)
        return None if value is None else value in self.values


@dataclass(frozen=True, slots=True)
class Within:
    """A number keeps limits."""

    field: FieldPath
    bounds: Bounds

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether the number keeps the limits; unknown while it is not stated."""
        field, memory = self.field, standing.memory
        if memory is None or field.derived is None:
            return self.bounds.hold(field.read(data))
        key = (field.keys, field.derived.name, id(data))
        number = memory.numbers.get(key, _UNASKED)
        if number is _UNASKED:
            number = memory.numbers[key] = field.read(data)
        return self.bounds.hold(number)


@dataclass(frozen=True, slots=True)
class LabelIs:
    """A ladder of the rubric's `classify` gives an item one of some labels."""

    name: str
    ladder: tuple[tuple[str, Condition], ...]
    labels: tuple[str, ...]

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The conditions of the ladder's rungs."""
        return tuple(condition for _, condition in self.ladder)

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether the item's label is one of those allowed."""
        memory = standing.memory
        if memory is None:
            return self._among(self._asked(data, standing))
        key = (self.name, id(data))
        possible = memory.labels.get(key)
        if possible is None:
            possible = memory.labels[key] = self._asked(data, standing)
        return self._among(possible)

    def decide(self, truths: Iterable[Truth]) -> Truth:
        """Return whether all, none or some of the labels still possible are among those allowed."""
        return self._among(self._possible(truths))

    def _asked(self, data: Data, standing: Standing) -> frozenset[str]:
        return self._possible(condition.truth(data, standing) for _, condition in self.ladder)

    def _possible(self, truths: Iterable[Truth]) -> frozenset[str]:
        """Return the labels still possible: of the first rung that holds, and of all above it that could."""
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


@dataclass(frozen=True, slots=True)
class GradeIs:
    """The grade of a domain is one of some grades."""

    domain: str
    title: str
    grades: frozenset[str]
    phrase: str

    def truth(self, data: Data, standing: Standing) -> Truth:  # noqa: ARG002
        """Return whether all, none or some of the domain's possible grades are among them."""
        possible = standing.grades[self.domain]
        if possible <= self.grades:
            return True
        return None if possible & self.grades else False


@dataclass(frozen=True, slots=True)
class ScoreIs:
    """The score keeps limits."""

    bounds: Bounds

    def truth(self, data: Data, standing: Standing) -> Truth:  # noqa: ARG002
        """Return whether the score's range keeps the limits; where there is no score it keeps none."""
        if standing.has_score is False:
            return False
        kept = self.bounds.hold(standing.score)
        return None if kept is True and standing.has_score is None else kept
