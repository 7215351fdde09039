"""Where the rows of `evgrade batch` go: standard output and files in every requested format, by way of reweighting."""

from __future__ import annotations

import select
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Protocol, assert_never

from evgrade.batch.columns import Choice, Extra, columns_of
from evgrade.batch.row import Row, Verdict, line_row, row_line
from evgrade.checked import Outcome
from evgrade.cli.destinations import BatchFormat, Output
from evgrade.cli.streams import Growing, report_sink
from evgrade.rubric.outline import Outline
from evgrade.sorting import Sorted, as_added

if TYPE_CHECKING:
    from evgrade.render.rows import JsonLines
    from evgrade.robustness.summary import Weighted
    from evgrade.robustness.weightings import Brought
    from evgrade.rubric.model import Rubric

_PIPE = getattr(select, "PIPE_BUF", 512)
"""Bytes that a pipe takes at once (POSIX, `write`)."""
_MOST = 10_000
"""Rows kept in memory; a row takes about 2 kB."""
_AT_ONCE = 256
"""Rows handed on at once."""


class Sinks(Protocol):
    """Where rows go."""

    def take(self, rows: Sequence[Row]) -> int:
        """Take some rows, and return how many of them are shown."""

    def finish(self) -> int:
        """Write what waits for the last row, put files in their places, and return how many more rows are shown."""

    def discard(self) -> None:
        """Drop everything, and leave files as they were, except those already in their places."""

    def summary_lines(self) -> Sequence[str]:
        """Return lines about all rows together, for the summary of the run."""


class BatchOutputs:
    """Writes rows: JSON Lines as they come, every other format ranked, at the end."""

    def __init__(
        self,
        outputs: Sequence[Output[BatchFormat]],
        choice: Choice,
        rubrics: Sequence[Outline],
        extras: Collection[Extra] = (),
        *,
        color: bool | None,
    ) -> None:
        """Open all outputs, before any work is done.

        Raises:
            EvgradeError: a file cannot be written, holds a dossier or a rubric, or pyarrow is not installed.
        """
        if any(output.form is BatchFormat.PARQUET for output in outputs):
            from evgrade.render.rows import check_parquet

            check_parquet()
        self._growing = Growing(output.path for output in outputs)
        self._choice = choice
        self._rubrics = rubrics
        self._extras = extras
        self._columns = columns_of(rubrics, extras)
        self._color = color
        self._outputs = outputs
        self._streams = [output for output in outputs if output.form is BatchFormat.JSONL]
        ranked = {BatchFormat.JSONL: 0, BatchFormat.TABLE: len(rubrics), BatchFormat.MARKDOWN: len(rubrics)}
        self._ranked = [
            Sorted(choice.order(rubric, number), row_line, line_row, most=_MOST, limit=choice.limit)
            for number, rubric in enumerate(rubrics[: max(ranked.get(output.form, 1) for output in outputs)])
        ]
        self._shown = 0

    @cached_property
    def _lines(self) -> JsonLines:
        from evgrade.render.rows import JsonLines

        return JsonLines(self._rubrics, self._extras)

    def take(self, rows: Sequence[Row]) -> int:
        """Take some rows, and return how many of them meet the conditions.

        Raises:
            TemporaryFileError: there is no room for them.
            UnreadableError: an output cannot be written.
        """
        shown = self._choice.shown(rows)
        if self._streams:
            limit = len(shown) if self._choice.limit is None else max(0, self._choice.limit - self._shown)
            lines = list(map(self._lines.line, shown[:limit]))
            for output in self._streams:
                for text in as_a_pipe_takes_them(lines) if output.path is None else ["".join(lines)]:
                    self._growing.write(output.path, text)
        self._shown += len(shown)
        for ranked in self._ranked:
            for row in shown:
                ranked.add(row)
        return len(shown)

    def finish(self) -> int:
        """Write the ranked rows, and put the files in their places.

        Raises:
            TemporaryFileError: rows that wait in a temporary file cannot be read.
            UnreadableError: an output cannot be written.
        """
        for output in self._outputs:
            if output.form is BatchFormat.PARQUET:
                from evgrade.render.rows import rows_parquet

                for part in rows_parquet(self._ranked[0], self._columns):
                    self._growing.write(output.path, part)
            else:
                self._growing.write_pieces(output.path, self._rendered(output))
        self._growing.keep()
        return 0

    def summary_lines(self) -> Sequence[str]:
        return ()

    def discard(self) -> None:
        for ranked in self._ranked:
            ranked.close()
        self._growing.discard()

    def _rendered(self, output: Output[BatchFormat]) -> Iterator[str]:
        match output.form:
            case BatchFormat.TABLE | BatchFormat.MARKDOWN:
                return self._page(output)
            case BatchFormat.JSON:
                from evgrade.render.rows import rows_json

                return rows_json(self._ranked[0], self._rubrics, self._extras)
            case BatchFormat.CSV:
                from evgrade.render.rows import rows_csv

                return rows_csv(self._ranked[0], self._columns)
            case BatchFormat.JSONL | BatchFormat.PARQUET:
                return iter(())  # already written, or bytes
            case _:
                assert_never(output.form)

    def _page(self, output: Output[BatchFormat]) -> Iterator[str]:
        from evgrade.render.forms import PageFormat, render
        from evgrade.render.pages.ranking import ranking_page

        page = ranking_page(self._ranked, self._rubrics, grouped=self._choice.grouped)
        form = PageFormat.MARKDOWN if output.form is BatchFormat.MARKDOWN else PageFormat.TEXT
        return render(page, form, report_sink(output.path, color=self._color))


