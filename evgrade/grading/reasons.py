"""Reasons: what a rule rests on, what the next better one lacks, and which missing facts would tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from evgrade.dossier import Dossier
from evgrade.grading.assessment import Evidence, RuleUsed, Step
from evgrade.grading.trace import Trace, supporting, trace
from evgrade.model import Path
from evgrade.rubric.language import All, AnyOf, Count, GradeIs, ScoreIs, Share, Standing, Sum, Term, Within
from evgrade.rubric.model import Rule
from evgrade.rubric.phrases import describe, plural, quantity


def rule_used(rule: Rule) -> RuleUsed:
    """Return a rule as results name it."""
    return RuleUsed(name=rule.name, means=rule.means, status=rule.status, source=rule.source, location=rule.location)


def evidence_of(dossier: Dossier, asked: Trace) -> tuple[Evidence, ...]:
    """Return what makes a condition true, each item once."""
    return tuple(evidence_at(dossier, path) for path in dict.fromkeys(supporting(asked)))


def evidence_at(dossier: Dossier, path: Path) -> Evidence:
    """Return the item or field at a path; its references are its own or those of what it stands in."""
    references: list[str] = []
    identifier = statement = None
    value: Any = dossier.data
    for number in range(len(path) + 1):
        if isinstance(value, dict):
            references = value.get("refs") or references
            if number == len(path):
                identifier = value.get("id")
                statement = value.get("statement") or value.get("name")
        if number < len(path):
            value = value[path[number]]
    return Evidence(
        path=path,
        id=identifier,
        statement=statement,
        location=dossier.document.location(path),
        references=tuple(references),
        citations=tuple(dossier.citation(reference) for reference in references),
    )


def lacking(asked: Trace) -> Iterator[str]:
    """Yield in words what a condition that does not hold for certain lacks."""
    if asked.truth is True:
        return
    condition = asked.condition
    if isinstance(condition, All) or (isinstance(condition, Term) and not isinstance(asked.parts[0].condition, Count)):
        for part in asked.parts:
            yield from lacking(part)
    elif isinstance(condition, AnyOf):
        yield "one of: " + "; or ".join(", ".join(lacking(part)) for part in asked.parts)
    else:
        yield describe(condition) + _state(asked)


def _state(asked: Trace) -> str:
    """Say how things stand with a condition that does not hold: what was found, or that it is not known."""
    condition = asked.condition
    if isinstance(condition, Count) and asked.found is not None and not asked.unknown:
        if condition.word == "none":
            return f": there is {quantity(asked.found)}" if asked.truth is False else ": not known"
        total = len(asked.items)
        nouns = plural(condition.entries.noun)
        if not total:
            return f": there are no {nouns}"
        return f": {quantity(asked.found)} of {total}" + (" (not all is known)" if asked.truth is None else "")
    if isinstance(condition, Sum | Share | Within) and asked.found is not None:
        found = asked.found if not isinstance(asked.found, float) else round(asked.found, 4)
        return f": it is {quantity(found)}"
    if asked.truth is None and not isinstance(condition, GradeIs | ScoreIs):
        return ": not known"
    return ""


def step_to(gives: str, rule: Rule, dossier: Dossier, standing: Standing, gates: Iterable[Rule]) -> Step:
    """Return what a rule lacks; `gates` are rules above it that hold and would have to give way."""
    asked = trace(rule.condition, dossier.data, (), standing)
    lacks = [f"that this no longer holds: {gate.means}" for gate in gates]
    return Step(gives=gives, rule=rule.name, means=rule.means, lacks=(*lacks, *dict.fromkeys(lacking(asked))))
