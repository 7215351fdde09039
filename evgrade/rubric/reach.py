"""Which rungs can never be reached: those whose condition implies that a rung above them holds already.

The check is one-sided. What it calls unreachable is; what it does not see is let through. Implication is
judged on the form of conditions: the same field with a narrower demand, the same list with a higher
count, a conjunction with one part more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from evgrade.logic import Bounds
from evgrade.model import Path
from evgrade.rubric.language import (
    All,
    Always,
    AnyOf,
    Condition,
    GradeIs,
    LabelIs,
    Not,
    NumberOf,
    OneOf,
    ScoreIs,
    Term,
    Within,
)
from evgrade.rubric.lists import Count, Every, Share, Sum
from evgrade.rubric.mistakes import Mistakes
from evgrade.rubric.model import Ladder, Rubric, Rule

Known = dict[tuple[int, int], bool]
"""What was found out of two conditions before: a term may be used in many places, and be made of others that are."""


def implies(one: Condition, other: Condition, known: Known | None = None) -> bool:
    """Whether `other` surely holds wherever `one` does."""
    one, other = _meant(one), _meant(other)
    known = {} if known is None else known
    pair = id(one), id(other)
    if pair not in known:
        known[pair] = one == other or _implies(one, other, known)
    return known[pair]


def _meant(condition: Condition) -> Condition:
    while isinstance(condition, Term):
        condition = condition.part
    return condition


def _implies(one: Condition, other: Condition, known: Known) -> bool:
    if isinstance(other, Always):
        return True
    if isinstance(one, AnyOf):
        return all(implies(part, other, known) for part in one.parts)
    if isinstance(other, All):
        return all(implies(one, part, known) for part in other.parts)
    if isinstance(one, All):
        return any(implies(part, other, known) for part in one.parts)
    if isinstance(other, AnyOf):
        return any(implies(one, part, known) for part in other.parts)
    return _implies_plain(one, other, known)


def _implies_plain(one: Condition, other: Condition, known: Known) -> bool:
    match one, other:
        case Not(), Not():
            return implies(other.part, one.part, known)
        case NumberOf(), NumberOf():
            return one.parts == other.parts and narrower(one.bounds, other.bounds)
        case OneOf(), OneOf():
            return one.field == other.field and all(value in other.values for value in one.values)
        case Within(), Within():
            return one.field == other.field and narrower(one.bounds, other.bounds)
        case ScoreIs(), ScoreIs():
            return narrower(one.bounds, other.bounds)
        case GradeIs(), GradeIs():
            return one.domain == other.domain and one.grades <= other.grades
        case LabelIs(), LabelIs():
            return one.name == other.name and set(one.labels) <= set(other.labels)
        case Every(), Every():
            return one.entries == other.entries and implies(one.where, other.where, known)
        case Count(), Count():
            return one.entries == other.entries and _count_implies(one, other, known)
        case Sum(), Sum():
            same = (one.entries, one.field, one.where) == (other.entries, other.field, other.where)
            return same and narrower(one.bounds, other.bounds)
        case Share(), Share():
            same = (one.entries, one.where, one.of) == (other.entries, other.where, other.of)
            return same and narrower(one.bounds, other.bounds)
    return False


def _count_implies(one: Count, other: Count, known: Known) -> bool:
    """More matches of a narrower condition are at least as many matches of a wider one, and the other way round."""
    if not narrower(one.bounds, other.bounds):
        return False
    bounds_low = other.bounds.at_least is not None or other.bounds.above is not None
    bounds_high = other.bounds.at_most is not None or other.bounds.below is not None
    return (not bounds_low or implies(one.where, other.where, known)) and (
        not bounds_high or implies(other.where, one.where, known)
    )


def narrower(one: Bounds, other: Bounds) -> bool:
    """Whether every number that keeps the limits of `one` keeps those of `other`."""
    return (
        (other.at_least is None or _lowest(one) >= other.at_least)
        and (other.at_most is None or _highest(one) <= other.at_most)
        and (other.above is None or _lowest(one) > other.above or one.above == other.above)
        and (other.below is None or _highest(one) < other.below or one.below == other.below)
    )


def _lowest(bounds: Bounds) -> float:
    return max((limit for limit in (bounds.at_least, bounds.above) if limit is not None), default=-math.inf)


def _highest(bounds: Bounds) -> float:
    return min((limit for limit in (bounds.at_most, bounds.below) if limit is not None), default=math.inf)


def check_reach(rubric: Rubric, mistakes: Mistakes) -> None:
    """Report every rung of a rubric that can never be reached."""
    for domain in rubric.domains:
        if isinstance(domain.method, Ladder):
            _check_ladder(domain.method, ("domains", domain.name, "ladder"), mistakes)
        else:
            starts = [start.rule for start in domain.method.start]
            _check_rules(starts, ("domains", domain.name, "points", "start"), mistakes)
    for classifier in rubric.classifiers:
        _check_ladder(classifier.ladder, ("classify", classifier.name, "ladder"), mistakes)
    for suggestion in rubric.suggestions:
        _check_ladder(suggestion.ladder, ("suggest", suggestion.name, "ladder"), mistakes)
    if rubric.recommendation is not None:
        _check_ladder(rubric.recommendation.ladder, ("recommendation", "ladder"), mistakes)


def _check_ladder(ladder: Ladder, path: Path, mistakes: Mistakes) -> None:
    _check_rules([rung.rule for rung in ladder.rungs], path, mistakes)


def _check_rules(rules: Sequence[Rule], path: Path, mistakes: Mistakes) -> None:
    for number, rule in enumerate(rules):
        for above in rules[:number]:
            if implies(rule.condition, above.condition):
                message = f"the rung `{rule.name}` can never be reached: `{above.name}` holds wherever it would"
                hint = "put the narrower rung first"
                mistakes.at_value((*path, number, "name"), "rubric-unreachable", message, hint)
                break
