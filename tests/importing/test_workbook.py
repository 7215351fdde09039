"""Sheets of Excel workbooks as tables."""

from __future__ import annotations

import datetime as dt
import io
import sys
import zipfile
from typing import Any

import openpyxl
import pytest

from evgrade.importing.content import Options
from evgrade.importing.formats import records
from evgrade.importing.workbook import tables_of_workbook
from evgrade.model import EvgradeError

HEADER = ("study", "ai", "n1i", "ci", "n2i")


def bytes_of(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def a_book(*rows: tuple[Any, ...], name: str = "Data") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for row in rows:
        sheet.append(row)
    return book


def test_a_sheet_is_read_like_the_same_table_in_csv() -> None:
    book = bytes_of(a_book(HEADER, ("Smith 2010", 4, 123, 11, 139)))
    [record] = records(book, "a.xlsx", Options(measure="RR"))
    assert [arm["events"] for arm in record.entries["trials"][0]["effects"][0]["arms"]] == [4, 11]


def test_cells_are_what_they_show() -> None:
    book = a_book(("study", "share", "when", "mean"), ("A", 0.455, dt.date(2010, 5, 3), 1.1))
    book["Data"]["B2"].number_format = "0.0%"
    [table] = tables_of_workbook("a.xlsx", bytes_of(book), None)
    assert table.rows[0].cells == ("A", "45.5%", "2010-05-03", "1.1")
    assert table.rows[0].line == 2


def test_a_sheet_is_chosen_by_its_name_and_a_hidden_one_is_told() -> None:
    book = a_book(HEADER, ("Smith 2010", 4, 123, 11, 139))
    hidden = book.create_sheet("Old")
    hidden.append(HEADER)
    hidden.append(("Lee 2001", 1, 10, 2, 10))
    hidden.sheet_state = "hidden"
    found = list(records(bytes_of(book), "a.xlsx", Options(measure="RR")))
    assert "the sheet 'Old' is hidden" in found[1].notes[0].message
    [record] = records(bytes_of(book), "a.xlsx", Options(measure="RR", sheet="Old"))
    assert record.entries["trials"][0]["x-label"] == "Lee 2001"
    with pytest.raises(EvgradeError, match="has no sheet 'Dat'"):
        list(records(bytes_of(book), "a.xlsx", Options(measure="RR", sheet="Dat")))


def test_merged_cells_are_told() -> None:
    book = a_book(HEADER, ("Smith 2010", 4, 123, 11, 139), (None, 5, 100, 12, 100))
    book["Data"].merge_cells("A2:A3")
    [record] = records(bytes_of(book), "a.xlsx", Options(measure="RR"))
    assert any("are merged" in note.message for note in record.notes)
    assert any("names no study" in note.message for note in record.notes)


def test_a_cell_a_million_rows_down_is_refused() -> None:
    book = a_book(HEADER)
    book["Data"]["XFD1048576"] = 1
    with pytest.raises(EvgradeError, match="reaches to row 1048576"):
        list(records(bytes_of(book), "a.xlsx"))


def test_a_broken_workbook_gives_one_error() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook>")
    with pytest.raises(EvgradeError):
        list(records(out.getvalue(), "a.xlsx"))


def test_without_the_library_one_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(EvgradeError) as error:
        list(records(bytes_of(a_book(HEADER, ("A", 1, 10, 2, 10))), "a.xlsx"))
    assert "evgrade[xlsx]" in str(error.value.hint)
