"""The effect of one study, computed from its arms, a standard error or a p value, or as it is stated."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evgrade.computed import methods
from evgrade.computed.methods import Method
from evgrade.facts.effects import DIFFERENCES, RATIOS, Arm, counts_of_two, counts_people, rates_of_two, two_arms
from evgrade.facts.known import known
from evgrade.stats.means import Group, log_ratio_of_means, mean_difference, standardized_mean_difference
from evgrade.stats.normal import Estimate, Study
from evgrade.stats.proportion import newcombe, wilson
from evgrade.stats.rates import Rate, log_rate_ratio
from evgrade.stats.spread import (
    error_of_interval,
    error_of_p,
    mean_of_quartiles,
    mean_of_range,
    sd_of_interval,
    sd_of_quartiles,
    sd_of_range,
    sd_of_standard_error,
)
from evgrade.stats.two_by_two import TwoByTwo, difference_of_risks, log_odds_ratio, log_risk_ratio

_COUNTED: Mapping[str, tuple[Callable[[TwoByTwo], Study | None], Method]] = {
    "RR": (log_risk_ratio, methods.RISK_RATIO),
    "OR": (log_odds_ratio, methods.ODDS_RATIO),
    "RD": (difference_of_risks, methods.RISK_DIFFERENCE),
}
_MEASURED: Mapping[str, tuple[Callable[[Group, Group], Study | None], Method]] = {
    "MD": (mean_difference, methods.MEAN_DIFFERENCE),
    "SMD": (standardized_mean_difference, methods.STANDARDIZED),
    "ratio_of_means": (log_ratio_of_means, methods.RATIO_OF_MEANS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """An effect that evgrade computed.

    Attributes:
        measure: the measure's name in dossiers.
        estimate: the estimate with its interval; ratios are not logarithms.
        level: of the interval, in percent.
        method: the method.
        notes: further details, such as a correction for arms without events.
        study: the effect for pooling; None for a proportion, which is not pooled.
    """

    measure: str
    estimate: Estimate
    level: float
    method: Method
    notes: tuple[str, ...] = ()
    study: Study | None = None


def computed(effect: Mapping[str, Any], holder: Mapping[str, Any]) -> Computed | None:
    """Return the effect computed from its arms; without arms, the stated estimate with an interval if it lacks one.

    If no measure is stated, compute a rate ratio from person-time, a risk ratio from counts or a difference of means.

    Args:
        effect: the effect.
        holder: the study.
    """
    level = known(effect, "ci_level") or 95
    measure = known(effect, "measure") or _measure_of(effect)
    found = None if measure is None or not_of_arms(holder) else from_arms(effect, measure, level)
    if found is not None and known(effect, "adjusted") is True:
        return replace(found, notes=(*found.notes, "not adjusted, unlike what is stated"))
    return found or _completed(effect, level)


def not_of_arms(study: Mapping[str, Any]) -> str | None:
    """Return why the arms of a study give no valid interval; None if they do."""
    if known(study, "randomized_unit") in ("cluster", "body_part"):
        return "its participants were not randomized individually, so its arms alone would give too narrow an interval"
    if known(study, "intervention_model") == "crossover":
        return "a crossover trial compares people with themselves, which its arms alone do not show"
    return None


def from_arms(effect: Mapping[str, Any], measure: str, level: float = 95) -> Computed | None:
    """Return the effect in a measure from the arms alone; None if they do not give it."""
    try:
        if measure in _COUNTED:
            return _of_counts(effect, measure, level)
        if measure in _MEASURED:
            return _of_means(effect, measure, level)
        if measure == "rate_ratio":
            return _of_rates(effect, level)
        return _of_one_arm(effect, level) if measure == "proportion" else None
    except ValueError:  # implausibly large or small numbers
        return None


def stated(effect: Mapping[str, Any]) -> tuple[Study, Method] | None:
    """Return the stated effect for pooling; None if it has no interval, standard error or exact p value.

    Ratios become logarithms, and risk differences in percent are divided by 100.
    """
    measure, estimate = known(effect, "measure"), known(effect, "estimate")
    if estimate is None or measure not in RATIOS | DIFFERENCES or (measure in RATIOS and estimate <= 0):
        return None
    middle, error, method = _scaled(estimate, measure), None, methods.FROM_INTERVAL
    low, high = known(effect, "ci_low"), known(effect, "ci_high")
    if low is not None and high is not None and (measure not in RATIOS or min(low, high) > 0):
        lower, upper = sorted(_scaled(it, measure) for it in (low, high))
        error = error_of_interval(lower, upper, known(effect, "ci_level") or 95)
    elif known(effect, "se") is not None:
        error, method = effect["se"], methods.FROM_STANDARD_ERROR
    elif (p := _exact_p(effect)) is not None:
        error, method = error_of_p(middle, p), methods.FROM_P
    unit = 100 if is_in_percent(effect) else 1
    try:
        return None if error is None else (Study(middle / unit, error / unit), method)
    except ValueError:  # an interval of zero width, or implausibly large or small numbers
        return None


def is_in_percent(effect: Mapping[str, Any]) -> bool:
    """Whether a risk difference is in percent: its unit says so, or a number is outside -1 to 1."""
    if known(effect, "measure") != "RD":
        return False
    numbers = (known(effect, key) for key in ("estimate", "ci_low", "ci_high"))
    unit = str(known(effect, "unit") or "")
    return "%" in unit or "percent" in unit.lower() or any(it is not None and abs(it) > 1 for it in numbers)


def _scaled(value: float, measure: str) -> float:
    return math.log(value) if measure in RATIOS else float(value)


def unscaled(estimate: Estimate, measure: str) -> Estimate:
    """Return an estimate for display: a ratio from its logarithm."""
    return estimate.exponential() if measure in RATIOS else estimate


def _exact_p(effect: Mapping[str, Any]) -> float | None:
    """Return an exact p value of a two-sided, unadjusted test against no effect; None if p is anything else."""
    p = known(effect, "p")
    if not isinstance(p, int | float) or known(effect, "p_for") not in (None, "superiority"):
        return None
    if known(effect, "p_sides") == "one" or known(effect, "p_adjusted") is True:
        return None
    return float(p)


def _measure_of(effect: Mapping[str, Any]) -> str | None:
    if known(effect, "estimate") is not None:  # in an unknown measure
        return None
    made = ("rate_ratio", rates_of(effect)), ("RR", table_of(effect)), ("MD", groups_of(effect))
    return next((measure for measure, arms in made if arms is not None), None)


def _completed(effect: Mapping[str, Any], level: float) -> Computed | None:
    """Return a stated estimate with the interval implied by its standard error or p value."""
    if "ci_low" in effect or "ci_high" in effect or (found := stated(effect)) is None:
        return None
    study, method = found
    measure, unit = effect["measure"], 100 if is_in_percent(effect) else 1
    shown = Study(unit * study.effect, unit * study.standard_error)
    return Computed(
        measure=measure,
        estimate=unscaled(shown.interval(level), measure),
        level=level,
        method=method,
        study=study,
    )


def _of_counts(effect: Mapping[str, Any], measure: str, level: float) -> Computed | None:
    table, (compute, method) = table_of(effect), _COUNTED[measure]
    study = None if table is None else compute(table)
    if table is None or study is None:
        return None
    empty = {"RR": (table.events, table.control_events), "OR": table.cells, "RD": ()}[measure]
    return Computed(
        measure=measure,
        estimate=newcombe(table, level) if measure == "RD" else study.interval(level).exponential(),
        level=level,
        method=method,
        notes=(methods.CORRECTED,) if 0 in empty else (),
        study=study,
    )


def _of_means(effect: Mapping[str, Any], measure: str, level: float) -> Computed | None:
    found, (compute, method) = groups_of(effect), _MEASURED[measure]
    study = None if found is None else compute(*found[0])
    if found is None or study is None:
        return None
    return Computed(
        measure=measure,
        estimate=unscaled(study.interval(level), measure),
        level=level,
        method=method,
        notes=found[1],
        study=study,
    )


def _of_rates(effect: Mapping[str, Any], level: float) -> Computed | None:
    rates = rates_of(effect)
    study = None if rates is None else log_rate_ratio(*rates)
    if rates is None or study is None:
        return None
    return Computed(
        measure="rate_ratio",
        estimate=study.interval(level).exponential(),
        level=level,
        method=methods.RATE_RATIO,
        notes=(methods.CORRECTED_RATES,) if 0 in (rates[0].events, rates[1].events) else (),
        study=study,
    )


def _of_one_arm(effect: Mapping[str, Any], level: float) -> Computed | None:
    share = share_of(effect)
    if share is None:
        return None
    return Computed(measure="proportion", estimate=wilson(*share, level), level=level, method=methods.PROPORTION)


# The arms


def table_of(effect: Mapping[str, Any]) -> TwoByTwo | None:
    """Return the counts of people in two arms; None if they count events, or if one is missing or impossible."""
    counts = counts_of_two(effect)
    try:
        return None if counts is None else TwoByTwo(*counts)
    except ValueError:
        return None


def share_of(effect: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return the people with the event and all people of an effect's only arm."""
    arms: Sequence[Arm] = known(effect, "arms") or ()
    if len(arms) != 1 or not counts_people(effect, arms[0]):
        return None
    events, people = known(arms[0], "events"), known(arms[0], "participants")
    return None if events is None or not people or events > people else (events, people)


