"""Cells of tables as values: the meaning of a text in its column, or why it was not read. Nothing is guessed.

`1,234` is 1234 with decimal points and 1.234 with decimal commas; the other numbers in its column, or else in the
table, tell which. If they do not, it is not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from evgrade.importing.table import Row, Table, place
from evgrade.schema.aliases import choice_meant
from evgrade.schema.meant import Meant, fits, kinds
from evgrade.schema.pasted import value_meant
from evgrade.schema.written_dates import date_meant
from evgrade.yamlio.numerals import BLANKS, readings

Number = int | Decimal
Value = str | bool | int | float | Decimal

_NOT_REPORTED = frozenset({"nr", "n.r.", "n/r", "not reported", "not stated", "not given", "not_reported"})
MISSING = _NOT_REPORTED | {
    *("", "na", "n/a", "n.a.", "#n/a", "#na", "nan", "null", "none", "nd", "n.d.", "missing", ".", "..", "...", "?"),
    *("-", "--", "\u2013", "\u2014", "not available", "not applicable", "no data", "unknown"),
}
"""Words for an unknown value."""

_SWAP = str.maketrans(",.", ".,")
_BOUND = re.compile(r"\s*(?:[<>≤≥]|less than|more than)", re.IGNORECASE)
_TWO_NUMBERS = re.compile(r"[0-9](?:[^0-9.,]|[.,](?![0-9]))[^0-9]{0,12}[0-9]")
_MOST_DIGITS = 30
_TOO_LARGE = 1e15
_COUNT = {"type": "integer", "minimum": 0, "description": "a whole number, 0 or more"}


@dataclass(frozen=True, slots=True)
class Unread:
    """The reason why a cell was not read."""

    why: str


@dataclass(frozen=True, slots=True)
class Marks:
    """The decimal mark of each column; None if it is unknown."""

    by_column: Mapping[str, str | None]

    def of(self, column: str) -> str | None:
        """Return the decimal mark of a column."""
        return self.by_column.get(column)


def decimal_marks(table: Table, said: str | None = None) -> Marks:
    """Return the decimal mark of each column, inferred from its numbers, or else from those of the whole table."""
    if said is not None:
        return Marks(dict.fromkeys(table.columns, said))
    columns = {
        name: _evidence((row.cells[at] for row in table.rows), weak=table.delimiter == ";")
        for at, name in enumerate(table.columns)
    }
    whole = set().union(*columns.values())
    return Marks({name: _sole(own) if own else _sole(whole) for name, own in columns.items()})


def _sole(marks: set[str]) -> str | None:
    return next(iter(marks)) if len(marks) == 1 else None


def _evidence(cells: Iterable[str], *, weak: bool) -> set[str]:
    """Return the decimal marks that some numbers must have: `,` in 0,5 and `.` in 0.5 or 1,234.5."""
    found = set()
    for cell in cells:
        text = cell.strip(BLANKS).rstrip("%").strip(BLANKS)
        if "," not in text and "." not in text:
            continue
        last = max(text.rfind(","), text.rfind("."))
        sign, behind = text[last], text[last + 1 :]
        meant = readings(text)
        if not behind.isdigit() or not meant:
            continue
        if text.count(sign) > 1:  # 1.234.567
            found.add("," if sign == "." else ".")
        elif (
            ("," in text and "." in text)
            or len(behind) != 3
            or (len(meant) == 1 and text[:last].lstrip("-+") in ("", "0"))
        ):
            found.add(sign)
        elif sign == "." and not weak:  # by default, a point is a decimal point
            found.add(".")
    return found


def is_missing(text: str, words: Iterable[str] = ()) -> bool:
    """Whether a cell says that a value is unknown."""
    plain = text.strip(BLANKS).casefold()
    return plain in MISSING or any(plain == word.casefold() for word in words)


def number(text: str, mark: str | None) -> Number | Unread | None:
    """Return the number in a cell; None if the value is missing."""
    if is_missing(text):
        return None
    plain = text.strip(BLANKS)
    if _BOUND.match(plain):
        return Unread(f"`{_cut(text)}` is a bound, not a number")
    if plain.endswith("%"):
        return Unread(f"`{_cut(text)}` is a percentage, not a number")
    found = _by_mark(plain, mark)
    if len(found) == 1:
        value = found[0]
        if len(value) > _MOST_DIGITS or abs(float(value)) >= _TOO_LARGE:
            return Unread(f"`{_cut(text)}` is too large or has too many digits")
        return int(value) if re.fullmatch("-?[0-9]+", value) else Decimal(f"{Decimal(value):f}")
    if found:
        hint = "give the decimal mark: `decimal` in a mapping"
        return Unread(f"`{_cut(text)}` can be {' or '.join(found)}: {hint}")
    if mark is not None and readings(plain):
        sign = "comma" if mark == "," else "point"
        return Unread(f"`{_cut(text)}` is not a number if the decimal mark is a {sign}, as in the rest of the column")
    if _TWO_NUMBERS.search(plain):
        hint = 'give a `pattern` in a mapping to say which is which: "mean (sd)", "n (percent)"'
        return Unread(f"`{_cut(text)}` holds more than one number: {hint}")
    return Unread(f"`{_cut(text)}` is not a number")


def _by_mark(text: str, mark: str | None) -> Sequence[str]:
    """Return the possible readings of a text as a number."""
    if mark == ",":
        found = readings(text.translate(_SWAP))
        # Here a point before three digits groups thousands; any other would be a decimal point, which the column lacks.
        return [one.text for one in found if "decimal comma" not in one.why]
    found = readings(text)
    if mark == ".":
        return [one.text for one in found if "decimal comma" not in one.why]
    return [one.text for one in found]


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def read(text: str, node: Mapping[str, Any], field: str, mark: str | None) -> Value | Unread | None:
    """Return the value of a cell for a field of the dossier; None if the value is missing.

    Args:
        text: the cell.
        node: the schema of the field.
        field: its key.
        mark: the decimal mark of the column.
    """
    if "enum" in node or kinds(node) == ("boolean",):
        return _choice(text, node.get("enum", (True, False)), field)
    if is_missing(text):
        return None
    types = kinds(node)
    if node.get("format") == "partial-date" or node.get("x-kind"):
        meant = date_meant(text) if "x-kind" not in node else value_meant(text, node, field)
        return _certain(text, node, meant)
    if "number" in types or "integer" in types:
        return _numeric(text, node, field, mark)
    return text if fits(text, node) else Unread(f"`{_cut(text)}` is not a valid text for `{field}`")


def _choice(text: str, allowed: Sequence[Any], field: str) -> Value | Unread | None:
    plain = text.strip(BLANKS).casefold()
    if plain in _NOT_REPORTED and "not_reported" in allowed:
        return "not_reported"
    meant = choice_meant(text, allowed, field) if plain else None
    if meant is not None and meant.certain:
        return meant.options[0].value
    if is_missing(text):
        return None
    hint = meant.hint if meant is not None else f"it can be {', '.join(str(one).lower() for one in allowed)}"
    return Unread(f"`{_cut(text)}` is not a value of `{field}`: {hint}")


def _numeric(text: str, node: Mapping[str, Any], field: str, mark: str | None) -> Value | Unread | None:
    whole = "number" not in kinds(node)
    is_share = node.get("maximum") == 100
    plain = text.strip(BLANKS)
    if is_share and plain.endswith("%"):
        plain = plain[:-1].strip(BLANKS)
    if _BOUND.match(plain) and "string" in kinds(node):
        if mark is not None and ({",": ".", ".": ","}[mark] in plain):
            return Unread(f"`{_cut(text)}` does not have the decimal mark of the rest of the column")
        return _certain(text, node, value_meant(text, node, field))
    found = number(plain, None if whole and mark is None else mark)
    if whole and isinstance(found, Unread) and mark is None:
        possible = [one for one in _by_mark(plain, None) if re.fullmatch("-?[0-9]+", one)]
        found = int(possible[0]) if len(possible) == 1 else found
    if isinstance(found, Decimal) and whole and found == found.to_integral_value():
        found = int(found)
    if found is None or isinstance(found, Unread):
        return found
    if not fits(float(found) if isinstance(found, Decimal) else found, node):
        return Unread(f"`{_cut(text)}` is not a valid value of `{field}`: {node.get('description', '')}".rstrip(": "))
    return found


def _certain(text: str, node: Mapping[str, Any], meant: Meant | None) -> Value | Unread | None:
    if meant is not None and meant.certain:
        return meant.options[0].value
    if fits(text, node):
        return text
    return Unread(
        f"`{_cut(text)}`: {meant.hint if meant is not None else node.get('description', 'not a valid value')}"
    )


class Reading:
    """The cells of a table, read for one record; notes the cells that cannot be read."""

    def __init__(self, table: Table, note: Callable[[str, str], None], decimal: str | None = None) -> None:
        self.table = table
        self.note = note
        self._marks = decimal_marks(table, decimal)

    def number(self, row: Row, column: str) -> Number | None:
        """Return a number, None if it is missing or cannot be read."""
        found: Number | None = self._taken(row, column, number(self.table.cell(row, column), self._marks.of(column)))
        return found

    def count(self, row: Row, column: str) -> int | None:
        """Return a count of participants or events, None if it is missing or cannot be read."""
        found = self.field(row, column, _COUNT, column)
        return found if isinstance(found, int) else None

    def field(self, row: Row, column: str, node: Mapping[str, Any], field: str) -> Any:
        """Return the value of a field, None if it is missing or the cell cannot be read."""
        return self._taken(row, column, read(self.table.cell(row, column), node, field, self._marks.of(column)))

    def mark(self, column: str) -> str | None:
        """Return the decimal mark of a column."""
        return self._marks.of(column)

    def _taken(self, row: Row, column: str, found: Any) -> Any:
        if isinstance(found, Unread):
            self.note(place(row, column), f"{found.why}: not taken")
            return None
        return found
