"""Numbers as a source prints them: each stands for the range of values that round to it.

Every check of reported numbers allows for rounding by using `Reported`. A trailing zero counts, as 5.20 is more precise
than 5.2, so numbers are read from their text.
"""

from __future__ import annotations

import enum
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from typing import Any

from evgrade.facts.known import Range
from evgrade.model import Path

MAX_LENGTH = 64
"""The length of the longest number that is read, in characters; no measured value needs as many."""

LARGEST_EXPONENT = 300
"""The largest power of ten, positive or negative, of a number and of its last digit: the range of a float."""

_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?", re.ASCII)
_MINUS_SIGNS = str.maketrans("−–", "--")
# Precise enough for every readable number plus half a unit of its last digit.
_EXACT = Context(prec=MAX_LENGTH + 2, traps=[Inexact])

_PRINTED = frozenset({"estimate", "ci_low", "ci_high", "prediction_low", "prediction_high", "i_squared"})
"""The keys of rounded measurements; counts and thresholds are exact."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A number as reported.

    Attributes:
        value: the number, exactly as printed.
        half: half a unit of its last digit, the largest rounding error: 0.005 for `5.20`, 0.5 for `2`.
    """

    value: Decimal
    half: Decimal

    @classmethod
    def parse(cls, text: str) -> Reported:
        """Read a number such as `5.20`, `.22`, `−3` or `5e-8`.

        Raises:
            ValueError: it is not a number, or has more than `MAX_LENGTH` characters or an exponent beyond
                `LARGEST_EXPONENT`.
        """
        plain = text.strip().translate(_MINUS_SIGNS)
        if len(plain) > MAX_LENGTH or not _NUMBER.fullmatch(plain):
            raise ValueError(f"{text[:MAX_LENGTH]!r} is not a number")
        value = Decimal(plain)
        exponent = value.as_tuple().exponent
        if not isinstance(exponent, int) or max(abs(exponent), abs(value.adjusted())) > LARGEST_EXPONENT:
            raise ValueError(f"{text!r} is too large or too small")
        return cls(value, Decimal((0, (5,), exponent - 1)))

    @classmethod
    def written(cls, text: str, value: float) -> Reported | None:
        """Return a number from its text in a file, or from its value if that is in another base or has an anchor.

        None if it is too large or too small.
        """
        for one in (text, repr(value)):
            try:
                return cls.parse(one)
            except ValueError:
                continue
        return None

    @classmethod
    def of(cls, number: float) -> Reported:
        """Return a number whose text is lost, with the fewest digits, so that its precision is not overstated.

        Raises:
            ValueError: it is infinite or not a number.
        """
        return cls.parse(repr(number))

    @classmethod
    def near(cls, value: float, half: float) -> Reported:
        """Return a number calculated from reported ones, with the rounding error that follows from theirs.

        Raises:
            ValueError: it is infinite or not a number.
        """
        if not abs(value) + half < math.inf:
            raise ValueError(f"{value} is too large")
        room = max(half, abs(value) * 1e-15)
        return cls(Decimal(repr(value if abs(value) > room * 1e-15 else 0.0)), Decimal(f"{room:.3e}"))

    @property
    def low(self) -> Decimal:
        """The lowest value that rounds to it."""
        return _EXACT.subtract(self.value, self.half)

    @property
    def high(self) -> Decimal:
        """The highest value that rounds to it."""
        return _EXACT.add(self.value, self.half)

    @property
    def decimals(self) -> int:
        """The number of digits after the decimal point, negative if the last digit counts tens or more."""
        return -self.half.adjusted() - 1

    def times(self, factor: int | Fraction) -> tuple[Fraction, Fraction]:
        """Return the exact bounds of the number multiplied by a positive factor."""
        return Fraction(self.low) * factor, Fraction(self.high) * factor

    def __str__(self) -> str:
        return str(self.value)


class Slip(enum.Enum):
    """How the last digit of a printed number came about, if it is not the rounded one."""

    CUT_OFF = "cut off rather than rounded"
    ROUNDED_UP = "rounded up rather than down"
    OFF_BY_ONE = "off by one in its last digit"


def slip(stated: Reported, low: float | Fraction, high: float | Fraction) -> Slip | None:
    """Return how the last digit of a number slipped, if the true value lies between `low` and `high`.

    None if more than the last digit differs. A correctly rounded number counts as cut off, so pass only numbers that do
    not fit.
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


def as_printed(data: Mapping[str, Any], written: Callable[[Path], str], path: Path = ()) -> dict[str, Any]:
    """Return a mapping in which every rounded number is the `Range` of its values before rounding.

    Values derived from it are then ranges too.

    Args:
        data: the mapping.
        written: returns the number at a path as the source has it, with trailing zeros.
        path: the path of the mapping, for `written`.
    """
    return {key: _printed(key, value, written, (*path, key)) for key, value in data.items()}


def _printed(key: str, value: Any, written: Callable[[Path], str], path: Path) -> Any:
    if key in _PRINTED and isinstance(value, int | float):
        return _range(value, written(path))
    if isinstance(value, dict):
        return as_printed(value, written, path)
    if isinstance(value, list):
        return [
            as_printed(entry, written, (*path, number)) if isinstance(entry, dict) else entry
            for number, entry in enumerate(value)
        ]
    return value


def _range(value: float, text: str) -> Range | float:
    number = Reported.written(text, value)
    return value if number is None else Range(float(number.low), float(number.high))
