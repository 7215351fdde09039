"""The effect of one study: from its arms, from a standard error, from a p value, or not at all."""

from __future__ import annotations

import math
from typing import Any

import pytest

from evgrade.computed.absolute import Absolute
from evgrade.computed.effect import Computed, computed, stated
from evgrade.stats.normal import Study
from tests.computed.building import Data, counts, means, numbers, outcome, trial


def made(effect: Data, **study: Any) -> Computed:
    found = computed(effect, study)
    assert found is not None
    return found


def told(found: Computed) -> tuple[float, float, float]:
    return found.estimate.value, found.estimate.low, found.estimate.high


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("RR", (0.5, math.exp(-1.7303), math.exp(0.3440))),
        ("OR", (0.4737, math.exp(-1.8588), math.exp(0.3643))),
        ("RD", (-0.05, -0.1296, 0.0263)),
        (None, (0.5, math.exp(-1.7303), math.exp(0.3440))),
    ],
)
def test_counts_give_the_measure_that_is_stated_and_else_a_risk_ratio(
    measure: str | None, expected: tuple[float, ...]
) -> None:
    """M. Borenstein et al., Introduction to Meta-Analysis 2009, chapter 5, and Newcombe's interval."""
    found = made(counts(5, 100, 10, 100) | ({"measure": measure} if measure else {}))
    assert told(found) == pytest.approx(expected, abs=1e-4)
    assert found.measure == (measure or "RR")
    assert found.notes == ()


def test_an_arm_without_events_is_corrected_and_said_to_be() -> None:
    found = made(counts(0, 50, 4, 50, measure="RR"))
    assert found.estimate.value == pytest.approx((0.5 / 51) / (4.5 / 51))
    assert found.notes == ("no events in one arm: 0.5 was added to every cell",)
    assert made(counts(0, 50, 4, 50, measure="RD")).notes == ()


def test_without_any_event_there_is_no_ratio() -> None:
    assert computed(counts(0, 50, 0, 50, measure="RR"), {}) is None
    assert made(counts(0, 50, 0, 50, measure="RD")).estimate.value == 0


MEANS = ({"mean": 103.0, "participants": 50}, {"mean": 100.0, "participants": 50})


@pytest.mark.parametrize(
    ("spreads", "notes"),
    [
        (({"sd": 5.5}, {"sd": 4.5}), ()),
        (({"se": 5.5 / math.sqrt(50)}, {"se": 4.5 / math.sqrt(50)}), ("SD = SE × √n",)),
        (({"sd": 5.5, "se": 99.0}, {"sd": 4.5}), ()),
    ],
)
def test_means_with_their_spread(spreads: tuple[Data, Data], notes: tuple[str, ...]) -> None:
    """Borenstein, chapter 4: 3.0 (1.0303 to 4.9697)."""
    arms = [one | spread for one, spread in zip(MEANS, spreads, strict=True)]
    found = made(means(*arms, measure="MD"))
    assert told(found) == pytest.approx((3.0, 1.0303, 4.9697), abs=5e-5)
    assert found.notes == notes
    assert made(means(*arms)).measure == "MD"
    assert made(means(*arms, measure="SMD")).estimate.value == pytest.approx(0.5924, abs=1e-4)
    assert made(means(*arms, measure="ratio_of_means")).estimate.value == pytest.approx(1.03)


def test_the_interval_of_a_mean_gives_its_standard_deviation_by_t() -> None:
    arm = {"mean": 32.1, "ci_low": 30.0, "ci_high": 34.2, "participants": 25}
    found = made(means(arm, arm, measure="MD"))
    assert found.estimate.high == pytest.approx(1.96 * math.sqrt(2) * 4.2 / 4.128, abs=1e-3)
    assert found.notes == ("SD from the interval of the mean, by t",)


def test_medians_are_approximate_and_said_to_be() -> None:
    arm = {"median": 12, "q1": 10, "q3": 20, "participants": 40}
    found = made(means(arm, {"median": 12, "min": 2, "max": 30, "participants": 40}))
    assert found.estimate.value == pytest.approx(14 - 14)
    assert all("approximate" in note for note in found.notes)
    assert len(found.notes) == 4


