"""What a ladder can still give, by cases: on small worlds, against every completion of the dossier."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest

from evgrade.facts.known import within
from evgrade.grading.judge import climb, judge
from evgrade.logic import Truth
from evgrade.rubric.conditions.base import NO_CONTEXT, Always, Condition, Context, Memory
from evgrade.rubric.model import Ladder
from evgrade.rubric.splitting import MOST_CASES, Splitter
from tests.bounded import no_blow_up

from .building import Data, condition, ladder_rubric, parsed, rubric

Place = tuple[str | int, ...]
World = Mapping[Place, tuple[Any, ...]]
"""What some facts can turn out to be; whatever else a condition asks for is stated."""


def completed(stated: Data, known: Mapping[Place, Any]) -> Data:
    """Return a dossier that states some of the facts of a world."""
    dossier = deepcopy(stated)
    for place, value in known.items():
        holder: Any = dossier
        for key in place[:-1]:
            holder = holder[key]
        holder[place[-1]] = value
    return dossier


def completions(world: World, stated: Data, known: Mapping[Place, Any]) -> Iterator[Data]:
    """Yield every dossier that some of the facts can turn out to be part of."""
    values = [(known[place],) if place in known else world[place] for place in world]
    for chosen in itertools.product(*values):
        yield completed(stated, dict(zip(world, chosen, strict=True)))


def knowledge(world: World) -> Iterator[dict[Place, Any]]:
    """Yield every state in which each fact is unknown or has one of two values."""
    for chosen in itertools.product(*((None, *values[:2]) for values in world.values())):
        yield {place: value for place, value in zip(world, chosen, strict=True) if value is not None}


def truths_of(conditions: tuple[Condition, ...], dossier: Data) -> tuple[Truth, ...]:
    """Return what is known of each rung, down to the first that certainly holds."""
    truths: list[Truth] = []
    for one in conditions:
        truths.append(one.truth(dossier, NO_CONTEXT))
        if truths[-1] is True:
            break
    return tuple(truths)


def by_cases(conditions: tuple[Condition, ...], dossier: Data, splitter: Splitter | None = None) -> set[int]:
    """Return the rungs that some case reaches."""
    truths = truths_of(conditions, dossier)
    if None not in truths:
        return {len(truths) - 1}
    reached = (splitter or Splitter(conditions)).reached(truths, dossier, NO_CONTEXT)
    assert reached is not None
    return set(reached)


def rungs(*written: Any) -> tuple[Condition, ...]:
    """Return the conditions of a ladder from what a rubric writes; the last rung always holds."""
    return (*map(parsed, written), Always())


# One thing asked

NOBODY_SAYS: Data = {"safety": {}, "trials": [{"result": "benefit"}, {}, {}]}
ONE_OF_TWO: Data = {"safety": {}, "trials": [{"result": "benefit"}, {"result": "harm"}, {}]}
CONCERN = "safety.concern"
EXPOSED = "safety.exposed"
GOOD: Data = {"where": {"result": "benefit"}}


@pytest.mark.parametrize(
    ("written", "reached"),
    [
        # choices: those that no rung names, and no others, are left for the last
        ([{CONCERN: "serious"}, {"not": {CONCERN: "serious"}}], {0, 1}),
        ([{CONCERN: ["none", "minor"]}, {CONCERN: "moderate"}, {CONCERN: "serious"}], {0, 1, 2}),
        ([{CONCERN: ["none", "minor"]}, {CONCERN: "moderate"}], {0, 1, 2}),
        ([{CONCERN: "none"}, {"therapy.kind": "drug"}, {CONCERN: ["minor", "moderate", "serious"]}], {0, 1, 2}),
        ([{"therapy.name": "one"}, {"not": {"therapy.name": ["one", "two"]}}, {"therapy.name": "two"}], {0, 1, 2}),
        ([{"cost.covered": True}, {"cost.covered": False}], {0, 1}),
        # numbers: at a limit, between two, and beyond the last
        ([{EXPOSED: {"at_least": 100}}, {EXPOSED: {"below": 100}}], {0, 1}),
        ([{EXPOSED: {"above": 100}}, {EXPOSED: {"below": 100}}], {0, 1, 2}),
        ([{EXPOSED: {"above": 100}}, {EXPOSED: {"below": 100}}, {EXPOSED: 100}], {0, 1, 2}),
        ([{EXPOSED: {"at_least": 100}}, {EXPOSED: {"at_most": 20}}, {EXPOSED: {"at_least": 50}}], {0, 1, 2, 3}),
        ([{EXPOSED: {"at_least": 100}}, {EXPOSED: {"at_least": 50}, CONCERN: "none"}, {EXPOSED: 20}], {0, 1, 2, 3}),
        ([{EXPOSED: {"at_least": 20}}, {EXPOSED: {"at_least": 50}}], {0, 2}),
        # counts of three trials of which one helped
        ([{"count": "trials", **GOOD, "at_least": 2}, {"count": "trials", **GOOD, "at_most": 1}], {0, 1}),
        ([{"count": "trials", **GOOD, "exactly": 3}, {"count": "trials", **GOOD, "exactly": 1}], {0, 1, 2}),
        ([{"count": "trials", **GOOD, "exactly": 4}, {"none": "trials", **GOOD}], {2}),
        ([{"every": "trials", **GOOD}, {"not": {"every": "trials", **GOOD}}], {0, 1}),
        # shares of them
        ([{"share": "trials", **GOOD, "above": 0.5}, {"share": "trials", **GOOD, "at_most": 0.5}], {0, 1}),
        ([{"share": "trials", **GOOD, "below": 0.3}], {1}),
        # what is joined
        ([[{CONCERN: "none"}, {EXPOSED: {"at_least": 9}}], {CONCERN: "none"}, {"not": {CONCERN: "none"}}], {0, 1, 2}),
        ([{"any": [{CONCERN: "none"}, {EXPOSED: 9}]}, {"not": {CONCERN: "none"}}], {0, 1}),
        ([{"number_of": [{CONCERN: "none"}, {EXPOSED: 9}], "exactly": 1}, {CONCERN: "none"}, {EXPOSED: 9}], {0, 1, 3}),
    ],
)
def test_a_rung_is_reached_where_some_case_of_what_is_unknown_leads_to_it(
    written: list[Any], reached: set[int]
) -> None:
    assert by_cases(rungs(*written), NOBODY_SAYS) == reached


@pytest.mark.parametrize(
    ("written", "reached"),
    [
        ([{"count": "trials", **GOOD, "at_least": 3}], {1}),
        ([{"count": "trials", **GOOD, "exactly": 1}, {"count": "trials", **GOOD, "exactly": 2}], {0, 1}),
        ([{"share": "trials", **GOOD, "above": 0.67}], {1}),
        ([{"share": "trials", **GOOD, "below": 0.33}], {1}),
        ([{"share": "trials", "where": {"participants": 5}, "of": {"result": "mixed"}, "at_least": 0.5}], {0, 1}),
        ([{"every": "trials", **GOOD}], {1}),
    ],
)
def test_what_is_known_of_a_list_limits_its_cases(written: list[Any], reached: set[int]) -> None:
    assert by_cases(rungs(*written), ONE_OF_TWO) == reached


@pytest.mark.parametrize(("low", "high"), [(30, 40), (50, 100), (0, 1000)])
def test_a_number_known_within_bounds_has_its_cases_within_them(low: float, high: float) -> None:
    """A price of 50 to 100 dollars a month is 600 to 1,200 a year."""
    price = {"cost": {"currency": "USD", "low": low, "high": high, "per": "month"}}
    limits = (500, 600, 1000, 1200, 2000)
    written = [{"cost.annual_usd": {"below": limit}} for limit in limits]
    expected = {number for number, limit in enumerate((*limits, 1e9)) if 12 * low < limit} - {
        number for number, limit in enumerate((0, *limits)) if limit > 12 * high
    }
    assert by_cases(rungs(*written), price) == expected


def test_of_an_excuse_both_cases_are_tried() -> None:
    """What is printed counts an excuse that is not known for none; what is possible includes both."""
    dossier = {"safety": {"died": {"n": 5, "of": 100}}}
    died = [{"safety.died.rate": {"at_least": 0.01}}, {"unless": {"safety.died.counts": "all_causes"}}]
    assert by_cases(rungs(died), dossier) == {0, 1}


def test_the_grades_and_the_score_are_split_too() -> None:
    """A recommendation asks for them; a score that may not exist keeps no limit."""
    text = RECOMMENDING.format(
        rungs="""
    - {level: first, name: a, means: m, when: {grade: help, is: A}}
    - {level: second, name: b, means: m, when: {grade: help, at_least: B}}
    - {level: third, name: c, means: m, when: {score: overall, at_least: 50}}
    - {level: fourth, name: d, means: m, when: {score: overall, below: 50}}"""
    )
    recommendation = rubric(text).recommendation
    assert recommendation is not None
    for grades, score, exists, reached in (
        ("AB", (0, 100), True, {0, 1}),
        ("AC", (0, 100), True, {0, 2, 3}),
        ("BU", (60, 70), True, {1, 2}),
        ("BU", (60, 70), None, {1, 2, 4}),
        ("C", (50, 70), None, {2, 4}),
        ("C", (0, 49.9), None, {3, 4}),
        ("C", None, False, {4}),
    ):
        context = Context({"help": frozenset(grades)}, score and within(*score), exists)
        assert climb(recommendation.ladder, {}, context).rungs == reached


RECOMMENDING = """\
domains:
  help:
    title: Help
    question: Does it help?
    scale: support
    ladder:
      - {{grade: A, name: first, means: m, when: {{any: trials}}}}
      - {{grade: U, name: last, means: m, otherwise: true}}
