"""Which rungs can never be reached: those whose condition implies that a rung above them holds already.

The check is one-sided. What it calls unreachable is; what it does not see is let through. Implication is
judged on the form of conditions: the same field with a narrower demand, the same list with a higher
count, a conjunction with one part more.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from evgrade.model import Path
from evgrade.rubric.conditions.base import Always, Condition
from evgrade.rubric.conditions.logic import All, AnyOf, Term
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
    if isinstance(other, All) and not isinstance(one, AnyOf):
        return all(implies(one, part, known) for part in other.parts)
    if isinstance(other, AnyOf) and not isinstance(one, All | AnyOf):
        return any(implies(one, part, known) for part in other.parts)
    return one.implies(other, partial(implies, known=known))


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
