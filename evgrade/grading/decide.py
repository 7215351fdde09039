"""Decide the grades, score and level of a dossier under a rubric, fast and without reasons."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from evgrade.checks.waivers import accepted
from evgrade.dossier import Dossier
from evgrade.grading.judge import Basis, Data, Decision, ItemJudged, Judged, climb, judge
from evgrade.grading.score import Scored, score
from evgrade.model import Finding, Path, Severity
from evgrade.rubric.conditions.base import EVIDENCE_SECTIONS, Context, Memory
from evgrade.rubric.conditions.dossier import MANY
from evgrade.rubric.model import Domain, Each, Ladder, Rubric
from evgrade.rubric.phrases import either
from evgrade.rubric.splitting import MOST_CASES


class Decided(NamedTuple):
    """The grades, score and level of a dossier under a rubric.

    Attributes:
        grades: by domain, in the order of the rubric.
        items: by domain, the grades of its items if it is judged item by item.
        scored: the score; None if the rubric has none.
        recorded: whether the dossier holds any evidence that the rubric reads.
        level: the result of the recommendation's ladder; None if the rubric recommends nothing, or if nothing that it
            reads is recorded.
        comparisons: by domain, the grade for each comparison by its id, if the dossier lists several and the rubric
            grades each.
        memory: the truth of terms and labels on each item, for explanations to reuse.
    """

    grades: Mapping[str, Judged]
    items: Mapping[str, tuple[ItemJudged, ...]]
    scored: Scored | None
    level: Decision | None
    recorded: bool
    comparisons: Mapping[str, tuple[tuple[str, Judged], ...]]
    memory: Memory

    def context(self, data: Data) -> Context:
        """Return the context in which the recommendation is decided."""
        return replace(context_of(data, self.grades, self.scored), memory=self.memory)


def decide(data: Data, rubric: Rubric) -> Decided:
    """Grade a valid dossier."""
    remembering, memory = remembering_context(data)
    judged = {domain.name: judge(domain, data, remembering) for domain in rubric.domains}
    grades = {name: verdict for name, (verdict, _) in judged.items()}
    scored, level, recorded = conclude(data, rubric, grades)
    items = {name: items for name, (_, items) in judged.items()}
    comparisons = {
        domain.name: tuple(_by_comparison(domain, data, memory)) for domain in rubric.domains if domain.by_comparison
    }
    return Decided(grades, items, scored, level, recorded, comparisons, memory)


def remembering_context(data: Data) -> tuple[Context, Memory]:
    """Return the context for judging a dossier, and the memory that fills meanwhile."""
    memory = Memory.empty()
    presumed = Context({}, memory=Memory.empty(memory.numbers), dossier=data, presuming=True)
    return Context({}, memory=memory, dossier=data, presumed=presumed), memory


def conclude(data: Data, rubric: Rubric, grades: Mapping[str, Judged]) -> tuple[Scored | None, Decision | None, bool]:
    """Return the score and the level for some grades, and whether anything is recorded."""
    scored = None if rubric.score is None else score(rubric.score, grades)
    recorded = _is_recorded(rubric, grades)
    level = None
    if rubric.recommendation is not None and recorded:
        level = recommend(rubric, rubric.recommendation.ladder, data, grades)
    return scored, level, recorded


def _by_comparison(domain: Domain, data: Data, memory: Memory) -> Iterator[tuple[str, Judged]]:
    """Yield the grade of a domain for each comparison, if there are several."""
    listed = data.get("comparisons") or ()
    for one in listed if len(listed) >= MANY else ():
        # The memory of terms holds for the comparison in question alone.
        context = Context({}, memory=Memory.empty(memory.numbers), dossier=data, comparison=one["id"])
        yield one["id"], judge(domain, data, context)[0]


def context_of(data: Data, grades: Mapping[str, Judged], scored: Scored | None) -> Context:
    """Return the context of the recommendation: possible grades, and the range of the score."""
    possible = {name: verdict.possible for name, verdict in grades.items()}
    if scored is None:
        return Context(possible, dossier=data)
    return Context(possible, scored.quantity(), scored.exists, dossier=data)


def _is_recorded(rubric: Rubric, grades: Mapping[str, Judged]) -> bool:
    """Whether any domain has evidence; a price alone is none, and no recommendation follows from it."""
    bases = {
        grades[domain.name].basis for domain in rubric.domains if not EVIDENCE_SECTIONS.isdisjoint(domain.sections)
    }
    return Basis.EVIDENCE in bases or Basis.NOT_RECORDED not in bases


def recommend(rubric: Rubric, ladder: Ladder, data: Data, grades: Mapping[str, Judged]) -> Decision:
    """Return the level that a rubric's ladder gives, and every level that the possible grades lead to.

    If every completion of the dossier leads to one level, it is that one. Otherwise the level follows from the reported
    grades: these are established, so no grade that is merely possible makes the level milder. If they lead to several
    levels and none certainly holds, it is the nearest of these that is not milder.
    """
    reached = {domain.name: grades[domain.name].reached(domain.method) for domain in rubric.domains}
    climbed = _climb(rubric, ladder, data, reached)
    if len(climbed.rungs) == 1:
        return climbed
    possible = frozenset(ladder.rungs[number].gives for number in climbed.rungs)
    # If several rungs give the only level, the reason is the rung that the reported grades lead to.
    given = level_at(rubric, ladder, data, {name: verdict.grade for name, verdict in grades.items()})
    led_to = {ladder.rungs[number].gives: number for number in sorted(given.rungs, reverse=True)}
    number, gives = given.number, given.gives
    if gives not in led_to:
        gives = ladder.nearest(led_to, gives)
        number = led_to[gives]
    if len(possible) == 1 and gives not in possible:
        return climbed
    return climbed._replace(number=number, gives=gives, possible=possible | {gives})


def _climb(rubric: Rubric, ladder: Ladder, data: Data, possible: Mapping[str, frozenset[str]]) -> Decision:
    """Return the result of the ladder for sets of possible grades; every score is that of one combination of them."""
    if not ladder.asks_for_score:
        return climb(ladder, data, Context(possible, memory=Memory.empty(), dossier=data))
    climbed = climb(ladder, data, _context(rubric, data, possible))
    combinations = math.prod(map(len, possible.values()))
    if len(climbed.rungs) == 1 or not 1 < combinations <= MOST_CASES:
        return climbed
    rungs: set[int] = set()
    for combination in itertools.product(*map(sorted, possible.values())):
        chosen = {name: frozenset((grade,)) for name, grade in zip(possible, combination, strict=True)}
        rungs |= climb(ladder, data, _context(rubric, data, chosen)).rungs
    return climbed._replace(rungs=frozenset(rungs))


def level_at(rubric: Rubric, ladder: Ladder, data: Data, grades: Mapping[str, str]) -> Decision:
    """Return the result of a rubric's ladder for given grades of its domains."""
    return _climb(rubric, ladder, data, {name: frozenset((grade,)) for name, grade in grades.items()})


