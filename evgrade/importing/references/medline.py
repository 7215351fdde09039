"""The MEDLINE format of PubMed, saved as `.nbib` or `.txt`, and what PubMed's XML has in common with it.

ERIC and KoreaMed write it too. Source: MEDLINE/PubMed Data Element (Field) Descriptions, National Library of Medicine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from evgrade.importing.content import Content
from evgrade.importing.found import Reader, Record
from evgrade.importing.references import kinds, values
from evgrade.importing.references.draft import Draft
from evgrade.importing.references.tagged import Block, Dialect, blocks


def kind(types: Sequence[str]) -> kinds.Kind:
    """Return the type for types of publications: an article, unless one of them says something else."""
    known = kinds.by_word("medline")
    return next((known[one.casefold()] for one in types if one.casefold() in known), kinds.ARTICLE)


def title(written: str) -> str:
    """Return a title without the dot that ends it, which stays where it belongs to an abbreviation."""
    text = values.plain(written)
    if not text.endswith(".") or text.endswith("...") or re.fullmatch(r"(?:[^\W\d_]\.){2,}", text.rpartition(" ")[2]):
        return text
    return text if re.search(r"\b(?:et al|vs|etc|Inc|Ltd|Jr|spp?)\.$", text) else text[:-1]


def pages(written: str) -> str:
    """Return pages in full: 454-81 is 454-481."""
    text = values.one_line(written)
    found = re.fullmatch(r"([A-Za-z]*)([0-9]+)-([A-Za-z]*)([0-9]+)", text)
    if not found or len(found[4]) >= len(found[2]) or found[3] not in ("", found[1]):
        return text
    last = found[2][: len(found[2]) - len(found[4])] + found[4]
    return f"{found[1]}{found[2]}-{found[3] or found[1]}{last}" if int(last) > int(found[2]) else text


def issn_rank(kind_of_issn: str) -> int:
    """Return the place of an ISSN among several: print, electronic, linking."""
    said = kind_of_issn.casefold()
    return next((at for at, word in enumerate(("print", "electronic", "linking")) if word in said), 3)


_VALUES = {"volume": "VI", "issue": "IP", "publisher": "PB", "pmid": "PMID", "pmcid": "PMC"}
_STATUS = {
    "RIN": "retracted",
    "RRI": "retracted",
    "ECI": "expression_of_concern",
    "EIN": "corrected",
    "CRI": "corrected",
}
_USED = frozenset(
    {*_VALUES.values(), *_STATUS, "TI", "TT", "BTI", "CTI", "AU", "FAU", "CN", "JT", "TA", "DP", "DEP", "PG", "IS"}
    | {"ISBN", "LA", "PT", "AID", "LID"}
)
_DIALECT = Dialect(
    line=re.compile(r"\ufeff?(?P<tag>[A-Z]{2,4}) {0,3}-(?:(?=[ \t]|$)|(?P<odd>(?=\S)))(?P<value>.*)", re.DOTALL),
    known=_USED,
    opens="PMID",
    closes="",
    telling=frozenset(
        {"TI", "TT", "BTI", "CTI", "AU", "FAU", "CN", "PT", "JT", "TA", "AID", "LID", "PMC", "DP", "SO", "OWN"}
    ),
    continues=re.compile(r"[ \t]{2,}"),
    skipped=re.compile(r"[0-9]{1,7}\.|<[0-9]{1,7}>"),
)


def _recognizes(content: Content) -> bool:
    if content.start[:1] in ("{", "[", "<", "@", "%"):
        return False
    return re.search(r"^\ufeff?(?:PMID|OWN ) ?- ?\S", content.text, re.MULTILINE) is not None


def _records(content: Content) -> Iterator[Record]:
    for number, block in enumerate(blocks(content.text, _DIALECT)):
        record = Record(content.name, f":{block.number}", "")
        if not number and not content.is_utf8:
            record.note(":1", "the file is not UTF-8 and was read as Windows-1252: compare letters with accents")
        yield _reference(block, record)


READER = Reader(_recognizes, _records)


def _reference(block: Block, record: Record) -> Record:
    draft = Draft(record)
    for number, text in block.loose:
        record.note(f":{number}", f"`{values.one_line(text)[:60]}` belongs to no field")
    draft.kind(kind([values.one_line(one.text) for one in block.all("PT")]))
    _title(block, draft)
    _authors(block, draft)
    for field, tag in _VALUES.items():
        for one in block.all(tag):
            draft.put(field, one.text, one.place)
    for one in block.all("DP"):
        draft.put_date("issued", one.text, one.place)
    for one in block.all("DEP"):
        draft.put_date("available_online", one.text, one.place)
    for one in block.all("PG"):
        draft.put("page", pages(one.text), one.place)
    _numbers(block, draft)
    for one in list(block.all("LA"))[:1]:
        draft.put("language", one.text, one.place)
    if len(list(block.all("LA"))) > 1:
        draft.unused("more languages (LA)")
    _status(block, draft)
    draft.unused(*(tag for tag in block.tags() if tag not in _USED))
    return draft.finish()


def _title(block: Block, draft: Draft) -> None:
    for one in block.all("TI", "CTI", "BTI"):
        if values.one_line(one.text).strip("[].").casefold() == "not available":
            continue
        if "title" not in draft.entry:
            draft.put("title", title(one.text), one.place)
        elif one.tag == "BTI":
            draft.put("container_title", title(one.text), one.place)
        else:
            draft.put("title", title(one.text), one.place)  # which notes that there is another
    for one in block.all("TT"):
        if "title" not in draft.entry:
            draft.put("title", title(one.text), one.place)
        else:
            draft.unused("TT")
    for one in block.all("JT", "TA"):
        if "container_title" not in draft.entry:
            draft.put("container_title", one.text, one.place)


def _authors(block: Block, draft: Draft) -> None:
    """Take authors in the order of the file, people and bodies; long names where there are no short ones."""
    short = "AU" if next(block.all("AU"), None) is not None else "FAU"
    for one in block.fields:
        if one.tag in (short, "CN") and one.text:
            if one.tag == "FAU" or "," in one.text:
                draft.author(one.text, one.place)
            else:
                draft.person(values.one_line(one.text))


def _numbers(block: Block, draft: Draft) -> None:
    for one in block.all("LID", "AID"):
        text, _, kind = values.one_line(one.text).partition(" [")
        if kind == "doi]" or (not kind and values.doi(text)):
            draft.put("doi", text, one.place)
        elif kind in ("pii]", "") and re.fullmatch("[A-Za-z]{0,4}[0-9]{1,8}", text) and "page" not in draft.entry:
            draft.put("page", text, one.place)
        else:
            draft.unused(f"{one.tag} {text}"[:60])
    best = sorted(block.all("IS"), key=lambda one: issn_rank(one.text))
    for one in best[:1]:
        draft.put("issn", one.text, one.place)
    for one in block.all("ISBN"):
        draft.put("isbn", one.text, one.place)


def _status(block: Block, draft: Draft) -> None:
    for one in block.all("PT"):
        if values.one_line(one.text).casefold() == "retracted publication":
            draft.status("retracted")
    for tag, status in _STATUS.items():
        for one in block.all(tag):
            draft.status(status)
            draft.record.note(one.place, f"{status.replace('_', ' ')}: {values.one_line(one.text)[:120]}")
