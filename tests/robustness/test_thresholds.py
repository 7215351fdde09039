"""How far a bound may move is what comes of writing another number in the rubric, and grading under it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from evgrade.checking import load_dossier
from evgrade.robustness.standing import Regrading, Standing, edited
from evgrade.robustness.thresholds import MOST_POINTS, Threshold, Turn, thresholds
from evgrade.rubric.bounds import written_bounds
from evgrade.rubric.compile import compile_rubric
from evgrade.rubric.load import read_rubric, shipped_names
from evgrade.rubric.model import Rubric, WrittenBound
from evgrade.yamlio.document import Document
from evgrade.yamlio.reader import read
from tests.cli.support import EXERCISE, NALTREXONE, RILUZOLE, ROOT
from tests.crossed import crossed
from tests.examples import FULL, examples
from tests.grading.building import dossier, points, rubric, trial
from tests.laws.situations import under_a_drawn_rubric


def written(document: Document, bound: WrittenBound, value: Any) -> Rubric | None:
    """Return a rubric compiled anew, with another value of a bound in its text; None where that is a mistake."""
    data = edited(document.data, dict.fromkeys(bound.paths, value))
    compiled, mistakes = compile_rubric(replace(document, data=data, given_marks=document.marks))
    # Of two rungs one may now never be reached, which is no matter.
    return compiled if {one.code for one in mistakes.findings} <= {"rubric-unreachable"} else None


def graded(document: Document, bound: WrittenBound, value: Any, data: Mapping[str, Any]) -> Standing:
    changed = written(document, bound, value)
    assert changed is not None, (bound, value)
    return Regrading(changed)(data)


SAID = """\
domains:
  domain:
    title: Domain
    question: Is it so?
    scale: support
    ladder:
      - {grade: A, name: large, means: m, when: {sum: trials.participants, at_least: 50}}
      - {grade: B, name: many, means: m, when: {count: trials, above: 3}}
      - {grade: C, name: rest, means: m, otherwise: true}
"""


def said(body: str, rule: str, **sections: Any) -> tuple[Any, ...]:
    """Return how far the bound of a rule may move: the last and the first value lower, and then higher."""
    compiled = rubric(body)
    data = dossier(**sections).data
    [one] = [one for one in thresholds(data, compiled, Regrading(compiled)(data)) if one.bound.rule == rule]
    return tuple(None if turn is None else (turn.last, turn.first) for turn in (one.lower, one.higher))


def test_a_bound_may_rise_to_the_number_of_the_dossier_and_no_further() -> None:
    trials = [trial("a", participants=112), trial("b", participants=100)]
    assert said(SAID, "large", trials=trials) == (None, (212, None))
    assert said(SAID, "many", trials=trials) == (None, None)
    assert said(SAID.replace("at_least: 50", "above: 50"), "large", trials=trials) == (None, (None, 212))
    assert said(SAID.replace("50", "300"), "large", trials=trials) == ((None, 212), None)


def test_a_number_that_is_counted_moves_by_whole_numbers() -> None:
    trials = [trial(name) for name in "abcde"]
    assert said(
        SAID.replace("sum: trials.participants, at_least: 50", "count: cases, at_least: 1"), "many", trials=trials
    ) == (
        None,
        (4, 5),
    )
    assert said(SAID.replace("above: 3", "exactly: 5"), "many", trials=trials[:2]) == ((3, 2), None)


def test_an_integer_field_moves_by_whole_numbers_and_a_share_within_its_limits() -> None:
    one = SAID.replace("sum: trials.participants, at_least: 50", "value: safety.exposed, at_least: 50")
    assert said(one, "large", safety={"exposed": 212}) == (None, (212, 213))
    share = SAID.replace(
        "sum: trials.participants, at_least: 50",
        "share: trials, where: {result: benefit}, of: {powered: true}, at_least: 0.5",
    )
    trials = [
        trial(name, result=result, powered=True)
        for name, result in zip("abc", ("benefit", "benefit", "harm"), strict=True)
    ]
    assert said(share, "large", trials=trials) == (None, (2 / 3, None))
    assert said(share, "large", trials=trials[:2]) == (None, None)


def test_what_is_not_known_turns_where_it_is_no_longer_settled() -> None:
    trials = [trial("a", participants=60), trial("b")]
    assert said(SAID, "large", trials=trials) == (None, (60, None))


def test_of_a_number_that_is_not_known_other_bounds_on_it_matter() -> None:
    """Once the two bounds leave no number between them, the last rung is impossible."""
    body = SAID.replace("sum: trials.participants, at_least: 50", "value: safety.exposed, at_least: 50").replace(
        "count: trials, above: 3", "value: safety.exposed, at_most: 20"
    )
    assert said(body, "large", safety={"concern": "none"}) == ((21, 20), None)
    assert said(body, "many", safety={"concern": "none"}) == (None, (49, 50))


def test_bands_keep_their_order_and_caps_matter_where_they_reach_a_band() -> None:
    body = points(
        """
