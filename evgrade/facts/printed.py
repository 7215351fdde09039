"""Numbers as printed: each stands for all the values that round to it, and so does what is derived from them.

A dossier holds the numbers of an effect as its source prints them. Derived values take a number as it is; given a
`Range` in its place they return all that the value may have been before rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from evgrade.facts.known import Range
from evgrade.facts.reported import Reported
from evgrade.model import Path

_PRINTED = frozenset({"estimate", "ci_low", "ci_high", "prediction_low", "prediction_high", "i_squared"})
"""What is measured and then rounded; counts are exact, and thresholds are what someone chose."""


def as_printed(data: Mapping[str, Any], written: Callable[[Path], str], path: Path = ()) -> dict[str, Any]:
    """Return a mapping with the range of every number in it that was rounded.

    Args:
        data: the mapping.
        written: returns a number as its source has it, with its last zeros.
        path: where the mapping is, as `written` wants it.
    """
    return {key: _printed(key, value, written, (*path, key)) for key, value in data.items()}


def _printed(key: str, value: Any, written: Callable[[Path], str], path: Path) -> Any:
    if key in _PRINTED and isinstance(value, int | float):
        return _range(value, written(path))
    if isinstance(value, dict):
        return as_printed(value, written, path)
    if isinstance(value, list):
        return [
            as_printed(entry, written, (*path, number)) if isinstance(entry, dict) else entry
            for number, entry in enumerate(value)
        ]
    return value


def _range(value: float, text: str) -> Range | float:
    for one in (text, repr(value)):  # in another base, or behind an anchor, the text is no decimal number
        try:
            number = Reported.parse(one)
        except ValueError:
            continue
        return Range(float(number.low), float(number.high))
    return value
