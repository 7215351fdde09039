"""Grades without retracted papers: what rests on them alone is left out, and pooled results become unknown."""

from __future__ import annotations

from dataclasses import replace

from evgrade.checks.citing import citations
from evgrade.dossier import Dossier
from evgrade.grading.assess import assess
from evgrade.grading.assessment import Assessment, GradeChanged, LevelChanged, ScoreChanged, WithoutRetracted
from evgrade.grading.resting import name_at, pooling, resting_on, unknown_in
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
    after = assess(Dossier(without(dossier.document, frozenset((*left_out, *unknown_in(data, pooled))))), rubric)
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
                after=other.grade,
                possible=other.possible,
            )
            for one, other in zip(before.domains, after.domains, strict=True)
        ),
        score=_score(before, after),
        recommendation=_recommendation(before, after),
    )


def _score(before: Assessment, after: Assessment) -> ScoreChanged | None:
    if before.score is None or after.score is None:
        return None
    one, other = before.score, after.score
    return ScoreChanged(
        before=one.value, before_possible=(one.low, one.high), after=other.value, possible=(other.low, other.high)
    )


def _recommendation(before: Assessment, after: Assessment) -> LevelChanged | None:
    if before.recommendation is None or after.recommendation is None:
        return None
    one, other = before.recommendation, after.recommendation
    return LevelChanged(
        before=one.level,
        before_title=one.title,
        before_possible=one.possible,
        after=other.level,
        after_title=other.title,
        possible=other.possible,
        possible_titles=other.possible_titles,
    )
