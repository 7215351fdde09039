"""What an effect means in people: absolute effects, the number needed to treat, and how fragile a result is.

All of it rests on one arm of the therapy and one control arm with their counts, or on the control arm and a ratio. Arms
that were added up over several studies give no number needed to treat and no fragility index: what they compare is no
longer randomized, and the sums may even point the other way than every study does (Simpson's paradox). A ratio that was
pooled study by study may be applied to the risk of their control arms together, as summary of findings tables do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from evgrade.facts.counts import rate
from evgrade.facts.derived import Derived, Holder
from evgrade.facts.ends import interval, is_open
from evgrade.facts.known import Quantity, bounds_of, known, within

_HANDBOOK = "Cochrane Handbook for Systematic Reviews of Interventions, version 6, sections 14.1.5 and 15.4"
_COUNTS = ("arms.role", "arms.events", "arms.participants")
RISK_WITHOUT = ("baseline_risk.n", "baseline_risk.of", *(f"effect.{path}" for path in _COUNTS))
"""What the risk without the therapy, of an outcome, is computed from."""


def counts_of(arms: Sequence[Holder], role: str) -> tuple[int, int] | None:
    """Return events and people of the one arm with a role; None unless there is just one, with possible counts."""
    found = [arm for arm in arms if known(arm, "role") == role]
    if len(found) != 1 or known(found[0], "events_count") == "events":
        return None
    events, people = known(found[0], "events"), known(found[0], "participants")
    return None if events is None or not people or events > people else (events, people)


def _both(effect: Holder) -> tuple[int, int, int, int] | None:
    arms = known(effect, "arms") or ()
    therapy, control = counts_of(arms, "intervention"), counts_of(arms, "control")
    return None if therapy is None or control is None else (*therapy, *control)


def absolute_per_1000(effect: Holder) -> Quantity:
    """Return how many more people of 1,000 have the event with the therapy, negative for fewer.

    The ratio is applied to the risk of the control arm. A hazard ratio needs no proportional follow-up only where all
    are followed equally long.
    """
    from evgrade.stats.absolute import risk_with_therapy  # noqa: PLC0415 - loads decimal; few rubrics ask for it

    measure, estimate = known(effect, "measure"), known(effect, "estimate")
    control = counts_of(known(effect, "arms") or (), "control")
    if measure not in ("RR", "OR", "HR") or estimate is None or control is None:
        return None
    low, high = bounds_of(estimate)
    if high < 0:
        return None
    risk = control[0] / control[1]
    return within(*(1000 * (risk_with_therapy(measure, max(0.0, float(it)), risk) - risk) for it in (low, high)))


def absolute_width(outcome: Holder) -> Quantity:
    """Return how wide the 95% interval of the absolute effect is, in people of 1,000.

    The ends of a ratio's interval are applied to the risk without the therapy: the one that is stated, or that of the
    control arms. None where that risk is 0, which would make any interval narrow. A risk difference needs no risk.
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
    """Return the risk without the therapy: the one that is stated, or that of the control arms."""
    if "baseline_risk" in outcome:
        stated = rate(outcome["baseline_risk"])
        return stated if isinstance(stated, float) else None
    control = counts_of(known(known(outcome, "effect") or {}, "arms") or (), "control")
    return None if control is None else control[0] / control[1]


def other_risk(outcome: Holder) -> tuple[str, ...]:
    """Return the inputs of the risk that do not matter: a stated risk comes before that of the control arms."""
    if "baseline_risk" in outcome:
        return RISK_WITHOUT[2:]
    effect = known(outcome, "effect") or {}
    return () if counts_of(known(effect, "arms") or (), "control") is None else RISK_WITHOUT


def _not_of_width(outcome: Holder) -> tuple[str, ...]:
    return RISK_WITHOUT if known(known(outcome, "effect") or {}, "measure") == "RD" else other_risk(outcome)


def needed_to_treat(effect: Holder) -> Quantity:
    """Return how many people are treated for one more with, or without, the event, by the counts of the two arms.

    None where the risks are equal.
    """
    from fractions import Fraction  # noqa: PLC0415

    from evgrade.stats.absolute import number_needed_to_treat  # noqa: PLC0415

    counts = _both(effect)
    if counts is None:
        return None
    number = number_needed_to_treat(Fraction(counts[0], counts[1]) - Fraction(counts[2], counts[3]))
    return None if number is None else float(number)


def fragility(effect: Holder) -> Quantity:
    """Return how many people with another outcome would end the significance of the counts of the two arms."""
    from evgrade.stats.exact import fragility_index  # noqa: PLC0415
    from evgrade.stats.two_by_two import TwoByTwo  # noqa: PLC0415

    counts = _both(effect)
    index = None if counts is None else fragility_index(TwoByTwo(*counts))
    return None if index is None else float(index)


def _counted(
    *, name: str, described: str, phrase: str, formula: str, source: str, compute: Callable[[Holder], Quantity]
) -> tuple[Derived, Derived]:
    """Return a value of the two arms of one study: of an effect, and of an outcome that has that study alone."""
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
        formula=f"{formula}; unknown unless `studies` is 1, as arms added up over several studies give none",
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
        described="how wide the 95% interval of the absolute effect is, in people of 1,000",
        phrase="width of the absolute interval, in 1,000 people",
        formula="the ends of the interval of RR, OR or HR applied to the risk without the therapy, `baseline_risk` or "
        "else that of the control arms, as in absolute_per_1000; of RD 1,000 × (ci_high − ci_low)",
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
        described="how many more people of 1,000 have the event with the therapy, negative for fewer",
        phrase="more events in 1,000 people",
        formula="1,000 × (risk with the therapy − control risk); the former is RR × control risk, at most 1, or "
        "OR × p / (1 − p + OR × p), or 1 − (1 − p)^HR, with p the control risk",
        source=_HANDBOOK,
        inputs=("measure", "estimate", *_COUNTS),
        compute=absolute_per_1000,
    ),
    *_counted(
        name="needed_to_treat",
        described="how many people are treated for one more with, or without, the event",
        phrase="number needed to treat",
        formula="1 / |risk with the therapy − control risk| of the two arms, rounded up",
        source=_HANDBOOK,
        compute=needed_to_treat,
    ),
    *_counted(
        name="fragility",
        described="the fragility index: how many people with another outcome would end significance; 0 without any",
        phrase="fragility index",
        formula="events added one by one in the arm with fewer until Fisher's exact two-sided p is 0.05 or more",
        source="Walsh and others, J Clin Epidemiol 2014;67:622",
        compute=fragility,
    ),
)
