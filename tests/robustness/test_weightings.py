"""A folder under other weights: everything that is said of it is found again by scoring each dossier anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evgrade.grading.judge import Judged
from evgrade.grading.score import Scored, score
from evgrade.robustness import weightings
from evgrade.robustness.weightings import (
    FEWEST_DRAWS,
    MOST_DRAWS,
    NEAR,
    Brought,
    brought,
    draws_for,
    under_other_weights,
)
from evgrade.rubric.model import Score
from evgrade.stats.smaa import NO_VALUE, Weights, in_parts, seeded, uniform_weights, weights_near
from tests.grading.building import ladder, rubric

NAMES = ("one", "two", "three")
DOMAINS = "domains:\n" + "".join(ladder("A best: {safety.concern: none}", "U nothing", name=name) for name in NAMES)
SCORE = """\
score:
  title: Support
  weights: {{one: 50, two: 30, three: 20}}
  unjudged: {unjudged}
  points: {{support: {{A: 100, B: 40, C: 10}}}}
"""
BASE = (0.5, 0.3, 0.2)
DRAWS = 20
Grades = Mapping[str, str]
"""By domain, the grades that are possible; the first is the one that is given."""

grades = st.fixed_dictionaries(
    {name: st.lists(st.sampled_from("ABCU"), min_size=1, max_size=3, unique=True).map("".join) for name in NAMES}
)

pytestmark = pytest.mark.slow
folders = st.lists(grades, min_size=1, max_size=5)
rules = st.sampled_from(["lowest", "left_out"])


def rule_of(unjudged: str) -> Score:
    found = rubric(DOMAINS + SCORE.format(unjudged=unjudged)).score
    assert found is not None
    return found


RULES = {unjudged: rule_of(unjudged) for unjudged in ("lowest", "left_out")}


def brings(rule: Score, one: Grades) -> Brought:
    return brought(rule, {name: (possible[0], possible) for name, possible in one.items()})


def counted(rule: Score, folder: Sequence[Grades]) -> dict[Brought, int]:
    found: dict[Brought, int] = {}
    for one in folder:
        found[brings(rule, one)] = found.get(brings(rule, one), 0) + 1
    return found


def scored(rule: Score, one: Grades, weights: Weights) -> Scored:
    """Return what a rubric with other weights makes of a dossier."""
    changed = [each._replace(weight=100 * weight) for each, weight in zip(rule.counted, weights, strict=True)]
    judged = {name: Judged(possible[0], frozenset(possible)) for name, possible in one.items()}
    return score(rule._replace(counted=tuple(changed)), judged)


def ends(rule: Score, one: Grades, weights: Weights) -> tuple[int, int, int]:
    """Return the score in parts, with the lowest and the highest: no score at all is lower than any."""
    given = scored(rule, one, weights)
    value, low, high = (NO_VALUE if each is None else in_parts(each) for each in (given.value, given.low, given.high))
    return value, low if given.exists else NO_VALUE, high


def drawn(draw: Callable[..., Weights]) -> list[Weights]:
    random = seeded(1)
    return [draw(random) for _ in range(DRAWS)]


@pytest.fixture(scope="module", autouse=True)
def few_draws() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weightings, "draws_for", lambda _: DRAWS)
        yield


# What is said is found again


@settings(max_examples=60)
@given(folder=folders, unjudged=rules, is_near=st.booleans())
def test_places_are_those_that_scoring_with_each_weighting_gives(
    folder: list[Grades], unjudged: str, *, is_near: bool
) -> None:
    rule = RULES[unjudged]
    found = under_other_weights(rule, counted(rule, folder))
    before = [ends(rule, one, BASE)[0] for one in folder]
    each = drawn(partial(weights_near, BASE, NEAR) if is_near else partial(uniform_weights, 3))
    worlds = [[ends(rule, one, weights) for one in folder] for weights in each]
    pairs = [(a, b) for a in range(len(folder)) for b in range(len(folder)) if before[a] > before[b]]
    for one, mine in enumerate(folder):
        told = found[brings(rule, mine)]
        places = told.near if is_near else told.everywhere
        assert (told.dossiers, told.draws) == (len(folder), DRAWS)
        assert told.rank == 1 + sum(other > before[one] for other in before)
        last = len(folder) - sum(other < before[one] for other in before)
        ranks = [1 + sum(other[0] > world[one][0] for other in world) for world in worlds]
        lasts = [len(folder) - sum(other[0] < world[one][0] for other in world) for world in worlds]
        kept = [told.rank <= behind and rank <= last for rank, behind in zip(ranks, lasts, strict=True)]
        assert places.kept == pytest.approx(sum(kept) / DRAWS)
        assert places.first == pytest.approx(ranks.count(1) / DRAWS)
        assert places.mean == pytest.approx(sum(ranks) / DRAWS)
        others = [other for other in range(len(folder)) if other != one]
        assert places.best == min(1 + sum(world[other][1] > world[one][2] for other in others) for world in worlds)
        assert places.worst == max(1 + sum(world[other][2] > world[one][1] for other in others) for world in worlds)
        firsts = [weights for weights, rank in zip(each, ranks, strict=True) if rank == 1]
        centre = [sum(column) / len(firsts) for column in zip(*firsts, strict=True)]
        assert places.central == pytest.approx(tuple(centre))
        assert places.order == sum(all(world[a][0] >= world[b][0] for a, b in pairs) for world in worlds) / DRAWS
        assert places.certain == sum(all(world[a][1] >= world[b][2] for a, b in pairs) for world in worlds) / DRAWS


@settings(max_examples=40)
@given(folder=st.lists(grades, min_size=1, max_size=3), unjudged=rules)
def test_whatever_the_missing_facts_turn_out_to_be_no_rank_is_outside_of_best_and_worst(
    folder: list[Grades], unjudged: str
) -> None:
    rule = RULES[unjudged]
    found = under_other_weights(rule, counted(rule, folder))
    ways = [[dict(zip(NAMES, way, strict=True)) for way in product(*(one[name] for name in NAMES))] for one in folder]
    weights = drawn(partial(uniform_weights, 3))[0]
    for world in product(*ways):
        values = [ends(rule, one, weights)[0] for one in world]
        for mine, own in zip(folder, values, strict=True):
            places = found[brings(rule, mine)].everywhere
            assert places.best <= 1 + sum(other > own for other in values) <= places.worst


def test_what_is_certain_is_never_more_than_what_holds_now() -> None:
    rule = RULES["left_out"]
    folder = [{"one": "A", "two": "B", "three": "C"}, {"one": "BA", "two": "CA", "three": "C"}]
    for one in under_other_weights(rule, counted(rule, folder)).values():
        assert (one.everywhere.order, one.near.order) == (1, 1)
        assert (one.everywhere.certain, one.near.certain) == (0, 0)


# What is known exactly


def test_what_is_better_in_every_domain_is_first_under_all_weightings() -> None:
    rule = RULES["lowest"]
    best, rest = (dict.fromkeys(NAMES, grade) for grade in "AB")
    found = under_other_weights(rule, counted(rule, [best, rest, rest]))
    first, others = found[brings(rule, best)], found[brings(rule, rest)]
    for places in (first.everywhere, first.near):
        assert (places.kept, places.first, places.mean, places.best, places.worst) == (1, 1, 1, 1, 1)
        assert places.order == places.certain == 1
    for places in (others.everywhere, others.near):
        assert (places.kept, places.first, places.mean, places.best, places.worst) == (1, 0, 2, 2, 2)
        assert places.central == ()


def test_dossiers_that_bring_the_same_share_a_rank_and_keep_it() -> None:
    rule = RULES["left_out"]
    same, left_out = {"one": "B", "two": "B", "three": "B"}, {"one": "B", "two": "U", "three": "B"}
    found = under_other_weights(rule, counted(rule, [same, same, left_out]))
    assert {one.rank for one in found.values()} == {1}
    assert all(one.everywhere.kept == one.everywhere.first == 1 for one in found.values())


def test_what_could_not_be_judged_at_all_is_last() -> None:
    rule = RULES["left_out"]
    nothing, little = dict.fromkeys(NAMES, "U"), {"one": "C", "two": "U", "three": "U"}
    found = under_other_weights(rule, counted(rule, [nothing, little]))
    assert [found[brings(rule, one)].rank for one in (nothing, little)] == [2, 1]


def test_of_no_dossier_nothing_is_said_and_one_alone_is_the_first() -> None:
    rule = RULES["lowest"]
    assert under_other_weights(rule, {}) == {}
    [one] = under_other_weights(rule, counted(rule, [dict.fromkeys(NAMES, "C")])).values()
    assert (one.rank, one.everywhere.kept, one.near.worst) == (1, 1, 1)


@settings(max_examples=20)
@given(folder=folders, unjudged=rules)
def test_the_same_comes_out_every_time_whatever_the_order_of_files(folder: list[Grades], unjudged: str) -> None:
    rule = RULES[unjudged]
    assert under_other_weights(rule, counted(rule, folder)) == under_other_weights(rule, counted(rule, folder[::-1]))


@pytest.mark.parametrize(
    ("patterns", "draws"), [(1, MOST_DRAWS), (50, MOST_DRAWS), (500, 1_000), (10_000, FEWEST_DRAWS)]
)
def test_the_more_dossiers_differ_the_fewer_weightings_are_drawn(patterns: int, draws: int) -> None:
    assert draws_for(patterns) == draws
