"""Documents made of parts of another: one part of it, or all but some. Everything keeps its original position."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from evgrade.model import Path
from evgrade.yamlio.document import Document, count_marks


def part(document: Document, path: Path, defaults: Mapping[str, Any]) -> Document:
    """Return the mapping at `path` as a document; keys that it lacks are filled in from `defaults`.

    What the part holds keeps its place in the file; a default is placed where the part begins. The digest
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


def without(document: Document, left_out: Collection[Path]) -> Document:
    """Return a document that lacks what is at some paths: the keys of mappings, the entries of lists.

    What remains keeps its place in the file, so that entries of a list have new numbers and old lines. The digest stays
    that of the whole file.
    """
    marks: list[int] = []
    data = _kept(document.data, (), iter(document.marks), marks, left_out)
    return Document(document.name, data, document.text, document.content, marks)


def _kept(value: Any, path: Path, marks: Iterator[int], kept: list[int], left_out: Collection[Path]) -> Any:
    """Return what remains of a value and append its marks, in document order, as the reader wrote them."""
    kept.append(next(marks))
    if isinstance(value, dict):
        mapping = {}
        for key, child in value.items():
            own: list[int] = [next(marks)]
            remains = _kept(child, (*path, key), marks, own, left_out)
            if (*path, key) not in left_out:
                mapping[key] = remains
                kept += own
        return mapping
    if isinstance(value, list):
        entries = []
        for number, child in enumerate(value):
            own = []
            remains = _kept(child, (*path, number), marks, own, left_out)
            if (*path, number) not in left_out:
                entries.append(remains)
                kept += own
        return entries
    return value
