"""Change the data of a dossier by inserting or replacing text, with every other byte unchanged.

The edits follow from comparing the old data with the new. Where their text can go depends on the style of the dossier:
block style, brackets, `[]`, or a key not there yet. Each style has places to try, and the first whose result reads as
the new data is taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from evgrade.model import EvgradeError, InvalidError, Path, dotted
from evgrade.schema.shape import Kind, Shape, dossier_shape
from evgrade.yamlio.document import Document
from evgrade.yamlio.layout import Change, Edit, Extend, Layout, Put, Replace
from evgrade.yamlio.reader import read
from evgrade.yamlio.scalars import resolve


def inserted(document: Document, section: Path, entries: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the bytes of a dossier with entries added at the end of a list.

    Args:
        document: the dossier, valid or not.
        section: the keys that lead to the list, such as `("trials",)`; missing keys are added.
        entries: plain data; a number whose digits must be kept is a `Decimal`.

    Raises:
        EvgradeError: the value there is not a list, or there is no safe place for the entries.
    """
    content, refused = changed(document, _added(document.data, section, entries))
    if refused:
        raise no_place(document, section)
    return content


def no_place(document: Document, section: Path) -> EvgradeError:
    """Return the error for a list whose style allows no additions."""
    hint = "write it in block style: the key, and below it a line that begins with `-` for each entry"
    return EvgradeError(f"nothing can be added to `{dotted(section)}` in {document.name} as it is written", hint=hint)


def changed(document: Document, data: Any) -> tuple[bytes, tuple[Edit, ...]]:
    """Return the bytes of a dossier changed to read as `data`, by `edits` and `edited`."""
    return edited(document, edits(document.data, data))


def edits(old: Any, new: Any) -> tuple[Edit, ...]:
    """Return the edits that turn the data of a dossier into new data: more keys, longer lists, other values.

    Lists keep the order of their entries; new keys of a mapping come in the order of the schema.
    """
    return tuple(_edits(old, new, (), dossier_shape()))


def edited(document: Document, wanted: Sequence[Edit]) -> tuple[bytes, tuple[Edit, ...]]:
    """Return the bytes of a dossier with edits made, and the edits for which it has no safe place.

    All edits are made at once if the result is right, otherwise those of each half, down to single edits. The edits are
    independent: each changes something that was there before.
    """
    if not wanted:
        return document.content, ()
    expected = _canonical(_applied(document.data, wanted))
    layout = Layout(document, _before_in_order)
    if len(wanted) == 1:
        tries: Iterator[list[Change]] = ([one] for one in layout.changes(wanted[0]))
    else:
        tries = iter([[one for edit in wanted if (one := next(layout.changes(edit), None)) is not None]])
    for changes in tries:
        content = _with(document, changes) if len(changes) == len(wanted) else None
        if content is not None and _reads_as(content, document.name, expected):
            return content, ()
    if len(wanted) == 1:
        return document.content, tuple(wanted)
    half = len(wanted) // 2
    content, refused = edited(document, wanted[:half])
    content, more = edited(read(content, document.name), wanted[half:])
    return content, (*refused, *more)


def _edits(old: Any, new: Any, path: Path, shape: Shape | None) -> Iterator[Edit]:
    """Yield the edits that turn old data into new, the keys of a mapping in the order of the schema."""
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() <= new.keys():
        order = {key: number for number, key in enumerate(() if shape is None else shape.keys)}
        for key in sorted(new, key=lambda one: order.get(one, len(order))):
            if key in old:
                yield from _edits(old[key], new[key], (*path, key), _inside(shape, key))
            else:
                yield Put(path, key, new[key])
    elif isinstance(old, list) and isinstance(new, list) and len(old) <= len(new):
        within = [
            edit
            for number, (before, after) in enumerate(zip(old, new, strict=False))
            for edit in _edits(before, after, (*path, number), _inside(shape, number))
        ]
        if any(isinstance(one, Replace) and one.path[:-1] == path and isinstance(one.value, dict) for one in within):
            yield Replace(path, new)  # if entries are replaced as a whole, replace the list
            return
        yield from within
        if len(old) < len(new):
            yield Extend(path, new[len(old) :])
    elif old is not new and _canonical(old) != _canonical(new):
        yield Replace(path, new)


