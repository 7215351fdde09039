"""What a number changes within its rounding or its interval is what comes of writing the other number."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from evgrade.checking import load_dossier
from evgrade.dossier import Dossier
from evgrade.robustness.applied import applied, grading
from evgrade.robustness.moving import Moved, moves_of, moving
from evgrade.robustness.standing import Regrading, edited
from evgrade.rubric.conditions.base import NO_CONTEXT
from evgrade.rubric.conditions.values import Within
from evgrade.rubric.load import load_rubric
from evgrade.rubric.model import Rubric
from evgrade.yamlio.reader import read
from tests.cli.support import EXERCISE, ROOT, SINGING
from tests.examples import examples
from tests.grading.building import rubric
from tests.laws.situations import under_a_drawn_rubric


def written(*, result: str = "benefit", **fields: str) -> Dossier:
    """Return a dossier of one trial with one effect, whose numbers stand as given."""
    effect = ", ".join(f"{key}: {value}" for key, value in fields.items())
    return Dossier(
        read(
            f"""\
dossier: 1
therapy: {{name: t}}
condition: {{name: c}}
trials:
  - {{id: a, statement: s, result: {result}, effects: [{{outcome: Death, {effect}}}]}}
""".encode(),
            "dossier.yaml",
        )
    )


def moved_to(**fields: str) -> set[tuple[Any, ...]]:
    return {(one.path[-1], one.value, one.how.value) for one in moves_of(written(**fields))}


def test_a_number_moves_by_half_a_unit_of_its_last_digit_as_it_is_printed() -> None:
    assert moved_to(measure="MD", estimate="0.70") == {
        ("estimate", 0.695, "rounding"),
        ("estimate", 0.705, "rounding"),
    }
    assert moved_to(measure="MD", estimate="12") == {("estimate", 11.5, "rounding"), ("estimate", 12.5, "rounding")}


def test_an_estimate_moves_to_both_ends_of_its_interval() -> None:
    moved = moved_to(measure="RR", estimate="0.8", ci_low="0.6", ci_high="1.1")
    assert {one for one in moved if one[2] == "interval"} == {
        ("estimate", 0.6, "interval"),
        ("estimate", 1.1, "interval"),
    }


def test_what_would_contradict_the_numbers_beside_it_is_left_out() -> None:
    assert moved_to(measure="RR", estimate="0.60", ci_low="0.60", ci_high="0.60") == {
        ("ci_low", 0.595, "rounding"),
        ("ci_high", 0.605, "rounding"),
    }
    assert moved_to(measure="RR", estimate="0.0005e3") == {
        ("estimate", 0.45, "rounding"),
        ("estimate", 0.55, "rounding"),
    }
    assert moved_to(measure="RR", ci_high="0.0") == {("ci_high", 0.05, "rounding")}
    assert moved_to(measure="MD", p="0.0") == {("p", 0.05, "rounding")}
    assert moved_to(measure="MD", p="1") == {("p", 0.5, "rounding")}


def test_counts_and_what_somebody_chose_do_not_move() -> None:
    assert moved_to(measure="MD", ci_level="95", noninferiority_margin="2.0", null_value="0.0") == set()
    arms = "[{role: treatment, n: 10, events: 2}, {role: control, n: 10, events: 3}]"
    assert moved_to(measure="RR", arms=arms) == set()


BY_RESULT = """\
suggest:
  result:
    title: Result
    on: trials
    field: result
    ladder:
      - {judgement: benefit, name: b, means: m, when: {any: effects, where: {estimate: {below: 0.75}}}}
      - {judgement: no_benefit, name: rest, means: m, otherwise: true}
domains:
  domain:
    title: Domain
    question: Is it so?
    scale: support
    ladder:
      - {grade: A, name: a, means: m, when: {any: trials, where: {result: benefit}}}
      - {grade: C, name: rest, means: m, otherwise: true}
"""


def changing(one: Dossier, system: Rubric) -> dict[tuple[Any, float], Moved]:
    found = moving(one, system, Regrading(system)(one.data))
    return {(each.move.path[-1], each.move.value): each for each in found.changing}


def test_whether_an_interval_excludes_no_effect_is_said_with_what_the_reviewers_state() -> None:
    system = rubric(BY_RESULT[BY_RESULT.index("domains") :])
    assert changing(written(measure="OR", estimate="0.80", ci_low="0.64", ci_high="0.99"), system) == {}
    assert changing(written(measure="OR", estimate="0.80", ci_low="0.64", ci_high="1.01"), system) == {}
    [(name, moved)] = changing(written(measure="OR", estimate="0.80", ci_low="0.64", ci_high="1.00"), system).items()
    assert name == ("ci_high", 0.995)
    assert (moved.excludes_none, moved.contradicted) == (True, ())
    stated = written(measure="OR", estimate="0.80", ci_low="0.64", ci_high="1.00", result="no_benefit")
    [moved] = changing(stated, system).values()
    assert [(one.path, one.stated, one.suggested) for one in moved.contradicted] == [
        (("trials", 0, "result"), "no_benefit", None)
    ]


def test_a_stated_judgement_that_the_moved_number_would_suggest_otherwise_is_named() -> None:
    found = changing(written(measure="OR", estimate="0.7", ci_low="0.6", ci_high="0.8"), rubric(BY_RESULT))
    assert set(found) == {("estimate", 0.75), ("estimate", 0.8)}
    moved = found["estimate", 0.8]
    assert [(one.stated, one.suggested) for one in moved.contradicted] == [("benefit", "no_benefit")]
    assert [(one.means, one.before, one.after) for one in moved.conditions] == [("estimate below 0.75", True, False)]


# Against moving each number in the dossier, and asking everything again


def check(one: Dossier, system: Rubric) -> None:
    before = Regrading(system)(one.data)
    found = moving(one, system, before)
    moves = list(moves_of(one))
    assert found.tried == len(moves)
    listed = {(each.move.path, each.move.value): each for each in found.changing}
    for move in moves:
        data = edited(one.data, {move.path: move.value})
        moved = listed.get((move.path, move.value))
        assert Regrading(system)(data) == (before if moved is None else moved.after), move
        both = (applied(grading(system, whole), whole) for whole in (one.data, data))
        otherwise = {
            (was.path, was.condition.describe())
            for was, now in zip(*both, strict=True)
            if isinstance(was.condition, Within)
            and was.condition.truth(was.about, NO_CONTEXT) is not now.condition.truth(now.about, NO_CONTEXT)
        }
        assert otherwise <= {(each.path, each.means) for each in (moved.conditions if moved else ())}, move


@pytest.mark.slow
@pytest.mark.parametrize(
    ("example", "name"), [(EXERCISE, "evgrade-default"), (EXERCISE, "aan-2004"), (SINGING, "grade")]
)
def test_each_move_of_an_example_is_what_the_moved_number_gives(example: str, name: str) -> None:
    check(load_dossier(str(ROOT / example)), load_rubric(name))


@examples(60)
@given(situation=under_a_drawn_rubric())
def test_so_it_is_under_any_rubric(situation: Any) -> None:
    """The numbers of effects and prices, and whatever else the rubric asks for."""
    data = {**situation.dossiers[0].more, "cost": {"low": 1, "high": 2.5, "currency": "USD", "per": "month"}}
    check(Dossier(read(json.dumps(data).encode(), "dossier.yaml")), situation.compiled)
