"""The size of the next trial, and what the present trials predict for it.

The trial has two arms of equal size and is powered for the smallest effect that matters, on the most important outcome
with numbers. If the dossier does not state that effect, a usual assumption is made, and reported as such.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from evgrade.computed.effect import is_in_percent, stated
from evgrade.computed.numbers import Numbers
from evgrade.facts.effects import DIFFERENCES, RATIOS
from evgrade.facts.known import known
from evgrade.facts.people import risk_without
from evgrade.grading.judge import Data
from evgrade.model import Path
from evgrade.stats.normal import Study, z_of_level
from evgrade.stats.power import events_for_hazard_ratio, people_for_means, people_for_proportions, reach

POWERS = (0.9, 0.8)
"""The power of the plan, and the power behind GRADE's optimal information size."""
QUARTER = 0.75
"""The usual ratio to detect: a reduction by a quarter (G. H. Guyatt et al., J Clin Epidemiol 2011;64:1283-1293)."""
HALF = 0.5
"""The usual difference to detect, in standard deviations (G. R. Norman et al., Medical Care 2003;41:582-592)."""
_LOGARITHMIC = RATIOS | {"log_ratio"}
_OF_RISKS = frozenset({"RR", "OR", "HR"})


class Assumed(StrEnum):
    """The origin of the smallest effect that matters; the values appear in the JSON."""

    STATED = "stated"
    """The dossier states it."""
    QUARTER = "quarter"
    """Not stated: a reduction by a quarter."""
    HALF = "half_standard_deviation"
    """Not stated, or not in a form that gives a sample size: half a standard deviation."""


class Size(NamedTuple):
    """The number of people per arm, and of events in both arms; None if the outcome is not counted in events."""

    power: float
    per_arm: int
    events: int | None


