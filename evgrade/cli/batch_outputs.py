"""Rows in every format that was asked for, on standard output and in files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from evgrade.batch.choice import Choice
from evgrade.batch.columns import columns_of
from evgrade.batch.row import Row
from evgrade.cli.arguments import BatchFormat
from evgrade.cli.destinations import Output
from evgrade.cli.growing import GrowingFile
from evgrade.cli.streams import terminal_sink, write_payload
from evgrade.render.sink import Sink
from evgrade.rubric import Rubric

if TYPE_CHECKING:
    from evgrade.render.rows import JsonLines

_ENOUGH = 1000
"""How many rows more than are shown may be kept before the rest is let go."""


class BatchOutputs:
    """Takes one row after the other. JSON Lines go out as they come; all else is ranked first."""

    def __init__(
        self, outputs: Sequence[Output[BatchFormat]], choice: Choice, rubrics: Sequence[Rubric], *, color: bool | None
    ) -> None:
        """Make sure that all can be written, before any work is done.

        Raises:
            EvgradeError: a file cannot be written, holds a dossier or a rubric, or pyarrow is not installed.
        """
        if any(output.form is BatchFormat.PARQUET for output in outputs):
            from evgrade.render.parquet import check_parquet

            check_parquet()
        self._choice = choice
        self._rubrics = rubrics
        self._columns = columns_of(rubrics)
        self._color = color
        self._outputs = outputs
        self._streams = [output for output in outputs if output.form is BatchFormat.JSONL]
        self._is_ranked = len(self._streams) < len(outputs)
        self._kept: list[Row] = []
        self._shown = 0
        self._files: dict[str, GrowingFile] = {}
        try:
            for output in outputs:
                if output.path is not None:
                    self._files[output.path] = GrowingFile(output.path)
        except BaseException:
            self.discard()
            raise

    @cached_property
    def _lines(self) -> JsonLines:
        from evgrade.render.rows import JsonLines

        return JsonLines(self._rubrics)

    def take(self, row: Row) -> bool:
        """Take a row, and return whether it meets the conditions.

        Raises:
            UnreadableError: an output cannot be written.
        """
        if not self._choice.shows(row):
            return False
        if self._streams and (self._choice.limit is None or self._shown < self._choice.limit):
            line = self._lines.line(row)
            for output in self._streams:
                self._write(output, line)
        self._shown += 1
        if self._is_ranked:
            self._keep(row)
        return True

    def _keep(self, row: Row) -> None:
        """Keep a row until all are there, unless so many are better that it will not be shown."""
        self._kept.append(row)
        limit = self._choice.limit
        if limit is not None and len(self._rubrics) == 1 and len(self._kept) >= 2 * limit + _ENOUGH:
            self._kept = self._choice.in_order(self._kept, self._rubrics)

    def finish(self) -> None:
        """Write what is ranked, and put the files in their places.

        Raises:
            UnreadableError: an output cannot be written.
        """
        ranked = [self._choice.in_order(self._kept, self._rubrics, number) for number in range(len(self._rubrics))]
        for output in self._outputs:
            if output.form is not BatchFormat.JSONL:
                self._write(output, self._rendered(output, ranked))
        for file in self._files.values():
            file.keep()

    def discard(self) -> None:
        """Leave the files as they were, but for those that were put in their places."""
        for file in self._files.values():
            file.discard()

    def _write(self, output: Output[BatchFormat], content: str | bytes) -> None:
        if output.path is not None:
            self._files[output.path].write(content)
        elif isinstance(content, str):
            write_payload(content, None)

    def _rendered(self, output: Output[BatchFormat], ranked: Sequence[Sequence[Row]]) -> str | bytes:
        grouped = self._choice.grouped
        if output.form is BatchFormat.TABLE:
            from evgrade.render.table import rows_table

            return rows_table(ranked, self._rubrics, self._sink(output), grouped=grouped)
        if output.form is BatchFormat.MARKDOWN:
            from evgrade.render.markdown_rows import rows_markdown

            return rows_markdown(ranked, self._rubrics, grouped=grouped)
        if output.form is BatchFormat.PARQUET:
            from evgrade.render.parquet import rows_parquet

            return rows_parquet(ranked[0], self._columns)
        from evgrade.render.rows import CsvLines, rows_json

        if output.form is BatchFormat.JSON:
            return rows_json(ranked[0], self._rubrics)
        lines = CsvLines(self._columns)
        return lines.head() + "".join(map(lines.line, ranked[0]))

    def _sink(self, output: Output[BatchFormat]) -> Sink:
        if output.path is None:
            return terminal_sink(sys.stdout, color=self._color)
        return Sink(terminal_sink(sys.stdout, color=False).width)