def rates_of(effect: Mapping[str, Any]) -> tuple[Rate, Rate] | None:
    """Return the events per person-year of two arms; None if something is missing."""
    found = rates_of_two(effect)
    return None if found is None else (Rate(found[0], found[1]), Rate(found[2], found[3]))


def groups_of(effect: Mapping[str, Any]) -> tuple[tuple[Group, Group], tuple[str, ...]] | None:
    """Return the means and standard deviations of two arms, with notes on how those not stated were derived."""
    pair = two_arms(effect)
    groups, notes = [], []
    for arm in pair or ():
        people, centre, spread = known(arm, "participants"), _mean(arm), None
        if people is not None and people > 1:
            spread = next(_spreads(arm, people), None)
        if centre is None or spread is None:
            return None
        mean, wording = centre
        sd, also = spread
        notes += [wording, also]
        groups.append(Group(mean, sd, people))
    return ((groups[0], groups[1]), tuple(dict.fromkeys(filter(None, notes)))) if groups else None


def _mean(arm: Arm) -> tuple[float, str] | None:
    mean, median = known(arm, "mean"), known(arm, "median")
    if mean is not None or median is None:
        return None if mean is None else (mean, "")
    if _states(arm, "q1", "q3"):
        return mean_of_quartiles(arm["q1"], median, arm["q3"]), "the mean is approximate: from median and quartiles"
    if _states(arm, "min", "max"):
        return mean_of_range(arm["min"], median, arm["max"]), "the mean is approximate: from median and range"
    return None


def _spreads(arm: Arm, people: int) -> Iterator[tuple[float, str]]:
    """Yield the standard deviation with a note: the stated one, then those derived from other statistics, best first.

    Source: X. Wan and others, BMC Medical Research Methodology 2014;14:135, for quartiles and range.
    """
    if _states(arm, "sd"):
        yield arm["sd"], ""
    if _states(arm, "se"):
        yield sd_of_standard_error(arm["se"], people), "SD = SE × √n"
    if _states(arm, "ci_low", "ci_high"):
        low, high = sorted((arm["ci_low"], arm["ci_high"]))
        yield sd_of_interval(low, high, people), "SD from the interval of the mean, by t"
    if _states(arm, "q1", "q3"):
        yield sd_of_quartiles(arm["q1"], arm["q3"], people), "the SD is approximate: from the quartiles (Wan 2014)"
    if _states(arm, "min", "max"):
        yield sd_of_range(arm["min"], arm["max"], people), "the SD is approximate: from the range (Wan 2014)"


def _states(arm: Arm, *keys: str) -> bool:
    return all(isinstance(arm.get(key), int | float) for key in keys)
