"""What a value means that was written where a mapping belongs: which fields of the mapping would hold it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from evgrade.schema.aliases import choice_meant
from evgrade.schema.meant import Scalar
from evgrade.yamlio.numerals import BLANKS, LONGEST, readings

_OF_PEOPLE = rf"(?:(?:person|patient|participant)[{BLANKS}-]?)?"
_LENGTH = re.compile(rf"(?P<number>.+?)[{BLANKS}]*{_OF_PEOPLE}(?P<unit>[a-z]+\.?)", re.IGNORECASE)
_PART = re.compile(rf"(?P<n>.+?)[{BLANKS}]*(?:/|\bof\b|\bout of\b)[{BLANKS}]*(?P<of>.+)", re.IGNORECASE)


def fields_meant(value: Scalar, node: Mapping[str, Any]) -> str | None:
    """Return the mapping to write in the place of a value, as `{amount: 12, unit: weeks}`; None if it is not known.

    Args:
        value: what was written, text or a number.
        node: the schema of the mapping that belongs there.
    """
    fields = node.get("properties", {})
    text = str(value).strip(BLANKS)
    if value is None or isinstance(value, bool) or not text or len(text) > LONGEST:
        return None
    if node.get("required") == ["amount", "unit"]:
        return _length(text, fields)
    if {"n", "of", "percent"} <= fields.keys():
        return _part(text)
    words = [name for name, field in fields.items() if value in field.get("enum", ())]
    if len(words) == 1:
        return f"{{{words[0]}: {text}}}"
    return "{text: ...}, with what the source says" if "text" in fields else None


def _length(text: str, fields: Mapping[str, Any]) -> str | None:
    """Return a length of time, such as 12 weeks or 700 person-years."""
    found = _LENGTH.fullmatch(text)
    number = _number(found["number"] if found else text)
    if number is None:
        return None
    unit = _unit(found["unit"], fields["unit"]["enum"]) if found else None
    if unit is None:
        return f"{{amount: {number}, unit: years}}, with the unit of the source"
    return f"{{amount: {number}, unit: {unit}}}"


def _unit(word: str, units: Sequence[str]) -> str | None:
    if word in units:
        return word
    meant = choice_meant(word, units, "unit")
    return meant.options[0].text if meant and meant.options else None


def _part(text: str) -> str | None:
    """Return how many of how many, such as 12/40, or 30 %."""
    if (found := _PART.fullmatch(text)) is not None:
        n, of = _number(found["n"]), _number(found["of"])
        return None if n is None or of is None else f"{{n: {n}, of: {of}}}"
    percent = _number(text.rstrip(f"%％٪{BLANKS}"))
    if percent is None:
        return None
    if text[-1] in "%％٪":
        return f"{{percent: {percent}}}"
    return f"{{n: {percent}}}, with `of` where the source says of how many" if percent.isdigit() else None


def _number(text: str) -> str | None:
    """Return the one number that a text can mean."""
    found = readings(text)
    return found[0].text if len(found) == 1 else None
