"""A label as DailyMed publishes it: Structured Product Labeling, XML of HL7 version 3."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from evgrade.importing.content import Content
from evgrade.importing.found import Reader, Record
from evgrade.importing.labels.label import (
    BOXED,
    CONTRAINDICATIONS,
    INTERACTIONS,
    Label,
    Statement,
    add_reference,
    add_statements,
    note_codes,
)
from evgrade.importing.tree import Element

_BOX = "34066-1"
_TAKEN = {_BOX: BOXED, "34070-3": CONTRAINDICATIONS, "50570-1": CONTRAINDICATIONS, "34073-7": INTERACTIONS}
_OFFERED: Mapping[str, str] = {
    "34084-4": "adverse reactions are prose and tables of shares in many shapes: count them as `safety.adverse_events`",
    "34067-9": "the indication may go into `therapy.regulatory`",
    "34068-7": "the dosage may go into `therapy.dose`",
    "43679-0": "the mechanism may go into `mechanism`",
    "43685-7": "warnings and precautions are prose: not taken",
    "34071-1": "warnings are prose, and in old labels hold what should be boxed: not taken",
    "34088-5": "overdosage is prose: not taken",
}
_UNII, _NDC = "2.16.840.1.113883.4.9", "2.16.840.1.113883.6.69"
_NO_HEADING = re.compile(r"(?:boxed )?warnings?:?", re.IGNORECASE)
_NUMBERED = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,2}){0,3})\.?\s{1,20}(.{1,400})", re.DOTALL)
_BLOCKS = frozenset({"paragraph", "item", "br", "td", "th", "tr", "caption", "list", "table"})


def _is_label(content: Content) -> bool:
    return re.search(r"<(?:\w{1,20}:)?document\b", content.start) is not None and "urn:hl7-org:v3" in content.start


def _records(content: Content) -> Iterator[Record]:
    root = content.xml
    set_id = (root.first("setId") or root).attributes.get("root", "").strip()
    record = Record(content.name, root.place, set_id or "a label without a number")
    kind = (root.first("code") or root).attributes.get("displayName", "").upper()
    if not re.fullmatch("[0-9A-Fa-f-]{36}", set_id):
        record.note(root.place, "this has no set id, so it is not a label that can be cited: not taken")
    elif "ANIMAL" in kind:
        record.note(root.place, f"a label for animals ({kind.lower()[:80]}): not taken")
    else:
        _read(root, record, set_id, is_otc="OTC" in kind)
    yield record


READER = Reader(_is_label, _records)


def _read(root: Element, record: Record, set_id: str, *, is_otc: bool) -> None:
    sections = list(root.all("component", "structuredBody", "component", "section"))
    products = [
        one
        for section in sections
        for tag in ("manufacturedProduct", "partProduct")  # a part of a kit
        for one in section.within(tag)
        if one.first("name")
    ]
    label = Label(
        set_id=set_id,
        version=(root.first("versionNumber") or root).attributes.get("value", "").strip()[:20],
        effective=(root.first("effectiveTime") or root).attributes.get("value", "").strip(),
        brands=[one.text("name") for one in products],
        generics=[generic.text("name") for one in products for generic in one.within("genericMedicine")],
        forms=[form.attributes.get("displayName", "") for one in products for form in one.all("formCode")],
        maker=root.text("author", "assignedEntity", "representedOrganization", "name"),
    )
    record.name = label.name
    add_reference(record, label)
    found: dict[str, list[Statement]] = {kind: [] for kind in (BOXED, CONTRAINDICATIONS, INTERACTIONS)}
    others: list[str] = []
    for section in sections:
        code = _code(section)
        if code == _BOX and is_otc:
            record.note(section.place, "a box in a label without prescription, such as that on its seal: not taken")
            continue
        if code in _TAKEN:
            found[_TAKEN[code]] += _statements(section, record, is_box=code == _BOX)
        elif code in _OFFERED:
            record.note(section.place, f"{_size(section)}: {_OFFERED[code]}")
        elif section.text("title"):
            others.append(section.text("title")[:60])
        for inner in _inner(section):
            if _code(inner) == _BOX:
                said = "a box within another section, which is often a dosage and not a warning: not taken"
                record.note(inner.place, said)
            elif code not in _TAKEN and _code(inner) in _TAKEN:  # old labels have interactions among precautions
                found[_TAKEN[_code(inner)]] += _statements(inner, record, is_box=False)
    for kind, statements in found.items():
        add_statements(record, label, kind, statements)
    if others:
        record.note(root.place, f"{len(others)} sections have no place in a dossier: {'; '.join(others)}"[:2_000])
    if BOXED not in record.entries and not is_otc:
        said = "the label has no boxed warning: write `boxed_warnings: []` if it speaks for the therapy"
        record.note(root.place, said)
    note_codes(record, root.place, list(_codes(products)))


def _code(section: Element) -> str:
    return (section.first("code") or section).attributes.get("code", "")


def _statements(section: Element, record: Record, *, is_box: bool) -> Iterator[Statement]:
    """Yield a statement for each paragraph and each item of a list, with the headings above it."""
    heading = section.text("title")
    numbered = _NUMBERED.fullmatch(heading)
    own = (numbered[2] if numbered else heading) if is_box else ""
    locator = f"section {numbered[1]}" if numbered else heading[:100] or ("boxed warning" if is_box else "label")
    yield from _in_section(section, record, "" if _NO_HEADING.fullmatch(own) else own, locator)


def _in_section(section: Element, record: Record, heading: str, locator: str) -> Iterator[Statement]:
    for block in section.all("text"):
        for line, text in _blocks(block, record, heading):
            yield Statement(text, f":{line}", locator)
    for inner in section.all("component", "section"):
        if _code(inner) != _BOX:
            title = inner.text("title")
            numbered = _NUMBERED.fullmatch(title)
            own = (numbered[2] if numbered else title).rstrip(": ")
            yield from _in_section(inner, record, own or heading, f"section {numbered[1]}" if numbered else locator)


def _blocks(block: Element, record: Record, heading: str) -> Iterator[tuple[int, str]]:
    """Yield paragraphs and items with their lines and what leads to them: a heading, and the words before a list."""
    lead, leading, alone = "", 0, False
    loose: list[str] = []
    for part in block.parts:
        tag = part.tag if isinstance(part, Element) else ""
        if isinstance(part, str) or tag not in ("paragraph", "list", "table"):
            loose.append(part if isinstance(part, str) else _plain(part))
        elif tag == "table":
            record.note(part.place, f"a table of {sum(1 for _ in part.within('tr'))} rows: not taken")
        elif tag == "list":
            for item in part.all("item"):
                yield item.line, _led(heading, f"{lead} {_plain(item)}")
            lead, alone = "", False
        elif text := _plain(part):
            if lead or (alone and heading and _is_heading(part, text)):
                yield leading, _led(heading, lead)
            alone = False
            if _is_heading(part, text):
                heading, lead, leading, alone = "" if _NO_HEADING.fullmatch(text) else text, "", part.line, True
            elif text.endswith(":"):
                lead, leading = text, part.line
            else:
                lead = ""
                yield part.line, _led(heading, text)
    if lead or (alone and heading):
        yield leading, _led(heading, lead)
    if text := " ".join(" ".join(loose).split()):
        yield block.line, _led(heading, text)


def _led(heading: str, text: str) -> str:
    heading, text = heading.strip().rstrip(":"), text.strip()
    return f"{heading}: {text}" if heading and text else heading or text


def _is_heading(paragraph: Element, text: str) -> bool:
    """Whether a paragraph is set as a heading: all of it in bold type, underlined or in capitals, and no sentence."""
    style = [part for part in paragraph.parts if isinstance(part, Element) or part.strip()]
    is_set = len(style) == 1 and isinstance(style[0], Element) and style[0].tag == "content"
    return len(text) <= 150 and not text.endswith((".", ":")) and (is_set or text.isupper())


def _plain(element: Element) -> str:
    """Return the text of an element in one line, with a blank between its blocks."""
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: Element) -> Iterator[str]:
    for part in element.parts:
        if isinstance(part, str):
            yield part
        else:
            yield " " if part.tag in _BLOCKS else ""
            yield from _pieces(part)
            yield " " if part.tag in _BLOCKS else ""


def _inner(section: Element) -> Iterator[Element]:
    """Yield the sections within one, at any depth."""
    for inner in section.all("component", "section"):
        yield inner
        yield from _inner(inner)


def _size(section: Element) -> str:
    tables, texts = (sum(1 for _ in section.within(tag)) for tag in ("table", "paragraph"))
    return f"{section.text('title')[:60] or 'a section'} ({texts} paragraphs, {tables} tables)"


def _codes(products: list[Element]) -> Iterator[tuple[str, str, str]]:
    for product in products:
        for ingredient in product.all("ingredient"):
            if ingredient.attributes.get("classCode", "").startswith("ACT"):
                for substance in (*ingredient.within("ingredientSubstance"), *ingredient.within("activeMoiety")):
                    yield from _coded(substance, "UNII", _UNII, substance.text("name"))
        yield from _coded(product, "NDC", _NDC, product.text("name"))


def _coded(element: Element, vocabulary: str, system: str, name: str) -> Iterator[tuple[str, str, str]]:
    for code in element.all("code"):
        value = code.attributes.get("code", "").strip()
        if code.attributes.get("codeSystem") == system and re.fullmatch(r"[0-9A-Za-z-]{1,20}", value):
            yield vocabulary, value, name[:100]
