"""Unreachable rungs: what is called implied is implied, whatever a dossier says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from evgrade.logic import Bounds
from evgrade.rubric.check import implies
from evgrade.rubric.conditions.base import NO_CONTEXT, Context
from tests.examples import examples

from .building import condition, parsed, rubric
from .drawing import Author
from .test_conditions import CLASS, RECOMMENDING, SOUND

LAW = examples(400)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Any, Any, list[Any]]:
    """Draw two conditions that are often alike, and dossiers that state all they ask for."""
    author = Author(draw)
    condition = author.condition()
    return condition, author.alike(condition), [author.complete() for _ in range(3)]


@LAW
@given(situations())
def test_whatever_is_implied_holds(situation: tuple[Any, Any, list[Any]]) -> None:
    """Where one condition implies another and holds, so does the other. Every condition implies itself."""
    one, other = (parsed(written) for written in situation[:2])
    assert implies(one, parsed(situation[0]))
    for narrow, wide in ((one, other), (other, one)):
        for dossier in situation[2] if implies(narrow, wide) else ():
            if narrow.truth(dossier, NO_CONTEXT) is True:
                event("implied, and true")
                assert wide.truth(dossier, NO_CONTEXT) is True


LIMITS = st.one_of(st.none(), st.integers(0, 4))


@LAW
@given(*[st.builds(Bounds, at_least=LIMITS, at_most=LIMITS, above=LIMITS, below=LIMITS)] * 2)
def test_narrower_bounds_are_kept_by_fewer_numbers(one: Bounds, other: Bounds) -> None:
    for number in (-1, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5):
        if one.narrower(other) and one.hold(number):
            assert other.hold(number)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{at_least: 5}", "{above: 4}"),
        ("{above: 5}", "{at_least: 5}"),
        ("{above: 5}", "{above: 5}"),
        ("{below: 5}", "{below: 5}"),
        ("{below: 5}", "{at_most: 5}"),
        ("{at_least: 5, at_most: 6}", "{above: 4, below: 7}"),
        ("5", "{at_least: 5}"),
        ("[5, 6]", "{at_least: 5}"),
        ("5", "[5, 6]"),
    ],
)
def test_a_narrower_number_implies_a_wider_one(one: str, other: str) -> None:
    assert implies(condition(f"{{safety.exposed: {one}}}"), condition(f"{{safety.exposed: {other}}}"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{at_least: 5}", "{above: 5}"),
        ("{at_most: 5}", "{below: 5}"),
        ("{at_least: 5}", "{at_least: 6}"),
        ("{at_most: 6}", "{at_most: 5}"),
        ("{at_least: 5}", "{at_most: 5}"),
        ("[5, 6]", "5"),
    ],
)
def test_a_wider_number_does_not_imply_a_narrower_one(one: str, other: str) -> None:
    assert not implies(condition(f"{{safety.exposed: {one}}}"), condition(f"{{safety.exposed: {other}}}"))


BENEFIT = "where: {result: benefit}"
GOOD_OR_MIXED = "where: {result: [benefit, mixed]}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{{count: trials, {BENEFIT}, at_least: 3}}", f"{{count: trials, {BENEFIT}, at_least: 2}}"),
        (f"{{count: trials, {BENEFIT}, at_least: 2}}", f"{{count: trials, {GOOD_OR_MIXED}, at_least: 2}}"),
        (f"{{count: trials, {BENEFIT}, at_least: 2}}", f"{{any: trials, {GOOD_OR_MIXED}}}"),
        (f"{{count: trials, {GOOD_OR_MIXED}, at_most: 1}}", f"{{count: trials, {BENEFIT}, at_most: 1}}"),
        (f"{{none: trials, {GOOD_OR_MIXED}}}", f"{{none: trials, {BENEFIT}}}"),
        (f"{{count: trials, {BENEFIT}, exactly: 2}}", f"{{count: trials, {BENEFIT}, at_most: 2}}"),
        ("{count: trials, by: cohort, at_least: 2}", "{count: trials, at_least: 2}"),
        ("{count: trials, at_most: 2}", "{count: trials, by: cohort, at_most: 2}"),
        ("{count: trials, by: [cohort, group], at_least: 2}", "{count: trials, by: group, at_least: 2}"),
        ("{count: trials, by: group, at_most: 2}", "{count: trials, by: [cohort, group], at_most: 2}"),
        ("{count: trials, by: [cohort, group], at_least: 2}", "{count: trials, by: [group, cohort], at_least: 2}"),
        ("{count: trials, at_least: 2}", "{count: trials, by: cohort, at_least: 1}"),
        (f"{{any: trials, {BENEFIT}}}", f"{{count: trials, by: cohort, {BENEFIT}, above: 0}}"),
        ("{none: trials}", "{count: trials, by: cohort, at_most: 0}"),
        (f"{{count: trials, by: cohort, {BENEFIT}, at_least: 2}}", "{count: trials, by: cohort, at_least: 2}"),
        (f"{{any: trials, {BENEFIT}}}", "{any: trials}"),
        (f"{{every: trials, {BENEFIT}}}", f"{{every: trials, {GOOD_OR_MIXED}}}"),
        (f"{{share: trials, {BENEFIT}, at_least: 0.8}}", f"{{share: trials, {BENEFIT}, above: 0.5}}"),
        ("{sum: trials.participants, above: 10}", "{sum: trials.participants, at_least: 10}"),
        (f"{{not: {{any: trials, {GOOD_OR_MIXED}}}}}", f"{{not: {{any: trials, {BENEFIT}}}}}"),
        ("[{safety.concern: none}, {any: trials}]", "[{any: trials}, {safety.concern: none}]"),
        ("{any: [{any: trials}, {safety.concern: none}]}", "{any: [{safety.concern: none}, {any: trials}]}"),
        ("{any: trials}", "{any: [{any: trials}, {any: cases}]}"),
        ("{any: [{count: trials, at_least: 2}, {count: trials, at_least: 3}]}", "{any: trials}"),
    ],
)
def test_what_is_narrower_implies_what_is_wider(one: str, other: str) -> None:
    assert implies(condition(one), condition(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{{count: trials, {GOOD_OR_MIXED}, at_least: 2}}", f"{{count: trials, {BENEFIT}, at_least: 2}}"),
        (f"{{count: trials, {BENEFIT}, at_most: 1}}", f"{{count: trials, {GOOD_OR_MIXED}, at_most: 1}}"),
        (f"{{count: trials, {BENEFIT}, exactly: 1}}", f"{{count: trials, {GOOD_OR_MIXED}, exactly: 1}}"),
        ("{count: trials, at_least: 2}", "{count: trials, by: cohort, at_least: 2}"),
        ("{count: trials, at_least: 3}", "{count: trials, by: cohort, above: 1}"),
        ("{count: trials, by: cohort, at_most: 2}", "{count: trials, at_most: 2}"),
        ("{count: trials, by: cohort, at_least: 2}", "{count: trials, by: group, at_least: 2}"),
        ("{count: trials, by: cohort, exactly: 1}", "{count: trials, exactly: 1}"),
        (f"{{any: trials, {BENEFIT}}}", f"{{any: cases, {BENEFIT}}}"),
        (f"{{every: trials, {BENEFIT}}}", f"{{any: trials, {BENEFIT}}}"),
        (f"{{every: trials, {BENEFIT}}}", f"{{every: cases, {BENEFIT}}}"),
        ("{sum: trials.participants, at_least: 9}", "{sum: trials.completed, at_least: 9}"),
        (f"{{share: trials, {BENEFIT}, at_least: 0.5}}", f"{{share: trials, {GOOD_OR_MIXED}, at_least: 0.5}}"),
        ("{safety.concern: none}", "{cost.covered: true}"),
        ("{any: [{any: trials}, {any: cases}]}", "{any: trials}"),
        ("{any: trials}", "[{any: trials}, {any: cases}]"),
        ("{not: {any: trials}}", "{any: trials}"),
    ],
)
def test_what_is_wider_or_another_matter_implies_nothing(one: str, other: str) -> None:
    assert not implies(condition(one), condition(other))


@pytest.mark.parametrize(
    ("vocabulary", "one", "other", "expected"),
    [
        (SOUND, "sound", "sound", True),
        (SOUND, "sound", "{allocation: [randomized, na]}", True),
        (SOUND, "{allocation: randomized}", "sound", True),
        (SOUND, "{allocation: [randomized, na]}", "sound", False),
        (SOUND, "[sound, {result: benefit}]", "sound", True),
        (SOUND, "{not: {allocation: [randomized, na]}}", "{not: sound}", True),
        (CLASS, "{class: I}", "{class: [I, II]}", True),
        (CLASS, "{class: [I, II]}", "{class: I}", False),
    ],
)
def test_the_words_of_a_rubric_stand_for_what_they_mean(vocabulary: str, one: str, other: str, expected: bool) -> None:
    text = f"[{{any: trials, where: {one}}}, {{any: trials, where: {other}}}]"
    both: Any = condition(text, vocabulary)
    assert implies(both.parts[0], both.parts[1]) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("{grade: help, is: A}", "{grade: help, at_least: B}", True),
        ("{grade: help, at_least: B}", "{grade: help, is: A}", False),
        ("{score: overall, at_least: 60}", "{score: overall, above: 50}", True),
        ("{score: overall, above: 50}", "{score: overall, at_least: 60}", False),
        ("{score: overall, above: 50}", "{grade: help, is: A}", False),
    ],
)
def test_grades_and_scores_imply_what_is_wider(one: str, other: str, expected: bool) -> None:
    recommendation = rubric(RECOMMENDING.format(when=f"[{one}, {other}]")).recommendation
    assert recommendation is not None
    both: Any = recommendation.ladder.rungs[0].rule.condition
    assert implies(both.parts[0], both.parts[1]) is expected
    if expected:
        for grades in ("A", "B", "C", "U"):
            for score in (50, 55, 60):
                context = Context({"help": frozenset(grades)}, score)
                assert both.parts[0].truth({}, context) is not True or both.parts[1].truth({}, context) is True
