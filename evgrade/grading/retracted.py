"""Grades without retracted papers: what rests on them alone is left out, and pooled results become unknown."""

from __future__ import annotations

from dataclasses import replace

from evgrade.checks.citing import citations
from evgrade.dossier import Dossier
from evgrade.grading.assess import assess
from evgrade.grading.assessment import (
    Assessment,
    GradeChanged,
    LevelChanged,
    RecommendationResult,
    ScoreChanged,
    ScoreResult,
    WithoutRetracted,
)
from evgrade.grading.decide import decide
from evgrade.grading.judge import Decision
from evgrade.grading.resting import name_at, pooling, resting_on, unknown_in
from evgrade.grading.score import Scored
from evgrade.rubric.model import Rubric
from evgrade.yamlio.parts import without


def assess_with_retractions(dossier: Dossier, rubric: Rubric) -> Assessment:
    """Grade a valid dossier, and again without its retracted references, if evidence cites any."""
    assessment = assess(dossier, rubric)
    return replace(assessment, without_retracted=_without_retracted(dossier, rubric, assessment))


def _without_retracted(dossier: Dossier, rubric: Rubric, before: Assessment) -> WithoutRetracted | None:
    data = dossier.data
    cited = [(name, path) for name, path in citations(data) if name in dossier.retracted]
    if not cited:
        return None
    left_out = resting_on(data, dossier.retracted)
    pooled = pooling(data, dossier.retracted, left_out)
    gone = {*left_out, *pooled}
    beside = [path for _, path in cited if not any(path[:end] in gone for end in range(1, len(path) + 1))]
    left = Dossier(without(dossier.document, frozenset((*left_out, *unknown_in(data, pooled)))))
    after = decide(left.data, rubric)
    return WithoutRetracted(
        references=tuple(dict.fromkeys(name for name, _ in cited)),
        left_out=tuple(name_at(data, path) for path in left_out),
        pooled=tuple(name_at(data, path) for path in pooled),
        beside=tuple(dict.fromkeys(name_at(data, path) for path in beside)),
        domains=tuple(
            GradeChanged(
                name=one.name,
                title=one.title,
                before=one.grade,
                before_possible=one.possible,
                after=after.grades[one.name].grade,
                possible=rubric.domain(one.name).scale.in_order(after.grades[one.name].possible),
            )
            for one in before.domains
        ),
        score=_score(before.score, after.scored),
        recommendation=_recommendation(rubric, before.recommendation, after.level),
    )


def _score(before: ScoreResult | None, after: Scored | None) -> ScoreChanged | None:
    if before is None or after is None:
        return None
    return ScoreChanged(
        before=before.value,
        before_possible=(before.low, before.high),
        after=after.value,
        possible=(after.low, after.high),
    )


def _recommendation(rubric: Rubric, before: RecommendationResult | None, after: Decision | None) -> LevelChanged | None:
    if rubric.recommendation is None or before is None or after is None:
        return None
    possible = rubric.recommendation.in_order(after.possible)
    return LevelChanged(
        before=before.level,
        before_title=before.title,
        before_possible=before.possible,
        after=after.gives,
        after_title=rubric.recommendation.level(after.gives).title,
        possible=tuple(level.name for level in possible),
        possible_titles=tuple(level.title for level in possible),
    )
