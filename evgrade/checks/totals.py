"""Checks of totals: arms against the trial, studies against the outcome, people with a harm against those exposed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.checks.harm_counts import COUNTS, is_elsewhere
from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.facts import known
from evgrade.model import Path, Severity
from evgrade.schema.suggest import added

_MORE_THAN_ONE_ARM_EACH = frozenset({"crossover", "factorial", "sequential"})
"""Models in which one person can be counted in several arms."""


@check("count-arms", on="trial", severity=Severity.WARNING, needs="arms", needs_one_of=("participants", "completed"))
def arms_of_the_trial(item: Item) -> Iterator[Problem]:
    """The arms of a trial add up to its participants, and what they completed to those who completed it."""
    arms = item.data["arms"]
    for key in ("participants", "completed"):
        total = known(item.data, key)
        counts = [known(arm, key) for arm in arms]
        if total is None or not any(counts):
            continue
        largest = max(count for count in counts if count is not None)
        if largest > total:
            yield _arm_above(item, ("arms", counts.index(largest), key), largest, key, total)
        elif None not in counts and sum(counts) != total and not _may_differ(item.data, counts, total):
            yield Problem(
                f"the arms add up to {added(counts)} {key}, but the trial has {total}",
                at=("arms",),
                hint="correct a count, add a missing arm, or say in `notes` who is not counted and waive this",
                related=((*item.path, key),),
            )


def _may_differ(trial: Mapping[str, Any], counts: list[int], total: int) -> bool:
    """Whether arms may rightly not add up: one of several is stated, or each person may be counted in several."""
    model = known(trial, "intervention_model")
    if sum(counts) < total:
        return len(counts) == 1 and model != "single_group"
    return model in _MORE_THAN_ONE_ARM_EACH or (model is None and all(count == total for count in counts))


@check(
    "count-analysed",
    on=("trial", "observational_study", "synthesis", "outcome"),
    severity=Severity.ERROR,
    needs="participants",
    needs_one_of=("effects", "effect"),
)
def analysed_of_participants(item: Item) -> Iterator[Problem]:
    """Nobody is analysed who did not take part: no arm of an effect is larger than its study, nor two arms apart."""
    total = known(item.data, "participants")
    if total is None:
        return
    parallel = known(item.data, "intervention_model") == "parallel"
    for path, effect in _effects(item.data):
        arms = known(effect, "arms") or []
        counts = [known(arm, "participants") for arm in arms]
        for number, count in enumerate(counts):
            if count is not None and count > total:
                yield _arm_above(item, (*path, "arms", number, "participants"), count, "participants", total)
                break
        else:
            if parallel and _are_apart(arms, counts) and sum(counts) > total:
                yield Problem(
                    f"{added(counts)} people are analysed, but the trial has {total}",
                    at=(*path, "arms"),
                    hint="in parallel arms everyone is counted once: correct a count, or `intervention_model`",
                    related=((*item.path, "participants"),),
                )


def _are_apart(arms: list[Mapping[str, Any]], counts: list[int | None]) -> bool:
    """Whether two arms, with their counts, are the therapy's and the control's."""
    return None not in counts and sorted(str(known(arm, "role")) for arm in arms) == ["control", "intervention"]


def _effects(data: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the effects of a study or of an outcome, with their paths."""
    for number, effect in enumerate(data.get("effects", ())):
        yield ("effects", number), effect
    if "effect" in data:
        yield ("effect",), data["effect"]


def _arm_above(item: Item, at: Path, count: int, key: str, total: int) -> Problem:
    return Problem(
        f"the arm has {count} {key}, but there are {total} in all",
        at=at,
        hint=f"no arm is larger than the whole: correct one of the two `{key}`",
        related=((*item.path, key),),
        severity=Severity.ERROR,
    )


@check("count-contributing", on=("synthesis", "outcome"), severity=Severity.WARNING, needs="studies")
def studies_of_the_pool(item: Item) -> Iterator[Problem]:
    """A review or an outcome has as many studies, and at most as many people, as the studies that it names."""
    studies, people = known(item.data, "studies"), known(item.data, "participants")
    named = item.data.get("contributing", [])
    found = _studies(item.dossier.data, frozenset(named)) if named else []
    if studies is not None and len(found) > studies:
        yield Problem(
            f"{len(found)} contributing studies are named, but {studies} contribute",
            at=("studies",),
            hint="correct `studies`, or remove from `contributing` the studies that are not among them",
            related=((*item.path, "contributing"),),
        )
        return
    counts = [count for study in found if (count := known(study, "participants")) is not None]
    all_stated = studies == len(named) == len(counts)
    if people is not None and all_stated and people > sum(counts):
        yield Problem(
            f"{people} people are counted, but the contributing studies have {added(counts)}",
            at=("participants",),
            hint="name the study that is missing, or correct a count",
            related=((*item.path, "contributing"),),
        )


def _studies(dossier: Mapping[str, Any], ids: frozenset[str]) -> list[Mapping[str, Any]]:
    """Return the single studies in people that have one of some ids."""
    return [study for key in ("trials", "observational") for study in dossier.get(key, ()) if study["id"] in ids]


@check("count-exposed", on="safety", severity=Severity.WARNING, needs="exposed")
def harms_among_the_exposed(item: Item) -> Iterator[Problem]:
    """No harm of the therapy, at its dose, was counted among more people than were exposed to it."""
    exposed = known(item.data, "exposed")
    if exposed is None:
        return
    above = [(path, harm) for path, harm in _counted(item.data) if harm["of"] > exposed and not is_elsewhere(harm)]
    if above:
        path, harm = max(above, key=lambda found: found[1]["of"])
        yield Problem(
            f"this was counted among {harm['of']} people, but only {exposed} were exposed",
            at=(*path, "of"),
            hint="`exposed` counts everyone followed for harm: correct one of the two",
            related=((*item.path, "exposed"),),
        )


def _counted(safety: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the harms that were counted among a known number of people, with their paths."""
    for key in COUNTS:
        if key in safety and known(safety[key], "of") is not None:
            yield (key,), safety[key]
    for number, event in enumerate(safety.get("adverse_events", ())):
        if known(event, "of") is not None:
            yield ("adverse_events", number), event
