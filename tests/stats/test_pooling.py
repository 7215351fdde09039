"""Meta-analysis against published values, and the laws that hold for any studies."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.stats.means import Group, mean_difference
from evgrade.stats.normal import Estimate, Study
from evgrade.stats.pooling import Between, Pooled, Reach, pool
from evgrade.stats.tables import (
    mantel_haenszel_odds_ratio,
    mantel_haenszel_risk_difference,
    mantel_haenszel_risk_ratio,
    peto_odds_ratio,
)
from evgrade.stats.two_by_two import TwoByTwo, log_odds_ratio, log_risk_ratio
from tests.examples import examples

FIXED, DL, REML, PM = Between
RANDOM = (DL, REML, PM)

BCG = [
    (4, 119, 11, 128),
    (6, 300, 29, 274),
    (3, 228, 11, 209),
    (62, 13536, 248, 12619),
    (33, 5036, 47, 5761),
    (180, 1361, 372, 1079),
    (8, 2537, 10, 619),
    (505, 87886, 499, 87892),
    (29, 7470, 45, 7232),
    (17, 1699, 65, 1600),
    (186, 50448, 141, 27197),
    (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
]
"""Tuberculosis with and without, vaccinated first: G. A. Colditz et al., JAMA 1994;271:698-702, as in R's metadat."""

BCG_TABLES = [TwoByTwo(a, a + b, c, c + d) for a, b, c, d in BCG]


def of(make: Callable[[TwoByTwo], Study | None], tables: Sequence[TwoByTwo]) -> list[Study]:
    return [study for study in map(make, tables) if study is not None]


BCG_STUDIES = of(log_risk_ratio, BCG_TABLES)


