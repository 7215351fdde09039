"""Missing facts that would settle a provisional recommendation, the most decisive first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from evgrade.dossier import Dossier
from evgrade.grading.assessment import DomainGrade, MissingFact
from evgrade.grading.decide import Decided, recommend
from evgrade.grading.judge import Decision
from evgrade.grading.missing import missing_for
from evgrade.grading.trace import Tracer
from evgrade.later import Series, made
from evgrade.model import Path
from evgrade.rubric.model import Recommendation, Rubric


def settling(
    dossier: Dossier,
    rubric: Rubric,
    rule: Recommendation,
    decided: Decided,
    decision: Decision,
    domains: Iterable[DomainGrade],
) -> Series[MissingFact]:
    """Return the missing facts that would decide between the levels still possible, each once.

    Facts that the recommendation asks for itself come first, then those of the domains. A domain decides more, the
    fewer levels are left once its grade is known, on average over its possible grades.
    """
    if len(decision.possible) == 1:
        return made(())
    tracer = Tracer(dossier.data, decided.context(dossier.data))
    rungs = [rung.rule for rung, truth in zip(rule.ladder.rungs, decision.truths, strict=False) if truth is None]
    own = missing_for(dossier, (tracer.rule(one) for one in rungs), "the recommendation")
    ordered = sorted(domains, key=lambda domain: _left(rubric, rule, decided, dossier, domain))
    facts = chain(own, *(domain.missing for domain in ordered if len(domain.possible) > 1))
    return made(_each_once(facts))


def _each_once(facts: Iterable[MissingFact]) -> Iterator[MissingFact]:
    known: set[Path] = set()
    for fact in facts:
        if fact.path not in known:
            known.add(fact.path)
            yield fact


def _left(rubric: Rubric, rule: Recommendation, decided: Decided, dossier: Dossier, domain: DomainGrade) -> float:
    """Return how many levels are left on average once the grade of a domain is known."""
    verdict = decided.grades[domain.name]
    left = 0
    for grade in verdict.possible:
        settled = verdict._replace(grade=grade, possible=frozenset((grade,)), decision=None)
        grades = {**decided.grades, domain.name: settled}
        left += len(recommend(rubric, rule.ladder, dossier.data, grades).possible)
    return left / len(verdict.possible)
