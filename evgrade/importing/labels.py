"""Drug labels: the XML of DailyMed, and the JSON of the API of openFDA.

Warnings are taken verbatim, and the label is a reference. DailyMed publishes Structured Product Labeling (HL7 version
3), which openFDA flattens into one text per section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.importing.content import Content
from evgrade.importing.found import Reader, Record
from evgrade.importing.tree import Element, items, texts, within
from evgrade.importing.tree import text as one_line
from evgrade.schema.store import is_partial_date

BOXED, CONTRAINDICATIONS, INTERACTIONS = "safety.boxed_warnings", "safety.contraindications", "safety.interactions"
LONGEST = 1_500
"""The most characters of a statement: a paragraph of a label may fill pages."""
MOST = 100
"""The most statements from a section of a label."""
_KINDS = {BOXED: "boxed", CONTRAINDICATIONS: "contraindication", INTERACTIONS: "interaction"}
_DATE = re.compile("([12][0-9]{3})(?:([0-9]{2})(?:([0-9]{2})(?:[0-9]{4,10})?)?)?")


@dataclass(frozen=True, slots=True)
class Label:
    """The identity of a label.

    Attributes:
        set_id: shared by all of its versions.
        version: the number of this version.
        effective: its effective date, as digits.
        brands: the brand names.
        generics: the generic names.
        forms: the dosage forms, such as tablets.
        maker: the manufacturer.
    """

    set_id: str
    version: str
    effective: str
    brands: Sequence[str]
    generics: Sequence[str]
    forms: Sequence[str]
    maker: str

    @property
    def name(self) -> str:
        """Its name for readers."""
        brand, generic, form = _few(self.brands), _few(self.generics), _few(self.forms).lower()
        generic = f"({generic})" if brand and generic and brand.casefold() != generic.casefold() else ""
        return " ".join(part for part in (brand or _few(self.generics) or "a drug", generic, form) if part)

    @property
    def id(self) -> str:
        """The id of its reference."""
        return f"label-{_word([*self.brands, *self.generics])}-{self.set_id[:8].lower()}"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement in a label.

    Attributes:
        text: the statement, verbatim.
        place: its place in the source.
        locator: its place in the label.
    """

    text: str
    place: str
    locator: str


def _add_reference(record: Record, label: Label) -> None:
    """Add the label as a reference, with its version and effective date."""
    issued = _date(label.effective)
    entry: dict[str, Any] = {"id": label.id, "type": "report"}
    if one_line(label.maker):
        entry["author"] = [one_line(label.maker)]
    entry |= {"title": f"{label.name}: label", "container_title": "DailyMed"}
    if issued:
        entry["issued"] = issued
    elif label.effective:
        record.note("", f"`{label.effective[:40]}` is not a valid effective date")
    entry["url"] = f"https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid={label.set_id}"
    version = f", version {label.version}" if label.version else ""
    entry |= {"notes": f"Set {label.set_id}{version}.", "x-label": f"DailyMed {label.set_id.lower()}"}
    record.add(
        "references", {key: one_line(value) if isinstance(value, str) else value for key, value in entry.items()}
    )


def _add_statements(record: Record, label: Label, section: str, statements: Sequence[Statement]) -> None:
    """Add an entry for each distinct statement, within limits."""
    drug, number, known = _word([*label.generics, *label.brands]), 0, {""}
    for one in statements:
        whole = one_line(one.text)
        if whole.casefold() in known:
            continue
        known.add(whole.casefold())
        if number == MOST:
            record.note(one.place, f"more than {MOST} statements in {one.locator}: the rest was not taken")
            break
        number += 1
        text = _cut(whole)
        if text != whole:
            record.note(one.place, f"a statement of {len(whole)} characters was cut to {len(text)}: see the label")
        entry = {"id": f"{_KINDS[section]}-{drug}-{number}", "statement": text, "locator": one_line(one.locator)}
        record.add(section, entry | {"refs": [label.id]})


def _note_codes(record: Record, place: str, codes: Sequence[tuple[str, str, str]]) -> None:
    """Note the codes of the drug with vocabulary and name: a person has to tell which code is the therapy's."""
    for vocabulary, code, name in dict.fromkeys(codes):
        of = f" ({name})" if name else ""
        key = {"UNII": "`therapy.codes.unii`", "RxNorm": "`therapy.codes.rxnorm`"}.get(vocabulary)
        record.note(place, f"{vocabulary} {code}{of}" + (f": write it as {key} if it is the therapy" if key else ""))


