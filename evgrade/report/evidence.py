"""Every item of evidence as a card, for and against, whether a grade rests on it or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evgrade.dossier import Dossier
from evgrade.facts.known import known
from evgrade.grading.account import Direction, EvidenceItem
from evgrade.grading.assessment import Assessment
from evgrade.render.page import Link
from evgrade.report.links import registry
from evgrade.report.references import Numbering

_SECTIONS = {
    "syntheses": "Systematic reviews",
    "outcomes": "Outcomes over all studies",
    "trials": "Clinical trials",
    "observational": "Observational studies",
    "cases": "Cases and patients' reports",
    "preclinical": "Studies in animals, cells or tissue",
    "mechanism": "Mechanisms",
}
_SIDES = {
    **dict.fromkeys(("benefit", "supports", "established", "plausible"), Direction.FOR),
    **dict.fromkeys(("no_benefit", "harm", "contradicts", "implausible"), Direction.AGAINST),
}
"""For evidence that the first system does not weigh."""
_MARKS = {Direction.FOR: "\u25b2", Direction.AGAINST: "\u25bc", Direction.UNCLEAR: "\u25c6"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An item of evidence."""

    statement: str
    title: str
    result: str
    mark: str
    side: str
    decides: bool
    chips: tuple[str, ...]
    bias: str
    effects: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]
    quote: str
    links: tuple[Link, ...]
    cited: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cards:
    """The items of one section."""

    title: str
    wording: str
    cards: tuple[Card, ...]


def cards_of(dossier: Dossier, first: Assessment, numbering: Numbering) -> Iterator[Cards]:
    """Yield every item of every section that lists evidence, whether a grade rests on it or not."""
    weighed: dict[tuple[str | int, ...], EvidenceItem] = {}
    for domain in first.domains:
        for item in domain.weighed:
            known_one = weighed.get(item.path)
            if known_one is None or item.decides:
                weighed[item.path] = item
    for section, title in _SECTIONS.items():
        entries = dossier.data.get(section)
        if entries is None:
            continue
        cards = tuple(
            _card(part, weighed.get(path), numbering)
            for number, entry in enumerate(entries)
            for path, part in _parts((section, number), entry)
        )
        wording = f"{len(cards)} {'entry' if len(cards) == 1 else 'entries'}" if cards else "looked for; there is none"
        yield Cards(title, wording, cards)


def _named(key: str) -> str:
    """Return what a field of text is called on a card."""
    name = key.removesuffix("_reason").replace("_", " ").capitalize()
    return f"{name}, because" if key.endswith("_reason") else name


def _parts(path: tuple[str | int, ...], entry: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield an entry, and the evidence for and against that a mechanism lists."""
    yield path, entry
    if path[0] == "mechanism":
        for number, part in enumerate(entry.get("evidence", ())):
            yield (*path, "evidence", number), part


def _card(entry: Mapping[str, Any], item: EvidenceItem | None, numbering: Numbering) -> Card:
    result = known(entry, "result") or known(entry, "relevance") or known(entry, "direction")
    direction = item.direction if item else _SIDES.get(str(result), Direction.UNCLEAR)
    registries = [registry(number) for number in entry.get("registry", ())]
    quote = " ".join(str(entry[key]) for key in ("quote",) if key in entry)
    return Card(
        statement=str(entry.get("statement") or entry.get("name", "")),
        title=str(entry.get("title") or entry.get("model") or entry.get("name") or entry["id"]),
        result="" if result is None else str(result).replace("_", " "),
        mark=_MARKS[direction],
        side=direction.value,
        decides=item is not None and item.decides,
        chips=tuple(part for part in (*(item.design if item else ()), item.size if item else "") if part),
        bias=(item.risk_of_bias or "") if item else "",
        effects=item.effects if item else (),
        reasons=tuple(
            (_named(key), str(entry[key]))
            for key in entry
            if key.endswith("_reason") or key in ("authors_conclusion", "notes", "funding", "conflicts_of_interest")
        ),
        quote=f"{quote} ({entry['locator']})" if quote and "locator" in entry else quote,
        links=tuple(link for link in registries if link is not None),
        cited=numbering.cite(entry.get("refs", ())),
    )
