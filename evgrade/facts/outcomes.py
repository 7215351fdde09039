"""Values derived from effects: imprecision, inconsistency between studies, and the size of an effect.

Each number may be a `Range`, the values that round to it; derived values are then ranges too. Only 95% intervals count.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from evgrade.facts.derived import Derived, Holder
from evgrade.facts.effects import DIFFERENCES, RATIOS, Ends, counts_of, interval, is_open, no_effect
from evgrade.facts.known import Quantity, Range, bounds_of, known, within

Z = 1.959964
"""Half the width of a 95% interval, in standard errors."""


def ci_ratio(effect: Holder) -> Quantity:
    """Return the upper end of a ratio's interval divided by the lower end."""
    ends = interval(effect)
    if ends is None or known(effect, "measure") not in RATIOS:
        return None
    low, high = ends
    return within(max(1.0, high.low / low.high), high.high / low.low)


def events(effect: Holder) -> Quantity:
    """Return the events in all arms together: a lower bound if some are not stated."""
    arms = known(effect, "arms")
    if arms is None:
        return None
    counts = [known(arm, "events") for arm in arms]
    stated = float(sum(count for count in counts if count is not None))
    return stated if None not in counts else within(stated, math.inf)


def magnitude(effect: Holder) -> Quantity:
    """Return how many times higher or lower a risk is: the risk ratio, or its inverse if it is below 1.

    Hazard and rate ratios are used unchanged. An odds ratio, which is further from 1 than the risk ratio, is converted
    with the risk of the control arm; without that, the risk ratio lies between 1 and the odds ratio.
    """
    measure, estimate = known(effect, "measure"), known(effect, "estimate")
    if measure not in RATIOS or estimate is None:
        return None
    low, high = bounds_of(estimate)
    if low <= 0:
        return None
    if measure != "OR":
        return _turned(low, high)
    control = counts_of(effect, "control")
    if control is None:
        return within(1.0, max(bounds_of(_turned(low, high))))
    risk = control[0] / control[1]
    low, high = (odds / (1 - risk + odds * risk) for odds in (low, high))
    return _turned(low, high)


def _turned(low: float, high: float) -> Range | float:
    """Return the possible values of a ratio from `low` to `high`, inverted if below 1."""
    sizes = [float(max(ratio, 1 / ratio)) for ratio in (low, high)]
    if low == high:
        return sizes[0]
    return Range(1.0 if low <= 1 <= high else min(sizes), max(sizes))


