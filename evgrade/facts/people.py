"""Absolute effects, the number needed to treat, and the fragility of a result.

All are computed from the counts of one therapy arm and one control arm, or from the control arm and a ratio. Arms added
up over several studies give no number needed to treat and no fragility index: they do not compare randomized groups,
and the sums may even contradict every study (Simpson's paradox). A ratio pooled from studies may be applied to the
combined risk of their control arms, as summary of findings tables do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from evgrade.facts.counts import rate
from evgrade.facts.derived import Derived, Holder
from evgrade.facts.effects import counts_of, interval, is_open
from evgrade.facts.known import Quantity, bounds_of, known, within

_HANDBOOK = "Cochrane Handbook for Systematic Reviews of Interventions, version 6, sections 14.1.5 and 15.4"
_COUNTS = ("arms.role", "arms.events", "arms.participants")
RISK_WITHOUT = ("baseline_risk.n", "baseline_risk.of", *(f"effect.{path}" for path in _COUNTS))
"""The inputs of an outcome's risk without the therapy."""


def _both(effect: Holder) -> tuple[int, int, int, int] | None:
    therapy, control = counts_of(effect, "intervention"), counts_of(effect, "control")
    return None if therapy is None or control is None else (*therapy, *control)


def absolute_per_1000(effect: Holder) -> Quantity:
    """Return how many more people in 1,000 have the event with the therapy, negative for fewer.

    The ratio is applied to the risk of the control arm; for a hazard ratio, assuming that all have equal follow-up.
    """
    from evgrade.stats.absolute import risk_with_therapy  # noqa: PLC0415 - loads decimal; few rubrics ask for it

    measure, estimate = known(effect, "measure"), known(effect, "estimate")
    control = counts_of(effect, "control")
    if measure not in ("RR", "OR", "HR") or estimate is None or control is None:
        return None
    low, high = bounds_of(estimate)
    if high < 0:
        return None
    risk = control[0] / control[1]
    return within(*(1000 * (risk_with_therapy(measure, max(0.0, float(it)), risk) - risk) for it in (low, high)))


def absolute_width(outcome: Holder) -> Quantity:
    """Return the width of the absolute effect's 95% interval, in people per 1,000.

    The ends of a ratio's interval are applied to the risk without the therapy: the stated one, or else that of the
    control arm. None if that risk is 0, which would make any interval narrow. A risk difference needs no such risk.
    """
    from evgrade.stats.absolute import risk_with_therapy  # noqa: PLC0415 - loads decimal

    effect = known(outcome, "effect") or {}
    ends, measure = interval(effect), known(effect, "measure")
    if ends is None or is_open(ends):
        return None
    low, high = ends
    if measure == "RD":
        return within(1000 * max(0.0, high.low - low.high), 1000 * (high.high - low.low))
    risk = risk_without(outcome)
    if measure not in ("RR", "OR", "HR") or not risk:
        return None
    (least, lower), (upper, most) = (
        tuple(1000 * risk_with_therapy(measure, it, risk) for it in (end.low, end.high)) for end in ends
    )
    return within(max(0.0, upper - lower), most - least)


def risk_without(outcome: Holder) -> float | None:
    """Return the risk without the therapy: the stated one, or else that of the control arm."""
    if "baseline_risk" in outcome:
        stated = rate(outcome["baseline_risk"])
        return stated if isinstance(stated, float) else None
    control = counts_of(known(outcome, "effect") or {}, "control")
    return None if control is None else control[0] / control[1]


def other_risk(outcome: Holder) -> tuple[str, ...]:
    """Return the irrelevant inputs of the risk: a stated risk takes precedence over that of the control arm."""
    if "baseline_risk" in outcome:
        return RISK_WITHOUT[2:]
    return () if counts_of(known(outcome, "effect") or {}, "control") is None else RISK_WITHOUT


