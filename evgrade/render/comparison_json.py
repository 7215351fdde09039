"""Comparisons of dossiers as versioned JSON; `evgrade schema diff` and `compare` print the schemas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evgrade.grading.assessment import Assessment, DomainGrade
from evgrade.grading.evidence_diff import Change, EntryChanged
from evgrade.grading.moved import DomainMoved, DossierDiff, RuleMoved
from evgrade.model import Location, Path
from evgrade.render.findings_json import dumps, location_data
from evgrade.render.machine import (
    domain_data,
    dossier_data,
    points_data,
    recommendation_data,
    rubric_data,
    rule_data,
    score_data,
    truth_word,
)

DIFF = "evgrade.diff/1"
COMPARE = "evgrade.compare/1"


def compare_json(assessments: Sequence[Assessment]) -> str:
    """Return assessments of several dossiers under one rubric, domain by domain, as `evgrade.compare/1`."""
    first = assessments[0]
    return dumps(
        {
            "schema": COMPARE,
            "evgrade": first.version,
            "rubric": rubric_data(first),
            "dossiers": [dossier_data(one) for one in assessments],
            "domains": [
                {
                    "name": domain.name,
                    "title": domain.title,
                    "grades": [domain_data(one.domains[number]) for one in assessments],
                }
                for number, domain in enumerate(first.domains)
            ],
            "scores": [score_data(one.score) for one in assessments],
            "recommendations": [recommendation_data(one.recommendation) for one in assessments],
        }
    )


def difference_json(given: DossierDiff) -> str:
    """Return what changed between two dossiers, and its effect on the grades, as `evgrade.diff/1`."""
    before, after = given.before, given.after
    moved = {one.name: one for one in given.domains}
    both = zip(before.domains, after.domains, strict=True)
    return dumps(
        {
            "schema": DIFF,
            "evgrade": after.version,
            "rubric": rubric_data(after),
            "before": _side(before),
            "after": _side(after),
            "evidence": [_entry(entry) for entry in given.entries],
            "domains": [_domain(one, other, moved.get(other.name)) for one, other in both],
        }
    )


def _side(assessment: Assessment) -> dict[str, Any]:
    return {
        "dossier": dossier_data(assessment),
        "score": score_data(assessment.score),
        "recommendation": recommendation_data(assessment.recommendation),
        "findings": len(assessment.findings),
    }


def _entry(entry: EntryChanged) -> dict[str, Any]:
    return {
        "how": entry.how,
        "section": entry.section,
        "id": entry.id,
        "name": entry.name,
        "statement": entry.statement,
        "before": _location(entry.old),
        "after": _location(entry.new),
        "changes": [_change(change) for change in entry.changes],
    }


def _location(location: Location | None) -> dict[str, Any] | None:
    return None if location is None else location_data(location)


def _change(change: Change) -> dict[str, Any]:
    return {
        "how": change.how,
        "field": list(change.field),
        "path_before": _path(change.old),
        "path_after": _path(change.new),
        "before": change.before,
        "after": change.after,
    }


def _path(path: Path | None) -> list[str | int] | None:
    return None if path is None else list(path)


def _domain(before: DomainGrade, after: DomainGrade, moved: DomainMoved | None) -> dict[str, Any]:
    return {
        "name": after.name,
        "title": after.title,
        "moved": moved is not None,
        "before": _state(before),
        "after": _state(after),
        "rules": [] if moved is None else [rule_moved_data(one) for one in moved.rules],
        "rests_on": [] if moved is None else list(moved.rests_on),
    }


def _state(domain: DomainGrade) -> dict[str, Any]:
    return {
        "grade": domain.grade,
        "possible": list(domain.possible),
        "rule": rule_data(domain.rule),
        "points": points_data(domain.points),
    }


def rule_moved_data(moved: RuleMoved) -> dict[str, Any]:
    """Return a moved rule as data."""
    return {
        "rule": rule_data(moved.rule),
        "before": truth_word(moved.before),
        "after": truth_word(moved.after),
        "rests_on": list(moved.rests_on),
    }
