"""What the two arms of an effect make, if they make anything: a table, two groups with means, or two rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evgrade.facts.arms import Arm, counts_of_two, counts_people, rates_of_two, two_arms
from evgrade.facts.known import known
from evgrade.stats.means import Group
from evgrade.stats.rates import Rate
from evgrade.stats.spread import (
    mean_of_quartiles,
    mean_of_range,
    sd_of_interval,
    sd_of_quartiles,
    sd_of_range,
    sd_of_standard_error,
)
from evgrade.stats.two_by_two import TwoByTwo


def table_of(effect: Mapping[str, Any]) -> TwoByTwo | None:
    """Return the people with and without an event in two arms; None where events are counted, or counts are missing."""
    counts = counts_of_two(effect)
    try:
        return None if counts is None else TwoByTwo(*counts)
    except ValueError:
        return None


def share_of(effect: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return how many of how many people of a single arm had the event."""
    arms: Sequence[Arm] = known(effect, "arms") or ()
    if len(arms) != 1 or not counts_people(effect, arms[0]):
        return None
    events, people = known(arms[0], "events"), known(arms[0], "participants")
    return None if events is None or not people or events > people else (events, people)


def rates_of(effect: Mapping[str, Any]) -> tuple[Rate, Rate] | None:
    """Return the events of two arms in the years that people were followed for; None where something is missing."""
    found = rates_of_two(effect)
    return None if found is None else (Rate(found[0], found[1]), Rate(found[2], found[3]))


def groups_of(effect: Mapping[str, Any]) -> tuple[tuple[Group, Group], tuple[str, ...]] | None:
    """Return the means and standard deviations of two arms, and whatever stands in for one that is not stated."""
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
    """Yield the standard deviation as it is stated, or from what is stated in its place, the surest first.

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