def _not_of_width(outcome: Holder) -> tuple[str, ...]:
    return RISK_WITHOUT if known(known(outcome, "effect") or {}, "measure") == "RD" else other_risk(outcome)


def needed_to_treat(effect: Holder) -> Quantity:
    """Return the number needed to treat for one more or one fewer event, from the counts of the two arms.

    None if the risks are equal.
    """
    from fractions import Fraction  # noqa: PLC0415

    from evgrade.stats.absolute import number_needed_to_treat  # noqa: PLC0415

    counts = _both(effect)
    if counts is None:
        return None
    number = number_needed_to_treat(Fraction(counts[0], counts[1]) - Fraction(counts[2], counts[3]))
    return None if number is None else float(number)


def fragility(effect: Holder) -> Quantity:
    """Return the fragility index of the counts of the two arms."""
    from evgrade.stats.two_by_two import TwoByTwo, fragility_index  # noqa: PLC0415

    counts = _both(effect)
    index = None if counts is None else fragility_index(TwoByTwo(*counts))
    return None if index is None else float(index)


def _counted(
    *, name: str, described: str, phrase: str, formula: str, source: str, compute: Callable[[Holder], Quantity]
) -> tuple[Derived, Derived]:
    """Return a derived value of the two arms of one study: for an effect, and for an outcome with only that study."""
    one = Derived(
        definition="effect",
        name=name,
        described=described,
        phrase=phrase,
        formula=formula,
        source=source,
        inputs=_COUNTS,
        compute=compute,
        of_one_study=True,
    )
    inside = tuple(f"effect.{path}" for path in _COUNTS)
    pooled = replace(
        one,
        definition="outcome",
        name=f"effect.{name}",
        formula=f"{formula}; unknown unless `studies` is 1, as arms added up over several studies are meaningless here",
        inputs=("studies", *inside),
        irrelevant=lambda outcome: () if known(outcome, "studies") in (None, 1) else inside,
        compute=lambda outcome: compute(known(outcome, "effect") or {}) if known(outcome, "studies") == 1 else None,
        of_one_study=False,
    )
    return one, pooled


PEOPLE: tuple[Derived, ...] = (
    Derived(
        definition="outcome",
        name="absolute_width",
        described="the width of the 95% interval of the absolute effect, in people per 1,000",
        phrase="width of the absolute interval, in 1,000 people",
        formula="the ends of the interval of RR, OR or HR applied to the risk without the therapy, `baseline_risk` or "
        "else that of the control arm, as in absolute_per_1000; for RD, 1,000 × (ci_high − ci_low)",
        source=_HANDBOOK,
        inputs=(
            *(f"effect.{name}" for name in ("measure", "ci_low", "ci_high")),
            *RISK_WITHOUT,
        ),
        compute=absolute_width,
        irrelevant=_not_of_width,
    ),
    Derived(
        definition="effect",
        name="absolute_per_1000",
        described="how many more people in 1,000 have the event with the therapy, negative for fewer",
        phrase="more events in 1,000 people",
        formula="1,000 × (risk with the therapy − control risk); the former is RR × control risk, at most 1, or "
        "OR × p / (1 − p + OR × p), or 1 − (1 − p)^HR, with p the control risk",
        source=_HANDBOOK,
        inputs=("measure", "estimate", *_COUNTS),
        compute=absolute_per_1000,
    ),
    *_counted(
        name="needed_to_treat",
        described="how many people must be treated for one more, or one fewer, to have the event",
        phrase="number needed to treat",
        formula="1 / |risk with the therapy − control risk|, rounded up",
        source=_HANDBOOK,
        compute=needed_to_treat,
    ),
    *_counted(
        name="fragility",
        described="the fragility index: how many changed outcomes would end significance; 0 if not significant",
        phrase="fragility index",
        formula="events added one by one to the arm with fewer until Fisher's exact two-sided p is 0.05 or more",
        source="Walsh and others, J Clin Epidemiol 2014;67:622",
        compute=fragility,
    ),
)
