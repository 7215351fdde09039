"""Rows of many dossiers as versioned JSON (`evgrade schema row` prints the schema), as CSV and as Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from json.encoder import encode_basestring_ascii
from typing import Any

from evgrade._version import __version__
from evgrade.batch.columns import Column, Extra, Kind, Value
from evgrade.batch.row import REMEMBERED, STATUSES, Counts, Problem, Row, Verdict
from evgrade.checked import Outcome
from evgrade.model import EvgradeError, is_short_of_memory
from evgrade.render.clean import begins_formula, for_csv
from evgrade.robustness.summary import Places
from evgrade.rubric.outline import Outline
from evgrade.stats.smaa import standard_error

ROW = "evgrade.row/1"

_ENCODER = json.JSONEncoder(ensure_ascii=True, allow_nan=False)  # made once: `json.dumps` would make one per row


_HEAD = f'{_ENCODER.encode({"schema": ROW, "evgrade": __version__})[:-1]}, "file": '
"""The start of every row."""


class JsonLines:
    """Rows as lines of JSON that follow the schema `evgrade.row/1`, in ASCII, so that no control reaches a terminal.

    Many rows share a verdict. Encoding it takes most of the time, so it is cached.
    """

    def __init__(self, rubrics: Sequence[Outline], extras: Collection[Extra] = ()) -> None:
        self._rubrics = rubrics
        self._extras = extras
        self._rest = lru_cache(REMEMBERED)(self._make_rest)

    def line(self, row: Row) -> str:
        """Return a row as one line."""
        wording = encode_basestring_ascii  # what the encoder calls for strings, six times faster
        return (
            f"{_HEAD}{wording(row.file)}, "
            f'"status": "{STATUSES[row.status]}", '
            f'"sha256": {"null" if row.sha256 is None else wording(row.sha256)}, '
            f'"therapy": {"null" if row.therapy is None else wording(row.therapy)}, '
            f'"condition": {"null" if row.condition is None else wording(row.condition)}, '
            f"{self._rest(row.verdicts, row.counts, row.problem)}\n"
        )

    def _make_rest(self, verdicts: tuple[Verdict, ...], counts: Counts, problem: Problem | None) -> str:
        """Return the rest of a line, which does not depend on the file itself."""
        judged = _judged(verdicts, counts, problem, self._rubrics)
        if self._extras:
            judged["robustness"] = [_robustness(*both) for both in zip(verdicts, self._rubrics, strict=bool(verdicts))]
        return _ENCODER.encode(judged)[1:]


def rows_json(rows: Iterable[Row], rubrics: Sequence[Outline], extras: Collection[Extra]) -> Iterator[str]:
    """Yield the lines of an array, one row per line."""
    one, before = JsonLines(rubrics, extras), "[\n"
    for row in rows:
        yield f"{before}  {one.line(row)[:-1]}"
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def row_data(row: Row, rubrics: Sequence[Outline]) -> dict[str, Any]:
    """Return a row as data that follows the schema `evgrade.row/1`."""
    return {
        "schema": ROW,
        "evgrade": __version__,
        "file": row.file,
        "status": STATUSES[row.status],
        "sha256": row.sha256,
        "therapy": row.therapy,
        "condition": row.condition,
        **_judged(row.verdicts, row.counts, row.problem, rubrics),
    }


def _judged(
    verdicts: tuple[Verdict, ...], counts: Counts, problem: Problem | None, rubrics: Sequence[Outline]
) -> dict[str, Any]:
    errors, warnings, notes, waived = counts
    return {
        "verdicts": [_verdict(*both) for both in zip(verdicts, rubrics, strict=True)] if verdicts else [],
        "counts": {"error": errors, "warning": warnings, "note": notes, "waived": waived},
        "problem": None if problem is None else problem._asdict(),
    }


def _robustness(verdict: Verdict, rubric: Outline) -> dict[str, Any]:
    weightings = None
    if verdict.weighted is not None and rubric.counted is not None:
        rank, dossiers, draws, *both = verdict.weighted
        everywhere, near = (_places(one, draws, rubric.counted) for one in both)
        weightings = {"rank": rank, "dossiers": dossiers, "draws": draws, "all": everywhere, "near": near}
    return {"rubric": verdict.rubric, "firmness": verdict.firmness, "weightings": weightings}


def _places(one: Places, draws: int, domains: Sequence[str]) -> dict[str, Any]:
    def share(value: float) -> dict[str, float]:
        return {"share": value, "error": standard_error(value, draws)}

    return {
        "keeps_rank": share(one.kept),
        "first": share(one.first),
        "mean_rank": one.mean,
        "best_rank": one.best,
        "worst_rank": one.worst,
        "central_weights": [
            {"domain": domain, "weight": weight}
            for domain, weight in zip(domains, one.central, strict=bool(one.central))
        ],
        "order": share(one.order),
        "order_certain": share(one.certain),
    }


def _verdict(verdict: Verdict, rubric: Outline) -> dict[str, Any]:
    return {
        "rubric": {"name": rubric.name, "version": rubric.version, "sha256": rubric.sha256},
        "grades": [
            {"domain": given.domain, "grade": given.grade, "possible": list(given.possible)} for given in verdict.grades
        ],
        "score": None if rubric.counted is None else {"value": verdict.score, "low": verdict.low, "high": verdict.high},
        "recommendation": None
        if rubric.levels is None or verdict.level is None
        else {
            "level": verdict.level,
            "title": rubric.level(verdict.level).title,
            "rank": verdict.rank,
            "settled": verdict.settled,
            "possible": list(verdict.possible),
        },
    }


class CsvLines:
    """Rows as lines of CSV (RFC 4180, except for the line end); unknown values are empty.

    Many rows share a verdict, so its cells are cached.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self._about_file = [column.of for column in columns if column.about_file]
        self._columns = columns
        self._rest = lru_cache(REMEMBERED)(self._make_rest)

    def head(self) -> str:
        """Return the header line with the names of the columns."""
        return _line([for_csv(column.name) for column in self._columns])

    def line(self, row: Row) -> str:
        """Return a row as one line."""
        cells = [str(of(row) or "") for of in self._about_file]
        about = ",".join(cells)
        is_plain = about.isascii() and about.isprintable() and '"' not in about and about.count(",") < len(cells)
        if not is_plain or any(map(begins_formula, cells)):
            about = _line(list(map(for_csv, cells)))[:-1]
        return f"{about},{self._rest(row.verdicts, row.counts, row.problem)}"

    def _make_rest(self, verdicts: tuple[Verdict, ...], counts: Counts, problem: Problem | None) -> str:
        """Return the rest of a line, which does not depend on the file itself."""
        row = Row("", Outcome.VALID, verdicts=verdicts, counts=counts, problem=problem)
        values = [column.of(row) for column in self._columns if not column.about_file]
        return _line([for_csv(value) if isinstance(value, str) else value for value in values])


