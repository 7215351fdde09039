"""Effects of two arms, and spreads from what is printed in their place, against published values."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evgrade.stats.absolute import Needed, needed_to_treat
from evgrade.stats.means import (
    Group,
    log_ratio_of_means,
    mean_difference,
    small_sample_correction,
    standardized_mean_difference,
)
from evgrade.stats.normal import Estimate, Study
from evgrade.stats.proportion import newcombe, wilson
from evgrade.stats.rates import Rate, log_rate_ratio
from evgrade.stats.spread import (
    error_of_interval,
    error_of_p,
    mean_of_quartiles,
    sd_of_interval,
    sd_of_quartiles,
    sd_of_range,
    sd_of_standard_error,
)
from evgrade.stats.two_by_two import TwoByTwo, difference_of_risks, log_odds_ratio, log_risk_ratio
from tests.examples import examples

# Counts


def test_ratios_and_difference_of_a_textbook() -> None:
    """M. Borenstein et al., Introduction to Meta-Analysis 2009, chapter 5: 5 of 100 against 10 of 100."""
    table = TwoByTwo(5, 100, 10, 100)
    ratio, odds, difference = log_risk_ratio(table), log_odds_ratio(table), difference_of_risks(table)
    assert ratio is not None and odds is not None  # noqa: PT018
    assert (ratio.effect, ratio.standard_error**2) == pytest.approx((-0.6931, 0.2800), abs=5e-5)
    assert (odds.effect, odds.standard_error**2) == pytest.approx((-0.7472, 0.3216), abs=5e-5)
    assert (difference.effect, difference.standard_error) == pytest.approx((-0.0500, 0.0371), abs=5e-5)
    interval = odds.interval()
    assert (interval.low, interval.high) == pytest.approx((-1.8588, 0.3643), abs=5e-5)


NEWCOMBE = [
    ((56, 70, 48, 80), 0.0524, 0.3339),
    ((9, 10, 3, 10), 0.1705, 0.8090),
    ((6, 7, 2, 7), 0.0582, 0.8062),
    ((5, 56, 0, 29), -0.0381, 0.1926),
    ((0, 10, 0, 20), -0.1611, 0.2775),
    ((0, 10, 0, 10), -0.2775, 0.2775),
    ((10, 10, 0, 20), 0.6791, 1.0000),
    ((10, 10, 0, 10), 0.6075, 1.0000),
]


@pytest.mark.parametrize(("counts", "low", "high"), NEWCOMBE)
def test_newcombe_interval(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    """R. G. Newcombe, Statistics in Medicine 1998;17:873-890, table II, method 10."""
    found = newcombe(TwoByTwo(*counts))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5.1e-5)


@pytest.mark.parametrize(
    ("events", "people", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval(events: int, people: int, low: float, high: float) -> None:
    """R. G. Newcombe, Statistics in Medicine 1998;17:857-872, table I, method 3."""
    found = wilson(events, people)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5.1e-5)


COUNTS = st.tuples(st.integers(1, 200), st.integers(1, 200)).flatmap(
    lambda people: st.builds(
        TwoByTwo, st.integers(0, people[0]), st.just(people[0]), st.integers(0, people[1]), st.just(people[1])
    )
)


@examples(200)
@given(COUNTS, st.floats(50, 99.9))
def test_score_intervals_stay_possible_and_turn_with_their_arms(table: TwoByTwo, level: float) -> None:
    for events, people in table.arms:
        found, others = wilson(events, people, level), wilson(people - events, people, level)
        assert 0 <= found.low <= found.value <= found.high <= 1
        assert (found.low, found.high) == pytest.approx((1 - others.high, 1 - others.low))
        assert wilson(events, people, (level + 100) / 2).high >= found.high
    difference = newcombe(table, level)
    turned = newcombe(TwoByTwo(table.control_events, table.control_participants, *table.arms[0]), level)
    assert -1 <= difference.low <= difference.value <= difference.high <= 1
    assert (difference.low, difference.high) == pytest.approx((-turned.high, -turned.low))


@pytest.mark.parametrize(("events", "people"), [(-1, 10), (11, 10), (0, 0)])
def test_a_proportion_of_what_cannot_be(events: int, people: int) -> None:
    with pytest.raises(ValueError, match="cannot have had"):
        wilson(events, people)


# Means


def test_differences_of_means_of_a_textbook() -> None:
    """Borenstein, chapter 4: 103 (SD 5.5) against 100 (SD 4.5), 50 each: 3.0 (1.0303 to 4.9697), and g = 0.5924."""
    therapy, control = Group(103, 5.5, 50), Group(100, 4.5, 50)
    difference = mean_difference(therapy, control)
    assert (difference.effect, difference.standard_error**2) == pytest.approx((3.0, 1.0100), abs=5e-5)
    interval = difference.interval()
    assert (interval.low, interval.high) == pytest.approx((1.0303, 4.9697), abs=5e-5)
    standardized = standardized_mean_difference(therapy, control)
    assert standardized is not None
    assert standardized.effect == pytest.approx(0.5924, abs=1e-4)  # the book has the approximate correction


WARDS = [
    (Group(55, 47, 155), Group(75, 64, 156)),
    (Group(27, 7, 31), Group(29, 4, 32)),
    (Group(64, 17, 75), Group(119, 29, 71)),
    (Group(66, 20, 18), Group(137, 48, 18)),
]


def test_standardized_differences_and_ratios_of_means() -> None:
    """The tests of metafor's `escalc`, measures SMD and ROM, with the first studies of `dat.normand1999`."""
    standardized = [standardized_mean_difference(*pair) for pair in WARDS]
    assert [one.effect for one in standardized if one] == pytest.approx([-0.3552, -0.3479, -2.3176, -1.8880], abs=5e-5)
    variances = [one.standard_error**2 for one in standardized if one]
    assert variances == pytest.approx([0.0131, 0.0645, 0.0458, 0.1606], abs=5e-5)
    ratios = [log_ratio_of_means(*pair) for pair in WARDS]
    assert [one.effect for one in ratios if one] == pytest.approx([-0.3102, -0.0715, -0.6202, -0.7303], abs=5e-5)
    assert [one.standard_error**2 for one in ratios if one] == pytest.approx([0.0094, 0.0028, 0.0018, 0.0119], abs=5e-5)


