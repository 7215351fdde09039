"""How a printed number misses the one that it should be: at its last digit, or for good."""

from __future__ import annotations

import enum
from fractions import Fraction

from evgrade.facts.reported import Reported


class Slip(enum.Enum):
    """How the last digit of a printed number came about, where it is not the rounded one."""

    CUT_OFF = "cut off rather than rounded"
    ROUNDED_UP = "rounded up rather than down"
    OFF_BY_ONE = "off by one in its last digit"


def slip(stated: Reported, low: float | Fraction, high: float | Fraction) -> Slip | None:
    """Return how the last digit of a number slipped, where the true one lies from `low` to `high`.

    None where more than the last digit differs. What is rounded as it should be is taken for cut off: ask only of
    numbers that do not fit.
    """
    value, unit = Fraction(stated.value), 2 * Fraction(stated.half)
    least, most = Fraction(low), Fraction(high)
    if value < 0 or (value == 0 and most < 0):
        value, least, most = -value, -most, -least
    if least < value + unit and most >= value:
        return Slip.CUT_OFF
    if most > value - unit and least <= value:
        return Slip.ROUNDED_UP
    return Slip.OFF_BY_ONE if least <= value + unit * 3 / 2 and most >= value - unit * 3 / 2 else None