def test_events_in_person_time() -> None:
    arms = [
        {"events": 32, "person_time": {"amount": 52407, "unit": "years"}},
        {"events": 2, "person_time": {"amount": 18790 * 12, "unit": "months"}},
    ]
    found = made(means(*arms, measure="rate_ratio"))
    assert told(found) == pytest.approx((5.7366, 1.3748, 23.9371), abs=5e-4)
    assert made(means(*arms)).measure == "rate_ratio"


def test_a_single_arm_has_a_proportion() -> None:
    arm = {"name": "all", "events": 15, "participants": 148}
    found = made({"outcome": "response", "measure": "proportion", "arms": [arm]})
    assert told(found) == pytest.approx((15 / 148, 0.0624, 0.1605), abs=5e-5)


def test_a_standard_error_gives_the_interval_of_a_ratio_in_logarithms() -> None:
    found = made({"outcome": "o", "measure": "HR", "estimate": 0.8, "se": 0.1})
    assert told(found) == pytest.approx((0.8, 0.8 * math.exp(-0.195996), 0.8 * math.exp(0.195996)), abs=1e-6)
    assert made({"outcome": "o", "measure": "MD", "estimate": 0.8, "se": 0.1}).estimate.high == pytest.approx(
        0.996, abs=1e-4
    )


def test_an_exact_p_gives_the_interval() -> None:
    """Cochrane Handbook, section 6.3: 0.03 with p = 0.008 has a standard error of 0.011."""
    effect = {"outcome": "o", "measure": "RD", "estimate": 0.03, "p": 0.008}
    assert made(effect).estimate.high == pytest.approx(0.03 + 1.96 * 0.03 / 2.652, abs=1e-5)
    percent = made({"outcome": "o", "measure": "RD", "estimate": 3.0, "p": 0.008, "unit": "%"})
    assert percent.estimate.high == pytest.approx(100 * made(effect).estimate.high)
    assert percent.study == made(effect).study
    small = made({"outcome": "o", "measure": "RD", "estimate": 0.3, "se": 0.1, "unit": "%"})
    assert small.study == Study(0.003, 0.001)


@pytest.mark.parametrize(
    "more",
    [
        {"p": "< 0.01"},
        {"p": 0.008, "p_for": "noninferiority"},
        {"p": 0.008, "p_sides": "one"},
        {"p": 0.008, "p_adjusted": True},
        {"p": 0.008, "estimate": 0},
        {},
        {"se": 0.1, "ci_low": 0.01, "ci_high": 0.05},
        {"se": 0.1, "measure": "other"},
    ],
)
def test_what_is_no_exact_p_or_needs_no_interval_gives_none(more: Data) -> None:
    assert computed({"outcome": "o", "measure": "MD", "estimate": 0.03, **more}, {}) is None


@pytest.mark.parametrize(
    "study",
    [{"randomized_unit": "cluster"}, {"randomized_unit": "body_part"}, {"intervention_model": "crossover"}],
)
def test_people_who_were_not_randomized_one_by_one_are_not_compared(study: Data) -> None:
    (found,) = numbers(trials=[trial("a", counts(5, 100, 10, 100, measure="RR"), **study)]).effects
    assert found.computed is None
    assert found.absolute is None
    assert found.reason is not None


@pytest.mark.parametrize(
    "more", [{"events_count": "events"}, {"role": "control"}, {"events": 101}, {"participants": 0}]
)
def test_arms_that_make_no_table(more: Data) -> None:
    effect = counts(5, 100, 10, 100, measure="RR")
    effect["arms"][0].update(more)
    assert computed(effect, {}) is None


def test_a_third_arm_makes_it_unclear_who_is_compared() -> None:
    effect = counts(5, 100, 10, 100, measure="RR")
    effect["arms"].append({"name": "half the dose", "role": "intervention", "events": 3, "participants": 90})
    assert computed(effect, {}) is None


def test_an_interval_of_another_level_is_computed_at_that_level() -> None:
    narrow, wide = (made(counts(5, 100, 10, 100, measure="RR", ci_level=level)) for level in (90, 99))
    assert (narrow.level, wide.level) == (90, 99)
    assert wide.estimate.low < narrow.estimate.low


