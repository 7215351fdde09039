"""Absolute effects of relative ones, and the number needed to treat.

Formulas: Cochrane Handbook for Systematic Reviews of Interventions version 6, sections 14.1.5 and 15.4.4.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evgrade.stats.normal import Estimate

_TOO_MANY = 1e9
"""A number needed to treat this large counts as infinite."""

_RISK_WITH: dict[str, Callable[[float, float], float]] = {
    "RR": lambda risk, ratio: min(1.0, risk * ratio),
    "OR": lambda risk, ratio: ratio * risk / (1 - risk + ratio * risk),
    # The share without an event is raised to the power of the hazard ratio.
    "HR": lambda risk, ratio: 1 - (1 - risk) ** ratio,
}


def risk_with_therapy(measure: str, ratio: float, control_risk: float) -> float:
    """Return the risk with a therapy, from 0 to 1, given the risk without it and a relative effect.

    Args:
        measure: `RR` (the risk is at most 1), `OR` or `HR`.
        ratio: the relative effect.
        control_risk: the risk without the therapy, from 0 to 1.

    Raises:
        ValueError: the measure is unknown, or a number is out of range.
    """
    if measure not in _RISK_WITH:
        raise ValueError(f"{measure!r} gives no absolute effect")
    if not 0 <= ratio < math.inf:
        raise ValueError(f"a ratio is at least 0 and finite, not {ratio}")
    if not 0 <= control_risk <= 1:
        raise ValueError(f"a risk lies between 0 and 1, not at {control_risk}")
    if not ratio:
        return 0.0
    return _RISK_WITH[measure](control_risk, ratio)


def absolute_risk(measure: str, effect: Estimate, control_risk: float, per: int = 1000) -> Estimate:
    """Return how many people in `per` have the event with the therapy, with the interval of the relative effect.

    The uncertainty of the control risk is ignored, as in summary of findings tables.

    Raises:
        ValueError: as for `risk_with_therapy`.
    """
    return Estimate(
        *(per * risk_with_therapy(measure, ratio, control_risk) for ratio in (effect.value, effect.low, effect.high))
    )


def absolute_effect(measure: str, effect: Estimate, control_risk: float, per: int = 1000) -> Estimate:
    """Return how many more people in `per` have the event with the therapy than without, negative for fewer.

    Raises:
        ValueError: as for `risk_with_therapy`.
    """
    risk, without = absolute_risk(measure, effect, control_risk, per), per * control_risk
    return Estimate(risk.value - without, risk.low - without, risk.high - without)


def number_needed_to_treat(risk_difference: Decimal | Fraction) -> int | None:
    """Return how many people must be treated for one more with, or without, the event; None for a difference of 0.

    It is 1 over the absolute risk difference, rounded up; the difference is exact so that 0.05 gives 20. Never use a
    difference pooled by adding up the arms of several trials.

    Raises:
        ValueError: the difference is not between -1 and 1.
    """
    if not -1 <= risk_difference <= 1:
        raise ValueError(f"a risk difference lies between -1 and 1, not at {risk_difference}")
    return math.ceil(1 / abs(Fraction(risk_difference))) if risk_difference else None


@dataclass(frozen=True, slots=True)
class Needed:
    """A number needed to treat, for one more or one fewer person with the event; None stands for infinity.

    Attributes:
        number: the point estimate.
        more: whether it is for one more with the event; None if the risks are equal.
        least: the bound nearest the estimate's side: the fewest people who may be needed.
        most: the other bound.
        crosses: whether `most` is for the opposite effect, so that the interval runs from `least` through infinity.
    """

    number: int | None
    more: bool | None
    least: int | None
    most: int | None
    crosses: bool


def needed_to_treat(difference: Estimate) -> Needed:
    """Return the number needed to treat of a risk difference, with its interval.

    Each bound of the difference is inverted and rounded up. An interval that includes 0 passes through infinity: from
    the fewest treated for one more event, up to infinity, and back to the fewest for one fewer.

    Raises:
        ValueError: the difference is not between -1 and 1.

    Source: D. G. Altman, BMJ 1998;317:1309-1312; Cochrane Handbook version 6, section 15.4.4.
    """
    if not -1 <= difference.value <= 1:
        raise ValueError(f"a risk difference lies between -1 and 1, not at {difference.value}")
    more = None if difference.value == 0 else difference.value > 0
    far, near = (difference.low, difference.high) if more is False else (difference.high, difference.low)
    return Needed(
        number=_people(difference.value),
        more=more,
        least=_people(far),
        most=_people(near),
        crosses=difference.low < 0 < difference.high,
    )


def _people(difference: float) -> int | None:
    """Return one over a difference, rounded up, ignoring rounding errors: 1 / 0.05 is 20."""
    number = 1 / abs(difference) if difference else math.inf
    return None if number >= _TOO_MANY else math.ceil(round(number, 6))
