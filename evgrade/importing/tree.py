"""JSON that need not have the shape it should: values by their keys, and of one type or absent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

_NUMBER = re.compile(r"-?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})")
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]+")
LONGEST = 20_000
"""Characters of a text in a dossier."""


def within(value: Any, *keys: str) -> Any:
    """Return what keys lead to, None if there is nothing."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text(value: Any, *keys: str) -> str:
    """Return a text in one line, empty if there is none."""
    found = within(value, *keys)
    return " ".join(_HARMFUL.sub(" ", found).split())[:LONGEST] if isinstance(found, str) else ""


def count(value: Any, *keys: str) -> int | None:
    """Return a whole number of people, written as a number or as text."""
    found = within(value, *keys)
    if isinstance(found, str) and re.fullmatch("[0-9]{1,9}", found.strip()):
        return int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 10**9 else None


def number(value: Any, *keys: str) -> int | Decimal | None:
    """Return a number with the digits that the source prints; None for words such as NA."""
    found = within(value, *keys)
    if isinstance(found, int | float) and not isinstance(found, bool):
        found = repr(found)
    if not isinstance(found, str) or not _NUMBER.fullmatch(found.strip()):
        return None
    printed = found.strip()
    return int(printed) if re.fullmatch("-?[0-9]+", printed) else Decimal(printed)


def items(value: Any, *keys: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the mappings of a list with their numbers."""
    found = within(value, *keys)
    for at, one in enumerate(found if isinstance(found, list) else ()):
        if isinstance(one, dict):
            yield at, one


def texts(value: Any, *keys: str) -> list[str]:
    """Return the texts of a list."""
    found = within(value, *keys)
    return [text(one) for one in found if text(one)] if isinstance(found, list) else []
