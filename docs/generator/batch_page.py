"""docs/batch.md: grading folders, with the columns from the code."""

from __future__ import annotations

from evgrade.batch.columns import Kind, columns_of
from evgrade.rubric.load import load_rubric
from generator.markdown import GENERATED, code, escaped, prose, table


def page() -> str:
    """Return the page."""
    return GENERATED + prose("batch", columns=_columns())


def _columns() -> str:
    """Return a table of the columns under the usual rubric; those of another are named alike."""
    rows = (
        [code(column.name), Kind.TEXT.value if column.kind is Kind.GRADE else column.kind.value, escaped(column.means)]
        for column in columns_of([load_rubric()])
    )
    return table(["column", "holds", "what it says"], rows)
