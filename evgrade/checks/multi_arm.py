"""Checks of trials with several arms: numbers analysed, comparisons that add up, a shared control counted twice."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from evgrade.checks.counts import SHARED_PEOPLE
from evgrade.checks.model import Item, Problem, check
from evgrade.checks.reported import digits, reported, reported_interval
from evgrade.facts.effects import DIFFERENCES, RATIOS, two_arms
from evgrade.facts.known import Range, known
from evgrade.model import Path, Severity

MOST_ARMS = 20
"""In a trial with more arms, only the first ones are compared with each other."""

_HALF_ERROR = 0.5
"""The share of the largest standard error by which comparisons from separate models may fail to add up."""

_SHARE_WITHOUT = 0.1
"""The share of the largest comparison to use instead if no interval is stated."""

_CONTROLS = frozenset({"placebo_comparator", "sham_comparator", "no_intervention", "active_comparator"})


@check("count-arm-analysed", on="trial", severity=Severity.WARNING, needs=("arms", "effects"))
def analysed_of_the_arm(item: Item) -> Iterator[Problem]:
    """No more people are analysed in an arm of an effect than were in the trial's arm with the same name."""
    if known(item.data, "intervention_model") in SHARED_PEOPLE:
        return
    sizes = {_folded(arm["name"]): people for arm in item.data["arms"] if (people := known(arm, "participants"))}
    for number, effect in enumerate(item.data["effects"]):
        counted = [(place, arm, known(arm, "participants")) for place, arm in enumerate(effect.get("arms", ()))]
        named = [it for it in counted if it[2] and _folded(it[1].get("name", "")) in sizes]
        above = [(place, arm, people) for place, arm, people in named if people > sizes[_folded(arm["name"])]]
        if not above:
            continue
        place, arm, people = above[0]
        exchanged = len(named) == 2 and _are_exchanged(named[0], named[1], sizes)
        yield Problem(
            f"{people} people of `{arm['name']}` are analysed, but it had {sizes[_folded(arm['name'])]}"
            + ("; swapped, the two arms fit: are they the wrong way round?" if exchanged else ""),
            at=("effects", number, "arms", place, "participants"),
            hint="swap the counts of the two arms, or their names, if the source has them so"
            if exchanged
            else "only people in the arm can be analysed: correct one of the two counts, or the name",
            related=((*item.path, "arms"),),
        )


Counted = tuple[int, Mapping[str, Any], int]


def _are_exchanged(one: Counted, other: Counted, sizes: Mapping[str, int]) -> bool:
    """Whether each of two arms has no more people than the other arm of the trial."""
    mine, theirs = sizes[_folded(one[1]["name"])], sizes[_folded(other[1]["name"])]
    return one[2] <= theirs and other[2] <= mine


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


class Contrast(NamedTuple):
    """One comparison of two arms: its path, the arms, the value on the scale of its measure, and the standard error."""

    at: Path
    arms: tuple[str, str]
    value: Range
    error: float | None


@check("effect-contrasts", on=("trial", "observational_study"), severity=Severity.WARNING, needs="effects")
def contrasts_add_up(item: Item) -> Iterator[Problem]:
    """For three arms, the comparisons of A with B and of B with C add up to that of A with C."""
    groups: dict[tuple[Any, ...], dict[frozenset[str], Contrast]] = {}
    if len(item.data["effects"]) < 3:
        return
    for number, effect in enumerate(item.data["effects"]):
        contrast = _contrast(item, number, effect)
        if contrast is not None:
            key = (effect.get("outcome"), effect["measure"], effect.get("time_point"), effect.get("unit"))
            groups.setdefault(key, {}).setdefault(frozenset(contrast.arms), contrast)
    for contrasts in groups.values():
        names = list(dict.fromkeys(name for contrast in contrasts.values() for name in contrast.arms))
        for arms in combinations(names[:MOST_ARMS], 3):
            three = [found for pair in combinations(arms, 2) if (found := contrasts.get(frozenset(pair))) is not None]
            if len(three) == 3:
                yield from _that_do_not_add_up(item, sorted(three, key=lambda it: it.at[1]))


def _contrast(item: Item, number: int, effect: Mapping[str, Any]) -> Contrast | None:
    pair, measure = two_arms(effect), effect.get("measure")
    if pair is None or measure not in RATIOS | DIFFERENCES or "estimate" not in effect:
        return None
    path: Path = ("effects", number)
    inner = Item(effect, (*item.path, *path), item.whole)
    stated, interval = reported(inner, "estimate"), reported_interval(inner)
    if stated is None or (measure in RATIOS and stated.low <= 0):
        return None
    value = Range(float(stated.low), float(stated.high))
    if measure in RATIOS:
        value = Range(math.log(value.low), math.log(value.high))
    error = None
    if interval is not None:
        from evgrade.facts.interval import recompute  # noqa: PLC0415 - loads decimal

        error = recompute(interval).standard_error.high
    names = (_folded(pair[0]["name"]), _folded(pair[1]["name"]))
    return Contrast(path, names, value, error) if names[0] != names[1] else None


