"""Several dossiers under one system as a Markdown page: a table of grades, then domain by domain the reasons of each.

Every text passes through `clean.for_markdown` before anything is laid out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evgrade.grading.assessment import Assessment, DomainGrade
from evgrade.render.markdown_parts import bullets, cited, page, readable, table
from evgrade.render.moves import score_told
from evgrade.render.words import first_few, grade_marked, level_told, reason_told, recommendations

_MOST_EVIDENCE = 3


def side_by_side_markdown(assessments: Sequence[Assessment]) -> str:
    """Return the assessments of several dossiers under the same rubric as a page."""
    shown = [readable(assessment) for assessment in assessments]
    parts = ["# Side by side", bullets(map(_named, range(1, len(shown) + 1), shown)), _table(shown)]
    if any(len(domain.possible) > 1 for one in shown for domain in one.domains):
        parts.append("?: other grades are possible while facts are missing")
    for number, domain in enumerate(shown[0].domains):
        parts.append(f"## {domain.title}")
        parts.append("\n".join(_reasons([one.domains[number] for one in shown])))
    first = shown[0]
    parts.append(f"<sub>graded by {first.rubric} {first.rubric_version}, evgrade {first.version}</sub>")
    return page(parts)


def _named(number: int, one: Assessment) -> str:
    return f"**({number})** {one.therapy} for {one.condition}, {one.dossier_file}"


def _table(assessments: Sequence[Assessment]) -> str:
    """Return a row a domain and a column a dossier, score and recommendation below."""
    first = assessments[0]
    rows = [
        (domain.title, *(_grade(one.domains[number]) for one in assessments))
        for number, domain in enumerate(first.domains)
    ]
    if first.score is not None:
        rows.append((first.score.title, *map(score_told, assessments)))
    if list(recommendations(assessments)):
        rows.append(("Recommendation", *(level_told(one.recommendation) for one in assessments)))
    return table(("", *(f"({number})" for number in range(1, len(assessments) + 1))), rows)


def _grade(domain: DomainGrade) -> str:
    return f"**{grade_marked(domain)}**"


def _reasons(domains: Sequence[DomainGrade]) -> Iterator[str]:
    """Yield why each dossier has its grade in one domain, with the first of its evidence."""
    for number, domain in enumerate(domains, start=1):
        yield f"- **({number})** {_grade(domain)} {reason_told(domain)}"
        first, more = first_few(domain.evidence, _MOST_EVIDENCE)
        yield from (f"  - {cited(evidence)}" for evidence in first)
        if more:
            yield f"  - {more}"
