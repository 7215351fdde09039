"""A part of a document as a document of its own, its places kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evgrade.model import Path
from evgrade.yamlio.document import Document


def part(document: Document, path: Path, defaults: Mapping[str, Any]) -> Document:
    """Return the mapping at `path` as a document; keys that it lacks are filled in from `defaults`.

    What the part holds keeps its place in the file; a default stands where the part begins. The digest
    stays that of the whole file.
    """
    data: Any = document.data
    start = 0
    for step in path:
        start += _before(data, step)
        data = data[step]
    marks = list(document.marks[start : start + _size(data)])
    filled = dict(data)
    for key, value in defaults.items():
        if key not in filled:
            filled[key] = value
            marks += [marks[0]] * (1 + _size(value))
    return Document(document.name, filled, document.text, document.content, marks)


def _size(value: Any) -> int:
    """Return how many marks a value has: one for itself, and those of its keys and values."""
    if isinstance(value, dict):
        return 1 + sum(1 + _size(child) for child in value.values())
    if isinstance(value, list):
        return 1 + sum(_size(child) for child in value)
    return 1


def _before(data: Any, step: str | int) -> int:
    """Return how many marks stand between a container's own and that of one of its values."""
    if isinstance(data, list):
        return 1 + sum(_size(child) for child in data[: int(step)])
    count = 1
    for key, child in data.items():
        count += 1  # the key
        if key == step:
            break
        count += _size(child)
    return count
