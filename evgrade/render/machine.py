"""Assessments as versioned JSON; `evgrade schema assessment` prints the schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from evgrade.grading.account import Direction, Evidence, EvidenceItem, Harm, Harms, OtherVerdict, Unread
from evgrade.grading.assessment import (
    Assessment,
    ComparisonGrade,
    DomainGrade,
    ItemGrade,
    MissingFact,
    NextStep,
    RecommendationResult,
    RuleUsed,
    ScoreResult,
    SuggestedJudgement,
    WithoutRetracted,
)
from evgrade.grading.panel import PanelSummary
from evgrade.logic import Truth
from evgrade.render.findings import few_of_each
from evgrade.render.findings_json import finding_data, location_data, pieces

if TYPE_CHECKING:
    from evgrade.computed.numbers import Numbers

ASSESSMENT = "evgrade.assessment/1"


def assessment_json(assessment: Assessment, indent: str = "") -> Iterator[str]:
    """Yield an assessment as JSON, piece by piece, with `indent` before each line except the first."""
    return pieces(assessment_data(assessment), indent)


def assessment_data(assessment: Assessment) -> dict[str, Any]:
    """Return an assessment as `evgrade.assessment/1`."""
    return {
        "schema": ASSESSMENT,
        "evgrade": assessment.version,
        "dossier": dossier_data(assessment),
        "rubric": rubric_data(assessment),
        "domains": [domain_data(domain) for domain in assessment.domains],
        "score": score_data(assessment.score),
        "recorded": assessment.recorded,
        "recommendation": recommendation_data(assessment.recommendation),
        "harms": _harms(assessment.harms),
        "numbers": _numbers(assessment.numbers),
        "unread": [_unread(unread) for unread in assessment.unread],
        "verdicts": [_verdict(verdict) for verdict in assessment.verdicts],
        "panel": _panel(assessment.panel),
        "without_retracted": _without_retracted(assessment.without_retracted),
        "suggestions": [_suggested(one) for one in assessment.suggestions],
        "missing": [_missing(fact) for fact in assessment.missing],
        "findings": [finding_data(finding) for finding in few_of_each(assessment.findings)],
    }


def dossier_data(assessment: Assessment) -> dict[str, Any]:
    """Return the graded dossier as data."""
    return {
        "file": assessment.dossier_file,
        "sha256": assessment.dossier_sha256,
        "therapy": assessment.therapy,
        "condition": assessment.condition,
        # YAML reads 2010 as a number; a date is text.
        "review_date": None if assessment.review_date is None else str(assessment.review_date),
        "review_group": assessment.review_group,
    }


def rubric_data(assessment: Assessment) -> dict[str, Any]:
    """Return the rubric of an assessment as data."""
    return {
        "name": assessment.rubric,
        "title": assessment.rubric_title,
        "version": assessment.rubric_version,
        "sha256": assessment.rubric_sha256,
    }


def domain_data(domain: DomainGrade) -> dict[str, Any]:
    """Return the grade of a domain, with its reasons, as data."""
    return {
        "name": domain.name,
        "title": domain.title,
        "about": domain.about,
        "grade": domain.grade,
        "means": domain.means,
        "possible": list(domain.possible),
        "judged": domain.judged,
        "basis": domain.basis.value,
        "rule": rule_data(domain.rule),
        "points": points_data(domain.points),
        "comparisons": [_comparison(one) for one in domain.comparisons],
        "evidence": [_evidence(one) for one in domain.evidence],
        "better": _step(domain.better),
        "missing": [_missing(fact) for fact in domain.missing],
        "items": [_item(one) for one in domain.items],
        "weighed": [_weighed(one) for one in domain.weighed],
        "counts": _counts(domain.weighed),
    }


def _comparison(one: ComparisonGrade) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "in_question": one.in_question,
        "grade": one.grade,
        "possible": list(one.possible),
    }


def _weighed(item: EvidenceItem) -> dict[str, Any]:
    return {
        "evidence": _evidence(item.evidence),
        "section": item.section,
        "direction": item.direction.value,
        "decides": item.decides,
        "result": item.result,
        "studies": item.studies,
        "people": item.people,
        "size": item.size,
        "design": list(item.design),
        "risk_of_bias": item.risk_of_bias,
        "effects": list(item.effects),
    }


def _counts(items: Iterable[EvidenceItem]) -> dict[str, int]:
    """Count the items on each side."""
    given = [item.direction for item in items]
    return {direction.value: given.count(direction) for direction in Direction}


def _harms(given: Harms | None) -> dict[str, Any] | None:
    if given is None:
        return None
    return {
        "exposed": given.exposed,
        "concern": given.concern,
        "concern_reason": given.concern_reason,
        "entries": [_harm(harm) for harm in given.entries],
    }


def _harm(harm: Harm) -> dict[str, Any]:
    return {
        "kind": harm.kind.value,
        "name": harm.name,
        "evidence": _evidence(harm.evidence),
        "seriousness": harm.seriousness,
        "n": harm.n,
        "of": harm.of,
        "percent": harm.percent,
        "numbers": harm.numbers,
        "about": list(harm.about),
        "grave": harm.grave,
    }


def _numbers(numbers: Numbers) -> dict[str, Any]:
    from evgrade.render.numbers_json import numbers_data  # noqa: PLC0415 - loads statistics, for few dossiers

    return numbers_data(numbers) if numbers else {"outcomes": [], "effects": []}


def _unread(unread: Unread) -> dict[str, Any]:
    return {
        "section": unread.section,
        "told": unread.wording,
        "entries": unread.entries,
        "studies": unread.studies,
        "people": unread.people,
        "read_by": list(unread.read_by),
        "location": location_data(unread.location),
    }


def _verdict(given: OtherVerdict) -> dict[str, Any]:
    return {
        "source": given.source.value,
        "by": given.by,
        "says": given.says,
        "statement": given.statement,
        "date": given.date,
        "system": given.system,
        "grades": [{"domain": domain, "grade": grade} for domain, grade in given.grades],
        "location": location_data(given.location),
        "references": list(given.references),
        "citations": list(given.citations),
    }


def points_data(points: tuple[float, float] | None) -> dict[str, float] | None:
    """Return the lowest and the highest points as data."""
    return None if points is None else dict(zip(("low", "high"), map(float, points), strict=True))


def _panel(panel: PanelSummary | None) -> dict[str, Any] | None:
    if panel is None:
        return None
    agreement = {"statistic": panel.statistic, "value": panel.agreement, "untold": panel.untold}
    return {
        "raters": panel.raters,
        "grades": [
            {
                "domain": one.domain,
                "grade": one.grade,
                "given": [{"rater": rater, "grade": grade} for rater, grade in one.given],
                "median": list(one.median),
                "best": one.best,
                "worst": one.worst,
                "differs": one.differs,
            }
            for one in panel.grades
        ],
        "agreement": agreement if panel.statistic else None,
        "overrides": [
            {"domain": one.domain, "grade": one.grade, "instead_of": one.instead_of, "reason": one.reason, "by": one.by}
            for one in panel.overrides
        ],
        "left_out": list(panel.left_out),
    }


def _without_retracted(given: WithoutRetracted | None) -> dict[str, Any] | None:
    if given is None:
        return None
    score, level = given.score, given.recommendation
    return {
        "references": list(given.references),
        "left_out": list(given.left_out),
        "pooled": list(given.pooled),
        "beside": list(given.beside),
        "domains": [
            {"name": one.name, "before": one.before, "after": one.after, "possible": list(one.possible)}
            for one in given.domains
        ],
        "score": None
        if score is None
        else {
            "before": _rounded(score.before),
            "after": _rounded(score.after),
            "low": _rounded(score.possible[0]),
            "high": _rounded(score.possible[1]),
        },
        "recommendation": None
        if level is None
        else {"before": level.before, "after": level.after, "possible": list(level.possible)},
    }


def _suggested(one: SuggestedJudgement) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "item": _evidence(one.item),
        "judgement": one.judgement,
        "possible": list(one.possible),
        "because": list(one.because),
        "rule": rule_data(one.rule),
        "missing": list(one.missing),
        "hangs_on_rounding": one.hangs_on_rounding,
        "stated": one.stated,
        "stated_reason": one.stated_reason,
        "differs": one.differs,
    }


def _item(item: ItemGrade) -> dict[str, Any]:
    return {
        "evidence": _evidence(item.evidence),
        "counts": truth_word(item.counts),
        "grade": item.grade,
        "stated": item.stated,
        "possible": list(item.possible),
        "rule": rule_data(item.rule),
    }


def truth_word(truth: Truth) -> str:
    """Return a truth as a word."""
    return "unknown" if truth is None else str(truth).lower()


def rule_data(rule: RuleUsed | None) -> dict[str, Any] | None:
    """Return a rule as data."""
    if rule is None:
        return None
    return {
        "name": rule.name,
        "means": rule.means,
        "status": rule.status,
        "source": rule.source,
        # The result includes the line but not the file: where a rubric is installed does not matter.
        "line": rule.location.line,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "path": list(evidence.path),
        "id": evidence.id,
        "statement": evidence.statement,
        "location": location_data(evidence.location),
        "references": list(evidence.references),
        "citations": list(evidence.citations),
    }


def _step(step: NextStep | None) -> dict[str, Any] | None:
    if step is None:
        return None
    return {"gives": step.gives, "rule": step.rule, "means": step.means, "lacks": list(step.lacks)}


def _missing(fact: MissingFact) -> dict[str, Any]:
    return {
        "path": list(fact.path),
        "item": fact.item,
        "field": fact.field,
        "means": fact.means,
        "place": fact.place,
        "location": location_data(fact.location),
        "domains": list(fact.domains),
    }


def score_data(score: ScoreResult | None) -> dict[str, Any] | None:
    """Return a score as data."""
    if score is None:
        return None
    return {
        "title": score.title,
        "value": _rounded(score.value),
        "low": _rounded(score.low),
        "high": _rounded(score.high),
        "judged_share": _rounded(score.judged_share),
    }


def _rounded(value: float | None) -> float | None:
    """Round away floating-point noise."""
    return None if value is None else round(value, 6)


def recommendation_data(given: RecommendationResult | None) -> dict[str, Any] | None:
    """Return a recommendation as data."""
    if given is None:
        return None
    return {
        "level": given.level,
        "title": given.title,
        "means": given.means,
        "settled": given.settled,
        "possible": list(given.possible),
        "rank": given.rank + 1,
        "levels": given.levels,
        "rule": rule_data(given.rule),
        "because": list(given.because),
        "better": _step(given.better),
        "settles": [_missing(fact) for fact in given.settles],
    }
