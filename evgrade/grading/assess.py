"""(dossier, rubric) → assessment: pure, deterministic, every grade with its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from evgrade._version import __version__
from evgrade.dossier import Dossier
from evgrade.grading.assessment import (
    Assessment,
    DomainGrade,
    Evidence,
    ItemGrade,
    MissingFact,
    RecommendationGiven,
    ScoreGiven,
    Step,
)
from evgrade.grading.judge import Decision, ItemJudged, Judged, climb, judge
from evgrade.grading.reasons import domains_asked, evidence_at, evidence_of, rule_used, step_to
from evgrade.grading.score import Scored, score
from evgrade.grading.trace import Inquiry, Trace, trace, unstated
from evgrade.model import Path
from evgrade.rubric.language import NOTHING_DECIDED, Condition, Standing
from evgrade.rubric.model import Domain, Each, Ladder, Points, Recommendation, Rubric, Rule


def assess(dossier: Dossier, rubric: Rubric) -> Assessment:
    """Grade a valid dossier under a rubric.

    The same dossier and rubric give the same assessment, whenever and wherever it is made.
    """
    inquiry = Inquiry(dossier.data, NOTHING_DECIDED)
    judged = {domain.name: judge(domain, dossier.data) for domain in rubric.domains}
    domains = tuple(_domain(dossier, inquiry, domain, *judged[domain.name]) for domain in rubric.domains)
    grades = {name: verdict for name, (verdict, _) in judged.items()}
    scored = None if rubric.score is None else score(rubric, rubric.score, grades)
    standing = standing_of(grades, scored)
    recommendation = None
    if rubric.recommendation is not None:
        recommendation = _recommend(dossier, rubric.recommendation, standing, domains)
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
        score=_score_given(rubric, scored),
        recommendation=recommendation,
        missing=_all_missing(rubric, domains),
        findings=dossier.warnings,
    )


def standing_of(grades: Mapping[str, Judged], scored: Scored | None) -> Standing:
    """Return what the recommendation may ask for: possible grades, and the score's range."""
    possible = {name: verdict.possible for name, verdict in grades.items()}
    return Standing(possible) if scored is None else Standing(possible, scored.quantity(), scored.exists)


def _score_given(rubric: Rubric, scored: Scored | None) -> ScoreGiven | None:
    if rubric.score is None or scored is None:
        return None
    return ScoreGiven(
        title=rubric.score.title,
        value=scored.value,
        low=scored.low,
        high=scored.high,
        judged_share=scored.judged_share,
    )


def _domain(
    dossier: Dossier, inquiry: Inquiry, domain: Domain, judged: Judged, items: tuple[ItemJudged, ...]
) -> DomainGrade:
    scale = domain.scale
    is_judged = not scale.is_unjudged(judged.grade)
    decision = judged.decision
    rule = domain.method.rungs[decision.number].rule if decision and isinstance(domain.method, Ladder) else None
    evidence: tuple[Evidence, ...] = ()
    if rule is not None:
        evidence = evidence_of(dossier, inquiry.ask(rule))
    elif domain.each is None:
        evidence = _points_evidence(dossier, inquiry, judged)
    item_grades = tuple(_item(dossier, domain, domain.each, item) for item in items) if domain.each else ()
    if domain.each is not None:
        evidence = tuple(item.evidence for item in item_grades if item.counts is True and item.grade == judged.grade)
    steps = len(scale.grades) - 1
    return DomainGrade(
        name=domain.name,
        title=domain.title,
        grade=judged.grade,
        means=scale.means(judged.grade),
        possible=tuple(grade for grade in scale.names() if grade in judged.possible),
        judged=is_judged,
        strength=1 - scale.rank(judged.grade) / steps if is_judged else None,
        rule=None if rule is None else rule_used(rule),
        points=None if judged.tally is None else (judged.tally.low, judged.tally.high),
        evidence=evidence,
        better=_better_grade(inquiry, domain, decision),
        missing=tuple(_missing(dossier, inquiry, domain, judged, items)),
        items=item_grades,
    )


def _points_evidence(dossier: Dossier, inquiry: Inquiry, judged: Judged) -> tuple[Evidence, ...]:
    found: dict[Evidence, None] = {}
    for rule, _, truth in judged.tally.rules if judged.tally else ():
        if truth is True:
            found |= dict.fromkeys(evidence_of(dossier, inquiry.ask(rule)))
    return tuple(found)


def _item(dossier: Dossier, domain: Domain, each: Each, item: ItemJudged) -> ItemGrade:
    decision = item.judged.decision
    rule = domain.method.rungs[decision.number].rule if decision and isinstance(domain.method, Ladder) else None
    return ItemGrade(
        evidence=evidence_at(dossier, (*each.entries.keys, item.number)),
        counts=item.counts,
        grade=item.judged.grade,
        possible=tuple(grade for grade in domain.scale.names() if grade in item.judged.possible),
        rule=None if rule is None else rule_used(rule),
    )


def _better_grade(inquiry: Inquiry, domain: Domain, decision: Decision | None) -> Step | None:
    """Return the nearest better grade of a ladder over the whole dossier, and what it lacks."""
    if decision is None or not isinstance(domain.method, Ladder):
        return None
    ranks = [domain.scale.rank(rung.gives) for rung in domain.method.rungs]
    if domain.scale.is_unjudged(decision.gives):
        # From nothing at all the nearest step is the weakest grade that says something for the therapy.
        worst = len(domain.scale.grades) - 1
        ranks = [rank if rank != worst else len(domain.scale.grades) for rank in ranks]
    titles = [f"{domain.title} {rung.gives}" for rung in domain.method.rungs]
    return _nearest(inquiry, domain.method, ranks, titles, decision)


