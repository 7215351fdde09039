"""Formats, recognized by content. A new format is a module with a line in READERS or KINDS."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any, NoReturn

from evgrade.importing import labels
from evgrade.importing.content import LARGEST, NO_OPTIONS, Content, Options
from evgrade.importing.ctgov import classic, classic_xml, download, study
from evgrade.importing.found import Reader, Record
from evgrade.importing.references import bibtex, csl_json, endnote_xml, pubmed, ris
from evgrade.importing.table import Table
from evgrade.importing.tables import bias_table, counts_table, effects_table, own, revman, revman_xml
from evgrade.importing.tables.mapped import mapped_records
from evgrade.importing.tables.studies import TableKind
from evgrade.importing.tree import items
from evgrade.importing.workbook import BROKEN_ZIP, is_workbook
from evgrade.model import EvgradeError
from evgrade.schema.suggest import listed

# Reports of suspected reactions, such as FAERS: recognized so that they are not mistaken for counts of people

_QUARTERLY = re.compile(r"(?:primaryid|isr)\$(?:caseid|case)\b|primaryid\$", re.IGNORECASE)
_DASHBOARD = re.compile(r"\"?case id\"?\s?[,;\t].{0,2000}\"?suspect product", re.IGNORECASE)


def _is_faers(content: Content) -> bool:
    if content.start[:1] == "{":
        results = [one for _, one in items(content.json, "results")]
        return bool(results) and (all("safetyreportid" in one for one in results) or all(map(_is_count, results)))
    if "<ichicsr" in content.start[:2000].lower():
        return True
    first = content.start.partition("\n")[0]
    return bool(_QUARTERLY.match(first) or _DASHBOARD.search(first))


def _is_count(one: Any) -> bool:
    return one.keys() == {"term", "count"} and isinstance(one["count"], int)


def _refuse(content: Content) -> NoReturn:
    raise EvgradeError(
        f"{content.name} holds reports of suspected reactions (FAERS), which are not counts of people: the number who"
        " took the drug is unknown, there are duplicates, and reports name concomitant drugs too",
        hint="describe them in a sentence: `observational` with `design: surveillance` and `question: harm`; for the"
        " harms in them, `adverse_events` with `source: post_marketing` and without numbers",
    )


# Tables

KINDS: tuple[TableKind, ...] = (
    own.TRIALS,
    own.EFFECTS,
    revman.KIND,
    revman.OLD_KIND,
    effects_table.KIND,
    bias_table.KIND,
    counts_table.KIND,
    counts_table.REPORTS,
    counts_table.HARMS,
)
"""The kinds of tables that are read without a mapping; the first that matches a table reads it."""


def _of_tables(content: Content) -> Iterator[Record]:
    mapping = content.options.mapping
    if mapping is not None:
        named = [table for table in content.tables if table.columns]
        if len(named) != 1:
            sheets = listed(table.name for table in named)
            raise EvgradeError(f"{content.name} has several tables: {sheets}", hint="name one: `sheet` in the mapping")
        yield from mapped_records(content, named[0], mapping)
        return
    kinds = [(table, _kind(table)) for table in content.tables]
    if all(kind is None for _, kind in kinds):
        raise _unknown_tables([table for table, _ in kinds if table.columns])
    for table, kind in kinds:
        if kind is not None:
            yield from kind.records(content, table)
        else:
            record = Record(table.name, "", table.name)
            for place, message in table.notes or ((":1", "the columns of this sheet are unknown: not taken"),):
                record.note(place, message)
            yield record


def _kind(table: Table) -> TableKind | None:
    return next((one for one in KINDS if table.columns and one.matches(table)), None)


def _unknown_tables(tables: list[Table]) -> EvgradeError:
    if not tables:
        return EvgradeError("the workbook has no table", hint="a table is a header and rows below it")
    columns = [*tables[0].columns]
    shown = listed([*columns[:12], *([f"{len(columns) - 12} more"] if len(columns) > 12 else [])])
    hint = f"explain them in a mapping: `evgrade import --guess {tables[0].name}` proposes one"
    return EvgradeError(f"{tables[0].name} is a table with unknown columns: {shown}", hint=hint)


class UnknownFormatError(EvgradeError):
    """A file is not in a known format."""


READERS: tuple[Reader, ...] = (
    study.READER,
    pubmed.XML,
    pubmed.MEDLINE,
    ris.READER,
    ris.WOS,
    ris.COCHRANE,
    csl_json.CROSSREF,
    csl_json.ZOTERO,
    endnote_xml.READER,
    labels.DAILYMED,
    labels.OPENFDA,
    classic.READER,
    classic_xml.READER,
    download.READER,
    csl_json.READER,
    bibtex.READER,
    revman_xml.READER,
    Reader(_is_faers, _refuse),
    Reader(lambda content: bool(content.tables), _of_tables),
)
"""The readers of formats; the first that recognizes a file reads it."""
_DEEPEST_ZIP = 3


def records(content: bytes, name: str, options: Options = NO_OPTIONS) -> Iterator[Record]:
    """Yield the records of a source, those of a zip file by file.

    Raises:
        EvgradeError: it is not in a known format, broken or too large.
    """
    if len(content) > LARGEST:
        raise EvgradeError(f"{name} is larger than {LARGEST // 2**20} MiB")
    if _is_zip(content):
        yield from _of_zip(content, name, options, _DEEPEST_ZIP)
    else:
        yield from _records(Content(name, content, options))


def _is_zip(content: bytes) -> bool:
    return content[:4] == b"PK\x03\x04" and not is_workbook(content)


def _of_zip(content: bytes, name: str, options: Options, deepest: int) -> Iterator[Record]:
    """Yield the records of the files in a zip, those of a data package together, and notes on unknown formats."""
    unknown, parts, read = [], [], False
    for inner, data in _unzipped(content, name):
        part = Content(inner, data, options)
        if revman.is_part(inner):
            parts.append(part)
        elif _is_zip(data) and deepest > 1:
            yield from _of_zip(data, inner, options, deepest - 1)
            read = True
        elif _reader(part) is None:
            unknown.append(inner)
        else:
            yield from _records(part)
            read = True
    if parts:
        yield from revman.package(name, parts, options)
    elif unknown and not read:
        raise _unknown(unknown[0])
    if unknown:
        record = Record(name, "", name)
        for inner in unknown:
            record.note("", f"{inner} is not in a known format: not taken")
        yield record


def _reader(content: Content) -> Reader | None:
    return next((one for one in READERS if one.recognizes(content)), None)


def _records(content: Content) -> Iterator[Record]:
    reader = _reader(content)
    if reader is None:
        raise _unknown(content.name)
    return reader.records(content)


def _unknown(name: str) -> UnknownFormatError:
    hint = "evgrade reads ClinicalTrials.gov records, references, tables, reviews and drug labels: see docs/import.md"
    return UnknownFormatError(f"{name} is not in a known format", hint=hint)


def _unzipped(content: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files in a zip, one at a time, within limits."""
    left = 16 * LARGEST
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in archive.infolist():
                if info.is_dir():
                    continue
                with archive.open(info) as file:
                    part = file.read(LARGEST + 1)
                left -= len(part)
                if len(part) > LARGEST or left < 0:
                    raise EvgradeError(
                        f"{name} is too large when unpacked", hint="unpack it and import the files you need"
                    )
                yield f"{name}!{info.filename}", part
    except BROKEN_ZIP as error:
        raise EvgradeError(f"{name} cannot be unzipped: {error}") from error
