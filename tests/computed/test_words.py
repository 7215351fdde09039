"""Numbers in words: digits, fewer and more, and the number needed to treat."""

from __future__ import annotations

import math
from typing import Any

import pytest

from evgrade.computed import methods
from evgrade.computed.absolute import Absolute
from evgrade.computed.words import estimate_words, needed_words, people_words
from evgrade.stats.absolute import needed_to_treat
from evgrade.stats.normal import Estimate
from tests.computed.building import counts, numbers, outcome, trial


@pytest.mark.parametrize(
    ("measure", "numbers", "words"),
    [
        ("RR", (0.8, 0.69123, 0.93), "RR 0.80 (0.69 to 0.93)"),
        ("RR", (5.7366, 1.3748, 23.9371), "RR 5.74 (1.37 to 23.94)"),
        ("HR", (0.9, 0.5, math.inf), "HR 0.90 (0.50 to ∞)"),
        ("MD", (-15.1217, -32.6716, 2.4282), "MD -15 (-33 to 2)"),
        ("MD", (3.0, 1.0303, 4.9697), "MD 3.0 (1.0 to 5.0)"),
        ("RD", (-0.00329, -0.00385, -0.00273), "RD -0.0033 (-0.0039 to -0.0027)"),
        ("RD", (-0.0001, -0.02, 0.02), "RD 0.000 (-0.020 to 0.020)"),
        ("rate_ratio", (0.69, 0.4, 1.19), "rate ratio 0.69 (0.40 to 1.19)"),
    ],
)
def test_as_many_digits_as_the_interval_deserves(measure: str, numbers: tuple[float, float, float], words: str) -> None:
    assert estimate_words(measure, Estimate(*numbers)) == words


def test_another_level_is_named() -> None:
    assert estimate_words("RR", Estimate(0.8, 0.7, 0.9), 90) == "RR 0.80 (90%: 0.70 to 0.90)"


def absolute(value: float, low: float, high: float, *, better: bool | None = None) -> Absolute:
    share = Estimate(value / 1000, low / 1000, high / 1000)
    return Absolute(
        without=None,
        risk_of="",
        with_therapy=None,
        difference=Estimate(value, low, high),
        needed=needed_to_treat(share),
        more_is_better=better,
        method=methods.RISK_DIFFERENCE,
    )


@pytest.mark.parametrize(
    ("difference", "people", "needed"),
    [
        ((-23, -36, -7), "23 fewer per 1,000 (36 to 7.0 fewer)", "NNT 44 for one fewer (28 to 143)"),
        ((23, 7, 36), "23 more per 1,000 (36 to 7.0 more)", "NNT 44 for one more (28 to 143)"),
        (
            (-10, -25, 5),
            "10 fewer per 1,000 (25 fewer to 5.0 more)",
            "NNT 100 for one fewer (40 to ∞ to 200 for one more)",
        ),
        ((-10, -25, 0), "10 fewer per 1,000 (25 to 0 fewer)", "NNT 100 for one fewer (40 to ∞)"),
        ((0, -25, 5), "0 more per 1,000 (25 fewer to 5.0 more)", "NNT ∞: the risks are equal"),
    ],
)
def test_fewer_and_more(difference: tuple[float, float, float], people: str, needed: str) -> None:
    assert people_words(absolute(*difference)) == people
    assert needed_words(absolute(*difference)) == needed


def test_to_benefit_and_to_harm_where_it_is_known_which_is_better() -> None:
    assert needed_words(absolute(-100, -250, 50, better=False)) == "NNTB 10 (4 to ∞ to NNTH 20)"
    assert needed_words(absolute(-100, -250, 50, better=True)) == "NNTH 10 (4 to ∞ to NNTB 20)"
    assert needed_words(absolute(50, 20, 80, better=True)) == "NNTB 20 (13 to 50)"
    assert needed_words(absolute(50, 20, 80, better=False)) == "NNTH 20 (13 to 50)"


RR = {"measure": "RR", "estimate": 0.8}


def stated(**effect: Any) -> str:
    found = numbers(
        outcomes=[outcome(baseline_risk={"n": 1, "of": 10}, effect={"outcome": "death", **effect})],
        trials=[trial("a", counts(5, 100, 10, 100, **effect))],
    )
    return found.effects[0].stated


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        ({**RR, "ci_low": 0.7, "ci_high": 0.9}, "RR 0.8 (0.7 to 0.9)"),
        (
            {**RR, "ci_low": 0.7, "ci_high": "not_estimable"},
            "RR 0.8 (0.7 to not estimable)",
        ),
        ({**RR, "ci_high": 0.9, "ci_sides": "one"}, "RR 0.8 (up to 0.9)"),
        (
            {**RR, "ci_low": 0.7, "ci_high": 0.9, "ci_level": 90},
            "RR 0.8 (90%: 0.7 to 0.9)",
        ),
        ({**RR, "p": "< 0.001"}, "RR 0.8, p < 0.001"),
        ({**RR, "p": 0.03}, "RR 0.8, p = 0.03"),
        ({**RR, "se": 0.2}, "RR 0.8, SE 0.2"),
        ({"measure": "RD", "estimate": -5, "unit": "%"}, "RD -5%"),
        ({}, "5 of 100 versus 10 of 100"),
    ],
)
def test_what_the_source_states_stays_as_it_is(effect: dict[str, Any], words: str) -> None:
    assert stated(**effect) == words
