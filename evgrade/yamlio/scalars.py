"""What a plain (unquoted) scalar means: the core schema of YAML 1.2, section 10.3.2.

Dates, `yes`, `NO`, `1:2` and `1_000` are text. `.inf` and `.nan` stay text too, so that a field that
wants a number refuses them: no fact of a dossier is infinite.
"""

from __future__ import annotations

import re

MAX_INTEGER_DIGITS = 18
"""Longer integers are identifiers or attacks; either way they belong in quotes."""

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
_INTEGER = re.compile(r"[-+]?[0-9]+")
_PREFIXED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SIGNIFICANT = re.compile(r"[-+.0]*[1-9]")
_NUMBER_STARTS = frozenset("+-.0123456789")


class ScalarError(ValueError):
    """A scalar reads as a number that cannot be kept exactly as the dossier says."""


def resolve(text: str) -> Scalar:
    """Return the value of a plain scalar.

    Raises:
        ScalarError: the integer has more than `MAX_INTEGER_DIGITS` digits, or the number is too large
            to be finite.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    if _INTEGER.fullmatch(text):
        return _integer(text, 10)
    if _FLOAT.fullmatch(text):
        return _finite(text)
    if _PREFIXED.fullmatch(text):
        return _integer(text, 0)
    return text


def _integer(text: str, base: int) -> int:
    if len(text.lstrip("+-")) > MAX_INTEGER_DIGITS:
        raise ScalarError(f"a whole number of more than {MAX_INTEGER_DIGITS} digits")
    return int(text, base)


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ScalarError("a number too large to be held")
    if value == 0 and _SIGNIFICANT.match(text):
        raise ScalarError("a number too small to be held")
    return value
