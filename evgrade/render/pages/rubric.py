"""A rubric for people: its scales, its rules in words, and their sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evgrade.render.page import Block, Bullets, Column, Heading, Item, Paragraph, Span, Style, Table, Title, row, strong
from evgrade.rubric.cases import cases_of
from evgrade.rubric.conditions.base import Always, Condition
from evgrade.rubric.model import Domain, Ladder, Points, Recommendation, Rubric, Rule, Score, Suggestion
from evgrade.rubric.phrases import one


def rubrics_page(rubrics: Iterable[Rubric]) -> Iterator[Block]:
    """Yield one line per rubric: its name, status and title."""
    yield Title("Rubrics")
    columns = (Column(""), Column(""), Column(""))
    yield Table(columns, [row(strong(rubric.name), rubric.status, rubric.title) for rubric in rubrics])


def rubric_page(rubric: Rubric) -> Iterator[Block]:
    """Yield a whole rubric."""
    yield Heading(1, (rubric.title,), f"{rubric.name} {rubric.version}, {rubric.status}. Source: {rubric.source}")
    yield Paragraph((rubric.description,))
    if rubric.terms:
        yield Heading(2, ("Terms",))
        yield Bullets(
            [
                Item((strong(term.name), f" (of {one(term.noun)}): {term.means}"), children=_when(term.condition))
                for term in rubric.terms
            ]
        )
    for classifier in rubric.classifiers:
        yield Heading(2, (f"Label {classifier.name}",))
        yield _ladder(classifier.ladder, rubric)
    for suggestion in rubric.suggestions:
        yield Heading(2, (f"Suggested judgement: {suggestion.title}",))
        yield from _suggestion(suggestion, rubric)
    for domain in rubric.domains:
        yield Heading(2, (domain.title,))
        yield from _domain(domain, rubric)
    if rubric.score is not None:
        yield from _score(rubric.score, rubric)
    if rubric.recommendation is not None:
        yield from _recommendation(rubric.recommendation, rubric)
    cases = cases_of(rubric)
    if cases:
        yield Heading(2, ("Worked cases",))
        yield Bullets([Item((f"{case.name}. {case.why}",)) for case in cases])


def _when(condition: Condition) -> tuple[Item, ...]:
    return () if isinstance(condition, Always) else (Item((f"when: {condition.describe()}",)),)


def _rule(gives: str, rule: Rule, rubric: Rubric) -> Item:
    """Return a rule: the grade, its sentence, its condition in words, and its source if not the rubric's."""
    below = list(_when(rule.condition))
    if rule.why:
        below.append(Item((f"why: {rule.why}",)))
    if (rule.status, rule.source) != (rubric.status, rubric.source):
        below.append(Item((f"{rule.status}: {rule.source}",)))
    return Item((f"{rule.means} ", Span(f"[{rule.name}]", Style.DIM)), (gives,), children=below)


def _ladder(ladder: Ladder, rubric: Rubric) -> Bullets:
    return Bullets([_rule(rung.gives, rung.rule, rubric) for rung in ladder.rungs])


def _suggestion(suggestion: Suggestion, rubric: Rubric) -> Iterator[Block]:
    noun = one(suggestion.entries.noun)
    which = "" if isinstance(suggestion.where, Always) else f" ({suggestion.where.describe()})"
    wording = f"Of {noun}{which}, from its numbers. It never changes a grade: what reviewers state counts."
    yield Paragraph((wording,))
    if suggestion.why:
        yield Paragraph((suggestion.why,))
    yield _ladder(suggestion.ladder, rubric)


def _domain(domain: Domain, rubric: Rubric) -> Iterator[Block]:
    yield Paragraph((domain.question,))
    scale = domain.scale
    steps = scale.grades if scale.unjudged is None else (*scale.grades, scale.unjudged)
    yield Paragraph(("Grades: " + "; ".join(f"{step.name} {step.means}" for step in steps),))
    if domain.each is not None:
        noun = domain.each.entries.noun
        yield Paragraph((f"Each {noun} is graded; the {domain.each.combine} grade counts.",))
    if isinstance(domain.method, Ladder):
        yield _ladder(domain.method, rubric)
    else:
        yield Bullets(list(_points(domain.method, rubric)))


def _points(points: Points, rubric: Rubric) -> Iterator[Item]:
    for start in points.start:
        yield _rule(f"start {start.points:g}", start.rule, rubric)
    for adjustment in points.adjustments:
        yield _rule(adjustment.label, adjustment.rule, rubric)
    for cap in points.caps:
        yield _rule(f"at most {cap.at_most:g}", cap.rule, rubric)
    yield Item((f"never below {points.floor:g} nor above {points.ceiling:g}",))
    bands = (
        f"{band.grade} from {band.at_least:g}" if band.at_least > float("-inf") else f"{band.grade} below"
        for band in points.bands
    )
    yield Item(("grades: " + ", ".join(bands),))


def _score(score: Score, rubric: Rubric) -> Iterator[Block]:
    yield Heading(2, (score.title,))
    weights = ", ".join(f"{rubric.domain(name).title} {weight:g}" for name, weight in score.weights.items())
    yield Paragraph((f"Weights: {weights}",))
    for scale, points in score.points.items():
        wording = ", ".join(f"{grade} {value:g}" for grade, value in points.items())
        yield Paragraph((f"Points on the scale {scale}: {wording}",))
    how = "with its fewest points" if score.unjudged == "lowest" else "not at all"
    yield Paragraph((f"A domain that could not be judged counts {how}.",))


def _recommendation(recommendation: Recommendation, rubric: Rubric) -> Iterator[Block]:
    yield Heading(2, ("Recommendation",))
    yield Bullets([Item((level.means,), (level.title,)) for level in recommendation.levels])
    titles = {level.name: level.title for level in recommendation.levels}
    rungs = recommendation.ladder.rungs
    yield Bullets([_rule(titles[rung.gives], rung.rule, rubric) for rung in rungs], "Rules, the first that holds:")
