"""What is said of a change is what comes of making it."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import evgrade
from evgrade.checking import load_dossier
from evgrade.dossier import Dossier
from evgrade.grading.assessment import Assessment
from evgrade.grading.decide import decide
from evgrade.model import Path
from evgrade.robustness.firmness import firmness_of_level
from evgrade.robustness.judgements import Flip, Step, fewest, single_steps, steps
from evgrade.robustness.removals import What, removals, without
from evgrade.robustness.robust import robustness
from evgrade.robustness.standing import GONE, LEVEL, Regrading, Standing, edited
from evgrade.robustness.summary import Firmness
from evgrade.rubric.load import load_rubric
from evgrade.yamlio.reader import read
from tests.cli.support import EXERCISE, NALTREXONE, RILUZOLE, ROOT, SINGING
from tests.crossed import crossed
from tests.examples import examples
from tests.grading.building import rubric as small_rubric
from tests.laws.situations import under_the_default_rubric

DEFAULT = load_rubric("evgrade-default")
ORDER = list(Firmness)


def stands(assessment: Assessment) -> tuple[Any, ...]:
    """Return what the ordinary path makes of a dossier, to be compared."""
    level = assessment.recommendation
    return (
        {one.name: (one.grade, frozenset(one.possible)) for one in assessment.domains},
        None if assessment.score is None else (assessment.score.value, assessment.score.low, assessment.score.high),
        None if level is None else (level.level, frozenset(level.possible)),
    )


def told(one: Standing) -> tuple[Any, ...]:
    return (dict(one.grades), one.score, None if one.level is None else (one.level, one.possible))


# Each change, made in the file


@pytest.mark.slow
@crossed(("example", "rubric"), [NALTREXONE, RILUZOLE, SINGING], ["evgrade-default", "grade", "ocebm-2011"])
def test_each_step_is_what_the_file_gives_once_it_says_so(example: str, rubric: str) -> None:
    dossier, system = load_dossier(str(ROOT / example)), load_rubric(rubric)
    text = (ROOT / example).read_text("utf-8").splitlines(keepends=True)
    singles = single_steps(dossier.data, Regrading(system))
    assert singles
    for flip in singles:
        [step] = flip.steps
        place, written = dossier.document.location(step.path), dossier.document.written(step.path)
        line = text[place.line - 1]
        start = place.column - 1
        assert line[start : start + len(written)] == written
        moved = json.dumps(step.moved) if isinstance(step.moved, bool) else step.moved
        changed = line[:start] + str(moved) + line[start + len(written) :]
        whole = "".join([*text[: place.line - 1], changed, *text[place.line :]])
        assert stands(evgrade.grade(Dossier(read(whole.encode(), example)), system)) == told(flip.after), step


@pytest.mark.slow
@crossed(("example", "rubric"), [NALTREXONE, RILUZOLE, EXERCISE], ["evgrade-default", "grade", "ocebm-2011"])
def test_each_removal_is_what_a_file_without_it_gives(example: str, rubric: str) -> None:
    dossier, system = load_dossier(str(ROOT / example)), load_rubric(rubric)
    regrade = Regrading(system)
    for one in removals(dossier.data):
        left, _, _ = without(dossier.data, one)
        written = Dossier(read(json.dumps(left).encode(), example))
        assert stands(evgrade.grade(written, system)) == told(regrade(left)), one


@pytest.mark.parametrize("example", [NALTREXONE, RILUZOLE])
def test_without_an_item_nothing_of_it_is_left_and_all_else_is(example: str) -> None:
    dossier = load_dossier(str(ROOT / example))
    for one in removals(dossier.data):
        left, gone, pooled = without(dossier.data, one)
        by_hand = copy.deepcopy(dict(dossier.data))
        for path in sorted(gone, reverse=True, key=lambda path: tuple(map(str, path)) and _place(path)):
            _delete(by_hand, path)
        if not pooled:
            assert left == by_hand


def _place(path: Path) -> tuple[Any, ...]:
    return tuple((0, part, "") if isinstance(part, int) else (1, 0, part) for part in path)


def _delete(data: Any, path: Path) -> None:
    for part in path[:-1]:
        data = data[part]
    del data[path[-1]]


# Edits


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


def _paths(value: Any, path: Path = ()) -> Iterable[Path]:
    if path:
        yield path
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _paths(part, (*path, key))


@examples(400)
@given(value=st.dictionaries(st.sampled_from("abc"), VALUES), data=st.data())
def test_an_edit_changes_its_place_alone_and_leaves_the_input(value: dict[str, Any], data: st.DataObject) -> None:
    places = list(_paths(value))
    assume(places)
    path = data.draw(st.sampled_from(places))
    new = data.draw(st.sampled_from([GONE, "new"]))
    before, by_hand = copy.deepcopy(value), copy.deepcopy(value)
    after = edited(value, {path: new})
    assert value == before
    inner: Any = by_hand
    for part in path[:-1]:
        inner = inner[part]
    if new is GONE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = new
    assert after == by_hand
    for key, part in value.items():
        if key != path[0]:
            assert after[key] is part


def test_an_edit_makes_the_way_to_its_place() -> None:
    assert edited({}, {("a", "b"): 1, ("a", "c", 0, "d"): 2}) == {"a": {"b": 1, "c": [{"d": 2}]}}
    assert edited({"a": [1]}, {("a", 1): 2, ("b", "c"): GONE}) == {"a": [1, 2]}


# Grading again


@examples(100)
@given(situation=under_the_default_rubric(), data=st.data())
def test_grading_again_gives_what_grading_afresh_gives(situation: Any, data: st.DataObject) -> None:
    dossier = situation.dossiers[0].more
    regrade = Regrading(situation.compiled)
    assert told(regrade(dossier)) == _afresh(dossier, situation.compiled)
    places = list(_paths(dossier))
    for _ in range(5):
        path = data.draw(st.sampled_from([one for one in places if len(one) > 1] or places))
        changed = edited(dossier, {path: GONE})
        assert told(regrade(changed)) == _afresh(changed, situation.compiled)


def _afresh(data: Mapping[str, Any], rubric: Any) -> tuple[Any, ...]:
    decided = decide(copy.deepcopy(dict(data)), rubric)
    scored, level = decided.scored, decided.level
    return (
        {name: (one.grade, one.possible) for name, one in decided.grades.items()},
        None if scored is None else (scored.value, scored.low, scored.high),
        None if level is None else (level.gives, level.possible),
    )


# The fewest steps, on small worlds


RESULTS = ("benefit", "mixed", "no_benefit", "harm", "unclear")


@st.composite
def small_worlds(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a dossier with a few trials and harms, all of whose judgements can be moved in all ways by hand."""
    trial = st.fixed_dictionaries(
        {
            "statement": st.just("It was tried."),
            "agent": st.just("same"),
            "condition": st.just("same"),
            "allocation": st.sampled_from(("randomized", "non_randomized")),
            "participants": st.sampled_from((20, 200, 2000)),
            "powered": st.sampled_from((True, False)),
            "controlled": st.just(True),
            "masking": st.sampled_from(("double", "none")),
            "result": st.sampled_from(RESULTS),
            "risk_of_bias": st.fixed_dictionaries({"overall": st.sampled_from(("low", "some_concerns", "high"))}),
        },
        optional={"cohort": st.sampled_from(("a", "b"))},
    )
    trials = [{"id": f"trial-{number}", **one} for number, one in enumerate(draw(st.lists(trial, max_size=3)))]
    concern = draw(st.sampled_from(("none", "minor", "moderate", "serious", "unclear")))
    return {
        "dossier": 1,
        "therapy": {"name": "a therapy", "kind": "drug"},
        "condition": {"name": "a condition"},
        "mechanism": [],
        "preclinical": [],
        "cases": [],
        "trials": trials,
        "safety": {"concern": concern, "exposed": 500, "died": {"n": 0, "of": 500}},
        "cost": {"low": 10, "high": 10, "currency": "USD", "per": "month"},
    }


