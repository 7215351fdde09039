"""The effect of one study: as it is stated, and as evgrade computes it from arms, a standard error or a p value."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from evgrade.computed import methods
from evgrade.computed.arms import groups_of, rates_of, share_of, table_of
from evgrade.computed.methods import Method
from evgrade.facts.known import known
from evgrade.facts.measures import DIFFERENCES, RATIOS
from evgrade.stats.means import Group, log_ratio_of_means, mean_difference, standardized_mean_difference
from evgrade.stats.normal import Estimate
from evgrade.stats.proportion import newcombe, wilson
from evgrade.stats.rates import log_rate_ratio
from evgrade.stats.spread import error_of_interval, error_of_p
from evgrade.stats.study import Study
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
        measure: the measure, as the dossier calls it.
        estimate: the estimate with its interval, a ratio as it is.
        level: of the interval, in percent.
        method: how.
        notes: what else was done, such as a correction for arms without events.
        study: the same as pooling needs it; None for a proportion, which is not pooled.
    """

    measure: str
    estimate: Estimate
    level: float
    method: Method
    notes: tuple[str, ...] = ()
    study: Study | None = None


def computed(effect: Mapping[str, Any], holder: Mapping[str, Any]) -> Computed | None:
    """Return an effect as its arms make it; without arms, the interval of one that is stated without.

    Where no measure is stated, it is a rate ratio of person-time, a risk ratio of counts or a difference of means.

    Args:
        effect: the effect.
        holder: the study that found it.
    """
    level = known(effect, "ci_level") or 95
    measure = known(effect, "measure") or _measure_of(effect)
    found = None if measure is None or not_of_arms(holder) else from_arms(effect, measure, level)
    if found is not None and known(effect, "adjusted") is True:
        return replace(found, notes=(*found.notes, "not adjusted, unlike what is stated"))
    return found or _completed(effect, level)


def not_of_arms(study: Mapping[str, Any]) -> str | None:
    """Return why the arms of a study give no interval; None where they do."""
    if known(study, "randomized_unit") in ("cluster", "body_part"):
        return "its people were not randomized one by one, so its arms alone would give too narrow an interval"
    if known(study, "intervention_model") == "crossover":
        return "a crossover trial compares people with themselves, which its arms alone do not show"
    return None


def from_arms(effect: Mapping[str, Any], measure: str, level: float = 95) -> Computed | None:
    """Return an effect by a measure, from the arms alone; None where they do not give it."""
    try:
        if measure in _COUNTED:
            return _of_counts(effect, measure, level)
        if measure in _MEASURED:
            return _of_means(effect, measure, level)
        if measure == "rate_ratio":
            return _of_rates(effect, level)
        return _of_one_arm(effect, level) if measure == "proportion" else None
    except ValueError:  # numbers of no usual size
        return None


def stated(effect: Mapping[str, Any]) -> tuple[Study, Method] | None:
    """Return an effect for pooling as its source states it; None where it lacks a spread.

    A ratio is its logarithm, and a risk difference in percent is one of 1.
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
    except ValueError:  # an interval without width, or numbers of no usual size
        return None


def is_in_percent(effect: Mapping[str, Any]) -> bool:
    """Whether a risk difference is stated in percent: its unit says so, or it could not be one of 1."""
    if known(effect, "measure") != "RD":
        return False
    numbers = (known(effect, key) for key in ("estimate", "ci_low", "ci_high"))
    unit = str(known(effect, "unit") or "")
    return "%" in unit or "percent" in unit.lower() or any(it is not None and abs(it) > 1 for it in numbers)


def _scaled(value: float, measure: str) -> float:
    return math.log(value) if measure in RATIOS else float(value)


def unscaled(estimate: Estimate, measure: str) -> Estimate:
    """Return an estimate as people read it: a ratio from its logarithm."""
    return estimate.exponential() if measure in RATIOS else estimate


def _exact_p(effect: Mapping[str, Any]) -> float | None:
    """Return a p value that is that of a two-sided test of the estimate against no effect, and no limit."""
    p = known(effect, "p")
    if not isinstance(p, int | float) or known(effect, "p_for") not in (None, "superiority"):
        return None
    if known(effect, "p_sides") == "one" or known(effect, "p_adjusted") is True:
        return None
    return float(p)


def _measure_of(effect: Mapping[str, Any]) -> str | None:
    if known(effect, "estimate") is not None:  # it is one of a measure that nobody states
        return None
    made = ("rate_ratio", rates_of(effect)), ("RR", table_of(effect)), ("MD", groups_of(effect))
    return next((measure for measure, arms in made if arms is not None), None)


def _completed(effect: Mapping[str, Any], level: float) -> Computed | None:
    """Return a stated estimate with the interval that its standard error or its p value implies."""
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
