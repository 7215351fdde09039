"""What a file holds, recognized by its content. A new format is a module and a line in READERS."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from evgrade.importing import (
    bibtex,
    cochrane,
    crossref,
    csl_json,
    ctgov,
    ctgov_classic,
    ctgov_xml,
    endnote_xml,
    faers,
    nbib,
    openfda,
    pubmed_xml,
    ris,
    spl,
    tables,
    wos,
    zotero_json,
)
from evgrade.importing.content import LARGEST, NO_OPTIONS, Content
from evgrade.importing.found import Reader, Record
from evgrade.importing.options import Options
from evgrade.importing.workbook import is_workbook
from evgrade.model import EvgradeError

READERS: tuple[Reader, ...] = (
    ctgov.READER,
    pubmed_xml.READER,
    nbib.READER,
    ris.READER,
    wos.READER,
    cochrane.READER,
    crossref.READER,
    zotero_json.READER,
    endnote_xml.READER,
    spl.READER,
    openfda.READER,
    ctgov_classic.READER,
    ctgov_xml.READER,
    csl_json.READER,
    bibtex.READER,
    faers.READER,
    tables.READER,
)
"""The formats that are read, the first that recognizes a file reads it."""


def records(content: bytes, name: str, options: Options = NO_OPTIONS) -> Iterator[Record]:
    """Yield the records of a source; those of a zip file by file.

    Raises:
        EvgradeError: it is of no known format, broken or too large.
    """
    if len(content) > LARGEST:
        raise EvgradeError(f"{name} is larger than {LARGEST // 2**20} MiB")
    if content[:4] == b"PK\x03\x04" and not is_workbook(content):
        for inner, part in _unzipped(content, name):
            yield from _records(Content(inner, part, options))
    else:
        yield from _records(Content(name, content, options))


def _records(content: Content) -> Iterator[Record]:
    reader = next((one for one in READERS if one.recognizes(content)), None)
    if reader is None:
        hint = "these are read: " + "; ".join(one.name for one in READERS)
        raise EvgradeError(f"{content.name} is of no known format", hint=hint)
    return reader.records(content)


def _unzipped(content: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files in a zip, one at a time, never more than may be read."""
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
                        f"{name} holds more than may be read", hint="unpack it and import the files you need"
                    )
                yield f"{name}!{info.filename}", part
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        RuntimeError,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        raise EvgradeError(f"{name} cannot be unzipped: {error}") from error
