"""The text that the Cochrane Library exports beside RIS: the same fields, with a colon behind each tag."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evgrade.importing.content import Content
from evgrade.importing.found import Reader, Record
from evgrade.importing.references.ris import reference
from evgrade.importing.references.tagged import Dialect, blocks

_TAGS = {"YR": "PY", "NO": "IS", "PG": "SP", "SO": "JO", "DOI": "DO", "US": "UR", "KY": "KW"}
"""Tags that RIS has under another name."""
_DIALECT = Dialect(
    line=re.compile(r"\ufeff?(?P<tag>[A-Z]{2,3}):(?P<odd>\b\B)?(?P<value>.*)", re.DOTALL),
    known=frozenset(),
    opens="ID",
    closes="",
    telling=frozenset({"TI", "AU", "SO", "DOI"}),
    continues=re.compile(""),
    beside=re.compile(r"Record #?[0-9]+ of [0-9]+"),
)


def _recognizes(content: Content) -> bool:
    return re.match(r"\ufeff?Record #?[0-9]+ of [0-9]+\s{1,8}ID: ", content.start) is not None


def _records(content: Content) -> Iterator[Record]:
    for block in blocks(content.text, _DIALECT):
        block.fields = [one._replace(tag=_TAGS.get(one.tag, one.tag)) for one in block.fields]
        if any("journal" in one.text.casefold() for one in block.all("PT")):
            block.fields.append(block.fields[0]._replace(tag="TY", lines=["JOUR"]))
        yield reference(block, Record(content.name, f":{block.number}", ""))


READER = Reader(_recognizes, _records)
