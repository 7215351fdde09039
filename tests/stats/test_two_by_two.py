"""Two arms and an event: ratios, differences, exact test, fragility, and what they mean in people."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.stats.absolute import absolute_effect, absolute_risk, number_needed_to_treat, risk_with_therapy
from evgrade.stats.normal import Estimate
from evgrade.stats.two_by_two import (
    LARGEST_MARGIN,
    LARGEST_TRIAL,
    TwoByTwo,
    fisher_exact,
    fragility_index,
    odds_ratio,
    risk_difference,
    risk_ratio,
)
from evgrade.stats.zero_events import people_to_exclude, upper_bound


@st.composite
def tables(draw: st.DrawFn) -> TwoByTwo:
    people, others = draw(st.integers(1, 60)), draw(st.integers(1, 60))
    return TwoByTwo(draw(st.integers(0, people)), people, draw(st.integers(0, others)), others)


def swapped(table: TwoByTwo) -> TwoByTwo:
    return TwoByTwo(table.control_events, table.control_participants, table.events, table.participants)


def close(estimate: Estimate | None, value: float, low: float, high: float, within: float = 5e-4) -> bool:
    assert estimate is not None
    found = (estimate.value, estimate.low, estimate.high)
    return found == pytest.approx((value, low, high), abs=within)


ASPIRIN = TwoByTwo(104, 11037, 189, 11034)
"""Heart attacks with aspirin and placebo in the Physicians' Health Study: A. Agresti, Categorical Data Analysis."""


def test_aspirin_against_heart_attacks() -> None:
    """The same book divides placebo by aspirin."""
    assert close(odds_ratio(swapped(ASPIRIN)), 1.83, 1.44, 2.33, within=5e-3)
    assert close(risk_ratio(swapped(ASPIRIN)), 1.82, 1.43, 2.31, within=5e-3)
    assert close(risk_difference(swapped(ASPIRIN)), 0.0077, 0.0047, 0.0107, within=1e-4)


def test_an_empty_cell_is_filled_by_half_a_person_in_every_cell() -> None:
    table, filled = TwoByTwo(0, 20, 5, 20), (0.5 / 21) / (5.5 / 21)
    error = math.sqrt(1 / 0.5 - 1 / 21 + 1 / 5.5 - 1 / 21)
    reach = 1.959964 * error
    assert close(risk_ratio(table), filled, filled * math.exp(-reach), filled * math.exp(reach), within=1e-6)
    found = odds_ratio(table)
    assert found is not None
    assert found.value == pytest.approx((0.5 * 15.5) / (20.5 * 5.5))


def test_a_full_arm_needs_no_filling_for_a_risk_ratio() -> None:
    found = risk_ratio(TwoByTwo(20, 20, 10, 20))
    assert found is not None
    assert found.value == pytest.approx(2)


@pytest.mark.parametrize("table", [TwoByTwo(0, 9, 0, 8), TwoByTwo(9, 9, 8, 8), TwoByTwo(0, 1, 0, 1)])
def test_where_nothing_can_be_compared_there_is_no_ratio(table: TwoByTwo) -> None:
    assert risk_ratio(table) is None
    assert odds_ratio(table) is None
    difference = risk_difference(table)
    assert difference.value == 0
    assert difference.low < 0 < difference.high
    assert fisher_exact(table) == 1
    assert fragility_index(table) == 0


@pytest.mark.parametrize("numbers", [(0, 0, 1, 9), (1, 9, 0, 0), (-1, 9, 1, 9), (10, 9, 1, 9), (1, 9, 10, 9)])
def test_what_is_no_table_is_refused(numbers: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"no participants|cannot have had an event"):
        TwoByTwo(*numbers)


