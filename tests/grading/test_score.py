"""The score: a weighted mean of points, and the exact range that the unknown leaves open."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.facts.known import Range
from evgrade.grading.judge import Judged
from evgrade.grading.score import score
from evgrade.rubric.model import Rubric
from tests.examples import examples

from .building import graded, ladder, rubric, trial

DOMAINS = "domains:\n" + "".join(
    ladder(f"A {name}: {{safety.concern: none}}", "U nothing", name=name) for name in ("one", "two", "three")
)
SCORE = """\
score:
  title: Support
  weights: {{one: 50, two: 30, three: 20}}
  unjudged: {unjudged}
  points: {{support: {{A: 100, B: 40, C: 10}}}}
"""
LOWEST = rubric(DOMAINS + SCORE.format(unjudged="lowest"))
LEFT_OUT = rubric(DOMAINS + SCORE.format(unjudged="left_out"))
POINTS = {"A": 100, "B": 40, "C": 10}
WEIGHTS = {"one": 50, "two": 30, "three": 20}


def judged(**grades: str) -> dict[str, Judged]:
    """Return verdicts: the first letter is the grade, all of them are possible."""
    return {name: Judged(possible[0], frozenset(possible)) for name, possible in grades.items()}


def scored(system: Rubric, **grades: str) -> Any:
    assert system.score is not None
    return score(system.score, judged(**grades))


def mean(grades: dict[str, str], *, left_out: bool) -> float | None:
    """Return the score of grades that are all known, in the simplest way; None where nothing is left."""
    points = {name: POINTS.get(grade, 10) for name, grade in grades.items() if not (left_out and grade == "U")}
    weight = sum(WEIGHTS[name] for name in points)
    return sum(WEIGHTS[name] * points[name] for name in points) / weight if weight else None


@pytest.mark.parametrize(
    ("grades", "lowest", "left_out", "share"),
    [
        ("AAA", 100, 100, 1.0),
        ("CCC", 10, 10, 1.0),
        ("ABC", 64, 64, 1.0),
        ("UAA", 55, 100, 0.5),
        ("AUU", 55, 100, 0.5),
        ("UUC", 10, 10, 0.2),
        ("UUU", 10, None, 0.0),
    ],
)
def test_a_domain_that_could_not_be_judged_counts_as_the_rubric_says(
    grades: str, lowest: float, left_out: float | None, share: float
) -> None:
    given_grades = dict(zip(WEIGHTS, grades, strict=True))
    for system, value in ((LOWEST, lowest), (LEFT_OUT, left_out)):
        result = scored(system, **given_grades)
        assert result.value == (None if value is None else pytest.approx(value))
        assert result.low == result.high == result.value
        assert result.judged_share == pytest.approx(share)
        assert result.exists is (value is not None)


@pytest.mark.parametrize(
    ("grades", "low", "high"),
    [
        ({"one": "BA", "two": "A", "three": "A"}, 70, 100),
        ({"one": "UA", "two": "A", "three": "A"}, 55, 100),
        ({"one": "UABC", "two": "UABC", "three": "UABC"}, 10, 100),
    ],
)
def test_what_counts_lowest_opens_the_range(grades: dict[str, str], low: float, high: float) -> None:
    result = scored(LOWEST, **grades)
    assert (result.low, result.high) == (pytest.approx(low), pytest.approx(high))
    assert result.exists is True


@pytest.mark.parametrize(
    ("grades", "low", "high", "exists"),
    [
        # One of them could be left out, and then only the others count.
        ({"one": "UA", "two": "C", "three": "C"}, 10, 55, True),
        ({"one": "UC", "two": "A", "three": "A"}, 55, 100, True),
        ({"one": "AU", "two": "CU", "three": "U"}, 10, 100, None),
        ({"one": "CU", "two": "U", "three": "U"}, 10, 10, None),
        ({"one": "U", "two": "U", "three": "AB"}, 40, 100, True),
    ],
)
def test_what_could_be_left_out_opens_the_range(
    grades: dict[str, str], low: float, high: float, exists: bool | None
) -> None:
    result = scored(LEFT_OUT, **grades)
    assert (result.low, result.high) == (pytest.approx(low), pytest.approx(high))
    assert result.exists is exists


POSSIBLE = st.sets(st.sampled_from("ABCU"), min_size=1).flatmap(
    lambda grades: st.permutations(sorted(grades)).map("".join)
)


@examples(400)
@given(st.fixed_dictionaries(dict.fromkeys(WEIGHTS, POSSIBLE)), st.sampled_from([LOWEST, LEFT_OUT]))
def test_the_range_is_just_that_of_all_possible_grades(grades: dict[str, str], system: Rubric) -> None:
    """Try every combination of possible grades: the lowest and the highest score are those reported."""
    result = scored(system, **grades)
    left_out = system is LEFT_OUT
    means = [mean(dict(zip(grades, chosen, strict=True)), left_out=left_out) for chosen in product(*grades.values())]
    found = [value for value in means if value is not None]
    if not found:
        assert (result.low, result.high, result.exists) == (None, None, False)
        return
    assert result.low == pytest.approx(min(found))
    assert result.high == pytest.approx(max(found))
    assert result.exists is (None if None in means else True)
    established = mean({name: possible[0] for name, possible in grades.items()}, left_out=left_out)
    assert result.value == (None if established is None else pytest.approx(established))


def test_a_score_is_a_number_between_its_ends() -> None:
    assert scored(LOWEST, one="A", two="A", three="A").quantity() == 100
    assert scored(LOWEST, one="BA", two="A", three="A").quantity() == Range(70, 100)
    assert scored(LEFT_OUT, one="U", two="U", three="U").quantity() is None


ADVICE = """\
recommendation:
  levels: [{level: good, title: Good, means: m}, {level: bad, title: Bad, means: m}]
  ladder:
    - {level: good, name: enough, means: m, when: {score: overall, at_least: 60}}
    - {level: bad, name: rest, means: m, otherwise: true}
"""


def test_the_recommendation_may_ask_for_the_score() -> None:
    for concern, level, possible in (
        ("none", "good", ("good",)),
        ("minor", "bad", ("bad",)),
        ("unclear", "bad", ("good", "bad")),
    ):
        assessment = graded(DOMAINS + SCORE.format(unjudged="lowest") + ADVICE, safety={"concern": concern})
        assert assessment.recommendation is not None
        assert (assessment.recommendation.level, assessment.recommendation.possible) == (level, possible)


def test_the_assessment_carries_the_score() -> None:
    assessment = graded(DOMAINS + SCORE.format(unjudged="lowest"), safety={"concern": "none"}, trials=[trial("t")])
    assert assessment.score is not None
    assert (assessment.score.title, assessment.score.value) == ("Support", 100)
    assert (assessment.score.low, assessment.score.high, assessment.score.judged_share) == (100, 100, 1)
    assert graded(DOMAINS).score is None


@pytest.mark.parametrize("weights", ["{one: 33.3, two: 33.3, three: 33.4}", "{one: 33.4, two: 33.3, three: 33.3}"])
@pytest.mark.parametrize("grades", ["AAA", "AAU", "UAA", "AUA"])
def test_no_rounding_lifts_a_score_above_its_points(weights: str, grades: str) -> None:
    """100 points twice, with a weight of 33.3 each, once made 100.00000000000001."""
    text = SCORE.format(unjudged="left_out").replace("{one: 50, two: 30, three: 20}", weights)
    result = scored(rubric(DOMAINS + text), **dict(zip(WEIGHTS, grades, strict=True)))
    assert (result.value, result.low, result.high) == (100, 100, 100)
    assert result.judged_share <= 1
