"""A dossier's data with some of it changed: what is not on the way to a change is shared, never copied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from evgrade.model import Path

GONE: Final = object()
"""In place of a value: it is taken away."""


def edited(data: Any, changes: Mapping[Path, Any]) -> Any:
    """Return data with other values at some paths; an entry of a list that goes leaves no gap.

    What a path leads through is made where it is not there: a mapping for a key, a list for an index.
    """
    below: dict[Any, dict[Path, Any]] = {}
    for path, value in changes.items():
        if not path:
            return value
        below.setdefault(path[0], {})[path[1:]] = value
    if isinstance(data, dict):
        kept = {
            key: edited(value, below[key]) if key in below else value
            for key, value in data.items()
            if below.get(key, {}).get(()) is not GONE
        }
        return kept | {key: _made(inner) for key, inner in below.items() if key not in data and _is_there(inner)}
    kept_entries = [
        edited(value, below[number]) if number in below else value
        for number, value in enumerate(data)
        if below.get(number, {}).get(()) is not GONE
    ]
    return kept_entries + [_made(below[number]) for number in sorted(below) if number >= len(data)]


def _is_there(inner: Mapping[Path, Any]) -> bool:
    return any(value is not GONE for value in inner.values())


def _made(inner: Mapping[Path, Any]) -> Any:
    """Return the value for a place that was empty before."""
    first = next(iter(inner))
    if not first:
        return inner[()]
    return edited([] if isinstance(first[0], int) else {}, inner)
