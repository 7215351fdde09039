"""What several studies say together: their number, their effects, Q, and the effect that pools them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.model import Severity
from evgrade.stats.normal import Estimate, Study
from evgrade.stats.pooling import Between, pool
from tests.checks.building import found, found_in, read


@pytest.mark.parametrize(
    ("facts", "many"),
    [
        ({"result": "benefit"}, 1),
        ({"result": "no_benefit"}, 1),
        ({"result": "mixed"}, 1),
        ({"result": "unclear"}, 0),
        ({"result": "pending"}, 0),
        ({"participants": 12}, 1),
        ({"participants": 0}, 0),
        ({"i_squared": 0}, 1),
        ({}, 0),
    ],
)
@pytest.mark.parametrize(("section", "studies"), [("syntheses", 0), ("outcomes", 0), ("syntheses", 1)])
def test_no_study_shows_nothing(section: str, studies: int, facts: dict[str, Any], many: int) -> None:
    item = {"id": "one", "statement": "A review."} if section == "syntheses" else {"id": "one", "name": "Death"}
    findings = found("count-no-studies", **{section: [{**item, "studies": studies, **facts}]})
    assert len(findings) == (many if studies == 0 else 0)


def test_no_study_has_an_effect() -> None:
    named = {"outcome": "death"}
    numbers = {**named, "measure": "RR", "estimate": 0.8}
    for effect, many in ((named, 0), (numbers, 1)):
        review = {"id": "one", "statement": "A review.", "studies": 0, "effects": [effect]}
        assert len(found("count-no-studies", syntheses=[review])) == many
        outcome = {"id": "one", "name": "Death", "studies": 0, "effect": effect, "study_effects": []}
        assert len(found("count-no-studies", outcomes=[outcome])) == many
    (finding,) = found("count-no-studies", outcomes=[{**outcome, "result": "benefit", "study_effects": [named]}])
    assert finding.message == "no studies were found, but there are results under `result`, `effect`, `study_effects`"


@pytest.mark.parametrize(
    ("studies", "effects", "many"),
    [
        (1, [{}, {}], 1),
        (2, [{}, {}], 0),
        (3, [{}, {}], 0),
        (2, [{}, {}, {}], 1),
        (1, [{"comparison": "10 mg"}, {"comparison": "20 mg"}], 0),
        (1, [{"time_point": "a month"}, {"time_point": "a year"}], 0),
        (1, [{"comparison": "10 mg"}, {"comparison": "10 mg"}], 1),
        (1, [{"outcome": "death, first study"}, {"outcome": "death, second study"}], 1),
        ("unclear", [{}, {}], 0),
    ],
)
def test_no_more_effects_than_studies(studies: Any, effects: list[dict[str, str]], many: int) -> None:
    outcome = {
        "id": "one",
        "name": "Death",
        "study_effects": [{"outcome": "death", **effect} for effect in effects],
    } | ({"studies": studies} if studies != "unclear" else {})
    assert len(found("count-study-effects", outcomes=[outcome])) == many


@pytest.mark.parametrize(
    ("facts", "severity"),
    [
        ("q: 25.0, q_df: 5, i_squared: 80", None),
        ("q: 25.0, q_df: 5, i_squared: 20", Severity.WARNING),
        ("q: 25.0, q_df: 5, i_squared: 75", Severity.NOTE),  # by restricted maximum likelihood, perhaps
        ("q: 3.1, q_df: 5, i_squared: 0", None),
        ("q: 3.1, q_df: 5, i_squared: 60", Severity.WARNING),
        ("q: 6, q_df: 5, i_squared: 20", None),  # 6 may be 6.49, 20 may be 20.4
        ("q: 6.00, q_df: 5, i_squared: 23", Severity.NOTE),
        ("q: 25.0, i_squared: 20", None),
        ("q_df: 5, i_squared: 20", None),
        ("q: 0, q_df: 5, i_squared: 0", None),
    ],
)
@pytest.mark.parametrize("item", ["outcomes: [{id: o, name: o, %s}]", "syntheses: [{id: o, statement: s, %s}]"])
def test_i_squared_follows_from_q(item: str, facts: str, severity: Severity | None) -> None:
    findings = found_in("effect-i-squared", read(item % facts))
    assert [finding.severity for finding in findings] == ([] if severity is None else [severity])


@pytest.mark.parametrize(
    "item",
    [
        "outcomes: [{id: o, name: o, i_squared: 20, effect: {outcome: o, test: %s}}]",
        "syntheses: [{id: o, statement: s, i_squared: 20, effects: [{outcome: o, test: %s}, {outcome: other}]}]",
    ],
)
def test_q_may_be_the_test_of_an_effect(item: str) -> None:
    (finding,) = found_in("effect-i-squared", read(item % "{statistic: Q, value: 25.0, df: [5]}"))
    assert finding.message == "I² of 20% is stated, but Q = 25.0 with 5 degrees of freedom gives 80%"
    assert found_in("effect-i-squared", read(item % "{statistic: chi2, value: 25.0, df: [5]}")) == []
    assert found_in("effect-i-squared", read(item % "{statistic: Q, value: 25.0}")) == []


def outcome(pooled: str, studies: list[str], measure: str = "RR", more: str = "") -> str:
    effects = ", ".join(f"{{outcome: o, measure: {measure}, estimate: {it}}}" for it in studies)
    effect = f"{{outcome: o, measure: {measure}, estimate: {pooled}}}"
    return f"outcomes: [{{id: o, name: o, effect: {effect}, study_effects: [{effects}]{more}}}]"


@pytest.mark.parametrize(
    ("text", "many"),
    [
        (outcome("0.8", ["0.7", "0.9"]), 0),
        (outcome("0.5", ["0.7", "0.9"]), 1),
        (outcome("1.2", ["0.7", "0.9"]), 1),
        (outcome("0.5", ["0.7", "0.9"], more=", studies: 2"), 1),
        (outcome("0.5", ["0.7", "0.9"], more=", studies: 3"), 0),
        (outcome("0.69", ["0.7", "0.9"]), 0),  # 0.7 may be 0.69
        (outcome("0.68", ["0.70", "0.90"]), 1),
        (outcome("0.7", ["0.75", "0.90"]), 0),  # 0.7 may be 0.749
        (outcome("0.5", ["0.7"]), 0),  # of the only one that is listed
        (outcome("-4", ["-2", "-1"], "MD"), 1),
        (outcome("-1.5", ["-2", "-1"], "MD"), 0),
        (outcome("0.68", ["0.70", "0.90"], "OR"), 0),  # by Peto's method
        (outcome("0.50", ["0.70", "0.90"], "OR"), 1),
        (outcome("0.5", ["0.7", "0.9"], "other"), 0),
        (outcome("0.5", ["0.7", "0.9"]).replace("RR", "OR", 1), 0),
    ],
)
def test_a_pooled_estimate_lies_among_the_studies(text: str, many: int) -> None:
    assert len(found_in("effect-pooled", read(text))) == many


def test_the_estimates_are_told() -> None:
    (finding,) = found_in("effect-pooled", read(outcome("0.50", ["0.90", "0.70", "0.80"])))
    assert finding.message == "the pooled RR is 0.50, but those of the 3 studies range from 0.70 to 0.90"


@st.composite
def studies(draw: st.DrawFn) -> list[tuple[float, float]]:
    """The logarithm of a ratio and its standard error, of several studies."""
    return draw(st.lists(st.tuples(st.floats(-1.5, 1.5), st.floats(0.05, 0.8)), min_size=2, max_size=8))


def printed(estimate: Estimate, places: int) -> str:
    value, low, high = (f"{math.exp(it):.{places}f}" for it in (estimate.value, estimate.low, estimate.high))
    return f"{{outcome: o, measure: RR, estimate: {value}, ci_low: {low}, ci_high: {high}}}"


@given(studies(), st.integers(2, 4), st.booleans(), st.integers(0, 2))
def test_honest_reviews_are_never_found(
    found_by: list[tuple[float, float]], places: int, fixed: bool, decimals: int
) -> None:
    pooled = pool([Study(*one) for one in found_by], Between.NONE if fixed else Between.DERSIMONIAN_LAIRD)
    differ = pooled.heterogeneity
    effects = [printed(Estimate(y, y - 1.96 * se, y + 1.96 * se), places) for y, se in found_by]
    effect = printed(pooled.effect, places)
    agreement = f"q: {differ.q:.{decimals}f}, q_df: {len(found_by) - 1}, i_squared: {100 * differ.i2:.{decimals}f}"
    text = (
        f"outcomes: [{{id: o, name: o, studies: {len(found_by)}, {agreement}, effect: {effect}, "
        f"study_effects: [{', '.join(effects)}]}}]"
    )
    for code in ("effect-i-squared", "effect-pooled", "count-study-effects", "count-no-studies"):
        assert found_in(code, read(text)) == []


def models(*effects: tuple[str, str, str], measure: str = "RR") -> str:
    rows = [
        f"{{outcome: o, measure: {measure}, estimate: {estimate}, ci_low: {low}, ci_high: {high}}}"
        for estimate, low, high in effects
    ]
    return f"outcomes: [{{id: o, name: o, study_effects: [{', '.join(rows)}]}}]"


APART = (("0.60", "0.50", "0.72"), ("0.95", "0.60", "1.50"), ("1.10", "0.70", "1.73"))


def test_models_that_disagree_are_told_with_both_intervals() -> None:
    (finding,) = found_in("effect-models", read(models(*APART)))
    assert finding.severity is Severity.NOTE
    assert finding.message == (
        "pooled with a common effect, RR is 0.683 (0.583 to 0.800), but with random effects 0.820 "
        "(0.539 to 1.25): the conclusion depends on the model"
    )


@pytest.mark.parametrize(
    "text",
    [
        models(("0.80", "0.60", "1.07"), ("0.83", "0.64", "1.08")),  # both say the same
        models(APART[0]),
        models(("0.6", "0.5", "0.7"), ("1", "0.6", "1.5"), ("1.1", "0.7", "1.7")).replace("ci_low: 0.6, ", ""),
        models(*APART).replace("RR", "OR", 1),
        models(*APART).replace("name: o,", "name: o, studies: 4,"),
        models(*APART, measure="other"),
        models(("0.8", "0.8", "0.8"), ("0.9", "0.9", "0.9")),
        models(("0", "0", "0.8"), ("0.9", "0.8", "1.2")),
    ],
)
def test_nothing_is_said_of_models_that_agree_or_cannot_be_pooled(text: str) -> None:
    assert found_in("effect-models", read(text)) == []


def test_models_that_may_agree_by_rounding_are_left() -> None:
    """In tenths an estimate may be off by a third of the way from the fixed interval to no effect."""
    tenths = (("0.8", "0.7", "0.9"), ("1.0", "0.8", "1.2"), ("1.2", "0.7", "2.0"))
    hundredths = tuple(tuple(f"{number}0" for number in row) for row in tenths)
    assert found_in("effect-models", read(models(*tenths))) == []
    assert len(found_in("effect-models", read(models(*hundredths)))) == 1  # type: ignore[arg-type]
