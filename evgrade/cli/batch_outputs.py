"""Write rows in every requested format, to standard output and files."""

from __future__ import annotations

import select
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, assert_never

from evgrade.batch.columns import Choice, Extra, columns_of
from evgrade.batch.row import Row, line_row, row_line
from evgrade.cli.destinations import BatchFormat, Output
from evgrade.cli.streams import terminal_sink, write_payload
from evgrade.render.clean import Sink
from evgrade.rubric.outline import Outline
from evgrade.sorting import Sorted

if TYPE_CHECKING:
    from evgrade.render.rows import JsonLines

_AT_ONCE = 100
"""How many pieces of text are written together."""
_PIPE = getattr(select, "PIPE_BUF", 512)
"""How many bytes a pipe takes at once (POSIX, `write`)."""
_MOST = 10_000
"""How many rows a ranking keeps in memory; a row has about 2 kB."""


class BatchOutputs:
    """Takes rows as they are there. JSON Lines go out as they come; all else is ranked first."""

    def __init__(
        self,
        outputs: Sequence[Output[BatchFormat]],
        choice: Choice,
        rubrics: Sequence[Outline],
        extras: Collection[Extra] = (),
        *,
        color: bool | None,
    ) -> None:
        """Make sure that all can be written, before any work is done.

        Raises:
            EvgradeError: a file cannot be written, holds a dossier or a rubric, or pyarrow is not installed.
        """
        if any(output.form is BatchFormat.PARQUET for output in outputs):
            from evgrade.render.rows import check_parquet

            check_parquet()
        from evgrade.cli.files import GrowingFiles

        self._files = GrowingFiles(output.path for output in outputs)
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
            TemporaryFileError: there is no room for it.
            UnreadableError: an output cannot be written.
        """
        shown = self._choice.shown(rows)
        if self._streams:
            limit = len(shown) if self._choice.limit is None else max(0, self._choice.limit - self._shown)
            lines = list(map(self._lines.line, shown[:limit]))
            for output in self._streams:
                for text in as_a_pipe_takes_them(lines) if output.path is None else ["".join(lines)]:
                    self._write(output, text)
        self._shown += len(shown)
        for ranked in self._ranked:
            for row in shown:
                ranked.add(row)
        return len(shown)

    def finish(self) -> int:
        """Write what is ranked, and put the files in their places.

        Raises:
            TemporaryFileError: the rows that wait in a file cannot be read.
            UnreadableError: an output cannot be written.
        """
        for output in self._outputs:
            if output.form is BatchFormat.PARQUET:
                from evgrade.render.rows import rows_parquet

                for part in rows_parquet(self._ranked[0], self._columns):
                    self._write(output, part)
            elif output.form is not BatchFormat.JSONL:
                pieces = self._rendered(output)
                while text := "".join(islice(pieces, _AT_ONCE)):
                    self._write(output, text)
        self._files.keep()
        return 0

    def summary_lines(self) -> Sequence[str]:
        """Return nothing: the summary says it all."""
        return ()

    def discard(self) -> None:
        """Let the rows go, and leave the files as they were, but for those that were put in their places."""
        for ranked in self._ranked:
            ranked.close()
        self._files.discard()

    def _write(self, output: Output[BatchFormat], content: str | bytes) -> None:
        if output.path is not None:
            self._files.write(output.path, content)
        elif isinstance(content, str):
            write_payload(content, None)

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
                return iter(())  # written as they come, and as bytes
            case _:
                assert_never(output.form)

    def _page(self, output: Output[BatchFormat]) -> Iterator[str]:
        from evgrade.render.forms import PageFormat, render
        from evgrade.render.pages.ranking import ranking_page

        page = ranking_page(self._ranked, self._rubrics, grouped=self._choice.grouped)
        form = PageFormat.MARKDOWN if output.form is BatchFormat.MARKDOWN else PageFormat.TEXT
        return render(page, form, self._sink(output))

    def _sink(self, output: Output[BatchFormat]) -> Sink:
        if output.path is None:
            return terminal_sink(sys.stdout, color=self._color)
        return Sink(terminal_sink(sys.stdout, color=False).width)


def as_a_pipe_takes_them(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines in ASCII joined to what a pipe takes at once, so that no line is cut if we are ended meanwhile."""
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