def arranged(old: Any, new: Any, shape: Shape | None) -> Any:
    """Return new data with its keys in the order that they would have in a file with the old data."""
    if isinstance(old, list) and isinstance(new, list):
        inner = _inside(shape, 0)
        return [arranged(before, after, inner) for before, after in zip(old, new, strict=False)] + new[len(old) :]
    if not isinstance(old, dict) or not isinstance(new, dict) or not old.keys() <= new.keys() or not old:
        return new
    order = {key: number for number, key in enumerate(() if shape is None else shape.keys)}
    behind: dict[str, list[str]] = {key: [] for key in old}
    for key in sorted(new.keys() - old.keys(), key=lambda one: (order.get(one, len(order)), list(new).index(one))):
        behind[_neighbour(old, key, tuple(order)) or next(iter(old))].append(key)
    keys = (one for key in old for one in (key, *behind[key]))
    return {key: arranged(old.get(key), new[key], _inside(shape, key)) for key in keys}


def _inside(shape: Shape | None, step: str | int) -> Shape | None:
    if shape is None:
        return None
    if isinstance(step, int):
        return shape.item if shape.kind is Kind.LIST else None
    return shape.key(step)


def _with(document: Document, changes: Sequence[Change]) -> bytes | None:
    """Return the bytes of a document with changes made; None if two changes overlap."""
    mark = document.content[: len(document.content) - len(document.text.encode())]  # the byte order mark, if any
    parts, at = [], 0
    # Of two changes at the same place, the one indented further belongs to the text before, so it comes first.
    for change in sorted(changes, key=lambda one: (one.start, one.end, -one.column)):
        if change.start < at:
            return None
        parts += [document.text[at : change.start], change.text]
        at = change.end
    return mark + "".join([*parts, document.text[at:]]).encode(errors="surrogatepass")


def _reads_as(content: bytes, name: str, expected: str) -> bool:
    """Return whether some bytes read as the expected data.

    Raises:
        EvgradeError: it is larger than a dossier can be.
    """
    try:
        return _canonical(read(content, name).data) == expected
    except InvalidError as error:
        if any(one.code == "yaml-too-large" for one in error.findings):
            size = f"{len(content) / 2**20:.0f} MiB"
            hint = "import fewer records, or into several dossiers"
            raise EvgradeError(f"{name} would be larger than a dossier can be ({size})", hint=hint) from error
        return False


def _applied(data: Any, wanted: Sequence[Edit]) -> Any:
    """Return a copy of data with edits made; data shared by aliases change in one place alone."""
    data = unshared(data)
    for edit in wanted:
        parent: Any = None
        value: Any = data
        for step in edit.path:
            parent, value = value, value[step]
        match edit:
            case Put():
                value[edit.key] = edit.value
            case Extend():
                value.extend(edit.entries)
            case Replace() if edit.path:
                parent[edit.path[-1]] = edit.value
            case Replace():
                data = edit.value
    return data


def unshared(value: Any) -> Any:
    """Return a copy of data without shared parts."""
    if isinstance(value, dict):
        return {key: unshared(part) for key, part in value.items()}
    if isinstance(value, list):
        return [unshared(part) for part in value]
    return value


def _added(data: Any, section: Path, entries: Sequence[Any]) -> Any:
    """Return data with entries added to a list.

    Raises:
        EvgradeError: the value there is not a list.
    """
    if not section:
        if data is not None and not isinstance(data, list):
            raise EvgradeError("nothing can be added: there is something other than a list")
        return [*(data or ()), *entries]
    if data is not None and not isinstance(data, dict):
        raise EvgradeError(f"nothing can be added to `{dotted(section)}`: its parent is not a mapping")
    data = data or {}
    return data | {section[0]: _added(data.get(section[0]), section[1:], entries)}


def _canonical(data: Any) -> str:
    """Return data as text that is equal for equal data alone: 1, 1.0 and true differ."""
    return json.dumps(data, sort_keys=True, default=_read_back)


def _read_back(value: Any) -> Any:
    if isinstance(value, Decimal):
        return resolve(str(value))
    raise TypeError(type(value))


def _before_in_order(parent: Path, mapping: Mapping[str, Any], key: str) -> str | None:
    """Return the key of a mapping that is last before another in the order of the schema; None if there is none.

    A key that is not in the schema comes after all others.
    """
    shape: Shape | None = dossier_shape()
    for step in parent:
        shape = _inside(shape, step)
    return _neighbour(mapping, key, () if shape is None else shape.keys)


def _neighbour(mapping: Mapping[str, Any], key: str, order: Sequence[str]) -> str | None:
    if key not in order:
        return list(mapping)[-1] if mapping else None
    return max((one for one in mapping if one in order[: order.index(key)]), key=order.index, default=None)