start: 2
adjustments: [{points: 1, name: more, means: m, when: {any: trials}}]
caps: [{at_most: 3, name: cap, means: m, when: {any: trials}}]
bands: [{grade: A, at_least: 3}, {grade: B, at_least: 1}, {grade: C, otherwise: true}]
floor: 0
ceiling: 4
"""
    )
    trials = [trial("a")]
    assert said(body, "A", trials=trials) == (None, (3, None))
    assert said(body, "B", trials=trials) == (None, None)
    assert said(body, "cap", trials=trials) == ((3, None), None)
    assert said(body, "floor", trials=trials) == (None, None)
    assert said(body, "ceiling", trials=trials) == ((3, None), None)


def test_the_limit_of_a_group_matters_where_the_group_reaches_a_band() -> None:
    body = points(
        """
start: 1
groups: {some: {at_most: 3, means: m}}
adjustments:
  - {points: 2, group: some, name: more, means: m, when: {any: trials}}
  - {points: 2, group: some, name: most, means: m, when: {any: trials, where: {result: benefit}}}
bands: [{grade: A, at_least: 4.5}, {grade: B, at_least: 3}, {grade: C, otherwise: true}]
floor: 0
ceiling: 9
"""
    )
    assert said(body, "some", trials=[trial("a", result="benefit")]) == ((2, None), (None, 3.5))
    assert said(body, "some", trials=[trial("a", result="harm")]) == ((2, None), None)


def test_a_grade_moves_along_its_scale() -> None:
    body = (
        SAID
        + """\
recommendation:
  levels: [{level: good, title: Take it, means: m}, {level: bad, title: Leave it, means: m}]
  ladder:
    - {level: good, name: helps, means: m, when: {grade: domain, at_least: B}}
    - {level: bad, name: last, means: m, otherwise: true}
"""
    )
    assert said(body, "helps", trials=[trial(name) for name in "abcde"]) == (None, ("B", "A"))
    assert said(body, "helps", trials=[trial("a")]) == (("B", "C"), None)


def test_a_term_is_one_bound_however_often_it_is_used() -> None:
    body = """\
terms:
  large: {on: trials, means: m, when: {participants: {at_least: 50}}}
