"""Estimate, interval and p value: recomputed with rounding carried through, and contradictions only where they are."""

from __future__ import annotations

import math
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import special
from scipy.special import stdtrit

from evgrade.facts.interval import (
    ReportedInterval,
    estimate_is_off_centre,
    estimate_is_outside,
    includes_no_effect,
    p_contradicts_interval,
    recompute,
    significance_contradicts_interval,
)
from evgrade.facts.p_value import ReportedP
from evgrade.facts.reported import Reported
from evgrade.stats.distributions import t_two_sided_p
from evgrade.stats.normal import two_sided_p, wald, z_of_level, z_of_p
from evgrade.stats.two_by_two import TwoByTwo, fisher_exact, odds_ratio, risk_ratio


def interval(measure: str, numbers: str, level: str = "95") -> ReportedInterval:
    """Return an interval from text such as `0.85 0.74 0.96`."""
    estimate, low, high = (Reported.parse(number) for number in numbers.split())
    return ReportedInterval(measure=measure, estimate=estimate, low=low, high=high, level=Decimal(level))


def contradicts(p: str, measure: str, numbers: str, level: str = "95") -> bool:
    return p_contradicts_interval(ReportedP.parse(p), interval(measure, numbers, level))


def significance_contradicts(p: str, measure: str, numbers: str, level: str = "95") -> bool:
    return significance_contradicts_interval(ReportedP.parse(p), interval(measure, numbers, level))


REMDESIVIR = [("0.85 0.74 0.96", -2.448, 0.0144, 2.52, "0.01"), ("0.81 0.60 1.08", -1.405, 0.1599, 1.44, "0.15")]
"""Death by day 28 with remdesivir, fixed and random effects, with the published z and p: HL7's EBM example
`Evidence-day-mortality-remdesivir-vs-placebo-meta-example`."""


@pytest.mark.parametrize(("numbers", "z", "p", "published_z", "published_p"), REMDESIVIR)
def test_remdesivir(numbers: str, z: float, p: float, published_z: float, published_p: str) -> None:
    """The numbers as printed give other values than the published ones, and rounding explains the difference."""
    estimate, low, high = (math.log(float(number)) for number in numbers.split())
    point = estimate / (high - low) * 2 * z_of_level(95)
    assert point == pytest.approx(z, abs=5e-4)
    assert two_sided_p(point) == pytest.approx(p, abs=5e-4)
    implied = recompute(interval("RR", numbers))
    assert implied.z.low < published_z < implied.z.high
    assert implied.p.low < float(published_p) < implied.p.high
    assert not contradicts(published_p, "RR", numbers)
    assert not significance_contradicts(published_p, "RR", numbers)


@pytest.mark.parametrize(
    ("p", "measure", "numbers", "level", "wrong"),
    [
        ("0.001", "RR", "0.90 0.79 1.03", "95", True),
        ("< 0.001", "HR", "0.90 0.79 1.03", "95", True),
        ("0.5", "RR", "0.70 0.55 0.89", "95", True),
        ("> 0.05", "OR", "0.50 0.40 0.62", "95", True),
        ("ns", "MD", "-2.10 -3.05 -1.15", "95", True),
        ("0.03", "MD", "-2.10 -4.02 -0.18", "95", False),
        ("0.0001", "MD", "-2.1 -4.0 -0.2", "95", True),
        # With 90% the same bounds imply a larger p.
        ("0.07", "MD", "-2.10 -4.02 -0.18", "90", False),
        # A bound tells nothing that contradicts a p well below it.
        ("< 0.05", "MD", "-2.10 -3.05 -1.15", "95", False),
        # Far out in the tails tests differ without end.
        ("< 0.0001", "RR", "0.70 0.55 0.89", "95", False),
        # Rounded to nothing: any p is possible.
        ("0.6", "RR", "1 1 1", "95", False),
        ("0.001", "OR", "0.0 0.0 0.4", "95", False),
    ],
)
def test_only_a_clear_difference_contradicts(p: str, measure: str, numbers: str, level: str, wrong: bool) -> None:
    assert contradicts(p, measure, numbers, level) is wrong


