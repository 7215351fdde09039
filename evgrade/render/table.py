"""Many dossiers as a ranked table for a terminal, and below it the files that could not be graded.

Everything from a dossier passes through `clean` and is put into `Text` objects, so that neither escape sequences nor
rich's markup in it mean anything.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from evgrade.batch.row import Row
from evgrade.render.clean import for_terminal, prose
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

_ANY_HEIGHT = 100
_LONGEST_HEAD = 4
_PLAIN = box.Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
_WIDE = 110
"""Columns from which on there is room for the names of files."""


def rows_table(ranked: Sequence[Sequence[Row]], rubrics: Sequence[Rubric], sink: Sink, *, grouped: bool) -> str:
    """Return rows as a table for each rubric, in the order they are ranked under it, then what could not be graded."""
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=sink.width,
        height=_ANY_HEIGHT,  # without one rich takes 80 columns where TERM is dumb
        force_terminal=sink.color,
        color_system="standard" if sink.color else None,
        no_color=not sink.color,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )
    page = _Page(sink)
    for number, (rows, rubric) in enumerate(zip(ranked, rubrics, strict=True)):
        console.print(*page.of_rubric(graded(rows), rubric, number, grouped=grouped, titled=len(rubrics) > 1), sep="\n")
    console.print(*page.of_troubled(troubled(ranked[0])), sep="\n")
    lines = [line.rstrip() for line in buffer.getvalue().splitlines()]
    return sink.encodable("\n".join(lines).strip("\n") + "\n")


class _Page:
    """Builds the parts of a table."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink

    def text(self, text: str, style: str = "") -> Text:
        """Return a text of a dossier, harmless and in characters of the sink."""
        return Text(self.sink.encodable(prose(text)), style=style)

    def file(self, row: Row) -> Text:
        """Return the name of a file, in which blanks count."""
        return Text(self.sink.encodable(for_terminal(row.file)), style="dim", overflow="fold")

    def of_rubric(
        self, rows: Sequence[Row], rubric: Rubric, number: int, *, grouped: bool, titled: bool
    ) -> Iterator[RenderableType]:
        """Yield the table of one rubric, or one a condition, and what its short titles mean."""
        if not rows:
            return
        if titled:
            yield Padding(self.text(rubric.title, "bold"), (1, 0, 0, 0))
        if grouped or len({row.condition for row in rows}) == 1:
            for name, group in by_condition(rows):
                yield Padding(self.text(name, "bold"), (1, 0, 0, 0))
                yield self.table(group, rubric, number, with_condition=False)
        else:
            yield self.table(rows, rubric, number, with_condition=True)
        yield from self.legend(rows, rubric, number)

    def legend(self, rows: Sequence[Row], rubric: Rubric, number: int) -> Iterator[RenderableType]:
        """Yield what the short titles, the letters and the question mark mean, as far as they are used."""
        told = [legend(rubric, heads(rubric, _LONGEST_HEAD))]
        verdicts = [row.verdicts[number] for row in rows]
        if any(any(len(given.possible) > 1 for given in one.grades) or len(one.possible) > 1 for one in verdicts):
            told.append(f"{OPEN} others are possible while facts are missing")
        if any(any(row.counts) for row in rows):
            told.append(LETTERS)
        text = ". ".join(part for part in told if part)
        if text:
            yield self.text(f"{text}.", "dim")

    def table(self, rows: Sequence[Row], rubric: Rubric, number: int, *, with_condition: bool) -> Table:
        """Return a table of graded rows."""
        table = self.frame()
        cells = list(self.columns(rows, rubric, number, table, with_condition=with_condition))
        for row in rows:
            table.add_row(*(cell(row) for cell in cells))
        return table

    def columns(
        self, rows: Sequence[Row], rubric: Rubric, number: int, table: Table, *, with_condition: bool
    ) -> Iterator[Callable[[Row], Text]]:
        """Add the columns that rows need to a table, and yield for each what makes its cells."""
        table.add_column("Therapy", ratio=1, overflow="fold")
        yield lambda row: self.text(row.therapy or "", "bold")
        if with_condition:
            table.add_column("Condition", ratio=1, overflow="fold")
            yield lambda row: self.text(row.condition or "")
        for place, head in enumerate(heads(rubric, _LONGEST_HEAD)):
            table.add_column(self.text(head), no_wrap=True)
            yield partial(self.grade, rubric, number, place)
        if rubric.score is not None:
            table.add_column("Score", no_wrap=True)
            yield lambda row: self.text(score_told(row.verdicts[number]))
        if rubric.recommendation is not None:
            table.add_column("Verdict", ratio=1, overflow="fold")
            yield partial(self.level, rubric, number)
        if any(any(row.counts) for row in rows):
            table.add_column("Found", max_width=5, overflow="fold")
            yield lambda row: self.text(findings_told(row))
        if self.sink.width >= _WIDE:
            table.add_column("File", ratio=2)
            yield self.file

    def grade(self, rubric: Rubric, number: int, place: int, row: Row) -> Text:
        """Return the cell of a grade."""
        given, scale = row.verdicts[number].grades[place], rubric.domains[place].scale
        return self.text(grade_told(given), _style(scale.rank(given.grade), len(scale.grades)))

    def level(self, rubric: Rubric, number: int, row: Row) -> Text:
        """Return the cell of a recommendation."""
        verdict = row.verdicts[number]
        levels = 1 if rubric.recommendation is None else len(rubric.recommendation.levels)
        return self.text(level_told(verdict, rubric), _style((verdict.rank or 1) - 1, levels))

    def of_troubled(self, rows: Sequence[Row]) -> Iterator[RenderableType]:
        """Yield what could not be graded, each with why."""
        if not rows:
            return
        yield Padding(Text("Not graded, or not to be trusted", style="bold"), (1, 0, 0, 0))
        table = self.frame()
        table.add_column("File", ratio=2)
        table.add_column("Status", no_wrap=True, min_width=len("unreadable"))
        table.add_column("Problem", ratio=3, overflow="fold")
        for row in rows:
            table.add_row(self.file(row), self.text(row.status, "red"), self.text(problem_told(row)))
        yield table

    def frame(self) -> Table:
        """Return an empty table."""
        shape = _PLAIN if self.sink.ascii else box.SIMPLE_HEAD  # both part columns by one blank
        return Table(box=shape, show_edge=False, padding=0, pad_edge=False, expand=True, header_style="dim")


def _style(place: int, places: int) -> str:
    """Return a colour from green for the best place to red; what stands outside the order is cyan."""
    if place >= places:
        return "cyan"
    strength = 1 - place / max(1, places - 1)
    if strength >= 0.75:
        return "green"
    return "yellow" if strength >= 0.4 else "red"
