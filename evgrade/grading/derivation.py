"""The full derivation of a grade: every rule that was tried, in order, with all the facts that it used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evgrade.dossier import Dossier
from evgrade.grading.decide import Decided, decide
from evgrade.grading.judge import Decision, ItemJudged, Judged, climb
from evgrade.grading.score import Scored, Weighed, weigh
from evgrade.grading.suggestions import Answering
from evgrade.grading.trace import Trace, Tracer
from evgrade.model import Path
from evgrade.rubric.conditions.base import Context
from evgrade.rubric.fields import Data
from evgrade.rubric.model import Domain, Each, Ladder, Points, Rubric, Rule, Score, Suggestion

RECOMMENDATION = "Recommendation"
"""The title of the derivation of the recommendation."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A rule that was tried: its result (a grade, a level, points), and why it holds or not."""

    gives: str
    rule: Rule
    trace: Trace
    reached: bool


@dataclass(frozen=True, slots=True)
class Derived:
    """The derivation of one grade, of a domain or an item, or of the recommendation.

    `judged_when` is the condition for points to be judged at all, if there is one.
    """

    title: str
    question: str
    result: str
    possible: tuple[str, ...]
    tried: tuple[Tried, ...]
    items: tuple[Derived, ...] = ()
    judged_when: Trace | None = None


@dataclass(frozen=True, slots=True)
class ScorePart:
    """The contribution of a domain to the score; `brings` is None if the domain is certainly left out."""

    title: str
    grade: str
    brings: Weighed | None


@dataclass(frozen=True, slots=True)
class ScoreDerived:
    """The derivation of the score: the weighted mean of the domains' points."""

    title: str
    scored: Scored
    parts: tuple[ScorePart, ...]


@dataclass(frozen=True, slots=True)
class Derivation:
    """The derivation of an assessment."""

    domains: tuple[Derived, ...]
    score: ScoreDerived | None
    recommendation: Derived | None
    suggestions: tuple[Derived, ...]


def derive(dossier: Dossier, rubric: Rubric, only: str | None = None) -> Derivation:
    """Return the derivation of every grade that a rubric gives a dossier, or of the one with the title `only`."""
    decided = decide(dossier.data, rubric)
    tracer = Tracer(dossier.data, Context({}, memory=decided.memory, dossier=dossier.data))
    grades, scored = decided.grades, decided.scored
    domains = tuple(
        _domain(domain, tracer, grades[domain.name], decided.items[domain.name])
        for domain in rubric.domains
        if only in (None, domain.title)
    )
    recommendation = _recommendation(dossier, rubric, decided) if only in (None, RECOMMENDATION) else None
    if only is not None:
        return Derivation(domains, None, recommendation, ())
    derived = None
    if rubric.score is not None and scored is not None:
        derived = _score(rubric, rubric.score, scored, grades)
    answering = Answering(dossier)
    suggestions = (
        _suggestion(dossier, answering, suggestion, number)
        for suggestion in rubric.suggestions
        for number in _suggested_for(suggestion, tracer)
    )
    return Derivation(domains, derived, recommendation, tuple(suggestions))


def _recommendation(dossier: Dossier, rubric: Rubric, decided: Decided) -> Derived | None:
    rule = rubric.recommendation
    if rule is None:
        return None
    if decided.level is None:
        return Derived(
            title=RECOMMENDATION,
            question=f"The dossier has no evidence that {rubric.name} uses.",
            result="nothing recorded yet",
            possible=(),
            tried=(),
        )
    return Derived(
        title=RECOMMENDATION,
        question="Should a patient take it?",
        result=rule.level(decided.level.gives).title,
        possible=tuple(level.title for level in rule.levels if level.name in decided.level.possible),
        tried=_ladder(rule.ladder, decided.level, Tracer(dossier.data, decided.context(dossier.data)), dossier.data),
    )


def _suggested_for(suggestion: Suggestion, tracer: Tracer) -> Iterator[int]:
    for number, item in enumerate(suggestion.entries.read(tracer.data) or []):
        if suggestion.where.truth(item, tracer.context) is not False:
            yield number


