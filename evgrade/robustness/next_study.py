"""What the next study would have to be, its size, and how likely it is to move the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evgrade.robustness.additions import additions, conditions_of
from evgrade.robustness.chances import Chances, chances
from evgrade.robustness.planning import Plan, people_so_far, plan
from evgrade.robustness.reaching import BUDGET, Reach, reaches
from evgrade.robustness.robust import Robustness
from evgrade.robustness.standing import Regrading
from evgrade.rubric.conditions.values import Within
from evgrade.rubric.model import Rubric
from evgrade.stats.zero_events import people_to_exclude


@dataclass(frozen=True, slots=True)
class Excluded:
    """A rate of harm in a rule, and the number of people without an event that excludes it."""

    rate: float
    people: int


@dataclass(frozen=True, slots=True)
class NextStudy:
    """What the next study would have to be.

    Attributes:
        reached: what it can lead to for the recommendation, or if there is none, for each domain.
        names: the titles of the additions tried; empty if the rubric reads nothing that a study adds.
        plan: the size of a trial; None if the rubric reads neither trials nor outcomes.
        so_far: the number of participants in the trials of the dossier; None if not known.
        chances: how likely that trial is to move the verdict.
        excluded: the rates of harm in rules, if a safety follow-up leads to something better.
    """

    reached: tuple[Reach, ...]
    names: tuple[str, ...]
    plan: Plan | None
    so_far: int | None
    chances: Chances | None
    excluded: tuple[Excluded, ...]


def next_study(one: Robustness, budget: int = BUDGET) -> NextStudy:
    """Return what the next study would have to be; deterministic.

    `budget` limits how many versions of the dossier are graded to find the smallest additions.
    """
    data, rubric = one.dossier.data, one.rubric
    regrade = Regrading(rubric)
    before = regrade(data)
    available = additions(data, rubric)
    reached = reaches(data, rubric, available, before, regrade, budget)
    planned = plan(data, one.assessment.numbers)
    moved = chances(data, rubric, planned, reached, available, regrade)
    is_followed = any(
        one.addition.events == {}
        for reach in reached
        if reach.better is not None and reach.better.way is not None
        for one in reach.better.way.added
    )
    return NextStudy(
        reached,
        tuple(one.title for one in available),
        None if moved is None else planned,
        None if moved is None else people_so_far(data, planned),
        moved,
        tuple(_excluded(rubric)) if is_followed else (),
    )


def _excluded(rubric: Rubric) -> Iterator[Excluded]:
    """Yield the rates that rules require harms to stay below, highest first."""
    rates = {
        limit
        for part in conditions_of(rubric)
        if isinstance(part, Within) and part.field.keys[:1] == ("safety",) and part.field.is_share
        for limit in (part.bounds.below, part.bounds.at_most)
        if limit is not None and 0 < limit < 1
    }
    for one in sorted(rates, reverse=True):
        yield Excluded(one, people_to_exclude(one))