def as_a_pipe_takes_them(lines: Iterable[str]) -> Iterator[str]:
    """Yield ASCII lines joined into what a pipe takes at once, so that no line is cut if the run is ended meanwhile."""
    some: list[str] = []
    size = 0
    for line in lines:
        size += len(line)
        if size > _PIPE and some:
            yield "".join(some)
            some, size = [], len(line)
        some.append(line)
    if some:
        yield "".join(some)


class Weighing:
    """Holds rows back until the last, ranks the graded ones under other weights of the score, and hands all on."""

    def __init__(self, sinks: Sinks, rubrics: Sequence[Rubric]) -> None:
        self._sinks = sinks
        self._rubrics = rubrics
        self._rows = Sorted(as_added, row_line, line_row, most=_MOST)
        self._counted: list[dict[Brought, int]] = [{} for _ in rubrics]
        self._summary_lines: list[str] = []

    def take(self, rows: Sequence[Row]) -> int:
        """Keep some rows; none is shown yet.

        Raises:
            TemporaryFileError: there is no room for them.
        """
        for row in rows:
            self._rows.add(row)
            for counted, one in zip(self._counted, self._brought(row), strict=bool(row.verdicts)):
                if one is not None:
                    counted[one] = counted.get(one, 0) + 1
        return 0

    def finish(self) -> int:
        """Work out the ranks, hand all rows on, and return how many of them are shown.

        Raises:
            TemporaryFileError: rows that wait in a temporary file cannot be read.
            UnreadableError: an output cannot be written.
        """
        from evgrade.render.pages.ranking import order_words
        from evgrade.robustness.weightings import under_other_weights

        weighted = [
            {} if rubric.score is None else under_other_weights(rubric.score, counted)
            for rubric, counted in zip(self._rubrics, self._counted, strict=True)
        ]
        for rubric, known in zip(self._rubrics, weighted, strict=True):
            self._summary_lines += [f"{rubric.name}: {order_words(one)}" for one in islice(known.values(), 1)]
        shown = 0
        rows = iter(self._rows)
        while some := list(islice(rows, _AT_ONCE)):
            shown += self._sinks.take([self._with(row, weighted) for row in some])
        return shown + self._sinks.finish()

    def summary_lines(self) -> Sequence[str]:
        """Return for each rubric which share of weightings keeps the order."""
        return self._summary_lines

    def discard(self) -> None:
        self._rows.close()
        self._sinks.discard()

    def _brought(self, row: Row) -> list[Brought | None]:
        """Return for each rubric what a graded row contributes to the score."""
        from evgrade.robustness.weightings import brought

        is_graded = row.status is Outcome.VALID
        return [
            brought(rubric.score, {one.domain: (one.grade, one.possible) for one in verdict.grades})
            if is_graded and rubric.score is not None
            else None
            for verdict, rubric in zip(row.verdicts, self._rubrics, strict=bool(row.verdicts))
        ]

    def _with(self, row: Row, weighted: Sequence[dict[Brought, Weighted]]) -> Row:
        def weighed(verdict: Verdict, one: Brought | None, known: dict[Brought, Weighted]) -> Verdict:
            return verdict if one is None else verdict._replace(weighted=known[one])

        each = zip(row.verdicts, self._brought(row), weighted, strict=bool(row.verdicts))
        return row._replace(verdicts=tuple(weighed(*one) for one in each))