def _suggestion(dossier: Dossier, answering: Answering, suggestion: Suggestion, number: int) -> Derived:
    item = (suggestion.entries.read(dossier.data) or [])[number]
    path: Path = (*suggestion.entries.keys, number)
    printed = answering.printed(item, path)
    tracer = Tracer(printed, Context({}, dossier=dossier.data))
    decision = climb(suggestion.ladder, printed, tracer.context)
    tried = _ladder(suggestion.ladder, decision, tracer, printed, path)
    possible = dict.fromkeys(one.gives for one in tried if one.gives in decision.possible)
    stated = suggestion.field.read(item)
    return Derived(
        title=f"{item.get('id', number + 1)}, {suggestion.title}, suggested by the numbers",
        question=f"Judged by the reviewers, which counts: {'nothing yet' if stated is None else stated}",
        result=decision.gives,
        possible=tuple(possible),
        tried=tried,
    )


def _score(rubric: Rubric, rule: Score, scored: Scored, grades: Mapping[str, Judged]) -> ScoreDerived:
    brings = {weighed.name: weighed for weighed in weigh(rule, grades)}
    parts = (ScorePart(rubric.domain(name).title, grades[name].grade, brings.get(name)) for name in rule.weights)
    return ScoreDerived(rule.title, scored, tuple(parts))


def _domain(domain: Domain, tracer: Tracer, judged: Judged, items: tuple[ItemJudged, ...]) -> Derived:
    whole = domain.each is None
    return Derived(
        title=domain.title,
        question=domain.question,
        result=judged.grade,
        possible=domain.scale.in_order(judged.possible),
        tried=_tried(domain, judged, tracer, tracer.data) if whole else (),
        judged_when=_judged_when(domain, tracer, tracer.data) if whole else None,
        items=tuple(_item(domain, domain.each, tracer, one) for one in items) if domain.each else (),
    )


def _item(domain: Domain, each: Each, tracer: Tracer, item: ItemJudged) -> Derived:
    path: Path = (*each.entries.keys, item.number)
    entry = (each.entries.read(tracer.data) or [])[item.number]
    return Derived(
        title=str(entry.get("id", item.number + 1)),
        question="",
        result=item.judged.grade,
        possible=domain.scale.in_order(item.judged.possible),
        tried=_tried(domain, item.judged, tracer, entry, path),
        judged_when=_judged_when(domain, tracer, entry, path),
    )


def _judged_when(domain: Domain, tracer: Tracer, data: Data, path: Path = ()) -> Trace | None:
    condition = domain.method.judged if isinstance(domain.method, Points) else None
    return None if condition is None else tracer.trace(condition, data, path)


def _tried(domain: Domain, judged: Judged, tracer: Tracer, data: Data, path: Path = ()) -> tuple[Tried, ...]:
    if isinstance(domain.method, Points):
        return _points(domain.method, tracer, data, path)
    decision = judged.decision or climb(domain.method, data, tracer.context)
    return _ladder(domain.method, decision, tracer, data, path)


def _ladder(ladder: Ladder, decision: Decision, tracer: Tracer, data: Data, path: Path = ()) -> tuple[Tried, ...]:
    """Return the rungs that were tried, down to the first that certainly holds."""
    return tuple(
        Tried(
            rung.gives,
            rung.rule,
            tracer.trace(rung.rule.condition, data, path),
            number == decision.number,
        )
        for number, rung in enumerate(ladder.rungs[: len(decision.truths)])
    )


def _points(points: Points, tracer: Tracer, data: Data, path: Path) -> tuple[Tried, ...]:
    tried = []
    for start in points.start:
        traced = tracer.trace(start.rule.condition, data, path)
        tried.append(Tried(f"start {start.points:g}", start.rule, traced, traced.truth is True))
        if traced.truth is True:
            break
    for adjustment in points.adjustments:
        traced = tracer.trace(adjustment.rule.condition, data, path)
        tried.append(Tried(adjustment.label, adjustment.rule, traced, traced.truth is True))
    for cap in points.caps:
        traced = tracer.trace(cap.rule.condition, data, path)
        tried.append(Tried(f"at most {cap.at_most:g}", cap.rule, traced, traced.truth is True))
    return tuple(tried)
