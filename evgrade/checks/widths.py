"""Checks of the width of an interval: against the counts, the standard error, and cluster allocation."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from evgrade.checks.arms import crude
from evgrade.checks.counted import intervals
from evgrade.checks.model import Item, Problem, check
from evgrade.checks.reported import (
    describe_effect,
    describe_range,
    digits,
    is_number,
    reported,
    reported_interval,
    two_sided_p,
)
from evgrade.checks.suspects import REACH, stated_interval
from evgrade.facts.effects import DIFFERENCES, RATIOS, counts_of_two
from evgrade.facts.known import Range, known
from evgrade.model import Severity

if TYPE_CHECKING:
    from evgrade.facts.interval import ReportedInterval

FEWEST_IN_A_CELL = 5
"""With fewer people with or without an event in an arm, exact intervals are much wider than the usual ones."""

TOO_WIDE = 1.5
TOO_NARROW = 2 / 3
"""The allowed width of an interval, relative to the usual intervals of its counts."""

_SAME = 0.02
"""The share of an interval's width by which an unadjusted estimate may differ from that of the counts."""

_SIMPLE = 1.07
"""The allowed width of an interval that ignores clusters, relative to that of the counts."""

_WIDEST_T = 1.65
"""From 3 degrees of freedom on, t intervals are at most this many times as wide as normal ones."""


def width_may_be_off(effect: Mapping[str, Any]) -> bool:
    """Whether an interval may be too wide or too narrow for its counts: a quick look, ignoring rounding."""
    stated, counts, reach = stated_interval(effect), counts_of_two(effect), REACH.get(effect.get("ci_level", 95))
    if stated is None or counts is None or _few(effect) or effect["measure"] not in ("RR", "OR", "RD"):
        return False
    a, n, b, m = counts
    variances = {
        "RR": 1 / a - 1 / n + 1 / b - 1 / m,
        "OR": 1 / a + 1 / (n - a) + 1 / b + 1 / (m - b),
        "RD": a * (n - a) / n**3 + b * (m - b) / m**3,
    }
    width = 2 * math.sqrt(variances[effect["measure"]]) * (reach or 0)
    _, low, high = stated
    return not TOO_NARROW * width <= high - low <= TOO_WIDE * width


@check(
    "effect-interval-counts",
    on="effect",
    severity=Severity.WARNING,
    needs=("measure", "estimate", "ci_low", "ci_high", "arms"),
    where=width_may_be_off,
)
def interval_is_that_of_its_counts(item: Item) -> Iterator[Problem]:
    """The interval of an unadjusted effect of a trial is about as wide as that of its counts."""
    trial = _trial(item)
    if trial is None or known(item.data, "adjusted") is True or _few(item.data):
        return
    stated, usual = reported_interval(item), _usual(item)
    if stated is None or not usual or not _is_crude(item, stated):
        return
    width = _width(stated)
    narrowest, widest = min(usual, key=_length), max(usual, key=_length)
    wider, narrower = width.low / _length(widest), width.high / _length(narrowest)
    if wider > TOO_WIDE and known(trial, "randomized_unit") != "cluster" and not known(trial, "cluster_adjusted"):
        factor, found, why = wider, widest, "is it adjusted, or does it allow for clusters?"
    elif narrower < TOO_NARROW and not _is_paired(trial):
        factor, found, why = narrower, narrowest, "is it adjusted, matched, or of another level?"
    else:
        return
    counts = counts_of_two(item.data) or ()
    low, high = (_printed(stated, bound) for bound in (found.low, found.high))
    yield Problem(
        f"the interval of {describe_effect(item)} is {factor:.2g} times as wide as that of its counts, "
        f"{'{}/{} v {}/{}'.format(*counts)}, which is {low} to {high}: {why}",
        at=("ci_low",),
        hint="compare interval and counts with the source; write `adjusted: true` if the effect is adjusted",
        related=((*item.path, "arms"),),
    )


@check(
    "effect-cluster",
    on="effect",
    severity=Severity.WARNING,
    needs=("measure", "estimate", "ci_low", "ci_high", "arms"),
)
def clusters_are_not_analysed_as_people(item: Item) -> Iterator[Problem]:
    """The interval of a cluster trial is wider than if its people had been allocated individually."""
    trial = _trial(item)
    if trial is None or known(trial, "randomized_unit") != "cluster":
        return
    needed = _needed(item, trial)
    stated = reported_interval(item) if needed is not None else None
    simple = [*_usual(item), *_of_means(item)] if stated is not None else []
    if needed is None or stated is None or not simple:
        return
    factor = _width(stated).high / _length(max(simple, key=_length))
    # Halfway to the width for clusters is enough: their correlation is an estimate too.
    if 1 / _SIMPLE < factor < (_SIMPLE if needed == math.inf else (1 + needed) / 2):
        wording = (
            "as if people had been allocated individually"
            if needed == math.inf
            else f"too narrow: allowing for their correlation it would be {needed:.2g} times as wide"
        )
        yield Problem(
            f"the trial allocated clusters, but the interval of {describe_effect(item)} is {wording}",
            at=("ci_low",),
            hint="use an effect that allows for clusters, or the effective sample size; write `cluster_adjusted: true` "
            "in the trial if the source did",
            related=((*item.path[:2], "randomized_unit"),),
        )