def rows_csv(rows: Iterable[Row], columns: Sequence[Column]) -> Iterator[str]:
    """Yield the lines of a CSV file: the header, then one row per line."""
    lines = CsvLines(columns)
    yield lines.head()
    yield from map(lines.line, rows)


class _Returning:
    """A file that makes `csv.writer` return each line."""

    def write(self, line: str) -> str:
        """Return the line."""
        return line


_WRITER = csv.writer(_Returning(), lineterminator="\n")


def _line(cells: Sequence[Value]) -> str:
    line: str = _WRITER.writerow(cells)
    return line


# Parquet: the columns of the CSV file, typed

_GROUP = 10_000
"""Rows per row group."""


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
    """Yield the parts of a Parquet file. Text is unchanged except for lone surrogates, which become escapes."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    types = {Kind.TEXT: pa.string(), Kind.GRADE: pa.string(), Kind.COUNT: pa.int64(), Kind.NUMBER: pa.float64()}
    fields = [pa.field(column.name, types[column.kind], metadata={"means": column.means}) for column in columns]
    schema = pa.schema(fields)
    parts = _Parts()
    with pq.ParquetWriter(parts, schema) as writer:
        left = iter(rows)
        groups = iter(lambda: list(islice(left, _GROUP)), [])
        for group in chain([next(groups, [])], groups):  # without rows, one empty group
            arrays = [pa.array([_plain(column.of(row)) for row in group], types[column.kind]) for column in columns]
            writer.write_table(pa.table(arrays, schema=schema))
            yield parts.taken()
    yield parts.taken()


class _Parts(io.BytesIO):
    """A file whose content is taken in parts while it is written; positions keep counting."""

    def __init__(self) -> None:
        super().__init__()
        self._before = 0

    def tell(self) -> int:
        """Return the number of bytes written so far."""
        return self._before + super().tell()

    def taken(self) -> bytes:
        """Return what was written since the last call."""
        part = self.getvalue()
        self._before += len(part)
        self.seek(0)
        self.truncate()
        return part


def _plain(value: object) -> object:
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
