"""Facts that are missing: what each can still give, how much it decides, and what it costs to find."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from evgrade.grading.assessment import Assessment, MissingFact
from evgrade.grading.judge import Data
from evgrade.grading.resting import at
from evgrade.model import Path
from evgrade.robustness.standing import LEVEL, Regrading, Standing, edited
from evgrade.rubric.conditions.base import everything_in
from evgrade.rubric.conditions.values import Within
from evgrade.rubric.model import Domain, Ladder, Points, Rubric
from evgrade.schema.shape import Kind, Shape, dossier_shape

MOST_FACTS = 40
"""How many facts are looked at, those that decide most first."""
LARGEST_SET = 3
"""The largest sets of facts that are tried."""
BUDGET = 1500
"""How many versions are graded at most to find sets of facts."""
_MOST_IN_SETS = 12
_MOST_NUMBERS = 15


class FoundIn(StrEnum):
    """What a fact costs to find, from the cheapest; the values are those of `x-found-in` in the dossier schema."""

    PAPER = "paper"
    """It is in a paper at hand, or reviewers judge it by that paper."""
    REGISTRY = "registry"
    """It is in an entry of a registry, or a list that an authority keeps."""
    SEARCH = "search"
    """It takes a search."""
    NEW_STUDY = "new_study"
    """The paper was read and does not report it: its authors may know, or a new study finds out."""


@dataclass(frozen=True, slots=True)
class Turned:
    """A value that a missing fact may turn out to have, and the verdict then."""

    value: Any
    after: Standing


@dataclass(frozen=True, slots=True)
class Unknown:
    """A missing fact.

    Attributes:
        fact: which one, and where it would be written.
        found_in: what it costs to find.
        turns: the values that were tried, each alone; none where more than a single value is missing.
        is_every: whether they are all that it can have; of numbers those at and beside a bound are tried.
        settles: after how many of these values nothing is open that was.
    """

    fact: MissingFact
    found_in: FoundIn
    turns: tuple[Turned, ...]
    is_every: bool
    settles: int

    @property
    def share(self) -> float:
        """Which share of the values tried settles what is open."""
        return self.settles / len(self.turns) if self.turns else 0.0


@dataclass(frozen=True, slots=True)
class FactSet:
    """Facts that are found together: in how many ways they can turn out, and how many of these settle what is open."""

    facts: tuple[MissingFact, ...]
    settles: int
    of: int


@dataclass(frozen=True, slots=True)
class Open:
    """What is not known.

    Attributes:
        what: what is open: the recommendation; where that is settled, or there is none, the domains.
        facts: the missing facts; what settles most first.
        more: whether there are further ones that were not looked at.
        sets: the smallest sets of facts that together settle it, whichever of the values tried they have; where there
            are none, the smallest that can.
        looked_at: every set of up to so many facts was tried, of those that decide most.
    """

    what: tuple[str, ...]
    facts: tuple[Unknown, ...]
    more: bool
    sets: tuple[FactSet, ...]
    looked_at: int


def unknown(
    data: Data, rubric: Rubric, assessment: Assessment, before: Standing, regrade: Regrading, budget: int
) -> Open:
    """Return what is not known, and what it decides."""
    what = (
        (LEVEL,)
        if len(before.possible) > 1
        else tuple(name for name, (_, possible) in before.grades.items() if len(possible) > 1)
    )
    settles = () if assessment.recommendation is None else assessment.recommendation.settles
    missing = {fact.path: fact for fact in itertools.islice(settles, MOST_FACTS + 1)}
    if len(missing) <= MOST_FACTS:
        for fact in itertools.islice(assessment.missing, MOST_FACTS + 1):
            missing.setdefault(fact.path, fact)
    limits = _limits(rubric)
    found = [_unknown(data, fact, before, regrade, what, limits) for fact in list(missing.values())[:MOST_FACTS]]
    facts = tuple(sorted(found, key=lambda one: (-one.share, _left(one, what))))
    sets, looked_at = _settling(data, facts, regrade, what, min(budget, BUDGET)) if what else ((), 0)
    return Open(what, facts, len(missing) > MOST_FACTS, sets, looked_at)


def _left(one: Unknown, what: Sequence[str]) -> float:
    """Return how many grades or levels are left once a fact is known, on average over the values tried."""
    left = [sum(len(_possible(turn.after, name)) for name in what) for turn in one.turns]
    return sum(left) / len(left) if left else math.inf


def _possible(after: Standing, name: str) -> frozenset[str]:
    return after.possible if name == LEVEL else after.grades[name][1]


def is_settled(after: Standing, what: Sequence[str]) -> bool:
    """Whether some domains, or the recommendation, are settled."""
    return all(len(_possible(after, name)) <= 1 for name in what)


def _unknown(
    data: Data, fact: MissingFact, before: Standing, regrade: Regrading, what: Sequence[str], limits: Sequence[float]
) -> Unknown:
    shapes = tuple(_shapes(fact.path))
    turns = tuple(
        Turned(value, after)
        for value in _values(data, fact.path, shapes[-1], limits)
        if _may_be(after := regrade(edited(data, {fact.path: value})), before)
    )
    settles = sum(is_settled(one.after, what) for one in turns)
    return Unknown(fact, _found_in(data, fact.path, shapes[-1]), turns, shapes[-1].kind is Kind.CHOICE, settles)


def _may_be(after: Standing, before: Standing) -> bool:
    """Whether a value leads only to possible results; a value that contradicts the dossier does not."""
    return after.possible <= before.possible and all(
        possible <= before.grades[name][1] for name, (_, possible) in after.grades.items()
    )


def _shapes(path: Path) -> Iterator[Shape]:
    shape = dossier_shape()
    for part in path:
        inner = shape.item if isinstance(part, int) else shape.key(part)
        if inner is None:
            return
        shape = inner
        yield shape


def _found_in(data: Data, path: Path, shape: Shape) -> FoundIn:
    """Return what the schema says; it is in a paper where it says nothing, unless that was read and does not say it."""
    if shape.found_in is not None:
        return FoundIn(shape.found_in)
    return FoundIn.NEW_STUDY if _at(data, path) == "not_reported" else FoundIn.PAPER


def _values(data: Data, path: Path, shape: Shape, limits: Sequence[float]) -> tuple[Any, ...]:
    """Return the values that a fact may have: for an absent list, the empty list."""
    match shape.kind:
        case Kind.CHOICE:
            return shape.choices
        case Kind.LIST:
            return ([],)
        case Kind.NUMBER:
            return tuple(_numbers(data, path, shape, limits))
        case Kind.MAPPING | Kind.TEXT:
            return ()


def _numbers(data: Data, path: Path, shape: Shape, limits: Sequence[float]) -> Iterator[float]:
    """Yield numbers at and beside the bounds of the rubric; of people out of some, as shares of them too."""
    whole = shape.node.get("type") == "integer"
    least, most = shape.node.get("minimum", 0), shape.node.get("maximum", math.inf)
    of = _of(data, path)
    bounds = {*limits, *(limit * of / per for limit in limits for per in (1, 100))} if of else set(limits)
    near = {0.0, 1.0, *(math.floor(one) if whole else one for one in bounds), *(one + 1 for one in bounds)}
    if of:
        near, most = near | {float(of)}, min(most, of)
    fit = sorted({int(one) if whole else one for one in near if least <= one <= most})
    step = math.ceil(len(fit) / _MOST_NUMBERS)
    yield from fit[::step] if step else ()


def _of(data: Data, path: Path) -> float | None:
    """Return the total that a count is out of; for harms it is those exposed, where nothing else is stated."""
    if path[-1] != "n":
        return None
    value = _at(data, (*path[:-1], "of"))
    if value is None and path[0] == "safety":
        value = _at(data, ("safety", "exposed"))
    return value if isinstance(value, int | float) else None


def _at(data: Data, path: Path) -> Any:
    """Return the value at a path; None where there is none."""
    try:
        return at(data, path)
    except (KeyError, IndexError, TypeError):
        return None


def _limits(rubric: Rubric) -> tuple[float, ...]:
    """Return every number that a rule compares with."""
    seen: set[int] = set()
    ladders: list[Ladder | Points] = [domain.method for domain in rubric.domains]
    if rubric.recommendation is not None:
        ladders.append(rubric.recommendation.ladder)
    conditions = [rule.condition for ladder in ladders for rule in ladder.rules]
    conditions += [one for domain in rubric.domains for one in _beside_method(domain)]
    parts = (part for condition in conditions for part in everything_in(condition, seen))
    bounds = (part.bounds for part in parts if isinstance(part, Within))
    found = {
        limit
        for one in bounds
        for limit in (one.at_least, one.at_most, one.above, one.below)
        if limit is not None and math.isfinite(limit)
    }
    return tuple(sorted(found))


def _beside_method(domain: Domain) -> Iterator[Any]:
    if domain.applies is not None:
        yield domain.applies
    if domain.each is not None:
        yield domain.each.where


def _settling(
    data: Data, facts: Sequence[Unknown], regrade: Regrading, what: Sequence[str], budget: int
) -> tuple[tuple[FactSet, ...], int]:
    """Return the smallest sets of facts that settle what is open, and the size up to which all were tried.

    Where none settles it whatever they say, they are the smallest that can settle it.
    """
    last = regrade.gradings + budget
    tried = [one for one in facts if one.turns][:_MOST_IN_SETS]
    can: tuple[FactSet, ...] = ()
    for size in range(1, LARGEST_SET + 1):
        found = []
        for chosen in itertools.combinations(tried, size):
            each = ([(one.fact.path, turn.value) for turn in one.turns] for one in chosen)
            of = settles = 0
            for values in itertools.product(*each):
                if regrade.gradings >= last:
                    return can, size - 1
                of += 1
                settles += is_settled(regrade(edited(data, dict(values))), what)
                if can and settles < of:  # only what settles it whatever it says is still of interest
                    break
            found.append(FactSet(tuple(one.fact for one in chosen), settles, of))
        sure = tuple(one for one in found if one.settles == one.of and _is_enough(one, facts))
        if sure:
            return sure, size
        can = can or tuple(sorted((one for one in found if one.settles), key=lambda one: -one.settles / one.of))
    return can, LARGEST_SET


def _is_enough(given: FactSet, facts: Sequence[Unknown]) -> bool:
    """Whether every value of the facts of a set was tried; of a list only the empty one ever is."""
    chosen = {one.path for one in given.facts}
    return all(len(one.turns) > 1 for one in facts if one.fact.path in chosen)