def _that_do_not_add_up(item: Item, three: Sequence[Contrast]) -> Iterator[Problem]:
    *others, last = three
    here, ring = last.arms[1], [last.value]
    for contrast in others if here in others[0].arms else others[::-1]:
        ring.append(contrast.value if contrast.arms[0] == here else Range(-contrast.value.high, -contrast.value.low))
        here = contrast.arms[1] if contrast.arms[0] == here else contrast.arms[0]
    total = Range(sum(it.low for it in ring), sum(it.high for it in ring))
    errors = [contrast.error for contrast in three]
    largest = max(abs(it.low + it.high) / 2 for it in ring)
    known_errors = [error for error in errors if error is not None]
    slack = _HALF_ERROR * max(known_errors) if known_errors else _SHARE_WITHOUT * largest
    if total.low - slack <= 0 <= total.high + slack:
        return
    ratio = item.data["effects"][last.at[1]]["measure"] in RATIOS
    expected = (last.value.low + last.value.high - total.low - total.high) / 2
    wording = ", ".join(
        f"{item.written(*contrast.at, 'estimate')} ({' v '.join(contrast.arms)})" for contrast in three[:-1]
    )
    yield Problem(
        f"the comparisons do not add up: by {wording} the third, {' v '.join(last.arms)}, is "
        f"{digits(math.exp(min(expected, 700)) if ratio else expected)}, not {item.written(*last.at, 'estimate')}",
        at=(*last.at, "estimate"),
        hint="compare the three estimates with the source, and which arm each is for; say in `notes` if they come "
        "from different people, and waive this",
        related=tuple((*item.path, *contrast.at, "estimate") for contrast in three[:-1]),
    )


@check("count-shared-control", on="outcome", severity=Severity.WARNING, needs_one_of=("contributing", "study_effects"))
def a_shared_control_counts_once(item: Item) -> Iterator[Problem]:
    """If a trial with several arms is pooled as several studies, its control arm counts only once."""
    yield from _in_the_sum(item)
    yield from _in_the_studies(item)


def _in_the_sum(item: Item) -> Iterator[Problem]:
    """Yield the trial whose control arm explains why too many people are counted."""
    people, named = known(item.data, "participants"), item.data.get("contributing", ())
    studies = known(item.data, "studies")
    trials = [one for one in item.dossier.data.get("trials", ()) if one["id"] in named]
    counts = [known(one, "participants") for one in trials]
    if people is None or not trials or len(trials) != len(named) or None in counts:
        return
    excess = people - sum(counts)
    for one in trials:
        extra = len(one.get("arms", ())) - 2
        controls = [known(arm, "participants") for arm in one.get("arms", ()) if arm.get("role") in _CONTROLS]
        is_all = studies in (None, len(named), len(named) + extra)
        if extra > 0 and is_all and any(count and excess == extra * count for count in controls):
            yield Problem(
                f"{people} people are counted, {excess} more than the trials have: the control arm of "
                f"`{one['id']}` seems to be counted {extra + 1} times",
                at=("participants",),
                hint="combine the therapy arms, or divide the control arm between the comparisons "
                "(Cochrane Handbook, 23.3.4)",
                related=((*item.path, "contributing"),),
            )


def _in_the_studies(item: Item) -> Iterator[Problem]:
    """Yield each study effect with the same whole control arm as another one from the same source and time."""
    seen: dict[tuple[Any, ...], tuple[int, str]] = {}
    for number, effect in enumerate(item.data.get("study_effects", ())):
        pair = two_arms(effect)
        if pair is None or not effect.get("refs"):
            continue
        therapy, control = pair
        numbers = tuple(known(control, key) for key in ("participants", "events", "mean", "sd"))
        if numbers[0] is None or numbers[1:] == (None, None, None):
            continue
        name = _folded(therapy.get("name", ""))
        for ref in effect["refs"]:
            key = (ref, effect.get("outcome"), effect.get("time_point"), _folded(control.get("name", "")), numbers)
            before = seen.setdefault(key, (number, name))
            if before[0] != number and before[1] != name:
                yield Problem(
                    f"the control arm of `{ref}`, {numbers[0]} people, is used in two comparisons, each time in full",
                    at=("study_effects", number, "arms"),
                    hint="a pooled effect then counts them twice: combine the therapy arms, or divide the control arm "
                    "between the comparisons (Cochrane Handbook, 23.3.4)",
                    related=((*item.path, "study_effects", before[0], "arms"),),
                )
                break