""" + SAID.replace("sum: trials.participants, at_least: 50", "any: trials, where: large").replace(
        "count: trials, above: 3", "every: trials, where: large"
    )
    trials = [trial("a", participants=212), trial("b", participants=20)]
    compiled = rubric(body)
    assert [one.rule for one in written_bounds(compiled)] == ["large"]
    assert said(body, "large", trials=trials) == (None, (212, 213))


def test_those_that_are_closest_come_first() -> None:
    compiled = rubric(SAID.replace("at_least: 50", "at_least: 300"))
    data = dossier(trials=[trial("a", participants=270), trial("b"), trial("c"), trial("d")]).data
    found = thresholds(data, compiled, Regrading(compiled)(data))
    assert [one.distance for one in found] == sorted(one.distance or 0 for one in found)


def test_no_more_points_are_looked_at_than_said() -> None:
    body = SAID.replace("sum: trials.participants, at_least: 50", "any: trials, where: {participants: {at_least: 1}}")
    trials = [trial(f"t{number}", participants=2 * number) for number in range(1, MOST_POINTS)]
    assert said(body, "large", trials=trials) == (None, (MOST_POINTS + 1, None))  # from 2 on
    assert said(body, "large", trials=trials[: MOST_POINTS // 3]) == (
        None,
        (2 * (MOST_POINTS // 3), 2 * (MOST_POINTS // 3) + 1),
    )


def kept(one: Threshold, turn: Turn | None, sign: int, tried: Sequence[float]) -> Iterator[float]:
    """Yield some values at which nothing may have changed."""
    value = one.bound.value
    if turn is None:
        yield from (number for number in tried if sign * (number - value) > 0)
        return
    edge = turn.last if turn.first is None else turn.first
    if turn.last is not None and turn.last != value:
        yield turn.last
    yield from (number for number in (*tried, (value + edge) / 2) if sign * value < sign * number < sign * edge)


def beyond(turn: Turn, sign: int) -> float:
    """Return a value at which something is said to have changed."""
    if turn.first is not None:
        return float(turn.first)
    last = float(turn.last)
    return last + sign * max(1e-9, abs(last) * 1e-9)


GRID = (0, 1, 2, 3, 4, 0.05, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1.5, 2.5, 7, 12, 30, 60, 99, 130, 400, 3000, 10**7)


def check(
    document: Document,
    compiled: Rubric,
    data: Mapping[str, Any],
    only: slice = slice(None),
    grid: Sequence[float] = GRID,
) -> None:
    """Check all that is said of the bounds of a rubric."""
    before = Regrading(compiled)(data)
    found = sorted(thresholds(data, compiled, before), key=lambda one: one.bound.location.column)
    assert len(found) == len(written_bounds(compiled))
    for one in found[only]:
        if isinstance(one.bound.value, str):
            check_grades(document, compiled, data, one)
            continue
        for turn, sign in ((one.lower, -1), (one.higher, 1)):
            for value in kept(one, turn, sign, grid):
                if one.bound.whole <= float(value).is_integer():
                    changed = written(document, one.bound, value)
                    assert changed is None or not Regrading(changed)(data).differs(before), (one, value)
            if turn is not None and turn.after is not None:
                after = graded(document, one.bound, beyond(turn, sign), data)
                assert after == turn.after, one
                assert after.differs(before)


def check_grades(document: Document, compiled: Rubric, data: Mapping[str, Any], one: Threshold) -> None:
    before = Regrading(compiled)(data)
    steps = [step.name for step in compiled.domain(one.bound.parts[0].domain).scale.grades]
    place = steps.index(one.bound.value)
    for way, turn in ((steps[place + 1 :], one.lower), (steps[:place][::-1], one.higher)):
        allowed = [changed for grade in way if (changed := written(document, one.bound, grade)) is not None]
        after = next((now for changed in allowed if (now := Regrading(changed)(data)).differs(before)), None)
        assert (None if turn is None else turn.after) == after
        assert turn is None or graded(document, one.bound, turn.first, data) == after


@examples(30)
@given(situation=under_a_drawn_rubric())
def test_writing_another_bound_gives_what_is_said(situation: Any) -> None:
    document = read(json.dumps(situation.rubric).encode(), "rubric.yaml")
    compiled, _ = compile_rubric(document)
    check(document, compiled, situation.dossiers[0].more, grid=GRID[::3])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("example", "name"), [(RILUZOLE, "evgrade-default"), (NALTREXONE, "ocebm-2011"), (EXERCISE, "grade")]
)
def test_so_it_does_of_an_example(example: str, name: str) -> None:
    """A tenth of the bounds, to save time: all of them are for the night."""
    text = read_rubric(name)
    document = read(text.content, text.name)
    compiled, _ = compile_rubric(document)
    check(document, compiled, load_dossier(str(ROOT / example)).data, slice(5, None, 10), (0, 1, 99))


@pytest.mark.slow
@crossed(("example", "name"), [RILUZOLE, NALTREXONE, EXERCISE], shipped_names())
def test_so_it_does_of_every_bound_of_every_rubric(example: str, name: str) -> None:
    """A few of them, to save time: all are for the night."""
    text = read_rubric(name)
    document = read(text.content, text.name)
    compiled, _ = compile_rubric(document)
    data = load_dossier(str(ROOT / example)).data
    if settings().max_examples < settings.get_profile(FULL).max_examples:
        check(document, compiled, data, slice(len(name + example) % 25, None, 25), (0, 1, 99))
    else:
        check(document, compiled, data)
