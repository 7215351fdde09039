"""Trials with several arms: their sizes, comparisons that add up, a control that is counted twice."""

from __future__ import annotations

from itertools import permutations, product

import pytest

from tests.checks.building import found_in, read


def arm_sizes(effect_arms: str, more: str = "") -> list[str]:
    text = f"""trials: [{{id: t, statement: s, {more}
                         arms: [{{name: Therapy, participants: 80}}, {{name: placebo, participants: 40}}],
                         effects: [{{outcome: o, arms: [{effect_arms}]}}]}}]"""
    return [finding.message for finding in found_in("count-arm-analysed", read(text))]


@pytest.mark.parametrize(
    ("therapy", "placebo", "found"),
    [
        ("therapy", "placebo", None),
        ("placebo", "therapy", "swapped"),
        ("other", "else", None),
    ],
)
def test_an_arm_has_no_more_people_than_were_in_it(therapy: str, placebo: str, found: str | None) -> None:
    messages = arm_sizes(
        f"{{name: {therapy}, role: intervention, participants: 78}}, "
        f"{{name: {placebo}, role: control, participants: 39}}"
    )
    assert len(messages) == (found is not None)
    assert all(found in message for message in messages if found)


def test_one_arm_that_is_too_large_is_not_exchanged() -> None:
    arms = "{name: therapy, participants: 85}, {name: placebo, participants: 39}"
    assert arm_sizes(arms) == ["85 people of `therapy` are analysed, but it had 80"]
    assert arm_sizes(arms, "intervention_model: parallel, ")
    assert not arm_sizes(arms, "intervention_model: crossover, ")


def contrasts(*effects: tuple[str, str, str, str], measure: str = "MD") -> list[str]:
    rows = ", ".join(
        f"{{outcome: o, measure: {measure}, estimate: {estimate}{more}, "
        f"arms: [{{name: {one}, role: intervention}}, {{name: {other}, role: control}}]}}"
        for one, other, estimate, more in effects
    )
    text = f"trials: [{{id: t, statement: s, effects: [{rows}]}}]"
    return [finding.message for finding in found_in("effect-contrasts", read(text))]


@pytest.mark.parametrize(
    ("third", "found"),
    [
        (("high", "low", "-2.0", ""), False),
        (("high", "low", "-2.1", ""), False),  # rounded
        (("low", "high", "2.0", ""), False),
        (("high", "low", "2.0", ""), True),
        (("low", "high", "-2.0", ""), True),
        (("high", "other", "9.0", ""), False),
        (("high", "low", "-3.5", ", ci_low: -9.5, ci_high: 2.5"), False),  # each from a model of its own
        (("high", "low", "-3.5", ", ci_low: -4.0, ci_high: -3.0"), True),
        (("high", "low", "-2.0, time_point: later", ""), False),
    ],
)
def test_three_comparisons_add_up(third: tuple[str, str, str, str], found: bool) -> None:
    assert bool(contrasts(("high", "placebo", "-3.0", ""), ("low", "placebo", "-1.0", ""), third)) is found


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("turned", list(product([False, True], repeat=3)))
def test_in_whatever_order_and_direction(order: tuple[int, ...], turned: tuple[bool, ...]) -> None:
    three = [("high", "placebo", -3.0), ("low", "placebo", -1.0), ("high", "low", -2.0)]
    rows = [
        (other, one, f"{-value}", "") if is_turned else (one, other, f"{value}", "")
        for (one, other, value), is_turned in zip(three, turned, strict=True)
    ]
    assert not contrasts(*(rows[place] for place in order))
    one, other, value, more = rows[2]
    rows[2] = (one, other, f"{-float(value)}", more)
    assert len(contrasts(*(rows[place] for place in order))) == 1


def test_ratios_multiply() -> None:
    first, second = ("high", "placebo", "0.50", ""), ("low", "placebo", "0.80", "")
    assert not contrasts(first, second, ("high", "low", "0.62", ""), measure="RR")
    (message,) = contrasts(first, second, ("high", "low", "1.60", ""), measure="RR")
    assert message == (
        "the comparisons do not add up: by 0.50 (high v placebo), 0.80 (low v placebo) the third, high v low, is "
        "0.625, not 1.60"
    )


DOSES = """trials:
  - {id: doses, statement: s, participants: 150, arms: [{name: high, role: experimental, participants: 50},
     {name: low, role: experimental, participants: 50}, {name: placebo, role: placebo_comparator, participants: 50}]}
  - {id: other, statement: s, participants: 90}
"""


@pytest.mark.parametrize(
    ("outcome", "found"),
    [
        ("studies: 2, participants: 240, contributing: [doses, other]", False),
        ("studies: 3, participants: 290, contributing: [doses, other]", True),
        ("participants: 290, contributing: [doses, other]", True),
        ("studies: 3, participants: 285, contributing: [doses, other]", False),
        ("studies: 7, participants: 290, contributing: [doses, other]", False),  # others are not named
        ("studies: 2, participants: 290, contributing: [doses, unknown]", False),
    ],
)
def test_a_control_arm_that_is_counted_twice_in_the_sum(outcome: str, found: bool) -> None:
    unknown = "  - {id: unknown, statement: s}\n"
    text = f"{DOSES}{unknown}outcomes: [{{id: o, name: n, {outcome}}}]"
    assert bool(found_in("count-shared-control", read(text))) is found


def study(therapy: str, control: str, ref: str) -> str:
    return (
        f"{{outcome: o, refs: [{ref}], arms: [{{name: {therapy}, role: intervention, participants: 50, events: 9}}, "
        f"{{name: placebo, role: control, {control}}}]}}"
    )


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (("high", "participants: 50, events: 14", "a"), ("low", "participants: 50, events: 14", "a"), True),
        (("high", "participants: 25, events: 7", "a"), ("low", "participants: 25, events: 8", "a"), False),
        (("high", "participants: 50, events: 14", "a"), ("low", "participants: 50, events: 14", "b"), False),
        (("high", "participants: 50", "a"), ("low", "participants: 50", "a"), False),
    ],
)
def test_or_in_the_studies(one: tuple[str, str, str], other: tuple[str, str, str], found: bool) -> None:
    text = f"outcomes: [{{id: o, name: n, study_effects: [{study(*one)}, {study(*other)}]}}]\n"
    text += "references: [{id: a, title: a}, {id: b, title: b}]"
    assert bool(found_in("count-shared-control", read(text))) is found
