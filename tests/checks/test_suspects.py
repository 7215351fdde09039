"""The quick look that spares the exact one: it passes nothing that the exact rules find, and no number harms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evgrade.checks import with_checks
from evgrade.checks.suspects import KNOWN, estimate_may_be_off, p_may_contradict
from evgrade.facts.effects import RATIOS
from evgrade.facts.interval import (
    ReportedInterval,
    estimate_is_off_centre,
    estimate_is_outside,
    p_contradicts_interval,
    significance_contradicts_interval,
)
from evgrade.facts.p_value import ReportedP
from evgrade.facts.reported import Reported
from tests.checks.building import dossier, found_in, read
from tests.examples import examples

MEASURES = st.sampled_from(sorted(KNOWN))
PLACES = st.integers(0, 3)


@st.composite
def decimals(draw: st.DrawFn, low: float, high: float) -> str:
    return f"{draw(st.floats(low, high)):.{draw(PLACES)}f}"


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, str, str, str]:
    """Return a measure with an estimate and bounds that need not fit together."""
    measure = draw(MEASURES)
    lowest = 0 if measure in RATIOS else -4
    low, high = sorted((draw(decimals(lowest, 4)), draw(decimals(lowest, 4))), key=float)
    estimate = draw(decimals(max(lowest, float(low) - 0.5), float(high) + 0.5))
    return measure, estimate, low, high


@st.composite
def p_values(draw: st.DrawFn) -> str:
    number = f"{draw(st.floats(0, 1)) ** draw(st.integers(1, 4)):.{draw(st.integers(1, 4))}f}"
    return draw(st.sampled_from(["", "", "< ", "> "])) + number


@examples(800)
@given(numbers(), p_values(), st.sampled_from([95, 95, 90, 99, 97.5]))
def test_what_it_lets_pass_the_exact_rules_let_pass(stated: tuple[str, str, str, str], p: str, level: float) -> None:
    measure, *rest = stated
    estimate, low, high = rest
    assume(float(estimate) >= 0 or measure not in RATIOS)
    data: dict[str, Any] = {"measure": measure, "ci_level": level, "p": p if p[0] in "<>" else float(p)}
    data |= {"estimate": float(estimate), "ci_low": float(low), "ci_high": float(high)}
    parsed = [Reported.parse(number) for number in rest]
    interval = ReportedInterval(
        measure=measure, estimate=parsed[0], low=parsed[1], high=parsed[2], level=Decimal(str(level))
    )
    if estimate_is_outside(interval) or estimate_is_off_centre(interval):
        assert estimate_may_be_off(data)
    reported = ReportedP.parse(p)
    if p_contradicts_interval(reported, interval) or significance_contradicts_interval(reported, interval):
        assert p_may_contradict(data)


@pytest.mark.parametrize(
    ("estimate", "p", "suspect"),
    [
        (0.85, 0.015, False),
        (0.85, 0.0001, True),
        (0.85, 0.2, True),
        (0.85, "< 0.0001", True),
        (0.85, "< 0.001", False),
        (0.85, "> 0.05", True),
    ],
)
def test_it_does_spare_the_exact_look(estimate: float, p: float | str, suspect: bool) -> None:
    data = {"measure": "RR", "estimate": estimate, "ci_low": 0.74, "ci_high": 0.97, "p": p}
    assert p_may_contradict(data) is suspect
    assert not estimate_may_be_off(data)


ANY = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**17), 10**17),
    st.sampled_from([0, -0.0, 5e-324, 1e308, -1e308, 1e-300, 1]),
)
UNIT = st.sampled_from(["hours", "years"])
BOUND = st.one_of(ANY, st.just("not_estimable"))
COUNT = st.one_of(st.integers(0, 10**9), st.integers(0, 60))


@pytest.mark.slow
@examples(400)
@given(st.data())
def test_no_numbers_do_harm(data: st.DataObject) -> None:
    def some(**keys: st.SearchStrategy[Any]) -> dict[str, Any]:
        return data.draw(st.fixed_dictionaries({}, optional=keys))

    def effect() -> dict[str, Any]:
        facts = some(
            measure=st.sampled_from([*sorted(KNOWN), "other"]),
            estimate=ANY,
            ci_low=BOUND,
            ci_high=BOUND,
            ci_sides=st.sampled_from(["one", "two"]),
            se=st.floats(5e-324, 1e308),
            p_sides=st.sampled_from(["one", "two"]),
            p_for=st.sampled_from(["superiority", "noninferiority", "equivalence", "trend"]),
            adjusted=st.booleans(),
            noninferiority_margin=ANY,
            null_value=ANY,
            ci_level=st.floats(0.001, 99.999),
            p=st.one_of(st.floats(0, 1), st.sampled_from(["< 0.001", "> .05", "< .000", "> 1.99", "≤ 5e-300"])),
            values=st.sampled_from(["whole_numbers", "binary"]),
            items=st.integers(1, 1000),
            test=st.fixed_dictionaries(
                {"statistic": st.sampled_from(["t", "F", "chi2", "z", "r", "Q"]), "value": ANY},
                optional={"df": st.lists(st.floats(1e-300, 1e300), max_size=2), "one_tailed": st.booleans()},
            ),
        )
        arms = [
            {"name": role, "role": role}
            | some(
                participants=COUNT,
                events=COUNT,
                events_count=st.sampled_from(["people", "events"]),
                mean=ANY,
                sd=ANY.map(abs),
                se=ANY.map(abs),
                percent=st.one_of(st.floats(0, 100), st.just("< 0.1")),
                person_time=st.fixed_dictionaries(
                    {"amount": ANY.map(abs), "unit": st.sampled_from(["hours", "years"])}
                ),
            )
            for role in ("intervention", "control")
        ]
        return {"outcome": "o", "arms": arms, **facts}

    outcome = {"id": "o", "name": "o", "effect": effect(), "study_effects": [effect(), effect()]}
    outcome |= some(prediction_low=ANY, prediction_high=ANY, i_squared=st.floats(0, 100))
    names = [("a", "b"), ("b", "c"), ("a", "c")]
    effects = [effect() for _ in names]
    for (one, other), compared in zip(names, effects, strict=True):
        compared["arms"][0]["name"], compared["arms"][1]["name"] = one, other
    trial = {"id": "t", "statement": "s", "arms": [{"name": "a", "participants": 3}], "effects": effects} | some(
        participants=COUNT,
        clusters=COUNT,
        icc=st.floats(0, 1),
        randomized_unit=st.sampled_from(["cluster", "individual"]),
        result=st.sampled_from(["benefit", "harm"]),
        hypothesis=st.sampled_from(["noninferiority", "superiority"]),
    )
    checked = dossier(trials=[trial], outcomes=[outcome])
    for finding in with_checks(checked).findings:
        assert finding.message
        assert finding.location.path


COUNTED = """
trials:
  - id: t
    statement: s
    effects:
      - outcome: o
        measure: RD
        estimate: -0.174
        ci_low: -0.338
        ci_high: -0.009
        p: "< 0.001"
        arms:
          - {name: a, role: intervention, participants: 202, events: 7}
          - {name: b, role: control, participants: 24, events: 5}
"""


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("", "", 0),  # chi-squared gives 0.0003, and the interval is Wald's: 0.038
        ("events: 5", "events: 9", 1),  # another interval
        ('"< 0.001"', "0.9", 1),  # no test of the counts gives it
        ("role: control", "role: intervention", 1),
    ],
)
def test_counts_may_explain_a_p_value_of_another_test(old: str, new: str, found: int) -> None:
    assert len(found_in("effect-p-interval", read(COUNTED.replace(old, new)))) == found
