"""Labels as openFDA's API gives them: JSON in which every section is one text, flattened from DailyMed's XML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

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
from evgrade.importing.tree import items, text, texts, within

_TAKEN = {
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
"""The heading that a section's text begins with: numbered or in capitals, or it may be part of a sentence."""
_SUBSECTION = re.compile(r"(?<!\S)([0-9]{1,2})\.[0-9]{1,2} (?=[A-Z])")
_UNII = re.compile("[0-9A-Z]{10}")


def _labels(content: Content) -> list[tuple[str, dict[str, Any]]]:
    """Return the labels in a file, each with its JSON pointer; none if it is of another format."""
    data = content.json_or_none
    if _is_label(data):
        return [("#", data)]
    found = list(items(data, "results"))
    is_whole = found and len(found) == len(within(data, "results")) and all(_is_label(one) for _, one in found)
    return [(f"#/results/{at}", one) for at, one in found] if is_whole else []


def _is_label(data: Any) -> bool:
    return isinstance(data, dict) and {"set_id", "effective_time"} <= data.keys() and "protocolSection" not in data


def _records(content: Content) -> Iterator[Record]:
    for place, one in _labels(content):
        yield _label(one, Record(content.name, place, text(one, "set_id")))


READER = Reader(lambda content: bool(_labels(content)), _records)


def _label(data: dict[str, Any], record: Record) -> Record:
    about = within(data, "openfda")
    set_id = text(data, "set_id")
    if not re.fullmatch("[0-9A-Fa-f-]{36}", set_id):
        record.note("/set_id", "this is not the set id of a label: not taken")
        return record
    label = Label(
        set_id=set_id,
        version=str(within(data, "version") or "")[:20],
        effective=text(data, "effective_time"),
        brands=texts(about, "brand_name"),
        generics=texts(about, "generic_name"),
        forms=texts(about, "route"),
        maker=", ".join(texts(about, "manufacturer_name")[:3]),
    )
    record.name = label.name
    add_reference(record, label)
    is_prescription = any("PRESCRIPTION" in one.upper() for one in texts(about, "product_type"))
    left = []
    found: dict[str, list[Statement]] = {BOXED: [], CONTRAINDICATIONS: [], INTERACTIONS: []}
    for field in sorted(data):
        if field == "boxed_warning" and (said := _doubt_of_box(data[field], is_prescription=is_prescription)):
            record.note("/boxed_warning", said)
        elif field in _TAKEN:
            found[_TAKEN[field]] += _statements(data[field], record, field)
        elif field not in _ABOUT:
            left.append(field)
    for kind, statements in found.items():
        add_statements(record, label, kind, statements)
    if left:
        record.note("", f"{len(left)} sections were not taken: {', '.join(left)}"[:2_000])
    note_codes(record, "/openfda", list(_codes(about)))
    return record


def _doubt_of_box(value: Any, *, is_prescription: bool) -> str:
    """Return why a text is perhaps not the boxed warning: openFDA does not tell where in the label a box is."""
    if not is_prescription:
        return "a box in a label that is not known to be of a prescription drug, such as that on a seal: not taken"
    if not isinstance(value, list) or len(value) != 1:
        return "several boxes, of which some may be dosages: import the label from DailyMed, where their place is known"
    return ""


def _statements(value: Any, record: Record, field: str) -> Iterator[Statement]:
    for at, one in enumerate(value if isinstance(value, list) else [value]):
        place = f"/{field}/{at}"
        if isinstance(one, str):
            yield from _parts(one, place, field)
        else:
            record.note(place, "this is not a text: not taken")


def _parts(section: str, place: str, field: str) -> Iterator[Statement]:
    """Yield a statement for each bullet, line or numbered subsection of a section."""
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


def _codes(about: Any) -> Iterator[tuple[str, str, str]]:
    yield from (("UNII", one, "") for one in texts(about, "unii") if _UNII.fullmatch(one))
    names = ", ".join(texts(about, "generic_name")[:2])
    yield from (("RxNorm", one, names) for one in texts(about, "rxcui") if re.fullmatch("[0-9]{1,8}", one))
    yield from (("NDC", one, "") for one in texts(about, "product_ndc") if re.fullmatch("[0-9A-Za-z-]{1,20}", one))