@given(tables())
def test_swapping_the_arms_inverts_the_effect(table: TwoByTwo) -> None:
    for ratio in (risk_ratio, odds_ratio):
        one, other = ratio(table), ratio(swapped(table))
        if one is None or other is None:
            assert one is other is None
            continue
        assert 0 < one.low <= one.value <= one.high
        inverse = (1 / other.value, 1 / other.high, 1 / other.low)
        assert (one.value, one.low, one.high) == pytest.approx(inverse, rel=1e-9)
    difference, reverse = risk_difference(table), risk_difference(swapped(table))
    assert (difference.low, difference.high) == pytest.approx((-reverse.high, -reverse.low))
    assert -1 <= difference.low <= difference.value <= difference.high <= 1


@pytest.mark.slow
@given(tables())
def test_fisher_is_that_of_scipy(table: TwoByTwo) -> None:
    from scipy import stats  # noqa: PLC0415 - takes a second to import, and only this test needs it

    a, b, c, d = table.cells
    assert fisher_exact(table) == pytest.approx(stats.fisher_exact([[a, b], [c, d]])[1], rel=1e-9)
    assert fisher_exact(table) == pytest.approx(fisher_exact(swapped(table)), rel=1e-12)


def test_fragility() -> None:
    """The example of the R package fragilityindex: one more event in the second arm ends significance."""
    assert fisher_exact(TwoByTwo(15, 40, 6, 40)) == pytest.approx(0.04060921, abs=1e-8)
    assert fisher_exact(TwoByTwo(15, 40, 7, 40)) == pytest.approx(0.07836101, abs=1e-8)
    assert fragility_index(TwoByTwo(15, 40, 6, 40)) == 1
    assert fragility_index(TwoByTwo(6, 40, 15, 40)) == 1
    assert fragility_index(TwoByTwo(1, 100, 9, 100)) == 1
    assert fragility_index(TwoByTwo(15, 40, 7, 40)) == 0


def test_of_two_arms_with_as_many_events_the_larger_one_changes() -> None:
    index = fragility_index(TwoByTwo(5, 10, 5, 100))
    assert index is not None
    after = [fisher_exact(TwoByTwo(5, 10, 5 + changes, 100)) or 0 for changes in (index - 1, index)]
    assert after[0] < 0.05 <= after[1]
    assert fragility_index(TwoByTwo(5, 100, 5, 10)) == index


def test_fragility_that_has_no_number() -> None:
    higher_risk_in_the_small_arm = TwoByTwo(5, 10, 8, 200)
    assert fragility_index(higher_risk_in_the_small_arm) is None
    far_from_fragile = TwoByTwo(0, 2000, 500, 2000)
    assert fragility_index(far_from_fragile) is None


@given(tables())
def test_the_index_is_the_first_number_of_changes_that_does_it(table: TwoByTwo) -> None:
    index = fragility_index(table)
    fewer = min(table.arms, key=lambda arm: (arm[0], -arm[1]))
    other = table.arms[1 - table.arms.index(fewer)]
    for changes in range(0 if index is None else index + 1):
        p = fisher_exact(TwoByTwo(fewer[0] + changes, fewer[1], *other))
        assert p is not None
        assert (p >= 0.05) is (changes == index)


def test_what_takes_too_long_is_not_tested() -> None:
    many = LARGEST_MARGIN + 1
    assert fisher_exact(TwoByTwo(many, 9 * many, many, 9 * many)) is None
    assert fragility_index(TwoByTwo(many, 9 * many, many, 9 * many)) is None
    assert fisher_exact(TwoByTwo(1, LARGEST_TRIAL, 1, 10)) is None


@pytest.mark.parametrize(("difference", "people"), [("-0.12", 9), ("-0.22", 5), ("0.05", 20), ("1", 1), ("-1", 1)])
def test_number_needed_to_treat(difference: str, people: int) -> None:
    """The first two: Cochrane Handbook 5.1, section 12.5.4.1."""
    assert number_needed_to_treat(Decimal(difference)) == people


