"""The check of a stated I²."""

from __future__ import annotations

import math

import pytest

from evgrade.stats.two_by_two import TwoByTwo, risk_ratio
from tests.checks.building import found_in, read
from tests.stats.test_pooling import BCG


def outcome(i_squared: str, effects: list[tuple[str, str, str]], more: str = "") -> str:
    rows = [
        f"{{outcome: o, measure: RR, estimate: {estimate}, ci_low: {low}, ci_high: {high}}}"
        for estimate, low, high in effects
    ]
    return f"outcomes: [{{id: o, name: o, i_squared: {i_squared}{more}, study_effects: [{', '.join(rows)}]}}]"


def bcg(places: int) -> list[tuple[str, str, str]]:
    found = [risk_ratio(TwoByTwo(a, a + b, c, c + d)) for a, b, c, d in BCG]
    return [tuple(f"{it:.{places}f}" for it in (one.value, one.low, one.high)) for one in found if one]  # type: ignore[misc]


@pytest.mark.parametrize(("i_squared", "found"), [("92", 0), ("92.12", 0), ("75", 0), ("60", 1), ("0", 1), ("100", 0)])
@pytest.mark.parametrize("places", [2, 3])
def test_bcg(i_squared: str, places: int, found: int) -> None:
    """The 13 trials of BCG vaccine have an I² of 92.12%: G. A. Colditz et al., JAMA 1994, as in R's metafor."""
    assert len(found_in("effect-heterogeneity", read(outcome(i_squared, bcg(places))))) == found


def test_the_numbers_are_told() -> None:
    (finding,) = found_in("effect-heterogeneity", read(outcome("12.0", bcg(3))))
    assert finding.message == "I² of 12.0% is stated, but the 13 study effects give 92%"
    (finding,) = found_in("effect-heterogeneity", read(outcome("12.0", bcg(2))))
    assert finding.message == "I² of 12.0% is stated, but the 13 study effects give 91 to 93%"


@pytest.mark.parametrize(("more", "found"), [("", 1), (", studies: 13", 1), (", studies: 14", 0)])
def test_a_list_that_is_not_complete_tells_nothing(more: str, found: int) -> None:
    assert len(found_in("effect-heterogeneity", read(outcome("0", bcg(3), more)))) == found


def test_coarse_numbers_leave_much_open() -> None:
    coarse = [("0.8", "0.7", "0.9"), ("0.9", "0.8", "1.0"), ("0.9", "0.8", "1.1")]
    fine = [tuple(f"{number}00" for number in one) for one in coarse]
    assert found_in("effect-heterogeneity", read(outcome("70", coarse))) == []
    assert found_in("effect-heterogeneity", read(outcome("70", fine)))  # type: ignore[arg-type]


def test_rounding_of_the_estimates_counts_too() -> None:
    """These two may be 0.65 and 0.75, whose difference chance explains."""
    assert found_in("effect-heterogeneity", read(outcome("0", [("0.6", "0.5", "0.8"), ("0.8", "0.7", "0.9")]))) == []
    finer = [("0.60", "0.50", "0.80"), ("0.80", "0.70", "0.90")]
    assert found_in("effect-heterogeneity", read(outcome("0", finer)))


def test_numbers_that_are_no_effects_are_left() -> None:
    broken = [("0.8", "0.9", "0.7"), ("0.9", "0.8", "1.0")]
    assert found_in("effect-heterogeneity", read(outcome("90", broken))) == []
    assert math.isfinite(
        len(found_in("effect-heterogeneity", read(outcome("90", [("1", "1", "2"), ("9", "0.1", "99")]))))
    )


def linked(i_squared: str, effects: list[tuple[str, str, str]], more: str) -> str:
    trials = "\n".join(
        f"  - {{id: t{number}, statement: s, effects: [{{outcome: o, answers: o, measure: RR, estimate: {estimate}, "
        f"ci_low: {low}, ci_high: {high}}}]}}"
        for number, (estimate, low, high) in enumerate(effects)
    )
    return f"trials:\n{trials}\noutcomes: [{{id: o, name: o, i_squared: {i_squared}{more}}}]"


@pytest.mark.parametrize(("more", "found"), [("", 0), (", studies: 13", 1), (", studies: 14", 0)])
def test_studies_that_answer_an_outcome_count_where_they_are_all(more: str, found: int) -> None:
    findings = found_in("effect-heterogeneity", read(linked("12", bcg(3), more)))
    assert len(findings) == found
    assert [len(finding.related) for finding in findings] == [13] * found
