"""RIS, for Covidence, RevMan, EndNote and Zotero.

RIS has no maintained standard; these are the tags that Zotero writes and reads. A value is one line, without escapes.
"""

from __future__ import annotations

from collections.abc import Iterator

from evgrade.exporting.exported import Exported, left_out
from evgrade.exporting.references import Reference, References, one_line, pages, person, remarks_on

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


def ris(references: References) -> Exported:
    lines = [
        f"{tag}  - {one_line(value)}".rstrip(" ") if tag != "ER" else "ER  - \n"
        for reference in references.entries
        for tag, value in _record(reference)
    ]
    left = tuple(left_out("references", references.entries, _CARRIED))
    return Exported("".join(f"{line}\n" for line in lines), left, references.remarks)


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
        first, dash, last = pages(str(reference["page"]))
        yield "SP", first
        if dash:
            yield "EP", last
    if "pmid" in reference:
        # An accession number is a PMID only if the database says PubMed.
        yield "AN", str(reference["pmid"])
        yield "DB", "PubMed"
    for note in remarks_on(reference):
        yield "N1", note
    yield "ER", ""


def _date(date: object) -> str:
    """Return a date as `YYYY/MM/DD/`, with unknown parts empty."""
    return "/".join([*str(date).split("-"), "", "", ""][:3]) + "/"
