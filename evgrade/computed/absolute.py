"""Absolute effects: events per 1,000 people, and the number needed to treat."""

from __future__ import annotations

from dataclasses import dataclass

from evgrade.computed import methods
from evgrade.computed.methods import Method
from evgrade.stats.absolute import Needed, needed_to_treat, risk_with_therapy
from evgrade.stats.normal import Estimate
from evgrade.stats.proportion import newcombe, wilson
from evgrade.stats.two_by_two import TwoByTwo

PER = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Absolute:
    """An absolute effect, in people per 1,000.

    Attributes:
        without: people with the event without the therapy; None if unknown.
        risk_of: the source of that risk.
        with_therapy: people with the event with the therapy; None if `without` is None.
        difference: how many more people have it with the therapy, negative for fewer.
        needed: the number needed to treat.
        more_is_better: whether the event is good for the patient; None if not stated.
        method: how the difference is computed.
    """

    without: float | None
    risk_of: str
    with_therapy: Estimate | None
    difference: Estimate
    needed: Needed
    more_is_better: bool | None
    method: Method


def of_counts(table: TwoByTwo, *, more_is_better: bool | None) -> Absolute:
    """Return the absolute effect of the counts of two arms."""
    difference = newcombe(table)
    return Absolute(
        without=PER * table.control_events / table.control_participants,
        risk_of="the control arm",
        with_therapy=_times(wilson(table.events, table.participants)),
        difference=_times(difference),
        needed=needed_to_treat(difference),
        more_is_better=more_is_better,
        method=methods.RISK_DIFFERENCE,
    )


def of_effect(
    measure: str, effect: Estimate, risk: float | None, risk_of: str, *, more_is_better: bool | None
) -> Absolute | None:
    """Return the absolute effect for a risk without the therapy, ignoring the uncertainty of that risk.

    A risk difference (from -1 to 1) needs no risk. None if the measure has no absolute effect, or if the risk is
    unknown, 0 or 1, as a ratio then changes nothing.
    """
    if measure == "RD":
        difference = effect
        if not -1 <= effect.value <= 1:
            return None
    elif measure not in methods.ABSOLUTE or risk is None or not 0 < risk < 1 or not 0 <= effect.low <= effect.high:
        return None
    else:
        ends = (_risk(measure, ratio, risk) - risk for ratio in (effect.value, effect.low, effect.high))
        difference = Estimate(*ends)
    return Absolute(
        without=None if risk is None else PER * risk,
        risk_of=risk_of if risk is not None else "",
        with_therapy=None if risk is None else _times(_possible(difference, risk)),
        difference=_times(difference),
        needed=needed_to_treat(difference),
        more_is_better=more_is_better,
        method=methods.ABSOLUTE[measure],
    )


def _risk(measure: str, ratio: float, risk: float) -> float:
    """Return the risk with the therapy: 1 if the bound of the ratio is infinite."""
    return 1.0 if ratio == float("inf") else risk_with_therapy(measure, ratio, risk)


def _possible(difference: Estimate, risk: float) -> Estimate:
    return Estimate(*(min(1.0, max(0.0, risk + it)) for it in (difference.value, difference.low, difference.high)))


def _times(share: Estimate) -> Estimate:
    return Estimate(PER * share.value, PER * share.low, PER * share.high)