def thresholds(outcome: Holder) -> tuple[float, ...] | None:
    """Return the thresholds that a precise interval does not include.

    They are the smallest important effect for better and for worse (2 and 0.5, or 5 and -5), or no effect if none is
    stated.
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
    """Return how many thresholds the interval of the effect includes."""
    ends, limits = interval(known(outcome, "effect") or {}), thresholds(outcome)
    return None if ends is None or limits is None else _many(_includes(ends, limit) for limit in limits)


def important_thresholds_crossed(outcome: Holder) -> Quantity:
    """Return how often the interval includes the smallest important effect, for better or worse; 0 if none is set."""
    return 0.0 if known(outcome, "smallest_important_effect") is None else thresholds_crossed(outcome)


def inside_important(outcome: Holder) -> Quantity:
    """Return 1 if the whole interval is smaller than the smallest important effect, for better and for worse; else 0.

    Such an effect is too small to matter, however few the events. Return 0 if no smallest important effect is set.
    """
    ends, limits = interval(known(outcome, "effect") or {}), thresholds(outcome)
    if known(outcome, "smallest_important_effect") is None:
        return 0.0
    if ends is None or limits is None:
        return None
    (low, high), (least, most) = ends, (limits[0], limits[-1])
    if least < low.low and high.high < most:
        return 1.0
    return 0.0 if low.high <= least or high.low >= most else within(0.0, 1.0)


def prediction_crosses(outcome: Holder) -> Quantity:
    """Return how many thresholds the prediction interval includes but the confidence interval does not."""
    effect = known(outcome, "effect") or {}
    ends, limits = interval(effect), thresholds(outcome)
    low, high = known(outcome, "prediction_low"), known(outcome, "prediction_high")
    if ends is None or limits is None or low is None or high is None:
        return None
    predicted = Range(*bounds_of(low)), Range(*bounds_of(high))
    return _many(_includes_alone(predicted, ends, limit) for limit in limits)


def _includes(ends: Ends, limit: float) -> bool | None:
    """Whether an interval includes a number; None if rounding leaves open on which side of it an end lies."""
    low, high = ends
    if low.high <= limit <= high.low:
        return True
    return None if low.low <= limit <= high.high else False


def _includes_alone(ends: Ends, others: Ends, limit: float) -> bool | None:
    first, second = _includes(ends, limit), _includes(others, limit)
    if first is False or second is True:
        return False
    return None if None in (first, second) else True


def _many(truths: Iterable[bool | None]) -> Quantity:
    """Return how many are true: from those certainly true to those possibly true."""
    found = list(truths)
    return within(float(found.count(True)), float(len(found) - found.count(False)))


def overlap(outcome: Holder) -> Quantity:
    """Return the share of pairs of studies whose intervals overlap."""
    ends = _intervals(outcome)
    if ends is None:
        return None
    pairs = list(combinations(ends, 2))
    overlapping = _many(_overlap(one, other) for one, other in pairs)
    return None if overlapping is None else within(*(number / len(pairs) for number in bounds_of(overlapping)))


def _overlap(one: Ends, other: Ends) -> bool | None:
    if one[0].high <= other[1].low and other[0].high <= one[1].low:
        return True
    return None if one[0].low <= other[1].high and other[0].low <= one[1].high else False


def _intervals(outcome: Holder) -> list[Ends] | None:
    """Return the intervals of two or more studies; None unless all are stated."""
    ends = [interval(study) for study in known(outcome, "study_effects") or ()]
    return None if len(ends) < 2 or None in ends else [one for one in ends if one is not None]


def heterogeneity(outcome: Holder) -> Quantity:
    """Return I² in percent from the effects of two or more studies; None unless all are stated."""
    found = [estimated(study) for study in known(outcome, "study_effects") or ()]
    studies = [study for study in found if study is not None]
    if len(studies) < 2 or None in found:
        return None
    from evgrade.stats.normal import Study  # noqa: PLC0415 - loads statistics; few dossiers list the studies
    from evgrade.stats.pooling import pool  # noqa: PLC0415

    if all(number.low == number.high for study in studies for number in study):
        try:
            return 100 * pool([Study(effect.low, error.low) for effect, error in studies]).heterogeneity.i2
        except ValueError:  # implausibly large or small numbers
            return None
    shares = possible_i2([effect for effect, _ in studies], [error for _, error in studies])
    return None if shares is None else within(100 * shares.low, 100 * shares.high)


def possible_i2(effects: Sequence[Range], errors: Sequence[Range]) -> Range | None:
    """Return the possible I² given the rounding of the studies' effects and standard errors.

    The root of Q, the weighted sum of squares around the weighted mean, is a distance: it changes by at most the
    weighted root sum of squares of the rounding errors; and Q grows with each weight. None if a standard error may be
    0, or a number is implausibly large or small.
    """
    from evgrade.stats.normal import LARGEST  # noqa: PLC0415 - loads statistics

    if not all(abs(it) < LARGEST for effect in effects for it in (effect.low, effect.high)):
        return None
    if not all(error.low > 1 / LARGEST and error.high < LARGEST for error in errors):
        return None
    centres = [(effect.low + effect.high) / 2 for effect in effects]
    blurs = [(effect.high - effect.low) / 2 for effect in effects]
    least, most = ([it**-2 for it in sizes] for sizes in ([one.high for one in errors], [one.low for one in errors]))
    low = max(0.0, _distance(centres, least) - _length(blurs, least))
    return Range(*(_i2(root**2, len(effects)) for root in (low, _distance(centres, most) + _length(blurs, most))))


def _distance(values: Sequence[float], weights: Sequence[float]) -> float:
    """Return the weighted distance of values from their weighted mean."""
    mean = math.fsum(map(operator.mul, weights, values)) / math.fsum(weights)
    return _length([value - mean for value in values], weights)


def _length(values: Sequence[float], weights: Sequence[float]) -> float:
    return math.sqrt(math.fsum(weight * value**2 for weight, value in zip(weights, values, strict=True)))


def _i2(q: float, studies: int) -> float:
    return max(0.0, 1 - (studies - 1) / q) if q else 0.0


def estimated(effect: Holder) -> tuple[Range, Range] | None:
    """Return an effect and its standard error for pooling, ratios as logarithms; None if unknown."""
    ends, estimate = interval(effect), known(effect, "estimate")
    if ends is None or estimate is None or known(effect, "measure") not in RATIOS | DIFFERENCES or is_open(ends):
        return None
    middle = Range(*map(float, bounds_of(estimate)))
    if known(effect, "measure") in RATIOS:
        if middle.low <= 0:
            return None
        middle, low, high = (Range(math.log(it.low), math.log(it.high)) for it in (middle, *ends))
    else:
        low, high = ends
    error = Range(max(0.0, high.low - low.high) / (2 * Z), (high.high - low.low) / (2 * Z))
    return None if error.high == 0 else (middle, error)


# In words


def _number(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def _describe_interval(effect: Holder, ends: Ends) -> str:
    return f"{known(effect, 'measure')} from {_number(ends[0].low)} to {_number(ends[1].low)}"


def _crossed_in_words(outcome: Holder) -> str | None:
    effect = known(outcome, "effect") or {}
    ends, limits = interval(effect), thresholds(outcome)
    if ends is None or limits is None:
        return None
    return _including(f"the interval, {_describe_interval(effect, ends)},", ends, limits)


def _prediction_in_words(outcome: Holder) -> str | None:
    if prediction_crosses(outcome) is None:
        return None
    low, high = outcome["prediction_low"], outcome["prediction_high"]
    between = f"the prediction interval, {_number(low)} to {_number(high)},"
    return _including(between, (Range(low, low), Range(high, high)), thresholds(outcome) or ())


def _including(subject: str, ends: Ends, limits: Sequence[float]) -> str:
    """Say which thresholds an interval includes."""
    found = [limit for limit in limits if _includes(ends, limit)]
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
        described="the width of a ratio's interval: the upper end divided by the lower end",
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
        formula="the risk, hazard or rate ratio, or its inverse if it is below 1; for an odds ratio with control "
        "risk p, OR / (1 − p + p × OR), and without p anything from 1 to OR",
        source="Cochrane Handbook for Systematic Reviews of Interventions, version 6, section 15.4.4; " + _GRADE_9,
        inputs=("measure", "estimate", "arms.role", "arms.events", "arms.participants"),
        compute=magnitude,
        irrelevant=_without_odds,
    ),
    Derived(
        definition="outcome",
        name="thresholds_crossed",
        described="how many thresholds the 95% interval of the pooled effect includes: no effect, or, if a smallest "
        "important effect is stated, that effect for better and for worse",
        phrase="thresholds inside the interval",
        formula="the number of {no effect} or {d, its inverse or negative} between ci_low and ci_high",
        source=f"{_GRADE_6}; GRADE guidance 34 and 35, 2022",
        inputs=_INTERVAL,
        compute=thresholds_crossed,
        in_words=_crossed_in_words,
    ),
    Derived(
        definition="outcome",
        name="important_thresholds_crossed",
        described="how often the 95% interval of the pooled effect includes the smallest important effect, for better "
        "and for worse; 0 if none is stated",
        phrase="smallest important effects inside the interval",
        formula="thresholds_crossed if a smallest important effect is stated, else 0",
        source=f"{_GRADE_6}; GRADE guidance 34 and 35, 2022",
        inputs=_INTERVAL,
        compute=important_thresholds_crossed,
        irrelevant=lambda outcome: _INTERVAL if known(outcome, "smallest_important_effect") is None else (),
    ),
    Derived(
        definition="outcome",
        name="inside_important",
        described="1 if the whole 95% interval of the pooled effect is smaller than the smallest important effect, "
        "for better and for worse; 0 if not, or if none is stated",
        phrase="intervals within the smallest important effect",
        formula="1 if ci_low > -d and ci_high < d, with d the smallest important effect; for a ratio, 1 / d for -d",
        source=f"{_GRADE_6}; GRADE guidance 34 and 35, 2022",
        inputs=_INTERVAL,
        compute=inside_important,
        irrelevant=lambda outcome: _INTERVAL if known(outcome, "smallest_important_effect") is None else (),
    ),
    Derived(
        definition="outcome",
        name="prediction_crosses",
        described="how many thresholds the prediction interval includes but the confidence interval does not",
        phrase="thresholds inside the prediction interval alone",
        formula="thresholds between prediction_low and prediction_high, except those between ci_low and ci_high",
        source=_GRADE_7,
        inputs=(*_INTERVAL, "prediction_low", "prediction_high"),
        compute=prediction_crosses,
        in_words=_prediction_in_words,
    ),
    Derived(
        definition="outcome",
        name="heterogeneity",
        described="I², the share of the variation between studies that is not due to chance, in percent",
        phrase="I² in percent",
        formula="100 × (Q − df) / Q, at least 0, with Q from the study effects weighted by inverse variance",
        source="Higgins and Thompson, Stat Med 2002;21:1539; Cochrane Handbook, version 6, section 10.10.2",
        inputs=tuple(f"study_effects.{name}" for name in ("measure", "estimate", "ci_low", "ci_high")),
        compute=heterogeneity,
    ),
    Derived(
        definition="outcome",
        name="overlap",
        described="the share of pairs of studies whose 95% intervals overlap, from 0 to 1",
        phrase="share of pairs of studies whose intervals overlap",
        is_share=True,
        formula="pairs that overlap / all pairs of study effects",
        source=_GRADE_7,
        inputs=("study_effects.measure", "study_effects.ci_low", "study_effects.ci_high"),
        compute=overlap,
    ),
)