@pytest.mark.parametrize(("freedom", "factor"), [(2, 0.5642), (3, 0.7236), (10, 0.9228), (20, 0.9619), (50, 0.9849)])
def test_correction_for_small_samples(freedom: int, factor: float) -> None:
    """L. V. Hedges, Journal of Educational Statistics 1981;6:107-128, table 1."""
    assert small_sample_correction(freedom) == pytest.approx(factor, abs=6e-5)
    assert small_sample_correction(freedom) == pytest.approx(1 - 3 / (4 * freedom - 1), abs=0.02)


GROUPS = st.builds(Group, st.floats(0.1, 100), st.floats(0.1, 50), st.integers(2, 500))


@examples(200)
@given(GROUPS, GROUPS, st.floats(0.01, 100))
def test_means_turn_with_their_arms_and_scale_with_their_unit(one: Group, other: Group, unit: float) -> None:
    big, bigger = (Group(unit * group.mean, unit * group.sd, group.people) for group in (one, other))
    difference = mean_difference(one, other)
    assert mean_difference(other, one) == Study(-difference.effect, difference.standard_error)
    assert mean_difference(big, bigger).effect == pytest.approx(unit * difference.effect, abs=1e-9)
    for method in (standardized_mean_difference, log_ratio_of_means):
        found, turned, scaled = method(one, other), method(other, one), method(big, bigger)
        assert found is not None and turned is not None and scaled is not None  # noqa: PT018
        assert (turned.effect, turned.standard_error) == pytest.approx((-found.effect, found.standard_error), abs=1e-12)
        assert (scaled.effect, scaled.standard_error) == pytest.approx((found.effect, found.standard_error), abs=1e-9)


def test_where_there_is_no_ratio_and_no_standard_deviation() -> None:
    assert log_ratio_of_means(Group(0, 1, 10), Group(2, 1, 10)) is None
    assert log_ratio_of_means(Group(3, 1, 10), Group(-2, 1, 10)) is None
    assert standardized_mean_difference(Group(1, 0, 10), Group(2, 0, 10)) is None
    with pytest.raises(ValueError, match=r"too large|of plausible size"):
        mean_difference(Group(1, 0, 10), Group(2, 0, 10))
    for mean, sd, people in ((1, 1, 1), (1, -1, 5), (math.nan, 1, 5), (1, math.inf, 5)):
        with pytest.raises(ValueError, match="standard deviation"):
            Group(mean, sd, people)


# Rates

SMOKERS = [(32, 5.2407), (104, 4.3248), (206, 2.8612), (186, 1.2663), (102, 0.5317)]
NONSMOKERS = [(2, 1.8790), (12, 1.0673), (28, 0.5710), (28, 0.2585), (31, 0.1462)]


