"""Test statistics and their p values, against the cases that statcheck publishes in its tests."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from evgrade.facts.p_value import ReportedP
from evgrade.facts.recomputed import Comparison, Statistic, Test, compare
from evgrade.facts.reported import Reported
from evgrade.stats.distributions import t_two_sided_p

Degrees = tuple[float, ...]


def compared(
    test: Test, df: Degrees, value: str, p: str, alpha: str = "0.05", *, one_tailed: bool = False
) -> Comparison:
    statistic = Statistic(test=test, value=Reported.parse(value), df=df, one_tailed=one_tailed)
    return compare(statistic, ReportedP.parse(p), Decimal(alpha))


@pytest.mark.parametrize(
    ("test", "df", "value", "p"),
    [
        ("t", (28,), "2.20", "=.03"),
        ("F", (2, 28), "2.20", "=.15"),
        ("r", (28,), ".22", "=.26"),
        ("chi2", (28,), "22.20", "=.79"),
        ("z", (), "2.20", "=.04"),
    ],
)
def test_an_error_that_changes_no_decision(test: Test, df: Degrees, value: str, p: str) -> None:
    """test-error.R and test-decisionerror.R of statcheck, commit b288d94, as all cases below."""
    found = compared(test, df, value, p)
    assert (found.error, found.decision_error) == (True, False)


@pytest.mark.parametrize(
    ("test", "df", "value", "p"),
    [
        ("t", (28,), "2.20", "=.06"),
        ("t", (28,), "1.20", "=.03"),
        ("F", (2, 28), "22.20", "=.06"),
        ("F", (2, 28), "2.20", "=.03"),
        ("r", (28,), ".22", "=.03"),
        ("r", (28,), ".52", "=.06"),
        ("chi2", (28,), "2.20", "=.03"),
        ("chi2", (28,), "52.20", "=.06"),
        ("z", (), "1.20", "=.03"),
        ("z", (), "2.20", "=.06"),
        ("Q", (28,), "2.20", "=.03"),
        ("Q", (28,), "52.20", "=.06"),
        ("t", (48,), "1.02", "< .05"),
    ],
)
def test_an_error_that_changes_the_decision(test: Test, df: Degrees, value: str, p: str) -> None:
    found = compared(test, df, value, p)
    assert (found.error, found.decision_error) == (True, True)


@pytest.mark.parametrize(
    ("test", "df", "value", "p", "error"),
    [
        ("z", (), "-2.42", "=.016", False),
        ("t", (28,), "2", "=.02", False),
        ("t", (28,), "2", "=.14", False),
        ("t", (28,), "2.2", "=.03", False),
        ("t", (28,), "2.2", "=.04", False),
        ("t", (28,), "2.20", "=.036", False),
        ("t", (28,), "2.20", "=.037", False),
        ("t", (28,), "2.20", "=.038", True),
        ("t", (28,), "2.20", "=.035", True),
        ("t", (28,), "2.20", ">.05", True),
        ("t", (28,), "2.20", "ns", True),
        ("t", (28,), "2.0", "<.05", False),
        ("t", (28,), "22.20", "=.000", False),  # rounded to 0
        ("t", (28,), "22.20", "< .000", False),
        ("t", (28,), "2.20", "=.000", True),
        ("t", (28,), "2.20", "< .000", True),
        ("t", (28,), "22.20", "< .001", False),
    ],
)
def test_rounding_of_statistic_and_p_is_allowed(test: Test, df: Degrees, value: str, p: str, error: bool) -> None:
    assert compared(test, df, value, p).error is error


@pytest.mark.parametrize(
    ("value", "p", "alpha"),
    [("2.20", ".11", ".10"), ("1.20", ".09", ".10"), ("5.20", ".02", ".01"), ("1.20", ".005", ".01")],
)
def test_the_decision_is_that_at_alpha(value: str, p: str, alpha: str) -> None:
    assert compared("t", (28,), value, p, alpha).decision_error


@pytest.mark.parametrize(
    ("computed", "p", "decision_error"),
    [
        (0.04, "= .04", False),
        (0.06, "= .04", True),
        (0.04, "= .05", False),
        (0.06, "= .05", True),
        (0.04, "= .06", True),
        (0.06, "= .06", False),
        (0.04, "< .04", False),
        (0.06, "< .04", True),
        (0.04, "< .05", False),
        (0.06, "< .05", True),
        (0.06, "< .06", False),
        (0.04, "> .04", False),
        (0.06, "> .04", False),
        (0.04, "> .05", True),
        (0.06, "> .05", False),
        (0.04, "> .06", True),
        (0.06, "> .06", False),
    ],
)
def test_bounds_decide_where_they_can(computed: float, p: str, decision_error: bool) -> None:
    value = f"{float(stdtrit(28, 1 - computed / 2)):.12f}"
    assert compared("t", (28,), value, p).decision_error is decision_error


def test_one_tail_must_be_declared() -> None:
    assert compared("t", (28,), "2.20", "=.018").error
    assert not compared("t", (28,), "2.20", "=.018", one_tailed=True).error
    assert compared("F", (2, 28), "2.20", "=.13", one_tailed=True).p == compared("F", (2, 28), "2.20", "=.13").p


@pytest.mark.parametrize(("test", "df"), [("t", (9,)), ("r", (9,)), ("z", ()), ("chi2", (3,)), ("F", (2, 9))])
def test_a_statistic_of_zero_has_p_1(test: Test, df: Degrees) -> None:
    found = compared(test, df, "0.00", "1.00")
    assert found.p.high == 1
    assert not found.error


def test_a_full_correlation_has_p_0() -> None:
    assert compared("r", (9,), "-1.00", "< .001").p.low == 0


@given(st.floats(-6, 6), st.integers(1, 200), st.integers(0, 4), st.integers(1, 5))
def test_honest_numbers_are_no_error(t: float, df: int, places: int, digits: int) -> None:
    p = f"{t_two_sided_p(t, df):.{digits}f}"
    found = compared("t", (df,), f"{t:.{places}f}", p)
    assert not found.error or Decimal(p) == 0
    assert not found.decision_error or found.error


@pytest.mark.parametrize(
    ("test", "df", "value", "why"),
    [
        ("w", (), "1", "there is no test"),
        ("t", (), "1", "t has 1 degrees of freedom, not 0"),
        ("F", (2,), "1", "F has 2 degrees of freedom, not 1"),
        ("t", (0,), "1", "above 0"),
        ("t", (float("nan"),), "1", "above 0"),
        ("t", (float("inf"),), "1", "above 0"),
        ("r", (9,), "1.2", "between -1 and 1"),
        ("chi2", (9,), "-1.2", "at least 0"),
        ("F", (1, 9), "-1.2", "at least 0"),
    ],
)
def test_what_is_no_statistic_is_refused(test: Test, df: Degrees, value: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        compared(test, df, value, ".03")
