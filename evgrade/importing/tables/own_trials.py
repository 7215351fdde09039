"""Trials as `evgrade export --format trials-csv` writes them: the same entries, but for what reviewers judged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from evgrade.importing.content import Content
from evgrade.importing.found import Record
from evgrade.importing.naming import shape_of
from evgrade.importing.table import Row, Table, place
from evgrade.importing.tables.cells import Unread, number
from evgrade.importing.tables.own_cells import field, fields, items, own_id, unquoted
from evgrade.importing.tables.studies import Entry, TableKind, file_name, node, reading, untaken
from evgrade.schema.shape import Shape

_NEEDED = frozenset({"dossier", "study", "id", "statement", "allocation", "arms", "refs"})
_FLAT = ("arms", "dose", "duration")
_ARM = re.compile(r"(.+): ([0-9]+|\?)")
_DURATION = re.compile(r"([0-9.]*) ?([a-z]*)")
_MOST_PEOPLE = 1_000_000_000


def _records(content: Content, table: Table) -> Iterator[Record]:
    record = Record(table.name, "", file_name(content))
    for where, message in table.notes:
        record.note(where, message)
    cells, shape = reading(record, table), shape_of("trials")
    assert shape is not None  # noqa: S101 - the schema has trials
    judged = [name for name in table.columns if shape.only_reviewers_fill(name)]
    own = [name for name in table.columns if name in shape.keys and name not in judged]
    nested = [name for name in table.columns if "." in name and _of(shape, name) is not None]
    for row in table.rows:
        name = own_id(cells, row, "id", shape)
        if not name:
            continue
        entry: Entry = {"id": name}
        for column in own:
            if column == "id":
                continue
            text = unquoted(table.cell(row, column))
            value = (
                _flat(record, row, column, text) if column in _FLAT else field(cells, row, column, _of(shape, column))
            )
            if value not in (None, []):
                entry[column] = value
        for column in nested:
            parent, _, key = column.partition(".")
            found = fields(cells, row, {key: column}, _of(shape, parent))
            if found:
                entry.setdefault(parent, {}).update(found)
        if "statement" not in entry:
            record.note(place(row), f"{name} has no statement: the row was not taken")
            continue
        said = [column for column in judged if table.cell(row, column)]
        if said:
            record.note(place(row), f"judgements are left to reviewers, and were not taken: {', '.join(said)}")
        record.add("trials", {key: entry[key] for key in shape.keys if key in entry})
    untaken(record, table, [*own, *judged, *nested])
    yield record


def _of(shape: Shape, dotted: str) -> Any:
    for key in dotted.split("."):
        inside = shape.key(key)
        if inside is None:
            return None
        shape = inside
    return shape


def _flat(record: Record, row: Row, column: str, text: str) -> Any:
    """Return what a cell says of a field that has fields of its own."""
    if text in ("", "NA"):
        return None
    if column == "dose":
        return {"text": text}
    if column == "arms":
        return [_arm(part) for part in items(text)]
    return _duration(record, row, text)


def _arm(text: str) -> Entry:
    """Return an arm from `Riluzole: 77`; `Dose: 50: ?` is the arm `Dose: 50`, whose people are not known."""
    found = _ARM.fullmatch(text)
    if found is None or (found[2] != "?" and int(found[2]) > _MOST_PEOPLE):
        return {"name": text}
    return {"name": found[1]} if found[2] == "?" else {"name": found[1], "participants": int(found[2])}


def _duration(record: Record, row: Row, text: str) -> Entry | None:
    found = _DURATION.fullmatch(text)
    amount = number(found[1], ".") if found and found[1] else None
    unit = found[2] if found else ""
    if found is None or isinstance(amount, Unread) or (unit and unit not in node("duration", "unit")["enum"]):
        record.note(place(row, "duration"), f"`{text[:60]}` is not a duration such as `6 months`: not taken")
        return None
    return ({} if amount is None else {"amount": amount}) | ({"unit": unit} if unit else {})


KIND = TableKind("trials as evgrade exports them", lambda table: frozenset(table.columns) >= _NEEDED, _records)
