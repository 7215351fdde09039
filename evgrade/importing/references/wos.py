"""The field-tagged text of Web of Science, which is not RIS although people save it as `.ris` or `.ciw`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evgrade.importing.content import Content
from evgrade.importing.found import Reader, Record
from evgrade.importing.references import kinds, values
from evgrade.importing.references.draft import Draft
from evgrade.importing.references.tagged import Block, Dialect, blocks

_DIALECT = Dialect(
    line=re.compile(r"\ufeff?(?P<tag>[A-Z][A-Z0-9])(?: |$)(?P<odd>\b\B)?(?P<value>.*)", re.DOTALL),
    known=frozenset(),
    opens="PT",
    closes="ER",
    telling=frozenset({"TI", "AU", "SO"}),
    continues=re.compile(" {2,}"),
    skipped=re.compile(r"(?:FN|VR) .*|EF"),
)
_VALUES = {
    "TI": "title",
    "SO": "container_title",
    "VL": "volume",
    "IS": "issue",
    "PU": "publisher",
    "DI": "doi",
    "PM": "pmid",
    "SN": "issn",
    "EI": "issn",
    "BN": "isbn",
    "LA": "language",
}
_USED = frozenset({*_VALUES, "PT", "ER", "AU", "AF", "CA", "PY", "PD", "BP", "EP", "AR", "DT", "FN", "VR", "EF"})


def _recognizes(content: Content) -> bool:
    return re.match(r"\ufeff?(?:FN .*\r?\n(?:VR .*\r?\n)?)?\ufeff?PT [A-Z]\r?\n", content.start) is not None


def _records(content: Content) -> Iterator[Record]:
    for block in blocks(content.text, _DIALECT):
        if not {one.tag for one in block.fields} <= {"FN", "VR", "EF"}:
            yield _reference(block, Record(content.name, f":{block.number}", ""))


READER = Reader(_recognizes, _records)


def _reference(block: Block, record: Record) -> Record:
    draft = Draft(record)
    for number, text in block.loose:
        record.note(f":{number}", f"`{values.one_line(text)[:60]}` belongs to no field")
    draft.kind(next((kinds.by_word("wos").get(one.text, kinds.UNKNOWN) for one in block.all("PT")), kinds.UNKNOWN))
    for one in block.all("AU", "CA"):
        for line in one.lines:
            if one.tag == "AU":
                draft.author(line, one.place)
            else:
                draft.person(values.one_line(line))
    for tag, field in _VALUES.items():
        for one in block.all(tag):
            draft.put(field, one.text, one.place)
    year = next(block.all("PY"), None)
    for one in block.all("PY", "PD"):
        text = f"{one.text} {year.text}" if one.tag == "PD" and year is not None else one.text
        draft.put_date("issued", text, one.place)
    first, last, article = (next((one.text for one in block.all(tag)), "") for tag in ("BP", "EP", "AR"))
    draft.put("page", f"{first}-{last}" if first and last and first != last else first or article, record.place)
    types = [one.strip().casefold() for found in block.all("DT") for one in found.text.split(";")]
    if "retracted publication" in types:
        draft.status("retracted")
    draft.unused(*(tag for tag in block.tags() if tag not in _USED))
    return draft.finish()
