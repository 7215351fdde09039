"""What would change a grade or a level: facts that are missing, and what the nearest better result needs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import Any

from evgrade.dossier import Dossier
from evgrade.grading.assessment import DomainGrade, MissingFact, NextStep
from evgrade.grading.decide import Decided, level_at, recommend
from evgrade.grading.judge import Basis, Data, Decision, ItemJudged, Judged
from evgrade.grading.trace import Trace, Tracer, once, unstated
from evgrade.model import Path, dotted
from evgrade.rubric.conditions.base import Condition, everything_in
from evgrade.rubric.conditions.grades import GradeIs
from evgrade.rubric.model import Domain, Each, Ladder, Recommendation, Rubric, Rule
from evgrade.rubric.outline import NOT_APPLICABLE
from evgrade.schema.shape import Shape, dossier_shape


def missing_in(
    dossier: Dossier, tracer: Tracer, domain: Domain, judged: Judged, items: Sequence[ItemJudged]
) -> tuple[MissingFact, ...]:
    """Return the facts that keep other grades of a domain open, each once, in the order of the rules."""
    return _facts(dossier, _paths(tracer, domain, judged, items), domain.title)


def missing_in_all(rubric: Rubric, domains: Iterable[DomainGrade]) -> tuple[MissingFact, ...]:
    """Return the missing facts of all domains, each once, those of the domains with most weight first."""
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

    Facts that the recommendation reads itself come first, then those of the domains. A domain decides more if fewer
    levels are left once its grade is known, on average over its possible grades.
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
    """Yield each path once; of several paths into a mapping that is absent, yield the first alone."""
    begun: set[Path] = set()
    for path in once(paths):
        absent = _first_absent(data, path)
        if absent not in begun:
            begun.add(absent)
            yield path


def _first_absent(data: Any, path: Path) -> Path:
    """Return the start of a path up to the first step that is absent, but at least one step below the section."""
    for depth, step in enumerate(path, start=1):
        data = data.get(step) if isinstance(data, dict) else data[step]
        if data is None:
            return path[: max(depth, 2)]
    return path


def _paths(tracer: Tracer, domain: Domain, judged: Judged, items: Sequence[ItemJudged]) -> Iterator[Path]:
    """Yield the paths of the facts that keep other grades of a domain open."""
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
    """Yield the traces of each item: whether it counts, and the rules that are open."""
    entries = each.entries.read(tracer.data) or []
    for item in items:
        path: Path = (*each.entries.keys, item.number)
        rules = (rule.condition for rule in _unknown_rules(domain, item.judged))
        for condition in (each.where, *rules, *_judged_when(domain)):
            yield tracer.trace(condition, entries[item.number], path)


def _judged_when(domain: Domain) -> tuple[Condition, ...]:
    """Return the condition for points to be judged at all, if the domain has one."""
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
    """Return the facts at some paths, each once; `title` is the domain that they keep open, or the recommendation."""
    domains = (title,)
    return tuple([_fact(dossier, path, domains) for path in once(paths)])


def _fact(dossier: Dossier, path: Path, domains: tuple[str, ...]) -> MissingFact:
    """Return a fact that is not stated, with the place to write it and the item that it belongs to."""
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
                # If a whole section is missing, the description of the field says more than that of the section.
                means = _in_words(path[: max(depth, 1) + 1])
                break
        value = value[part]
    else:
        place = f"`{dotted(path)}` is given as `{value}` (line {location.line})"
        means = _in_words(path)
    return MissingFact(path=path, location=location, item=item, means=means, place=place, domains=domains)


def _in_words(path: Path) -> str:
    """Return the first clause of a field's description in the format, fit for the middle of a sentence."""
    return _described(tuple(0 if isinstance(part, int) else part for part in path)) or dotted(path)


@lru_cache(maxsize=1_024)
def _described(keys: Path) -> str:
    """Return that clause for a path in which every number is 0; empty if the format has no such field."""
    shape: Shape | None = dossier_shape()
    for part in keys:
        shape = shape and (shape.item if isinstance(part, int) else shape.key(part))
    if shape is None:
        return ""
    first = re.split(r"[.;:] |\.$", shape.described, maxsplit=1)[0]
    return first if first[1:2].isupper() else first[:1].lower() + first[1:]


# The nearest better result

MOST_TRIED = 5_000
"""The most combinations of better grades that are tried."""


def better_grade(tracer: Tracer, domain: Domain, decision: Decision | None) -> NextStep | None:
    """Return the nearest better grade on a ladder over the whole dossier, and what it lacks."""
    if decision is None or not isinstance(domain.method, Ladder):
        return None
    ranks = [domain.scale.rank(rung.gives) for rung in domain.method.rungs]
    if domain.scale.is_unjudged(decision.gives):
        # Without any evidence, the nearest step is the weakest grade in favour of the therapy.
        worst = len(domain.scale.grades) - 1
        ranks = [rank if rank != worst else len(domain.scale.grades) for rank in ranks]
    titles = [f"{domain.title} {rung.gives}" for rung in domain.method.rungs]
    return _nearest(tracer, domain.method, ranks, titles, decision)