@pytest.mark.parametrize(
    ("p", "measure", "numbers", "level", "wrong"),
    [
        ("0.03", "RR", "0.85 0.70 1.04", "95", True),
        ("< .05", "RR", "0.85 0.70 1.04", "95", True),
        ("0.06", "RR", "0.85 0.74 0.96", "95", True),
        ("ns", "MD", "2.0 0.5 3.5", "95", True),
        ("< .001", "MD", "-2.0 -4.5 0.5", "95", True),
        ("> .05", "MD", "-2.0 -4.5 0.5", "95", False),
        # The bound may lie on either side of 1 before rounding, p on either side of 0.05.
        ("0.04", "RR", "0.85 0.72 1.00", "95", False),
        ("0.05", "RR", "0.85 0.70 1.04", "95", False),
        ("< 0.1", "RR", "0.85 0.70 1.04", "95", False),
        # 0.07 is significant at the level of a 90% interval.
        ("0.07", "RR", "0.85 0.74 0.96", "90", False),
        ("0.07", "RR", "0.85 0.70 1.04", "90", True),
    ],
)
def test_the_decision_must_be_the_same(p: str, measure: str, numbers: str, level: str, wrong: bool) -> None:
    assert significance_contradicts(p, measure, numbers, level) is wrong


@pytest.mark.parametrize(
    ("measure", "numbers", "outside", "off_centre"),
    [
        ("RR", "0.85 0.74 0.96", False, False),
        ("RR", "0.85 0.86 0.96", False, True),  # the estimate may be 0.855 and the bound too
        ("RR", "0.85 0.87 0.96", True, True),
        ("HR", "0.90 0.10 0.95", False, True),
        ("HR", "0.5 0.2 1.2", False, False),
        # The middle of a ratio is the geometric one: 1.05 would be the arithmetic one.
        ("OR", "1.05 0.10 2.00", False, True),
        ("MD", "1.05 0.10 2.00", False, False),
        ("MD", "-1.2 -2.0 2.0", False, True),
        ("MD", "-0.8 -2.0 2.0", False, False),
        ("MD", "0.8 -2.0 2.0", False, False),
        ("MD", "1.2 -2.0 2.0", False, True),
        ("RD", "-0.95 -0.99 -0.40", False, False),  # squeezed against -1
        ("RD", "0.10 0.08 0.40", False, True),
        # So coarsely rounded, anything is possible.
        ("RR", "1 0 2", False, False),
        ("OR", "0.1 0.0 0.8", False, False),
    ],
)
def test_the_estimate_lies_near_the_middle(measure: str, numbers: str, outside: bool, off_centre: bool) -> None:
    assert estimate_is_outside(interval(measure, numbers)) is outside
    assert estimate_is_off_centre(interval(measure, numbers)) is off_centre


@pytest.mark.parametrize(
    ("numbers", "included"),
    [("0.9 0.7 1.2", True), ("0.8 0.6 0.9", False), ("1.5 1.2 1.9", False), ("0.8 0.6 1.0", None), ("1 1 1", None)],
)
def test_rounding_may_leave_open_whether_no_effect_is_included(numbers: str, included: bool | None) -> None:
    assert includes_no_effect(interval("RR", numbers)) is included


