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

from collections.abc import Hashable, Iterator
from typing import NamedTuple, assert_never

from evgrade.logic import Bounds, Truth
from evgrade.rubric.conditions.base import Answers, Asking, Condition, Connective, Context, Points, everything_in
from evgrade.rubric.fields import Data

MOST_CASES = 2_000
"""How many cases a ladder is split into at the most."""

_MOST_KEPT = 10_000

Answer = tuple[Truth, int | None]
"""Whether a condition holds in a case, and where that is open the place of a variable that keeps it so."""


class TooManyCasesError(Exception):
    """A ladder has more cases than are worth trying."""


class Variable(NamedTuple):
    """Something that leaves ask for: a number, a choice, a list, a grade; with every test that they put to it.

    `points` are the numbers that make a difference to the tests, each with what it answers; of no use to a choice.
    """

    leaf: Asking
    tests: list[Asking]
    points: Points


class Splitter:
    """The variables of one ladder, and what it gives in each state of them, kept between dossiers."""

    def __init__(self, conditions: tuple[Condition, ...]) -> None:
        self._conditions = conditions
        self._variables: list[Variable] = []
        self._places: dict[int, tuple[int, int]] = {}
        self._rungs: list[tuple[int, ...]] = []
        self._kept: dict[Hashable, frozenset[int] | None] = {}
        self._resting: dict[Hashable, frozenset[int]] = {}
        self._prepared = False
        self._form: Hashable = None

    def moved(self, conditions: tuple[Condition, ...]) -> Splitter:
        """Return a splitter of conditions that differ in bounds alone; what one of the two found, the other knows."""
        made = Splitter(conditions)
        made._kept = self._kept
        return made

    def reached(self, truths: tuple[Truth, ...], data: Data, context: Context) -> frozenset[int] | None:
        """Return the numbers of the rungs that some case reaches; None where there are too many cases to try.

        Args:
            truths: what is known of each rung, down to the first that certainly holds.
            data: the mapping that the ladder is about.
            context: what else conditions ask for.
        """
        self._prepare()
        tried = [number for number, truth in enumerate(truths) if truth is not False]
        needed = {place: None for number in tried for place in self._rungs[number]}
        states = {}
        for place in needed:
            leaf, tests, points = self._variables[place]
            states[place] = leaf.state(tests, points, data, context)
        key = (self._form, tuple(tried), tuple(states.values()))
        if key in self._kept:
            return self._kept[key]
        reached: set[int] = set()
        try:
            self._search(tried, states, {}, _Budget(), reached)
            found: frozenset[int] | None = frozenset(reached)
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
        same: dict[Hashable, tuple[int, int]] = {}
        for condition in self._conditions:
            places = set()
            for leaf in _leaves(condition, set()):
                place = subjects.setdefault(leaf.subject(), len(self._variables))
                if place == len(self._variables):
                    self._variables.append(Variable(leaf, [], []))
                tests = self._variables[place].tests
                test = same.setdefault(leaf.token(), (place, len(tests)))
                if test[1] == len(tests):
                    tests.append(leaf)
                self._places[id(leaf)] = test
                places.add(place)
            self._rungs.append(tuple(sorted(places)))
        bounds = tuple(bounds for condition in self._conditions for bounds in _deciding(condition))
        self._form = (tuple(self._places.values()), bounds)
        for variable in self._variables:
            variable.points.extend(variable.leaf.points(variable.tests))
        self._prepared = True

    def _search(
        self,
        tried: list[int],
        states: dict[int, frozenset[Answers]],
        known: dict[Hashable, Answer],
        budget: _Budget,
        found: set[int],
    ) -> None:
        """Add the rungs reached in any case of some states: split the first variable that a rung leaves open.

        `known` is what connectives answer in these states, as far as it was worked out.
        """
        if found.issuperset(tried):
            return
        budget.spend()
        for index, number in enumerate(tried):
            truth, place = self._answer(self._conditions[number], states, known)
            if truth is True:
                found.add(number)
                return
            if place is not None:
                # Fewer cases open nothing that is decided, and decide only what rests on the variable.
                kept = {
                    key: answer
                    for key, answer in known.items()
                    if answer[0] is not None or place not in self._resting[key]
                }
                for answers in sorted(states[place]):
                    # What no case of these states reaches, no case of fewer does.
                    case = {**states, place: frozenset({answers})}
                    self._search(tried[index:], case, dict(kept), budget, found)
                return

    def _answer(
        self, condition: Condition, states: dict[int, frozenset[Answers]], known: dict[Hashable, Answer]
    ) -> Answer:
        """Return whether a condition holds, and where that is open a variable that keeps it so."""
        if not isinstance(condition, Connective):
            place, number = self._places[id(condition)]
            answers = {case[number] for case in states[place]}
            return (None, place) if len(answers) == 2 else (next(iter(answers)), None)
        key = _key(condition)
        answer = known.get(key)
        if answer is None:
            parts = [self._answer(part, states, known) for part in condition.inside()]
            truth = condition.decide([part for part, _ in parts])
            place_of_open = next((place for _, place in parts if place is not None), None)
            answer = known[key] = (None, place_of_open) if truth is None else (truth, None)
            if key not in self._resting:
                self._resting[key] = frozenset().union(*map(self._rests_on, condition.inside()))
        return answer

    def _rests_on(self, condition: Condition) -> frozenset[int]:
        """Return the places of the variables that a part decides by, once it has been asked."""
        if isinstance(condition, Connective):
            return self._resting[_key(condition)]
        return frozenset({self._places[id(condition)][0]})


def _key(condition: Connective) -> Hashable:
    return condition.token() if condition.is_named else id(condition)


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


def _deciding(condition: Condition) -> Iterator[Bounds]:
    """Yield the bounds by which conditions make one answer of those of their parts."""
    for part in everything_in(condition, set()):
        if isinstance(part, Connective) and part.keeps is not None:
            yield part.keeps


def _leaves(condition: Condition, terms: set[Hashable]) -> Iterator[Asking]:
    """Yield the parts of a condition that ask for something themselves; those of a term once."""
    match condition:
        case Asking():
            yield condition
        case Connective() if condition.is_named and condition.token() in terms:
            return
        case Connective():
            if condition.is_named:
                terms.add(condition.token())
            for part in condition.inside():
                yield from _leaves(part, terms)
        case _:
            assert_never(condition)
