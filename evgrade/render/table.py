"""Many dossiers as a ranked table for a terminal, and below it the files that could not be graded.

Everything from a dossier passes through `clean`, so that no escape sequence in it means anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, dropwhile

from evgrade.batch.row import Counts, Given, Row, Status, Verdict
from evgrade.render.clean import for_terminal, prose
from evgrade.render.layout import KINDS, Cell, Column, Part, folded, painted, table_lines
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
from evgrade.rubric.model import Rubric

_LONGEST_HEAD = 4
_WIDE = 110
"""Columns from which on there is room for the names of files."""
_TROUBLED = (Column("File", share=2), Column("Status", least=max(map(len, Status))), Column("Problem", share=3))


def rows_table(
    ranked: Sequence[Iterable[Row]], rubrics: Sequence[Rubric], sink: Sink, *, grouped: bool
) -> Iterator[str]:
    """Yield the lines of a table for each rubric, in the order ranked under it, then of what could not be graded.

    Rows are gone through again and again, so that never all of them are in memory.
    """
    page = _Page(sink)
    tables = (
        page.of_rubric(graded(rows), rubric, number, grouped=grouped, titled=len(rubrics) > 1)
        for number, (rows, rubric) in enumerate(zip(ranked, rubrics, strict=True))
    )
    all_lines = chain(chain.from_iterable(tables), page.of_troubled(troubled(ranked[0])))
    lines = dropwhile(lambda line: not line, all_lines)
    yield f"{next(lines, '')}\n"
    for line in lines:
        yield f"{line}\n"


@dataclass(slots=True)
class _Seen:
    """What has to be known of rows before their table begins.

    Attributes:
        rows: whether there are any.
        several: whether they are on more than one condition.
        open: whether other grades or recommendations are possible for one of them.
        found: whether one of them has findings.
    """

    rows: bool = False
    several: bool = False
    open: bool = False
    found: bool = False

    @classmethod
    def of(cls, rows: Iterable[Row], number: int) -> _Seen:
        """Look at graded rows, and at what the rubric with this number makes of them."""
        seen, condition = cls(), None
        for row in rows:
            verdict = row.verdicts[number]
            condition = condition if seen.rows else row.condition
            seen.several = seen.several or row.condition != condition
            seen.open = seen.open or len(verdict.possible) > 1 or any(len(one.possible) > 1 for one in verdict.grades)
            seen.found = seen.found or any(row.counts)
            seen.rows = True
            if seen.several and seen.open and seen.found:
                break
        return seen


class _Page:
    """Builds the lines of a table."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.text = lru_cache(maxsize=KINDS)(self._text)

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
        self, rows: Iterable[Row], rubric: Rubric, number: int, *, grouped: bool, titled: bool
    ) -> Iterator[str]:
        """Yield the table of one rubric, or one a condition, and what its short titles mean."""
        seen = _Seen.of(rows, number)
        if not seen.rows:
            return
        if titled:
            yield ""
            yield from self.paragraph(rubric.title, "bold")
        if grouped or not seen.several:
            for (name, ahead), (_, group) in zip(by_condition(rows), by_condition(rows), strict=True):
                yield ""
                yield from self.paragraph(name, "bold")
                yield from self.table(ahead, group, rubric, number, with_condition=False)
        else:
            yield from self.table(rows, rows, rubric, number, with_condition=True)
        yield from self.legend(seen, rubric)

    def legend(self, seen: _Seen, rubric: Rubric) -> Iterator[str]:
        """Yield what the short titles, the letters and the question mark mean, as far as they are used."""
        told = [legend(rubric, heads(rubric, _LONGEST_HEAD))]
        if seen.open:
            told.append(f"{OPEN} others are possible while facts are missing")
        if seen.found:
            told.append(LETTERS)
        text = ". ".join(part for part in told if part)
        if text:
            yield from self.paragraph(f"{text}.", "dim")

    def table(
        self, ahead: Iterable[Row], rows: Iterable[Row], rubric: Rubric, number: int, *, with_condition: bool
    ) -> Iterator[str]:
        """Yield a table of graded rows, which come twice, first to be looked at ahead."""
        about = [Column("Therapy", share=1), Column("Condition", share=1)][: 1 + with_condition]
        judged = list(self.judged(rubric))
        files = [Column("File", share=2)] if self.sink.width >= _WIDE else []

        @lru_cache(KINDS)
        def alike(verdict: Verdict, counts: Counts) -> Part:
            return tuple(cell(verdict, counts) for _, cell in judged)

        blank = tuple(Cell("") for _ in about)

        def unshared(row: Row) -> list[Part]:  # for the widths: what is about the file shares what is left
            return [blank, alike(row.verdicts[number], row.counts)]

        def parts(row: Row) -> list[Part]:
            told: list[Part] = [(self.text(row.therapy or "", "bold"),)]
            if with_condition:
                told.append((self.text(row.condition or ""),))
            told.append(alike(row.verdicts[number], row.counts))
            if files:
                told.append((self.file(row),))
            return told

        columns = [*about, *(column for column, _ in judged), *files]
        yield from table_lines(columns, map(parts, rows), self.sink, ahead=map(unshared, ahead))

    def judged(self, rubric: Rubric) -> Iterator[tuple[Column, Callable[[Verdict, Counts], Cell]]]:
        """Yield the columns that say how rows were judged, each with what makes its cells."""
        for place, head in enumerate(heads(rubric, _LONGEST_HEAD)):
            yield Column(self.text(head).text), self.grade(rubric, place)
        if rubric.score is not None:
            yield Column("Score"), lambda verdict, _: self.text(score_told(verdict))
        if rubric.recommendation is not None:
            yield Column("Verdict", share=1), partial(self.level, rubric)
        yield Column("Found", most=5, optional=True), lambda _, counts: self.text(findings_told(counts))

    def grade(self, rubric: Rubric, place: int) -> Callable[[Verdict, Counts], Cell]:
        """Return what makes the cell of a grade, once for equal ones."""
        scale = rubric.domains[place].scale

        @lru_cache(maxsize=KINDS)
        def cell(given: Given) -> Cell:
            return self.text(grade_told(given), _style(scale.rank(given.grade), len(scale.grades)))

        return lambda verdict, _: cell(verdict.grades[place])

    def level(self, rubric: Rubric, verdict: Verdict, _: Counts) -> Cell:
        """Return the cell of a recommendation."""
        levels = 1 if rubric.recommendation is None else len(rubric.recommendation.levels)
        return self.text(level_told(verdict, rubric), _style((verdict.rank or 1) - 1, levels))

    def of_troubled(self, rows: Iterable[Row]) -> Iterator[str]:
        """Yield what could not be graded, each with why."""
        left = iter(rows)
        first = next(left, None)
        if first is None:
            return
        yield ""
        yield from self.paragraph("Not graded, or not to be trusted", "bold")
        cells = (
            [(self.file(row), self.text(row.status, "red"), self.text(problem_told(row)))]
            for row in chain([first], left)
        )
        yield from table_lines(_TROUBLED, cells, self.sink, ahead=())  # no width depends on what is in them


def _style(place: int, places: int) -> str:
    """Return a colour from green for the best place to red; what stands outside the order is cyan."""
    if place >= places:
        return "cyan"
    strength = 1 - place / max(1, places - 1)
    if strength >= 0.75:
        return "green"
    return "yellow" if strength >= 0.4 else "red"