def test_crude_numbers_beside_an_adjusted_estimate_say_so() -> None:
    found = made(counts(5, 100, 10, 100, measure="RR", adjusted=True, estimate=0.6))
    assert found.notes == ("not adjusted, unlike what is stated",)


def test_stated_numbers_of_any_level_have_the_same_spread() -> None:
    effect = {"outcome": "o", "measure": "MD", "estimate": 1.0, "ci_low": 1 - 1.959964, "ci_high": 1 + 1.959964}
    narrow = effect | {"ci_level": 90, "ci_low": 1 - 1.644854, "ci_high": 1 + 1.644854}
    for one in (effect, narrow):
        found = stated(one)
        assert found is not None
        assert found[0].standard_error == pytest.approx(1, abs=1e-6)
    assert stated({"outcome": "o", "measure": "MD", "estimate": 1.0, "ci_low": 1, "ci_high": 1}) is None
    assert stated({"outcome": "o", "measure": "RR", "estimate": 1.0, "ci_low": 0, "ci_high": 3}) is None


# In people


def people(effect: Data, **more: Any) -> Absolute | None:
    found = numbers(trials=[trial("a", {"answers": "death", **effect})], outcomes=[outcome(**more)])
    return found.effects[0].absolute


def test_counts_in_people() -> None:
    """10 of 100 against 20 of 100; Newcombe's interval of the difference is -0.2013 to 0.0000."""
    found = people(counts(10, 100, 20, 100, measure="RR"), more_is_better=False)
    assert found is not None
    assert (found.without, found.risk_of) == (200, "the control arm")
    assert found.difference.value == pytest.approx(-100)
    assert found.needed.number == 10
    assert found.more_is_better is False


def test_a_hazard_ratio_does_not_make_its_counts_comparable() -> None:
    assert people(counts(10, 100, 20, 100, measure="HR", estimate=0.5, se=0.2)) is None


@pytest.mark.parametrize(
    ("effect", "difference"),
    [
        ({"measure": "RR", "estimate": 0.5, "ci_low": 0.25, "ci_high": 1.5}, (-50, -75, 50)),
        ({"measure": "OR", "estimate": 0.5, "ci_low": 0.5, "ci_high": 0.5}, (-47.368, -47.368, -47.368)),
        ({"measure": "HR", "estimate": 0.5, "ci_low": 0.5, "ci_high": 0.5}, (-48.683, -48.683, -48.683)),
        ({"measure": "RD", "estimate": -0.02, "ci_low": -0.05, "ci_high": 0.01}, (-20, -50, 10)),
        ({"measure": "RD", "estimate": -2, "ci_low": -5, "ci_high": 1}, (-20, -50, 10)),
    ],
)
def test_a_stated_effect_at_a_baseline_risk(effect: Data, difference: tuple[float, ...]) -> None:
    """The formulas of the Cochrane Handbook, section 15.4.4, at a risk of 10%."""
    (found,) = numbers(
        outcomes=[outcome(effect={"outcome": "death", **effect}, baseline_risk={"n": 100, "of": 1000})]
    ).outcomes
    assert found.absolute is not None
    assert found.absolute.without == 100
    got = found.absolute.difference
    assert (got.value, got.low, got.high) == pytest.approx(difference, abs=1e-3)


MEAN_DIFFERENCE = {"outcome": "o", "measure": "MD", "estimate": 1, "ci_low": 0, "ci_high": 2}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"baseline_risk": {"n": 0, "of": 1000}},
        {"baseline_risk": {"percent": 10}},
        {"baseline_risk": {"n": 1, "of": 10}, "effect": MEAN_DIFFERENCE},
        {"baseline_risk": {"n": 10, "of": 100}, "effect": {"outcome": "o", "measure": "RR", "estimate": 1}},
    ],
)
def test_without_a_risk_or_an_interval_nobody_knows_how_many_people(more: Data) -> None:
    effect = {"outcome": "death", "measure": "RR", "estimate": 0.5, "ci_low": 0.2, "ci_high": 1.5}
    assert numbers(outcomes=[outcome(**{"effect": effect, **more})]).outcomes == ()
