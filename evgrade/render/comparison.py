"""One dossier under several systems as a table, and where they differ in words."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from evgrade.grading.assessment import Assessment
from evgrade.grading.compare import Compared, compare
from evgrade.render.clean import for_terminal, prose
from evgrade.render.few import few_of_each
from evgrade.render.findings import columns, finding_line
from evgrade.render.sink import Sink
from evgrade.render.words import grade_marked, grade_told, recommendations, without_retracted

_GAP = 2


def comparison(assessments: Sequence[Assessment], sink: Sink) -> str:
    """Return the assessments of one dossier under several rubrics, side by side."""
    first = assessments[0]
    compared = compare(assessments)
    lines = [f"{prose(first.therapy)} for {prose(first.condition)}", ""]
    lines += _table(assessments, compared)
    if any(len(domain.possible) > 1 for one in assessments for domain in one.domains):
        lines.append("? other grades are possible while facts are missing")
    lines += ["", *_recommendations(assessments), *_differences(compared)]
    for one in assessments:
        if one.without_retracted is not None:
            told = (f"  {prose(name)}: {prose(said)}" for name, said in without_retracted(one.without_retracted))
            lines += ["", f"{prose(one.rubric)} without what rests on retracted papers", *told]
    if first.findings:
        lines += [
            "",
            "Findings in the dossier",
            *(f"  {finding_line(finding)}" for finding in few_of_each(first.findings)),
        ]
    lines += ["", f"{first.dossier_file}  evgrade {first.version}"]
    shown = (for_terminal(line) for line in lines)
    return sink.encodable("".join(f"{wrapped}\n" for line in shown for wrapped in _wrapped(line, sink.width)))


def _table(assessments: Sequence[Assessment], compared: Sequence[Compared]) -> list[str]:
    rows = [["", *(one.subject for one in compared)]]
    for assessment in assessments:
        cells = [
            "/".join(grade_marked(one.domain) for one in subject.opinions if one.rubric == assessment.rubric)
            for subject in compared
        ]
        rows.append([prose(assessment.rubric), *cells])
    widths = [max(columns(row[number]) for row in rows) + _GAP for number in range(len(rows[0]))]
    return [
        "".join(cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _recommendations(assessments: Sequence[Assessment]) -> Iterator[str]:
    given = list(recommendations(assessments))
    if given:
        yield "Recommendations"
    for one, told in given:
        yield f"  {prose(one.rubric)}: {prose(told)}"
    if given:
        yield ""


def _differences(compared: Sequence[Compared]) -> Iterator[str]:
    differing = [one for one in compared if one.because is not None]
    if not differing:
        yield "The systems that judge the same agree."
        return
    yield "Where the systems differ"
    for subject in differing:
        yield f"  {subject.subject}: the systems differ because {prose(subject.because or '')}"
        for one in subject.opinions:
            reason = one.domain.rule.means if one.domain.rule else one.domain.means
            yield f"    {prose(one.rubric)} {grade_told(one.domain)}: {prose(reason)}"


def _wrapped(line: str, width: int) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False) or [""]


def comparisons(graded: Sequence[Sequence[Assessment]], sink: Sink) -> str:
    """Return the comparisons of several dossiers, one below the other."""
    rule = ("-" if sink.ascii else "─") * sink.width
    return f"\n{rule}\n\n".join(comparison(assessments, sink) for assessments in graded)
