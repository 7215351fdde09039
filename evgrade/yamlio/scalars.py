"""What a plain (unquoted) scalar means: the core schema of YAML 1.2, section 10.3.2.

Dates, `yes`, `NO`, `1:2` and `1_000` are text. `.inf` and `.nan` stay text too, so that a field that
needs a number refuses them: no fact of a dossier is infinite.
"""

from __future__ import annotations

import re
from functools import lru_cache

MAX_INTEGER_DIGITS = 18
"""Longer integers are identifiers or attacks; either way they belong in quotes."""

MAX_NUMBER_LENGTH = 64
"""Characters of the longest number that is read; no measured value needs as many."""

Scalar = str | int | float | bool | None

_CONSTANTS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
# `++` gives nothing back, so that a long row of digits that is not a number costs one pass.
_INTEGER = re.compile(r"[-+]?[0-9]++")
_PREFIXED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]++|[0-9]++(?:\.[0-9]*+)?)(?:[eE][-+]?[0-9]++)?")
_NOT_ZERO = re.compile(r"[-+.0]*[1-9]")
NUMBER_STARTS = frozenset("+-.0123456789")
NOT_TEXT = frozenset({*_CONSTANTS, "<<"})


class ScalarError(ValueError):
    """A scalar reads as a number that cannot be kept as the file says."""


def is_plain_text(text: str) -> bool:
    """Whether unquoted text is certainly text, as a key as well as a value; what starts like a number may be."""
    return text not in NOT_TEXT and text[0] not in NUMBER_STARTS


def resolve(text: str) -> Scalar:
    """Return the value of a plain scalar.

    Raises:
        ScalarError: the number has more than `MAX_NUMBER_LENGTH` characters, or as an integer more than
            `MAX_INTEGER_DIGITS` digits, or as a float would become infinite or zero.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in NUMBER_STARTS:
        return text
    return _number(text) if len(text) <= MAX_NUMBER_LENGTH else _long(text)


@lru_cache(maxsize=4096)
def _number(text: str) -> str | int | float:
    """Read text that starts like a number; dossiers repeat a few short ones."""
    if _INTEGER.fullmatch(text):
        return _integer(int(text), digits=len(text.lstrip("+-")))
    if _FLOAT.fullmatch(text):
        return _float(text)
    if _PREFIXED.fullmatch(text):
        value = int(text, 0)
        return _integer(value, digits=len(str(value)))
    return text


def _long(text: str) -> str:
    """Return long text, which may start like a number but must not be one."""
    if _INTEGER.fullmatch(text) or _FLOAT.fullmatch(text) or _PREFIXED.fullmatch(text):
        raise ScalarError(f"a number of more than {MAX_NUMBER_LENGTH} characters")
    return text


def _integer(value: int, digits: int) -> int:
    if digits > MAX_INTEGER_DIGITS:
        raise ScalarError(f"a whole number of more than {MAX_INTEGER_DIGITS} digits")
    return value


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ScalarError("a number too large to be held")
    if value == 0 and _NOT_ZERO.match(text):
        raise ScalarError("a number too small to be held")
    return value
