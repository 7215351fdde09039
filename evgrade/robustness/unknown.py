"""Missing facts: what each can lead to, how much it decides, and the effort to find it."""

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
"""How many facts to examine, the most decisive first."""
LARGEST_SET = 3
"""The largest size of sets of facts to try."""
BUDGET = 1500
"""How many versions to grade at most to find sets of facts."""
_MOST_IN_SETS = 12
_MOST_NUMBERS = 15


class FoundIn(StrEnum):
    """The effort to find a fact, from the least; the values are those of `x-found-in` in the dossier schema."""

    PAPER = "paper"
    """In a paper at hand, or judged by reviewers from that paper."""
    REGISTRY = "registry"
    """In a registry entry, or in a list kept by an authority."""
    SEARCH = "search"
    """Takes a search."""
    NEW_STUDY = "new_study"
    """The paper does not report it: its authors may know, or it takes a new study."""


@dataclass(frozen=True, slots=True)
class Turned:
    """A possible value of a missing fact, and the verdict with it."""

    value: Any
    after: Standing


@dataclass(frozen=True, slots=True)
class Unknown:
    """A missing fact.

    Attributes:
        fact: the fact, and where it would be recorded.
        found_in: the effort to find it.
        turns: the values tried, each alone; empty if more than a single value is missing.
        is_every: whether all its possible values were tried; for numbers, only those at and next to a bound are.
        settles: the number of these values that settle everything open.
    """

    fact: MissingFact
    found_in: FoundIn
    turns: tuple[Turned, ...]
    is_every: bool
    settles: int

    @property
    def share(self) -> float:
        """The share of the values tried that settles everything open."""
        return self.settles / len(self.turns) if self.turns else 0.0


@dataclass(frozen=True, slots=True)
class FactSet:
    """Facts found together: how many combinations of their values there are, and how many settle everything open."""

    facts: tuple[MissingFact, ...]
    settles: int
    of: int


@dataclass(frozen=True, slots=True)
class Open:
    """The missing facts and what they leave open.

    Attributes:
        what: what is open: the recommendation, or if that is settled or absent, the domains.
        facts: the missing facts, those that settle most first.
        more: whether there are further facts that were not examined.
        sets: the smallest sets of facts that together settle it whatever their values; or if there are none, the
            smallest sets that can.
        looked_at: the size up to which every set of the most decisive facts was tried.
    """

    what: tuple[str, ...]
    facts: tuple[Unknown, ...]
    more: bool
    sets: tuple[FactSet, ...]
    looked_at: int


def unknown(
    data: Data, rubric: Rubric, assessment: Assessment, before: Standing, regrade: Regrading, budget: int
) -> Open:
    """Return the missing facts, and what they decide."""
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
    """Return the mean number of possible grades or levels once a fact is known, over the values tried."""
    left = [sum(len(_possible(turn.after, name)) for name in what) for turn in one.turns]
    return sum(left) / len(left) if left else math.inf


def _possible(after: Standing, name: str) -> frozenset[str]:
    return after.possible if name == LEVEL else after.grades[name][1]


def is_settled(after: Standing, what: Sequence[str]) -> bool:
    """Whether domains, or the recommendation, are settled."""
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
    """Whether a value leads only to results that were possible; a value that contradicts the dossier does not."""
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
    """Return what the schema states; by default a paper, unless the dossier says that this does not report it."""
    if shape.found_in is not None:
        return FoundIn(shape.found_in)
    return FoundIn.NEW_STUDY if _at(data, path) == "not_reported" else FoundIn.PAPER


def _values(data: Data, path: Path, shape: Shape, limits: Sequence[float]) -> tuple[Any, ...]:
    """Return the possible values of a fact; for an absent list, the empty list."""
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
    """Yield numbers at and next to the bounds of the rubric; for a count out of a total, also as shares of it."""
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
    """Return the denominator of a count; for harms, by default the number exposed."""
    if path[-1] != "n":
        return None
    value = _at(data, (*path[:-1], "of"))
    if value is None and path[0] == "safety":
        value = _at(data, ("safety", "exposed"))
    return value if isinstance(value, int | float) else None


def _at(data: Data, path: Path) -> Any:
    """Return the value at a path, or None."""
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
    """Return the smallest sets of facts that settle everything open, and the size up to which all were tried.

    If no set settles it whatever its values, return the smallest sets that can.
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
                if can and settles < of:  # from here on, only sets that always settle it matter
                    break
            found.append(FactSet(tuple(one.fact for one in chosen), settles, of))
        sure = tuple(one for one in found if one.settles == one.of and _is_enough(one, facts))
        if sure:
            return sure, size
        can = can or tuple(sorted((one for one in found if one.settles), key=lambda one: -one.settles / one.of))
    return can, LARGEST_SET


def _is_enough(given: FactSet, facts: Sequence[Unknown]) -> bool:
    """Whether every value of the facts in a set was tried; for a list, only the empty one ever is."""
    chosen = {one.path for one in given.facts}
    return all(len(one.turns) > 1 for one in facts if one.fact.path in chosen)
