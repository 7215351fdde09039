"""Shared by all tables: the table as a reference, its studies by label, and its outcomes."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, NamedTuple

from evgrade.importing.content import Content
from evgrade.importing.found import Entry, Record
from evgrade.importing.table import Row, Table, place
from evgrade.importing.tables.cells import Reading, is_missing
from evgrade.schema.store import schema

_LABELS = (
    *("studlab", "study", "studyid", "studyname", "studylabel"),
    *("author", "authors", "firstauthor", "trial", "label"),
)
_YEARS = ("year", "studyyear", "publicationyear", "yearofpublication")
_REGISTRIES = ("nct", "nctid", "nctnumber", "registry", "registrynumber", "registration", "trialregistration")
_NUMBER = re.compile(r"NCT[0-9]{8}|ISRCTN[0-9]{8}|20[0-9]{2}-[0-9]{6}-[0-9]{2}(?:-[0-9]{2})?")
_YEAR = re.compile(r"1[89][0-9]{2}|20[0-9]{2}")


class TableKind(NamedTuple):
    """A kind of table.

    Attributes:
        matches: whether a table is of this kind, by the names of its columns.
        records: yields its records; raises `EvgradeError` if an option is missing.
    """

    matches: Callable[[Table], bool]
    records: Callable[[Content, Table], Iterator[Record]]


def plain(name: str) -> str:
    """Return the name of a column without case, dots, spaces and underscores, which make no difference."""
    return re.sub(r"[^a-z0-9%#²]", "", name.casefold())


def column(table: Table, *names: str) -> str | None:
    """Return the column with the first of some plain names that a table has."""
    own = {plain(one): one for one in reversed(table.columns)}
    return next((own[name] for name in names if name in own), None)


def slug(label: str, otherwise: str) -> str:
    """Return an id made from a label: lower-case letters and digits, with hyphens."""
    letters = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().casefold()
    return "-".join(re.findall("[a-z0-9]+", letters))[:60].strip("-") or otherwise


def year_of(text: str) -> Entry:
    """Return a year as a field of an entry; nothing if the text is not a year."""
    return {"year": int(text)} if _YEAR.fullmatch(text) else {}


def node(definition: str, field: str) -> Mapping[str, Any]:
    """Return the schema of a field of a definition."""
    found: Mapping[str, Any] = schema("dossier")["$defs"][definition]["properties"][field]
    while "$ref" in found:
        found = schema("dossier")["$defs"][found["$ref"].removeprefix("#/$defs/")]
    return found


def empty_record(content: Content, table: Table) -> Record:
    """Return a record named after the file, without its folders, with the notes of the table."""
    record = Record(table.name, "", PurePath(content.name.replace("\\", "/")).name)
    for where, message in table.notes:
        record.note(where, message)
    return record


def record_of(content: Content, table: Table) -> tuple[Record, str]:
    """Return a record with the table as a reference and its notes, and the id of the reference."""
    record = empty_record(content, table)
    own = f"table-{slug(record.name, 'table')}"[:64]
    digest = hashlib.sha256(content.data).hexdigest()
    entry = {"id": own, "type": "dataset", "title": record.name, "notes": f"SHA-256 of the file: {digest}"}
    record.add("references", entry | {"x-label": record.name})
    return record, own


class Labels:
    """The names of the studies in the rows of a table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._study = column(table, *_LABELS)
        self._year = column(table, *_YEARS)
        self._registry = column(table, *_REGISTRIES)
        self._with_year = self._study is not None and self._year is not None and self._is_ambiguous(self._study)

    @property
    def known(self) -> bool:
        """Whether the table names its studies."""
        return self._study is not None

    @property
    def columns(self) -> Sequence[str]:
        """The columns that name studies."""
        return [one for one in (self._study, self._year, self._registry) if one is not None]

    def _is_ambiguous(self, study: str) -> bool:
        """Whether the year belongs to the name: authors are named, or one name has several years."""
        if plain(study) in ("author", "authors", "firstauthor"):
            return True
        names = [self._table.cell(row, study) for row in self._table.rows]
        pairs = {
            (name, self._table.cell(row, self._year or "")) for name, row in zip(names, self._table.rows, strict=True)
        }
        return len(set(names)) < len(pairs)

    def of(self, row: Row) -> str:
        """Return the name of the study in a row, empty if there is none."""
        name = self._table.cell(row, self._study or "")
        year = self._table.cell(row, self._year or "")
        if self._with_year and year and not is_missing(name) and year not in name:
            return f"{name} {year}"
        return "" if is_missing(name) else name

    def facts(self, row: Row) -> Entry:
        """Return the year and the registry number of the study in a row."""
        year, number = (self._table.cell(row, one or "") for one in (self._year, self._registry))
        return ({"registry": [number]} if _NUMBER.fullmatch(number) else {}) | year_of(year)


class Studies:
    """The studies of a table, with one entry each, even for several rows."""

    def __init__(self, record: Record, reference: str, section: str = "trials") -> None:
        self._record = record
        self._reference = reference
        self._section = section
        self._entries: dict[str, Entry] = {}

    def entry(self, label: str) -> Entry:
        """Return the entry of a study, a new one the first time."""
        key = label.casefold()
        if key not in self._entries:
            self._entries[key] = {
                "id": slug(label, f"study-{len(self._entries) + 1}"),
                "statement": f"Listed in {self._record.name} as {label}.",
                "x-label": label,
                "refs": [self._reference],
            }
            self._record.add(self._section, self._entries[key])
        return self._entries[key]

    def __len__(self) -> int:
        """Return the number of studies."""
        return len(self._entries)


class Outcomes:
    """The outcomes of a table, with one entry each."""

    def __init__(self, record: Record, reference: str) -> None:
        self._record = record
        self._reference = reference
        self._ids: dict[str, str] = {}

    def id_of(self, name: str) -> str:
        """Return the id of an outcome."""
        key = name.casefold()
        if key not in self._ids:
            wanted = slug(name, f"outcome-{len(self._ids) + 1}")
            taken = set(self._ids.values())
            own = next(one for one in (wanted, *(f"{wanted}-{n}" for n in range(2, 10_000))) if one not in taken)
            self._ids[key] = own
            self._record.add("outcomes", {"id": own, "name": name, "x-label": name, "refs": [self._reference]})
        return self._ids[key]


def reading(record: Record, table: Table, decimal: str | None = None) -> Reading:
    """Return the cells of a table, read for a record."""
    return Reading(table, record.note, decimal)


def untaken(record: Record, table: Table, taken: Sequence[str | None]) -> None:
    """Note the columns that were not taken."""
    left = [one for one in table.columns if one not in taken]
    if left:
        record.note(":1", f"columns that were not taken: {', '.join(left)[:2000]}")


def labelled_rows(record: Record, table: Table, labels: Labels) -> Iterator[tuple[Row, str]]:
    """Yield the rows that name a study, each with its name."""
    for row in table.rows:
        label = labels.of(row)
        if label:
            yield row, label
        else:
            record.note(place(row), "the row names no study: not taken")
