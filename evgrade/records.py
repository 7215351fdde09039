"""The records of a CSV file, read strictly as RFC 4180 has it.

A reader that forgives takes what follows an unclosed quotation mark for the text of one field, and the records in it
are gone without a word. So whatever could hide a record is an error here, at its place.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from evgrade.model import Excerpt, Finding, InvalidError, Location, Severity

LONGEST = 1 << 20
"""Bytes of the longest record; those of Retraction Watch have about a thousand."""

_QUOTED = r'"(?:[^"]++|"")*+"'
_FIELD = re.compile(rf'{_QUOTED}|[^",\r\n]*+')
_RECORD = re.compile(rf'(?:{_QUOTED}|[^",\r\n]*+)(?:,(?:{_QUOTED}|[^",\r\n]*+))*+[\r\n]*+')


class RecordsError(InvalidError):
    """A file of records is not what it should be; its finding says where."""


class Records:
    """The records of a file, one after the other, as lists of fields.

    Attributes:
        start: where in the file the last record begins, in bytes.
        line: the line in which it begins, from 1.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._read_to = file.tell()
        self._lines = 0
        self._text = ""
        self.start = self._read_to
        self.line = 1

    def __iter__(self) -> Iterator[list[str]]:
        while True:
            self.start, self.line = self._read_to, self._lines + 1
            self._text = self._next()
            if not self._text:
                return
            yield self._fields()

    def error(self, message: str, *, hint: str, offset: int = 0) -> RecordsError:
        """Return an error to raise, at a character of the last record."""
        before = self._text[:offset]
        begin = before.rfind("\n") + 1
        line = self._text[begin:].partition("\n")[0].rstrip("\r")
        place = Location(file=self._name, line=self.line + before.count("\n"), column=offset - begin + 1)
        finding = Finding(
            code="csv-syntax",
            severity=Severity.ERROR,
            message=message,
            location=place,
            excerpt=Excerpt(text=line, length=1),
            hint=hint,
        )
        return RecordsError(f"{self._name} cannot be used: a record in it could be missed", (finding,))

    def _next(self) -> str:
        """Return the lines of the next record: a line ends it if no quotation mark is open. Nothing at the end."""
        text = io.StringIO()
        is_open, size = False, 0
        while raw := self._file.readline(LONGEST):
            text.write(_decoded(raw, is_first=self._read_to == 0))
            is_open ^= raw.count(b'"') % 2 == 1
            size += len(raw)
            self._read_to += len(raw)
            self._lines += 1
            if b"\0" in raw or size >= LONGEST:
                self._text = text.getvalue()
                raise self._unfit()
            if not is_open:
                break
        return text.getvalue()

    def _fields(self) -> list[str]:
        if not _RECORD.fullmatch(self._text):
            raise self._malformed()
        try:
            return next(csv.reader([self._text], strict=True))
        except csv.Error as error:  # such as a field beyond what the library reads
            raise self.error(f"this record cannot be read: {error}", hint="look for an extra quotation mark") from None

    def _unfit(self) -> RecordsError:
        """Return what is wrong with a record that was not read to its end."""
        if "\0" in self._text:
            offset = self._text.index("\0")
            return self.error("a NUL: this is not text in UTF-8", hint="save the file as CSV in UTF-8", offset=offset)
        if not _RECORD.fullmatch(self._text):
            return self._malformed()
        return self.error(f"this record has more than {LONGEST:,} bytes", hint="look for a missing line end")

    def _malformed(self) -> RecordsError:
        """Return what is wrong with a record: its first field that neither a comma nor the end follows."""
        text, begin = self._text, 0
        while text[(end := _end_of_field(text, begin)) : end + 1] == ",":
            begin = end + 1
        if text[begin : begin + 1] == '"':
            return self.error(
                "this quotation mark is not closed at the end of its field",
                hint='close it before the comma; inside a field, write "" for a quotation mark',
                offset=begin,
            )
        if text[end : end + 1] == '"':
            return self.error(
                "a quotation mark in an unquoted field",
                hint='put the whole field in quotation marks, and write "" for the one inside',
                offset=end,
            )
        return self.error("a carriage return inside a line", hint="end every line with LF or CR LF", offset=end)


def _decoded(raw: bytes, *, is_first: bool) -> str:
    """Return a line: UTF-8 as it should be, Latin-1 where it is not; real files mix both."""
    try:
        return raw.decode("utf-8-sig" if is_first else "utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _end_of_field(text: str, begin: int) -> int:
    found = _FIELD.match(text, begin)
    return begin if found is None else found.end()
