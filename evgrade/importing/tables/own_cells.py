"""Cells as evgrade exports them, read as what they were: no value is another type than the one that was written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from evgrade.importing.table import Row, place
from evgrade.importing.tables.cells import Reading
from evgrade.importing.tables.studies import Entry
from evgrade.schema.meant import fits, kinds
from evgrade.schema.shape import Kind, Shape

_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?(e-?[0-9]{1,3})?", re.IGNORECASE)
_QUOTED = re.compile("(?:\\A|(?<=;))'(?=[ \"\xa0\u3000]*[=+\\-@\uff1d\uff0b\uff0d\uff20])")
_MISSING = ("", "NA")
"""What an empty cell is after R has written the table again."""


def unquoted(text: str) -> str:
    """Return a text without the apostrophes that keep spreadsheets from taking it for a formula."""
    return _QUOTED.sub("", text)


def field(cells: Reading, row: Row, column: str, shape: Shape) -> Any:
    """Return the value that a cell gives a field, None if it is empty or cannot be read, which is noted."""
    text = unquoted(cells.table.cell(row, column))
    if text in _MISSING:
        return None
    if shape.kind is Kind.LIST:
        return [one for one in (_one(cells, row, column, part, shape.item) for part in items(text)) if one is not None]
    return _one(cells, row, column, text, shape)


def items(text: str) -> Iterator[str]:
    """Yield the texts of a list."""
    return (part.strip() for part in text.split(";") if part.strip())


def _one(cells: Reading, row: Row, column: str, text: str, shape: Shape) -> Any:
    node = shape.node
    if "enum" in node:
        # Spreadsheets write truths in capitals.
        known = [one for one in node["enum"] if str(one).casefold() == text.casefold()]
        if known:
            return known[0]
    types = kinds(node)
    if types == ("boolean",) and text.casefold() in ("true", "false"):
        return text.casefold() == "true"
    if {"number", "integer"} & set(types) and _NUMBER.fullmatch(text):
        value = Decimal(text)
        made = int(text) if re.fullmatch("-?[0-9]+", text) else Decimal(f"{value:f}")
        if fits(made if isinstance(made, int) else float(made), node):
            return made
    if "string" in types and "enum" not in node and fits(text, node):
        return text
    # What a person typed since is read as in any other table, or noted.
    return cells.field(row, column, node, column)


def fields(cells: Reading, row: Row, columns: Mapping[str, str], shape: Shape) -> Entry:
    """Return the values of fields, each with the name of its column."""
    found: Entry = {}
    for name, column in columns.items():
        inside = shape.key(name)
        value = None if inside is None else field(cells, row, column, inside)
        if value is not None:
            found[name] = value
    return found


def own_id(cells: Reading, row: Row, column: str, shape: Shape) -> str:
    """Return the id of an entry, empty if there is none."""
    text = cells.table.cell(row, column)
    inside = shape.key("id")
    if inside is not None and fits(text, inside.node):
        return text
    cells.note(place(row, column), f"`{text[:60]}` is not an id: the row was not taken")
    return ""
