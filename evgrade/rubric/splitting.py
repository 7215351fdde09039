"""What a ladder can still give, decided by cases over what is not known.

Asked rung by rung, a ladder in three values reports too much: where one rung asks whether harm is serious and the next
whether it is not, both are unknown, and the rung below both seems possible though nothing can lead there. So what is
not known is split: every number, choice or grade that the open rungs ask for is given each value that makes a
difference to them, and the ladder is climbed in each case.

The cases are of what conditions ask for, not of single facts of single items: two counts over the same list vary
independently, as do a sum and a count. So everything that some completion of the dossier gives is found, and now and
then something that none does. Of a ladder with more cases than `MOST_CASES` every open rung is reported as possible.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple, assert_never

from evgrade.facts import Quantity, bounds_of
from evgrade.logic import Bounds, Truth
from evgrade.rubric.fields import Data
from evgrade.rubric.language import (
    All,
    Always,
    AnyOf,
    Condition,
    GradeIs,
    LabelIs,
    Not,
    NumberOf,
    OfDossier,
    OneOf,
    ScoreIs,
    Standing,
    Term,
    Within,
)
from evgrade.rubric.lists import Count, Every, ListedIn, Share, Sum

MOST_CASES = 2_000
"""How many cases a ladder is split into at the most."""

_MOST_KEPT = 10_000
_OTHER = object()
"""Stands for every value of a free text that no condition names."""

Answers = tuple[bool, ...]
"""What one case says to each test of a variable."""

Asked = tuple[Truth, int | None]
"""Whether a condition holds in a case, and where that is open the place of a variable that keeps it so."""

Leaf = Within | OneOf | Count | Every | Sum | Share | ListedIn | OfDossier | GradeIs | ScoreIs


class TooManyCasesError(Exception):
    """A ladder has more cases than are worth trying."""


class Variable(NamedTuple):
    """Something that leaves ask for: a number, a choice, a list, a grade; with every test that they put to it.

    `points` are the numbers that make a difference to the tests, each with what it answers; of no use to a choice.
    """

    leaf: Leaf
    tests: list[Leaf]
    points: list[tuple[float, Answers]]


class Splitter:
    """The variables of one ladder, and what it gives in each state of them, kept between dossiers."""

    def __init__(self, conditions: tuple[Condition, ...]) -> None:
        self._conditions = conditions
        self._variables: list[Variable] = []
        self._places: dict[int, tuple[int, int]] = {}
        self._rungs: list[tuple[int, ...]] = []
        self._kept: dict[Hashable, frozenset[int] | None] = {}
        self._prepared = False

    def reached(self, truths: tuple[Truth, ...], data: Data, standing: Standing) -> frozenset[int] | None:
        """Return the numbers of the rungs that some case reaches; None where there are too many cases to try.

        Args:
            truths: what is known of each rung, down to the first that certainly holds.
            data: the mapping that the ladder is about.
            standing: what else conditions ask for.
        """
        self._prepare()
        tried = [number for number, truth in enumerate(truths) if truth is not False]
        needed = {place: None for number in tried for place in self._rungs[number]}
        states = {place: _state(self._variables[place], data, standing) for place in needed}
        key = (tuple(tried), tuple(states.values()))
        if key in self._kept:
            return self._kept[key]
        try:
            found: frozenset[int] | None = frozenset(self._search(tried, states, _Budget()))
        except TooManyCasesError:
            found = None
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[key] = found
        return found

    def _prepare(self) -> None:
        """Find the variables, when they are first needed: most dossiers leave most ladders closed."""
        if self._prepared:
            return
        subjects: dict[Hashable, int] = {}
        asked: dict[Hashable, tuple[int, int]] = {}
        for condition in self._conditions:
            places = set()
            for leaf in _leaves(condition, set()):
                place = subjects.setdefault(_subject(leaf), len(self._variables))
                if place == len(self._variables):
                    self._variables.append(Variable(leaf, [], []))
                tests = self._variables[place].tests
                test = asked.setdefault(_token(leaf), (place, len(tests)))
                if test[1] == len(tests):
                    tests.append(leaf)
                self._places[id(leaf)] = test
                places.add(place)
            self._rungs.append(tuple(sorted(places)))
        for variable in self._variables:
            variable.points.extend(_points(variable))
        self._prepared = True

    def _search(self, tried: list[int], states: dict[int, frozenset[Answers]], budget: _Budget) -> Iterator[int]:
        """Yield the rungs reached in any case of some states: split the first variable that a rung leaves open."""
        budget.spend()
        terms: dict[str, Asked] = {}
        for number in tried:
            truth, place = self._ask(self._conditions[number], states, terms)
            if truth is True:
                yield number
                return
            if place is not None:
                for answers in sorted(states[place]):
                    yield from self._search(tried, {**states, place: frozenset({answers})}, budget)
                return

    def _ask(self, condition: Condition, states: dict[int, frozenset[Answers]], terms: dict[str, Asked]) -> Asked:
        """Return whether a condition holds, and where that is open a variable that keeps it so."""
        match condition:
            case Always():
                return True, None
            case Term():
                known = terms.get(condition.name)
                if known is None:
                    known = terms[condition.name] = self._ask(condition.part, states, terms)
                return known
            case All() | AnyOf() | NumberOf() | Not() | LabelIs():
                asked = [self._ask(part, states, terms) for part in condition.parts]
                truth = condition.decide([part for part, _ in asked])
                return truth, next((place for _, place in asked if place is not None), None) if truth is None else None
        place, number = self._places[id(condition)]
        answers = {case[number] for case in states[place]}
        return (None, place) if len(answers) == 2 else (next(iter(answers)), None)


class _Budget:
    """Counts the cases tried."""

    def __init__(self) -> None:
        self._left = MOST_CASES

    def spend(self) -> None:
        """Take one case off.

        Raises:
            TooManyCasesError: none is left.
        """
        self._left -= 1
        if self._left < 0:
            raise TooManyCasesError


def has(kind: type | tuple[type, ...], condition: Condition) -> bool:
    """Whether a condition, or what it asks of items, has a part of some kind."""
    return any(isinstance(part, kind) for part in everything_in(condition, set()))


def everything_in(condition: Condition, seen: set[int]) -> Iterator[Condition]:
    """Yield a condition and all that it is made of, what it asks of the items of a list included, each once."""
    if id(condition) in seen:
        return
    seen.add(id(condition))
    yield condition
    for part in inside(condition):
        yield from everything_in(part, seen)


def inside(condition: Condition) -> tuple[Condition, ...]:
    """Return what a condition is made of, what it asks of the items of a list included."""
    match condition:
        case All() | AnyOf() | NumberOf() | Not() | LabelIs() | Term():
            return condition.parts
        case OfDossier():
            return (condition.part,)
        case Share():
            return condition.where, condition.of
        case Count() | Every() | Sum() | ListedIn():
            return (condition.where,)
        case Always() | Within() | OneOf() | GradeIs() | ScoreIs():
            return ()
        case _:
            raise TypeError(condition)


def _leaves(condition: Condition, terms: set[str]) -> Iterator[Leaf]:
    """Yield the parts of a condition that ask for something themselves; those of a term once."""
    match condition:
        case Always():
            return
        case Term():
            if condition.name not in terms:
                terms.add(condition.name)
                yield from _leaves(condition.part, terms)
        case All() | AnyOf() | NumberOf() | Not() | LabelIs():
            for part in condition.parts:
                yield from _leaves(part, terms)
        case (
            Within() | OneOf() | Count() | Every() | Sum() | Share() | ListedIn() | OfDossier() | GradeIs() | ScoreIs()
        ):
            yield condition
        case _:
            raise TypeError(condition)


def _token(condition: Condition) -> Hashable:
    """Return what is equal for conditions that say the same; a term is its name, however much it stands for."""
    match condition:
        case Always():
            return "always"
        case Term():
            return "term", condition.name
        case LabelIs():
            return "label", condition.name, condition.labels
        case All() | AnyOf() | Not():
            return type(condition).__name__, *map(_token, condition.parts)
        case NumberOf():
            return "number", condition.bounds, *map(_token, condition.parts)
        case Within() | Count() | Sum() | Share() | ScoreIs():
            return _subject(condition), condition.bounds
        case OneOf():
            return _subject(condition), tuple((type(value), value) for value in condition.values)
        case GradeIs():
            return _subject(condition), condition.grades
        case Every() | ListedIn() | OfDossier():
            return _subject(condition)
        case _:
            raise TypeError(condition)


def _subject(leaf: Leaf) -> Hashable:
    """Return what a leaf asks about, which leaves that ask about the same thing share."""
    match leaf:
        case Within() | OneOf():
            return "field", leaf.field.names
        case Count():
            return "count", leaf.entries.keys, _token(leaf.where)
        case Sum():
            return "sum", leaf.entries.keys, leaf.field.names, _token(leaf.where)
        case Share():
            return "share", leaf.entries.keys, _token(leaf.where), _token(leaf.of)
        case Every():
            return "every", leaf.entries.keys, _token(leaf.where)
        case ListedIn():
            return "listed in", leaf.entries.keys, leaf.key, _token(leaf.where)
        case OfDossier():
            return "dossier", _token(leaf.part)
        case GradeIs():
            return "grade", leaf.domain
        case ScoreIs():
            return "score"
        case _:
            assert_never(leaf)


def _state(variable: Variable, data: Data, standing: Standing) -> frozenset[Answers]:
    """Return every combination of answers that a variable can still give to its tests."""
    leaf, tests, points = variable
    match leaf:
        case GradeIs():
            grades = [test.grades for test in tests if isinstance(test, GradeIs)]
            possible = standing.grades[leaf.domain]
            return frozenset(tuple(grade in some for some in grades) for grade in possible)
        case OneOf():
            return _of_choice(leaf, tests, leaf.field.read(data))
        case Every() | ListedIn() | OfDossier():
            truth = leaf.truth(data, standing)
            return frozenset({(True,), (False,)} if truth is None else {(truth,)})
        case Share():
            counted = leaf.found(data, standing)
            members, share = counted or (0, None)
            never = () if members else ((False,) * len(tests),)
            if share is None and counted is not None:
                return frozenset(never)
            return _of_number(_limits(tests), points, share, 0.0, 1.0) | {*never}
        case ScoreIs():
            never = ((False,) * len(tests),) if standing.has_score is not True else ()
            if standing.has_score is False:
                return frozenset(never)
            return _of_number(_limits(tests), points, standing.score, 0.0, 100.0) | {*never}
        case Count() | Sum():
            return _of_number(_limits(tests), points, leaf.found(data, standing), 0.0, math.inf)
        case Within():
            return _of_number(_limits(tests), points, leaf.field.read(data), -math.inf, math.inf)
        case _:
            assert_never(leaf)


def _limits(tests: Iterable[Leaf]) -> list[Bounds]:
    return [test.bounds for test in tests if isinstance(test, Within | Count | Sum | Share | ScoreIs)]


def _of_choice(leaf: OneOf, tests: Iterable[Leaf], value: Any) -> frozenset[Answers]:
    wanted = [test.values for test in tests if isinstance(test, OneOf)]
    values: Iterable[Any] = (value,)
    if value is None:
        values = leaf.choices or (*(one for some in wanted for one in some), _OTHER)
    return frozenset(tuple(one in some for some in wanted) for one in values)


def _of_number(
    tests: list[Bounds], points: list[tuple[float, Answers]], found: Quantity, least: float, most: float
) -> frozenset[Answers]:
    """Return the answers of every number that a quantity can be."""
    low, high = (least, most) if found is None else bounds_of(found)
    ends = (_answers(tests, low), _answers(tests, high)) if low != high else (_answers(tests, low),)
    return frozenset((*ends, *(answers for number, answers in points if low < number < high)))


def _points(variable: Variable) -> list[tuple[float, Answers]]:
    """Return the numbers that make a difference: each limit, one between two, and one beyond the last."""
    tests = _limits(variable.tests)
    given = {limit for test in tests for limit in (test.at_least, test.at_most, test.above, test.below)}
    limits = sorted(limit for limit in given if limit is not None)
    if not limits:
        return []
    tried = {near for limit in limits for near in (limit - 1, limit, limit + 1)}
    if isinstance(variable.leaf, Count):
        tried = {math.floor(number) for number in tried}
    else:
        tried |= {(one + other) / 2 for one, other in pairwise([limits[0] / 2, *limits])}
    return [(number, _answers(tests, number)) for number in tried]


def _answers(tests: list[Bounds], number: float) -> Answers:
    return tuple(test.between(number, number) is True for test in tests)