def test_rates_of_a_textbook() -> None:
    """K. J. Rothman et al., Modern Epidemiology, 3rd edition 2008, table 15-2, with the digits of metafor's tests."""
    pairs = [(Rate(*one), Rate(*other)) for one, other in zip(SMOKERS, NONSMOKERS, strict=True)]
    ratios = [log_rate_ratio(*pair) for pair in pairs]
    intervals = [ratio.interval().exponential() for ratio in ratios if ratio]
    assert [it.value for it in intervals] == pytest.approx([5.7366, 2.1388, 1.4682, 1.3561, 0.9047], abs=5e-5)
    assert [it.low for it in intervals] == pytest.approx([1.3748, 1.1767, 0.9894, 0.9115, 0.6053], abs=5e-5)
    assert [it.high for it in intervals] == pytest.approx([23.9371, 3.8876, 2.1789, 2.0176, 1.3524], abs=5e-5)


def test_rates_without_events() -> None:
    nothing = Rate(0, 100)
    assert log_rate_ratio(nothing, nothing) is None
    found = log_rate_ratio(nothing, Rate(4, 100))
    assert found is not None
    assert found.effect == pytest.approx(math.log(0.5 / 4.5))
    for events, time in ((-1, 10), (1, 0), (1, math.inf)):
        with pytest.raises(ValueError, match="not possible"):
            Rate(events, time)


# What is printed in place of a spread


def test_spread_as_in_the_handbook() -> None:
    """Cochrane Handbook version 6, section 6.5.2.2: 25 people, 30.0 to 34.2; the divisor is 2 × 2.0639 = 4.128."""
    assert sd_of_interval(30.0, 34.2, 25) == pytest.approx(5 * 4.2 / 4.128, abs=1e-3)
    assert sd_of_standard_error(2.0, 25) == 10
    assert error_of_interval(0.0, 3.92) == pytest.approx(1.0, abs=1e-4)


def test_standard_error_of_p_as_in_the_handbook() -> None:
    """Section 6.3.1: a risk difference of 0.03 with p = 0.008 has z = 2.652 and a standard error of 0.011."""
    assert error_of_p(0.03, 0.008) == pytest.approx(0.03 / 2.652, abs=1e-6)
    assert error_of_p(0, 0.5) is None
    assert error_of_p(0.03, 0) is None
    assert error_of_p(0.03, 1) is None


def test_spread_of_quartiles_and_of_a_range() -> None:
    """X. Wan et al., BMC Medical Research Methodology 2014;14:135, table 1: of 10 people the range is 3.078 SD."""
    assert sd_of_range(0, 3.078, 10) == pytest.approx(1, abs=0.01)
    assert sd_of_range(0, 5.015, 100) == pytest.approx(1, abs=0.01)
    assert sd_of_quartiles(-0.6745, 0.6745, 10**6) == pytest.approx(1, abs=1e-4)
    assert mean_of_quartiles(10, 12, 20) == 14
    with pytest.raises(ValueError, match="no range"):
        sd_of_range(0, 1, 1)


# In people


def test_number_needed_through_infinity() -> None:
    """D. G. Altman, BMJ 1998;317:1309-1312: a difference of 10% (-5% to 25%): 10, from 4 through ∞ to 20 to harm."""
    assert needed_to_treat(Estimate(0.10, -0.05, 0.25)) == Needed(10, more=True, least=4, most=20, crosses=True)
    assert needed_to_treat(Estimate(-0.10, -0.25, 0.05)) == Needed(10, more=False, least=4, most=20, crosses=True)
    assert needed_to_treat(Estimate(0.05, 0.02, 0.08)) == Needed(20, more=True, least=13, most=50, crosses=False)
    assert needed_to_treat(Estimate(-0.05, -0.08, -0.02)) == Needed(20, more=False, least=13, most=50, crosses=False)
    assert needed_to_treat(Estimate(-0.05, -0.08, 0)) == Needed(20, more=False, least=13, most=None, crosses=False)
    assert needed_to_treat(Estimate(0, -0.1, 0.1)) == Needed(None, more=None, least=10, most=10, crosses=True)
    with pytest.raises(ValueError, match="between -1 and 1"):
        needed_to_treat(Estimate(-16.3, -20, -10))


@examples(200)
@given(COUNTS)
def test_a_number_needed_agrees_with_its_difference(table: TwoByTwo) -> None:
    difference = newcombe(table)
    assume(difference.value)
    found, turned = (
        needed_to_treat(difference),
        needed_to_treat(Estimate(-difference.value, -difference.high, -difference.low)),
    )
    assert found.number is not None
    assert found.number - 1 < 1 / abs(difference.value) + 1e-6 <= found.number + 1e-5
    assert (found.number, found.least, found.most, found.crosses) == (
        *(turned.number, turned.least, turned.most, turned.crosses),
    )
    assert found.more is (not turned.more)
    assert found.least is not None
    assert found.least <= found.number
    assert found.crosses or found.most is None or found.most >= found.number