def test_no_difference_needs_no_number() -> None:
    assert number_needed_to_treat(Fraction(0)) is None
    assert number_needed_to_treat(Fraction(1, 3) - Fraction(1, 4)) == 12
    with pytest.raises(ValueError, match="between -1 and 1"):
        number_needed_to_treat(Decimal("-12"))


def test_absolute_effects_of_probiotics() -> None:
    """Diarrhoea by Clostridium difficile, per 100 people: PMC5173486, table 5. Interval 0.5 to 3 as printed."""
    risk = absolute_risk("RR", Estimate(0.25, 0.08, 0.47), control_risk=0.06, per=100)
    assert close(risk, 1.5, 0.48, 2.82, within=1e-9)
    predicted = absolute_risk("RR", Estimate(0.25, 0.02, 1.34), control_risk=0.06, per=100)
    assert close(predicted, 1.5, 0.12, 8.04, within=1e-9)
    assert close(absolute_effect("RR", Estimate(0.25, 0.08, 0.47), 0.06), -45, -55.2, -31.8, within=1e-9)


def test_risks_by_measure() -> None:
    assert risk_with_therapy("OR", 0.5, 0.4) == pytest.approx(0.2 / 0.8)
    assert risk_with_therapy("HR", 0.5, 0.36) == pytest.approx(0.2)
    assert risk_with_therapy("RR", 3, 0.5) == 1
    for measure in ("RR", "OR", "HR"):
        assert risk_with_therapy(measure, 1, 0.3) == pytest.approx(0.3)
        assert risk_with_therapy(measure, 0, 1) == 0
        assert risk_with_therapy(measure, 2, 0) == 0


@given(tables())
def test_an_effect_applied_to_its_own_control_risk_gives_its_own_risk(table: TwoByTwo) -> None:
    risk, control = (events / people for events, people in table.arms)
    if 0 in table.cells:
        return
    for measure, effect in (("RR", risk_ratio(table)), ("OR", odds_ratio(table))):
        assert effect is not None
        assert risk_with_therapy(measure, effect.value, control) == pytest.approx(risk)


@pytest.mark.parametrize(
    ("measure", "ratio", "risk"),
    [("MD", 1, 0.5), ("RR", -1, 0.5), ("RR", math.inf, 0.5), ("OR", math.nan, 0.5), ("RR", 1, 6), ("RR", 1, -0.1)],
)
def test_what_leads_to_no_risk_is_refused(measure: str, ratio: float, risk: float) -> None:
    with pytest.raises(ValueError, match=r"no absolute effect|a ratio is|a risk lies"):
        risk_with_therapy(measure, ratio, risk)


def test_no_event_in_100_people() -> None:
    """The bound that the rule of three, 3 / n, stands for: J. A. Hanley and A. Lippman-Hand 1983."""
    assert upper_bound(100) == pytest.approx(0.029513, abs=1e-6)
    assert upper_bound(1) == pytest.approx(0.95)


@given(st.integers(30, 10**18))
def test_the_rule_of_three_errs_a_little_on_the_safe_side(n: int) -> None:
    assert upper_bound(n) < 3 / n < 1.06 * upper_bound(n)


@pytest.mark.parametrize(("rate", "people"), [(0.1, 29), (0.01, 299), (0.001, 2995), (0.5, 5)])
def test_people_without_an_event_that_exclude_a_rate(rate: float, people: int) -> None:
    """J. A. Hanley and A. Lippman-Hand 1983: about 3 divided by the rate."""
    assert people_to_exclude(rate) == people
    assert upper_bound(people) < rate <= upper_bound(people - 1)


@pytest.mark.parametrize("rate", [0, 1, -0.1, math.nan])
def test_no_number_of_people_excludes_what_is_no_rate(rate: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        people_to_exclude(rate)


def test_nobody_proves_nothing() -> None:
    with pytest.raises(ValueError, match="say nothing"):
        upper_bound(0)
