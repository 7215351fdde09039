"""The results that a ladder can still give, found by cases over the unknown facts.

Evaluated rung by rung in three-valued logic, a ladder reports too much: if one rung tests whether harm is serious and
the next whether it is not, both are unknown, and the rung below them seems possible although nothing leads there. So
the unknown is split into cases: every number, choice or grade that the open rungs read gets each value that makes a
difference to them, and the ladder is climbed in each case.

The cases are of the quantities that conditions read, not of single facts of single items: two counts over the same list
vary independently, as do a sum and a count. So the search finds every result that some completion of the dossier gives,
and occasionally one that none does. With more cases than `MOST_CASES`, every open rung is reported as possible.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import NamedTuple, assert_never

from evgrade.logic import Bounds, Truth
from evgrade.rubric.conditions.base import Answers, Asking, Condition, Connective, Context, Points, everything_in
from evgrade.rubric.fields import Data

MOST_CASES = 2_000
"""The most cases that a ladder is split into."""

_MOST_KEPT = 10_000

Answer = tuple[Truth, int | None]
"""Whether a condition holds in a case, and if that is open, the place of a variable that keeps it open."""


class TooManyCasesError(Exception):
    """A ladder has too many cases to try."""


class Variable(NamedTuple):
    """A quantity that leaf conditions read (a number, a choice, a list, a grade), with all their tests of it.

    `points` are the numbers that make a difference to the tests, each with its answers; a choice has none.
    """

    leaf: Asking
    tests: list[Asking]
    points: Points


class Splitter:
    """The variables of one ladder, and its results for each state of them, kept between dossiers."""

    def __init__(self, conditions: tuple[Condition, ...]) -> None:
        self._conditions = conditions
        self._variables: list[Variable] = []
        self._places: dict[int, tuple[int, int]] = {}
        self._rungs: list[tuple[int, ...]] = []
        self._kept: dict[Hashable, frozenset[int] | None] = {}
        self._tree: _Tree | None = None
        self._prepared = False
        self._form: Hashable = None

    def moved(self, conditions: tuple[Condition, ...]) -> Splitter:
        """Return a splitter of conditions that differ in bounds alone; the two share their results."""
        made = Splitter(conditions)
        made._kept = self._kept
        return made

    def reached(self, truths: tuple[Truth, ...], data: Data, context: Context) -> frozenset[int] | None:
        """Return the numbers of the rungs that some case reaches; None if there are too many cases to try.

        Args:
            truths: the truth of each rung, down to the first that certainly holds.
            data: the mapping that the ladder is about.
            context: whatever else conditions read.
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
        if self._tree is None:
            self._tree = _Tree(self._conditions, self._places)
        reached: set[int] = set()
        try:
            self._search(tried, states, self._tree.unanswered(), self._tree, _Budget(), reached)
            found: frozenset[int] | None = frozenset(reached)
        except TooManyCasesError:
            found = None
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[key] = found
        return found

    def _prepare(self) -> None:
        """Find the variables when first needed: most dossiers leave no ladder open."""
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
        known: list[Answer | None],
        tree: _Tree,
        budget: _Budget,
        found: set[int],
    ) -> None:
        """Add to `found` the rungs reached in any case of some states, splitting the first variable that is open.

        `known` holds the answers of the tree's nodes in these states, as far as they are worked out.
        """
        if found.issuperset(tried):
            return
        budget.spend()
        for index, number in enumerate(tried):
            truth, place = _answer(tree.roots[number], states, known)
            if truth is True:
                found.add(number)
                return
            if place is not None:
                # With fewer cases every decided node stays decided; only nodes that rest on the variable can change.
                for node in tree.resting[place]:
                    answer = known[node]
                    if answer is not None and answer[0] is None:
                        known[node] = None
                for answers in sorted(states[place]):
                    # A rung that no case of these states reaches is reached by no subset of them.
                    case = {**states, place: frozenset({answers})}
                    self._search(tried[index:], case, known.copy(), tree, budget, found)
                return


class _Leaf(NamedTuple):
    """A condition that reads a quantity itself: one of the tests of the variable at a place."""

    number: int
    place: int
    test: int


class _Branch(NamedTuple):
    """A compound condition: `decide` combines the answers of its parts, unless one has `settled` it."""

    number: int
    parts: tuple[_Node, ...]
    settled: Truth
    decide: Callable[[Iterable[Truth]], Truth]


_Node = _Leaf | _Branch
"""A condition as a search evaluates it repeatedly; `number` identifies it within a tree."""


class _Tree:
    """The conditions of a ladder as nodes, each term once: `roots`, and by variable the nodes `resting` on it."""

    def __init__(self, conditions: tuple[Condition, ...], places: dict[int, tuple[int, int]]) -> None:
        self._places = places
        self._nodes: dict[Hashable, tuple[_Node, frozenset[int]]] = {}
        self.resting: dict[int, list[int]] = {}
        self.roots = [self._node(condition)[0] for condition in conditions]

    def unanswered(self) -> list[Answer | None]:
        """Return an empty slot for the answer of each node."""
        return [None] * len(self._nodes)

    def _node(self, condition: Condition) -> tuple[_Node, frozenset[int]]:
        """Return the node of a condition and the places of the variables that it rests on."""
        key = condition.token() if isinstance(condition, Connective) and condition.is_named else id(condition)
        if key in self._nodes:
            return self._nodes[key]
        if isinstance(condition, Connective):
            inside = [self._node(part) for part in condition.inside()]
            rests = frozenset[int]().union(*(places for _, places in inside))
            node: _Node = _Branch(
                len(self._nodes), tuple(part for part, _ in inside), condition.settled_by, condition.decide
            )
        else:
            place, test = self._places[id(condition)]
            rests = frozenset({place})
            node = _Leaf(len(self._nodes), place, test)
        self._nodes[key] = node, rests
        for place in rests:
            self.resting.setdefault(place, []).append(node.number)
        return node, rests


def _answer(node: _Node, states: dict[int, frozenset[Answers]], known: list[Answer | None]) -> Answer:
    """Return whether a condition holds, and if that is open, a variable that keeps it open."""
    answer = known[node.number]
    if answer is not None:
        return answer
    match node:
        case _Leaf():
            answers = {case[node.test] for case in states[node.place]}
            answer = (None, node.place) if len(answers) == 2 else (next(iter(answers)), None)
        case _Branch():
            truths: list[Truth] = []
            place = None
            for part in node.parts:
                truth, open_place = _answer(part, states, known)
                truths.append(truth)
                if truth is None:
                    place = open_place if place is None else place
                elif truth is node.settled:
                    break
            truth = node.decide(truths)
            answer = (truth, place if truth is None else None)
        case _:
            assert_never(node)
    known[node.number] = answer
    return answer


class _Budget:
    """Counts the cases tried."""

    def __init__(self) -> None:
        self._left = MOST_CASES

    def spend(self) -> None:
        """Use up one case.

        Raises:
            TooManyCasesError: none is left.
        """
        self._left -= 1
        if self._left < 0:
            raise TooManyCasesError


def _deciding(condition: Condition) -> Iterator[Bounds]:
    """Yield the bounds by which compound conditions combine the answers of their parts."""
    for part in everything_in(condition, set()):
        if isinstance(part, Connective) and part.keeps is not None:
            yield part.keeps


def _leaves(condition: Condition, terms: set[Hashable]) -> Iterator[Asking]:
    """Yield the parts of a condition that read a quantity themselves; those of a term once."""
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
