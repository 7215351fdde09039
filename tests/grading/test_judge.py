"""Ladders, points, and grades of items combined: what is established, and all that is still possible."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.grading.judge import ItemJudged, Judged, add_up, band_number, climb, combine, judge
from evgrade.logic import Truth
from evgrade.rubric.model import Combine, Ladder, Points
from evgrade.rubric.outline import Grade, Scale
from tests.examples import examples

from .building import domain, dossier, ladder, points, rubric, trial

# Ladders

LADDER = "domains:\n" + ladder(
    "A harmless: {safety.concern: none}",
    "B studied: {safety.exposed: {at_least: 100}}",
    "C tried: {any: trials}",
    "U nothing",
)


@pytest.mark.parametrize(
    ("sections", "grade", "possible"),
    [
        ({"safety": {"concern": "none"}}, "A", "A"),
        ({"safety": {"concern": "minor", "exposed": 200}}, "B", "B"),
        ({"safety": {"concern": "minor", "exposed": 20}, "trials": [trial("t")]}, "C", "C"),
        ({"safety": {"concern": "minor", "exposed": 20}}, "U", "U"),
        # What is unknown above the rung that holds is possible; what stands below it is not.
        ({"safety": {"exposed": 200}}, "B", "AB"),
        ({"safety": {"exposed": 20}, "trials": [trial("t")]}, "C", "AC"),
        ({"safety": {"concern": "unclear"}, "trials": [trial("t")]}, "C", "ABC"),
        ({"trials": [], "safety": {}}, "U", "ABU"),
        # Nobody wrote any of the sections that it reads.
        ({}, "U", "ABCU"),
    ],
)
def test_a_ladder_gives_the_first_rung_that_surely_holds(sections: dict[str, Any], grade: str, possible: str) -> None:
    given_grade = domain(LADDER, **sections)
    assert given_grade.grade == grade
    assert given_grade.possible == tuple(possible)


def test_a_ladder_is_asked_no_further_than_it_holds() -> None:
    method = rubric(LADDER).domain("domain").method
    assert isinstance(method, Ladder)
    decision = climb(method, {"safety": {"exposed": 200}})
    assert (decision.number, decision.gives, decision.possible) == (1, "B", frozenset("AB"))
    assert decision.truths == (None, True)


def test_two_rungs_with_one_grade_leave_one_grade_possible() -> None:
    body = "domains:\n" + ladder("A one: {safety.concern: none}", "A two: {any: trials}", "U nothing")
    assert domain(body, trials=[trial("t")]).possible == ("A",)


# Points

POINTS = """\
start: 1
adjustments:
  - {points: 2, name: tried, means: m, when: {any: trials}}
  - {points: -1, name: harmful, means: m, when: {safety.concern: serious}}
  - {points: 0.5, name: studied, means: m, when: {safety.exposed: {at_least: 100}}}
caps:
  - {at_most: 1.5, name: capped, means: m, when: {cost.covered: false}}