def numbers(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.value, estimate.low, estimate.high


def near(*expected: float, places: int = 4) -> object:
    """Numbers that were printed with so many decimals."""
    return pytest.approx(expected, abs=0.51 * 10**-places)


# metafor


def test_bcg_common_effect() -> None:
    """The tests of R's metafor against Stata's metan."""
    found = pool(BCG_STUDIES)
    assert numbers(found.effect) == near(-0.4303, -0.5097, -0.3509)
    assert numbers(found.effect.exponential()) == near(0.6503, 0.6007, 0.7040)
    assert found.effect.value / found.standard_error == pytest.approx(-10.6247, abs=5e-5)
    assert found.heterogeneity.q == pytest.approx(152.2330, abs=5e-5)
    assert (found.heterogeneity.i2, found.heterogeneity.h2) == near(0.9212, 12.6861)


def test_bcg_dersimonian_laird() -> None:
    """W. Viechtbauer, R code for M. Borenstein et al., Introduction to Meta-Analysis 2009, `method="DL"`."""
    found = pool(BCG_STUDIES, DL)
    assert numbers(found.effect) == near(-0.7141, -1.0644, -0.3638)
    assert (found.standard_error, found.tau2, math.sqrt(found.tau2)) == near(0.1787, 0.3088, 0.5557)
    assert found.heterogeneity.i2 == pytest.approx(0.9212, abs=5e-5)


def test_bcg_dersimonian_laird_with_the_interval_of_hartung_and_knapp() -> None:
    """The same source, `test="knha"`: t of 12 degrees of freedom."""
    found = pool(BCG_STUDIES, DL, Reach.HARTUNG_KNAPP)
    assert numbers(found.effect) == near(-0.7141, -1.1078, -0.3204)
    assert (found.standard_error, found.effect.value / found.standard_error) == near(0.1807, -3.9520)


def test_bcg_reml() -> None:
    """The documentation of metadat's `dat.bcg`, with the prediction interval by the normal distribution."""
    found = pool(BCG_STUDIES, REML)
    assert numbers(found.effect.exponential()) == near(0.4894, 0.3441, 0.6962)
    assert (found.effect.value, found.tau2, found.heterogeneity.i2) == near(-0.7145, 0.3132, 0.9222)
    predicted = found.prediction_interval(10**6)
    assert predicted is not None
    assert numbers(predicted.exponential()) == near(0.4894, 0.1546, 1.5490)


def test_bcg_prediction_interval_with_k_minus_2_degrees_of_freedom() -> None:
    """Stata's metan, `rfdist`: 0.1355 to 1.7693."""
    predicted = pool(BCG_STUDIES, DL).prediction_interval(11)
    assert predicted is not None
    assert numbers(predicted.exponential())[1:] == near(0.1355, 1.7693)


def test_bcg_mantel_haenszel() -> None:
    """The tests of metafor's `rma.mh` against Stata's metan; metan has another variance of the risk difference."""
    ratio = mantel_haenszel_risk_ratio(BCG_TABLES)
    odds = mantel_haenszel_odds_ratio(BCG_TABLES)
    difference = mantel_haenszel_risk_difference(BCG_TABLES)
    assert ratio is not None and odds is not None and difference is not None  # noqa: PT018
    assert numbers(ratio.effect) == near(-0.4537, -0.5308, -0.3766)
    assert numbers(odds.effect) == near(-0.4734, -0.5538, -0.3930)
    assert numbers(difference.effect) == near(-0.0033, -0.0039, -0.0027)
    assert [one.effect.value / one.standard_error for one in (ratio, odds, difference)] == near(
        -11.5338, -11.5444, -11.4708
    )
    assert [one.heterogeneity.q for one in (ratio, odds, difference)] == near(152.5676, 163.9426, 386.7759)


def test_bcg_peto() -> None:
    """The tests of metafor's `rma.peto` against Stata's metan."""
    found = peto_odds_ratio(BCG_TABLES)
    assert found is not None
    assert numbers(found.effect) == near(-0.4744, -0.5541, -0.3948)
    assert numbers(found.effect.exponential()) == near(0.6222, 0.5746, 0.6738)
    assert found.effect.value / found.standard_error == pytest.approx(-11.6689, abs=5e-5)
    assert found.heterogeneity.q == pytest.approx(167.7302, abs=5e-5)


TOLBUTAMIDE = [TwoByTwo(8, 106, 5, 120), TwoByTwo(22, 98, 16, 85)]


@pytest.mark.parametrize(
    ("method", "expected", "q"),
    [
        (mantel_haenszel_risk_difference, (0.0349, -0.0176, 0.0874), 0.0017),
        (mantel_haenszel_risk_ratio, (0.2818, -0.1442, 0.7078), 0.4472),
        (mantel_haenszel_odds_ratio, (0.3387, -0.1731, 0.8505), 0.3474),
    ],
)
def test_two_strata_by_mantel_and_haenszel(
    method: Callable[[Sequence[TwoByTwo], float], Pooled | None], expected: tuple[float, ...], q: float
) -> None:
    """K. J. Rothman et al., Modern Epidemiology, 3rd edition 2008, table 15-1, with 90% intervals, as in metafor."""
    found = method(TOLBUTAMIDE, 90)
    assert found is not None
    assert numbers(found.effect) == near(*expected)
    assert found.heterogeneity.q == pytest.approx(q, abs=5e-5)


BETA_BLOCKERS = [
    *((14, 56, 15, 58), (18, 66, 19, 64), (15, 100, 12, 95), (10, 52, 12, 47), (21, 226, 24, 228), (3, 38, 6, 31)),
    *((2, 20, 3, 20), (19, 76, 15, 67), (15, 106, 9, 114), (5, 62, 4, 57), (0, 9, 0, 8), (8, 133, 11, 127)),
    *((3, 48, 3, 49), (0, 16, 0, 13), (1, 42, 1, 46), (0, 25, 3, 25), (14, 221, 15, 228), (0, 11, 0, 11)),
    *((8, 259, 7, 129), (6, 157, 4, 158), (3, 177, 2, 136)),
]


def test_peto_where_some_trials_have_no_event() -> None:
    """S. Yusuf et al., Progress in Cardiovascular Diseases 1985;27:335-371, table 6: 0.93 (0.74 to 1.18)."""
    tables = [TwoByTwo(*row) for row in BETA_BLOCKERS]
    found = peto_odds_ratio(tables)
    assert found is not None
    assert numbers(found.effect.exponential()) == near(0.93, 0.74, 1.18, places=2)
    without = [table for table in tables if table.can_be_compared]
    assert len(without) == len(tables) - 3
    assert peto_odds_ratio(without) == found


STROKE_WARDS = [
    ((155, 55, 47), (156, 75, 64)),
    ((31, 27, 7), (32, 29, 4)),
    ((75, 64, 17), (71, 119, 29)),
    ((18, 66, 20), (18, 137, 48)),
    ((8, 14, 8), (13, 18, 11)),
    ((57, 19, 7), (52, 18, 4)),
    ((34, 52, 45), (33, 41, 34)),
    ((110, 21, 16), (183, 31, 27)),
    ((60, 30, 27), (52, 23, 20)),
]


def with_pooled_sd(one: tuple[int, int, int], other: tuple[int, int, int]) -> Study:
    (n1, m1, sd1), (n2, m2, sd2) = one, other
    sd = math.sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / (n1 + n2 - 2))
    return mean_difference(Group(m1, sd, n1), Group(m2, sd, n2))


