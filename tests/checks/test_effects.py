"""The checks of an estimate and its interval."""

from __future__ import annotations

import pytest

from evgrade.model import Severity
from tests.checks.building import codes_of_effects, found_in, of_effect, read


def interval(measure: str, numbers: str) -> str:
    estimate, low, high = numbers.split()
    return f"measure: {measure}, estimate: {estimate}, ci_low: {low}, ci_high: {high}"


def test_the_published_interval_with_reversed_bounds() -> None:
    """HL7/ebm, commit 246f7bb, Evidence-magic-derived-evidence-body-weight-with-sg-example."""
    (finding,) = of_effect("effect-interval-reversed", interval("MD", "-0.47 -0.09 -0.85"))
    assert finding.message == "the interval goes from -0.09 down to -0.85: its bounds are reversed"
    assert finding.hint == "write ci_low: -0.85 and ci_high: -0.09, if the source has the same signs"
    assert finding.severity is Severity.ERROR
    assert finding.location.path[-1] == "ci_low"


def test_one_mistake_is_one_finding() -> None:
    text = (
        f"trials: [{{id: t, statement: s, effects: [{{outcome: o, p: 0.9, {interval('MD', '-0.47 -0.09 -0.85')}}}]}}]"
    )
    assert codes_of_effects(read(text)) == ["effect-interval-reversed"]


@pytest.mark.parametrize(
    ("effect", "severity"),
    [
        (interval("RR", "0.5 0.9 0.3"), Severity.ERROR),
        ("ci_low: 2, ci_high: 1", Severity.ERROR),
        (interval("other", "25 10 -50"), Severity.WARNING),  # a number needed to treat runs through infinity
        (interval("RR", "0.5 0.5 0.5"), None),
        ("ci_low: 2", None),
        ("ci_high: 2", None),
    ],
)
def test_bounds_in_order(effect: str, severity: Severity | None) -> None:
    assert [finding.severity for finding in of_effect("effect-interval-reversed", effect)] == [severity] * (
        severity is not None
    )


@pytest.mark.parametrize(
    ("effect", "message"),
    [
        ("measure: RR, estimate: -0.16", "-0.16 is negative, but RR is a ratio"),
        ("measure: rate_ratio, estimate: -0.16", "-0.16 is negative, but rate ratio is a ratio"),
        ("measure: OR, estimate: 0.3, ci_low: -0.10", "-0.10 is negative, but OR is a ratio"),
        (
            "measure: HR, estimate: 0, ci_low: 0, ci_high: 0.00",
            "the upper bound of HR is 0, but a ratio cannot be 0",
        ),
        ("measure: RR, estimate: 0, ci_low: 0.0, ci_high: 0.4", None),
        ("measure: MD, estimate: -0.16", None),
        ("estimate: -0.16", None),
    ],
)
def test_ratios_are_positive(effect: str, message: str | None) -> None:
    assert [finding.message for finding in of_effect("effect-ratio-negative", effect)] == [message] * bool(message)


def test_the_hint_for_a_logarithm_is_its_ratio() -> None:
    (finding,) = of_effect("effect-ratio-negative", "measure: RR, estimate: -0.16")
    assert finding.hint is not None
    assert "write 0.852" in finding.hint
    assert of_effect("effect-ratio-negative", "measure: RR, estimate: -1e300")


@pytest.mark.parametrize(
    "effect",
    [
        "measure: RR, estimate: 0.833, ci_low: 0.245, ci_high: -13.5",
        "measure: OR, estimate: 0.8, ci_low: 0.5, ci_high: -1.2",
        "measure: HR, estimate: -13.5",
        "measure: rate_ratio, estimate: 2, ci_low: 1, ci_high: -0.5",
    ],
)
def test_what_can_be_no_logarithm_and_no_swapped_bound_is_to_be_compared_with_the_source(effect: str) -> None:
    hints = [
        finding.hint or ""
        for code in ("effect-ratio-negative", "effect-interval-reversed")
        for finding in of_effect(code, effect)
    ]
    assert hints
    assert all(hint.startswith("compare ") for hint in hints), hints


