"""Missing facts: what a rubric needs and the dossier does not state, and which of it would settle a recommendation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import Any

from evgrade.dossier import Dossier
from evgrade.grading.assessment import DomainGrade, MissingFact
from evgrade.grading.decide import Decided, recommend
from evgrade.grading.judge import Basis, Decision, ItemJudged, Judged
from evgrade.grading.trace import Trace, Tracer, once, unstated
from evgrade.model import Path, dotted
from evgrade.rubric.conditions.base import Condition
from evgrade.rubric.model import Domain, Each, Ladder, Recommendation, Rubric, Rule
from evgrade.schema.shape import Shape, dossier_shape


def missing_in(
    dossier: Dossier, tracer: Tracer, domain: Domain, judged: Judged, items: Sequence[ItemJudged]
) -> tuple[MissingFact, ...]:
    """Return the facts that keep other grades of a domain open, each once, in the order they are requested."""
    return _facts(dossier, _paths(tracer, domain, judged, items), domain.title)


def missing_in_all(rubric: Rubric, domains: Iterable[DomainGrade]) -> tuple[MissingFact, ...]:
    """Return the missing facts of all domains, each once; those of the weightiest domains first."""
    weights = rubric.score.weights if rubric.score else {}
    found: dict[Path, MissingFact] = {}
    for domain in sorted(domains, key=lambda domain: -weights.get(domain.name, 0)):
        for fact in domain.missing:
            known = found.get(fact.path)
            found[fact.path] = fact if known is None else replace(known, domains=(*known.domains, *fact.domains))
    return tuple(found.values())


def settling(
    dossier: Dossier,
    rubric: Rubric,
    rule: Recommendation,
    decided: Decided,
    decision: Decision,
    domains: Iterable[DomainGrade],
) -> tuple[MissingFact, ...]:
    """Return the missing facts that would decide between the levels still possible, each once.

    Facts that the recommendation asks for itself come first, then those of the domains. A domain decides more, the
    fewer levels are left once its grade is known, on average over its possible grades.
    """
    if len(decision.possible) == 1:
        return ()
    tracer = Tracer(dossier.data, decided.context(dossier.data))
    rungs = [rung.rule for rung, truth in zip(rule.ladder.rungs, decision.truths, strict=False) if truth is None]
    asked = _begun_once(dossier.data, unstated(map(tracer.rule, rungs)))
    own = _facts(dossier, asked, "the recommendation")
    ordered = sorted(domains, key=lambda domain: _left(rubric, rule, decided, dossier, domain))
    found: dict[Path, MissingFact] = {}
    for fact in chain(own, *(domain.missing for domain in ordered if len(domain.possible) > 1)):
        found.setdefault(fact.path, fact)
    return tuple(found.values())


def _left(rubric: Rubric, rule: Recommendation, decided: Decided, dossier: Dossier, domain: DomainGrade) -> float:
    """Return how many levels are left on average once the grade of a domain is known."""
    verdict = decided.grades[domain.name]
    left = 0
    for grade in verdict.possible:
        settled = verdict._replace(grade=grade, possible=frozenset((grade,)), decision=None)
        grades = {**decided.grades, domain.name: settled}
        left += len(recommend(rubric, rule.ladder, dossier.data, grades).possible)
    return left / len(verdict.possible)


def _begun_once(data: Any, paths: Iterable[Path]) -> Iterator[Path]:
    """Yield each path once, and of those into a mapping that is absent altogether only the first one."""
    begun: set[Path] = set()
    for path in once(paths):
        absent = _first_absent(data, path)
        if absent not in begun:
            begun.add(absent)
            yield path


def _first_absent(data: Any, path: Path) -> Path:
    """Return the part of a path that leads to the first thing on it that is not there, below its section."""
    for depth, step in enumerate(path, start=1):
        data = data.get(step) if isinstance(data, dict) else data[step]
        if data is None:
            return path[: max(depth, 2)]
    return path


def _paths(tracer: Tracer, domain: Domain, judged: Judged, items: Sequence[ItemJudged]) -> Iterator[Path]:
    """Yield the paths of what keeps other grades of a domain open."""
    if len(judged.possible) == 1:
        return
    data = tracer.data
    if domain.applies is not None:
        yield from _begun_once(data, unstated([tracer.trace(domain.applies, data)]))
    if judged.basis is Basis.NOT_RECORDED:
        yield (domain.name if domain.name in domain.sections else domain.sections[0],)
        return
    if domain.each is not None:
        if domain.each.entries.read(data) is None:
            yield domain.each.entries.keys
        traced = _traced_of_items(tracer, domain, domain.each, items)
    else:
        conditions = chain((rule.condition for rule in _unknown_rules(domain, judged)), _judged_when(domain))
        traced = (tracer.trace(condition, data) for condition in conditions)
    yield from _begun_once(data, unstated(traced))


def _traced_of_items(tracer: Tracer, domain: Domain, each: Each, items: Sequence[ItemJudged]) -> Iterator[Trace]:
    """Yield what was asked of each item: whether it counts, and the rules that are open."""
    entries = each.entries.read(tracer.data) or []
    for item in items:
        path: Path = (*each.entries.keys, item.number)
        rules = (rule.condition for rule in _unknown_rules(domain, item.judged))
        for condition in (each.where, *rules, *_judged_when(domain)):
            yield tracer.trace(condition, entries[item.number], path)


def _judged_when(domain: Domain) -> tuple[Condition, ...]:
    """Return the condition under which points mean anything, if there is one."""
    judged = None if isinstance(domain.method, Ladder) else domain.method.judged
    return () if judged is None else (judged,)


def _unknown_rules(domain: Domain, judged: Judged) -> Iterable[Rule]:
    if judged.decision is not None and isinstance(domain.method, Ladder):
        for rung, truth in zip(domain.method.rungs, judged.decision.truths, strict=False):
            if truth is None:
                yield rung.rule
    elif judged.tally is not None:
        yield from (rule for rule, _, truth in judged.tally.rules if truth is None)


def _facts(dossier: Dossier, paths: Iterable[Path], title: str) -> tuple[MissingFact, ...]:
    """Return the facts at some paths, each once; `title` says what they are open for."""
    domains = (title,)
    return tuple([_fact(dossier, path, domains) for path in once(paths)])


def _fact(dossier: Dossier, path: Path, domains: tuple[str, ...]) -> MissingFact:
    """Return a fact that is not stated, with the place where it would be written and the item it belongs to."""
    item = None
    value: Any = dossier.data
    location = dossier.document.location(path)
    for depth, part in enumerate(path):
        if isinstance(value, dict):
            item = value.get("id", item)
            if part not in value:
                place = f"add `{dotted(path[depth:])}`"
                if depth:
                    place += f" to {item or f'`{dotted(path[:depth])}`'} (line {location.line})"
                # Of a whole section that is missing the field says more than the section.
                means = _in_words(path[: max(depth, 1) + 1])
                break
        value = value[part]
    else:
        place = f"`{dotted(path)}` is given as `{value}` (line {location.line})"
        means = _in_words(path)
    return MissingFact(path=path, location=location, item=item, means=means, place=place, domains=domains)


def _in_words(path: Path) -> str:
    """Return what the format says of a field: the first clause of its description, to go on within a sentence."""
    return _described(tuple(0 if isinstance(part, int) else part for part in path)) or dotted(path)


@lru_cache(maxsize=1_024)
def _described(keys: Path) -> str:
    """Return the same of a field of any item, each number in its path being 0; nothing where the format has no such."""
    shape: Shape | None = dossier_shape()
    for part in keys:
        shape = shape and (shape.item if isinstance(part, int) else shape.key(part))
    if shape is None:
        return ""
    first = re.split(r"[.;:] |\.$", shape.described, maxsplit=1)[0]
    return first if first[1:2].isupper() else first[:1].lower() + first[1:]
