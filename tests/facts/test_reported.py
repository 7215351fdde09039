"""Numbers and p values as reported, with what rounding leaves open."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.facts.p_value import ReportedP
from evgrade.facts.reported import Reported


@pytest.mark.parametrize(
    ("text", "low", "high", "decimals"),
    [
        ("5.20", "5.195", "5.205", 2),
        ("5.2", "5.15", "5.25", 1),
        ("2", "1.5", "2.5", 0),
        (".22", "0.215", "0.225", 2),
        ("−3", "-3.5", "-2.5", 0),
        ("-0.09", "-0.095", "-0.085", 2),
        (" +1.0 ", "0.95", "1.05", 1),
        ("5e-8", "4.5e-8", "5.5e-8", 8),
        ("1.2E3", "1150", "1250", -2),
        ("0", "-0.5", "0.5", 0),
        ("1" * 40 + ".00", "1" * 39 + "0.995", "1" * 40 + ".005", 2),
    ],
)
def test_the_last_digit_tells_how_far_a_number_was_rounded(text: str, low: str, high: str, decimals: int) -> None:
    number = Reported.parse(text)
    assert (number.low, number.high) == (Decimal(low), Decimal(high))
    assert number.decimals == decimals


@pytest.mark.parametrize(
    "text",
    ["", "-", ".", "1,5", "1 000", "nan", "inf", "-inf", "0x10", "1e", "1e999999999", "1e301", "1e-301", "٣", "1" * 65],
)
def test_what_is_no_usual_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a number|is too large or too small"):
        Reported.parse(text)


@pytest.mark.parametrize(("number", "text"), [(2, "2"), (0.6, "0.6"), (1e-7, "1e-7"), (-1.5, "-1.5")])
def test_a_number_without_its_text_has_its_shortest_one(number: float, text: str) -> None:
    assert Reported.of(number) == Reported.parse(text)
    assert str(Reported.parse("5.20")) == "5.20"


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_an_infinite_number_is_none(number: float) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        Reported.of(number)


@given(st.decimals(-1000, 1000, places=6), st.integers(0, 5))
def test_a_rounded_number_never_loses_the_value_it_came_from(value: Decimal, places: int) -> None:
    number = Reported.parse(f"{value:.{places}f}")
    assert number.low <= value <= number.high
    assert number.decimals == places


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0.03", "0.025", "0.035"),
        ("=.03", "0.025", "0.035"),
        ("p = .03", "0.025", "0.035"),
        ("P=0.0300", "0.02995", "0.03005"),
        ("p-value < 0.001", "0", "0.001"),
        ("<.05", "0", "0.05"),
        ("≤ 0.05", "0", "0.05"),
        ("<= 0.05", "0", "0.05"),
        ("> .05", "0.05", "1"),
        (">= .05", "0.05", "1"),
        ("ns", "0.05", "1"),
        ("p = n.s.", "0.05", "1"),
        ("Not significant", "0.05", "1"),
        (".000", "0", "0.0005"),
        ("1.00", "0.995", "1"),
        ("5e-8", "4.5e-8", "5.5e-8"),
    ],
)
def test_a_p_value_stands_for_a_range(text: str, low: str, high: str) -> None:
    p = ReportedP.parse(text)
    assert (p.low, p.high) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    "text", ["", "p", "<", "significant", "-0.1", "< -1", "1.2", "= 5", "== .03", "0.03*", "x" * 99]
)
def test_what_is_no_p_value_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a p value|is not a number|lies between 0 and 1"):
        ReportedP.parse(text)


@pytest.mark.parametrize(
    ("text", "significant"),
    [
        ("< .05", True),
        ("< 0.001", True),
        ("< 0.1", None),
        ("> .05", False),
        ("> .01", None),
        ("ns", False),
        ("0.049", True),
        ("0.051", False),
        ("0.05", None),
        ("0.04", True),
        ("0.06", False),
    ],
)
def test_rounding_may_leave_significance_open(text: str, significant: bool | None) -> None:
    assert ReportedP.parse(text).significant() is significant
