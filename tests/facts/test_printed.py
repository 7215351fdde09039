"""Numbers as printed: whatever is derived from them includes what the numbers before rounding give."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evgrade.facts.known import Range, bounds_of
from evgrade.facts.outcomes import possible_i2
from evgrade.facts.registry import REGISTRY
from evgrade.facts.reported import as_printed
from evgrade.model import Path
from tests.examples import examples

Data = dict[str, Any]


def written(data: Data, path: Path) -> str:
    value: Any = data
    for step in path:
        value = value[step]
    return str(value)


def printed(**data: Any) -> Data:
    """Return a mapping whose numbers are given as text, as printed."""
    return as_printed(_numbers(data), lambda path: written(data, path))


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_numbers(one) for one in value]
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def test_what_was_measured_is_a_range_and_what_was_counted_or_chosen_is_not() -> None:
    effect = {"measure": "RR", "estimate": "0.80", "ci_low": "0.7", "ci_level": "95", "arms": [{"events": 3}]}
    assert printed(i_squared="50", smallest_important_effect="0.75", effect=effect, refs=["one"]) == {
        "i_squared": Range(49.5, 50.5),
        "smallest_important_effect": 0.75,
        "effect": {
            "measure": "RR",
            "estimate": Range(0.795, 0.805),
            "ci_low": Range(0.65, 0.75),
            "ci_level": 95.0,
            "arms": [{"events": 3}],
        },
        "refs": ["one"],
    }


@pytest.mark.parametrize(("value", "text"), [(255, "0xff"), (0.5, "*anchor"), (0.5, "")])
def test_a_number_whose_text_is_no_decimal_is_taken_by_its_shortest(value: float, text: str) -> None:
    half = 0.5 if value == 255 else 0.05
    assert as_printed({"estimate": value}, lambda _: text) == {"estimate": Range(value - half, value + half)}


@st.composite
def effects(draw: st.DrawFn) -> Data:
    low, estimate, high = sorted(draw(st.lists(st.floats(0.2, 8), min_size=3, max_size=3)))
    arms = [{"role": role, "events": 10, "participants": 100} for role in ("intervention", "control")]
    measure = draw(st.sampled_from(["RR", "OR", "HR", "MD", "RD"]))
    return {"measure": measure, "estimate": estimate, "ci_low": low, "ci_high": high, "arms": arms}


@st.composite
def outcomes(draw: st.DrawFn) -> Data:
    low, high = sorted(draw(st.lists(st.floats(0.2, 8), min_size=2, max_size=2)))
    smallest = draw(st.sampled_from([None, 0.5, 0.75, 1.25, 2]))
    return {
        "studies": 1,
        "effect": draw(effects()),
        "prediction_low": low,
        "prediction_high": high,
        "study_effects": draw(st.lists(effects(), min_size=2, max_size=4)),
        "baseline_risk": {"n": 10, "of": 100},
    } | ({} if smallest is None else {"smallest_important_effect": smallest})


@examples(300)
@given(
    outcomes(), st.integers(0, 3), st.sampled_from([it for it in REGISTRY if it.definition in ("effect", "outcome")])
)
def test_rounding_never_excludes_what_was_measured(outcome: Data, places: int, derived: Any) -> None:
    holder = outcome if derived.definition == "outcome" else outcome["effect"]
    exact = derived.compute(holder)

    def text(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: text(one) if key != "smallest_important_effect" else one for key, one in value.items()}
        if isinstance(value, list):
            return [text(one) for one in value]
        return f"{value:.{places}f}" if isinstance(value, float) else value

    rounded = text(holder)
    possible = derived.compute(printed(**rounded))
    if possible is None:
        return
    assume(exact is not None)
    low, high = bounds_of(possible)
    assert low - 1e-6 * abs(low) <= exact <= high + 1e-6 * abs(high) or math.isinf(high)


def test_studies_without_any_blur_have_the_heterogeneity_of_their_pooling() -> None:
    effects, errors = [Range(0.0, 0.0), Range(1.0, 1.0)], [Range(0.5, 0.5), Range(0.5, 0.5)]
    found = possible_i2(effects, errors)
    assert found is not None
    assert found.low == pytest.approx(0.5)
    assert found.high == pytest.approx(0.5)
    assert possible_i2(effects, [Range(0.0, 0.5), Range(0.5, 0.5)]) is None
    assert possible_i2([Range(-math.inf, 0), Range(1, 1)], errors) is None
