"""Values derived from effects, for judgements that rest on numbers: precision, agreement of studies, size of an effect.

A ratio measure has its no effect at 1 and is symmetric on the log scale, a difference at 0. An interval is
taken for one of 95 % unless the dossier states another level; one of another level says nothing here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from evgrade.facts.derived import Derived, Holder
from evgrade.facts.known import Quantity, known, within
from evgrade.facts.measures import DIFFERENCES, RATIOS, no_effect
from evgrade.facts.people import counts_of

Z = 1.959964
"""Half the width of a 95 % interval, in standard errors."""


def interval(effect: Holder) -> tuple[float, float] | None:
    """Return the ends of a 95 % interval, lower first; None unless both are stated and possible for the measure."""
    low, high = known(effect, "ci_low"), known(effect, "ci_high")
    if low is None or high is None or known(effect, "ci_level") not in (None, 95):
        return None
    ends = (float(min(low, high)), float(max(low, high)))
    return None if known(effect, "measure") in RATIOS and ends[0] <= 0 else ends


def ci_ratio(effect: Holder) -> Quantity:
    """Return the upper end of the interval of a ratio measure over its lower end."""
    ends = interval(effect)
    if ends is None or known(effect, "measure") not in RATIOS:
        return None
    return ends[1] / ends[0]


def events(effect: Holder) -> Quantity:
    """Return how many people had the event in all arms together; at least the stated ones."""
    arms = known(effect, "arms")
    if arms is None:
        return None
    counts = [known(arm, "events") for arm in arms]
    stated = float(sum(count for count in counts if count is not None))
    return stated if None not in counts else within(stated, math.inf)


def magnitude(effect: Holder) -> Quantity:
    """Return how many times higher or lower a risk is: a risk ratio, or its inverse where it is below 1.

    Hazard and rate ratios are taken as they are. An odds ratio is further from 1 than the risk ratio: it is
    converted with the control group's risk, and without that the risk ratio lies between 1 and it.
    """
    measure, estimate = known(effect, "measure"), known(effect, "estimate")
    if measure not in RATIOS or estimate is None or estimate <= 0:
        return None
    if measure != "OR":
        return _turned(estimate)
    control = counts_of(known(effect, "arms") or (), "control")
    if control is None:
        return within(1.0, _turned(estimate))
    risk = control[0] / control[1]
    return _turned(estimate / (1 - risk + estimate * risk))


def _turned(ratio: float) -> float:
    return float(max(ratio, 1 / ratio))


def thresholds(outcome: Holder) -> tuple[float, ...] | None:
    """Return the values that decide what an interval must not include.

    Without a smallest important effect that is no effect. With one, it is that effect for better and for worse:
    2 and 0.5, or 5 and -5.
    """
    effect = known(outcome, "effect") or {}
    measure, smallest = known(effect, "measure"), known(outcome, "smallest_important_effect")
    middle = no_effect(measure)
    if middle is None:
        return None
    if smallest is None or smallest == middle:
        return (middle,)
    if measure in RATIOS:
        return None if smallest <= 0 else tuple(sorted((smallest, 1 / smallest)))
    return (-abs(smallest), abs(smallest))


def thresholds_crossed(outcome: Holder) -> Quantity:
    """Return how many thresholds the interval of the pooled effect includes."""
    ends, limits = interval(known(outcome, "effect") or {}), thresholds(outcome)
    return None if ends is None or limits is None else float(len(_inside(ends, limits)))


def prediction_crosses(outcome: Holder) -> Quantity:
    """Return how many thresholds the prediction interval includes and the confidence interval does not."""
    effect = known(outcome, "effect") or {}
    ends, limits = interval(effect), thresholds(outcome)
    low, high = known(outcome, "prediction_low"), known(outcome, "prediction_high")
    if ends is None or limits is None or low is None or high is None:
        return None
    return float(len(set(_inside((low, high), limits)) - set(_inside(ends, limits))))


def _inside(ends: tuple[float, float], limits: Iterable[float]) -> list[float]:
    return [limit for limit in limits if ends[0] <= limit <= ends[1]]


def overlap(outcome: Holder) -> Quantity:
    """Return the share of pairs of studies whose intervals overlap."""
    ends = _intervals(outcome)
    if ends is None:
        return None
    pairs = list(combinations(ends, 2))
    return sum(one[0] <= other[1] and other[0] <= one[1] for one, other in pairs) / len(pairs)


def _intervals(outcome: Holder) -> list[tuple[float, float]] | None:
    """Return the intervals of two or more studies; None unless all of them are stated."""
    ends = [interval(study) for study in known(outcome, "study_effects") or ()]
    return None if len(ends) < 2 or None in ends else [one for one in ends if one is not None]


def heterogeneity(outcome: Holder) -> Quantity:
    """Return I² in percent, computed from the effects of two or more studies; None unless all of them are stated."""
    found = [estimated(study) for study in known(outcome, "study_effects") or ()]
    studies = [study for study in found if study is not None]
    if len(studies) < 2 or None in found:
        return None
    from evgrade.facts.pooling import Study, pool  # noqa: PLC0415 - loads statistics; few dossiers list the studies

    try:
        return 100 * pool([Study(*study) for study in studies]).i2
    except ValueError:  # numbers of no usual size
        return None


def estimated(effect: Holder) -> tuple[float, float] | None:
    """Return an effect and its standard error for pooling, ratios as logarithms; None where it is not known."""
    ends, estimate = interval(effect), known(effect, "estimate")
    if ends is None or estimate is None or known(effect, "measure") not in RATIOS | DIFFERENCES:
        return None
    if known(effect, "measure") in RATIOS:
        if estimate <= 0:
            return None
        ends, estimate = (math.log(ends[0]), math.log(ends[1])), math.log(estimate)
    error = (ends[1] - ends[0]) / (2 * Z)
    return None if error == 0 else (float(estimate), error)


# In words


def _number(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def _told_interval(effect: Holder) -> str:
    low, high = interval(effect) or (math.nan, math.nan)
    return f"{known(effect, 'measure')} from {_number(low)} to {_number(high)}"


def _told_crossed(outcome: Holder) -> str | None:
    effect = known(outcome, "effect") or {}
    ends, limits = interval(effect), thresholds(outcome)
    if ends is None or limits is None:
        return None
    return _including(f"the interval, {_told_interval(effect)},", ends, limits)


def _told_prediction(outcome: Holder) -> str | None:
    if prediction_crosses(outcome) is None:
        return None
    ends = (outcome["prediction_low"], outcome["prediction_high"])
    between = f"the prediction interval, {_number(ends[0])} to {_number(ends[1])},"
    return _including(between, ends, thresholds(outcome) or ())


def _including(subject: str, ends: tuple[float, float], limits: Sequence[float]) -> str:
    """Say which thresholds an interval includes, and what they are."""
    found = _inside(ends, limits)
    which = " and ".join(map(_number, found or limits))
    what = "no effect" if len(limits) == 1 else "the smallest important effect"
    return f"{subject} {'includes' if found else 'does not include'} {which} ({what})"


def _without_odds(effect: Mapping[str, Any]) -> tuple[str, ...]:
    return () if known(effect, "measure") in ("OR", None) else ("arms.role", "arms.events", "arms.participants")


_GRADE_6 = "GRADE guidelines 6, rating imprecision, J Clin Epidemiol 2011"
_GRADE_7 = "GRADE guidelines 7, rating inconsistency, J Clin Epidemiol 2011"
_GRADE_9 = "GRADE guidelines 9, rating up, J Clin Epidemiol 2011"
_INTERVAL = ("effect.measure", "effect.ci_low", "effect.ci_high")

OUTCOMES: tuple[Derived, ...] = (
    Derived(
        definition="effect",
        name="ci_ratio",
        described="how wide the interval of a ratio measure is: its upper end over its lower end",
        phrase="ratio of the interval's ends",
        formula="ci_high / ci_low",
        source=_GRADE_6,
        inputs=("measure", "ci_low", "ci_high"),
        compute=ci_ratio,
    ),
    Derived(
        definition="effect",
        name="events",
        described="how many people had the event, in all arms together",
        phrase="events",
        formula="the sum of events over the arms",
        source="Arithmetic of counts",
        inputs=("arms.events",),
        compute=events,
    ),
    Derived(
        definition="effect",
        name="magnitude",
        described="how many times higher or lower the risk is",
        phrase="times higher or lower risk",
        formula="the risk, hazard or rate ratio, or its inverse where it is below 1; of an odds ratio with control "
        "risk p, OR / (1 − p + p × OR), and without p anything from 1 to it",
        source="Cochrane Handbook for Systematic Reviews of Interventions, version 6, section 15.4.4; " + _GRADE_9,
        inputs=("measure", "estimate", "arms.role", "arms.events", "arms.participants"),
        compute=magnitude,
        idle=_without_odds,
    ),
    Derived(
        definition="outcome",
        name="thresholds_crossed",
        described="how many thresholds the 95 % interval of the pooled effect includes: no effect, or, where a "
        "smallest important effect is stated, that effect for better and for worse",
        phrase="thresholds inside the interval",
        formula="how many of {no effect} or {d, its inverse or negative} lie from ci_low to ci_high",
        source=f"{_GRADE_6}; GRADE guidance 34 and 35, 2022",
        inputs=_INTERVAL,
        compute=thresholds_crossed,
        told=_told_crossed,
    ),
    Derived(
        definition="outcome",
        name="prediction_crosses",
        described="how many thresholds the prediction interval includes and the confidence interval does not",
        phrase="thresholds inside the prediction interval alone",
        formula="thresholds from prediction_low to prediction_high, without those from ci_low to ci_high",
        source=_GRADE_7,
        inputs=(*_INTERVAL, "prediction_low", "prediction_high"),
        compute=prediction_crosses,
        told=_told_prediction,
    ),
    Derived(
        definition="outcome",
        name="heterogeneity",
        described="I², the share of the variation between studies that is not chance, in percent",
        phrase="I² in percent",
        formula="100 × (Q − df) / Q, at least 0, with Q of the study effects weighted by the inverse of their variance",
        source="Higgins and Thompson, Stat Med 2002;21:1539; Cochrane Handbook, version 6, section 10.10.2",
        inputs=tuple(f"study_effects.{name}" for name in ("measure", "estimate", "ci_low", "ci_high")),
        compute=heterogeneity,
    ),
    Derived(
        definition="outcome",
        name="overlap",
        described="the share of pairs of studies whose 95 % intervals overlap, from 0 to 1",
        phrase="share of pairs of studies whose intervals overlap",
        is_share=True,
        formula="pairs that overlap / all pairs of study effects",
        source=_GRADE_7,
        inputs=("study_effects.measure", "study_effects.ci_low", "study_effects.ci_high"),
        compute=overlap,
    ),
)
