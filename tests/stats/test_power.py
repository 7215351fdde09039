"""Sample size, against published values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.stats.power import optimal_information_size, power_of_t_test


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
