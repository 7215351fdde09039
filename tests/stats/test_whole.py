"""The t and the chi-squared distribution for whole degrees of freedom, against tables and scipy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from evgrade.stats.distributions import chi2_upper_p, t_two_sided_p
from evgrade.stats.whole import chi2_p, t_of_level, t_within
from tests.examples import examples


def test_values_of_printed_tables() -> None:
    assert t_of_level(95, 1) == pytest.approx(12.706, abs=5e-4)
    assert t_of_level(95, 10) == pytest.approx(2.228, abs=5e-4)
    assert t_of_level(99, 30) == pytest.approx(2.750, abs=5e-4)
    assert chi2_p(3.841, 1) == pytest.approx(0.05, abs=5e-5)
    assert chi2_p(18.307, 10) == pytest.approx(0.05, abs=5e-6)
    assert chi2_p(0, 3) == 1
    assert chi2_p(math.inf, 3) == 0


@examples(400)
@given(st.floats(0, 1000), st.floats(0, 60), st.floats(1, 99.9), st.integers(1, 300))
def test_as_scipy_has_it(chi2: float, t: float, level: float, df: int) -> None:
    assert chi2_p(chi2, df) == pytest.approx(chi2_upper_p(chi2, df), rel=1e-12, abs=1e-300)
    assert 1 - t_within(t, df) == pytest.approx(t_two_sided_p(t, df), abs=1e-14)
    assert t_of_level(level, df) == pytest.approx(float(stdtrit(df, (100 + level) / 200)), rel=1e-9)


@given(st.floats(1, 99.9), st.integers(1, 10**12))
def test_a_quantile_takes_no_longer_for_a_billion_people(level: float, df: int) -> None:
    assert t_of_level(level, df) == pytest.approx(float(stdtrit(df, (100 + level) / 200)), rel=1e-9)


@given(st.floats(1, 99.9), st.integers(1, 50))
def test_a_quantile_and_its_probability(level: float, df: int) -> None:
    assert t_within(t_of_level(level, df), df) == pytest.approx(level / 100, abs=1e-14)
    assert t_of_level(level, df) > t_of_level(level, df + 1)


def test_what_has_no_distribution() -> None:
    for distribution in (chi2_p, t_within, t_of_level):
        with pytest.raises(ValueError, match="1 or more"):
            distribution(1, 0)
    with pytest.raises(ValueError, match="at least 0"):
        chi2_p(-1, 1)
    with pytest.raises(ValueError, match="at least 0"):
        t_within(-1, 1)
    with pytest.raises(ValueError, match="between 0 and 100"):
        t_of_level(100, 1)