def _date(digits: str) -> str:
    """Return a date in ISO 8601, as precise as given; empty if it is invalid."""
    found = _DATE.fullmatch(digits)
    if not found:
        return ""
    date = "-".join(one for one in found.groups() if one)
    return date if is_partial_date(date) else ""


def _few(names: Sequence[str]) -> str:
    unique = list({one.casefold(): one for one in reversed(names) if one}.values())[::-1]
    return ", ".join(unique[:3]) + (f" and {len(unique) - 3} more" if len(unique) > 3 else "")


def _word(names: Sequence[str]) -> str:
    name = next((one for one in names if re.search("[A-Za-z0-9]", one)), "drug")
    return re.sub("[^a-z0-9]{1,200}", "-", name.lower()[:200]).strip("-")[:28].rstrip("-") or "drug"


def _cut(text: str) -> str:
    """Return a text cut at the end of a sentence."""
    if len(text) <= LONGEST:
        return text
    start = text[: LONGEST - 4]
    end = max(start.rfind(". "), start.rfind("; ")) + 1
    return f"{start[:end] if end > LONGEST // 3 else start.rpartition(' ')[0] or start} […]"


# DailyMed

_BOX = "34066-1"
_SECTIONS = {_BOX: BOXED, "34070-3": CONTRAINDICATIONS, "50570-1": CONTRAINDICATIONS, "34073-7": INTERACTIONS}
_OFFERED: Mapping[str, str] = {
    "34084-4": "adverse reactions are prose and tables of percentages: enter them as `safety.adverse_events`",
    "34067-9": "the indication may go into `therapy.regulatory`",
    "34068-7": "the dosage may go into `therapy.dose`",
    "43679-0": "the mechanism may go into `mechanism`",
    "43685-7": "warnings and precautions are prose: not taken",
    "34071-1": "warnings are prose, and in old labels include boxed warnings: not taken",
    "34088-5": "overdosage is prose: not taken",
}
_UNII_SYSTEM, _NDC_SYSTEM = "2.16.840.1.113883.4.9", "2.16.840.1.113883.6.69"
_NO_HEADING = re.compile(r"(?:boxed )?warnings?:?", re.IGNORECASE)
_NUMBERED = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,2}){0,3})\.?\s{1,20}(.{1,400})", re.DOTALL)
_BLOCKS = frozenset({"paragraph", "item", "br", "td", "th", "tr", "caption", "list", "table"})


def _is_spl(content: Content) -> bool:
    return re.search(r"<(?:\w{1,20}:)?document\b", content.start) is not None and "urn:hl7-org:v3" in content.start


def _of_dailymed(content: Content) -> Iterator[Record]:
    root = content.xml
    set_id = (root.first("setId") or root).attributes.get("root", "").strip()
    record = Record(content.name, root.place, set_id or "a label without a number")
    kind = (root.first("code") or root).attributes.get("displayName", "").upper()
    if not re.fullmatch("[0-9A-Fa-f-]{36}", set_id):
        record.note(root.place, "there is no set id, so the label cannot be cited: not taken")
    elif "ANIMAL" in kind:
        record.note(root.place, f"a label for animals ({kind.lower()[:80]}): not taken")
    else:
        _read_spl(root, record, set_id, is_otc="OTC" in kind)
    yield record


DAILYMED = Reader(_is_spl, _of_dailymed)