def test_bounds_that_are_swapped_are_told_so_also_for_a_ratio_and_a_difference() -> None:
    for effect in ("measure: RR, ci_low: 2, ci_high: 0.5", "measure: MD, ci_low: 2, ci_high: -0.5"):
        (finding,) = of_effect("effect-interval-reversed", effect)
        assert finding.hint is not None
        assert finding.hint.startswith("write ci_low:")


@pytest.mark.parametrize(
    ("level", "meant"), [("0.95", "95"), (".9", "90"), ("5", "95"), ("95", None), ("50", None), ("99.9", None)]
)
def test_levels_are_in_percent(level: str, meant: str | None) -> None:
    hints = [finding.hint for finding in of_effect("effect-level", f"ci_level: {level}")]
    assert hints == ([f"the level is in percent: write {meant} if you mean that"] if meant else [])


@pytest.mark.parametrize(
    ("measure", "numbers", "codes"),
    [
        ("RR", "0.85 0.74 0.96", []),
        ("RR", "0.85 0.86 0.96", ["effect-off-centre"]),  # estimate and bound may both be 0.855
        ("RR", "0.850 0.86 0.96", ["effect-outside-interval"]),  # here it cannot
        ("RR", "0.85 0.87 0.96", ["effect-outside-interval"]),
        ("RR", "1.2 0.74 0.96", ["effect-outside-interval"]),
        ("MD", "1.2 -2.0 2.0", ["effect-off-centre"]),
        ("MD", "0.8 -2.0 2.0", []),
        ("OR", "1.05 0.10 2.00", ["effect-off-centre"]),  # the middle of a ratio is the geometric one
        ("MD", "1.05 0.10 2.00", []),
        ("RD", "-0.95 -0.99 -0.40", []),  # squeezed against -1
        ("RR", "1 0 2", []),
        ("OR", "0.0 0.0 0.8", []),
        ("OR", "0 0.2 0.8", []),  # no more than half a unit is known of the 0
        ("OR", "0.00 0.2 0.8", ["effect-outside-interval"]),
        ("other", "25 -50 10", []),
        ("MD", "1e300 -1e300 1e300", []),
        ("MD", "1e305 -1e308 1e308", []),
    ],
)
def test_where_the_estimate_lies(measure: str, numbers: str, codes: list[str]) -> None:
    effect = interval(measure, numbers)
    found = [code for code in ("effect-outside-interval", "effect-off-centre") if of_effect(code, effect)]
    assert found == codes


@pytest.mark.parametrize(
    ("bound", "is_outside"),
    [
        ("ci_high: 1.2, ci_sides: one", False),
        ("ci_high: 0.90, ci_sides: one", True),
        ("ci_high: 0.9, ci_sides: one", False),  # both may be 0.95
        ("ci_low: 0.97, ci_sides: one", True),
        ("ci_low: 0.4, ci_high: not_estimable", False),
        ("ci_low: 1.4, ci_high: not_estimable", True),
        ("ci_high: 0.7", True),
    ],
)
def test_an_estimate_lies_on_its_side_of_a_lone_bound(bound: str, *, is_outside: bool) -> None:
    assert bool(of_effect("effect-outside-interval", f"measure: HR, estimate: 0.95, {bound}")) is is_outside


def test_the_centre_is_told() -> None:
    (finding,) = of_effect("effect-off-centre", interval("HR", "0.90 0.10 0.95"))
    assert finding.message == "HR 0.90 (0.10 to 0.95): the estimate is far from the interval's centre, which is 0.308"


def prediction(bounds: str, effect: str) -> list[str]:
    low, high = bounds.split()
    text = f"""
outcomes:
  - {{id: o, name: o, effect: {{outcome: o, {effect}}}, prediction_low: {low}, prediction_high: {high}}}
"""
    return [finding.message for finding in found_in("effect-prediction-interval", read(text))]


def test_the_prediction_interval_of_the_bcg_trials() -> None:
    """The 13 trials of BCG vaccine, G. A. Colditz et al., JAMA 1994;271:698-702: exp of the pooled logarithms."""
    effect = interval("RR", "0.49 0.34 0.70")
    assert prediction("0.14 1.77", effect) == []
    exchanged = interval("RR", "0.49 0.14 1.77")
    assert prediction("0.34 0.70", exchanged) == [
        "the prediction interval, 0.34 to 0.70, is narrower than the confidence interval, 0.14 to 1.77"
    ]


