"""Reasons: the facts that a rule rests on, with their places and citations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evgrade.dossier import Dossier
from evgrade.grading.account import Evidence
from evgrade.grading.assessment import RuleUsed
from evgrade.grading.trace import Trace, within
from evgrade.model import Path
from evgrade.rubric.conditions.grades import GradeIs
from evgrade.rubric.model import Rule
from evgrade.schema.shape import Shape, dossier_shape


def rule_used(rule: Rule) -> RuleUsed:
    return RuleUsed(name=rule.name, means=rule.means, status=rule.status, source=rule.source, location=rule.location)


def evidence_at(dossier: Dossier, path: Path) -> Evidence:
    """Return the item or field at a path; its references are its own or those of what it is in."""
    references: list[str] = []
    value: Any = dossier.data
    shape: Shape | None = dossier_shape()
    for part in path:
        if isinstance(value, dict):
            references = value.get("refs") or references
        value = value[part]
        shape = shape and (shape.item if isinstance(part, int) else shape.key(part))
    identifier = statement = None
    if isinstance(value, dict):
        references = value.get("refs") or references
        identifier = value.get("id")
        statement = value.get("statement") or value.get("name")
    return Evidence(
        path=path,
        id=identifier,
        statement=statement or (shape and shape.says(value)) or None,
        location=dossier.document.location(path),
        references=tuple(references),
        citations=tuple(dossier.citation(reference) for reference in references),
    )


def domains_read(traced: Trace) -> Iterator[str]:
    """Yield the names of the domains whose grades a condition asks for, in its order."""
    for one in within([traced], lambda part: part.parts):
        if isinstance(one.condition, GradeIs):
            yield one.condition.domain
