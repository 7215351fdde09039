"""RIS, as Covidence, RevMan, EndNote and Zotero read it.

Nobody keeps a standard of it; the tags are those that Zotero writes and reads.
A value is one line, and nothing is escaped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from evgrade.dossier import Dossier
from evgrade.exporting.exported import Exported, Reference, left_out, person, remarks

_TYPES = {
    "article-journal": "JOUR",
    "article": "UNPB",
    "book": "BOOK",
    "chapter": "CHAP",
    "dataset": "DATA",
    "legislation": "STAT",
    "paper-conference": "CPAPER",
    "post": "ELEC",
    "post-weblog": "BLOG",
    "report": "RPRT",
    "thesis": "THES",
    "webpage": "ELEC",
    "personal_communication": "PCOMM",
    "regulation": "STAT",
    "software": "COMP",
}
_TAGS = {
    "title": "TI",
    "container_title": "T2",
    "volume": "VL",
    "issue": "IS",
    "publisher": "PB",
    "doi": "DO",
    "pmcid": "C2",
    "issn": "SN",
    "isbn": "SN",
    "url": "UR",
    "language": "LA",
}
_CARRIED = frozenset({"id", "type", "author", "issued", "accessed", "page", "pmid", "retraction", "notes", *_TAGS})


def ris(dossier: Dossier) -> Exported:
    references = dossier.references.values()
    lines = [
        f"{tag}  - {_one_line(value)}".rstrip(" ") if tag != "ER" else "ER  - \n"
        for reference in references
        for tag, value in _record(reference)
    ]
    return Exported("".join(f"{line}\n" for line in lines), left_out(references, _CARRIED))


def _record(reference: Reference) -> Iterator[tuple[str, str]]:
    yield "TY", _TYPES.get(reference.get("type", ""), "GEN")
    yield "ID", reference["id"]
    for author in reference.get("author", ()):
        yield "AU", author if (parts := person(author)) is None else f"{parts[0]}, {parts[1]}"
    for field, tag in _TAGS.items():
        if field in reference:
            yield tag, str(reference[field])
    if "issued" in reference:
        yield "PY", str(reference["issued"])[:4]
        yield "DA", _date(reference["issued"])
    if "accessed" in reference:
        yield "Y2", _date(reference["accessed"])
    if "page" in reference:
        first, dash, last = _pages(str(reference["page"]))
        yield "SP", first
        if dash:
            yield "EP", last
    if "pmid" in reference:
        # An accession number is a PubMed identifier only where the database says so.
        yield "AN", str(reference["pmid"])
        yield "DB", "PubMed"
    for note in remarks(reference):
        yield "N1", note
    yield "ER", ""


def _pages(page: str) -> tuple[str, str, str]:
    """Return first and last page of a plain range; any other text stays whole."""
    found = re.fullmatch(r"([A-Za-z]?[0-9]+)(-)([A-Za-z]?[0-9]+)", page)
    return (found[1], found[2], found[3]) if found else (page, "", "")


def _date(date: object) -> str:
    """Return a date as `YYYY/MM/DD/`, with what is not known left empty."""
    return "/".join([*str(date).split("-"), "", "", ""][:3]) + "/"


def _one_line(value: str) -> str:
    """Return a value without what would end its line, and start another tag or record."""
    plain = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in value)
    return plain.strip(" ")