def brute(data: dict[str, Any], before: Standing) -> tuple[int, set[frozenset[tuple[Any, ...]]]]:
    """Return the size of the smallest sets of steps that move the level, and these sets, found one by one."""
    each = list(steps(data))
    for size in (1, 2, 3):
        found = set()
        for chosen in itertools.combinations(each, size):
            if len({step.path for step in chosen}) < size:
                continue
            changed = copy.deepcopy(data)
            for step in chosen:
                inner: Any = changed
                for part in step.path[:-1]:
                    inner = inner[part]
                inner[step.path[-1]] = step.moved
            after = Regrading(DEFAULT)(changed)
            if after.level != before.level or (len(before.possible) == 1 and len(after.possible) > 1):
                found.add(frozenset((step.path, step.moved) for step in chosen))
        if found:
            return size, found
    return 0, set()


@pytest.mark.slow
@examples(200)
@given(data=small_worlds())
def test_each_of_the_fewest_flips_and_no_smaller_set_does(data: dict[str, Any]) -> None:
    regrade = Regrading(DEFAULT)
    before = regrade(data)
    assume(before.level is not None)
    given_sets = fewest(data, regrade, before, single_steps(data, regrade), budget=10**9)
    size, sets = brute(data, before)
    if size:
        assert given_sets.is_exact
        assert {frozenset((step.path, step.moved) for step in flip.steps) for flip in given_sets.flips} == sets
    else:
        assert given_sets.never or given_sets.looked_at == 3
        assert all(len(flip.steps) > 3 for flip in given_sets.flips)


