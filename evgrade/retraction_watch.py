"""The CSV file of Retraction Watch: notices about papers, found by DOI and PMID.

The file has a line a notice and is published by Crossref (https://gitlab.com/crossref/retraction-watch-data). It is
read once; what stays in memory is a small table that says where in the file each notice begins.
"""

from __future__ import annotations

import csv
import re
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from evgrade.model import EvgradeError, UnreadableError
from evgrade.notices import Nature, Notice

COLUMNS = (
    "RetractionDate",
    "RetractionDOI",
    "OriginalPaperDOI",
    "OriginalPaperPubMedID",
    "RetractionNature",
    "Reason",
)
"""The columns that are read, of the twenty that the file has."""

_DOI, _PMID = "OriginalPaperDOI", "OriginalPaperPubMedID"
_SLOTS = 1 << 20
_LONGEST_LINE = 1 << 20
_NO_ID = frozenset({"", "0", "unavailable"})


class NoticesError(EvgradeError):
    """A file of notices is not what it should be."""


class Notices:
    """All notices of a file.

    They are found through a hash table with chains: `_slots` holds, for each remainder of a hash, the number of the
    last entry with it, `_before` the number of the one before that, `_offsets` where in the file its notice begins.
    That is twelve bytes an identifier, where a dictionary takes two hundred. What is met is read again and compared.

    Attributes:
        path: the file.
        count: how many notices it holds.
        unreadable: the lines at which records begin that have too few fields.
    """

    def __init__(self, path: str) -> None:
        """Read a file.

        Raises:
            UnreadableError: it is no regular file, or may not be read.
            NoticesError: it is no such CSV.
        """
        self.path = path
        self.count = 0
        self.unreadable: list[int] = []
        self._slots = array("i", [-1]) * _SLOTS
        self._before = array("i")
        self._offsets = array("q")
        try:
            if Path(path).exists() and not Path(path).is_file():
                raise UnreadableError(f"{path} is not a regular file")  # it is read in more than once
            with Path(path).open("rb") as file:
                self._read(file)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise UnreadableError(f"{path} could not be read: {reason}") from error

    def _read(self, file: BinaryIO) -> None:
        records = _Records(file, self.path)
        self._places = _places(next(iter(records), []), self.path)
        longest = max(self._places.values())
        for row in records:
            if len(row) <= longest:
                if any(row):
                    self.unreadable.append(records.line)
                continue
            self.count += 1
            for key in _keys(row[self._places[_DOI]], row[self._places[_PMID]]):
                slot = hash(key) % _SLOTS
                self._before.append(self._slots[slot])
                self._slots[slot] = len(self._offsets)
                self._offsets.append(records.start)

    def of(self, reference: Mapping[str, Any]) -> tuple[Notice, ...]:
        """Return the notices about a reference, in the order of their dates; those without a date come first.

        Raises:
            UnreadableError: the file went away.
        """
        keys = set(_keys(str(reference.get("doi", "")), str(reference.get("pmid", ""))))
        offsets = sorted({offset for key in keys for offset in self._entries(key)})
        if not offsets:
            return ()
        try:
            with Path(self.path).open("rb") as file:
                rows = [self._row(file, offset) for offset in offsets]
        except OSError as error:
            raise UnreadableError(f"{self.path} could not be read: {error.strerror or error}") from error
        found = (_notice(row) for row in rows if not keys.isdisjoint(_keys(row[_DOI], row[_PMID])))
        return tuple(sorted((one for one in found if one is not None), key=lambda one: one.date or ""))

    def _entries(self, key: str) -> Iterator[int]:
        entry = self._slots[hash(key) % _SLOTS]
        while entry >= 0:
            yield self._offsets[entry]
            entry = self._before[entry]

    def _row(self, file: BinaryIO, offset: int) -> dict[str, str]:
        file.seek(offset)
        row = next(iter(_Records(file, self.path)), [])
        return {name: row[place] if place < len(row) else "" for name, place in self._places.items()}


class _Records:
    """The records of a CSV file, one after the other; `start` is the offset of the last, `line` its first line."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._read_to = file.tell()
        self._lines = 0
        self.start = self._read_to
        self.line = 1

    def __iter__(self) -> Iterator[list[str]]:
        rows = csv.reader(self._decoded())
        while True:
            self.start, self.line = self._read_to, self._lines + 1
            try:
                row = next(rows, None)
            except csv.Error as error:
                raise NoticesError(
                    f"{self._name} is no CSV from line {self.line} on: {error}",
                    hint="a quotation mark may not be closed there",
                ) from error
            if row is None:
                return
            yield row

    def _decoded(self) -> Iterator[str]:
        """Yield the lines: UTF-8 as they should be, Latin-1 where they are not; real files mix both."""
        while raw := self._file.readline(_LONGEST_LINE):
            if len(raw) == _LONGEST_LINE:
                raise NoticesError(f"{self._name} is no CSV: its line {self._lines + 1} is too long")
            encoding = "utf-8-sig" if self._read_to == 0 else "utf-8"
            self._read_to += len(raw)
            self._lines += 1
            try:
                yield raw.decode(encoding)
            except UnicodeDecodeError:
                yield raw.decode("latin-1")


def _places(header: list[str], path: str) -> dict[str, int]:
    """Return where the columns are that are read.

    Raises:
        NoticesError: one is missing.
    """
    names = [name.strip() for name in header]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        columns = f"the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
        raise NoticesError(
            f"{path} lacks {columns}", hint="it should be the CSV file of Retraction Watch, with commas and its header"
        )
    return {name: names.index(name) for name in COLUMNS}


def _keys(doi: str, pmid: str) -> Iterator[str]:
    """Yield what a paper is found by; `0`, `unavailable` and nothing are no identifiers."""
    name = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)\s*", "", doi.strip().lower())
    if name not in _NO_ID:
        yield f"doi {name}"
    number = pmid.strip().lower()
    if number not in _NO_ID:
        yield f"pmid {number}"


def _notice(row: Mapping[str, str]) -> Notice | None:
    """Return a notice, None if it is of a kind that says nothing of the paper."""
    wanted = row["RetractionNature"].strip().lower()
    nature = next((nature for nature in Nature if nature.value.lower() == wanted), None)
    if nature is None:
        return None
    reasons = (part.strip(" +") for part in row["Reason"].split(";"))
    doi = row["RetractionDOI"].strip()
    return Notice(
        nature=nature,
        date=_date(row["RetractionDate"]),
        reason="; ".join(part for part in reasons if part) or None,
        doi=None if doi.lower() in _NO_ID else doi,
    )


def _date(text: str) -> str | None:
    """Return a date written as 1/20/2021 0:00, month first, or as 2021-01-20; None for anything else."""
    match = re.match(r"\s*(\d{1,2})/(\d{1,2})/(\d{4})\b", text)
    if match:
        month, day, year = map(int, match.groups())
        return f"{year}-{month:02}-{day:02}"
    match = re.match(r"\s*(\d{4}-\d{2}-\d{2})\b", text)
    return match[1] if match else None
