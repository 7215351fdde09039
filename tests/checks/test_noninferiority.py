"""A claim of noninferiority against its margin."""

from __future__ import annotations

import pytest

from tests.checks.building import found_in, read


def found(effect: str, trial: str = "hypothesis: noninferiority, result: benefit, ", more: str = "") -> list[str]:
    text = f"trials: [{{id: t, statement: s, {trial}effects: [{{outcome: o, {effect}}}{more}]}}]"
    return [finding.message for finding in found_in("claim-noninferiority", read(text))]


@pytest.mark.parametrize(
    ("effect", "past"),
    [
        ("measure: HR, estimate: 1.10, ci_low: 0.87, ci_high: 1.39, noninferiority_margin: 1.3", True),
        ("measure: HR, estimate: 1.02, ci_low: 0.80, ci_high: 1.29, noninferiority_margin: 1.3", False),
        ("measure: HR, estimate: 1.02, ci_low: 0.80, ci_high: 1.3, noninferiority_margin: 1.30", False),
        ("measure: RR, estimate: 0.90, ci_low: 0.75, ci_high: 1.08, noninferiority_margin: 0.8", True),  # cure
        ("measure: RR, estimate: 0.95, ci_low: 0.85, ci_high: 1.06, noninferiority_margin: 0.8", False),
        ("measure: MD, estimate: -1.0, ci_low: -3.2, ci_high: 1.2, noninferiority_margin: -3", True),
        ("measure: MD, estimate: -1.0, ci_low: -2.8, ci_high: 0.8, noninferiority_margin: -3", False),
        ("measure: RD, estimate: 0.02, ci_low: -0.02, ci_high: 0.06, noninferiority_margin: 0.05", True),
        ("measure: RD, estimate: 2, ci_low: -2, ci_high: 6, noninferiority_margin: 0.05", False),  # in percent
        ("measure: HR, estimate: 1.1, ci_high: 1.39, ci_sides: one, ci_level: 97.5, noninferiority_margin: 1.3", True),
        ("measure: HR, estimate: 1.10, ci_low: 0.87, ci_high: 1.39", False),
        ("measure: HR, estimate: 1.10, ci_low: 0.87, ci_high: not_estimable, noninferiority_margin: 1.3", False),
    ],
)
def test_the_interval_ends_before_the_margin(effect: str, past: bool) -> None:
    assert bool(found(effect)) is past


PAST = "measure: HR, estimate: 1.10, ci_low: 0.87, ci_high: 1.39, noninferiority_margin: 1.3"


@pytest.mark.parametrize(
    ("trial", "p", "claimed"),
    [
        ("hypothesis: noninferiority, result: benefit, ", "", True),
        ("hypothesis: noninferiority, result: no_benefit, ", "", False),
        ("hypothesis: superiority, result: benefit, ", "", False),
        ("", ", p_for: noninferiority, p: 0.01", True),
        ("", ', p_for: noninferiority, p: "< 0.001"', True),
        ("", ", p_for: noninferiority, p: 0.09", False),
        ("", ", p_for: superiority, p: 0.01", False),
        ("result: benefit, ", ", p_for: noninferiority", True),
        ("result: no_benefit, ", ", p_for: equivalence, p: 0.01", True),
    ],
)
def test_somebody_must_claim_it(trial: str, p: str, claimed: bool) -> None:
    assert bool(found(PAST + p, trial)) is claimed


def test_equivalence_has_a_margin_on_both_sides() -> None:
    low = "measure: RR, estimate: 0.90, ci_low: 0.70, ci_high: 1.16, noninferiority_margin: 1.25"
    assert not found(low)
    assert found(low, "hypothesis: equivalence, result: benefit, ")


def test_the_result_is_that_of_the_primary_outcome() -> None:
    primary = ", {outcome: main, primary: true, measure: HR, estimate: 1.0, ci_low: 0.8, ci_high: 1.2}"
    assert not found(PAST, more=primary)
    assert found(f"{PAST}, primary: true", more=primary)


def test_it_is_told_with_its_numbers() -> None:
    assert found(PAST) == [
        "`result` is `benefit`, and the interval of HR 1.10 (0.87 to 1.39) goes past the margin of 1.3"
    ]
