"""A part of a document as a document of its own, with its original positions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evgrade.model import Path
from evgrade.yamlio.document import Document, count_marks


def part(document: Document, path: Path, defaults: Mapping[str, Any]) -> Document:
    """Return the mapping at `path` as a document; keys that it lacks are filled in from `defaults`.

    What the part holds keeps its place in the file; a default stands where the part begins. The digest
    stays that of the whole file.
    """
    data: Any = document.data
    for step in path:
        data = data[step]
    marks = list(document.marks_of(path))
    filled = dict(data)
    for key, value in defaults.items():
        if key not in filled:
            filled[key] = value
            marks += [marks[0]] * (1 + count_marks(value, {}))
    return Document(document.name, filled, document.text, document.content, marks)
