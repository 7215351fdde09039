"""Meta-analysis and sample size, against published values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.stats.pooling import Pooled, Study, pool
from evgrade.stats.power import optimal_information_size, power_of_t_test

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
"""Tuberculosis with and without, vaccinated first: G. A. Colditz et al., JAMA 1994;271:698-702, as in R's metafor."""


def log_risk_ratio(a: int, b: int, c: int, d: int) -> Study:
    return Study(math.log(a / (a + b)) - math.log(c / (c + d)), math.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)))


@pytest.fixture(scope="module")
def bcg() -> Pooled:
    return pool([log_risk_ratio(*row) for row in BCG])


def test_fixed_effect_of_the_bcg_vaccine(bcg: Pooled) -> None:
    """The tests of R's metafor against Stata's metan give all of these."""
    fixed, ratio = bcg.fixed, bcg.fixed.exponential()
    assert (fixed.value, fixed.low, fixed.high) == pytest.approx((-0.4303, -0.5097, -0.3509), abs=5e-5)
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((0.6503, 0.6007, 0.7040), abs=5e-5)
    assert bcg.q == pytest.approx(152.233, abs=5e-4)
    assert bcg.studies == 13


def test_random_effects_of_the_bcg_vaccine(bcg: Pooled) -> None:
    random = bcg.random
    assert (random.value, random.low, random.high) == pytest.approx((-0.7141, -1.0644, -0.3638), abs=5e-5)
    assert bcg.i2 == pytest.approx(0.92117, abs=5e-6)
    assert bcg.tau2 == pytest.approx(0.30876, abs=5e-6)
    p = bcg.q_p()
    assert p is not None
    assert p < 1e-20
    prediction = bcg.prediction_interval()
    assert prediction is not None
    assert tuple(map(math.exp, prediction)) == pytest.approx((0.1355, 1.7693), abs=5e-5)


def test_one_study_is_itself() -> None:
    alone = pool([Study(0.3, 0.1)])
    assert alone.fixed == alone.random
    assert (alone.fixed.value, alone.q, alone.i2, alone.tau2) == (0.3, 0, 0, 0)
    assert alone.q_p() is None
    assert alone.prediction_interval() is None
    assert pool([Study(0.3, 0.1)] * 2).prediction_interval() is None


STUDIES = st.lists(st.builds(Study, st.floats(-5, 5), st.floats(0.01, 5)), min_size=1, max_size=20)


@given(STUDIES)
def test_pooling_never_leaves_what_the_studies_found(studies: list[Study]) -> None:
    pooled = pool(studies)
    effects = [study.effect for study in studies]
    for estimate in (pooled.fixed, pooled.random):
        assert min(effects) - 1e-9 <= estimate.value <= max(effects) + 1e-9
    assert pooled.tau2 >= 0
    assert 0 <= pooled.i2 < 1
    assert pooled.tau2 > 0 or pooled.random == pooled.fixed
    assert pooled.random.high - pooled.random.low >= pooled.fixed.high - pooled.fixed.low - 1e-12
    prediction = pooled.prediction_interval()
    if prediction is not None:
        assert prediction[0] < pooled.random.low
        assert prediction[1] > pooled.random.high


@given(STUDIES, st.floats(-3, 3))
def test_order_and_origin_do_not_matter(studies: list[Study], shift: float) -> None:
    pooled = pool(studies)
    moved = pool([Study(study.effect + shift, study.standard_error) for study in reversed(studies)])
    assert moved.random.value == pytest.approx(pooled.random.value + shift, abs=1e-6)
    assert moved.tau2 == pytest.approx(pooled.tau2, abs=1e-6)


@pytest.mark.parametrize(
    ("effect", "error"),
    [(0, 0), (0, -1), (math.nan, 1), (math.inf, 1), (1e60, 1), (0, math.inf), (0, math.nan), (0, 1e-60)],
)
def test_what_is_no_study_is_refused(effect: float, error: float) -> None:
    with pytest.raises(ValueError, match="of a usual size"):
        Study(effect, error)


def test_nothing_is_not_pooled() -> None:
    with pytest.raises(ValueError, match="no study"):
        pool([])
    with pytest.raises(ValueError, match="between 0 and 100"):
        pool([Study(1, 1)], level=100)
    with pytest.raises(ValueError, match="between 0 and 100"):
        pool([Study(1, 1)] * 3).prediction_interval(level=0)


def test_studies_of_the_most_different_size_do_no_harm() -> None:
    pooled = pool([Study(1e49, 1e-49), Study(-1e49, 1e49), Study(0, 1e49)])
    assert pooled.fixed.value == pytest.approx(1e49)
    assert math.isfinite(pooled.random.value)


@pytest.mark.parametrize(("difference", "people"), [(0.2, 394), (0.5, 64), (-0.5, 64), (0.8, 26)])
def test_optimal_information_size(difference: float, people: int) -> None:
    """The first two: the manual of the R package metaumbrella, `add.evidence`; the third: Cohen 1988, table 2.4.1."""
    assert optimal_information_size(difference) == people


@given(st.floats(0.01, 10), st.floats(0.2, 0.99), st.floats(0.001, 0.15))
def test_one_person_fewer_is_not_enough(difference: float, power: float, alpha: float) -> None:
    people = optimal_information_size(difference, power, alpha)
    assert power_of_t_test(difference, people, alpha) >= power
    assert power_of_t_test(-difference, people, alpha) == power_of_t_test(difference, people, alpha)
    assert people == 2 or power_of_t_test(difference, people - 1, alpha) < power


@pytest.mark.parametrize(
    ("difference", "power", "alpha"),
    [
        (0, 0.8, 0.05),
        (1e-9, 0.8, 0.05),
        (math.nan, 0.8, 0.05),
        (math.inf, 0.8, 0.05),
        (0.5, 1, 0.05),
        (0.5, 0.8, 0),
        (0.5, 0.05, 0.05),
    ],
)
def test_what_no_trial_can_do_is_refused(difference: float, power: float, alpha: float) -> None:
    with pytest.raises(ValueError, match=r"is at least|power is"):
        optimal_information_size(difference, power, alpha)


def test_power_is_above_what_chance_gives() -> None:
    with pytest.raises(ValueError, match="power is above alpha"):
        optimal_information_size(0.5, power=0.05)


def test_a_t_test_needs_two_people_an_arm() -> None:
    with pytest.raises(ValueError, match="needs 2 people"):
        power_of_t_test(0.5, 1)
