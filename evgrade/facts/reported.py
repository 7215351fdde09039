"""Numbers as a source prints them: rounded, so that each stands for a range of values.

Every check of reported numbers takes rounding into account through `Reported`. A trailing zero counts: 5.20 says more
than 5.2, so numbers are read from their text.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from fractions import Fraction

MAX_LENGTH = 64
"""Characters of the longest number that is read; no measured value needs as many."""

LARGEST_EXPONENT = 300
"""The largest power of ten of a number, and of its smallest digit, either way: what a float can hold."""

_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?", re.ASCII)
_MINUS_SIGNS = str.maketrans("−–", "--")
# Wide enough for every number that can be read and half a unit of its last digit.
_EXACT = Context(prec=MAX_LENGTH + 2, traps=[Inexact])


@dataclass(frozen=True, slots=True)
class Reported:
    """A number as reported.

    Attributes:
        value: the number, exactly as printed.
        half: half a unit of its last digit, by which rounding may have moved it: 0.005 for `5.20`, 0.5 for `2`.
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
    def of(cls, number: float) -> Reported:
        """Return a number whose text is lost: its shortest one is taken, which never makes rounding look finer.

        Raises:
            ValueError: it is infinite or not a number.
        """
        return cls.parse(repr(number))

    @classmethod
    def near(cls, value: float, half: float) -> Reported:
        """Return a number that was worked out from reported ones, with what their rounding leaves open.

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
        """How many digits stand after the decimal point, negative where the last digit counts tens or more."""
        return -self.half.adjusted() - 1

    def times(self, factor: int | Fraction) -> tuple[Fraction, Fraction]:
        """Return the exact bounds of the number multiplied by a positive factor."""
        return Fraction(self.low) * factor, Fraction(self.high) * factor

    def __str__(self) -> str:
        return str(self.value)