def _nearest(inquiry: Inquiry, ladder: Ladder, ranks: list[int], titles: list[str], decision: Decision) -> Step | None:
    """Return the rung with the nearest better result; among equals, the one that lacks least, the lowest first."""
    better = [rank for rank in ranks if rank < ranks[decision.number]]
    if not better:
        return None
    reached = ladder.rungs[decision.number].rule
    steps = []
    for number, rung in enumerate(ladder.rungs):
        if ranks[number] == max(better):
            gates = [reached] if number > decision.number else []
            steps.append(step_to(rung.gives, titles[number], rung.rule, inquiry, gates))
    return min(reversed(steps), key=lambda step: len(step.lacks))


def _missing(
    dossier: Dossier, inquiry: Inquiry, domain: Domain, judged: Judged, items: Iterable[ItemJudged]
) -> Iterable[MissingFact]:
    """Yield the facts that keep other grades of a domain open, each once, in the order they are asked for."""
    if len(judged.possible) == 1:
        return
    if domain.each is None:
        asked = [inquiry.ask(rule) for rule in _unknown_rules(domain, judged)]
        asked += [trace(one, dossier.data, (), NOTHING_DECIDED) for one in _judged_when(domain)]
    else:
        asked = list(_asked_of_items(domain, domain.each, dossier, items))
        if domain.each.entries.read(dossier.data) is None:
            yield missing_fact(dossier, domain.each.entries.keys, domain.title)
    for path in dict.fromkeys(path for one in asked for path in unstated(one)):
        yield missing_fact(dossier, path, domain.title)


def _asked_of_items(domain: Domain, each: Each, dossier: Dossier, items: Iterable[ItemJudged]) -> Iterable[Trace]:
    """Yield what was asked of each item: whether it counts, and the rules that are open."""
    entries = each.entries.read(dossier.data) or []
    for item in items:
        path: Path = (*each.entries.keys, item.number)
        rules = (rule.condition for rule in _unknown_rules(domain, item.judged))
        for condition in (each.where, *rules, *_judged_when(domain)):
            yield trace(condition, entries[item.number], path, NOTHING_DECIDED)


def _judged_when(domain: Domain) -> tuple[Condition, ...]:
    """Return the condition under which points mean anything, if there is one."""
    judged = domain.method.judged if isinstance(domain.method, Points) else None
    return () if judged is None else (judged,)


def _unknown_rules(domain: Domain, judged: Judged) -> Iterable[Rule]:
    if judged.decision is not None and isinstance(domain.method, Ladder):
        for rung, truth in zip(domain.method.rungs, judged.decision.truths, strict=False):
            if truth is None:
                yield rung.rule
    elif judged.tally is not None:
        yield from (rule for rule, _, truth in judged.tally.rules if truth is None)


def missing_fact(dossier: Dossier, path: Path, domain: str) -> MissingFact:
    """Return a fact that is not stated, with the place where it would be written and the item it belongs to."""
    item = None
    value: Any = dossier.data
    for part in path:
        if isinstance(value, dict):
            item = value.get("id", item)
            value = value.get(part, {})
        else:
            value = value[part]
    return MissingFact(path=path, location=dossier.document.location(path), item=item, domains=(domain,))


def _all_missing(rubric: Rubric, domains: Iterable[DomainGrade]) -> tuple[MissingFact, ...]:
    """Return the missing facts of all domains, each once; those of the weightiest domains first."""
    weights = rubric.score.weights if rubric.score else {}
    facts: dict[Path, MissingFact] = {}
    for domain in sorted(domains, key=lambda domain: -weights.get(domain.name, 0)):
        for fact in domain.missing:
            known = facts.get(fact.path)
            wanted_by = fact.domains if known is None else (*known.domains, *fact.domains)
            facts[fact.path] = MissingFact(path=fact.path, location=fact.location, item=fact.item, domains=wanted_by)
    return tuple(facts.values())


def _recommend(
    dossier: Dossier, rule: Recommendation, standing: Standing, domains: Iterable[DomainGrade]
) -> RecommendationGiven:
    inquiry = Inquiry(dossier.data, standing)
    decision = climb(rule.ladder, dossier.data, standing)
    level = rule.level(decision.gives)
    ranks = [rule.rank(rung.gives) for rung in rule.ladder.rungs]
    reached = rule.ladder.rungs[decision.number].rule
    titles = {step.name: step.title for step in rule.levels}
    better = _nearest(inquiry, rule.ladder, ranks, [titles[rung.gives] for rung in rule.ladder.rungs], decision)
    possible = tuple(step.name for step in rule.levels if step.name in decision.possible)
    return RecommendationGiven(
        level=level.name,
        title=level.title,
        means=level.means,
        possible=possible,
        possible_titles=tuple(titles[name] for name in possible),
        rank=rule.rank(level.name),
        levels=len(rule.levels),
        rule=rule_used(reached),
        because=tuple(_because(rule, inquiry, decision, better, domains)),
        better=better,
    )


def _because(
    rule: Recommendation, inquiry: Inquiry, decision: Decision, better: Step | None, domains: Iterable[DomainGrade]
) -> Iterable[str]:
    """Yield the grades that the reached rung asks for, with reasons; of a last rung, those the next better asks for."""
    asked = set(domains_asked(inquiry.ask(rule.ladder.rungs[decision.number].rule)))
    if not asked and better is not None:
        lacking_rule = next(rung.rule for rung in rule.ladder.rungs if rung.rule.name == better.rule)
        asked = set(domains_asked(inquiry.ask(lacking_rule)))
    for domain in domains:
        if domain.name in asked:
            yield f"{domain.title} {domain.grade}: {domain.rule.means if domain.rule else domain.means}"