@pytest.mark.parametrize(
    ("between", "expected", "tau2"),
    [
        (FIXED, (-3.4939, -5.0265, -1.9613), 0),
        (DL, (-14.0972, -24.4454, -3.7490), 218.7216),
        (REML, (-15.1217, -32.6716, 2.4282), 685.1965),
    ],
)
def test_length_of_stay(between: Between, expected: tuple[float, ...], tau2: float) -> None:
    """S. T. Normand, Statistics in Medicine 1999;18:321-359, table IX, with the digits of metafor's tests."""
    found = pool([with_pooled_sd(*row) for row in STROKE_WARDS], between)
    assert numbers(found.effect) == near(*expected)
    assert found.tau2 == pytest.approx(tau2, abs=5e-5)


LIDOCAINE = [(2, 39, 1, 43), (4, 44, 4, 44), (6, 107, 4, 110), (7, 103, 5, 100), (7, 110, 3, 106), (11, 154, 4, 146)]


@pytest.mark.parametrize("between", Between)
def test_risk_differences_that_agree(between: Between) -> None:
    """The same paper, table VII, in percentage points: 2.9444 (0.3831 to 5.5058), and no variance between studies."""
    tables = [TwoByTwo(*row) for row in LIDOCAINE]
    shares = [(t.events / t.participants, t.control_events / t.control_participants) for t in tables]
    studies = [
        Study(
            100 * (p - q), 100 * math.sqrt(p * (1 - p) / table.participants + q * (1 - q) / table.control_participants)
        )
        for table, (p, q) in zip(tables, shares, strict=True)
    ]
    found = pool(studies, between)
    assert numbers(found.effect) == near(2.9444, 0.3831, 5.5058)
    assert found.tau2 == 0


CLASP = [
    *((5, 156, 8, 74), (5, 303, 17, 303), (12, 565, 9, 477)),
    *((69, 1570, 94, 1565), (9, 103, 11, 105), (313, 4659, 352, 4650)),
]


@pytest.mark.parametrize(
    ("between", "tau", "effect", "error"),
    [(PM, 0.3681, -0.3811, 0.2060), (DL, 0.2323, -0.3240, 0.1540), (REML, 0.1843, -0.2980, 0.1343)],
)
def test_estimators_of_the_variance_between_studies(between: Between, tau: float, effect: float, error: float) -> None:
    """R. DerSimonian and R. Kacker, Contemporary Clinical Trials 2007;28:105-114, tables 3 and 4."""
    found = pool(of(log_odds_ratio, [TwoByTwo(*row) for row in CLASP]), between)
    assert (math.sqrt(found.tau2), found.effect.value, found.standard_error) == near(tau, effect, error)


