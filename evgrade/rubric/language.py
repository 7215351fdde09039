"""The conditions of the rubric language, ready to be evaluated.

A condition looks at one mapping, the whole dossier or one item of a section, and answers true, false or
unknown. Nothing here loops over anything but the items of a section, so every evaluation ends.

Conditions that are made of others answer in two steps: `truth` asks the parts, `decide` makes one answer of
theirs. Explanations ask the parts themselves and then `decide`, so what is explained is what was graded.

Sections of the dossier are closed: what is not listed was not found, and a missing section is empty.
Everything inside them is open: a missing field, or a missing list inside an item, is not known.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from evgrade.facts import Quantity, Range, bounds_of
from evgrade.logic import Bounds, Truth, conjunction, disjunction, negation
from evgrade.rubric.fields import Data, FieldPath, ListPath


@dataclass(frozen=True, slots=True)
class Standing:
    """What has been decided so far, for conditions on grades: possible grades by domain, and the score.

    `has_score` is false where nothing could be scored, and unknown where that may turn out. `labels` remembers the
    labels that an item can still have, and `terms` what terms say of it, by name and identity of the item, while one
    dossier is graded: rules ask for them again and again. None remembers nothing.
    """

    grades: Mapping[str, frozenset[str]]
    score: Quantity = None
    has_score: Truth = True
    labels: dict[tuple[str, int], frozenset[str]] | None = None
    terms: dict[tuple[str, int], Truth] | None = None


NOTHING_DECIDED = Standing({})


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
        """Return the disjunction of the parts."""
        return self.decide(part.truth(data, standing) for part in self.parts)

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
        return negation(self.part.truth(data, standing))

    def decide(self, truths: Iterable[Truth]) -> Truth:
        """Return the negation of the only answer."""
        (truth,) = truths
        return negation(truth)


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
        if standing.terms is None:
            return self.part.truth(data, standing)
        key = (self.name, id(data))
        if key not in standing.terms:
            standing.terms[key] = self.part.truth(data, standing)
        return standing.terms[key]

    def decide(self, truths: Iterable[Truth]) -> Truth:
        """Return the only answer."""
        (truth,) = truths
        return truth


@dataclass(frozen=True, slots=True)
class OneOf:
    """A field has one of some values."""

    field: FieldPath
    values: tuple[Any, ...]

    def truth(self, data: Data, standing: Standing) -> Truth:  # noqa: ARG002
        """Return whether the value is one of those allowed; unknown while it is not stated."""
        value = self.field.read(data)
        return None if value is None else value in self.values


@dataclass(frozen=True, slots=True)
class Within:
    """A number keeps limits."""

    field: FieldPath
    bounds: Bounds

    def truth(self, data: Data, standing: Standing) -> Truth:  # noqa: ARG002
        """Return whether the number keeps the limits; unknown while it is not stated."""
        return self.bounds.hold(self.field.read(data))


@dataclass(frozen=True, slots=True)
class Count:
    """The number of entries of a list that match keeps limits; `word` is how the rubric says it."""

    entries: ListPath
    where: Condition
    bounds: Bounds
    word: str = "count"

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether the number of matching entries keeps the limits."""
        entries = self.entries.read(data)
        if entries is None:
            return self.bounds.hold(Range(0, math.inf))
        return self.bounds.hold(self.quantity(self.where.truth(entry, standing) for entry in entries))

    def quantity(self, matches: Iterable[Truth]) -> Quantity:
        """Return the number of entries that match."""
        return count(matches)


@dataclass(frozen=True, slots=True)
class Every:
    """All entries of a list match; so do those of an empty one."""

    entries: ListPath
    where: Condition

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether every entry matches."""
        entries = self.entries.read(data)
        if entries is None:
            return None
        return conjunction(self.where.truth(entry, standing) for entry in entries)


@dataclass(frozen=True, slots=True)
class Sum:
    """A number added up over the entries that match keeps limits; the number is never negative."""

    entries: ListPath
    field: FieldPath
    where: Condition
    bounds: Bounds

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether the sum keeps the limits."""
        entries = self.entries.read(data)
        if entries is None:
            return self.bounds.hold(Range(0, math.inf))
        matches = ((self.where.truth(entry, standing), self.field.read(entry)) for entry in entries)
        return self.bounds.hold(self.quantity(matches))

    def quantity(self, matches: Iterable[tuple[Truth, Quantity]]) -> Quantity:
        """Return the sum of the numbers of the entries that match, between what it is at least and at most."""
        low = high = 0.0
        for match, value in matches:
            if match is not False:
                least, most = (0.0, math.inf) if value is None else bounds_of(value)
                low += least if match else 0.0
                high += most
        return low if low == high else Range(low, high)


@dataclass(frozen=True, slots=True)
class Share:
    """The share of some entries that match keeps limits; a share of no entries keeps none."""

    entries: ListPath
    where: Condition
    of: Condition
    bounds: Bounds

    def truth(self, data: Data, standing: Standing) -> Truth:
        """Return whether the share keeps the limits."""
        entries = self.entries.read(data)
        if entries is None:
            return None
        return self.decide(self.count(self.pair(entry, standing) for entry in entries))

    def pair(self, entry: Data, standing: Standing) -> tuple[Truth, Truth]:
        """Return whether an entry is one of those a share is taken of, and whether it matches."""
        member = self.of.truth(entry, standing)
        return member, False if member is False else self.where.truth(entry, standing)

    def count(self, pairs: Iterable[tuple[Truth, Truth]]) -> tuple[int, Quantity]:
        """Return the number of entries that certainly belong, and the share: None where there can be none.

        The share is lowest when every doubtful member that does not match joins, and no other; and
        highest the other way round.
        """
        members = matching = could_match = 0
        joining_without = joining_with = 0
        for member, match in pairs:
            if member is True:
                members += 1
                matching += match is True
                could_match += match is not False
            elif member is None:
                joining_without += match is not True
                joining_with += match is not False
        if not members:
            if not joining_without + joining_with:
                return 0, None
            return 0, Range(0.0 if joining_without else 1.0, 1.0 if joining_with else 0.0)
        low = matching / (members + joining_without)
        high = (could_match + joining_with) / (members + joining_with)
        return members, low if low == high else Range(low, high)

    def decide(self, counted: tuple[int, Quantity]) -> Truth:
        """Return whether the share keeps the limits."""
        members, share = counted
        if share is None:
            return False
        kept = self.bounds.hold(share)
        # While it is open whether anything belongs at all, there may be no share.
        return None if kept is True and not members else kept


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
        key = (self.name, id(data))
        possible = None if standing.labels is None else standing.labels.get(key)
        if possible is None:
            possible = self._possible(condition.truth(data, standing) for _, condition in self.ladder)
            if standing.labels is not None:
                standing.labels[key] = possible
        return self._among(possible)

    def decide(self, truths: Iterable[Truth]) -> Truth:
        """Return whether all, none or some of the labels still possible are among those allowed."""
        return self._among(self._possible(truths))

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
        allowed = {label in self.labels for label in possible}
        return allowed.pop() if len(allowed) == 1 else None


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
