"""The CSV file of Retraction Watch: notices about papers, found by DOI and PMID.

The file has one record for each notice and is published by Crossref
(https://gitlab.com/crossref/retraction-watch-data). It is read once, and only a small table of the offsets of notices
stays in memory. It is read strictly, because a missed record is a missed retraction.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from evgrade.model import Excerpt, Finding, InvalidError, Location, Severity, UnreadableError
from evgrade.notices import Nature, Notice
from evgrade.regular import open_regular, unreadable

COLUMNS = (
    "RetractionDate",
    "RetractionDOI",
    "OriginalPaperDOI",
    "OriginalPaperPubMedID",
    "RetractionNature",
    "Reason",
)
"""The columns that are read, out of twenty in the file."""

_DOI, _PMID, _NATURE, _DATE = "OriginalPaperDOI", "OriginalPaperPubMedID", "RetractionNature", "RetractionDate"
_SLOTS = 1 << 20
_BREAK = re.compile(r"[\r\n]+")
_NO_ID = frozenset({"", "0", "unavailable"})
_NATURES = {nature.value.lower(): nature for nature in Nature}


@dataclass(slots=True)
class Oddity:
    """Records with the same problem, which cannot be used although the file can be read.

    Attributes:
        what: the problem with each of them.
        count: the number of records.
        line: the line in which the first one begins.
    """

    what: str
    count: int
    line: int

    def __str__(self) -> str:
        where = f"line {self.line}" if self.count == 1 else f"{self.count} records from line {self.line} on"
        return f"{where}: {self.what}"


class Notices:
    """All notices of a file.

    They are looked up in a hash table with chains: `_slots` holds, for each remainder of a hash, the number of the last
    entry with it, `_before` the number of the entry before that, and `_offsets` the offset of its notice in the file.
    That is twelve bytes for each identifier, where a dictionary takes two hundred. Each candidate is read and compared.

    Attributes:
        path: the file.
        count: the number of its notices.
        oddities: the problems of its records, each kind once.
    """

    def __init__(self, path: str) -> None:
        """Read a file.

        Raises:
            UnreadableError: it is not a regular file, or may not be read.
            RecordsError: it is not the CSV file of Retraction Watch, or a record in it could be missed.
        """
        self.path = path
        self.count = 0
        self.oddities: list[Oddity] = []
        self._slots = array("i", [-1]) * _SLOTS
        self._before = array("i")
        self._offsets = array("q")
        with self._opened() as file:
            self._read(file)
            self._version = _version(file)

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        try:
            with os.fdopen(open_regular(self.path), "rb") as file:
                yield file
        except (OSError, ValueError) as error:
            raise unreadable(self.path, error) from error

    def _read(self, file: BinaryIO) -> None:
        records = Records(file, self.path)
        header = [name.strip() for name in next(iter(records), [])]
        self._places = _places(header, records)
        for row in records:
            if not any(field.strip() for field in row):
                continue
            _refuse_hidden(row, header, self._places, records)
            said = self._named(row)
            self.count += 1
            self._note(said, records.line)
            for key in _keys(said[_DOI], said[_PMID]):
                slot = hash(key) % _SLOTS
                self._before.append(self._slots[slot])
                self._slots[slot] = len(self._offsets)
                self._offsets.append(records.start)

    def _named(self, row: Sequence[str]) -> dict[str, str]:
        return {name: row[place] for name, place in self._places.items()}

    def _note(self, said: Mapping[str, str], line: int) -> None:
        """Note the problems of a record."""
        for what, is_odd in _ODD.items():
            if is_odd(said):
                known = next((one for one in self.oddities if one.what == what), None)
                if known is None:
                    self.oddities.append(Oddity(what, 1, line))
                else:
                    known.count += 1

    def of(self, reference: Mapping[str, Any]) -> tuple[Notice, ...]:
        """Return the notices about a reference by date, those without a date first.

        Raises:
            UnreadableError: the file was removed or changed since it was read.
        """
        keys = set(_keys(str(reference.get("doi", "")), str(reference.get("pmid", ""))))
        offsets = sorted({offset for key in keys for offset in self._entries(key)})
        if not offsets:
            return ()
        with self._opened() as file:
            if _version(file) != self._version:
                raise UnreadableError(f"{self.path} was changed while it was in use", hint="run it again")
            rows = [self._row(file, offset) for offset in offsets]
        found = (_notice(row) for row in rows if not keys.isdisjoint(_keys(row[_DOI], row[_PMID])))
        return tuple(sorted((one for one in found if one is not None), key=lambda one: one.date or ""))

    def _entries(self, key: str) -> Iterator[int]:
        entry = self._slots[hash(key) % _SLOTS]
        while entry >= 0:
            yield self._offsets[entry]
            entry = self._before[entry]

    def _row(self, file: BinaryIO, offset: int) -> dict[str, str]:
        file.seek(offset)
        return self._named(next(iter(Records(file, self.path))))


def _version(file: BinaryIO) -> tuple[int, ...]:
    """Return a value that changes if the file is changed."""
    status = os.fstat(file.fileno())
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _places(header: Sequence[str], records: Records) -> dict[str, int]:
    """Return the places of the columns that are read.

    Raises:
        RecordsError: a column is missing or appears twice.
    """
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        columns = f"the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
        hint = "use the CSV file of Retraction Watch, with commas and its header"
        raise records.error(f"the header lacks {columns}", hint=hint)
    twice = [name for name in COLUMNS if header.count(name) > 1]
    if twice:
        raise records.error(f"the header has the column {twice[0]} twice", hint="remove one of the two")
    return {name: header.index(name) for name in COLUMNS}


def _refuse_hidden(row: Sequence[str], header: Sequence[str], places: Mapping[str, int], records: Records) -> None:
    """Refuse a record that may hide another record, or one that belongs to another header.

    Raises:
        RecordsError: it is such a record.
    """
    if len(row) != len(header):
        hint = "quote a field that has a comma in it, and look for a missing or extra line end"
        raise records.error(f"this record has {len(row)} fields; the header has {len(header)}", hint=hint)
    if set(COLUMNS) <= {field.strip() for field in row}:
        raise records.error("the header appears again", hint="use one file; joined files may have different columns")
    nature = places[_NATURE]
    for column, field in enumerate(row):
        if _BREAK.search(field) and _holds_record(field, column, nature):
            hint = "look for a missing or extra quotation mark"
            raise records.error(f"the column {header[column]} of this record holds another record", hint=hint)


def _holds_record(field: str, column: int, nature: int) -> bool:
    """Whether the lines of a field look like records, swallowed by an unclosed quotation mark.

    A line is one if it has a nature, such as Retraction, after the same number of commas as a record.
    """
    first, *others = _BREAK.split(field)
    rows = (line.split(",") for line in ("," * column + first, *others))
    return any(len(row) > nature and row[nature].strip(' "').lower() in _NATURES for row in rows)


def _keys(doi: str, pmid: str) -> Iterator[str]:
    """Yield the keys of a paper for look-up; `0`, `unavailable` and empty text are not identifiers."""
    name = _bare_doi(doi)
    if name not in _NO_ID:
        yield f"doi {name}"
    number = pmid.strip().lower().lstrip("0")
    if number not in _NO_ID:
        yield f"pmid {number}"


def _bare_doi(doi: str) -> str:
    return re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)\s*", "", doi.strip().lower())


def _notice(row: Mapping[str, str]) -> Notice | None:
    """Return a notice; None if its kind is unknown."""
    nature = _NATURES.get(row[_NATURE].strip().lower())
    if nature is None:
        return None
    reasons = (part.strip(" +") for part in row["Reason"].split(";"))
    doi = row["RetractionDOI"].strip()
    return Notice(
        nature=nature,
        date=_date(row[_DATE]),
        reason="; ".join(part for part in reasons if part) or None,
        doi=None if doi.lower() in _NO_ID else doi,
    )


_MONTH_FIRST = re.compile(r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})(?: .*)?")
_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?:[ T].*)?")


def _date(text: str) -> str | None:
    """Return a date written as 1/20/2021 0:00, month first, or as 2021-01-20; None for anything else."""
    found = _MONTH_FIRST.fullmatch(text.strip()) or _ISO.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return dt.date(*map(int, found.group("year", "month", "day"))).isoformat()
    except ValueError:  # there is no such day
        return None


def _has_no_paper(row: Mapping[str, str]) -> bool:
    doi, pmid = _bare_doi(row[_DOI]), row[_PMID].strip()
    is_doi = doi in _NO_ID or (doi.startswith("10.") and doi.isprintable() and " " not in doi)
    is_pmid = pmid.lower() in _NO_ID or (pmid.isascii() and pmid.isdecimal())
    return not (is_doi and is_pmid)


_ODD: Mapping[str, Callable[[Mapping[str, str]], bool]] = {
    "a date that does not exist; the notice counts as undated": lambda row: (
        bool(row[_DATE].strip()) and _date(row[_DATE]) is None
    ),
    "an unknown RetractionNature; the notice is not used": lambda row: row[_NATURE].strip().lower() not in _NATURES,
    "an invalid DOI or PubMed ID; it finds no paper": _has_no_paper,
}
"""The problems of records, each with its test."""


LONGEST = 1 << 20
"""The longest record, in bytes; those of Retraction Watch have about a thousand."""

_QUOTED = r'"(?:[^"]++|"")*+"'
_FIELD = re.compile(rf'{_QUOTED}|[^",\r\n]*+')
_RECORD = re.compile(rf'(?:{_QUOTED}|[^",\r\n]*+)(?:,(?:{_QUOTED}|[^",\r\n]*+))*+[\r\n]*+')


class RecordsError(InvalidError):
    """A file of records is not valid; its finding says where."""


class Records:
    """The records of a file, one at a time, as lists of fields.

    Attributes:
        start: the offset of the last record in the file, in bytes.
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
        """Return the error to raise for a character of the last record."""
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
        """Return the lines of the next record, up to one that leaves no quotation mark open; empty at the end."""
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
        except csv.Error as error:  # such as a field longer than the library reads
            raise self.error(f"this record cannot be read: {error}", hint="look for an extra quotation mark") from None

    def _unfit(self) -> RecordsError:
        """Return the error for a record that was not read to its end."""
        if "\0" in self._text:
            offset = self._text.index("\0")
            return self.error("a NUL: this is not text in UTF-8", hint="save the file as CSV in UTF-8", offset=offset)
        if not _RECORD.fullmatch(self._text):
            return self._malformed()
        return self.error(f"this record has more than {LONGEST:,} bytes", hint="look for a missing line end")

    def _malformed(self) -> RecordsError:
        """Return the error for a malformed record, at its first field not followed by a comma or the end."""
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
    """Return a line, decoded as UTF-8 or else as Latin-1; real files mix both."""
    try:
        return raw.decode("utf-8-sig" if is_first else "utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _end_of_field(text: str, begin: int) -> int:
    found = _FIELD.match(text, begin)
    return begin if found is None else found.end()
