"""Several dossiers under one system as text: a table of grades, then domain by domain the reasons of each.

Dossiers are numbered, because their names are too long for the head of a column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from evgrade.grading.account import Evidence
from evgrade.grading.assessment import Assessment, DomainGrade
from evgrade.model import dotted
from evgrade.render.account_words import shortened
from evgrade.render.clean import for_terminal, prose, with_texts
from evgrade.render.findings import columns
from evgrade.render.sink import Sink
from evgrade.render.words import (
    first_few,
    grade_marked,
    level_told,
    open_range,
    reason_told,
    recommendations,
    rounded,
    wrapped,
)

_GAP = 2
_MOST_EVIDENCE = 3


def side_by_side(assessments: Sequence[Assessment], sink: Sink) -> str:
    """Return the assessments of several dossiers under the same rubric, side by side."""
    shown = [_readable(assessment) for assessment in assessments]
    lines = [f"[{number}] {one.therapy} for {one.condition}, {one.dossier_file}" for number, one in _numbered(shown)]
    lines += ["", *_table(shown)]
    if any(len(domain.possible) > 1 for one in shown for domain in one.domains):
        lines.append("? other grades are possible while facts are missing")
    lines += ["", *_recommendations(shown)]
    for number, domain in enumerate(shown[0].domains):
        lines += [domain.title, *_reasons([one.domains[number] for one in shown]), ""]
    lines.append(f"graded by {shown[0].rubric} {shown[0].rubric_version}, evgrade {shown[0].version}")
    return sink.encodable("".join(f"{row}\n" for line in lines for row in _wrapped(line, sink.width)))


def _readable(assessment: Assessment) -> Assessment:
    changed: Assessment = with_texts(assessment, prose)
    return replace(changed, dossier_file=for_terminal(assessment.dossier_file))  # no prose: its blanks count


def _numbered(assessments: Sequence[Assessment]) -> Iterator[tuple[int, Assessment]]:
    return iter(enumerate(assessments, start=1))


def _table(assessments: Sequence[Assessment]) -> list[str]:
    """Return a row a domain and a column a dossier, the score and what it may still come to below."""
    rows = [["", *(f"[{number}]" for number, _ in _numbered(assessments))]]
    for number, domain in enumerate(assessments[0].domains):
        rows.append([domain.title, *(grade_marked(one.domains[number]) for one in assessments)])
    if assessments[0].score is not None:
        rows.append([assessments[0].score.title, *map(_score, assessments)])
        rows.append(["  still possible", *map(_range, assessments)])
    widths = [max(columns(row[number]) for row in rows) + _GAP for number in range(len(rows[0]))]
    return [
        "".join(cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _score(assessment: Assessment) -> str:
    given = assessment.score
    if given is None or given.value is None:
        return "none"
    return rounded(given.value)


def _range(assessment: Assessment) -> str:
    still = None if assessment.score is None else open_range(assessment.score)
    return f"{still[0]}-{still[1]}" if still else ""


def _recommendations(assessments: Sequence[Assessment]) -> Iterator[str]:
    if not list(recommendations(assessments)):
        return
    yield "Recommendations"
    for number, one in _numbered(assessments):
        yield f"  [{number}] {level_told(one.recommendation)}"
    yield ""


def _reasons(domains: Sequence[DomainGrade]) -> Iterator[str]:
    """Yield why each dossier has its grade in one domain, with the first of its evidence."""
    for number, domain in enumerate(domains, start=1):
        yield f"  [{number}] {grade_marked(domain)} {reason_told(domain)}"
        first, more = first_few(domain.evidence, _MOST_EVIDENCE)
        yield from (f"      - {_cited(evidence)}" for evidence in first)
        if more:
            yield f"      - {more}: evgrade explain FILE {domain.name}"


def _cited(evidence: Evidence) -> str:
    told = shortened(evidence.statement or "")
    return f"{evidence.id or dotted(evidence.path)} line {evidence.location.line}" + (f": {told}" if told else "")


def _wrapped(line: str, width: int) -> list[str]:
    if columns(line) <= width:
        return [line]  # a row of the table keeps its blanks
    return wrapped(line, width)
