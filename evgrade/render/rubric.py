"""A rubric for people: its scales, its rules in words, and where each comes from."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from evgrade.render.clean import for_terminal, prose
from evgrade.render.sink import Sink
from evgrade.rubric.conditions.base import Always
from evgrade.rubric.model import Domain, Ladder, Points, Recommendation, Rubric, Rule, Score, Suggestion
from evgrade.rubric.phrases import one


def rubric_list_text(rubrics: Iterable[Rubric], sink: Sink) -> str:
    """Return a line a rubric: its name, how its rules came about, what it is."""
    rows = [(rubric.name, rubric.status, for_terminal(rubric.title)) for rubric in rubrics]
    first = max(len(row[0]) for row in rows)
    second = max(len(row[1]) for row in rows)
    return sink.encodable("".join(f"{name:{first}}  {status:{second}}  {title}\n" for name, status, title in rows))


def rubric_text(rubric: Rubric, sink: Sink) -> str:
    """Return a whole rubric as text."""
    page = _Page(sink)
    page.paragraph(f"{rubric.title} ({rubric.name} {rubric.version}, {rubric.status})")
    page.paragraph(f"Source: {rubric.source}", 2)
    page.gap()
    page.paragraph(rubric.description)
    if rubric.terms:
        page.heading("Terms")
        for term in rubric.terms:
            page.paragraph(f"{term.name} (of {one(term.noun)}): {term.means}", 2)
            page.paragraph(f"when: {term.condition.describe()}", 6)
    for classifier in rubric.classifiers:
        page.heading(f"Label {classifier.name}")
        page.ladder(classifier.ladder, rubric)
    for suggestion in rubric.suggestions:
        page.heading(f"Suggested judgement: {suggestion.title}")
        _suggestion(page, suggestion, rubric)
    for domain in rubric.domains:
        page.heading(domain.title)
        _domain(page, domain, rubric)
    if rubric.score is not None:
        _score(page, rubric.score, rubric)
    if rubric.recommendation is not None:
        _recommendation(page, rubric.recommendation, rubric)
    if rubric.cases:
        page.heading("Worked cases")
    for case in rubric.cases:
        page.paragraph(f"- {case.name}. {case.why}", 2)
    return "\n".join(page.lines) + "\n"


class _Page:
    """Lines of text for a sink, wrapped to its width."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.lines: list[str] = []

    def gap(self) -> None:
        """Add an empty line."""
        self.lines.append("")

    def paragraph(self, text: str, indent: int = 0) -> None:
        """Add a paragraph; what runs over is indented below it."""
        lead = " " * indent
        self.lines += textwrap.wrap(
            self.sink.encodable(prose(text)),
            self.sink.width,
            initial_indent=lead,
            subsequent_indent=lead + "  ",
            break_on_hyphens=False,
        )

    def heading(self, text: str) -> None:
        """Add a heading."""
        shown = self.sink.encodable(prose(text))
        self.lines += ["", shown, "-" * min(len(shown), self.sink.width)]

    def ladder(self, ladder: Ladder, rubric: Rubric) -> None:
        """Add a ladder, a rung at a time."""
        for rung in ladder.rungs:
            self.rule(rung.gives, rung.rule, rubric)

    def rule(self, gives: str, rule: Rule, rubric: Rubric) -> None:
        """Add a rule: what it gives, its sentence, its condition in words, its origin where it is not the rubric's."""
        self.paragraph(f"{gives}  {rule.means} [{rule.name}]", 2)
        if not isinstance(rule.condition, Always):
            self.paragraph(f"when: {rule.condition.describe()}", 6)
        if rule.why:
            self.paragraph(f"why: {rule.why}", 6)
        if (rule.status, rule.source) != (rubric.status, rubric.source):
            self.paragraph(f"{rule.status}: {rule.source}", 6)


def _suggestion(page: _Page, suggestion: Suggestion, rubric: Rubric) -> None:
    noun = one(suggestion.entries.noun)
    which = "" if isinstance(suggestion.where, Always) else f" ({suggestion.where.describe()})"
    page.paragraph(f"Of {noun}{which}, from its numbers. It never changes a grade: what reviewers state counts.")
    if suggestion.why:
        page.paragraph(suggestion.why)
    page.gap()
    page.ladder(suggestion.ladder, rubric)


def _domain(page: _Page, domain: Domain, rubric: Rubric) -> None:
    page.paragraph(domain.question)
    page.paragraph("Grades: " + "; ".join(_grades(domain)), 0)
    if domain.each is not None:
        noun = domain.each.entries.noun
        page.paragraph(f"Each {noun} is graded; the {domain.each.combine} grade counts.")
    page.gap()
    if isinstance(domain.method, Ladder):
        page.ladder(domain.method, rubric)
    else:
        _points(page, domain.method, rubric)


def _grades(domain: Domain) -> Iterator[str]:
    scale = domain.scale
    steps = scale.grades if scale.unjudged is None else (*scale.grades, scale.unjudged)
    return (f"{step.name} {step.means}" for step in steps)


def _points(page: _Page, points: Points, rubric: Rubric) -> None:
    for start in points.start:
        page.rule(f"start {start.points:g}", start.rule, rubric)
    for adjustment in points.adjustments:
        page.rule(f"{adjustment.points:+g}", adjustment.rule, rubric)
    for cap in points.caps:
        page.rule(f"at most {cap.at_most:g}", cap.rule, rubric)
    page.paragraph(f"never below {points.floor:g} nor above {points.ceiling:g}", 2)
    bands = (
        f"{band.grade} from {band.at_least:g}" if band.at_least > float("-inf") else f"{band.grade} below"
        for band in points.bands
    )
    page.paragraph("grades: " + ", ".join(bands), 2)


def _score(page: _Page, score: Score, rubric: Rubric) -> None:
    page.heading(score.title)
    weights = ", ".join(f"{rubric.domain(name).title} {weight:g}" for name, weight in score.weights.items())
    page.paragraph(f"Weights: {weights}")
    for scale, points in score.points.items():
        page.paragraph(
            f"Points on the scale {scale}: " + ", ".join(f"{grade} {value:g}" for grade, value in points.items())
        )
    how = "with its fewest points" if score.unjudged == "lowest" else "not at all"
    page.paragraph(f"A domain that could not be judged counts {how}.")


def _recommendation(page: _Page, recommendation: Recommendation, rubric: Rubric) -> None:
    page.heading("Recommendation")
    for level in recommendation.levels:
        page.paragraph(f"{level.title}: {level.means}", 2)
    page.gap()
    titles = {level.name: level.title for level in recommendation.levels}
    for rung in recommendation.ladder.rungs:
        page.rule(f"{titles[rung.gives]}:", rung.rule, rubric)