def better_level(
    tracer: Tracer, rubric: Rubric, rule: Recommendation, decided: Decided, decision: Decision
) -> NextStep | None:
    """Return the better level that is easiest to reach, and what it takes.

    If better grades alone reach one, name those grades; combinations are run through the ladder, so they do give the
    level. Otherwise take the rung that lacks least.
    """
    found = _by_grades(tracer.data, rubric, rule, decided, decision)
    if found is not None:
        return found
    titles = {step.name: step.title for step in rule.levels}
    gives = [rung.gives for rung in rule.ladder.rungs]
    ranks = [rule.rank(name) for name in gives]
    return _nearest(tracer, rule.ladder, ranks, [titles[name] for name in gives], decision)


def _by_grades(
    data: Data, rubric: Rubric, rule: Recommendation, decided: Decided, decision: Decision
) -> NextStep | None:
    """Return the better level that the fewest steps up the scales reach; of two, the nearer one."""
    ladder, given, rank = rule.ladder, decided.grades, rule.rank(decision.gives)
    if rank == 0:
        return None
    traced = [domain for domain in rubric.domains if ladder.asks_for_score or domain.name in _domains_read(ladder)]
    upwards = {domain.name: tuple(enumerate(_upwards(domain, given[domain.name]), start=1)) for domain in traced}
    now = {name: verdict.grade for name, verdict in given.items()}
    best: tuple[int, int, NextStep] | None = None
    weights = {} if rubric.score is None else rubric.score.weights
    tried = list(itertools.islice(_combinations(upwards), MOST_TRIED))
    # With equal steps, the domains with more weight come first: trials before models.
    tried.sort(key=lambda one: (one[0], -sum(weights.get(name, 0) for name in one[1])))
    for steps, wanted in tried:
        if best is not None and steps > best[0]:
            break
        reached = level_at(rubric, ladder, data, now | wanted)
        place = rule.rank(reached.gives)
        if place < rank and (best is None or place > best[1]):
            level, reason = rule.level(reached.gives), ladder.rungs[reached.number].rule
            lacks = [_wanted(one, wanted[one.name], given[one.name]) for one in traced if one.name in wanted]
            found = NextStep(
                gives=level.name, title=level.title, rule=reason.name, means=reason.means, lacks=tuple(lacks)
            )
            best = (steps, place, found)
    return None if best is None else best[2]


def _combinations(upwards: Mapping[str, tuple[tuple[int, str], ...]]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield better grades for one, two and three domains, with the steps that they take together."""
    for size in range(1, min(3, len(upwards)) + 1):
        for names in itertools.combinations(upwards, size):
            for chosen in itertools.product(*(upwards[name] for name in names)):
                grades = {name: grade for name, (_, grade) in zip(names, chosen, strict=True)}
                yield sum(steps for steps, _ in chosen), grades


def _domains_read(ladder: Ladder) -> frozenset[str]:
    seen: set[int] = set()
    conditions = (part for rung in ladder.rungs for part in everything_in(rung.rule.condition, seen))
    return frozenset(part.domain for part in conditions if isinstance(part, GradeIs))


def _upwards(domain: Domain, judged: Judged) -> Iterator[str]:
    """Yield the better grades of a domain, the nearest first; without any evidence, every grade."""
    names = [step.name for step in domain.scale.grades]
    if judged.grade != NOT_APPLICABLE:
        is_open = judged.basis is Basis.NOT_RECORDED or judged.grade not in names
        yield from reversed(names if is_open else names[: names.index(judged.grade)])


def _wanted(domain: Domain, grade: str, judged: Judged) -> str:
    best = domain.scale.rank(grade) == 0
    now = "not recorded" if judged.basis is Basis.NOT_RECORDED else f"now {judged.grade}"
    return f"{domain.title} {'' if best else 'at least '}{grade} ({now})"


def _nearest(
    tracer: Tracer, ladder: Ladder, ranks: list[int], titles: list[str], decision: Decision
) -> NextStep | None:
    """Return the step to the nearest better result, by the rung that lacks least; of equal rungs, the lowest."""
    better = [rank for rank in ranks if rank < ranks[decision.number]]
    if not better:
        return None
    reached = ladder.rungs[decision.number].rule
    steps = []
    for place, rung in enumerate(ladder.rungs):
        if ranks[place] == max(better):
            gates = [reached] if place > decision.number else []
            steps.append(_step_to(rung.gives, titles[place], tracer.rule(rung.rule), rung.rule, gates))
    # A lower rung asks for less; otherwise no dossier could reach it.
    return min(reversed(steps), key=lambda step: len(step.lacks))


def _step_to(gives: str, title: str, traced: Trace, rule: Rule, gates: Iterable[Rule]) -> NextStep:
    """Return what a rule lacks; `gates` are rules above it that hold and must be overturned first."""
    lacks = [f"new evidence that overturns “{gate.means.rstrip('.')}”" for gate in gates]
    lacks.extend(traced.condition.lacks(traced, set()))
    return NextStep(gives=gives, title=title, rule=rule.name, means=rule.means, lacks=tuple(dict.fromkeys(lacks)))
