"""The laws of three-valued logic, which all else rests on."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.facts.known import Range
from evgrade.logic import Bounds, Truth, conjunction, disjunction, negation
from tests.examples import examples

TRUTHS: tuple[Truth, ...] = (True, False, None)
truths = st.sampled_from(TRUTHS)
numbers = st.sampled_from([float("-inf"), -1.5, 0.0, 1.0, 2.5, 3.0, float("inf")])
limits = st.none() | st.sampled_from([-1.5, 0.0, 1.0, 2.0, 2.5])


def ways(truth: Truth) -> tuple[bool, ...]:
    """What a truth can turn out to be."""
    return (True, False) if truth is None else (truth,)


def agreed(outcomes: set[bool]) -> Truth:
    """What is certain of some outcomes."""
    return outcomes.pop() if len(outcomes) == 1 else None


def test_negation() -> None:
    """The opposite of unknown is unknown, and the opposite of the opposite is the thing itself."""
    assert [negation(truth) for truth in TRUTHS] == [False, True, None]
    assert [negation(negation(truth)) for truth in TRUTHS] == list(TRUTHS)


@pytest.mark.parametrize(("connective", "two_valued"), [(conjunction, all), (disjunction, any)])
def test_a_connective_is_certain_where_every_way_it_can_turn_out_agrees(
    connective: Callable[[list[Truth]], Truth], two_valued: Callable[[tuple[bool, ...]], bool]
) -> None:
    """For parts that do not depend on each other, Kleene's tables say all that can be said, and no more."""
    for count in range(5):
        for parts in itertools.product(TRUTHS, repeat=count):
            outcomes = {two_valued(turn) for turn in itertools.product(*map(ways, parts))}
            assert connective(list(parts)) is agreed(outcomes)


@pytest.mark.parametrize("connective", [conjunction, disjunction])
def test_connectives_ignore_order_and_grouping(connective: Callable[[list[Truth]], Truth]) -> None:
    """Commutative, associative and idempotent."""
    for one, two, three in itertools.product(TRUTHS, repeat=3):
        assert connective([one, two]) is connective([two, one])
        assert connective([one, connective([two, three])]) is connective([connective([one, two]), three])
        assert connective([one, two, three]) is connective([connective([one, two]), three])
        assert connective([one, one]) is one


@examples(100)
@given(st.lists(truths, max_size=6))
def test_de_morgan(parts: list[Truth]) -> None:
    """Not all means that one is not; not one means that all are not."""
    assert negation(conjunction(parts)) is disjunction([negation(part) for part in parts])
    assert negation(disjunction(parts)) is conjunction([negation(part) for part in parts])


@examples(200)
@given(st.lists(st.tuples(truths, st.booleans()), max_size=6))
def test_learning_never_turns_what_was_certain(pairs: list[tuple[Truth, bool]]) -> None:
    """Monotone in information: an answer that was true or false stays so when an unknown part becomes known."""
    before = [part for part, _ in pairs]
    after = [turn if part is None else part for part, turn in pairs]
    for connective in (conjunction, disjunction):
        assert connective(before) in (None, connective(after))


@examples(400)
@given(limits, limits, limits, limits, numbers, numbers, st.lists(numbers, min_size=1))
def test_bounds_on_a_range_agree_with_bounds_on_its_points(
    at_least: float | None,
    at_most: float | None,
    above: float | None,
    below: float | None,
    one: float,
    two: float,
    points: list[float],
) -> None:
    """True of a range means true of every number in it, false means false of every one."""
    bounds = Bounds(at_least=at_least, at_most=at_most, above=above, below=below)
    low, high = sorted((one, two))
    inside = [low, high, *(point for point in points if low <= point <= high)]
    kept = {
        all(
            limit is None or test(point, limit)
            for test, limit in (
                (operator.ge, at_least),
                (operator.le, at_most),
                (operator.gt, above),
                (operator.lt, below),
            )
        )
        for point in inside
    }
    answer = bounds.hold(Range(low, high))
    assert answer is None or kept == {answer}
    assert bounds.hold(low) is bounds.hold(Range(low, low))
    assert bounds.hold(low) is not None
    assert bounds.hold(None) is None


@examples(200)
@given(limits, st.booleans(), numbers, numbers)
def test_one_limit_is_only_unknown_where_the_range_lies_on_both_sides(
    limit: float | None, strict: bool, one: float, two: float
) -> None:
    """A single limit is judged sharply: unknown means that one end keeps it and the other does not."""
    low, high = sorted((one, two))
    open_ended = (Bounds(above=limit), Bounds(below=limit))
    closed = (Bounds(at_least=limit), Bounds(at_most=limit))
    for bounds in open_ended if strict else closed:
        assert bounds.hold(Range(low, high)) is agreed({bounds.hold(low) is True, bounds.hold(high) is True})


@examples(200)
@given(st.integers(0, 10**6), st.integers(1, 10**6), st.sampled_from([-1, 1]))
def test_every_number_is_at_least_and_at_most_itself(count: int, total: int, sign: int) -> None:
    """And neither above nor below itself; also where it has more digits than anybody writes."""
    number = sign * count / total
    assert Bounds(at_least=number).hold(number) is True
    assert Bounds(at_most=number).hold(number) is True
    assert Bounds(above=number).hold(number) is False
    assert Bounds(below=number).hold(number) is False
