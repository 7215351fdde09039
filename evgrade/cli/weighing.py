"""`evgrade batch --robust`: rows wait until all are there, and are reported their rank under other weights."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from evgrade.batch.row import Row, Verdict, line_row, row_line
from evgrade.checked import Outcome
from evgrade.cli.execution import Sinks
from evgrade.render.pages.ranking import order_words
from evgrade.robustness.summary import Weighted
from evgrade.robustness.weightings import Brought, brought, under_other_weights
from evgrade.rubric.model import Rubric
from evgrade.sorting import Sorted, as_added

_MOST = 10_000
"""How many rows are kept in memory; a row has about 2 kB."""
_AT_ONCE = 256


class Weighing:
    """Keeps rows, ranks all that are graded, and hands them on; in between it knows what each brings to the score."""

    def __init__(self, sinks: Sinks, rubrics: Sequence[Rubric]) -> None:
        self._sinks = sinks
        self._rubrics = rubrics
        self._rows = Sorted(as_added, row_line, line_row, most=_MOST)
        self._counted: list[dict[Brought, int]] = [{} for _ in rubrics]
        self._summary_lines: list[str] = []

    def take(self, rows: Sequence[Row]) -> int:
        """Keep some rows; how many are shown is known in the end.

        Raises:
            TemporaryFileError: there is no room for it.
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
            TemporaryFileError: the rows that wait in a file cannot be read.
            UnreadableError: an output cannot be written.
        """
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
        """Return which share of weightings keeps the order, by rubric."""
        return self._summary_lines

    def discard(self) -> None:
        """Let all go."""
        self._rows.close()
        self._sinks.discard()

    def _brought(self, row: Row) -> list[Brought | None]:
        """Return by rubric what a graded row brings to the score."""
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
