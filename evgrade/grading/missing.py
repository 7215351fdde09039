"""Missing facts: facts that a rubric needs and the dossier does not state."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

from evgrade.dossier import Dossier
from evgrade.grading.assessment import DomainGrade, MissingFact
from evgrade.grading.decide import Decided
from evgrade.grading.judge import Basis, ItemJudged, Judged
from evgrade.grading.trace import Trace, Tracer, once, unstated
from evgrade.later import Series
from evgrade.model import Path, dotted
from evgrade.rubric.conditions.base import Condition
from evgrade.rubric.model import Domain, Each, Ladder, Points, Rubric, Rule
from evgrade.schema.shape import Shape, dossier_shape

MOST_SOUGHT = 100
"""How many missing facts are looked for in every domain one by one, before all of them are."""


def missing_in(
    dossier: Dossier, tracer: Tracer, domain: Domain, judged: Judged, items: Sequence[ItemJudged]
) -> Series[MissingFact]:
    """Return the facts that keep other grades of a domain open, each once, in the order they are requested."""
    return missing_at(dossier, _paths(tracer, domain, judged, items), domain.title)


def missing_for(dossier: Dossier, traced: Iterable[Trace], title: str) -> Series[MissingFact]:
    """Return the facts that keep some conditions open; `title` says what they are open for."""
    return missing_at(dossier, _begun_once(dossier.data, unstated(traced)), title)


def missing_at(dossier: Dossier, paths: Iterable[Path], title: str) -> Series[MissingFact]:
    return Series(partial(_fact, dossier, domains=(title,)), once(paths))


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


def _paths(
    tracer: Tracer, domain: Domain, judged: Judged, items: Sequence[ItemJudged], way: Path = ()
) -> Iterator[Path]:
    """Yield the paths of what keeps other grades of a domain open; of the items of lists those on a way only."""
    if len(judged.possible) == 1:
        return
    data = tracer.data
    if domain.applies is not None:
        yield from _begun_once(data, unstated([tracer.trace(domain.applies, data)], way))
    if judged.basis is Basis.NOT_RECORDED:
        yield (domain.name if domain.name in domain.sections else domain.sections[0],)
        return
    if domain.each is not None:
        if domain.each.entries.read(data) is None:
            yield domain.each.entries.keys
        traced = _traced_of_items(tracer, domain, domain.each, items, way)
    else:
        conditions = chain((rule.condition for rule in _unknown_rules(domain, judged)), _judged_when(domain))
        traced = (tracer.trace(condition, data) for condition in conditions)
    yield from _begun_once(data, unstated(traced, way))


def _traced_of_items(
    tracer: Tracer, domain: Domain, each: Each, items: Sequence[ItemJudged], way: Path
) -> Iterator[Trace]:
    """Yield what was asked of each item on a way: whether it counts, and the rules that are open."""
    place = each.entries.keys
    if way and any(map(tracer.leads_back, (each.where, *_conditions(domain)))):
        way = ()
    if place[: len(way)] != way[: len(place)]:
        return
    entries = each.entries.read(tracer.data) or []
    if len(way) > len(place):
        first = bisect_left(items, way[len(place)], key=lambda item: item.number)
        items = [item for item in items[first : first + 1] if item.number == way[len(place)]]
    for item in items:
        path: Path = (*place, item.number)
        rules = (rule.condition for rule in _unknown_rules(domain, item.judged))
        for condition in (each.where, *rules, *_judged_when(domain)):
            yield tracer.trace(condition, entries[item.number], path)


def _conditions(domain: Domain) -> Iterator[Condition]:
    yield from (rule.condition for rule in domain.method.rules)
    yield from _judged_when(domain)


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
    shape: Shape | None = dossier_shape()
    for part in path:
        shape = shape and (shape.item if isinstance(part, int) else shape.key(part))
    if shape is None:
        return dotted(path)
    first = re.split(r"[.;:] |\.$", shape.described, maxsplit=1)[0]
    return first if first[1:2].isupper() else first[:1].lower() + first[1:]


def missing_in_all(
    dossier: Dossier, tracer: Tracer, rubric: Rubric, decided: Decided, domains: Iterable[DomainGrade]
) -> Series[MissingFact]:
    """Return the missing facts of all domains, each once; those of the weightiest domains first."""
    weights = rubric.score.weights if rubric.score else {}
    names = sorted((domain.name for domain in rubric.domains), key=lambda name: -weights.get(name, 0))
    missing = {domain.name: domain.missing for domain in domains}
    # Who reads the first few must not wait for all: which domains want a fact is at first found out item by item.
    wanted_by: dict[Path, tuple[str, ...]] = {}

    def note(way: Path, *, if_wanted: Callable[[Path], bool]) -> None:
        for name in names:
            for path in _paths(tracer, rubric.domain(name), decided.grades[name], decided.items[name], way):
                wanting = wanted_by.get(path, ())
                if if_wanted(path) and name not in wanting:
                    wanted_by[path] = (*wanting, name)

    def find(path: Path, sought: int) -> None:
        item = _item(path)
        if sought >= MOST_SOUGHT:
            note((), if_wanted=lambda _: True)
        elif item is None:  # items of all lists may ask for a fact of the dossier
            note((), if_wanted=lambda other: _item(other) is None)
        else:
            note(item, if_wanted=lambda other: other[: len(item)] == item)

    def paths() -> Iterator[Path]:
        sought = 0
        for name in names:
            for path in missing[name].keys:
                if path not in wanted_by:
                    sought += 1
                    find(path, sought)
                if wanted_by[path][0] == name:
                    yield path

    def titles(path: Path) -> tuple[str, ...]:
        return tuple(rubric.domain(name).title for name in wanted_by[path])

    return Series(lambda path: _fact(dossier, path, titles(path)), paths())


def _item(path: Path) -> Path | None:
    """Return the path of the outermost item that a path leads through; None where there is none."""
    return next((path[: end + 1] for end, step in enumerate(path) if isinstance(step, int)), None)
