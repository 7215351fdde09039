"""Rows as bytes to store, and back: JSON, read strictly. What could not have been written here is no row.

A row is stored without its name and without the SHA-256 that it is found by, as two lines: what it is about, and how it
was judged. Many rows are judged alike; that is read once for them, and kept in memory once.

Rows that only wait for the others of a run are written whole, each as one line.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import Any

from evgrade.batch.row import Counts, Given, Problem, Row, Status, Verdict

STORED = (Status.GRADED, Status.INVALID)
"""What becomes of a file because of its bytes alone. All else may be different the next time."""

KINDS = 4096
"""How many ways of being judged are kept in memory at most; most rows are judged as many others are."""

_ENCODER = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))
_DECODER = json.JSONDecoder()
_STATUSES = {str(status): status for status in Status}
_TEXT, _WHOLE, _LIST = (str,), (int,), (list,)


class _MalformedError(ValueError):
    """What was stored is no row."""


def encoded(row: Row) -> bytes:
    """Return a graded or invalid row as bytes.

    Raises:
        ValueError: it has another status, or a number that is none.
    """
    if row.status not in STORED:
        raise ValueError(f"a row that is {row.status} is not stored")
    return b"\n".join(_parts(row))


def decoded(content: bytes, file: str, sha256: str) -> Row | None:
    """Return the row of a file from stored bytes; None if these are not what `encoded` returns."""
    about, _, judged = content.partition(b"\n")
    try:
        row = _row(file, sha256, about, judged)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return row if row.status in STORED else None


def row_line(row: Row) -> bytes:
    """Return any row as one line of bytes, with its line end."""
    return b"\t".join((_ENCODER.encode((row.file, row.sha256)).encode(), *_parts(row))) + b"\n"


def line_row(line: bytes) -> Row:
    """Return the row of a line that `row_line` returned.

    Raises:
        ValueError: it is another one.
    """
    name, about, judged = line.rstrip(b"\n").split(b"\t")
    file, sha256 = _read(name)
    return _row(file, sha256, about, judged)


def _parts(row: Row) -> tuple[bytes, bytes]:
    """Return what a row is about, but for its file, and how it was judged: JSON in ASCII, without controls."""
    return _written((row.therapy, row.condition)), _written((row.status, row.verdicts, row.counts, row.problem))


def _written(values: tuple[object, ...]) -> bytes:
    return _ENCODER.encode(values).encode()


def _read(line: bytes) -> list[Any]:
    """Return the values that `_written` wrote.

    Raises:
        ValueError, RecursionError: it did not.
    """
    if not line.isascii() or b"\n" in line:
        raise _MalformedError
    values: list[Any] = _checked(_DECODER.decode(line.decode()), _LIST)
    return values


def _row(file: str, sha256: str | None, about: bytes, judged: bytes) -> Row:
    """Return a row from its parts.

    Raises:
        ValueError, TypeError, KeyError, RecursionError: they are not what `_parts` returns.
    """
    therapy, condition = _about(about)
    status, verdicts, counts, problem = _judged(judged)
    return Row(file, status, sha256, therapy, condition, verdicts, counts, problem)


@lru_cache(maxsize=256)
def _about(line: bytes) -> tuple[str | None, str | None]:
    therapy, condition = _read(line)
    return _checked(therapy, _TEXT, optional=True), _checked(condition, _TEXT, optional=True)


@lru_cache(maxsize=KINDS)
def _judged(line: bytes) -> tuple[Status, tuple[Verdict, ...], Counts, Problem | None]:
    status, verdicts, counts, problem = _read(line)
    return (
        _STATUSES[status],
        tuple([_verdict(*_checked(one, _LIST)) for one in _checked(verdicts, _LIST)]),
        _counts(*_checked(counts, _LIST)),
        None if problem is None else _problem(*_checked(problem, _LIST)),
    )


def _checked(value: Any, kinds: tuple[type, ...], *, optional: bool = False) -> Any:
    """Return a value of one of some types, and of none that is derived from them, as truth is from whole numbers.

    Raises:
        _MalformedError: it is of another.
    """
    if type(value) in kinds or (optional and value is None):
        return value
    raise _MalformedError


def _texts(values: Any) -> tuple[str, ...]:
    return tuple([_checked(value, _TEXT) for value in _checked(values, _LIST)])


def _verdict(
    rubric: Any, grades: Any, score: Any, low: Any, high: Any, level: Any, rank: Any, possible: Any
) -> Verdict:
    return Verdict(
        _checked(rubric, _TEXT),
        tuple([_given(*_checked(one, _LIST)) for one in _checked(grades, _LIST)]),
        _number(score),
        _number(low),
        _number(high),
        _checked(level, _TEXT, optional=True),
        _checked(rank, _WHOLE, optional=True),
        _texts(possible),
    )


def _given(domain: Any, grade: Any, possible: Any) -> Given:
    return Given(_checked(domain, _TEXT), _checked(grade, _TEXT), _texts(possible))


def _number(value: Any) -> float | None:
    number: float | None = _checked(value, (float,), optional=True)
    if number is not None and not math.isfinite(number):  # Python reads these, though they are no JSON
        raise _MalformedError
    return number


def _counts(errors: Any, warnings: Any, notes: Any, waived: Any) -> Counts:
    return Counts(*[_checked(count, _WHOLE) for count in (errors, warnings, notes, waived)])


def _problem(message: Any, line: Any, column: Any, code: Any) -> Problem:
    return Problem(
        _checked(message, _TEXT),
        _checked(line, _WHOLE, optional=True),
        _checked(column, _WHOLE, optional=True),
        _checked(code, _TEXT, optional=True),
    )
