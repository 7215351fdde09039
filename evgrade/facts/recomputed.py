"""Test statistics as reported, such as t(28) = 2.20, p = .03: does the p value match the statistic?

The rule is statcheck's: recompute p at both ends of the range that rounds to the statistic; a reported p, allowing for
its own rounding, is an error if it lies outside.

Source: M. B. Nuijten, C. H. J. Hartgerink, M. A. L. M. van Assen, S. Epskamp and J. M. Wicherts, Behavior Research
Methods 2016;48:1205-1226.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, assert_never

from evgrade.facts.known import Range
from evgrade.facts.p_value import CONVENTIONAL_ALPHA, ReportedP
from evgrade.facts.reported import Reported
from evgrade.stats.distributions import chi2_upper_p, f_upper_p, t_two_sided_p
from evgrade.stats.normal import two_sided_p

Test = Literal["t", "F", "r", "chi2", "z", "Q"]

_DEGREES: dict[str, int] = {"t": 1, "F": 2, "r": 1, "chi2": 1, "z": 0, "Q": 1}
_TWO_TAILED = frozenset({"t", "r", "z"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """A test statistic as reported.

    Attributes:
        test: `t`, `F`, `r` (a correlation), `chi2`, `z` or `Q` (heterogeneity, a chi-squared).
        value: the statistic.
        df: its degrees of freedom: two for F, none for z, one for the others.
        one_tailed: whether the source declares a one-tailed test, which halves the p of t, r and z.

    Raises:
        ValueError: the test is unknown, it has the wrong number of degrees of freedom or one that is not positive, or
            the value is impossible.
    """

    test: Test
    value: Reported
    df: tuple[float, ...] = ()
    one_tailed: bool = False

    @property
    def has_two_sides(self) -> bool:
        """Whether it can be one-tailed, as the root of an F or chi-squared with 1 degree of freedom can."""
        return self.test in _TWO_TAILED or (self.test in ("F", "chi2") and self.df[0] == 1)

    def __post_init__(self) -> None:
        if self.test not in _DEGREES:
            raise ValueError(f"there is no test {self.test!r}")
        if len(self.df) != _DEGREES[self.test]:
            raise ValueError(f"{self.test} has {_DEGREES[self.test]} degrees of freedom, not {len(self.df)}")
        if not all(0 < df < math.inf for df in self.df):
            raise ValueError("degrees of freedom are above 0")
        if self.test == "r" and abs(self.value.value) > 1:
            raise ValueError(f"a correlation lies between -1 and 1, not at {self.value}")
        if self.test not in _TWO_TAILED and self.value.value < 0:
            raise ValueError(f"{self.test} is at least 0, not {self.value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A reported p value compared with the recomputed one.

    Attributes:
        p: the possible p values of the statistic, given its rounding.
        error: whether the reported p value is none of these.
        decision_error: whether in addition only one of the two is significant.
    """

    p: Range
    error: bool
    decision_error: bool


def possible_p(statistic: Statistic) -> Range:
    """Return the possible p values of a statistic, given its rounding.

    Raises:
        NeedsScipyError: scipy is not installed, and the statistic is not a z.
    """
    size, half = abs(statistic.value.value), statistic.value.half
    return Range(_p(statistic, float(size + half)), _p(statistic, max(0.0, float(size - half))))


def compare(statistic: Statistic, reported: ReportedP, alpha: Decimal = CONVENTIONAL_ALPHA) -> Comparison:
    """Recompute p and compare it with the reported one; a p value equal to alpha counts as significant.

    A p of 0, as in `p = .000`, was rounded to 0. A one-tailed p may be that of either tail.

    Raises:
        NeedsScipyError: scipy is not installed, and the statistic is not a z.
    """
    p = possible_p(statistic)
    error = _lies_outside(reported, p) and not (
        statistic.one_tailed and not _lies_outside(reported, Range(1 - p.high, 1 - p.low))
    )
    return Comparison(p=p, error=error, decision_error=error and _decision_flips(statistic, reported, alpha))


def _lies_outside(reported: ReportedP, p: Range) -> bool:
    return float(reported.high) < p.low or float(reported.low) > p.high


def _decision_flips(statistic: Statistic, reported: ReportedP, alpha: Decimal) -> bool:
    """Whether only one of the reported p and the p of the statistic, both as printed, is significant."""
    significant = _p(statistic, abs(float(statistic.value.value))) <= alpha
    number = reported.number.value
    match reported.relation:
        case "=":
            return significant is not (number <= alpha)
        case "<":
            return number <= alpha and not significant
        case ">":
            return number >= alpha and significant
        case _:
            assert_never(reported.relation)


def _p(statistic: Statistic, size: float) -> float:
    """Return the p of a statistic of this size, at least 0."""
    match statistic.test:
        case "F":
            return f_upper_p(size, *statistic.df)
        case "chi2" | "Q":
            return chi2_upper_p(size, *statistic.df)
        case "z":
            p = two_sided_p(size)
        case "t":
            p = t_two_sided_p(size, *statistic.df)
        case "r":
            p = t_two_sided_p(_t_of_correlation(size, *statistic.df), *statistic.df)
    return p / 2 if statistic.one_tailed else p


def _t_of_correlation(r: float, df: float) -> float:
    return r * math.sqrt(df / (1 - r * r)) if r < 1 else math.inf