score: {{title: Score, weights: {{help: 100}}, unjudged: left_out, points: {{support: {{A: 100, B: 50, C: 0}}}}}}
recommendation:
  levels:
    - {{level: first, title: First, means: m}}
    - {{level: second, title: Second, means: m}}
    - {{level: third, title: Third, means: m}}
    - {{level: fourth, title: Fourth, means: m}}
    - {{level: last, title: Last, means: m}}
  ladder:{rungs}
    - {{level: last, name: z, means: m, otherwise: true}}
"""


# Every ladder over a few facts, in every state of knowledge

FACTS: World = {
    ("safety", "concern"): ("serious", "none", "minor", "moderate"),
    ("safety", "exposed"): (50, 100, 0, 19, 20, 21, 99, 101),
    ("cost", "covered"): (True, False),
}
ABOUT_FACTS: tuple[Any, ...] = (
    {CONCERN: "serious"},
    {CONCERN: ["none", "minor"]},
    {"not": {CONCERN: ["serious", "moderate"]}},
    {EXPOSED: {"at_least": 100}},
    {EXPOSED: {"above": 20, "below": 100}},
    {EXPOSED: {"at_most": 20}},
    {"cost.covered": True},
    [{CONCERN: "serious"}, {"unless": {"cost.covered": True}}],
    {"any": [{EXPOSED: {"at_least": 100}}, [{CONCERN: "none"}, {EXPOSED: 20}]]},
    {"number_of": [{CONCERN: "none"}, {"cost.covered": False}, {EXPOSED: {"below": 20}}], "exactly": 2},
)


@pytest.mark.slow
def test_of_independent_facts_exactly_the_rungs_that_some_completion_reaches_are_found() -> None:
    conditions = tuple(map(parsed, ABOUT_FACTS))
    stated: Data = {"safety": {}, "cost": {}}
    states = list(knowledge(FACTS))
    answers = [
        [tuple(one.truth(dossier, NO_CONTEXT) for one in conditions) for dossier in completions(FACTS, stated, known)]
        for known in states
    ]
    tried = 0
    for chosen in itertools.permutations(range(len(conditions)), 3):
        ladder = (*(conditions[number] for number in chosen), Always())
        splitter = Splitter(ladder)
        for known, given in zip(states, answers, strict=True):
            dossier = completed(stated, known)
            expected = {first([answer[number] for number in chosen]) for answer in given}
            assert by_cases(ladder, dossier, splitter) == expected, (chosen, known)
            tried += len(expected) > 1
    assert tried > 5_000


def first(truths: list[Truth]) -> int:
    """Return the first rung that holds; the last one always does."""
    return next((number for number, truth in enumerate(truths) if truth is True), len(truths))


ITEMS: World = {
    ("trials", 0, "result"): ("benefit", "harm", "mixed"),
    ("trials", 1, "result"): ("harm", "benefit", "mixed"),
    ("trials", 0, "participants"): (100, 0, 10, 50, 60),
    ("trials", 1, "participants"): (50, 0, 10, 60, 100),
}
ABOUT_ITEMS: tuple[Any, ...] = (
    {"any": "trials", **GOOD},
    {"none": "trials", "where": {"result": "harm"}},
    {"every": "trials", **GOOD},
    {"count": "trials", **GOOD, "at_least": 2},
    {"count": "trials", "where": {"participants": {"at_least": 50}}, "exactly": 1},
    {"any": "trials", "where": [{"result": "benefit"}, {"participants": {"at_least": 60}}]},
    {"sum": "trials.participants", "at_least": 110},
    {"sum": "trials.participants", **GOOD, "at_most": 60},
    {"share": "trials", **GOOD, "at_least": 0.5},
    {"share": "trials", **GOOD, "of": {"participants": {"above": 10}}, "at_least": 1},
)


def test_of_lists_every_rung_that_some_completion_reaches_is_found_and_few_others() -> None:
    """What two rungs ask of one list is taken to vary independently; of such ladders one rung in 13 is too many."""
    conditions = tuple(map(parsed, ABOUT_ITEMS))
    stated: Data = {"trials": [{}, {}]}
    states = list(knowledge(ITEMS))
    answers = [
        {tuple(one.truth(dossier, NO_CONTEXT) for one in conditions) for dossier in completions(ITEMS, stated, known)}
        for known in states
    ]
    found = too_many = 0
    for chosen in itertools.permutations(range(len(conditions)), 2):
        ladder = (*(conditions[number] for number in chosen), Always())
        splitter = Splitter(ladder)
        for known, given in zip(states, answers, strict=True):
            dossier = completed(stated, known)
            expected = {first([answer[number] for number in chosen]) for answer in given}
            reached = by_cases(ladder, dossier, splitter)
            assert expected <= reached, (chosen, known)
            found += len(reached)
            too_many += len(reached - expected)
    assert found > 10_000
    assert too_many / found < 1 / 13


# The number of cases is bounded


def of_many_facts(number: int, exactly: int) -> tuple[Condition, ...]:
    """Return a ladder whose first rung no case reaches, of which only all cases of many facts can tell."""
    parts = [{f"safety.{harm}.{fact}": value} for harm, fact, value in list(FACTS_OF_HARMS)[:number]]
    some = {"number_of": parts, "exactly": exactly}
    return rungs({"all": [some, {"not": some}]})


FACTS_OF_HARMS = [
    (harm, fact, value)
    for harm in ("any", "serious", "hospitalized", "died")
    for fact, value in (("n", 0), ("of", 100), ("counts", "attributed"), ("control.n", 0), ("control.of", 100))
]


def test_with_more_cases_than_are_tried_nothing_is_said() -> None:
    few, many = of_many_facts(4, 2), of_many_facts(20, 10)
    assert Splitter(few).reached(truths_of(few, {}), {}, NO_CONTEXT) == frozenset({1})
    with no_blow_up():
        assert Splitter(many).reached(truths_of(many, {}), {}, NO_CONTEXT) is None
    assert 3**4 < MOST_CASES < 2**20


def test_then_every_rung_that_is_not_ruled_out_is_possible() -> None:
    """More may be called possible, never less."""
    parts = ", ".join(f"{{safety.{harm}.{fact}: {value}}}" for harm, fact, value in FACTS_OF_HARMS)
    method = (
        rubric(f"""\
