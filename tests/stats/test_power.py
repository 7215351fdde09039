"""Sample size, against published values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from evgrade.stats.power import events_for_hazard_ratio, people_for_means, people_for_proportions, reach


@pytest.mark.parametrize(
    ("difference", "power", "people"),
    [(0.2, 0.8, 394), (0.5, 0.8, 64), (-0.5, 0.8, 64), (0.8, 0.8, 26), (0.5, 0.9, 86)],
)
def test_people_for_means(difference: float, power: float, people: int) -> None:
    """The first two: the manual of the R package metaumbrella, `add.evidence`; the next: J. Cohen 1988, table 2.4.1.

    The last: R's `power.t.test(power = .90, delta = .5)`, 85.03.
    """
    assert people_for_means(difference, power) == people


@given(st.floats(0.05, 2), st.floats(0.3, 0.99), st.floats(0.005, 0.15))
def test_people_for_means_are_those_of_the_noncentral_t(difference: float, power: float, alpha: float) -> None:
    def power_of(people: int) -> float:
        df, shift = 2 * people - 2, difference * math.sqrt(people / 2)
        return 1 - float(special.nctdtr(df, shift, special.stdtrit(df, 1 - alpha / 2)))

    people = people_for_means(difference, power, alpha)
    if people > 10:  # the formula is for arms that are not tiny
        assert power_of(people + 1) >= power
        assert power_of(people - 2) < power


@pytest.mark.parametrize(
    ("control", "therapy", "power", "people"),
    [(0.5, 0.75, 0.9, 77), (0.75, 0.5, 0.9, 77), (0.05, 0.1, 0.9, 582), (0.05, 0.1, 0.8, 435)],
)
def test_people_for_proportions(control: float, therapy: float, power: float, people: int) -> None:
    """R documents `power.prop.test(p1 = .50, p2 = .75, power = .90)`: 76.7.

    J. L. Fleiss, B. Levin and M. C. Paik, Statistical Methods for Rates and Proportions, 3rd edition 2003, table A.4,
    has the same formula before the correction for continuity.
    """
    assert people_for_proportions(control, therapy, power) == people


@pytest.mark.parametrize(("ratio", "people"), [(1.25, 1264), (1.5, 384), (1.75, 204), (2.0, 132)])
def test_events_for_a_hazard_ratio(ratio: float, people: int) -> None:
    """Trials 2015;16:213, table 1: people by Schoenfeld's formula, of whom half have the event.

    It rounds their number up so that arms and events are whole.
    """
    events = events_for_hazard_ratio(ratio, 0.8)
    assert events <= people / 2 < events + 2
    assert events_for_hazard_ratio(1 / ratio, 0.8) == events


def test_an_effect_has_to_be_3_24_standard_errors_for_90_percent() -> None:
    assert reach(0.9) == pytest.approx(3.2415, abs=1e-4)
    assert reach(0.8) == pytest.approx(2.8016, abs=1e-4)
    assert reach(0.3) == pytest.approx(1.9600 - 0.5244, abs=1e-4)


@given(st.floats(0.01, 3), st.floats(0.06, 0.98))
def test_more_power_and_smaller_effects_take_more_people(effect: float, power: float) -> None:
    assert people_for_means(effect, power + 0.01) >= people_for_means(effect, power)
    assert people_for_means(effect, power) >= people_for_means(effect * 1.1, power)
    assert events_for_hazard_ratio(math.exp(effect), power) >= events_for_hazard_ratio(math.exp(effect * 1.1), power)


@pytest.mark.parametrize("difference", [0, 1e-9, math.nan, math.inf])
def test_a_difference_that_no_trial_can_find_is_refused(difference: float) -> None:
    with pytest.raises(ValueError, match="at least"):
        people_for_means(difference, 0.8)


@pytest.mark.parametrize(("power", "alpha"), [(1, 0.05), (0.8, 0), (0.05, 0.05), (0, 0.05)])
def test_a_power_that_makes_no_sense_is_refused(power: float, alpha: float) -> None:
    with pytest.raises(ValueError, match="power is above alpha"):
        people_for_means(0.5, power, alpha)
    with pytest.raises(ValueError, match="power is above alpha"):
        people_for_proportions(0.5, 0.6, power, alpha)
    with pytest.raises(ValueError, match="power is above alpha"):
        events_for_hazard_ratio(0.5, power, alpha)


def test_proportions_and_ratios_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        people_for_proportions(0.5, 1.2, 0.9)
    with pytest.raises(ValueError, match="at least"):
        people_for_proportions(0.5, 0.5, 0.9)
    for ratio in (0, -1):
        with pytest.raises(ValueError, match="above 0"):
            events_for_hazard_ratio(ratio, 0.9)
    with pytest.raises(ValueError, match="at least"):
        events_for_hazard_ratio(1, 0.9)