@pytest.mark.parametrize(
    ("between", "tau2", "i2", "h2"), [(DL, 0.277, 80.44, 5.11), (REML, 0.223, 76.84, 4.32), (PM, 0.192, 74.05, 3.85)]
)
def test_i2_and_h2_rest_on_tau2(between: Between, tau2: float, i2: float, h2: float) -> None:
    """W. Viechtbauer, Journal of Educational and Behavioral Statistics 2005;30:261-293, example 1; there PM is EB."""
    effects = (-0.581, 0.530, 0.771, 1.031, 0.553, 0.295, 0.078, 0.573, -0.176, -0.232)
    variances = (0.023, 0.052, 0.060, 0.115, 0.095, 0.203, 0.200, 0.211, 0.051, 0.040)
    found = pool([Study(*one) for one in zip(effects, map(math.sqrt, variances), strict=True)], between)
    assert found.tau2 == pytest.approx(tau2, abs=5.1e-4)
    assert (100 * found.heterogeneity.i2, found.heterogeneity.h2) == near(i2, h2, places=2)


# Borenstein


def test_standardized_differences_of_a_textbook() -> None:
    """M. Borenstein et al., Introduction to Meta-Analysis 2009, table 14.1: 0.41 (0.29 to 0.54), and 0.36 at random."""
    printed = [
        (0.0945, 0.0329),
        (0.2774, 0.0307),
        (0.3665, 0.0499),
        (0.6644, 0.0105),
        (0.4618, 0.0427),
        (0.1852, 0.0234),
    ]
    studies = [Study(g, math.sqrt(variance)) for g, variance in printed]
    assert numbers(pool(studies).effect) == near(0.41, 0.29, 0.54, places=2)
    found = pool(studies, DL)
    assert numbers(found.effect) == pytest.approx((0.3582, 0.1520, 0.5645), abs=2e-4)
    assert (found.tau2, found.heterogeneity.i2) == pytest.approx((0.0373, 0.5834), abs=1e-3)
    assert found.heterogeneity.q_p() == pytest.approx(0.0347, abs=5e-4)


def test_odds_ratios_of_a_textbook() -> None:
    """The same book, table 14.4: 0.5676 (0.3554 to 0.9065), predicted by t of k - 2 = 4 degrees."""
    tables = [
        (12, 65, 16, 65),
        (8, 40, 10, 40),
        (14, 80, 19, 80),
        (25, 400, 80, 400),
        (8, 40, 11, 40),
        (16, 65, 18, 65),
    ]
    found = pool(of(log_odds_ratio, [TwoByTwo(*row) for row in tables]), DL)
    assert numbers(found.effect) == near(-0.5663, -1.0344, -0.0982)
    assert numbers(found.effect.exponential()) == near(0.5676, 0.3554, 0.9065)
    assert (found.tau2, found.heterogeneity.i2, found.heterogeneity.q) == near(0.1729, 0.5261, 10.5512)
    assert found.heterogeneity.q_p() == pytest.approx(0.0610, abs=5e-5)
    predicted = found.prediction_interval(4)
    assert predicted is not None
    assert numbers(predicted.exponential())[1:] == near(0.1499, 2.1492)


# Laws

STUDIES = st.lists(st.builds(Study, st.floats(-5, 5), st.floats(0.01, 5)), min_size=1, max_size=20)
TABLES = st.lists(
    st.tuples(st.integers(1, 60), st.integers(1, 60)).flatmap(
        lambda people: st.builds(
            TwoByTwo,
            st.integers(0, people[0]),
            st.just(people[0]),
            st.integers(0, people[1]),
            st.just(people[1]),
        )
    ),
    min_size=1,
    max_size=10,
)
METHODS = (
    mantel_haenszel_risk_ratio,
    mantel_haenszel_odds_ratio,
    mantel_haenszel_risk_difference,
    peto_odds_ratio,
)


