"""The conditions of a rubric with all mappings in a dossier that they apply to, whether or not grading reaches them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from evgrade.grading.judge import Data
from evgrade.model import Path
from evgrade.rubric.conditions.base import Condition
from evgrade.rubric.conditions.dossier import ListedIn, OfDossier
from evgrade.rubric.conditions.lists import OverItems
from evgrade.rubric.model import Domain, Points, Rubric


class Applied(NamedTuple):
    """A condition, and a mapping that it applies to, with its path."""

    condition: Condition
    about: Data
    path: Path


def grading(rubric: Rubric, data: Data) -> Iterator[Applied]:
    """Yield each condition of the rules that grade and recommend, with each mapping that it applies to."""
    for domain in rubric.domains:
        if domain.applies is not None:
            yield Applied(domain.applies, data, ())
        conditions = [rule.condition for rule in domain.method.rules]
        if isinstance(domain.method, Points) and domain.method.judged is not None:
            conditions.append(domain.method.judged)
        if domain.each is not None:
            conditions.append(domain.each.where)
        for condition, (about, path) in itertools.product(conditions, judged_by(domain, data)):
            yield Applied(condition, about, path)
    if rubric.recommendation is not None:
        yield from (Applied(rule.condition, data, ()) for rule in rubric.recommendation.ladder.rules)


def judged_by(domain: Domain, data: Data) -> Sequence[tuple[Data, Path]]:
    """Return what the rules of a domain apply to, with its path: the items that it judges, or the dossier."""
    if domain.each is None:
        return [(data, ())]
    keys = domain.each.entries.keys
    return [(entry, (*keys, number)) for number, entry in enumerate(domain.each.entries.read(data) or [])]


def applied(roots: Iterable[Applied], dossier: Data) -> Iterator[Applied]:
    """Yield conditions and all their parts, each once per mapping that it applies to."""
    seen: set[tuple[int, Path]] = set()
    for root in roots:
        yield from _applied(root, dossier, seen)


def _applied(one: Applied, dossier: Data, seen: set[tuple[int, Path]]) -> Iterator[Applied]:
    key = id(one.condition), one.path
    if key in seen:
        return
    seen.add(key)
    yield one
    condition, about, path = one
    mappings: Sequence[tuple[Data, Path]] = [(about, path)]
    match condition:
        case OverItems():
            keys = (*path, *condition.entries.keys)
            mappings = [(entry, (*keys, number)) for number, entry in enumerate(condition.entries.read(about) or [])]
        case ListedIn():
            keys = condition.entries.keys
            mappings = [(entry, (*keys, number)) for number, entry in enumerate(condition.entries.read(dossier) or [])]
        case OfDossier():
            mappings = [(dossier, ())]
    for part, (inner, place) in itertools.product(condition.inside(), mappings):
        yield from _applied(Applied(part, inner, place), dossier, seen)