def _context(rubric: Rubric, data: Data, possible: Mapping[str, frozenset[str]]) -> Context:
    judged = {name: Judged(min(grades), grades) for name, grades in possible.items()}
    context = context_of(data, judged, None if rubric.score is None else score(rubric.score, judged))
    return replace(context, memory=Memory.empty())


def findings_of(dossier: Dossier, rubric: Rubric, decided: Decided) -> tuple[Finding, ...]:
    """Return a dossier's findings, including those about its stated grades, sorted."""
    found = {*dossier.findings, *mismatches(dossier, rubric, decided)}
    return tuple(sorted(found, key=Finding.sort_key))


def stated_by(dossier: Dossier, each: Each, item: ItemJudged) -> str | None:
    stated = each.stated and each.stated.read((each.entries.read(dossier.data) or [])[item.number])
    return None if stated is None else str(stated)


def mismatches(dossier: Dossier, rubric: Rubric, decided: Decided) -> Iterator[Finding]:
    """Yield a finding for every stated grade that cannot follow from its item, with waivers applied."""
    return accepted(dossier, _mismatches(dossier, rubric, decided))


def _mismatches(dossier: Dossier, rubric: Rubric, decided: Decided) -> Iterator[Finding]:
    for domain in rubric.domains:
        if domain.each is None or domain.each.stated is None:
            continue
        for item in decided.items[domain.name]:
            stated = stated_by(dossier, domain.each, item)
            if stated is not None and stated not in item.judged.possible:
                path: Path = (*domain.each.entries.keys, item.number, *domain.each.stated.keys)
                follows = either(domain.scale.in_order(item.judged.possible))
                yield Finding(
                    code="stated-grade",
                    severity=Severity.WARNING,
                    message=f"`{stated}` is stated, but by {rubric.name} the facts of the item give {follows}",
                    location=dossier.document.location(path),
                    excerpt=dossier.document.excerpt(path),
                    hint="state the judgement that moves it, with its reason, or correct one of the two",
                )
