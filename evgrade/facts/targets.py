"""Values derived from an outcome for a rating with a target: an important effect, little or no effect, or any effect.

If no smallest important effect is stated, the target is any effect.
"""

from __future__ import annotations

from evgrade.facts.derived import Derived, Holder
from evgrade.facts.known import Quantity, Range, bounds_of, known, within
from evgrade.facts.outcomes import thresholds
from evgrade.facts.people import RISK_WITHOUT, other_risk, risk_without

REDUCTION = 0.25
"""The modest relative risk reduction that a trial is planned to detect."""

_ERRORS = (1.959964 + 0.841621) ** 2
"""The squared sum of the normal quantiles of a two-sided alpha of 0.05 and a beta of 0.20."""


def thresholds_set(outcome: Holder) -> Quantity:
    """Return how many thresholds the effect is compared with."""
    limits = thresholds(outcome)
    return None if limits is None else float(len(limits))


def important_estimate(outcome: Holder) -> Quantity:
    """Return 1 if the point estimate is at least the smallest important effect, for better or worse; else 0."""
    limits = thresholds(outcome)
    if known(outcome, "smallest_important_effect") is None:
        return 0.0
    estimate = known(known(outcome, "effect") or {}, "estimate")
    if limits is None or len(limits) == 1:
        return None if limits is None else 0.0
    if estimate is None:
        return None
    low, high = bounds_of(estimate)
    least, most = limits
    if high <= least or low >= most:
        return 1.0
    return 0.0 if least < low and high < most else within(0.0, 1.0)


def same_side(outcome: Holder) -> Quantity:
    """Return the largest share of studies with point estimates on the same side of the thresholds."""
    limits = thresholds(outcome)
    estimates = [known(study, "estimate") for study in known(outcome, "study_effects") or ()]
    if limits is None or len(estimates) < 2 or None in estimates:
        return None
    sides = [{_side(end, limits) for end in bounds_of(estimate)} for estimate in estimates]
    every = range(2 * len(limits) + 1)
    spans = [range(min(side), max(side) + 1) for side in sides]
    surely = max(sum(span == range(zone, zone + 1) for span in spans) for zone in every)
    at_most = max(sum(zone in span for span in spans) for zone in every)
    return within(surely / len(spans), at_most / len(spans))


def _side(estimate: float, limits: tuple[float, ...]) -> int:
    """Return the position of an estimate: an even number below, between or above thresholds, an odd number on one."""
    return sum((estimate >= limit) + (estimate > limit) for limit in limits)


def information_share(outcome: Holder) -> Quantity:
    """Return the participants divided by the optimal information size, the sample size for a modest risk reduction.

    None unless the effect compares risks and the risk without the therapy is known and not 0.
    """
    people, measure = known(outcome, "participants"), known(known(outcome, "effect") or {}, "measure")
    if people is None or measure not in ("RR", "OR", "HR", "RD"):
        return None
    risk = risk_without(outcome)
    if not risk:
        return None
    with_therapy = risk * (1 - REDUCTION)
    needed = 2 * _ERRORS * (risk * (1 - risk) + with_therapy * (1 - with_therapy)) / (risk - with_therapy) ** 2
    return float(people / needed)


# In words


def _set_in_words(outcome: Holder) -> str | None:
    number = thresholds_set(outcome)
    return None if number is None else f"{'no' if number == 1 else 'a'} smallest important effect is stated"


def _important_in_words(outcome: Holder) -> str | None:
    limits, estimate = thresholds(outcome), known(known(outcome, "effect") or {}, "estimate")
    if limits is None or len(limits) == 1 or estimate is None or isinstance(estimate, Range):
        return None
    least, most = limits
    reached = [least] if estimate <= least else [most] if estimate >= most else []
    wording = " or ".join(f"{limit:.4g}" for limit in reached or limits)
    return (
        f"the estimate, {estimate:.4g}, {'reaches' if reached else 'does not reach'} {wording} "
        "(the smallest important effect)"
    )


def _share_in_words(outcome: Holder) -> str | None:
    share = information_share(outcome)
    if not isinstance(share, float):
        return None
    return f"{outcome['participants']:,} participants are {100 * share:.0f}% of the optimal information size"


_CORE_2 = "Core GRADE 2, BMJ 2025;389:e081904"

TARGETS: tuple[Derived, ...] = (
    Derived(
        definition="outcome",
        name="thresholds_set",
        described="how many thresholds the effect is compared with: 1, no effect; or 2, the smallest important effect "
        "for better and for worse, if one is stated",
        phrase="thresholds",
        formula="2 if a smallest important effect is stated, else 1",
        source=_CORE_2,
        inputs=("effect.measure",),
        compute=thresholds_set,
        in_words=_set_in_words,
    ),
    Derived(
        definition="outcome",
        name="important_estimate",
        described="1 if the point estimate is at least the smallest important effect, for better or for worse; 0 if "
        "not, or if none is stated",
        phrase="important point estimates",
        formula="1 if estimate ≤ −d or estimate ≥ d, with d the smallest important effect; for a ratio, 1 / d for −d",
        source=_CORE_2,
        inputs=("effect.measure", "effect.estimate"),
        compute=important_estimate,
        in_words=_important_in_words,
        irrelevant=lambda outcome: (
            ("effect.measure", "effect.estimate") if known(outcome, "smallest_important_effect") is None else ()
        ),
    ),
    Derived(
        definition="outcome",
        name="same_side",
        described="the largest share of studies with point estimates on the same side of the thresholds, from 0 to 1",
        phrase="share of studies on the same side of the threshold",
        is_share=True,
        formula="the largest number of study effects below, between, above or on thresholds / all study effects",
        source="Core GRADE 3, BMJ 2025;389:e081905",
        inputs=("effect.measure", "study_effects.estimate"),
        compute=same_side,
    ),
    Derived(
        definition="outcome",
        name="information_share",
        described="the participants divided by the optimal information size, which is the sample size of a trial to "
        "detect a relative risk reduction of 25%",
        phrase="times the optimal information size",
        formula="participants / (2 × (1.96 + 0.84)² × (p (1 − p) + q (1 − q)) / (p − q)²), with p the risk without "
        "the therapy, `baseline_risk` or else that of the control arm, and q = 0.75 p; for RR, OR, HR and RD",
        source=f"{_CORE_2}; GRADE guidelines 6, J Clin Epidemiol 2011;64:1283",
        inputs=("participants", "effect.measure", *RISK_WITHOUT),
        compute=information_share,
        in_words=_share_in_words,
        irrelevant=other_risk,
    ),
)