@examples(100)
@given(data=small_worlds(), budget=st.integers(0, 30))
def test_with_little_to_spend_what_is_found_still_flips_and_what_is_claimed_still_holds(
    data: dict[str, Any], budget: int
) -> None:
    regrade = Regrading(DEFAULT)
    before = regrade(data)
    assume(before.level is not None)
    found = fewest(data, regrade, before, single_steps(data, regrade), budget)
    size, sets = brute(data, before)
    for flip in found.flips:
        assert _redone(data, flip).moved_from(before)
        for left in range(len(flip.steps)):
            fewer = Flip((*flip.steps[:left], *flip.steps[left + 1 :]), flip.after)
            assert not _redone(data, fewer).moved_from(before)
    if size:
        assert not found.never
        assert (
            found.looked_at < size
            or {frozenset((one.path, one.moved) for one in flip.steps) for flip in found.flips} == sets
        )
        assert not found.is_exact or len(found.flips[0].steps) == size


TWO_TRIALS = """\
domains:
  domain:
    title: Domain
    question: Is it so?
    scale: support
    ladder:
      - {grade: A, name: two, means: m, when: {count: trials, where: {result: benefit}, at_least: NEEDED}}
      - {grade: C, name: rest, means: m, otherwise: true}
recommendation:
  levels: [{level: good, title: Take it, means: m}, {level: bad, title: Leave it, means: m}]
  ladder:
    - {level: good, name: helps, means: m, when: {grade: domain, is: A}}
    - {level: bad, name: rest, means: m, otherwise: true}
"""


@pytest.mark.parametrize("needed", [1, 2, 3])
def test_as_many_trials_as_a_grade_needs_have_to_move(needed: int) -> None:
    """Four trials of mixed results: each may be one of those that move, and no smaller set is enough."""
    system = small_rubric(TWO_TRIALS.replace("NEEDED", str(needed)))
    trials = [{"id": f"t{number}", "statement": "s", "result": "mixed"} for number in range(4)]
    data = {"dossier": 1, "therapy": {"name": "t"}, "condition": {"name": "c"}, "trials": trials}
    regrade = Regrading(system)
    found = fewest(data, regrade, regrade(data), single_steps(data, regrade))
    assert found.is_exact
    assert {frozenset(step.path[1] for step in flip.steps) for flip in found.flips} == {
        frozenset(one) for one in itertools.combinations(range(4), needed)
    }


def _redone(data: dict[str, Any], flip: Flip) -> Standing:
    return Regrading(DEFAULT)(edited(data, {step.path: step.moved for step in flip.steps}))


# How firm


