"""The whole derivation of a grade: every rule tried, in order, with all that it looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evgrade.dossier import Dossier
from evgrade.facts.printed import as_printed
from evgrade.grading.decide import decide
from evgrade.grading.judge import Decision, ItemJudged, Judged, climb
from evgrade.grading.score import Scored, Weighed, weigh
from evgrade.grading.trace import Trace, trace
from evgrade.model import Path
from evgrade.rubric.fields import Data
from evgrade.rubric.language import Standing
from evgrade.rubric.model import Domain, Each, Ladder, Points, Rubric, Rule, Score, Suggestion

RECOMMENDATION = "Recommendation"
"""The title of how the recommendation came about."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A rule that was tried: what it would give (a grade, a level, points), and why it holds or does not."""

    gives: str
    rule: Rule
    trace: Trace
    reached: bool


@dataclass(frozen=True, slots=True)
class Derived:
    """How one grade came about: of a domain, of an item of it, or the recommendation.

    `judged_when` is the condition without which points mean nothing, where there is one.
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
    """What a domain with its grade brings to the score; nothing, None, where it is certainly left out."""

    title: str
    grade: str
    brings: Weighed | None


@dataclass(frozen=True, slots=True)
class ScoreDerived:
    """How the score came about: the weighted mean of what the domains bring."""

    title: str
    scored: Scored
    parts: tuple[ScorePart, ...]


@dataclass(frozen=True, slots=True)
class Derivation:
    """How an assessment came about."""

    domains: tuple[Derived, ...]
    score: ScoreDerived | None
    recommendation: Derived | None
    suggestions: tuple[Derived, ...]


def derive(dossier: Dossier, rubric: Rubric) -> Derivation:
    """Return the derivation of every grade that a rubric gives a dossier."""
    decided = decide(dossier.data, rubric)
    standing = Standing({}, dossier=dossier.data)
    grades, scored = decided.grades, decided.scored
    domains = tuple(
        _domain(domain, dossier.data, grades[domain.name], decided.items[domain.name], standing)
        for domain in rubric.domains
    )
    recommendation = None
    rule = rubric.recommendation
    if rule is not None and decided.level is None:
        recommendation = Derived(
            title=RECOMMENDATION,
            question=f"The dossier holds no evidence that {rubric.name} reads.",
            result="nothing recorded yet",
            possible=(),
            tried=(),
        )
    elif rule is not None and decided.level is not None:
        recommendation = Derived(
            title=RECOMMENDATION,
            question="Should a patient take it?",
            result=rule.level(decided.level.gives).title,
            possible=tuple(level.title for level in rule.levels if level.name in decided.level.possible),
            tried=_ladder(rule.ladder, decided.level, dossier.data, (), decided.standing(dossier.data)),
        )
    derived = None
    if rubric.score is not None and scored is not None:
        derived = _score(rubric, rubric.score, scored, grades)
    suggestions = tuple(one for suggestion in rubric.suggestions for one in _suggestion(suggestion, dossier, standing))
    return Derivation(domains, derived, recommendation, suggestions)


def _suggestion(suggestion: Suggestion, dossier: Dossier, standing: Standing) -> Iterator[Derived]:
    for number, item in enumerate(suggestion.entries.read(dossier.data) or []):
        if suggestion.where.truth(item, standing) is False:
            continue
        path: Path = (*suggestion.entries.keys, number)
        printed = as_printed(item, dossier.document.written, path)
        decision = climb(suggestion.ladder, printed, standing)
        tried = _ladder(suggestion.ladder, decision, printed, path, standing)
        possible = dict.fromkeys(one.gives for one in tried if one.gives in decision.possible)
        stated = suggestion.field.read(item)
        yield Derived(
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


def _domain(domain: Domain, data: Data, judged: Judged, items: tuple[ItemJudged, ...], standing: Standing) -> Derived:
    whole = domain.each is None
    return Derived(
        title=domain.title,
        question=domain.question,
        result=judged.grade,
        possible=domain.scale.in_order(judged.possible),
        tried=_tried(domain, judged, data, (), standing) if whole else (),
        judged_when=_judged_when(domain, data, (), standing) if whole else None,
        items=tuple(_item(domain, domain.each, data, item, standing) for item in items) if domain.each else (),
    )


def _item(domain: Domain, each: Each, data: Data, item: ItemJudged, standing: Standing) -> Derived:
    path: Path = (*each.entries.keys, item.number)
    entry = (each.entries.read(data) or [])[item.number]
    return Derived(
        title=str(entry.get("id", item.number + 1)),
        question="",
        result=item.judged.grade,
        possible=domain.scale.in_order(item.judged.possible),
        tried=_tried(domain, item.judged, entry, path, standing),
        judged_when=_judged_when(domain, entry, path, standing),
    )


def _judged_when(domain: Domain, data: Data, path: Path, standing: Standing) -> Trace | None:
    condition = domain.method.judged if isinstance(domain.method, Points) else None
    return None if condition is None else trace(condition, data, path, standing, whole=True)


def _tried(domain: Domain, judged: Judged, data: Data, path: Path, standing: Standing) -> tuple[Tried, ...]:
    if isinstance(domain.method, Points):
        return _points(domain.method, data, path, standing)
    decision = judged.decision or climb(domain.method, data, standing)
    return _ladder(domain.method, decision, data, path, standing)


def _ladder(ladder: Ladder, decision: Decision, data: Data, path: Path, standing: Standing) -> tuple[Tried, ...]:
    """Return the rungs that were tried: all down to the first that certainly holds."""
    return tuple(
        Tried(
            rung.gives,
            rung.rule,
            trace(rung.rule.condition, data, path, standing, whole=True),
            number == decision.number,
        )
        for number, rung in enumerate(ladder.rungs[: len(decision.truths)])
    )


def _points(points: Points, data: Data, path: Path, standing: Standing) -> tuple[Tried, ...]:
    tried = []
    for start in points.start:
        asked = trace(start.rule.condition, data, path, standing, whole=True)
        tried.append(Tried(f"start {start.points:g}", start.rule, asked, asked.truth is True))
        if asked.truth is True:
            break
    for adjustment in points.adjustments:
        asked = trace(adjustment.rule.condition, data, path, standing, whole=True)
        tried.append(Tried(f"{adjustment.points:+g}", adjustment.rule, asked, asked.truth is True))
    for cap in points.caps:
        asked = trace(cap.rule.condition, data, path, standing, whole=True)
        tried.append(Tried(f"at most {cap.at_most:g}", cap.rule, asked, asked.truth is True))
    return tuple(tried)