def _needed(item: Item, trial: Mapping[str, Any]) -> float | None:
    """Return the factor by which clusters widen an interval; infinite if unknown, None if hardly at all."""
    clusters, icc, people = (known(trial, key) for key in ("clusters", "icc", "participants"))
    counts = [known(arm, "participants") for arm in item.data["arms"]]
    people = people if people or None in counts else sum(counts)
    if clusters and people and icc is not None:
        # Source: A. Donner and N. Klar, Design and Analysis of Cluster Randomization Trials, 2000, section 1.3.
        factor = math.sqrt(max(1.0, 1 + (people / clusters - 1) * icc))
        return factor if factor > _SIMPLE**2 else None
    if known(trial, "cluster_adjusted") is True or (clusters and people and clusters >= people):
        return None
    return math.inf


@check(
    "effect-se",
    on="effect",
    severity=Severity.WARNING,
    needs=("measure", "estimate", "se"),
    needs_one_of=("ci_low", "ci_high", "p"),
)
def standard_error_fits(item: Item) -> Iterator[Problem]:
    """A standard error matches the interval, or without one, the p value."""
    if item.data["measure"] not in RATIOS | DIFFERENCES:
        return
    from evgrade.facts.interval import recompute  # noqa: PLC0415 - loads decimal

    se, stated = reported(item, "se"), reported_interval(item)
    if se is None:
        return
    if stated is None:
        yield from _of_p(item)
        return
    implied = recompute(stated).standard_error
    possible = Range(implied.low / _WIDEST_T, implied.high * (1 + _SAME))
    if float(se.high) >= possible.low and float(se.low) <= possible.high:
        return
    natural = float(se.value) / float(stated.estimate.value) if stated.estimate.value else 0.0
    of_ratio = stated.measure in RATIOS and possible.low <= natural <= possible.high
    yield Problem(
        f"a standard error of {item.written('se')} is stated, and {describe_effect(item)} gives "
        f"{digits((implied.low + implied.high) / 2)}"
        + (
            f"; divided by the estimate it fits, {digits(natural)}: is it that of the ratio itself?" if of_ratio else ""
        ),
        at=("se",),
        hint=f"write `se: {digits(natural)}`, that of the logarithm"
        if of_ratio
        else "compare the standard error, the interval and its level with the source",
        related=((*item.path, "estimate"),),
    )


def _of_p(item: Item) -> Iterator[Problem]:
    """Yield a problem if an estimate and its standard error contradict the p value."""
    from evgrade.facts.interval import z_differ, z_of_reported  # noqa: PLC0415 - loads decimal
    from evgrade.stats.normal import two_sided_p as p_of  # noqa: PLC0415

    measure, estimate = item.data["measure"], item.data["estimate"]
    if "p" not in item.data or "p_for" in item.data or known(item.data, "p_adjusted"):
        return
    if is_number(item.data.get("ci_low")) or (measure in RATIOS and estimate <= 0):
        return
    p = two_sided_p(item)
    if p is None:
        return
    z = abs(math.log(estimate) if measure in RATIOS else estimate) / item.data["se"]
    if z_differ(z_of_reported(p), Range(z, z)) and min(p_of(z), float(p.high)) < 1:
        yield Problem(
            f"an estimate of {item.written('estimate')} with a standard error of {item.written('se')} gives "
            f"{describe_range(Range(p_of(z), p_of(z)))}, not the one stated",
            at=("se",),
            hint="compare all three with the source; for a ratio, state the standard error of the logarithm",
            related=((*item.path, "p"),),
        )


def _trial(item: Item) -> Mapping[str, Any] | None:
    if item.path[0] != "trials":
        return None
    trial: Mapping[str, Any] = item.dossier.data["trials"][item.path[1]]
    return trial


def _is_paired(trial: Mapping[str, Any]) -> bool:
    return bool(known(trial, "intervention_model") == "crossover" or known(trial, "randomized_unit") == "body_part")


def _few(effect: Mapping[str, Any]) -> bool:
    counts = counts_of_two(effect)
    if counts is None:
        return True
    a, n, b, m = counts
    return min(a, n - a, b, m - b) < FEWEST_IN_A_CELL


def _usual(item: Item) -> list[Range]:
    """Return the usual intervals of the counts, on the scale where they are symmetric."""
    from evgrade.stats.two_by_two import TwoByTwo  # noqa: PLC0415 - loads statistics

    counts, measure = counts_of_two(item.data), item.data["measure"]
    if counts is None or _few(item.data):
        return []
    found = intervals(TwoByTwo(*counts), measure, float(item.data.get("ci_level", 95)))
    return [Range(it.low, it.high) if measure == "RD" else Range(math.log(it.low), math.log(it.high)) for it in found]


def _of_means(item: Item) -> list[Range]:
    """Return the 95% interval of a difference of means."""
    found = crude(item.data) if item.data["measure"] == "MD" and item.data.get("ci_level", 95) == 95 else None
    around = None if found is None else found.interval()
    if found is None or around is None:
        return []
    reach = ((around.high - around.low) / 2 - found.blur) / 3 * 1.96
    return [Range(found.value - reach, found.value + reach)]


def _width(interval: ReportedInterval) -> Range:
    low, high = interval.on_scale(interval.low), interval.on_scale(interval.high)
    return Range(max(0.0, high.low - low.high), high.high - low.low)


def _length(interval: Range) -> float:
    return interval.high - interval.low


def _printed(interval: ReportedInterval, bound: float) -> str:
    return digits(math.exp(bound) if interval.measure in RATIOS else bound)


def _is_crude(item: Item, stated: ReportedInterval) -> bool:
    """Whether an estimate equals that of the counts, within its precision."""
    found, estimate = crude(item.data), stated.on_scale(stated.estimate)
    if found is None:
        return False
    value = math.log(found.value) if stated.measure in RATIOS else found.value
    slack = _SAME * _width(stated).high
    return estimate.low - slack <= value <= estimate.high + slack