@examples(200)
@given(STUDIES, st.sampled_from(Between), st.sampled_from(Reach))
def test_pooling_never_leaves_what_the_studies_found(studies: list[Study], between: Between, reach: Reach) -> None:
    found = pool(studies, between, reach)
    effects = [study.effect for study in studies]
    assert min(effects) - 1e-9 <= found.effect.value <= max(effects) + 1e-9
    assert found.tau2 >= 0
    assert 0 <= found.heterogeneity.i2 < 1
    assert found.effect.low <= found.effect.value <= found.effect.high
    wider = pool(studies, between, Reach.HARTUNG_KNAPP_WIDENED)
    assert wider.standard_error >= pool(studies, between).standard_error * (1 - 1e-12)
    for freedom in range(max(1, len(studies) - 2), len(studies)):
        predicted = wider.prediction_interval(freedom)
        assert (predicted is None) == (len(studies) < 3)
        if predicted is not None:
            assert predicted.low <= wider.effect.low + 1e-9
            assert predicted.high >= wider.effect.high - 1e-9


@examples(200)
@given(STUDIES, st.sampled_from(Between), st.sampled_from(Reach), st.floats(-3, 3), st.floats(0.2, 5))
def test_order_origin_and_unit_do_not_matter(
    studies: list[Study], between: Between, reach: Reach, shift: float, unit: float
) -> None:
    found = pool(studies, between, reach)
    moved = pool([Study(unit * (s.effect + shift), unit * s.standard_error) for s in reversed(studies)], between, reach)
    assert moved.tau2 == pytest.approx(found.tau2 * unit**2, rel=1e-6, abs=1e-6)
    assert moved.effect.value == pytest.approx(unit * (found.effect.value + shift), rel=1e-5, abs=1e-5)
    assert moved.standard_error == pytest.approx(unit * found.standard_error, rel=1e-5, abs=1e-9)
    turned = pool([Study(-study.effect, study.standard_error) for study in studies], between, reach)
    assert numbers(turned.effect) == pytest.approx(
        (-found.effect.value, -found.effect.high, -found.effect.low), rel=1e-5, abs=1e-5
    )


@given(st.floats(-5, 5), st.floats(0.01, 5), st.sampled_from(Between), st.sampled_from(Reach))
def test_one_study_is_itself(effect: float, error: float, between: Between, reach: Reach) -> None:
    study = Study(effect, error)
    alone = pool([study], between, reach)
    assert numbers(alone.effect) == pytest.approx(numbers(study.interval()))
    assert (alone.tau2, alone.heterogeneity.q, alone.heterogeneity.i2, alone.heterogeneity.h2) == (0, 0, 0, 1)
    assert alone.heterogeneity.q_p() is None
    assert alone.prediction_interval(1) is None
    assert pool([study] * 2, between).prediction_interval(1) is None


@given(st.lists(st.floats(0.01, 5), min_size=2, max_size=10), st.floats(-5, 5), st.sampled_from(RANDOM))
def test_studies_that_agree_are_pooled_alike_by_all_models(
    errors: list[float], effect: float, between: Between
) -> None:
    studies = [Study(effect, error) for error in errors]
    assert pool(studies, between).effect == pool(studies).effect
    assert pool(studies, between).tau2 == 0


@examples(200)
@given(st.lists(st.builds(Study, st.floats(-3, 3), st.just(0.4)), min_size=2, max_size=12))
def test_of_equally_large_studies_every_estimator_says_the_same(studies: list[Study]) -> None:
    """With equal weights tau² is the variance of the effects less that of chance, however it is estimated."""
    mean = math.fsum(study.effect for study in studies) / len(studies)
    scatter = math.fsum((study.effect - mean) ** 2 for study in studies) / (len(studies) - 1)
    for between in RANDOM:
        found = pool(studies, between, Reach.HARTUNG_KNAPP)
        assert found.tau2 == pytest.approx(max(0.0, scatter - 0.16), rel=1e-6, abs=1e-9)
        assert found.standard_error == pytest.approx(math.sqrt(scatter / len(studies)), rel=1e-6, abs=1e-9)