@dataclass(frozen=True, slots=True)
class Known:
    """The present knowledge of the effect on an outcome.

    Attributes:
        path: its path in the dossier.
        outcome: the name of the outcome.
        measure: the effect measure.
        study: the effect; for a ratio, its logarithm.
        people: the number of people behind it; None if not known.
        better: 1 if more of the outcome is better, -1 if less is; None if not stated.
        risk: the risk of the event without the therapy; None if not known.
        smallest: the smallest effect that matters, on the scale of the measure; None if not stated.
    """

    path: Path
    outcome: str
    measure: str
    study: Study
    people: int | None
    better: int | None
    risk: float | None
    smallest: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A trial that is large enough.

    Attributes:
        known: its outcome; None if no outcome has numbers.
        measure: the measure of the effect to detect.
        smallest: the effect to detect, on the scale of the measure.
        assumed: the origin of that effect.
        risk: the assumed risk without the therapy; None for none.
        spread: the assumed standard deviation; None for none.
        sizes: its size, by power.
        effect: the size of the effect on the scale on which effects are normal, above 0.
    """

    known: Known | None
    measure: str
    smallest: float
    assumed: Assumed
    risk: float | None
    spread: float | None
    sizes: tuple[Size, ...]
    effect: float

    @property
    def standard_error(self) -> float:
        """The standard error of the planned trial, which its power and the effect to detect determine."""
        return self.effect / reach(POWERS[0])

    @property
    def information_size(self) -> int:
        """The optimal information size: the number of people that all trials together need."""
        return 2 * self.sizes[-1].per_arm


def plan(data: Data, numbers: Numbers) -> Plan:
    """Return the planned trial, on the most important outcome with numbers."""
    found = min(_all_known(data, numbers), key=_order(data), default=None)
    return (None if found is None else _planned(found)) or Plan(
        found, "SMD", HALF, Assumed.HALF, None, None, tuple(_sizes_of_means(HALF)), HALF
    )


# Present knowledge


def _all_known(data: Data, numbers: Numbers) -> Iterator[Known]:
    comparisons = data.get("comparisons") or ()
    pooled = {one.path: one.pooled_effect for one in numbers.outcomes}
    for number, outcome in enumerate(data.get("outcomes", ())):
        path: Path = ("outcomes", number)
        if comparisons and outcome.get("comparison_id", comparisons[0]["id"]) != comparisons[0]["id"]:
            continue
        effect = known(outcome, "effect") or {}
        measure, study = known(effect, "measure"), _study(effect)
        again = pooled.get(path)
        if study is None and again is not None and again.pooling.effect is not None:
            measure, estimate = again.pooling.measure, again.pooling.effect.estimate
            study = _from_interval(estimate.value, estimate.low, estimate.high, measure)
        if study is not None and measure is not None:
            yield Known(
                path,
                known(outcome, "name") or outcome["id"],
                measure,
                study,
                known(outcome, "participants"),
                _better(outcome, effect, study),
                risk_without(outcome),
                _unscaled_smallest(outcome, effect),
            )
    computed = {one.path: one.computed for one in numbers.effects}
    for number, trial in enumerate(data.get("trials", ())):
        if not (trial.get("agent") == trial.get("condition") == "same" and trial.get("allocation") == "randomized"):
            continue
        for place, effect in enumerate(trial.get("effects", ())):
            path = ("trials", number, "effects", place)
            again_computed = computed.get(path)
            measure = known(effect, "measure") or (None if again_computed is None else again_computed.measure)
            study = _study(effect) or (None if again_computed is None else again_computed.study)
            if study is not None and measure in RATIOS | DIFFERENCES:
                people = known(trial, "participants")
                risk = risk_without({"effect": effect})
                yield Known(path, effect["outcome"], measure, study, people, _better(trial, effect, study), risk, None)


def _order(data: Data) -> Any:
    """Return a sort key: outcomes before trials, outcomes by importance, trials by soundness and size."""

    def key(one: Known) -> tuple[Any, ...]:
        section, number = one.path[:2]
        entry = data[str(section)][number]
        if section == "outcomes":
            weight = {"critical": 0, "important": 1}.get(entry.get("importance"), 2)
            return 0, weight, entry.get("design") != "randomized", one.smallest is None, one.better is None
        effect = entry["effects"][one.path[3]]
        at_risk = known(entry.get("risk_of_bias", {}), "overall") != "low"
        return 1, at_risk, -(one.people or 0), effect.get("primary") is not True, one.better is None

    return key


def _study(effect: Data) -> Study | None:
    found = stated(effect)
    return None if found is None else found[0]


def _from_interval(value: float, low: float, high: float, measure: str | None) -> Study | None:
    if measure in RATIOS:
        if low <= 0:
            return None
        value, low, high = math.log(value), math.log(low), math.log(high)
    try:
        return Study(value, (high - low) / (2 * z_of_level(95)))
    except ValueError:  # an interval without width, or extreme numbers
        return None


def _better(holder: Data, effect: Data, study: Study) -> int | None:
    """Return the side of no effect on which benefit lies, as the outcome, effect or result states."""
    more = known(holder, "more_is_better")
    if isinstance(more, bool):
        return 1 if more else -1
    side = 1 if study.effect > 0 else -1 if study.effect < 0 else 0
    helped = {"therapy": 1, "control": -1}.get(known(effect, "favours") or "")
    helped = helped or {"benefit": 1, "harm": -1}.get(known(holder, "result") or "")
    return side * helped if side and helped else None


def _unscaled_smallest(outcome: Data, effect: Data) -> float | None:
    smallest = known(outcome, "smallest_important_effect")
    if smallest is None:
        return None
    return float(smallest) / (100 if is_in_percent(effect) else 1)


# Sample size


def _planned(one: Known) -> Plan | None:
    """Return the trial that can detect the smallest effect; None if its size cannot be determined."""
    try:
        if one.measure in _LOGARITHMIC:
            return _of_ratio(one)
        return _of_risk_difference(one) if one.measure == "RD" else _of_means(one)
    except (ValueError, OverflowError):  # an effect too small or too large for any trial
        return None


def _of_ratio(one: Known) -> Plan | None:
    is_stated = one.smallest is not None
    usual = QUARTER if one.better != 1 else 1 / QUARTER
    smallest = one.smallest if one.smallest is not None else math.log(usual) if one.measure == "log_ratio" else usual
    effect = smallest if one.measure == "log_ratio" else math.log(smallest)
    sizes = tuple(_sizes_of_risks(one, smallest) or _sizes_by_information(one, effect))
    assumed = Assumed.STATED if is_stated else Assumed.QUARTER
    risk = one.risk if one.measure in _OF_RISKS else None
    return Plan(one, one.measure, smallest, assumed, risk, None, sizes, abs(effect)) if sizes else None


def _of_risk_difference(one: Known) -> Plan | None:
    if not one.risk:
        return None
    smallest = one.smallest
    if smallest is None:
        smallest = one.risk * (1 - QUARTER) * (one.better or -1)
    if not 0 <= one.risk + smallest <= 1:
        return None
    sizes = tuple(Size(power, people_for_proportions(one.risk, one.risk + smallest, power), None) for power in POWERS)
    assumed = Assumed.QUARTER if one.smallest is None else Assumed.STATED
    return Plan(one, one.measure, smallest, assumed, one.risk, None, sizes, abs(smallest))


def _of_means(one: Known) -> Plan | None:
    """Return the trial for a difference; the standard deviation follows from the interval and the number of people."""
    spread = 1.0
    if one.measure != "SMD":
        if not one.people:
            return None
        spread = one.study.standard_error * math.sqrt(one.people) / 2
    is_stated = one.smallest is not None
    smallest = one.smallest if one.smallest is not None else HALF * spread
    sizes = tuple(_sizes_of_means(smallest / spread))
    assumed = Assumed.STATED if is_stated else Assumed.HALF
    shown = None if one.measure == "SMD" else spread
    return Plan(one, one.measure, smallest, assumed, None, shown, sizes, abs(smallest))


def _sizes_of_means(difference: float) -> Iterator[Size]:
    for power in POWERS:
        yield Size(power, people_for_means(difference, power), None)


def _sizes_of_risks(one: Known, ratio: float) -> list[Size]:
    """Return the sizes by the risk without the therapy; none if it is not known or the ratio does not fit it."""
    from evgrade.stats.absolute import risk_with_therapy  # noqa: PLC0415 - loads decimal

    if not one.risk or one.measure not in _OF_RISKS or (one.measure == "RR" and ratio * one.risk > 1):
        return []
    treated = risk_with_therapy(one.measure, ratio, one.risk)
    if one.measure != "HR":
        return [Size(power, people_for_proportions(one.risk, treated, power), None) for power in POWERS]
    events = {power: events_for_hazard_ratio(ratio, power) for power in POWERS}
    return [Size(power, math.ceil(many / (one.risk + treated)), many) for power, many in events.items()]


def _sizes_by_information(one: Known, effect: float) -> Iterator[Size]:
    """Yield the sizes, assuming the same information per person as in the present effect."""
    if not one.people:
        return
    for power in POWERS:
        people = one.people * (one.study.standard_error * reach(power) / effect) ** 2
        events = events_for_hazard_ratio(math.exp(effect), power) if one.measure == "HR" else None
        yield Size(power, max(2, math.ceil(people / 2)), events)


def people_so_far(data: Data, planned: Plan) -> int | None:
    """Return the number of people in the randomized trials of the dossier: on the outcome, if stated."""
    if planned.known is not None and planned.known.path[0] == "outcomes" and planned.known.people is not None:
        return planned.known.people
    counted = [known(trial, "participants") for trial in data.get("trials", ()) if _counts(trial)]
    return sum(one for one in counted if one is not None) if None not in counted else None


def _counts(trial: Mapping[str, Any]) -> bool:
    return trial.get("agent") == trial.get("condition") == "same" and trial.get("allocation") == "randomized"
