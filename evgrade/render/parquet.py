"""Rows of many dossiers as Parquet: the columns of the CSV file, typed. The only module that knows pyarrow."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from evgrade.batch.columns import Column, Kind
from evgrade.batch.row import Row
from evgrade.model import EvgradeError, is_short_of_memory

_GROUP = 10_000
"""How many rows are in a row group."""


def check_parquet() -> None:
    """Make sure that Parquet can be written.

    Raises:
        EvgradeError: pyarrow is not installed.
    """
    try:
        import pyarrow.parquet  # noqa: F401, PLC0415 - it is optional, large and slow to import
    except ImportError as error:
        if is_short_of_memory(error):
            raise
        raise EvgradeError("Parquet needs pyarrow", hint="pip install 'evgrade[parquet]'") from None


def rows_parquet(rows: Iterable[Row], columns: Sequence[Column]) -> Iterator[bytes]:
    """Yield the parts of a Parquet file. Text comes as it is, but for halves of surrogate pairs: these are escapes."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    types = {Kind.TEXT: pa.string(), Kind.GRADE: pa.string(), Kind.COUNT: pa.int64(), Kind.NUMBER: pa.float64()}
    fields = [pa.field(column.name, types[column.kind], metadata={"means": column.means}) for column in columns]
    schema = pa.schema(fields)
    parts = _Parts()
    with pq.ParquetWriter(parts, schema) as writer:
        left = iter(rows)
        groups = iter(lambda: list(islice(left, _GROUP)), [])
        for group in chain([next(groups, [])], groups):  # where there are no rows, one without any
            arrays = [pa.array([_plain(column.of(row)) for row in group], types[column.kind]) for column in columns]
            writer.write_table(pa.table(arrays, schema=schema))
            yield parts.taken()
    yield parts.taken()


class _Parts(io.BytesIO):
    """A file that is taken away while it is written; its positions count on."""

    def __init__(self) -> None:
        super().__init__()
        self._before = 0

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self._before + super().tell()

    def taken(self) -> bytes:
        """Return what was written since this was last called."""
        part = self.getvalue()
        self._before += len(part)
        self.seek(0)
        self.truncate()
        return part


def _plain(value: object) -> object:
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
