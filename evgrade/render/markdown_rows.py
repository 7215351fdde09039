"""Many dossiers as Markdown tables, for pages of code hosts: ranked, and below them what could not be graded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from evgrade.batch.row import Row, Status
from evgrade.render.clean import for_markdown, for_terminal
from evgrade.render.markdown_parts import table
from evgrade.render.ranking import (
    LETTERS,
    OPEN,
    by_condition,
    findings_told,
    grade_told,
    graded,
    level_told,
    problem_told,
    score_told,
    spread,
    troubled,
)
from evgrade.rubric import Rubric


def rows_markdown(ranked: Sequence[Sequence[Row]], rubrics: Sequence[Rubric], *, grouped: bool) -> str:
    """Return rows as a table for each rubric, in the order they are ranked under it, then what could not be graded."""
    blocks = ["# Dossiers"]
    for number, (rows, rubric) in enumerate(zip(ranked, rubrics, strict=True)):
        blocks += _of_rubric(graded(rows), rubric, number, grouped=grouped)
    blocks += _of_troubled(troubled(ranked[0]))
    counts = Counter(row.status for row in ranked[0])
    told = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
    blocks.append(told or "No dossier is shown.")
    return "\n\n".join(blocks) + "\n"


def _of_rubric(rows: Sequence[Row], rubric: Rubric, number: int, *, grouped: bool) -> Iterator[str]:
    if not rows:
        return
    yield f"## {for_markdown(rubric.title)}"
    levels = Counter(row.verdicts[number].level or "" for row in rows)
    told = spread(levels, rubric)
    if told:
        yield for_markdown(told)
    for name, group in by_condition(rows) if grouped else [("", list(rows))]:
        if grouped:
            yield f"### {for_markdown(name)}"
        yield table(_heads(rubric, grouped=grouped), (_cells(row, rubric, number, grouped=grouped) for row in group))
    yield f"{OPEN} others are possible while facts are missing. {LETTERS}."


def _heads(rubric: Rubric, *, grouped: bool) -> Iterator[str]:
    yield "Therapy"
    if not grouped:
        yield "Condition"
    yield from (for_markdown(domain.title) for domain in rubric.domains)
    if rubric.score is not None:
        yield "Score"
    if rubric.recommendation is not None:
        yield "Recommendation"
    yield from ("Findings", "File")


def _cells(row: Row, rubric: Rubric, number: int, *, grouped: bool) -> Iterator[str]:
    verdict = row.verdicts[number]
    yield for_markdown(row.therapy or "")
    if not grouped:
        yield for_markdown(row.condition or "")
    yield from (for_markdown(grade_told(given)) for given in verdict.grades)
    if rubric.score is not None:
        yield for_markdown(score_told(verdict))
    if rubric.recommendation is not None:
        yield for_markdown(level_told(verdict, rubric))
    yield findings_told(row.counts)
    yield _file(row)


def _of_troubled(rows: Sequence[Row]) -> Iterator[str]:
    if rows:
        yield "## Not graded, or not to be trusted"
        cells = ((_file(row), str(row.status), for_markdown(problem_told(row))) for row in rows)
        yield table(("File", "Status", "Problem"), cells)


def _file(row: Row) -> str:
    return for_markdown(for_terminal(row.file))
