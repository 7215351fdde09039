"""How the last digit of a printed number slipped."""

from __future__ import annotations

from fractions import Fraction

import pytest

from evgrade.facts.reported import Reported, Slip, slip


@pytest.mark.parametrize(
    ("stated", "low", "high", "found"),
    [
        ("66", "66.7", "66.7", Slip.CUT_OFF),
        ("37", "36.4", "36.4", Slip.ROUNDED_UP),
        ("35", "36.4", "36.4", Slip.OFF_BY_ONE),
        ("38", "36.4", "36.4", None),
        ("34", "36.4", "36.4", None),
        ("-2.5", "-2.58", "-2.58", Slip.CUT_OFF),
        ("-2.6", "-2.51", "-2.51", Slip.ROUNDED_UP),
        ("0", "0.9", "0.9", Slip.CUT_OFF),
        ("0", "-0.9", "-0.9", Slip.CUT_OFF),
        ("0.03", "0.0361", "0.0364", Slip.CUT_OFF),
        ("0.03", "0.0450", "0.0460", Slip.OFF_BY_ONE),
        ("0.03", "0.0451", "0.0460", None),
        ("12.50", "12.515", "12.515", Slip.OFF_BY_ONE),
    ],
)
def test_which_way_a_last_digit_went(stated: str, low: str, high: str, found: Slip | None) -> None:
    assert slip(Reported.parse(stated), Fraction(low), Fraction(high)) is found
