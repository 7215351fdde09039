"""The meaning of a plain (unquoted) scalar: the core schema of YAML 1.2, section 10.3.2.

Dates, `yes`, `NO`, `1:2` and `1_000` are text. So are `.inf` and `.nan`, so that number fields refuse them: no fact in
a dossier is infinite.
"""

from __future__ import annotations

import re
from functools import lru_cache

MAX_INTEGER_DIGITS = 18
"""Longer integers are identifiers or attacks, and belong in quotes."""

MAX_NUMBER_LENGTH = 64
"""The length of the longest number that is read, in characters; no measured value needs as many."""

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
# `++` never backtracks, so a long row of digits that is not a number takes one pass.
_INTEGER = re.compile(r"[-+]?[0-9]++")
_PREFIXED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]++|[0-9]++(?:\.[0-9]*+)?)(?:[eE][-+]?[0-9]++)?")
_NOT_ZERO = re.compile(r"[-+.0]*[1-9]")
NUMBER_STARTS = frozenset("+-.0123456789")
NOT_TEXT = frozenset({*_CONSTANTS, "<<"})


class ScalarError(ValueError):
    """A scalar is a number that cannot be represented."""


def is_plain_text(text: str) -> bool:
    """Whether unquoted text is certainly text, both as a key and as a value: False if it starts like a number."""
    return text not in NOT_TEXT and text[0] not in NUMBER_STARTS


def resolve(text: str) -> Scalar:
    """Return the value of a plain scalar.

    Raises:
        ScalarError: the number has more than `MAX_NUMBER_LENGTH` characters, is an integer with more than
            `MAX_INTEGER_DIGITS` digits, or would become infinite or zero as a float.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in NUMBER_STARTS:
        return text
    return _number(text) if len(text) <= MAX_NUMBER_LENGTH else _long(text)


@lru_cache(maxsize=4096)
def _number(text: str) -> str | int | float:
    """Return the value of text that starts like a number; cached, as dossiers repeat a few short numbers."""
    if _INTEGER.fullmatch(text):
        return _integer(int(text), digits=len(text.lstrip("+-")))
    if _FLOAT.fullmatch(text):
        return _float(text)
    if _PREFIXED.fullmatch(text):
        value = int(text, 0)
        return _integer(value, digits=len(str(value)))
    return text


def _long(text: str) -> str:
    """Return long text that starts like a number but must not be one."""
    if _INTEGER.fullmatch(text) or _FLOAT.fullmatch(text) or _PREFIXED.fullmatch(text):
        raise ScalarError(f"a number cannot have more than {MAX_NUMBER_LENGTH} characters")
    return text


def _integer(value: int, digits: int) -> int:
    if digits > MAX_INTEGER_DIGITS:
        raise ScalarError(f"a whole number cannot have more than {MAX_INTEGER_DIGITS} digits")
    return value


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ScalarError("the number is too large")
    if value == 0 and _NOT_ZERO.match(text):
        raise ScalarError("the number is too close to 0")
    return value
