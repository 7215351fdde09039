"""Rows as bytes to store, and back: JSON, read strictly. What could not have been written here is no row.

A row is stored without its name and without the SHA-256 that it is found by, as two lines: what it is about, and how it
was judged. Many rows are judged alike; that is read once for them, and kept in memory once.

Rows that only wait for the others of a run are written whole, each as one line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from evgrade.batch.row import Counts, Given, Problem, Row, Status, Verdict
from evgrade.batch.strict import LIST, TEXT, WHOLE, MalformedError, checked, read, texts, written

STORED = (Status.GRADED, Status.INVALID)
"""What becomes of a file because of its bytes alone. All else may be different the next time."""

KINDS = 4096
"""How many ways of being judged are kept in memory at most; most rows are judged as many others are."""

_BETWEEN = b"\n\n"
"""What stands between rows that are stored together, and in none of them."""

_STATUSES = {str(status): status for status in Status}


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


def joined(contents: Iterable[bytes]) -> bytes:
    """Return what `encoded` returned for some rows as bytes to store together."""
    return _BETWEEN.join(contents)


def parted(content: bytes) -> list[bytes]:
    """Return what `joined` was given."""
    return content.split(_BETWEEN)


def row_line(row: Row) -> bytes:
    """Return any row as one line of bytes, with its line end."""
    return b"\t".join((written((row.file, row.sha256)), *_parts(row))) + b"\n"


def line_row(line: bytes) -> Row:
    """Return the row of a line that `row_line` returned.

    Raises:
        ValueError: it is another one.
    """
    name, about, judged = line.rstrip(b"\n").split(b"\t")
    file, sha256 = read(name)
    return _row(file, sha256, about, judged)


def _parts(row: Row) -> tuple[bytes, bytes]:
    """Return what a row is about, but for its file, and how it was judged: JSON in ASCII, without controls."""
    about = b"[%b,%b]" % (written(row.therapy), written(row.condition))
    return about, written((row.status, row.verdicts, row.counts, row.problem))


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
    therapy, condition = read(line)
    return checked(therapy, TEXT, optional=True), checked(condition, TEXT, optional=True)


@lru_cache(maxsize=KINDS)
def _judged(line: bytes) -> tuple[Status, tuple[Verdict, ...], Counts, Problem | None]:
    status, verdicts, counts, problem = read(line)
    return (
        _STATUSES[status],
        tuple([_verdict(*checked(one, LIST)) for one in checked(verdicts, LIST)]),
        _counts(*checked(counts, LIST)),
        None if problem is None else _problem(*checked(problem, LIST)),
    )


def _verdict(
    rubric: Any, grades: Any, score: Any, low: Any, high: Any, level: Any, rank: Any, possible: Any
) -> Verdict:
    return Verdict(
        checked(rubric, TEXT),
        tuple([_given(*checked(one, LIST)) for one in checked(grades, LIST)]),
        _number(score),
        _number(low),
        _number(high),
        checked(level, TEXT, optional=True),
        checked(rank, WHOLE, optional=True),
        texts(possible),
    )


def _given(domain: Any, grade: Any, possible: Any) -> Given:
    return _given_once(domain, grade, *checked(possible, LIST))


@lru_cache(maxsize=KINDS)
def _given_once(domain: Any, grade: Any, *possible: Any) -> Given:
    """Return the same grade each time: there are few of them, and nothing that is not text is equal to a text."""
    return Given(checked(domain, TEXT), checked(grade, TEXT), texts(list(possible)))


def _number(value: Any) -> float | None:
    number: float | None = checked(value, (float,), optional=True)
    if number is not None and not math.isfinite(number):  # Python reads these, though they are no JSON
        raise MalformedError
    return number


def _counts(errors: Any, warnings: Any, notes: Any, waived: Any) -> Counts:
    return Counts(*[checked(count, WHOLE) for count in (errors, warnings, notes, waived)])


def _problem(message: Any, line: Any, column: Any, code: Any) -> Problem:
    return Problem(
        checked(message, TEXT),
        checked(line, WHOLE, optional=True),
        checked(column, WHOLE, optional=True),
        checked(code, TEXT, optional=True),
    )