@pytest.mark.parametrize(
    ("measure", "numbers", "level", "why"),
    [
        ("other", "1 1 2", "95", "no rule for the measure"),
        ("RR", "-0.5 0.1 0.9", "95", "above 0, not -0.5"),
        ("OR", "0.5 -0.1 0.9", "95", "above 0, not -0.1"),
        ("MD", "-0.5 -0.09 -0.85", "95", "the lower bound -0.09 is above the upper bound -0.85"),
        ("MD", "1 0 2", "100", "between 0 and 100"),
        ("MD", "1 0 2", "0", "between 0 and 100"),
    ],
)
def test_what_is_no_interval_is_refused(measure: str, numbers: str, level: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        interval(measure, numbers, level)


@pytest.mark.parametrize("numbers", ["1e300 1e-300 1e300", "0 0 0", "0 -1e300 1e300", "1e-300 1e-300 1e-300"])
def test_extreme_numbers_do_no_harm(numbers: str) -> None:
    implied = recompute(interval("MD", numbers))
    assert 0 <= implied.p.low <= implied.p.high <= 1
    assert not estimate_is_outside(interval("MD", numbers))


RATIO = st.sampled_from(["RR", "OR", "HR", "rate_ratio"])
EFFECT, ERROR, PLACES, LEVEL = st.floats(-2, 2), st.floats(0.02, 1.5), st.integers(1, 4), st.sampled_from([90, 95, 99])


@given(st.one_of(RATIO, st.sampled_from(["MD", "SMD"])), EFFECT, ERROR, PLACES, LEVEL)
def test_honest_numbers_never_contradict(measure: str, effect: float, error: float, places: int, level: int) -> None:
    """However coarsely an estimate, its Wald interval and its p value are rounded."""
    estimate = wald(effect, error, level)
    ratio = measure not in ("MD", "SMD")
    printed = estimate.exponential() if ratio else estimate
    assume(not ratio or printed.value >= 0.5 * 10**-places)
    numbers = " ".join(f"{number:.{places}f}" for number in (printed.value, printed.low, printed.high))
    reported, p = interval(measure, numbers, str(level)), two_sided_p(effect / error)
    implied = recompute(reported)
    assert implied.p.low * (1 - 1e-9) <= p <= implied.p.high * (1 + 1e-9) + 1e-300
    assert implied.standard_error.low <= error * (1 + 1e-9) <= implied.standard_error.high * (1 + 2e-9)
    for digits in (2, 3, 4):
        assert not p_contradicts_interval(ReportedP.parse(f"{p:.{digits}f}"), reported)
        assert not significance_contradicts_interval(ReportedP.parse(f"{p:.{digits}f}"), reported)
    assert not estimate_is_outside(reported)
    assert not estimate_is_off_centre(reported)


@given(st.floats(0.8, 2.5), st.floats(0.1, 5))
def test_a_halved_or_doubled_error_is_seen(z: float, error: float) -> None:
    """A standard error printed as a confidence interval is off by as much."""
    for factor in (0.5, 2):
        printed = wald(z * error, error * factor)
        numbers = f"{printed.value:.6f} {printed.low:.6f} {printed.high:.6f}"
        seen = contradicts(f"{two_sided_p(z):.6f}", "MD", numbers)
        assert seen or (factor == 2 and z <= 1.41)


def test_p_values_of_t_with_three_degrees_of_freedom_do_not_contradict_its_interval() -> None:
    for df, step in product([3, 4, 6, 10, 30], range(1, 400)):
        t = step / 20
        reach = float(stdtrit(df, 0.975))
        numbers = f"{t:.4f} {t - reach:.4f} {t + reach:.4f}"
        assert not contradicts(f"{t_two_sided_p(t, df):.6f}", "MD", numbers), (df, t)


def test_nor_does_an_exact_p_value_contradict_a_wald_interval() -> None:
    """All tables of two arms of 12 and 20 with three people in each cell at least."""
    for a, c in product(range(3, 10), range(3, 18)):
        table = TwoByTwo(a, 12, c, 20)
        p = fisher_exact(table)
        for measure, effect in (("RR", risk_ratio(table)), ("OR", odds_ratio(table))):
            assert effect is not None
            numbers = f"{effect.value:.4f} {effect.low:.4f} {effect.high:.4f}"
            assert not contradicts(f"{p:.4f}", measure, numbers), (table, measure)


@pytest.mark.parametrize("events", [1, 2, 3, 10])
def test_exact_poisson_intervals_are_not_off_centre(events: int) -> None:
    """Garwood's interval of a rate, the most skewed of the usual ones."""
    low, high = special.chdtri(2 * events, 0.975) / 2, special.chdtri(2 * events + 2, 0.025) / 2
    assert not estimate_is_off_centre(interval("rate_ratio", f"1.000 {low / events:.3f} {high / events:.3f}"))


@given(st.floats(1e-300, 1))
def test_z_and_p_are_inverse(p: float) -> None:
    assert two_sided_p(z_of_p(p)) == pytest.approx(p, rel=1e-9)


def test_tails_are_precise_far_out() -> None:
    assert two_sided_p(20) == pytest.approx(5.507248237212467e-89, rel=1e-12)
    assert z_of_p(0) == math.inf
    assert z_of_level(95) == pytest.approx(1.959963984540054, abs=1e-12)
    with pytest.raises(ValueError, match="between 0 and 1"):
        z_of_p(1.1)
    with pytest.raises(ValueError, match="between 0 and 100"):
        wald(0, 1, 100)
    assert wald(1e4, 1).exponential().value == math.inf
