"""Rows of many dossiers as Parquet: the columns of the CSV file, typed. The only module that knows pyarrow."""

from __future__ import annotations

import io
from collections.abc import Sequence

from evgrade.batch.columns import Column, Kind
from evgrade.batch.row import Row
from evgrade.model import EvgradeError


def check_parquet() -> None:
    """Make sure that Parquet can be written.

    Raises:
        EvgradeError: pyarrow is not installed.
    """
    try:
        import pyarrow.parquet  # noqa: F401, PLC0415 - it is optional, large and slow to import
    except ImportError:
        raise EvgradeError("Parquet needs pyarrow", hint="pip install 'evgrade[parquet]'") from None


def rows_parquet(rows: Sequence[Row], columns: Sequence[Column]) -> bytes:
    """Return rows as a Parquet file. Text comes as it is, but for halves of surrogate pairs, which come as escapes."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    types = {Kind.TEXT: pa.string(), Kind.GRADE: pa.string(), Kind.COUNT: pa.int64(), Kind.NUMBER: pa.float64()}
    fields = [pa.field(column.name, types[column.kind], metadata={"means": column.means}) for column in columns]
    arrays = [pa.array([_plain(column.of(row)) for row in rows], types[column.kind]) for column in columns]
    buffer = io.BytesIO()
    pq.write_table(pa.table(arrays, schema=pa.schema(fields)), buffer)
    return buffer.getvalue()


def _plain(value: object) -> object:
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
