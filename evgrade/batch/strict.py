"""JSON that was stored, read strictly: what could not have been written here is an error, and never a value."""

from __future__ import annotations

import json
from typing import Any

TEXT, WHOLE, LIST = (str,), (int,), (list,)

_ENCODER = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))
_DECODER = json.JSONDecoder()


class MalformedError(ValueError):
    """What was stored is not what it should be."""


def written(values: tuple[object, ...] | str | None) -> bytes:
    """Return values as one line of JSON in ASCII, without controls.

    Raises:
        ValueError: there is a number that is none.
    """
    return _ENCODER.encode(values).encode()


def read(line: bytes) -> list[Any]:
    """Return the values that `written` wrote.

    Raises:
        ValueError, RecursionError: it did not.
    """
    if not line.isascii() or b"\n" in line:
        raise MalformedError
    values: list[Any] = checked(_DECODER.decode(line.decode()), LIST)
    return values


def checked(value: Any, kinds: tuple[type, ...], *, optional: bool = False) -> Any:
    """Return a value of one of some types, and of none that is derived from them, as truth is from whole numbers.

    Raises:
        MalformedError: it is of another.
    """
    if type(value) in kinds or (optional and value is None):
        return value
    raise MalformedError


def texts(values: Any) -> tuple[str, ...]:
    """Return a list of texts as a tuple.

    Raises:
        MalformedError: it is none.
    """
    return tuple([checked(value, TEXT) for value in checked(values, LIST)])
