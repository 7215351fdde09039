"""Missing facts: what a dossier does not state and a rubric would have to know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from evgrade.dossier import Dossier
from evgrade.grading.assessment import DomainGrade, MissingFact
from evgrade.grading.judge import Basis, ItemJudged, Judged
from evgrade.grading.trace import Inquiry, Trace, trace, unstated
from evgrade.model import Path, dotted
from evgrade.rubric.language import Condition, Standing
from evgrade.rubric.model import Domain, Each, Ladder, Points, Rubric, Rule
from evgrade.schema.shape import Shape, dossier_shape


def missing_in(
    dossier: Dossier, inquiry: Inquiry, domain: Domain, judged: Judged, items: Iterable[ItemJudged]
) -> Iterable[MissingFact]:
    """Yield the facts that keep other grades of a domain open, each once, in the order they are asked for."""
    if len(judged.possible) == 1:
        return
    if domain.applies is not None:
        yield from missing_for(dossier, [trace(domain.applies, dossier.data, (), inquiry.standing)], domain.title)
    if judged.basis is Basis.NOT_RECORDED:
        section = domain.name if domain.name in domain.sections else domain.sections[0]
        yield _fact(dossier, (section,), domain.title)
        return
    if domain.each is None:
        asked = [inquiry.ask(rule) for rule in _unknown_rules(domain, judged)]
        asked += [trace(one, dossier.data, (), inquiry.standing) for one in _judged_when(domain)]
    else:
        asked = list(_asked_of_items(domain, domain.each, dossier, items, inquiry.standing))
        if domain.each.entries.read(dossier.data) is None:
            yield _fact(dossier, domain.each.entries.keys, domain.title)
    yield from missing_for(dossier, asked, domain.title)


def missing_for(dossier: Dossier, asked: Iterable[Trace], title: str) -> Iterator[MissingFact]:
    """Yield the facts that keep some conditions open; of a mapping that is absent altogether only the first one.

    `title` says what they are open for.
    """
    begun: set[Path] = set()
    for path in dict.fromkeys(path for one in asked for path in unstated(one)):
        absent = _first_absent(dossier.data, path)
        if absent not in begun:
            begun.add(absent)
            yield _fact(dossier, path, title)


def _first_absent(data: Any, path: Path) -> Path:
    """Return the part of a path that leads to the first thing on it that is not there, below its section."""
    for depth, step in enumerate(path, start=1):
        data = data.get(step) if isinstance(data, dict) else data[step]
        if data is None:
            return path[: max(depth, 2)]
    return path


def _asked_of_items(
    domain: Domain, each: Each, dossier: Dossier, items: Iterable[ItemJudged], standing: Standing
) -> Iterable[Trace]:
    """Yield what was asked of each item: whether it counts, and the rules that are open."""
    entries = each.entries.read(dossier.data) or []
    for item in items:
        path: Path = (*each.entries.keys, item.number)
        rules = (rule.condition for rule in _unknown_rules(domain, item.judged))
        for condition in (each.where, *rules, *_judged_when(domain)):
            yield trace(condition, entries[item.number], path, standing)


def _judged_when(domain: Domain) -> tuple[Condition, ...]:
    """Return the condition under which points mean anything, if there is one."""
    judged = domain.method.judged if isinstance(domain.method, Points) else None
    return () if judged is None else (judged,)


def _unknown_rules(domain: Domain, judged: Judged) -> Iterable[Rule]:
    if judged.decision is not None and isinstance(domain.method, Ladder):
        for rung, truth in zip(domain.method.rungs, judged.decision.truths, strict=False):
            if truth is None:
                yield rung.rule
    elif judged.tally is not None:
        yield from (rule for rule, _, truth in judged.tally.rules if truth is None)


def _fact(dossier: Dossier, path: Path, domain: str) -> MissingFact:
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
    return MissingFact(path=path, location=location, item=item, means=means, place=place, domains=(domain,))


def _in_words(path: Path) -> str:
    """Return what the format says of a field: the first clause of its description, to go on within a sentence."""
    shape: Shape | None = dossier_shape()
    for part in path:
        shape = shape and (shape.item if isinstance(part, int) else shape.key(part))
    if shape is None:
        return dotted(path)
    first = re.split(r"[.;:] |\.$", shape.described, maxsplit=1)[0]
    return first if first[1:2].isupper() else first[:1].lower() + first[1:]


def missing_in_all(rubric: Rubric, domains: Iterable[DomainGrade]) -> tuple[MissingFact, ...]:
    """Return the missing facts of all domains, each once; those of the weightiest domains first."""
    weights = rubric.score.weights if rubric.score else {}
    facts: dict[Path, MissingFact] = {}
    for domain in sorted(domains, key=lambda domain: -weights.get(domain.name, 0)):
        for fact in domain.missing:
            known = facts.get(fact.path)
            wanted_by = fact.domains if known is None else (*known.domains, *fact.domains)
            facts[fact.path] = replace(fact, domains=wanted_by)
    return tuple(facts.values())
