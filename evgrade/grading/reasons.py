"""Reasons: what a rule rests on, what the next better one lacks, and which missing facts would tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from evgrade.dossier import Dossier
from evgrade.grading.assessment import Evidence, RuleUsed, Step
from evgrade.grading.trace import Inquiry, Trace, supporting
from evgrade.model import Path
from evgrade.rubric.language import All, AnyOf, Count, GradeIs, ScoreIs, Share, Sum, Term, Within
from evgrade.rubric.model import Rule
from evgrade.rubric.phrases import describe, number, plural, quantity

_LONGEST_WORD = 40
"""Longer text in a mapping is prose, and no part of a value in words."""


def rule_used(rule: Rule) -> RuleUsed:
    """Return a rule as results name it."""
    return RuleUsed(name=rule.name, means=rule.means, status=rule.status, source=rule.source, location=rule.location)


def evidence_of(dossier: Dossier, asked: Trace) -> tuple[Evidence, ...]:
    """Return what makes a condition true, each item once."""
    return tuple(evidence_at(dossier, path) for path in dict.fromkeys(supporting(asked)))


def evidence_at(dossier: Dossier, path: Path) -> Evidence:
    """Return the item or field at a path; its references are its own or those of what it stands in."""
    references: list[str] = []
    value: Any = dossier.data
    for part in path:
        if isinstance(value, dict):
            references = value.get("refs") or references
        value = value[part]
    identifier = statement = None
    if isinstance(value, dict):
        references = value.get("refs") or references
        identifier = value.get("id")
        statement = value.get("statement") or value.get("name")
    return Evidence(
        path=path,
        id=identifier,
        statement=statement or _stated(value),
        location=dossier.document.location(path),
        references=tuple(references),
        citations=tuple(dossier.citation(reference) for reference in references),
    )


def _stated(value: Any) -> str | None:
    """Return a stated value in words: a number or a word, or the numbers and words of a mapping."""
    if isinstance(value, dict):
        plain = (
            f"{key.replace('_', ' ')} {_stated(part)}"
            for key, part in value.items()
            if isinstance(part, bool | int | float) or (isinstance(part, str) and len(part) <= _LONGEST_WORD)
        )
        return ", ".join(plain) or None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(value)
    return value.replace("_", " ") if isinstance(value, str) else None


def lacking(asked: Trace) -> Iterator[str]:
    """Yield in words what a condition that does not hold for certain lacks."""
    if asked.truth is True:
        return
    condition = asked.condition
    if isinstance(condition, All) or (isinstance(condition, Term) and isinstance(asked.parts[0].condition, All)):
        for part in asked.parts:
            yield from lacking(part)
    elif isinstance(condition, AnyOf):
        yield "either " + "; or ".join(", ".join(lacking(part)) for part in asked.parts)
    else:
        yield describe(condition) + _state(asked)


def _state(asked: Trace) -> str:
    """Say how things stand with a condition that does not hold: what was found, or that it is not known."""
    condition = asked.condition
    if isinstance(condition, Count) and not asked.unknown:
        doubt = ", as far as is known" if asked.truth is None else ""
        if not asked.items:
            return f" (there are no {plural(condition.entries.noun)})"
        return f" (it is {quantity(asked.found)} of {len(asked.items)}{doubt})"
    if isinstance(condition, Sum | Share | Within) and asked.found is not None:
        return f" (it is {quantity(asked.found)})"
    if asked.truth is None and not isinstance(condition, GradeIs | ScoreIs):
        return " (not known)"
    return ""


def step_to(gives: str, title: str, rule: Rule, inquiry: Inquiry, gates: Iterable[Rule]) -> Step:
    """Return what a rule lacks; `gates` are rules above it that hold and would have to give way."""
    lacks = [f"that this no longer holds: {gate.means}" for gate in gates]
    lacks.extend(lacking(inquiry.ask(rule)))
    return Step(gives=gives, title=title, rule=rule.name, means=rule.means, lacks=tuple(dict.fromkeys(lacks)))


def domains_asked(asked: Trace) -> Iterator[str]:
    """Yield the names of the domains whose grades a condition asks for, in its order."""
    if isinstance(asked.condition, GradeIs):
        yield asked.condition.domain
    for part in asked.parts:
        yield from domains_asked(part)