def _read_spl(root: Element, record: Record, set_id: str, *, is_otc: bool) -> None:
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
    _add_reference(record, label)
    found: dict[str, list[Statement]] = {kind: [] for kind in (BOXED, CONTRAINDICATIONS, INTERACTIONS)}
    others: list[str] = []
    for section in sections:
        code = _code(section)
        if code == _BOX and is_otc:
            record.note(section.place, "a box in an over-the-counter label, such as one about the seal: not taken")
            continue
        if code in _SECTIONS:
            found[_SECTIONS[code]] += _of_section(section, record, is_box=code == _BOX)
        elif code in _OFFERED:
            record.note(section.place, f"{_size(section)}: {_OFFERED[code]}")
        elif section.text("title"):
            others.append(section.text("title")[:60])
        for inner in _inner(section):
            if _code(inner) == _BOX:
                said = "a box within another section, often a dosage and not a warning: not taken"
                record.note(inner.place, said)
            elif code not in _SECTIONS and _code(inner) in _SECTIONS:  # old labels have interactions among precautions
                found[_SECTIONS[_code(inner)]] += _of_section(inner, record, is_box=False)
    for kind, statements in found.items():
        _add_statements(record, label, kind, statements)
    if others:
        record.note(root.place, f"{len(others)} sections have no place in a dossier: {'; '.join(others)}"[:2_000])
    if BOXED not in record.entries and not is_otc:
        said = "the label has no boxed warning: write `boxed_warnings: []` if it covers the therapy"
        record.note(root.place, said)
    _note_codes(record, root.place, list(_codes_of_products(products)))


def _code(section: Element) -> str:
    return (section.first("code") or section).attributes.get("code", "")


def _of_section(section: Element, record: Record, *, is_box: bool) -> Iterator[Statement]:
    """Yield a statement for each paragraph and list item, with the headings above it."""
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
    """Yield paragraphs and list items with their lines, each after its heading and the words that introduce a list."""
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
    """Whether a paragraph is a heading: all bold, underlined or in capitals, and not a sentence."""
    style = [part for part in paragraph.parts if isinstance(part, Element) or part.strip()]
    is_set = len(style) == 1 and isinstance(style[0], Element) and style[0].tag == "content"
    return len(text) <= 150 and not text.endswith((".", ":")) and (is_set or text.isupper())


def _plain(element: Element) -> str:
    """Return the text of an element on one line, with a space between blocks."""
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
    """Yield the subsections of a section, at any depth."""
    for inner in section.all("component", "section"):
        yield inner
        yield from _inner(inner)


def _size(section: Element) -> str:
    tables, texts = (sum(1 for _ in section.within(tag)) for tag in ("table", "paragraph"))
    return f"{section.text('title')[:60] or 'a section'} ({texts} paragraphs, {tables} tables)"


def _codes_of_products(products: list[Element]) -> Iterator[tuple[str, str, str]]:
    for product in products:
        for ingredient in product.all("ingredient"):
            if ingredient.attributes.get("classCode", "").startswith("ACT"):
                for substance in (*ingredient.within("ingredientSubstance"), *ingredient.within("activeMoiety")):
                    yield from _coded(substance, "UNII", _UNII_SYSTEM, substance.text("name"))
        yield from _coded(product, "NDC", _NDC_SYSTEM, product.text("name"))


def _coded(element: Element, vocabulary: str, system: str, name: str) -> Iterator[tuple[str, str, str]]:
    for code in element.all("code"):
        value = code.attributes.get("code", "").strip()
        if code.attributes.get("codeSystem") == system and re.fullmatch(r"[0-9A-Za-z-]{1,20}", value):
            yield vocabulary, value, name[:100]


# openFDA

_FIELDS = {
    "boxed_warning": BOXED,
    "contraindications": CONTRAINDICATIONS,
    "do_not_use": CONTRAINDICATIONS,
    "drug_interactions": INTERACTIONS,
}
_ABOUT = frozenset({"openfda", "set_id", "id", "effective_time", "version"})
_HEADING = re.compile(
    r"(?:([0-9]{1,2})\s{1,5}(?i:(?:boxed )?warnings?|contraindications?|drug interactions?)"
    r"|(?:BOXED )?WARNINGS?|CONTRAINDICATIONS?|DRUG INTERACTIONS?)\b[:.]?\s{0,5}"
)
"""The heading at the start of a section: numbered or in capitals, or else it may be part of a sentence."""
_SUBSECTION = re.compile(r"(?<!\S)([0-9]{1,2})\.[0-9]{1,2} (?=[A-Z])")
_UNII = re.compile("[0-9A-Z]{10}")


def _labels(content: Content) -> list[tuple[str, dict[str, Any]]]:
    """Return the labels in a file, each with its JSON pointer; none if the format is another."""
    data = content.json_or_none
    if _is_label(data):
        return [("#", data)]
    found = list(items(data, "results"))
    is_whole = found and len(found) == len(within(data, "results")) and all(_is_label(one) for _, one in found)
    return [(f"#/results/{at}", one) for at, one in found] if is_whole else []


