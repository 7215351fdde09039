"""Delimited text as a table: a header, rows with their lines, and notes on oddities."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from evgrade.importing.tree import text as one_line
from evgrade.model import EvgradeError

BLANK = " "
_DELIMITERS = (",", ";", "\t", BLANK)
_LOOKED_AT = 60
_HEADER_SHARE = 0.6
_MOST_CELLS = 20_000_000
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_SEP = re.compile(r"sep=(.)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: the line where it begins, and a cell for each column."""

    line: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        name: the file, and the sheet if a workbook has several, for messages.
        columns: their names, each unique.
        rows: the non-empty rows below the header.
        notes: places and oddities.
        delimiter: between cells; a tab for a workbook.
        above: lines above the header, such as `users,31`, and comments.
    """

    name: str
    columns: Sequence[str]
    rows: Sequence[Row]
    notes: Sequence[tuple[str, str]] = ()
    delimiter: str = "\t"
    above: Sequence[Row] = ()

    def cell(self, row: Row, column: str) -> str:
        """Return the text of a cell on one line, empty if there is no such column."""
        return row.cells[self.columns.index(column)] if column in self.columns else ""


def place(row: Row, column: str | None = None) -> str:
    """Return the place of a row or a cell, for notes."""
    return f":{row.line}" if column is None else f':{row.line}, column "{column}"'


def table_of_text(name: str, text: str, *, notes: Sequence[tuple[str, str]] = ()) -> Table | None:
    """Return delimited text as a table, None if it has fewer than two columns or no row.

    Raises:
        EvgradeError: a quotation mark is not closed, or a cell is too long.
    """
    if "\x00" in text[:4096]:
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    said = _SEP.fullmatch(text.partition("\n")[0])
    delimiter = said[1] if said else _delimiter(text)
    if delimiter is None:
        return None
    records = [one for one in _records(name, text, delimiter) if not (said and one.line == 1)]
    return table_of_records(name, records, delimiter, notes=notes)


def table_of_records(
    name: str, records: Sequence[Row], delimiter: str, *, notes: Sequence[tuple[str, str]] = ()
) -> Table | None:
    """Return records, with the header among them, as a table; None for fewer than two columns or no row."""
    found = [*notes]
    full = [one for one in records if any(one.cells)]
    comments = [one for one in full if one.cells[0].startswith("#")]
    full = [one for one in full if not one.cells[0].startswith("#")]
    if comments:
        found.append((place(comments[0]), f"comment lines, which begin with #: {len(comments)} not taken"))
    width = _usual_width(full)
    starts = [at for at, one in enumerate(full[:_LOOKED_AT]) if _is_header(one, width)]
    # `users,31` above the header looks like a header, except for its number.
    start = next((at for at in starts if not any(map(_NUMBER.fullmatch, full[at].cells))), next(iter(starts), None))
    if start is None or width < 2 or len(full) < start + 2:
        return None
    found += [(place(one), "a line above the header of the table: not taken") for one in full[:start]]
    header, body = full[start], full[start + 1 :]
    names = [*header.cells]
    if body and all(len(_trimmed(one.cells)) == len(_trimmed(names)) + 1 for one in body):
        names = ["row", *_trimmed(names)]  # R writes row names without a name in the header
    columns = _distinct(names, header, found)
    return Table(
        name,
        columns,
        tuple(_whole(body, len(columns), delimiter, found)),
        tuple(found),
        delimiter,
        (*comments, *full[:start]),
    )


def _delimiter(text: str) -> str | None:
    """Return the delimiter that gives most lines the same number of cells; of several, the one with the most cells."""
    best: tuple[float, int] = (0, 0)
    chosen = None
    head = "\n".join(text.split("\n", 4 * _LOOKED_AT)[: 4 * _LOOKED_AT])
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(head), delimiter=delimiter, skipinitialspace=True)
        try:
            rows = [
                _trimmed(row) if delimiter == BLANK else row
                for row in islice(reader, _LOOKED_AT)
                if any(row) and not row[0].startswith("#")
            ]
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows)
        width, many = max(widths.items(), key=lambda one: (one[1], one[0]), default=(0, 0))
        if width < 2:
            continue
        share = many / len(rows)
        if delimiter == BLANK and (width < 3 or sum(len(row) == width for row in rows[1:]) < 0.9 * (len(rows) - 1)):
            continue  # prose has spaces too
        score = (round(share, 1), 0 if delimiter == BLANK else width)
        if score > best:
            best, chosen = score, delimiter
    return chosen


def _records(name: str, text: str, delimiter: str) -> Iterator[Row]:
    """Yield the lines split into cells.

    Raises:
        EvgradeError: a quotation mark is not closed, or a cell is too long.
    """
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    line, cells = 1, 0
    try:
        for row in reader:
            cells += len(row)
            if cells > _MOST_CELLS:
                raise EvgradeError(f"{name} has more than {_MOST_CELLS:,} cells")
            lines = reader.line_num - line
            if lines > 1 and lines > _LOOKED_AT and reader.line_num >= text.count("\n"):
                hint = "close it, or write two quotation marks for one within the text"
                raise EvgradeError(f"{name}:{line}: a quotation mark opens here and is not closed", hint=hint)
            shown = tuple(one_line(one) for one in row)
            yield Row(line, tuple(_trimmed(shown)) if delimiter == BLANK else shown)
            line = reader.line_num + 1
    except csv.Error as error:
        hint = "is a quotation mark not closed?"
        raise EvgradeError(f"{name}:{line}: the table cannot be read: {error}", hint=hint) from error


def _trimmed(cells: Sequence[str]) -> Sequence[str]:
    """Return cells without trailing empty ones."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _usual_width(records: Sequence[Row]) -> int:
    widths = Counter(len(one.cells) for one in records[: 4 * _LOOKED_AT])
    return max(widths, key=lambda width: (widths[width], width), default=0)


def _is_header(record: Row, width: int) -> bool:
    """Whether a line can be the header: most of its cells are not empty."""
    named = sum(map(bool, record.cells))
    return named >= 2 and named >= _HEADER_SHARE * (width - 1)


def _distinct(names: Sequence[str], header: Row, notes: list[tuple[str, str]]) -> tuple[str, ...]:
    columns: list[str] = []
    for number, name in enumerate(_trimmed(names), 1):
        own, again = name or f"column {number}", 1
        while own in columns:
            again += 1
            own = f"{name} ({again})"
        if again > 1:
            notes.append((place(header, name), f"another column has this name: this one is called `{own}` here"))
        columns.append(own)
    return tuple(columns)


def _whole(body: Sequence[Row], width: int, delimiter: str, notes: list[tuple[str, str]]) -> Iterator[Row]:
    """Yield the rows with a cell for each column.

    A single short row has lost its trailing empty cells. Several short rows in succession are pieces of rows with line
    breaks in a text, and surplus cells come from a delimiter in a text: both have cells in the wrong columns.
    """
    short = [len(one.cells) < width for one in body]
    for at, one in enumerate(body):
        cells = one.cells
        if any(cells[width:]):
            notes.append((place(one), f"{len(cells)} cells where the header has {width}: the row was not taken"))
        elif not short[at]:
            yield Row(one.line, tuple(cells[:width]))
        elif delimiter == BLANK or any(short[max(at - 1, 0) : at]) or any(short[at + 1 : at + 2]):
            notes.append((place(one), f"{len(cells)} cells where the header has {width}: the row was not taken"))
        else:
            notes.append((place(one), f"{len(cells)} cells where the header has {width}: the rest are read as empty"))
            yield Row(one.line, (*cells, *[""] * (width - len(cells))))
