"""Rows of many dossiers as versioned JSON, with a schema that `evgrade schema row` prints, and as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from evgrade._version import __version__
from evgrade.batch.columns import Column
from evgrade.batch.row import Row, Verdict
from evgrade.render.clean import for_csv
from evgrade.rubric import Rubric

ROW = "evgrade.row/1"

_ENCODER = json.JSONEncoder(ensure_ascii=True, allow_nan=False)  # made once: `json.dumps` would make one a row


def row_jsonl(row: Row, rubrics: Sequence[Rubric]) -> str:
    """Return a row as one line of JSON, in ASCII: no control reaches a terminal."""
    return _ENCODER.encode(row_data(row, rubrics)) + "\n"


def rows_json(rows: Iterable[Row], rubrics: Sequence[Rubric]) -> Iterator[str]:
    """Yield the lines of an array of rows, a row each."""
    before = "[\n"
    for row in rows:
        yield f"{before}  {row_jsonl(row, rubrics).rstrip()}"
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def row_data(row: Row, rubrics: Sequence[Rubric]) -> dict[str, Any]:
    """Return a row as data that follows the schema `evgrade.row/1`."""
    errors, warnings, notes, waived = row.counts
    return {
        "schema": ROW,
        "evgrade": __version__,
        "file": row.file,
        "status": row.status.value,
        "sha256": row.sha256,
        "therapy": row.therapy,
        "condition": row.condition,
        "verdicts": [_verdict(*both) for both in zip(row.verdicts, rubrics, strict=True)] if row.verdicts else [],
        "counts": {"error": errors, "warning": warnings, "note": notes, "waived": waived},
        "problem": None if row.problem is None else row.problem._asdict(),
    }


def _verdict(verdict: Verdict, rubric: Rubric) -> dict[str, Any]:
    return {
        "rubric": {"name": rubric.name, "version": rubric.version, "sha256": rubric.sha256},
        "grades": [
            {"domain": given.domain, "grade": given.grade, "possible": list(given.possible)} for given in verdict.grades
        ],
        "score": None if rubric.score is None else {"value": verdict.score, "low": verdict.low, "high": verdict.high},
        "recommendation": None
        if rubric.recommendation is None or verdict.level is None
        else {
            "level": verdict.level,
            "title": rubric.recommendation.level(verdict.level).title,
            "rank": verdict.rank,
            "possible": list(verdict.possible),
        },
    }


def rows_csv(rows: Iterable[Row], columns: Sequence[Column]) -> Iterator[str]:
    """Yield rows as lines of CSV (RFC 4180, but for the line end), after their names; what is not known is empty."""
    yield _line([column.name for column in columns])
    for row in rows:
        values = (column.of(row) for column in columns)
        yield _line([for_csv(value) if isinstance(value, str) else value for value in values])


def _line(cells: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
