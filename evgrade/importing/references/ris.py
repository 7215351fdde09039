"""RIS, as Ovid, Embase, Scopus, Cochrane, EndNote and Zotero write it; and the text of Cochrane and of Web of Science.

RIS has no maintained standard; these are the tags that Zotero reads. The Cochrane Library's text has the same fields,
with a colon after each tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from evgrade.importing.content import Content
from evgrade.importing.found import Reader, Record
from evgrade.importing.references import values
from evgrade.importing.references.draft import UNKNOWN, Draft, kinds
from evgrade.importing.references.tagged import Block, Dialect, Field, blocks

_VALUES = {
    "title": ("TI", "T1", "CT"),
    "volume": ("VL",),
    "issue": ("IS", "NO", "CP"),
    "publisher": ("PB",),
    "doi": ("DO", "DI"),
    "language": ("LA",),
}
"""The tags of fields with one value, the best first."""
_JOURNALS = ("JF", "T2", "BT", "JO", "JA", "J1", "J2")
_BOOKS = ("BT", "T2", "JF", "JO", "JA", "J2")
_ADDRESSES = ("UR", "L2", "LK", "L1")
_USED = frozenset(
    {
        *re.findall(r"\w+", "TY ER ID AU A1 PY Y1 YR PM DA Y2 SP EP C7 SN N1 DB DP AN C2 C5 M3 L3"),
        *(*_ADDRESSES, *_JOURNALS, *(tag for tags in _VALUES.values() for tag in tags)),
    }
)
_UNUSED = (
    "A2 A3 A4 AB AD AI AV C1 C3 C4 C6 C8 CA CN CY ED ET H1 H2 J3 KW L4 LB M1 M2 N2 NV OP RI RN RP SE ST T3 TA TT "
    "U1 U2 U3 U4 U5 VO"
)
_DIALECT = Dialect(
    line=re.compile(
        r"[ \t\ufeff]{0,8}(?!ER[ \t]?-[ \t]{0,8}[^ \t])(?P<tag>[A-Z][A-Z0-9])"
        r"(?:[ \u00a0]{2,4}[-\u2010-\u2013]|(?P<odd>[ \t\u00a0]{0,2}-(?=[ \t\u00a0]|$)))(?P<value>.*)",
        re.DOTALL,
    ),
    known=_USED | frozenset(re.findall(r"\w+", _UNUSED)),
    opens="TY",
    closes="ER",
    telling=frozenset({"TI", "T1", "AU", "A1", "DO", "JO", "JF", "T2", "BT"}),
    continues=re.compile(""),
    skipped=re.compile(
        r"[0-9]{1,7}\.|<[0-9]{1,7}>|Record #?[0-9]+ of [0-9]+|Provider: .*|Content: ?text/.*|Database: .*", re.I
    ),
)
_NO_PAGES = re.compile(
    "no|n/?a|no pagination(?: specified)?|none|n\\.?pag\\.?|specified|pagination specified", re.IGNORECASE
)


def _recognizes(content: Content) -> bool:
    if content.start[:1] in ("{", "[", "<", "@", "%") or content.data[:2] == b"PK":
        return False
    if re.search(r"^[ \t\ufeff]*(?:TY[ \u00a0]{1,3}-|ER[ \u00a0]{1,3}-)", content.text, re.MULTILINE):
        return True
    first = next((line for line in content.start.splitlines() if line.strip()), "")
    return re.match(r"(?:TI|T1|AU|A1|ID|DO|JO)  - ", first) is not None


def _records(content: Content) -> Iterator[Record]:
    is_guessed = not content.is_utf8 and content.data[:2] not in (b"\xff\xfe", b"\xfe\xff")
    for number, block in enumerate(blocks(content.text, _DIALECT)):
        record = Record(content.name, f":{block.number}", "")
        if is_guessed and not number:
            record.note(":1", "the file is not UTF-8 and was read as Windows-1252: check accented letters")
        yield _reference(block, record)


READER = Reader(_recognizes, _records)


def _reference(block: Block, record: Record) -> Record:
    draft = Draft(record)
    if not block.is_opened and block.fields:
        record.note(record.place, "the record has no TY: its type is unknown")
    for number, text in block.loose:
        record.note(f":{number}", f"`{values.one_line(text)[:60]}` belongs to no field")
    kind = values.one_line(next((one.text for one in block.all("TY")), "")).upper()
    if kind and kind not in kinds("ris"):
        record.note(record.place, f"`{kind[:20]}` is not a type of RIS")
    draft.kind(kinds("ris").get(kind, UNKNOWN))
    for one in block.all("AU", "A1"):
        draft.author(one.text, one.place)
    for field, tags in _VALUES.items():
        for one in block.all(*tags):
            draft.put(field, one.text, one.place)
    _container(block, draft)
    _numbers(block, draft)
    _dates(block, draft)
    _pages(block, draft)
    _addresses(block, draft)
    _notes(block, draft)
    draft.unused(*(tag for tag in block.tags() if tag not in _USED))
    return draft.finish(one.text for one in block.all("ID"))


def _container(block: Block, draft: Draft) -> None:
    """Take the title of the journal or book, which is the title of an untitled book itself."""
    is_part = draft.entry.get("type") in ("chapter", "paper-conference")
    found = list(block.all(*(_BOOKS if is_part else _JOURNALS)))
    if "title" not in draft.entry:
        own = next((one for one in found if one.tag == "BT"), None)
        if own is not None:
            draft.put("title", own.text, own.place)
            found.remove(own)
    for one in found:
        if not draft.entry.get("container_title"):
            draft.put("container_title", one.text, one.place)
        elif values.plain(one.text) != draft.entry["container_title"]:
            draft.unused(one.tag)


def _numbers(block: Block, draft: Draft) -> None:
    _pmid(block, draft)
    for one in block.all("C2"):
        if re.fullmatch(r"PMC[0-9]+", one.text.strip(), re.IGNORECASE):
            draft.put("pmcid", one.text, one.place)
        else:
            draft.unused("C2")
    for one in block.all("M3", "L3"):
        if values.doi(one.text) and re.match(r"(?:doi:? ?)?10\.|https?:", one.text.strip(), re.IGNORECASE):
            draft.put("doi", one.text, one.place)
        else:
            draft.unused(one.tag)
    for one in block.all("SN"):
        draft.put_serial(one.text, one.place)


def _pmid(block: Block, draft: Draft) -> None:
    """Take a PMID only if the record says so: an accession number belongs to the named database."""
    databases = " ".join(one.text for one in block.all("DB", "DP")).casefold()
    is_pubmed = re.search(r"pubmed|medline", databases) is not None
    # Embase gives the PMID of the paper as C5.
    own = "C5" if "embase" in databases else "AN"
    for one in block.all("AN", "C5"):
        if is_pubmed and one.tag == own:
            draft.put("pmid", one.text, one.place)
        else:
            draft.unused(one.tag)
    for one in block.all("PM"):  # Cochrane: PUBMED 12345
        found = re.fullmatch(r"PUBMED ?([0-9]+)", values.one_line(one.text), re.IGNORECASE)
        if found:
            draft.put("pmid", found[1], one.place)
        else:
            draft.unused("PM")


def _dates(block: Block, draft: Draft) -> None:
    for one in block.all("PY", "Y1", "YR", "DA"):
        draft.put_date("issued", one.text, one.place)
    for one in block.all("Y2"):
        draft.put_date("accessed", one.text, one.place)


def _pages(block: Block, draft: Draft) -> None:
    first, last = (_page(next(block.all(tag), None), draft) for tag in ("SP", "EP"))
    start, end = ("" if one is None else values.one_line(one.text) for one in (first, last))
    holds_range = re.split("[-\u2013]", start)[-1] == end
    if start and end and not holds_range:
        start = end if end.startswith((f"{start}-", f"{start}\u2013")) else f"{start}-{end}"
    if first is not None:
        draft.put("page", start, first.place)
    elif last is not None and re.search("[-\u2013]", end):
        draft.put("page", end, last.place)
    elif last is not None:
        draft.record.note(last.place, f"`{end[:40]}` is the last page, and the first is missing")
    for one in block.all("C7"):
        if "page" in draft.entry or not draft.put("page", one.text, one.place):
            draft.unused("C7")


def _page(one: Field | None, draft: Draft) -> Field | None:
    if one is None or not _NO_PAGES.fullmatch(values.one_line(one.text)):
        return one
    draft.record.note(one.place, f"`{one.text}` is not a page")
    return None


def _addresses(block: Block, draft: Draft) -> None:
    """Take the address of the paper, and the DOI or PMID in any other address."""
    for one in block.all(*_ADDRESSES):
        found = values.urls(one.text)
        if not found:
            draft.unused(one.tag)
        for address in found:
            if one.tag == "UR" and "url" not in draft.entry:
                draft.put("url", address, one.place)
            elif values.doi_of_address(address):
                draft.put("doi", values.doi_of_address(address), one.place)
            elif values.pmid_of_address(address):
                draft.put("pmid", values.pmid_of_address(address), one.place)
            elif address != draft.entry.get("url"):
                draft.unused(one.tag)


def _notes(block: Block, draft: Draft) -> None:
    """Take personal notes, but not those of a database about its own record."""
    databases = [one.text for one in block.all("DB", "DP")]
    is_personal = all(re.search("pubmed", one, re.IGNORECASE) for one in databases)
    for one in block.all("N1"):
        kept = [line for line in one.lines if not draft.said(line, one.place)]
        if is_personal:
            draft.remark("\n".join(kept))
        elif kept:
            draft.unused("N1")


# The Cochrane Library

_COCHRANE_TAGS = {"YR": "PY", "NO": "IS", "PG": "SP", "SO": "JO", "DOI": "DO", "US": "UR", "KY": "KW"}
"""Tags with another name in RIS."""
_COCHRANE = Dialect(
    line=re.compile(r"\ufeff?(?P<tag>[A-Z]{2,3}):(?P<odd>\b\B)?(?P<value>.*)", re.DOTALL),
    known=frozenset(),
    opens="ID",
    closes="",
    telling=frozenset({"TI", "AU", "SO", "DOI"}),
    continues=re.compile(""),
    skipped=re.compile(r"Record #?[0-9]+ of [0-9]+"),
)


def _is_cochrane(content: Content) -> bool:
    return re.match(r"\ufeff?Record #?[0-9]+ of [0-9]+\s{1,8}ID: ", content.start) is not None


def _of_cochrane(content: Content) -> Iterator[Record]:
    for block in blocks(content.text, _COCHRANE):
        block.fields = [one._replace(tag=_COCHRANE_TAGS.get(one.tag, one.tag)) for one in block.fields]
        if any("journal" in one.text.casefold() for one in block.all("PT")):
            block.fields.append(block.fields[0]._replace(tag="TY", lines=["JOUR"]))
        yield _reference(block, Record(content.name, f":{block.number}", ""))


COCHRANE = Reader(_is_cochrane, _of_cochrane)


# Web of Science: not RIS, although people save it as `.ris` or `.ciw`

_WOS = Dialect(
    line=re.compile(r"\ufeff?(?P<tag>[A-Z][A-Z0-9])(?: |$)(?P<odd>\b\B)?(?P<value>.*)", re.DOTALL),
    known=frozenset(),
    opens="PT",
    closes="ER",
    telling=frozenset({"TI", "AU", "SO"}),
    continues=re.compile(" {2,}"),
    skipped=re.compile(r"(?:FN|VR) .*|EF"),
)
_WOS_VALUES = {
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
_WOS_USED = frozenset(
    {*_WOS_VALUES, "PT", "ER", "AU", "AF", "CA", "PY", "PD", "BP", "EP", "AR", "DT", "FN", "VR", "EF"}
)


def _is_wos(content: Content) -> bool:
    return re.match(r"\ufeff?(?:FN .*\r?\n(?:VR .*\r?\n)?)?\ufeff?PT [A-Z]\r?\n", content.start) is not None


def _of_wos(content: Content) -> Iterator[Record]:
    for block in blocks(content.text, _WOS):
        if not {one.tag for one in block.fields} <= {"FN", "VR", "EF"}:
            yield _wos_reference(block, Record(content.name, f":{block.number}", ""))


WOS = Reader(_is_wos, _of_wos)


def _wos_reference(block: Block, record: Record) -> Record:
    draft = Draft(record)
    for number, text in block.loose:
        record.note(f":{number}", f"`{values.one_line(text)[:60]}` belongs to no field")
    draft.kind(next((kinds("wos").get(one.text, UNKNOWN) for one in block.all("PT")), UNKNOWN))
    for one in block.all("AU", "CA"):
        for line in one.lines:
            if one.tag == "AU":
                draft.author(line, one.place)
            else:
                draft.person(values.one_line(line))
    for tag, field in _WOS_VALUES.items():
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
    draft.unused(*(tag for tag in block.tags() if tag not in _WOS_USED))
    return draft.finish()
