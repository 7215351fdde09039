"""Many dossiers as a ranked table for a terminal, and below it the files that could not be graded.

Everything from a dossier passes through `clean`, so that no escape sequence in it means anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial

from evgrade.batch.row import Row
from evgrade.render.clean import for_terminal, prose
from evgrade.render.layout import Cell, Column, folded, painted, table_lines
from evgrade.render.ranking import (
    LETTERS,
    OPEN,
    by_condition,
    findings_told,
    grade_told,
    graded,
    heads,
    legend,
    level_told,
    problem_told,
    score_told,
    troubled,
)
from evgrade.render.sink import Sink
from evgrade.rubric import Rubric

_LONGEST_HEAD = 4
_WIDE = 110
"""Columns from which on there is room for the names of files."""


def rows_table(ranked: Sequence[Sequence[Row]], rubrics: Sequence[Rubric], sink: Sink, *, grouped: bool) -> str:
    """Return rows as a table for each rubric, in the order they are ranked under it, then what could not be graded."""
    page = _Page(sink)
    lines: list[str] = []
    for number, (rows, rubric) in enumerate(zip(ranked, rubrics, strict=True)):
        lines += page.of_rubric(graded(rows), rubric, number, grouped=grouped, titled=len(rubrics) > 1)
    lines += page.of_troubled(troubled(ranked[0]))
    return "\n".join(lines).strip("\n") + "\n"


class _Page:
    """Builds the lines of a table."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.text = cache(self._text)  # most texts of a table stand in many of its rows

    def _text(self, text: str, style: str = "") -> Cell:
        """Return a text of a dossier, harmless and in characters of the sink."""
        return Cell(self.sink.encodable(prose(text)), style)

    def file(self, row: Row) -> Cell:
        """Return the name of a file, in which blanks count."""
        return Cell(self.sink.encodable(for_terminal(row.file)), "dim")

    def paragraph(self, text: str, style: str) -> Iterator[str]:
        """Yield the lines of a text across the whole width."""
        for line in folded(self.text(text).text, self.sink.width):
            yield painted(line.rstrip(), style, self.sink)

    def of_rubric(
        self, rows: Sequence[Row], rubric: Rubric, number: int, *, grouped: bool, titled: bool
    ) -> Iterator[str]:
        """Yield the table of one rubric, or one a condition, and what its short titles mean."""
        if not rows:
            return
        if titled:
            yield ""
            yield from self.paragraph(rubric.title, "bold")
        if grouped or len({row.condition for row in rows}) == 1:
            for name, group in by_condition(rows):
                yield ""
                yield from self.paragraph(name, "bold")
                yield from self.table(group, rubric, number, with_condition=False)
        else:
            yield from self.table(rows, rubric, number, with_condition=True)
        yield from self.legend(rows, rubric, number)

    def legend(self, rows: Sequence[Row], rubric: Rubric, number: int) -> Iterator[str]:
        """Yield what the short titles, the letters and the question mark mean, as far as they are used."""
        told = [legend(rubric, heads(rubric, _LONGEST_HEAD))]
        verdicts = [row.verdicts[number] for row in rows]
        if any(any(len(given.possible) > 1 for given in one.grades) or len(one.possible) > 1 for one in verdicts):
            told.append(f"{OPEN} others are possible while facts are missing")
        if any(any(row.counts) for row in rows):
            told.append(LETTERS)
        text = ". ".join(part for part in told if part)
        if text:
            yield from self.paragraph(f"{text}.", "dim")

    def table(self, rows: Sequence[Row], rubric: Rubric, number: int, *, with_condition: bool) -> Iterator[str]:
        """Yield a table of graded rows."""
        columns, cells = zip(*self.columns(rows, rubric, number, with_condition=with_condition), strict=True)
        yield from table_lines(columns, [[cell(row) for cell in cells] for row in rows], self.sink)

    def columns(
        self, rows: Sequence[Row], rubric: Rubric, number: int, *, with_condition: bool
    ) -> Iterator[tuple[Column, Callable[[Row], Cell]]]:
        """Yield the columns that rows need, each with what makes its cells."""
        yield Column("Therapy", share=1), lambda row: self.text(row.therapy or "", "bold")
        if with_condition:
            yield Column("Condition", share=1), lambda row: self.text(row.condition or "")
        for place, head in enumerate(heads(rubric, _LONGEST_HEAD)):
            yield Column(self.text(head).text), partial(self.grade, rubric, number, place)
        if rubric.score is not None:
            yield Column("Score"), lambda row: self.text(score_told(row.verdicts[number]))
        if rubric.recommendation is not None:
            yield Column("Verdict", share=1), partial(self.level, rubric, number)
        if any(any(row.counts) for row in rows):
            yield Column("Found", most=5), lambda row: self.text(findings_told(row))
        if self.sink.width >= _WIDE:
            yield Column("File", share=2), self.file

    def grade(self, rubric: Rubric, number: int, place: int, row: Row) -> Cell:
        """Return the cell of a grade."""
        given, scale = row.verdicts[number].grades[place], rubric.domains[place].scale
        return self.text(grade_told(given), _style(scale.rank(given.grade), len(scale.grades)))

    def level(self, rubric: Rubric, number: int, row: Row) -> Cell:
        """Return the cell of a recommendation."""
        verdict = row.verdicts[number]
        levels = 1 if rubric.recommendation is None else len(rubric.recommendation.levels)
        return self.text(level_told(verdict, rubric), _style((verdict.rank or 1) - 1, levels))

    def of_troubled(self, rows: Sequence[Row]) -> Iterator[str]:
        """Yield what could not be graded, each with why."""
        if not rows:
            return
        yield ""
        yield from self.paragraph("Not graded, or not to be trusted", "bold")
        columns = (Column("File", share=2), Column("Status", least=len("unreadable")), Column("Problem", share=3))
        cells = [(self.file(row), self.text(row.status, "red"), self.text(problem_told(row))) for row in rows]
        yield from table_lines(columns, cells, self.sink)


def _style(place: int, places: int) -> str:
    """Return a colour from green for the best place to red; what stands outside the order is cyan."""
    if place >= places:
        return "cyan"
    strength = 1 - place / max(1, places - 1)
    if strength >= 0.75:
        return "green"
    return "yellow" if strength >= 0.4 else "red"
