"""P values as a source reports them: `0.03`, `= .03`, `< 0.001`, `> .05`, `ns`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, assert_never

from evgrade.facts.reported import MAX_LENGTH, Reported

Relation = Literal["<", "=", ">"]

_P_VALUE = re.compile(
    r"(?:p(?:[ -]?value)?+)?+\s*+(?:(?P<relation><=|>=|[<>=≤≥])\s*+)?+(?P<number>[0-9.].*+)", re.IGNORECASE
)
_NOT_SIGNIFICANT = frozenset({"ns", "n.s.", "n.s", "not significant", "non-significant", "nonsignificant"})
_RELATIONS: dict[str, Relation] = {"<": "<", "<=": "<", "≤": "<", ">": ">", ">=": ">", "≥": ">", "=": "="}
CONVENTIONAL_ALPHA = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class ReportedP:
    """A p value as reported.

    `ns` means above 0.05. `≤` is read as `<`, and `≥` as `>`, as a single point makes no difference.

    Attributes:
        relation: whether p is below, at or above the number.
        number: the number, from 0 to 1.
    """

    relation: Relation
    number: Reported

    @classmethod
    def parse(cls, text: str) -> ReportedP:
        """Read a p value such as `0.03`, `p = .03`, `< 0.001`, `> .05` or `ns`.

        Raises:
            ValueError: it is not a p value.
        """
        plain = text.strip()
        if plain.lower().removeprefix("p").lstrip(" =") in _NOT_SIGNIFICANT or plain.lower() in _NOT_SIGNIFICANT:
            return cls(">", Reported(CONVENTIONAL_ALPHA, Decimal(0)))
        match = _P_VALUE.fullmatch(plain) if len(plain) <= MAX_LENGTH else None
        if match is None:
            raise ValueError(f"{text[:MAX_LENGTH]!r} is not a p value")
        number = Reported.parse(match["number"])
        if not 0 <= number.value <= 1:
            raise ValueError(f"a p value lies between 0 and 1, not at {number}")
        return cls(_RELATIONS[match["relation"] or "="], number)

    @property
    def low(self) -> Decimal:
        """The lowest p value that may have been reported like this."""
        match self.relation:
            case "<":
                return Decimal(0)
            case ">":
                return self.number.value
            case "=":
                return max(Decimal(0), self.number.low)
            case _:
                assert_never(self.relation)

    @property
    def high(self) -> Decimal:
        """The highest p value that may have been reported like this."""
        match self.relation:
            case ">":
                return Decimal(1)
            case "<":
                # No p value is below 0: this one was rounded to 0.
                return self.number.value or self.number.high
            case "=":
                return min(Decimal(1), self.number.high)
            case _:
                assert_never(self.relation)

    def significant(self, alpha: Decimal = CONVENTIONAL_ALPHA) -> bool | None:
        """Whether p is below alpha; None if rounding or an inequality leaves that open, as for `0.05` or `< 0.1`."""
        if self.high < alpha or (self.relation == "<" and self.high == alpha):
            return True
        return False if self.low >= alpha else None

    def __str__(self) -> str:
        return f"{self.relation} {self.number}"