def _is_label(data: Any) -> bool:
    return isinstance(data, dict) and {"set_id", "effective_time"} <= data.keys() and "protocolSection" not in data


def _of_openfda(content: Content) -> Iterator[Record]:
    for place, one in _labels(content):
        yield _read_openfda(one, Record(content.name, place, one_line(one, "set_id")))


OPENFDA = Reader(lambda content: bool(_labels(content)), _of_openfda)


def _read_openfda(data: dict[str, Any], record: Record) -> Record:
    about = within(data, "openfda")
    set_id = one_line(data, "set_id")
    if not re.fullmatch("[0-9A-Fa-f-]{36}", set_id):
        record.note("/set_id", "not the set id of a label: not taken")
        return record
    label = Label(
        set_id=set_id,
        version=str(within(data, "version") or "")[:20],
        effective=one_line(data, "effective_time"),
        brands=texts(about, "brand_name"),
        generics=texts(about, "generic_name"),
        forms=texts(about, "route"),
        maker=", ".join(texts(about, "manufacturer_name")[:3]),
    )
    record.name = label.name
    _add_reference(record, label)
    is_prescription = any("PRESCRIPTION" in one.upper() for one in texts(about, "product_type"))
    left = []
    found: dict[str, list[Statement]] = {BOXED: [], CONTRAINDICATIONS: [], INTERACTIONS: []}
    for field in sorted(data):
        if field == "boxed_warning" and (said := _doubt_of_box(data[field], is_prescription=is_prescription)):
            record.note("/boxed_warning", said)
        elif field in _FIELDS:
            found[_FIELDS[field]] += _of_field(data[field], record, field)
        elif field not in _ABOUT:
            left.append(field)
    for kind, statements in found.items():
        _add_statements(record, label, kind, statements)
    if left:
        record.note("", f"{len(left)} sections were not taken: {', '.join(left)}"[:2_000])
    _note_codes(record, "/openfda", list(_codes_of_openfda(about)))
    return record


def _doubt_of_box(value: Any, *, is_prescription: bool) -> str:
    """Return why a text may not be the boxed warning: openFDA does not tell the place of a box in the label."""
    if not is_prescription:
        return "a box in a label that may not be of a prescription drug, such as one about a seal: not taken"
    if not isinstance(value, list) or len(value) != 1:
        return "several boxes, some perhaps dosages: import the label from DailyMed, which tells their places"
    return ""


def _of_field(value: Any, record: Record, field: str) -> Iterator[Statement]:
    for at, one in enumerate(value if isinstance(value, list) else [value]):
        place = f"/{field}/{at}"
        if isinstance(one, str):
            yield from _parts(one, place, field)
        else:
            record.note(place, "not a text: not taken")


def _parts(section: str, place: str, field: str) -> Iterator[Statement]:
    """Yield a statement for each bullet, line or numbered subsection."""
    heading = _HEADING.match(section)
    number = heading[1] if heading else None
    rest = section[heading.end() :] if heading else section
    lines = _SUBSECTION.sub(lambda found: f"\n{found[0]}" if found[1] == number else found[0], rest)
    lead, locator = "", f"section {number}" if number else field
    parts = re.split("[•●▪■\n]", lines)
    for part in parts:
        said = " ".join(part.split())
        subsection = _SUBSECTION.match(said)
        if subsection and subsection[1] == number:
            lead, locator, said = "", f"section {subsection[0].strip()}", said[subsection.end() :]
        if said.endswith(":") and part is not parts[-1]:
            lead = f"{said} "
        elif said:
            yield Statement(lead + said, place, locator)


def _codes_of_openfda(about: Any) -> Iterator[tuple[str, str, str]]:
    yield from (("UNII", one, "") for one in texts(about, "unii") if _UNII.fullmatch(one))
    names = ", ".join(texts(about, "generic_name")[:2])
    yield from (("RxNorm", one, names) for one in texts(about, "rxcui") if re.fullmatch("[0-9]{1,8}", one))
    yield from (("NDC", one, "") for one in texts(about, "product_ndc") if re.fullmatch("[0-9A-Za-z-]{1,20}", one))
