"""Stochastic multicriteria acceptability analysis, against published values and what is known exactly."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from functools import partial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.stats.smaa import (
    Acceptability,
    Points,
    Weights,
    acceptability,
    in_order,
    keeps_order,
    seeded,
    standard_error,
    uniform_weights,
    value,
    weights_near,
)
from tests.examples import examples

_DRAWS = 4000


def _certain(*rows: Points) -> Callable[[Random], Sequence[Points]]:
    return lambda _: rows


def _under_all(*rows: Points, base: Weights | None = None, draws: int = _DRAWS, seed: int = 1) -> Acceptability:
    criteria = len(rows[0])
    equal = [1 / criteria] * criteria
    return acceptability(_certain(*rows), partial(uniform_weights, criteria), base or equal, draws=draws, seed=seed)


def _close(share: float, exact: float, draws: int = _DRAWS) -> bool:
    return abs(share - exact) <= 4 * max(standard_error(exact, draws), 1 / draws)


# Published values

_HEPARIN = ((20, 116), (40, 96), (1, 135))
_ENOXAPARIN = ((8, 121), (32, 97), (5, 124))
_RANGES = ((0, 0.25), (0.15, 0.4), (0, 0.1))
"""Proximal and distal thrombosis and bleeding, as beta distributions of their probabilities, and the worst and best
of each: the example «thrombolytics» of the R package smaa (G. van Valkenhoef), whose help prints the values below."""


def _thrombolytics(random: Random) -> list[list[float]]:
    return [
        [
            100 * (worst - random.betavariate(*shape)) / (worst - best)
            for shape, (best, worst) in zip(drug, _RANGES, strict=True)
        ]
        for drug in (_HEPARIN, _ENOXAPARIN)
    ]


def _error(share: float) -> float:
    """Return the error of the difference: the published values were simulated too, with 10,000 draws."""
    return math.hypot(standard_error(share, _DRAWS), standard_error(share, 10_000))


def test_the_thrombolytics_example_gives_the_published_acceptabilities_and_central_weights() -> None:
    found = acceptability(_thrombolytics, partial(uniform_weights, 3), [1 / 3] * 3, draws=_DRAWS, seed=7)
    error = _error(0.3504)
    assert found.ranks[0] == pytest.approx((0.3504, 0.6496), abs=4 * error)
    assert found.ranks[1] == pytest.approx((0.6496, 0.3504), abs=4 * error)
    assert found.central[0] == pytest.approx((0.1865, 0.2772, 0.5363), abs=0.015)
    assert found.central[1] == pytest.approx((0.4073, 0.3641, 0.2285), abs=0.015)
    assert found.confidence == pytest.approx((0.6682, 0.8956), abs=0.04)  # it hangs on the central weights too
    assert found.pairwise[0][1] == found.ranks[0][0]


@pytest.mark.slow
def test_the_thrombolytics_example_under_weights_that_are_known() -> None:
    found = acceptability(_thrombolytics, lambda _: (0.5, 0.2, 0.3), (0.5, 0.2, 0.3), draws=_DRAWS, seed=7)
    assert found.ranks[0][0] == pytest.approx(0.1279, abs=4 * _error(0.1279))


def test_what_is_best_by_one_criterion_alone_has_the_central_weights_of_the_rank_order_centroid() -> None:
    """F. Barron and B. Barrett, Management Science 1996;42:1515: of three ordered weights 0.6111, 0.2778 and 0.1111."""
    found = _under_all((100, 0, 0), (0, 100, 0), (0, 0, 100), draws=8000)
    second_and_third = (0.2778 + 0.1111) / 2  # either may be the second
    assert found.central[0] == pytest.approx((0.6111, second_and_third, second_and_third), abs=0.015)
    assert all(_close(found.ranks[0][rank], 1 / 3, 8000) for rank in range(3))


# What is known exactly


@examples(100)
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=2, max_size=2), st.integers(0, 99))
def test_two_alternatives_by_two_criteria_cross_where_it_is_computed(rows: list[Points], seed: int) -> None:
    """With weights w and 1 - w, the first is the better one on one side of where both have the same value."""
    (a, b), (c, d) = ((float(x or 0), float(y or 0)) for x, y in rows)
    slope, at_zero = (a - c) - (b - d), b - d
    if slope:
        cross = min(1.0, max(0.0, -at_zero / slope))
        exact = 1 - cross if slope > 0 else cross
    else:
        exact = float(at_zero > 0)
    assert _close(_under_all(*rows, draws=800, seed=seed).pairwise[0][1], exact, 800)


_ROWS = st.lists(st.tuples(*[st.sampled_from([0.0, 25.0, 50.0, 100.0, None])] * 3), min_size=2, max_size=5)


@examples(100)
@given(_ROWS, st.integers(0, 99))
def test_shares_add_up_and_the_same_seed_gives_the_same(rows: list[Points], seed: int) -> None:
    found = _under_all(*rows, draws=60, seed=seed)
    assert found == _under_all(*rows, draws=60, seed=seed)
    for row in found.ranks:
        assert sum(row) == pytest.approx(1)
    for one, row in enumerate(found.pairwise):
        assert row[one] == 0
        assert all(row[other] + found.pairwise[other][one] <= 1 + 1e-9 for other in range(len(rows)))
    assert 0 <= found.kept <= 1
    for first, middle in zip((row[0] for row in found.ranks), found.central, strict=True):
        assert (first == 0) == (middle is None)
        assert middle is None or sum(middle) == pytest.approx(1)


@examples(100)
@given(st.lists(st.tuples(*[st.integers(0, 50)] * 3), min_size=1, max_size=3))
def test_what_is_dominated_is_never_first_and_has_no_central_weights(rows: list[Points]) -> None:
    found = _under_all((51, 51, 51), *rows, draws=60)
    assert found.ranks[0][0] == 1
    assert all(row[0] == 0 for row in found.ranks[1:])
    assert found.central[1:] == (None,) * len(rows)
    assert found.confidence == (1, *(None,) * len(rows))


def test_equal_alternatives_share_the_better_rank_and_none_wins() -> None:
    found = _under_all((50, 50), (50, None), (10, 10), draws=100)
    assert [row[0] for row in found.ranks] == [1, 1, 0]
    assert found.ranks[2][2] == 1
    assert found.pairwise[0][1] == found.pairwise[1][0] == 0
    assert found.kept == 1


def test_what_has_no_points_at_all_is_last() -> None:
    assert _under_all((None, None), (0, 0), draws=10).ranks == ((0, 1), (1, 0))


@pytest.mark.parametrize(
    ("before", "after", "keeps"),
    [
        ([3, 2, 1], [9, 8, 7], True),
        ([3, 2, 1], [9, 9, 9], True),
        ([3, 2, 1], [9, 7, 8], False),
        ([1, 2, 3], [7, 8, 9], True),
        ([3, 1, 2], [7, 8, 6], False),
        ([2, 2, 1], [5, 9, 4], True),
        ([2, 2, 1], [5, 9, 6], False),
        ([3, 2, 2], [5, 4, 6], False),
        ([], [], True),
    ],
)
def test_an_order_is_kept_if_nobody_is_overtaken(before: list[int], after: list[int], *, keeps: bool) -> None:
    assert keeps_order(in_order(before), after) is keeps


@examples(400)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6))
def test_keeping_an_order_is_what_every_pair_says(pairs: list[tuple[int, int]]) -> None:
    overtaken = any(one[0] > two[0] and one[1] < two[1] for one in pairs for two in pairs)
    assert keeps_order(in_order([old for old, _ in pairs]), [new for _, new in pairs]) is not overtaken


@examples(400)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2)), max_size=4))
def test_an_order_is_certain_if_no_value_that_is_possible_overtakes(rows: list[tuple[int, int, int]]) -> None:
    before, lows = [one[0] for one in rows], [one[1] for one in rows]
    highs = [one[1] + one[2] for one in rows]
    order = in_order(before)
    worlds = itertools.product(*(range(low, high + 1) for low, high in zip(lows, highs, strict=True)))
    assert keeps_order(order, lows, highs) is all(keeps_order(order, world) for world in worlds)


# How weightings are drawn


def test_uniform_weights_have_the_moments_of_a_uniform_simplex() -> None:
    """Of n weights each has the mean 1 / n and the variance (n - 1) / (n² (n + 1))."""
    random = seeded(3)
    drawn = [uniform_weights(4, random) for _ in range(_DRAWS)]
    assert all(sum(weights) == pytest.approx(1) and min(weights) > 0 for weights in drawn)
    for place in range(4):
        column = [weights[place] for weights in drawn]
        mean = sum(column) / _DRAWS
        variance = sum((one - mean) ** 2 for one in column) / _DRAWS
        assert mean == pytest.approx(0.25, abs=4 * (0.0375 / _DRAWS) ** 0.5)
        assert variance == pytest.approx(0.0375, rel=0.1)


def test_one_criterion_has_all_the_weight() -> None:
    assert uniform_weights(1, seeded(1)) == [1]
    assert weights_near([1], 0.5, seeded(1)) == [1]


def test_weights_near_some_stay_between_half_and_one_and_a_half_before_they_are_divided_by_their_sum() -> None:
    random = seeded(3)
    base = (0.5, 0.3, 0.2)
    drawn = [weights_near(base, 0.5, random) for _ in range(_DRAWS)]
    widest = 1.0
    for weights in drawn:
        assert sum(weights) == pytest.approx(1)
        ratios = [weight / one for weight, one in zip(weights, base, strict=True)]
        widest = max(widest, max(ratios) / min(ratios))
    assert 2.8 < widest <= 3 + 1e-9
    assert min(weights[0] for weights in drawn) < 0.35
    assert max(weights[0] for weights in drawn) > 0.65


def test_no_share_of_a_change_leaves_the_weights() -> None:
    assert weights_near((0.5, 0.25, 0.25), 0, seeded(1)) == [0.5, 0.25, 0.25]


def test_the_random_numbers_are_these_on_every_system() -> None:
    assert uniform_weights(3, seeded(1)) == [0.13436424411240122, 0.7130694928248315, 0.15256626306276733]


def test_a_value_is_the_weighted_mean_in_millionths() -> None:
    assert value((0.5, 0.3, 0.2), (100, 50, 0)) == 65_000_000
    assert value((0.5, 0.3, 0.2), (100, None, 0)) == pytest.approx(100e6 * 5 / 7, abs=1)
