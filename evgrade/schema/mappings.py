"""What a value means that was written where a mapping belongs: which fields of the mapping would hold it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evgrade.schema.aliases import choice_meant
from evgrade.schema.meant import Scalar
from evgrade.yamlio.numerals import BLANKS, LONGEST, readings

_OF_PEOPLE = ("person", "patient", "participant")
_BETWEEN = ("/", " out of ", " of ")


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
    words = text.replace("-", " ").split()
    unit = _unit(words[-1], fields["unit"]["enum"]) if len(words) > 1 else None
    if unit is not None and words[-2].casefold() in _OF_PEOPLE:
        words.pop()
    number = _number(" ".join(words[:-1] if unit else words))
    if number is None:
        return None
    return f"{{amount: {number}, unit: {unit or 'years'}}}" + ("" if unit else ", with the unit of the source")


def _unit(word: str, units: Sequence[str]) -> str | None:
    if word in units:
        return word
    meant = choice_meant(word, units, "unit")
    return meant.options[0].text if meant and meant.options else None


def _part(text: str) -> str | None:
    """Return how many of how many, such as 12/40, or 30%."""
    for between in _BETWEEN:
        n, found, of = text.partition(between)
        if found and (first := _number(n)) and (second := _number(of)):
            return f"{{n: {first}, of: {second}}}"
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
