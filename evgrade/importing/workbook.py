"""The sheets of an Excel workbook as tables: dates as dates, numbers with all stored digits."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from evgrade.importing.table import Row, Table, place, table_of_records
from evgrade.importing.tree import parse
from evgrade.importing.tree import text as one_line
from evgrade.model import EvgradeError
from evgrade.schema.suggest import did_you_mean, listed

_MOST_BYTES = 256 * 1024 * 1024
_MOST_CELLS = 5_000_000
_DEEPEST = 64
_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"([^>]*)>')
_STYLE = re.compile(rb'\bs="([0-9]{1,6})"')
_PERCENT_FORMATS = frozenset({"9", "10"})
_WHOLE_FROM = 10**15
BROKEN_ZIP = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error),
    *(RuntimeError, NotImplementedError, EOFError, OSError, ValueError),
)
"""Exceptions raised by reading a broken zip file."""


def is_workbook(data: bytes) -> bool:
    """Whether a file is a workbook in Office Open XML."""
    if data[:4] != b"PK\x03\x04":
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return "[Content_Types].xml" in names and "xl/workbook.xml" in names


def tables_of_workbook(name: str, data: bytes, wanted: str | None) -> Iterator[Table]:
    """Yield the sheets that are tables, or only the requested one.

    Raises:
        EvgradeError: python-calamine is missing, or the workbook is broken, too large or has no such sheet.
    """
    try:
        import python_calamine as calamine  # noqa: PLC0415 - an extra, and only a workbook needs it
    except ImportError as error:
        hint = "install it by `pip install 'evgrade[xlsx]'`, or save the sheet as CSV"
        raise EvgradeError(f"{name} is an Excel workbook, which python-calamine reads", hint=hint) from error
    percent = _percent_cells(name, data)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.CalamineError as error:
        raise EvgradeError(f"{name} cannot be read as a workbook: {error}", hint="save it again as XLSX") from error
    names = [one.name for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
    if wanted is not None and wanted not in names:
        hint = did_you_mean(wanted, names) or f"its sheets are {listed(names)}"
        raise EvgradeError(f"{name} has no sheet {wanted!r}", hint=hint)
    shown = [one.name for one in book.sheets_metadata if one.visible == calamine.SheetVisibleEnum.Visible]
    for sheet in [wanted] if wanted is not None else names:
        own = name if len(names) == 1 else f"{name}!{sheet}"
        if sheet not in shown and wanted is None:
            yield Table(own, (), (), ((":1", f"the sheet {sheet!r} is hidden: not taken (--sheet takes it)"),))
            continue
        try:
            table = _table(own, book.get_sheet_by_name(sheet), percent.get(sheet, frozenset()))
        except calamine.CalamineError as error:
            raise EvgradeError(f"{own} cannot be read: {error}", hint="save the workbook again as XLSX") from error
        if table is not None:
            yield table


def _table(name: str, sheet: Any, percent: frozenset[tuple[int, int]]) -> Table | None:
    rows = [
        Row(line, tuple(_text(value, is_percent=(line, column) in percent) for column, value in enumerate(cells, 1)))
        for line, cells in enumerate(sheet.to_python(skip_empty_area=False), 1)
    ]
    notes = [
        (
            place(Row(first[0] + 1, ())),
            f"cells of rows {first[0] + 1} to {last[0] + 1} are merged: the first cell has the value",
        )
        for first, last in sheet.merged_cell_ranges or ()
    ]
    return table_of_records(name, rows, "\t", notes=notes)


def _text(value: Any, *, is_percent: bool) -> str:
    """Return the value of a cell as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if is_percent:
            return f"{Decimal(repr(value)).scaleb(2).normalize():f}%"
        return str(int(value)) if value.is_integer() and abs(value) < _WHOLE_FROM else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return one_line(str(value)) if value is not None else ""


def _percent_cells(name: str, data: bytes) -> Mapping[str, frozenset[tuple[int, int]]]:
    """Return the cells of each sheet that are formatted as percentages, which python-calamine does not tell.

    All parts are first unpacked here within a limit, and a sheet with a single cell a million rows down is refused,
    because a reader that allocates all cells in between would fill the memory.

    Raises:
        EvgradeError: the workbook is broken or too large.
    """
    parts: dict[str, bytes] = {}
    left = _MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                with archive.open(info) as file:
                    part = file.read(left + 1)
                left -= len(part)
                if left < 0:
                    raise EvgradeError(f"{name} is too large when unpacked", hint="save the sheet you need as CSV")
                if info.filename.endswith((".xml", ".rels")):
                    parts[info.filename] = part
    except BROKEN_ZIP as error:
        raise EvgradeError(f"{name} cannot be unzipped: {error}", hint="save it again as XLSX") from error
    styles = _percent_styles(name, parts.get("xl/styles.xml"))
    files = _files_of_sheets(name, parts)
    found = {file: _styled(name, part, styles) for file, part in parts.items() if "/worksheets/" in file}
    return {sheet: found[file] for sheet, file in files.items() if file in found}


def _styled(name: str, part: bytes, styles: frozenset[bytes]) -> frozenset[tuple[int, int]]:
    last_row = last_column = 0
    found = []
    for cell in _CELL.finditer(part):
        row, column = int(cell[2]), _number(cell[1])
        last_row, last_column = max(last_row, row), max(last_column, column)
        style = _STYLE.search(cell[0])
        if style and style[1] in styles:
            found.append((row, column))
    if last_row * last_column > _MOST_CELLS:
        said = f"a sheet of {name} reaches to row {last_row} and column {last_column}: more than may be read"
        raise EvgradeError(said, hint="delete the rows and columns after the table, or save the sheet as CSV")
    return frozenset(found)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _percent_styles(name: str, part: bytes | None) -> frozenset[bytes]:
    """Return the numbers of the styles that format numbers as percentages."""
    if part is None:
        return frozenset()
    root = parse(f"{name}!xl/styles.xml", part, _DEEPEST)
    formats = _PERCENT_FORMATS | {
        one.attributes.get("numFmtId", "")
        for one in root.all("numFmts", "numFmt")
        if "%" in one.attributes.get("formatCode", "")
    }
    used: Sequence[Any] = [one.attributes.get("numFmtId") for one in root.all("cellXfs", "xf")]
    return frozenset(str(at).encode() for at, one in enumerate(used) if one in formats)


def _files_of_sheets(name: str, parts: Mapping[str, bytes]) -> Mapping[str, str]:
    """Return the part of each sheet."""
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= parts.keys():
        return {}
    links = parse(f"{name}!xl/_rels/workbook.xml.rels", parts["xl/_rels/workbook.xml.rels"], _DEEPEST)
    targets = {one.attributes.get("Id"): one.attributes.get("Target", "") for one in links.all("Relationship")}
    book = parse(f"{name}!xl/workbook.xml", parts["xl/workbook.xml"], _DEEPEST)
    return {
        one.attributes.get("name", ""): "xl/" + targets.get(one.attributes.get("id"), "").removeprefix("/xl/")
        for one in book.all("sheets", "sheet")
    }
