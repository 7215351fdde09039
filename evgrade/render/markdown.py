"""Assessments as Markdown, for pages of code hosts: the summary of a run, a comment, a wiki.

Every text of an assessment passes through `clean.for_markdown` before anything is laid out. Whatever stands between two
texts here holds no sign that would join them to markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from evgrade.grading.account import Harm, Harms
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
from evgrade.render.account_words import (
    WHOLE,
    cited_by,
    deciding_of,
    fields_of,
    harm_told,
    harms_deciding,
    harms_head,
    repeats,
    sides,
    unread_told,
    verdict_head,
    verdict_told,
)
from evgrade.render.findings import severity_word, what_to_do
from evgrade.render.markdown_parts import bullets, cited, item, page, place, readable, table
from evgrade.render.words import (
    NOT_A_CHANCE,
    NOTHING_RECORDED,
    fact_told,
    grade_marked,
    grade_told,
    level_marked,
    nothing_recorded,
    open_range,
    panel_told,
    provisional_told,
    reason_told,
    recommendations,
    reviewed,
    rounded,
    stated_by_source,
    suggestion_head,
    suggestion_told,
    without_retracted,
)

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
            level_marked(one.recommendation) if one.recommendation or not one.recorded else "–",
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
    elif not given.recorded:
        blocks += _no_verdict(given)
    blocks += _others(given)
    blocks.append(table(("Domain", "Grade", "Possible", "Means"), map(_row, given.domains)))
    if given.recorded:
        if given.score is not None:
            blocks.append(_score(given.score))
        blocks.append("## Why")
        for number, domain in enumerate(given.domains):
            blocks += _reasons(given, number, domain)
    if given.harms is not None:
        blocks += _harms(given, given.harms)
    blocks += _unread(given)
    blocks += _suggestions(given)
    if given.recorded:
        blocks += _change(given)
    if given.panel is not None:
        blocks += ["## What people gave", bullets(_panel(given.panel))]
    blocks += _without_retracted(given)
    blocks += _findings(given.findings)
    graded_by = f"graded by {given.rubric} {given.rubric_version}, evgrade {given.version}"
    blocks.append(f"<sub>{given.dossier_file} {graded_by}</sub>")
    return page(blocks)


def _verdict(given: RecommendationGiven) -> Iterator[str]:
    yield f"**{given.title}**" + ("" if given.settled else " (provisional)")
    yield given.means if given.rule.means in given.means else f"{given.means} {given.rule.means}"
    yield bullets(given.because)
    if not given.settled:
        yield provisional_told(given)
        yield bullets(f"{fact.means}{fact_told(fact)}" for fact in given.settles)


def _no_verdict(given: Assessment) -> Iterator[str]:
    told, first = nothing_recorded(given)
    yield f"**{NOTHING_RECORDED}**"
    yield told
    if first:
        yield "Add first:"
        yield bullets(f"{fact.means}{fact_told(fact)}" for fact in first)


def _others(given: Assessment) -> Iterator[str]:
    """Yield the verdicts of people, which are theirs and not evgrade's."""
    if given.verdicts:
        yield "## What others concluded"
        yield bullets(
            f"**{verdict_head(one)}**{verdict_told(one, WHOLE)}"
            + (f" \\[{cited_by(one.citations)}\\]" if one.citations else "")
            for one in given.verdicts
        )


def _row(domain: DomainGrade) -> tuple[str, ...]:
    return domain.title, f"**{grade_told(domain)}**", " ".join(domain.possible), domain.means


def _score(given: ScoreGiven) -> str:
    judged = f"{given.judged_share:.0%} of the weight could be judged."
    if given.value is None:
        return f"{given.title} **cannot be given**: nothing could be judged; {judged}"
    still = open_range(given)
    told = f", between {still[0]} and {still[1]} once what is missing is known" if still else ""
    return f"{given.title} **{rounded(given.value)}** of 100{told}; {judged} {NOT_A_CHANCE}"


def _reasons(given: Assessment, number: int, domain: DomainGrade) -> Iterator[str]:
    yield f"### {domain.title}: {grade_told(domain)}"
    yield reason_told(domain)
    yield bullets(stated_by_source(domain))
    yield bullets(f"{cited(one)} {_DECIDES}" for one in fields_of(given, domain))
    earlier = repeats(domain, given.domains[:number])
    if earlier is not None:
        yield bullets(f"{item(one)} {_DECIDES}" for one in deciding_of(domain.weighed))
        yield f"It reads the evidence that is listed under {earlier.title}."
        return
    for side in sides(domain) if domain.weighed else ():
        yield side.title
        yield bullets(item(one) + (f" {_DECIDES}" if one.decides else "") for one in side.items)


_DECIDES = "– **decides**"
"""Stands after what a grade rests on."""


def _harms(given: Assessment, harms: Harms) -> Iterator[str]:
    """Yield all harms and warnings by name, the gravest first."""
    yield "## Harms and warnings"
    yield harms_head(harms, WHOLE)
    deciding = harms_deciding(given)
    yield bullets(_harm(one) + (f" {_DECIDES}" if one.evidence.path in deciding else "") for one in harms.entries)


def _harm(harm: Harm) -> str:
    told = harm_told(harm)
    sources = f" \\[{cited_by(harm.evidence.citations)}\\]" if harm.evidence.citations else ""
    return f"**{harm.name}**{f', {told}' if told else ''}{sources} ({place(harm.evidence.location)})"


def _unread(given: Assessment) -> Iterator[str]:
    if given.unread:
        yield f"## In the dossier, but not read by {given.rubric}"
        yield bullets(map(unread_told, given.unread))


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
    return f"**{fact.means}**{fact_told(fact)}; for {', '.join(fact.domains)}"


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
        yield f"**{one.title}:** {panel_told(one)}"
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
    recommended = list(recommendations(assessments))
    if recommended:
        blocks += ["## Recommendations", bullets(f"**{one.rubric}:** {told}" for one, told in recommended)]
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
    return " / ".join(f"**{grade_marked(domain)}**" for domain in given)


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
            f"**{rubric} {grade_told(domain)}:** {domain.rule.means if domain.rule else domain.means}"
            for rubric, domain in reasons
        )