@pytest.mark.parametrize(
    ("bounds", "effect", "found"),
    [
        ("0.9 0.2", interval("RR", "0.5 0.3 0.8"), 1),
        ("0.3 0.8", interval("RR", "0.5 0.3 0.8"), 0),
        ("0.32 0.78", interval("RR", "0.5 0.3 0.8"), 0),  # as rounded
        ("0.32 0.78", interval("RR", "0.50 0.30 0.80"), 1),
        ("0.32 0.85", interval("RR", "0.50 0.30 0.80"), 0),  # skewed, not narrower
        ("0.32 0.78", interval("RR", "0.50 0.30 0.80") + ", ci_level: 99", 0),
        ("0.32 0.78", "measure: RR, estimate: 0.50", 0),
    ],
)
def test_a_prediction_interval_is_the_wider_one(bounds: str, effect: str, found: int) -> None:
    assert len(prediction(bounds, effect)) == found


def test_numbers_in_other_notations_are_read_as_numbers() -> None:
    assert of_effect("effect-outside-interval", interval("MD", "0x10 0o1 0o2"))
    assert not of_effect("effect-outside-interval", "measure: MD, estimate: &half 0.5, ci_low: *half , ci_high: 1")


@pytest.mark.parametrize(
    ("heterogeneity", "found"),
    [
        ("i_squared: 60, ", True),
        ("i_squared: 0, ", False),
        ("q: 20.1, q_df: 5, ", True),
        ("q: 4.1, q_df: 5, ", False),
        ("", False),  # nobody knows
        (
            (
                "study_effects: [{outcome: o, measure: RR, estimate: 0.3, ci_low: 0.2, ci_high: 0.45}, "
                "{outcome: o, measure: RR, estimate: 0.8, ci_low: 0.6, ci_high: 1.07}], "
            ),
            True,
        ),
        (
            (
                "study_effects: [{outcome: o, measure: RR, estimate: 0.5, ci_low: 0.3, ci_high: 0.83}, "
                "{outcome: o, measure: RR, estimate: 0.5, ci_low: 0.3, ci_high: 0.83}], "
            ),
            False,
        ),
    ],
)
def test_a_prediction_interval_that_is_the_confidence_interval(heterogeneity: str, found: bool) -> None:
    effect = "effect: {outcome: o, measure: RR, estimate: 0.49, ci_low: 0.34, ci_high: 0.70}"
    text = f"outcomes: [{{id: o, name: o, {heterogeneity}{effect}, prediction_low: 0.34, prediction_high: 0.7}}]"
    assert bool(found_in("effect-prediction-interval", read(text))) is found


def test_a_negative_bound_of_a_ratio_is_neither_exchanged_nor_a_logarithm_of_next_to_nothing() -> None:
    """RR 0.833 (0.245 to -13.5), where 2.83 was meant."""
    effect = interval("RR", "0.833 0.245 -13.5")
    assert not of_effect("effect-interval-reversed", effect)
    (finding,) = of_effect("effect-ratio-negative", effect)
    assert finding.hint is not None
    assert "logarithm" not in finding.hint
    (finding,) = of_effect("effect-ratio-negative", "measure: RR, estimate: -0.16")
    assert finding.hint is not None
    assert "if -0.16 is its logarithm, write 0.852" in finding.hint


def test_the_interval_of_a_risk_difference_reaches_to_one_side_where_everybody_had_the_event() -> None:
    """Newcombe's interval of 393/393 v 7/8 reaches much further on one side."""
    arms = (
        "arms: [{name: a, role: intervention, participants: 393, events: EVENTS}, "
        "{name: b, role: control, participants: 8, events: 7}]"
    )
    skewed = f"{interval('RD', '0.125 -0.250 0.160')}, {arms}"
    assert not of_effect("effect-off-centre", skewed.replace("EVENTS", "393"))
    assert of_effect("effect-off-centre", skewed.replace("EVENTS", "300"))
