"""Many dossiers as Markdown tables, for pages of code hosts: ranked, and below them what could not be graded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain

from evgrade.batch.row import REMEMBERED, Counts, Row, Status, Verdict
from evgrade.render.clean import for_markdown, for_terminal
from evgrade.render.markdown_parts import table_lines
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
from evgrade.rubric.model import Rubric

_NAMES = 1024
"""How many names of therapies and conditions are kept as Markdown; many stand in many rows."""


def rows_markdown(ranked: Sequence[Iterable[Row]], rubrics: Sequence[Rubric], *, grouped: bool) -> Iterator[str]:
    """Yield the lines of a table for each rubric, in the order ranked under it, then of what could not be graded."""
    yield "# Dossiers\n"
    for number, (rows, rubric) in enumerate(zip(ranked, rubrics, strict=True)):
        yield from _of_rubric(graded(rows), rubric, number, grouped=grouped)
    yield from _of_troubled(troubled(ranked[0]))
    counts = Counter(row.status for row in ranked[0])
    told = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
    yield _block(told or "No dossier is shown.")


def _of_rubric(rows: Iterable[Row], rubric: Rubric, number: int, *, grouped: bool) -> Iterator[str]:
    levels = Counter(row.verdicts[number].level or "" for row in rows)
    if not levels:
        return
    yield _block(f"## {for_markdown(rubric.title)}")
    told = spread(levels, rubric)
    if told:
        yield _block(for_markdown(told))
    cells = _cells(rubric, number, grouped=grouped)
    for name, group in by_condition(rows) if grouped else [("", rows)]:
        if grouped:
            yield _block(f"### {for_markdown(name)}")
        heads = _heads(rubric, grouped=grouped)
        yield from _table(heads, (cells(row) for row in group))
    yield _block(f"{OPEN} others are possible while facts are missing. {LETTERS}.")


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


def _cells(rubric: Rubric, number: int, *, grouped: bool) -> Callable[[Row], list[str]]:
    """Return what makes the cells of a row. Many are judged alike, or are about the same."""
    name = lru_cache(maxsize=_NAMES)(for_markdown)

    @lru_cache(REMEMBERED)
    def judged(verdict: Verdict, counts: Counts) -> list[str]:
        cells = [grade_told(given) for given in verdict.grades]
        if rubric.score is not None:
            cells.append(score_told(verdict))
        if rubric.recommendation is not None:
            cells.append(level_told(verdict, rubric))
        return [*map(for_markdown, cells), findings_told(counts)]

    def cells(row: Row) -> list[str]:
        about = [name(row.therapy or "")] if grouped else [name(row.therapy or ""), name(row.condition or "")]
        return [*about, *judged(row.verdicts[number], row.counts), _file(row)]

    return cells


def _of_troubled(rows: Iterable[Row]) -> Iterator[str]:
    left = iter(rows)
    first = next(left, None)
    if first is not None:
        yield _block("## Not graded, or not to be trusted")
        cells = ((_file(row), str(row.status), for_markdown(problem_told(row))) for row in chain([first], left))
        yield from _table(("File", "Status", "Problem"), cells)


def _file(row: Row) -> str:
    return for_markdown(for_terminal(row.file))


def _block(text: str) -> str:
    """Return a text with the empty line that parts it from what stands before."""
    return f"\n{text}\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield "\n"
    for line in table_lines(head, rows):
        yield f"{line}\n"
