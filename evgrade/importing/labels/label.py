"""Entries that a drug's label gives, whatever its format: warnings in its own words, and the label as a reference."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.importing.found import Record
from evgrade.importing.tree import text as plain
from evgrade.schema.formats import is_partial_date

BOXED, CONTRAINDICATIONS, INTERACTIONS = "safety.boxed_warnings", "safety.contraindications", "safety.interactions"
LONGEST = 1_500
"""Characters of a statement: a label may have pages of prose in one paragraph."""
MOST = 100
"""Statements that one section of a label gives."""
_KINDS = {BOXED: "boxed", CONTRAINDICATIONS: "contraindication", INTERACTIONS: "interaction"}
_DATE = re.compile("([12][0-9]{3})(?:([0-9]{2})(?:([0-9]{2})(?:[0-9]{4,10})?)?)?")


@dataclass(frozen=True, slots=True)
class Label:
    """What says which label it is.

    Attributes:
        set_id: what all versions of it share.
        version: the number of this one.
        effective: the day from which it holds, as digits.
        brands: the names of its products.
        generics: the names of what they hold.
        forms: tablets, injections and the like.
        maker: whose label it is.
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
        """How people call it."""
        brand, generic, form = _few(self.brands), _few(self.generics), _few(self.forms).lower()
        generic = f"({generic})" if brand and generic and brand.casefold() != generic.casefold() else ""
        return " ".join(part for part in (brand or _few(self.generics) or "a drug", generic, form) if part)

    @property
    def id(self) -> str:
        """The id of its reference."""
        return f"label-{_word([*self.brands, *self.generics])}-{self.set_id[:8].lower()}"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a label.

    Attributes:
        text: in its words.
        place: where it is in the source.
        locator: where it is in the label.
    """

    text: str
    place: str
    locator: str


def add_reference(record: Record, label: Label) -> None:
    """Add the label itself: which version of it, and from when."""
    issued = _date(label.effective)
    entry: dict[str, Any] = {"id": label.id, "type": "report"}
    if plain(label.maker):
        entry["author"] = [plain(label.maker)]
    entry |= {"title": f"{label.name}: label", "container_title": "DailyMed"}
    if issued:
        entry["issued"] = issued
    elif label.effective:
        record.note("", f"`{label.effective[:40]}` is not a date from which a label holds")
    entry["url"] = f"https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid={label.set_id}"
    version = f", version {label.version}" if label.version else ""
    entry |= {"notes": f"Set {label.set_id}{version}.", "x-label": f"DailyMed {label.set_id.lower()}"}
    record.add("references", {key: plain(value) if isinstance(value, str) else value for key, value in entry.items()})


def add_statements(record: Record, label: Label, section: str, statements: Sequence[Statement]) -> None:
    """Add an entry for each statement, within bounds; each is added once."""
    drug, number, known = _word([*label.generics, *label.brands]), 0, {""}
    for one in statements:
        whole = plain(one.text)
        if whole.casefold() in known:
            continue
        known.add(whole.casefold())
        if number == MOST:
            record.note(one.place, f"more than {MOST} statements in {one.locator}: the rest was not taken")
            break
        number += 1
        text = _cut(whole)
        if text != whole:
            record.note(one.place, f"a statement of {len(whole)} characters was cut at {len(text)}: see the label")
        entry = {"id": f"{_KINDS[section]}-{drug}-{number}", "statement": text, "locator": plain(one.locator)}
        record.add(section, entry | {"refs": [label.id]})


def note_codes(record: Record, place: str, codes: Sequence[tuple[str, str, str]]) -> None:
    """Note the codes of the drug, each with its vocabulary and what it names: which is the therapy's is for people."""
    for vocabulary, code, name in dict.fromkeys(codes):
        of = f" ({name})" if name else ""
        key = {"UNII": "`therapy.codes.unii`", "RxNorm": "`therapy.codes.rxnorm`"}.get(vocabulary)
        record.note(place, f"{vocabulary} {code}{of}" + (f": write it as {key} if it is the therapy" if key else ""))


def _date(digits: str) -> str:
    """Return a date as ISO 8601 writes it, as exact as it is given; empty if it is none."""
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
    """Return a text with whole sentences as far as they go."""
    if len(text) <= LONGEST:
        return text
    start = text[: LONGEST - 4]
    end = max(start.rfind(". "), start.rfind("; ")) + 1
    return f"{start[:end] if end > LONGEST // 3 else start.rpartition(' ')[0] or start} […]"
