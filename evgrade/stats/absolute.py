"""What a relative effect means in people: absolute effects and the number needed to treat.

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
"""More people than anybody treats: as good as infinity."""

_RISK_WITH: dict[str, Callable[[float, float], float]] = {
    "RR": lambda risk, ratio: min(1.0, risk * ratio),
    "OR": lambda risk, ratio: ratio * risk / (1 - risk + ratio * risk),
    # Of the people without an event at the end, each hazard takes its own power.
    "HR": lambda risk, ratio: 1 - (1 - risk) ** ratio,
}


def risk_with_therapy(measure: str, ratio: float, control_risk: float) -> float:
    """Return the risk with a therapy, from 0 to 1, given the one without it and a relative effect.

    Args:
        measure: `RR`, which leads to a risk of 1 at most, `OR`, or `HR`.
        ratio: the relative effect.
        control_risk: the risk without the therapy, from 0 to 1.

    Raises:
        ValueError: there is no such measure, or the numbers are not what they should be.
    """
    if measure not in _RISK_WITH:
        raise ValueError(f"{measure!r} leads to no absolute effect")
    if not 0 <= ratio < math.inf:
        raise ValueError(f"a ratio is a number from 0, not {ratio}")
    if not 0 <= control_risk <= 1:
        raise ValueError(f"a risk lies between 0 and 1, not at {control_risk}")
    if not ratio:
        return 0.0
    return _RISK_WITH[measure](control_risk, ratio)


def absolute_risk(measure: str, effect: Estimate, control_risk: float, per: int = 1000) -> Estimate:
    """Return how many people of `per` have the event with the therapy, with the interval of the relative effect.

    The uncertainty of the control risk is left out, as in summary of findings tables.

    Raises:
        ValueError: as in `risk_with_therapy`.
    """
    return Estimate(
        *(per * risk_with_therapy(measure, ratio, control_risk) for ratio in (effect.value, effect.low, effect.high))
    )


def absolute_effect(measure: str, effect: Estimate, control_risk: float, per: int = 1000) -> Estimate:
    """Return how many more people of `per` have the event with the therapy than without, negative for fewer.

    Raises:
        ValueError: as in `risk_with_therapy`.
    """
    risk, without = absolute_risk(measure, effect, control_risk, per), per * control_risk
    return Estimate(risk.value - without, risk.low - without, risk.high - without)


def number_needed_to_treat(risk_difference: Decimal | Fraction) -> int | None:
    """Return how many people are treated for one more with, or without, the event; None for a difference of 0.

    It is 1 over the size of the risk difference, rounded up; an exact number keeps 0.05 at 20. Never take it from a
    difference that was pooled by adding up the arms of several trials.

    Raises:
        ValueError: the difference is not between -1 and 1.
    """
    if not -1 <= risk_difference <= 1:
        raise ValueError(f"a risk difference lies between -1 and 1, not at {risk_difference}")
    return math.ceil(1 / abs(Fraction(risk_difference))) if risk_difference else None


@dataclass(frozen=True, slots=True)
class Needed:
    """How many people are treated for one more, or one fewer, with the event; None stands for no number, however large.

    Attributes:
        number: the number needed.
        more: whether it is for one more with the event; None where the risks are equal.
        least: the end of the interval on the side of the estimate: the fewest people who may be needed.
        most: its other end.
        crosses: whether that is for the opposite, so that the interval runs from `least` through infinity to `most`.
    """

    number: int | None
    more: bool | None
    least: int | None
    most: int | None
    crosses: bool


def needed_to_treat(difference: Estimate) -> Needed:
    """Return the number needed to treat of a risk difference, with its interval.

    The interval of the difference is turned into numbers end by end. Where it includes 0, it goes through infinity:
    from the fewest treated for one more, on to ever more, and back from there to the fewest for one fewer. All numbers
    are rounded up.

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
    """Return one over a difference, rounded up but for the last bits, which floats make up: 1 / 0.05 is 20."""
    number = 1 / abs(difference) if difference else math.inf
    return None if number >= _TOO_MANY else math.ceil(round(number, 6))
