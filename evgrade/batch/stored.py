"""Rows as bytes and back: JSON, read strictly. What could not have been written here is not a row."""

from __future__ import annotations

import json

import msgspec

from evgrade.batch.row import Row, Status

STORED = (Status.GRADED, Status.INVALID)
"""The statuses that follow from the bytes of a file alone. The others may be different the next time."""

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Row)
_LINE = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


def encoded(row: Row) -> bytes:
    """Return a graded or invalid row as bytes to keep in the cache, without the name and SHA-256 of its file.

    Raises:
        ValueError: it has another status, or would come back as another row (such as one with NaN for a score).
    """
    if row.status not in STORED:
        raise ValueError(f"a row that is {row.status} is not stored")
    row = row._replace(file="", sha256=None)
    content = _ENCODER.encode(row)
    if _DECODER.decode(content) != row:
        raise ValueError("a row that JSON cannot hold is not stored")
    return content


def decoded(content: bytes, file: str, sha256: str) -> Row | None:
    """Return the row of a file from stored bytes; None where these are not what `encoded` returns."""
    try:
        row = _DECODER.decode(content)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
        return None
    if row.status not in STORED or _ENCODER.encode(row) != content:
        return None
    return row._replace(file=file, sha256=sha256)


def row_line(row: Row) -> bytes:
    """Return any row as one line of bytes, with its line end.

    In ASCII, for the name of a file may hold halves of surrogate pairs, which UTF-8 cannot.
    """
    return _LINE.encode(row).encode() + b"\n"


def line_row(line: bytes) -> Row:
    """Return the row of a line that `row_line` returned.

    Raises:
        ValueError: it is another one.
    """
    return msgspec.convert(json.loads(line), Row)