@examples(200)
@given(STUDIES)
def test_reml_stands_on_the_top_of_its_likelihood(studies: list[Study]) -> None:
    def height(tau2: float) -> float:
        weights = [1 / (study.standard_error**2 + tau2) for study in studies]
        mean = sum(w * s.effect for w, s in zip(weights, studies, strict=True)) / sum(weights)
        squares = sum(w * (s.effect - mean) ** 2 for w, s in zip(weights, studies, strict=True))
        return sum(map(math.log, weights)) - math.log(sum(weights)) - squares

    tau2 = pool(studies, REML).tau2
    for step in (1e-4, 1e-3, 1e-2):
        for beside in (tau2 + step * (tau2 + 0.01), max(0.0, tau2 - step * (tau2 + 0.01))):
            assert height(beside) <= height(tau2) + 1e-9


@examples(200)
@given(TABLES, st.sampled_from(METHODS))
def test_the_arms_may_be_swapped(tables: list[TwoByTwo], method: Callable[[Sequence[TwoByTwo]], Pooled | None]) -> None:
    swapped = [TwoByTwo(t.control_events, t.control_participants, t.events, t.participants) for t in tables]
    one, other = method(tables), method(swapped)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert numbers(one.effect) == pytest.approx(
            (-other.effect.value, -other.effect.high, -other.effect.low), rel=1e-6, abs=1e-9
        )
        assert one.heterogeneity.q == pytest.approx(other.heterogeneity.q, rel=1e-6, abs=1e-6)


@given(TABLES)
def test_of_one_table_mantel_and_haenszel_give_its_own_effect(tables: list[TwoByTwo]) -> None:
    table = tables[0]
    ratio, odds = mantel_haenszel_risk_ratio([table]), mantel_haenszel_odds_ratio([table])
    if ratio is not None:
        share = (table.events / table.participants) / (table.control_events / table.control_participants)
        assert ratio.effect.exponential().value == pytest.approx(share)
    if odds is not None:
        study = log_odds_ratio(table)
        assert study is not None
        assert (odds.effect.value, odds.standard_error) == pytest.approx((study.effect, study.standard_error))


@examples(200)
@given(TABLES)
def test_studies_without_any_event_change_no_ratio(tables: list[TwoByTwo]) -> None:
    empty = TwoByTwo(0, 50, 0, 40)
    for method in (mantel_haenszel_risk_ratio, mantel_haenszel_odds_ratio, peto_odds_ratio):
        assert method([*tables, empty]) == method(tables)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("table", [TwoByTwo(0, 10, 0, 10), TwoByTwo(10, 10, 10, 10)])
def test_where_nobody_or_everybody_had_the_event_nothing_is_pooled(
    method: Callable[[Sequence[TwoByTwo]], Pooled | None], table: TwoByTwo
) -> None:
    found = method([table, table])
    assert found is None or (method is mantel_haenszel_risk_ratio and found.effect.value == 0)


@pytest.mark.parametrize(
    ("effect", "error"),
    [(0, 0), (0, -1), (math.nan, 1), (math.inf, 1), (1e60, 1), (0, math.inf), (0, math.nan), (0, 1e-60)],
)
def test_what_is_no_study_is_refused(effect: float, error: float) -> None:
    with pytest.raises(ValueError, match=r"too large|of plausible size"):
        Study(effect, error)


def test_nothing_is_not_pooled() -> None:
    with pytest.raises(ValueError, match="no studies"):
        pool([])
    with pytest.raises(ValueError, match="between 0 and 100"):
        pool([Study(1, 1)], level=100)
    with pytest.raises(ValueError, match="between 0 and 100"):
        pool([Study(1, 1)] * 3).prediction_interval(1, level=0)


@pytest.mark.parametrize("between", Between)
def test_studies_of_the_most_different_size_do_no_harm(between: Between) -> None:
    found = pool([Study(1e49, 1e-49), Study(-1e49, 1e49), Study(0, 1e49)], between)
    assert math.isfinite(found.effect.value)
    assert math.isfinite(found.tau2)