@pytest.mark.slow
@examples(100)
@given(situation=under_the_default_rubric())
def test_nothing_provisional_is_called_firm_and_nothing_firm_moves(situation: Any) -> None:
    for data in (situation.dossiers[0].little, situation.dossiers[0].more):
        one = robustness(Dossier(read(json.dumps(data).encode(), "dossier.yaml")), situation.compiled, budget=50)
        for name, firm in one.firmness.items():
            if name == LEVEL:
                assert (firm is Firmness.PROVISIONAL) is (len(one.before.possible) > 1)
            elif name in one.before.grades:
                assert (firm is Firmness.PROVISIONAL) is (len(one.before.grades[name][1]) > 1)
            if firm is Firmness.FIRM:
                assert not any(name in flip.after.differs(one.before) for flip in one.steps)
        assert firmness_of_level(data, situation.compiled) is one.firmness.get(LEVEL)


@crossed(("example", "rubric"), [RILUZOLE, SINGING, EXERCISE], ["evgrade-default", "ocebm-2011", "aan-2004"])
def test_how_firm_the_level_is_does_not_take_the_whole_analysis(example: str, rubric: str) -> None:
    data, system = load_dossier(str(ROOT / example)).data, load_rubric(rubric)
    whole = robustness(load_dossier(str(ROOT / example)), system, budget=0)
    assert firmness_of_level(data, system) is whole.firmness.get(LEVEL)


@examples(60)
@given(data=small_worlds())
def test_the_level_alone_is_as_firm_as_steps_and_pieces_tried_one_by_one_say(data: dict[str, Any]) -> None:
    before = Regrading(DEFAULT)(data)
    assume(before.level is not None)
    moved = [Regrading(DEFAULT)(edited(data, {one.path: one.moved})).moved_from(before) for one in steps(data)]
    kinds = (What.ITEM, What.SOURCE)
    gone = [without(data, one)[0] for one in removals(data) if one.what in kinds]
    lost = [Regrading(DEFAULT)(left).moved_from(before) for left in gone]
    expected = Firmness.ONE_JUDGEMENT if any(moved) else Firmness.ONE_PIECE if any(lost) else Firmness.FIRM
    assert firmness_of_level(data, DEFAULT) is (expected if before.is_settled else Firmness.PROVISIONAL)


@pytest.mark.slow
@examples(150)
@given(data=small_worlds(), choice=st.integers(0, 100))
def test_a_judgement_that_is_forgotten_makes_nothing_firmer(data: dict[str, Any], choice: int) -> None:
    judged: list[Step] = list(steps(data))
    assume(judged)
    forgotten = edited(data, {judged[choice % len(judged)].path: GONE})
    before, after = (
        robustness(Dossier(read(json.dumps(one).encode(), "dossier.yaml")), DEFAULT, budget=50).firmness
        for one in (data, forgotten)
    )
    for name in before:
        if name in after and name != "score":
            assert ORDER.index(after[name]) <= ORDER.index(before[name]), name


def test_only_what_a_change_touches_is_judged_again() -> None:
    """A price is read for its own domain alone, and the other four are not judged a second time."""
    regrade = Regrading(DEFAULT)
    data = load_dossier(str(ROOT / NALTREXONE)).data
    regrade(data)
    first = regrade.judged
    assert first == len(DEFAULT.domains)
    for price in range(10):
        regrade(edited(data, {("cost", "high"): 1000 + price}))
    assert regrade.judged == first + 10


def test_what_no_rule_reads_is_never_tried() -> None:
    """Of a rubric that reads trials alone, no judgement of anything else can be one of several."""
    system = small_rubric(TWO_TRIALS.replace("NEEDED", "2"))
    trials = [{"id": f"t{number}", "statement": "s", "result": "mixed"} for number in range(2)]
    others = [{"id": f"c{number}", "statement": "s", "result": "mixed"} for number in range(40)]
    data = {"dossier": 1, "therapy": {"name": "t"}, "condition": {"name": "c"}, "trials": trials, "cases": others}
    regrade = Regrading(system)
    found = fewest(data, regrade, regrade(data), singles := single_steps(data, regrade))
    assert found.is_exact
    assert {step.path[0] for flip in found.flips for step in flip.steps} == {"trials"}
    assert len(singles) > 80
    assert regrade.gradings < len(singles) + 30
    never = fewest({**data, "trials": []}, regrade, regrade({**data, "trials": []}), singles[4:])
    assert never.never
