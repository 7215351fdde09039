"""Assess a dossier under a rubric, with the reasons for every grade; assess it again without retracted papers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, assert_never

from evgrade._version import __version__
from evgrade.checks.citing import citations
from evgrade.dossier import Dossier
from evgrade.grading.account import Evidence
from evgrade.grading.accounting import harms_of, unread_in, verdicts_in
from evgrade.grading.assessment import (
    Assessment,
    ComparisonGrade,
    DomainGrade,
    GradeChanged,
    ItemGrade,
    LevelChanged,
    NextStep,
    RecommendationResult,
    ScoreChanged,
    ScoreResult,
    WithoutRetracted,
)
from evgrade.grading.decide import Decided, decide, findings_of, stated_by
from evgrade.grading.judge import Basis, Decision, ItemJudged, Judged
from evgrade.grading.missing import better_grade, better_level, missing_in, missing_in_all, settling
from evgrade.grading.panel import panel_of
from evgrade.grading.resting import affected, name_at, resting_on, unknown_in
from evgrade.grading.score import Scored
from evgrade.grading.sides import weighed
from evgrade.grading.suggestions import suggestions_of
from evgrade.grading.trace import Tracer, domains_read, evidence_at, once, rule_used, supporting
from evgrade.model import Path
from evgrade.rubric.conditions.base import Context
from evgrade.rubric.load import load_rubrics
from evgrade.rubric.model import Domain, Each, Ladder, Recommendation, Rubric, Rule
from evgrade.yamlio.document import without

if TYPE_CHECKING:
    from evgrade.computed.numbers import Numbers


def assess(dossier: Dossier, rubric: Rubric) -> Assessment:
    """Grade a valid dossier under a rubric.

    The result depends on the dossier and the rubric alone.
    """
    decided = decide(dossier.data, rubric)
    tracer = Tracer(dossier.data, Context({}, memory=decided.memory, dossier=dossier.data))
    grades = decided.grades
    # Look up each item once, however many domains read it.
    evidence = cache(partial(evidence_at, dossier))
    domains = tuple(
        _domain(
            dossier,
            tracer,
            evidence,
            domain,
            grades[domain.name],
            decided.items[domain.name],
            decided.comparisons.get(domain.name, ()),
        )
        for domain in rubric.domains
    )
    recommendation = None
    if rubric.recommendation is not None and decided.level is not None:
        recommendation = _recommend(dossier, rubric, rubric.recommendation, decided, decided.level, domains)
    review = dossier.data.get("review", {})
    return Assessment(
        version=__version__,
        dossier_file=dossier.document.name,
        dossier_sha256=dossier.document.sha256,
        rubric=rubric.name,
        rubric_title=rubric.title,
        rubric_version=rubric.version,
        rubric_file=rubric.file,
        rubric_sha256=rubric.sha256,
        therapy=dossier.data["therapy"]["name"],
        condition=dossier.data["condition"]["name"],
        review_date=review.get("date"),
        review_group=review.get("group"),
        domains=domains,
        score=_score_given(rubric, decided.scored),
        recommendation=recommendation,
        recorded=decided.recorded,
        panel=panel_of(dossier, rubric, {name: verdict.grade for name, verdict in grades.items()}),
        suggestions=suggestions_of(dossier, rubric),
        missing=missing_in_all(rubric, domains),
        harms=harms_of(dossier),
        unread=unread_in(dossier, rubric),
        verdicts=verdicts_in(dossier, rubric),
        numbers=numbers_in(dossier),
        findings=findings_of(dossier, rubric, decided),
    )


def numbers_in(dossier: Dossier) -> Numbers:
    """Return the numbers computed from a dossier, without evidence that rests on retracted papers alone."""
    from evgrade.computed.numbers import numbers_of  # noqa: PLC0415 - loads statistics; few readers ask for it

    return numbers_of(dossier, frozenset(resting_on(dossier.data, dossier.retracted)))


def _score_given(rubric: Rubric, scored: Scored | None) -> ScoreResult | None:
    if rubric.score is None or scored is None:
        return None
    return ScoreResult(
        title=rubric.score.title,
        value=scored.value,
        low=scored.low,
        high=scored.high,
        judged_share=scored.judged_share,
    )


def _domain(
    dossier: Dossier,
    tracer: Tracer,
    evidence_at: Callable[[Path], Evidence],
    domain: Domain,
    judged: Judged,
    items: tuple[ItemJudged, ...],
    comparisons: tuple[tuple[str, Judged], ...],
) -> DomainGrade:
    scale = domain.scale
    evidence = tuple(map(evidence_at, once(_deciding(tracer, domain, judged, items))))
    is_judged = not scale.is_unjudged(judged.grade) and judged.basis is Basis.EVIDENCE
    rule = _rule_of(domain, judged)
    return DomainGrade(
        name=domain.name,
        title=domain.title,
        about=domain.about,
        grade=judged.grade,
        means=_means(domain, judged),
        possible=scale.in_order(judged.possible),
        judged=is_judged,
        basis=judged.basis,
        strength=1 - scale.rank(judged.grade) / (len(scale.grades) - 1) if is_judged else None,
        rule=None if rule is None else rule_used(rule),
        points=None if judged.tally is None else (judged.tally.low, judged.tally.high),
        comparisons=tuple(_comparison(dossier, domain, name, one) for name, one in comparisons),
        evidence=evidence,
        better=better_grade(tracer, domain, judged.decision),
        missing=missing_in(dossier, tracer, domain, judged, items),
        items=tuple(_item(dossier, evidence_at, domain, domain.each, item) for item in items) if domain.each else (),
        weighed=weighed(dossier.data, domain, evidence, evidence_at),
    )


def _comparison(dossier: Dossier, domain: Domain, identifier: str, judged: Judged) -> ComparisonGrade:
    listed = dossier.data["comparisons"]
    (stated,) = (one for one in listed if one["id"] == identifier)
    return ComparisonGrade(
        id=identifier,
        name=stated.get("name", identifier),
        in_question=stated is listed[0],
        grade=judged.grade,
        possible=domain.scale.in_order(judged.possible),
    )


def _means(domain: Domain, judged: Judged) -> str:
    match judged.basis:
        case Basis.NOT_RECORDED:
            return "not recorded"
        case Basis.EVIDENCE | Basis.NOT_APPLICABLE:
            return domain.scale.means(judged.grade)
        case _:
            assert_never(judged.basis)


def _rule_of(domain: Domain, judged: Judged) -> Rule | None:
    """Return the rung that gave a grade; None for points, and for several items combined."""
    if judged.decision is None or not isinstance(domain.method, Ladder):
        return None
    return domain.method.rungs[judged.decision.number].rule


def _deciding(tracer: Tracer, domain: Domain, judged: Judged, items: tuple[ItemJudged, ...]) -> Iterator[Path]:
    """Yield the paths that a grade rests on: items with that grade, or what makes the deciding rules true."""
    if domain.each is not None:
        deciding = [item for item in items if item.judged.grade == judged.grade]
        surely = [item for item in deciding if item.counts is True]
        for item in surely or deciding:
            yield (*domain.each.entries.keys, item.number)
        return
    rule = _rule_of(domain, judged)
    if rule is not None:
        traced = tracer.rule(rule)
        # A rung can hold only because an unknown excuse counts as absent.
        yield from supporting([tracer.presuming().rule(rule) if traced.truth is None else traced])
    elif judged.tally is not None:
        yield from supporting(tracer.rule(rule) for rule, _, truth in judged.tally.rules if truth is True)


def _item(
    dossier: Dossier, evidence_at: Callable[[Path], Evidence], domain: Domain, each: Each, item: ItemJudged
) -> ItemGrade:
    rule = _rule_of(domain, item.judged)
    return ItemGrade(
        evidence=evidence_at((*each.entries.keys, item.number)),
        counts=item.counts,
        grade=item.judged.grade,
        stated=stated_by(dossier, each, item),
        possible=domain.scale.in_order(item.judged.possible),
        rule=None if rule is None else rule_used(rule),
    )


def _recommend(
    dossier: Dossier,
    rubric: Rubric,
    rule: Recommendation,
    decided: Decided,
    decision: Decision,
    domains: tuple[DomainGrade, ...],
) -> RecommendationResult:
    # The reasons for the level are found under the grades given, which led to it.
    given = {name: frozenset((verdict.grade,)) for name, verdict in decided.grades.items()}
    value = None if decided.scored is None else decided.scored.value
    context = Context(given, value, value is not None, memory=decided.memory, dossier=dossier.data)
    tracer = Tracer(dossier.data, context)
    better = better_level(tracer, rubric, rule, decided, decision)
    level = rule.level(decision.gives)
    possible = rule.in_order(decision.possible)
    return RecommendationResult(
        level=level.name,
        title=level.title,
        means=level.means,
        possible=tuple(step.name for step in possible),
        possible_titles=tuple(step.title for step in possible),
        rank=rule.rank(level.name),
        levels=len(rule.levels),
        rule=rule_used(rule.ladder.rungs[decision.number].rule),
        because=tuple(_because(rule, tracer, decision, better, domains)),
        better=better,
        settles=settling(dossier, rubric, rule, decided, decision, domains),
    )


def _because(
    rule: Recommendation, tracer: Tracer, decision: Decision, better: NextStep | None, domains: Iterable[DomainGrade]
) -> Iterable[str]:
    """Yield the grades that the deciding rung tests, or for a last rung those that the next better one tests."""
    traced = set(domains_read(tracer.rule(rule.ladder.rungs[decision.number].rule)))
    if not traced and better is not None:
        lacking_rule = next(rung.rule for rung in rule.ladder.rungs if rung.rule.name == better.rule)
        traced = set(domains_read(tracer.rule(lacking_rule)))
    for domain in domains:
        if domain.name in traced:
            reason = domain.rule.means if domain.rule else domain.means
            yield (
                f"{domain.title} {domain.grade}: {reason}"
                if domain.basis is Basis.EVIDENCE
                else f"{domain.title}: {reason}"
            )


# Without retracted papers


def assess_with_retractions(dossier: Dossier, rubric: Rubric) -> Assessment:
    """Grade a valid dossier, and grade it again without its retracted references, if evidence cites any.

    Evidence that rests on them alone is left out, and results pooled from them become unknown.
    """
    assessment = assess(dossier, rubric)
    return replace(assessment, without_retracted=_without_retracted(dossier, rubric, assessment))


def _without_retracted(dossier: Dossier, rubric: Rubric, before: Assessment) -> WithoutRetracted | None:
    data = dossier.data
    cited = [(name, path) for name, path in citations(data) if name in dossier.retracted]
    if not cited:
        return None
    left_out, pooled = affected(data, dossier.retracted)
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
        score=_score_changed(before.score, after.scored),
        recommendation=_level_changed(rubric, before.recommendation, after.level),
    )


def _score_changed(before: ScoreResult | None, after: Scored | None) -> ScoreChanged | None:
    if before is None or after is None:
        return None
    return ScoreChanged(
        before=before.value,
        before_possible=(before.low, before.high),
        after=after.value,
        possible=(after.low, after.high),
    )


def _level_changed(rubric: Rubric, before: RecommendationResult | None, after: Decision | None) -> LevelChanged | None:
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


# The certainty of each outcome

GRADE = "grade"
"""The shipped rubric that rates it."""
_DOMAIN = "outcomes"


def by_grade(dossier: Dossier) -> Assessment | None:
    """Return the assessment under GRADE, which rates the certainty of each outcome; None without outcomes."""
    if not dossier.data.get("outcomes"):
        return None
    (rubric,) = load_rubrics([GRADE])
    return assess_with_retractions(dossier, rubric)


def certainties(graded: Assessment | None) -> Mapping[int, tuple[str, tuple[str, ...]]]:
    """Return by the number of each outcome its certainty, and the levels that missing facts leave possible."""
    domain = None if graded is None else next((it for it in graded.domains if it.name == _DOMAIN), None)
    if domain is None:
        return {}
    return {int(item.evidence.path[1]): (item.grade, item.possible) for item in domain.items}