terms:
  half: {{means: m, when: {{number_of: [{parts}], exactly: 10}}}}
domains:
  domain:
    title: Domain
    question: Is it so?
    scale: support
    ladder:
      - {{grade: A, name: a, means: m, when: [half, {{safety.concern: none}}]}}
      - {{grade: B, name: b, means: m, when: [half, {{safety.concern: [minor, moderate, serious]}}]}}
      - {{grade: C, name: c, means: m, when: {{not: half}}}}
      - {{grade: U, name: u, means: m, otherwise: true}}
""")
        .domain("domain")
        .method
    )
    assert isinstance(method, Ladder)
    assert climb(method, {"safety": {}}).rungs == {0, 1, 2, 3}
    assert climb(method, {"safety": {"concern": "none"}}).rungs == {0, 2, 3}
    complete: Data = {"safety": {"concern": "none"}}
    for harm, fact, value in FACTS_OF_HARMS:
        holder = complete["safety"].setdefault(harm, {})
        *outer, last = fact.split(".")
        for key in outer:
            holder = holder.setdefault(key, {})
        holder[last] = value
    assert climb(method, complete).rungs == {2}


# A term counts as one, however much it stands for

LONG = 60


def doubling() -> str:
    """Return terms of which each asks twice for the one before it."""
    chain = "terms:\n  t0: {means: m, when: {safety.concern: serious}}\n"
    for number in range(1, LONG + 1):
        before, more = f"t{number - 1}", f"{{safety.exposed: {{above: {number}}}}}"
        chain += f"  t{number}: {{means: m, when: {{any: [[{before}, {more}], {before}]}}}}\n"
    return chain


@pytest.mark.parametrize(
    ("safety", "possible"),
    [({"concern": "serious"}, "A"), ({"concern": "none"}, "U"), ({}, "AU"), ({"exposed": 5}, "AU")],
)
def test_a_chain_of_terms_that_doubles_sixty_times_is_graded_at_once(safety: Data, possible: str) -> None:
    dossier = {"safety": safety}
    with no_blow_up():
        compiled = ladder_rubric(f"t{LONG}", doubling())
        judged, _ = judge(compiled.domain("domain"), dossier, Context({}, memory=Memory.empty(), dossier=dossier))
    assert judged.possible == set(possible)


def test_what_was_decided_for_one_dossier_is_not_taken_for_another() -> None:
    """States are remembered, dossiers are not: the same state has the same cases, another one its own."""
    ladder = rungs({CONCERN: "none", EXPOSED: {"at_least": 100}}, {CONCERN: ["minor", "moderate"]}, {CONCERN: "none"})
    splitter = Splitter(ladder)
    known: list[Data] = [{}, {"exposed": 5}, {"exposed": 500}, {"exposed": 5}, {}, {"concern": "none"}]
    for safety in (*known, {"concern": "unclear"}):
        assert by_cases(ladder, {"safety": safety}, splitter) == by_cases(ladder, {"safety": safety})


def test_conditions_that_say_the_same_are_one_question() -> None:
    """Written twice, in two rungs, a question has one answer."""
    when = "[{any: trials, where: {result: benefit}}, {safety.concern: none}]"
    same = "[{count: trials, where: {result: benefit}, at_least: 1}, {value: safety.concern, is: none}]"
    ladder = (condition(when), condition(f"{{all: {same}}}"), Always())
    assert by_cases(ladder, NOBODY_SAYS) == {0, 2}
