"""docs/batch.md: grading folders, with the columns taken from the code."""

from __future__ import annotations

from collections.abc import Iterable

from evgrade.batch.columns import Column, Extra, Kind, columns_of
from evgrade.rubric.load import load_rubric
from generator.markdown import GENERATED, code, escaped, prose, table


def page() -> str:
    """Return the page."""
    usual = columns_of([load_rubric().outline])
    extra = [column for column in columns_of([load_rubric().outline], tuple(Extra)) if column.extra is not None]
    return GENERATED + prose("batch", columns=_columns(usual), extra_columns=_columns(extra))


def _columns(columns: Iterable[Column]) -> str:
    """Return a table of columns under the default rubric; other rubrics name theirs alike."""
    rows = (
        [code(column.name), Kind.TEXT.value if column.kind is Kind.GRADE else column.kind.value, escaped(column.means)]
        for column in columns
    )
    return table(["column", "type", "meaning"], rows)
