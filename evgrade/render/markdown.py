"""Assessments as Markdown, for pages of code hosts: the summary of a run, a comment, a wiki.

Every text of an assessment passes through `clean.for_markdown` before anything is laid out. Whatever stands between two
texts here holds no sign that would join them to markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from evgrade.grading.assessment import (
    Assessment,
    DomainGrade,
    MissingFact,
    RecommendationGiven,
    ScoreGiven,
    Step,
)
from evgrade.grading.compare import Compared, compare
from evgrade.grading.panel import PanelGiven
from evgrade.model import Finding
from evgrade.render.findings import severity_word, what_to_do
from evgrade.render.markdown_parts import bullets, cited, page, place, readable, table
from evgrade.render.words import (
    open_range,
    other_levels,
    points_in_words,
    reviewed,
    rounded,
    stated_by_source,
    suggestion_head,
    suggestion_told,
    without_retracted,
)
from evgrade.schema.suggest import many

_RULE = "\n---\n\n"


def assessments_markdown(graded: Sequence[Sequence[Assessment]]) -> str:
    """Return a page on several dossiers, each graded under the same rubrics; several begin with a table of all."""
    cleaned = [[readable(assessment) for assessment in assessments] for assessments in graded]
    pages = [_comparison(one) if len(one) > 1 else _assessment(one[0]) for one in cleaned]
    if len(cleaned) > 1:
        flat = [assessment for assessments in cleaned for assessment in assessments]
        pages.insert(0, page(["# Assessments", _contents(flat)]))
    return _RULE.join(pages)


def _contents(assessments: Iterable[Assessment]) -> str:
    head = ("Therapy", "Condition", "Rubric", "Recommendation", "Score", "Dossier")
    rows = [
        (
            one.therapy,
            one.condition,
            one.rubric,
            one.recommendation.title if one.recommendation else "–",
            rounded(one.score.value) if one.score and one.score.value is not None else "–",
            one.dossier_file,
        )
        for one in assessments
    ]
    return table(head, rows)


# One dossier under one rubric


def _assessment(given: Assessment) -> str:
    blocks = [f"# {given.therapy} for {given.condition}", reviewed(given)]
    if given.recommendation is not None:
        blocks += _verdict(given.recommendation)
    blocks.append(table(("Domain", "Grade", "Possible", "Means"), map(_row, given.domains)))
    if given.score is not None:
        blocks.append(_score(given.score))
    blocks.append("## Why")
    for domain in given.domains:
        blocks += _reasons(domain)
    blocks += _suggestions(given)
    blocks += _change(given)
    if given.panel is not None:
        blocks += ["## What people gave", bullets(_panel(given.panel))]
    blocks += _without_retracted(given)
    blocks += _findings(given.findings)
    graded_by = f"graded by {given.rubric} {given.rubric_version}, evgrade {given.version}"
    blocks.append(f"<sub>{given.dossier_file} {graded_by}</sub>")
    return page(blocks)


def _verdict(given: RecommendationGiven) -> Iterator[str]:
    yield f"**{given.title}**"
    yield given.means if given.rule.means in given.means else f"{given.means} {given.rule.means}"
    yield bullets(given.because)
    others = other_levels(given)
    if others:
        yield f"Still possible, once what is missing is known: {'; '.join(others)}"


def _row(domain: DomainGrade) -> tuple[str, ...]:
    return domain.title, f"**{domain.grade}**", " ".join(domain.possible), domain.means


def _score(given: ScoreGiven) -> str:
    judged = f"{given.judged_share:.0%} of the weight could be judged."
    if given.value is None:
        return f"{given.title} **cannot be given**: nothing could be judged; {judged}"
    still = open_range(given)
    told = f", between {still[0]} and {still[1]} once what is missing is known" if still else ""
    return f"{given.title} **{rounded(given.value)}** of 100{told}; {judged}"


def _reasons(domain: DomainGrade) -> Iterator[str]:
    yield f"### {domain.title}: {domain.grade}"
    yield domain.rule.means if domain.rule else points_in_words(domain)
    yield bullets(stated_by_source(domain))
    yield bullets(map(cited, domain.evidence))


def _change(given: Assessment) -> Iterator[str]:
    steps = [domain.better for domain in given.domains if domain.better and domain.judged]
    if given.recommendation is not None and given.recommendation.better is not None:
        steps.insert(0, given.recommendation.better)
    if steps or given.missing:
        yield "## What would change it"
    yield bullets(map(_step, steps))
    if given.missing:
        yield "Missing facts worth finding out:"
        yield bullets(map(_missing, given.missing))


def _step(step: Step) -> str:
    return f"**{step.title}:** " + (f"needs {'; '.join(step.lacks)}" if step.lacks else step.means)


def _missing(fact: MissingFact) -> str:
    item = f" of {fact.item}" if fact.item else ""
    return f"**{fact.field}**{item}, to be stated at {place(fact.location)} ({', '.join(fact.domains)})"


def _suggestions(given: Assessment) -> Iterator[str]:
    if given.suggestions:
        yield "## What the numbers suggest"
        in_order = sorted(given.suggestions, key=lambda one: one.judgement is None)
        yield bullets(f"**{suggestion_head(one)}**{suggestion_told(one)}" for one in in_order)


def _without_retracted(given: Assessment) -> Iterator[str]:
    if given.without_retracted is not None:
        yield "## Without what rests on retracted papers"
        yield bullets(f"**{name}:** {told}" for name, told in without_retracted(given.without_retracted))


def _panel(panel: PanelGiven) -> Iterator[str]:
    for one in panel.grades:
        spread = "" if one.best == one.worst else f", from {one.best} to {one.worst}"
        rule = f"the rule gives {one.grade}" if one.differs else "so does the rule"
        median = f"median {' to '.join(one.median)} of {many(len(one.given), 'rater')}"
        yield f"**{one.title}:** {median}{spread}; {rule}"
    if panel.statistic is not None:
        told = panel.untold if panel.agreement is None else f"{panel.agreement:.2f}"
        yield f"Agreement of the raters ({panel.statistic}): {told}"
    for override in panel.overrides:
        by = override.by or "the reviewers"
        instead = f"would give {override.grade} instead of {override.instead_of}"
        yield f"**{override.title}:** {by} {instead}: {override.reason}"
    for reason in panel.left_out:
        yield f"Not counted: {reason}"


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        return
    yield "## Findings"
    rows = [(place(one.location), severity_word(one), one.message, what_to_do(one), one.code) for one in findings]
    yield table(("Place", "Severity", "Finding", "What would be right", "Code"), rows)


# One dossier under several rubrics


def _comparison(assessments: Sequence[Assessment]) -> str:
    first = assessments[0]
    compared = compare(assessments)
    rows = [[one.rubric, *(_opinions(subject, one.rubric) for subject in compared)] for one in assessments]
    blocks = [
        f"# {first.therapy} for {first.condition}",
        reviewed(first),
        table(["Rubric", *(one.subject for one in compared)], rows),
    ]
    if any(len(domain.possible) > 1 for one in assessments for domain in one.domains):
        blocks.append("?: other grades are possible while facts are missing")
    recommended = [(one.rubric, one.recommendation) for one in assessments if one.recommendation is not None]
    if recommended:
        blocks += ["## Recommendations", bullets(_recommended(rubric, given) for rubric, given in recommended)]
    blocks += _differences([one for one in compared if one.because is not None])
    for one in assessments:
        if one.without_retracted is not None:
            blocks += [f"## {one.rubric}", *_without_retracted(one)]
    blocks += _findings(first.findings)
    blocks.append(f"<sub>{first.dossier_file} evgrade {first.version}</sub>")
    return page(blocks)


def _opinions(subject: Compared, rubric: str) -> str:
    """Return the grades that a rubric gives a subject, with a question mark where others are possible."""
    given = [one.domain for one in subject.opinions if one.rubric == rubric]
    return " / ".join(f"**{domain.grade}**{'?' if len(domain.possible) > 1 else ''}" for domain in given)


def _recommended(rubric: str, given: RecommendationGiven) -> str:
    others = other_levels(given)
    return f"**{rubric}:** {given.title}" + (f" (still possible: {'; '.join(others)})" if others else "")


def _differences(differing: Sequence[Compared]) -> Iterator[str]:
    if not differing:
        yield "The systems that judge the same agree."
        return
    yield "## Where the systems differ"
    for subject in differing:
        yield f"### {subject.subject}"
        yield f"The systems differ because {subject.because}"
        reasons = ((one.rubric, one.domain) for one in subject.opinions)
        yield bullets(
            f"**{rubric} {domain.grade}:** {domain.rule.means if domain.rule else domain.means}"
            for rubric, domain in reasons
        )