floor: 0
ceiling: 3
bands: [{grade: A, at_least: 3}, {grade: B, at_least: 1.5}, {grade: C, otherwise: true}]
"""
TRIED = {"trials": [trial("t")]}
HARMLESS_AND_LITTLE = {"safety": {"concern": "none", "exposed": 5}}
COVERED = {"cost": {"covered": True}}


@pytest.mark.parametrize(
    ("sections", "low", "high", "grade", "possible"),
    [
        (HARMLESS_AND_LITTLE | COVERED, 1, 1, "C", "C"),
        (TRIED | HARMLESS_AND_LITTLE | COVERED, 3, 3, "A", "A"),
        (TRIED | COVERED | {"safety": {"concern": "serious", "exposed": 5}}, 2, 2, "B", "B"),
        (COVERED | {"safety": {"concern": "serious", "exposed": 5}}, 0, 0, "C", "C"),
        # Unknown: a gain may come, a loss may come, a cap may come.
        (TRIED | COVERED | {"safety": {"concern": "none"}}, 3, 3, "A", "A"),
        (COVERED | {"safety": {"concern": "none"}}, 1, 1.5, "C", "BC"),
        (TRIED | COVERED | {"safety": {"exposed": 5}}, 2, 3, "B", "AB"),
        (TRIED | HARMLESS_AND_LITTLE, 1.5, 3, "B", "AB"),
        (TRIED | HARMLESS_AND_LITTLE | {"cost": {"covered": False}}, 1.5, 1.5, "B", "B"),
        (TRIED, 1.5, 3, "B", "AB"),
        ({"trials": []}, 0, 1.5, "C", "BC"),
    ],
)
def test_points_are_an_interval_and_only_what_is_certain_is_granted(
    sections: dict[str, Any], low: float, high: float, grade: str, possible: str
) -> None:
    given_grade = domain(points(POINTS), **sections)
    assert given_grade.points == (low, high)
    assert given_grade.grade == grade
    assert given_grade.possible == tuple(possible)
    assert given_grade.rule is None


def test_points_keep_floor_and_ceiling() -> None:
    method = rubric(points(POINTS.replace("start: 1", "start: 10"))).domain("domain").method
    assert isinstance(method, Points)
    assert add_up(method, {}).high == 3
    method = rubric(points(POINTS.replace("start: 1", "start: -10"))).domain("domain").method
    assert isinstance(method, Points)
    assert add_up(method, {}).low == 0


def test_points_may_start_on_a_ladder() -> None:
    start = """start:
  - {points: 3, name: high, means: m, when: {safety.concern: none}}
  - {points: 1, name: middle, means: m, when: {any: trials}}
  - {points: 0, name: low, means: m, otherwise: true}"""
    body = points(f"{start}\nfloor: 0\nceiling: 3\n" + "bands: [{grade: A, at_least: 2}, {grade: B, otherwise: true}]")
    assert domain(body, safety={"concern": "none"}).points == (3, 3)
    assert domain(body, safety={"concern": "minor"}, **TRIED).points == (1, 1)
    assert domain(body, safety={"concern": "minor"}).points == (0, 0)
    assert domain(body, **TRIED).points == (1, 3)
    assert domain(body, trials=[]).points == (0, 3)


def test_tenths_reach_a_band_of_tenths() -> None:
    bands = "bands: [{grade: A, at_least: 0.3}, {grade: B, otherwise: true}]"
    adjustment = "adjustments: [{points: 0.2, name: more, means: m, when: {any: trials}}]"
    assert domain(points(f"start: 0.1\n{adjustment}\nfloor: 0\nceiling: 1\n{bands}"), **TRIED).grade == "A"


def test_a_band_takes_its_lower_end() -> None:
    method = rubric(points(POINTS)).domain("domain").method
    assert isinstance(method, Points)
    assert [band_number(method, value) for value in (3, 2.9, 1.5, 1.4, -5)] == [0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("concern", "grade", "possible"), [("none", "A", "A"), ("serious", "U", "U"), ("unclear", "U", "AU")]
)
def test_points_mean_something_only_where_the_rubric_says_so(concern: str, grade: str, possible: str) -> None:
    bands = "bands: [{grade: A, at_least: 1}, {grade: B, otherwise: true}]"
    body = points(f"start: 1\nfloor: 0\nceiling: 1\njudged_when: {{safety.concern: none}}\n{bands}")
    given_grade = domain(body, safety={"concern": concern})
    assert (given_grade.grade, given_grade.possible) == (grade, tuple(possible))
    assert given_grade.judged is (grade != "U")


# Item by item

EACH = "domains:\n" + ladder(
    "A good: {result: benefit}",
    "C bad: {result: [no_benefit, harm]}",
    "U open",
    head="    each: trials\n    where: {agent: same}\n    combine: best\n",
)


def results(*words: str, **more: Any) -> dict[str, Any]:
    known = {"good": {"result": "benefit"}, "bad": {"result": "harm"}, "pending": {"result": "pending"}, "?": {}}
    agents = {"other": {"agent": "related"}, "perhaps": {}}
    items = []
    for number, word in enumerate(words):
        whose, _, result = word.rpartition(" ")
        items.append(trial(f"t{number}", **known[result], **agents.get(whose, {"agent": "same"}), **more))
    return {"trials": items}


@pytest.mark.parametrize(
    ("words", "best", "best_possible", "worst", "worst_possible"),
    [
        ([], "U", "U", "U", "U"),
        (["good"], "A", "A", "A", "A"),
        (["good", "bad"], "A", "A", "C", "C"),
        (["pending"], "U", "U", "U", "U"),
        (["good", "pending"], "A", "A", "A", "A"),
        (["other good"], "U", "U", "U", "U"),
        (["bad", "other good"], "C", "C", "C", "C"),
        (["?"], "U", "ACU", "U", "ACU"),
        # One that nobody could judge yet may be the worst, unless another is as bad already.
        (["good", "?"], "A", "A", "U", "ACU"),
        (["bad", "?"], "C", "AC", "C", "C"),
        (["perhaps good"], "U", "AU", "U", "AU"),
        (["bad", "perhaps good"], "C", "AC", "C", "C"),
        (["good", "perhaps bad"], "A", "A", "C", "AC"),
    ],
)
def test_the_grades_of_items_are_combined(
    words: list[str], best: str, best_possible: str, worst: str, worst_possible: str
) -> None:
    for how, grade, possible in (("best", best, best_possible), ("worst", worst, worst_possible)):
        given_grade = domain(EACH.replace("combine: best", f"combine: {how}"), **results(*words))
        assert (given_grade.grade, given_grade.possible) == (grade, tuple(possible)), how


def test_only_items_that_could_count_are_graded() -> None:
    given_grade = domain(EACH, **results("good", "other good", "perhaps bad"))
    assert [(item.evidence.id, item.counts, item.grade) for item in given_grade.items] == [
        ("t0", True, "A"),
        ("t2", None, "C"),
    ]
    assert [item.rule.name for item in given_grade.items if item.rule] == ["good", "bad"]


def test_an_item_may_be_judged_by_points() -> None:
    head = "    each: trials\n    combine: worst\n"
    adjustment = "adjustments: [{points: 1, name: more, means: m, when: {result: benefit}}]"
    bands = "bands: [{grade: A, at_least: 1}, {grade: B, otherwise: true}]"
    given_grade = domain(points(f"start: 0\n{adjustment}\nfloor: 0\nceiling: 1\n{bands}", head), **results("good", "?"))
    assert [(item.grade, item.possible, item.rule) for item in given_grade.items] == [
        ("A", ("A",), None),
        ("B", ("A", "B"), None),
    ]
    assert (given_grade.grade, given_grade.possible, given_grade.points) == ("B", ("A", "B"), None)


def test_of_a_list_that_nobody_made_every_grade_is_possible() -> None:
    body = (
        EACH.replace("each: trials\n    where: {agent: same}\n", "each: safety.adverse_events\n")
        .replace("result: benefit", "seriousness: died")
        .replace("result: [no_benefit, harm]", "seriousness: serious")
    )
    given_grade = domain(body)
    assert (given_grade.grade, given_grade.possible) == ("U", ("A", "B", "C", "U"))
    assert domain(body, safety={"adverse_events": []}).possible == ("U",)


def test_a_domain_is_judged_as_a_whole_or_item_by_item() -> None:
    whole, items = judge(rubric(LADDER).domain("domain"), dossier().data)
    assert (whole.grade, items) == ("U", ())
    combined, items = judge(rubric(EACH).domain("domain"), dossier(**results("good")).data)
    assert combined.grade == "A"
    assert [(item.number, item.counts, item.judged.grade) for item in items] == [(0, True, "A")]


SCALE = Scale(
    name="support",
    grades=tuple(Grade(name=name, means=name) for name in "ABCD"),
    unjudged=Grade(name="U", means="nothing"),
)


@st.composite
def items_judged(draw: st.DrawFn) -> list[ItemJudged]:
    """Draw up to four items: what they could be graded, and whether they count."""
    items = []
    for number in range(draw(st.integers(0, 4))):
        possible = draw(st.frozensets(st.sampled_from("ABCDU"), min_size=1, max_size=3))
        counts: Truth = draw(st.sampled_from([True, True, None]))
        items.append(ItemJudged(number, counts, Judged(draw(st.sampled_from(sorted(possible))), possible)))
    return items


def outcomes(items: list[ItemJudged], how: str) -> set[str]:
    """Return every grade that comes out once all is known, by trying everything."""
    found = set()
    choices = [[None, *item.judged.possible] if item.counts is None else list(item.judged.possible) for item in items]
    for chosen in product(*choices):
        ranks = [SCALE.rank(grade) for grade in chosen if grade is not None and grade != "U"]
        found.add(SCALE.names()[(min if how == "best" else max)(ranks)] if ranks else "U")
    return found


@examples(400)
@given(items_judged(), st.sampled_from(["best", "worst"]))
def test_what_is_possible_of_items_combined_is_just_what_can_come_out(items: list[ItemJudged], how: Combine) -> None:
    """And that it is not judged, while the worst is not established."""
    combined = combine(SCALE, how, items)
    assert combined.possible - {combined.grade} <= outcomes(items, how) <= combined.possible
    assert combined.grade == "U" or combined.possible == outcomes(items, how)


@examples(200)
@given(items_judged(), st.sampled_from(["best", "worst"]))
def test_what_is_established_of_items_combined_grants_only_what_is_certain(
    items: list[ItemJudged], how: Combine
) -> None:
    """The best of those that surely count; the worst of these and of all that may, if none still open can be worse."""
    surely = [one for one in items if one.counts]
    if how == "worst" and any(one.judged.grade != "U" for one in surely):
        surely = items
    sure = [ItemJudged(one.number, True, Judged(one.judged.grade, frozenset({one.judged.grade}))) for one in surely]
    combined = combine(SCALE, how, items)
    assert combined.grade in combined.possible
    (established,) = outcomes(sure, how)
    not_yet = [grade for one in items if one.judged.grade == "U" for grade in one.judged.possible if grade != "U"]
    if how == "worst" and established != "U" and max([established, *not_yet]) > established:
        established = "U"
    assert combined.grade == established


GROUPED = """\
start: 0
adjustments:
  - {points: 2, name: tried, group: people, means: m, when: {any: trials}}
  - {points: 2, name: harmless, group: people, means: m, when: {safety.concern: none}}
  - {points: 1, name: covered, means: m, when: {cost.covered: true}}
groups: {people: {at_most: 3, means: m}}
floor: 0
ceiling: 9
bands: [{grade: A, at_least: 4}, {grade: B, at_least: 3}, {grade: C, otherwise: true}]
"""


@pytest.mark.parametrize(
    ("sections", "low", "high"),
    [
        (TRIED | COVERED | {"safety": {"concern": "none"}}, 4, 4),
        (TRIED | COVERED, 3, 4),
        (TRIED | {"safety": {"concern": "serious"}}, 2, 3),
        (TRIED, 2, 4),
        ({"trials": [], "safety": {"concern": "serious"}} | COVERED, 1, 1),
    ],
)
def test_a_group_of_adjustments_adds_no_more_than_its_limit(sections: dict[str, Any], low: float, high: float) -> None:
    assert domain(points(GROUPED), **sections).points == (low, high)
