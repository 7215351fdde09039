"""The content of a dossier: items of evidence as cards, every value by name, and the provenance of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from evgrade.dossier import Dossier
from evgrade.facts.known import known
from evgrade.grading.account import Direction, EvidenceItem
from evgrade.grading.assessment import Assessment
from evgrade.model import Path
from evgrade.render.page import Link, capitalized, spaced
from evgrade.report.links import registry
from evgrade.report.references import Numbering
from evgrade.rubric.model import Rubric
from evgrade.schema.shape import Kind, Shape, dossier_shape
from evgrade.schema.suggest import many
from evgrade.yamlio.header import HEADER

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
"""The side of evidence that the first system does not weigh."""
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
    """Yield every item of every section of evidence, whether or not a grade rests on it."""
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
        wording = many(len(cards), "entry") if cards else "looked for; none found"
        yield Cards(title, wording, cards)


def _named(key: str) -> str:
    """Return the label of a text field on a card."""
    name = capitalized(spaced(key.removesuffix("_reason")))
    return f"{name}: reason" if key.endswith("_reason") else name


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
    quote = str(entry.get("quote", ""))
    return Card(
        statement=str(entry.get("statement") or entry.get("name", "")),
        title=str(entry.get("title") or entry.get("model") or entry.get("name") or entry["id"]),
        result="" if result is None else spaced(result),
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


# Every stated value, in document order and by its name in the format

_CITED = ("refs", "reports")
_NAMES = ("title", "name", "term", "outcome", "statement", "id")
"""The fields that can name a list entry; the first one present does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A value in a dossier, or a mapping or list of values.

    Attributes:
        name: its name in the format, or the name of a list entry.
        text: the value; empty for a mapping or list.
        cited: the numbers of references, if it is a list of these.
        parts: the values in a mapping or list.
    """

    name: str
    text: str = ""
    cited: tuple[int, ...] = ()
    parts: tuple[Recorded, ...] = ()


def recorded_in(dossier: Dossier, numbering: Numbering) -> tuple[Recorded, ...]:
    """Return all sections of a dossier with all their values."""
    sections = {name: section for name, section in dossier.data.items() if name != HEADER}
    return tuple(_stated(dossier, numbering, sections, dossier_shape(), ()))


def _stated(
    dossier: Dossier, numbering: Numbering, mapping: dict[str, Any], shape: Shape | None, path: Path
) -> Iterator[Recorded]:
    for key, value in mapping.items():
        name = key if key.startswith("x-") else spaced(key)
        yield _recorded(dossier, numbering, name, value, shape and shape.key(key), (*path, key))


def _recorded(
    dossier: Dossier, numbering: Numbering, name: str, value: Any, shape: Shape | None, path: Path
) -> Recorded:
    if path[-1] in _CITED:
        return Recorded(name="references" if name == "refs" else name, cited=numbering.cite(value))
    if isinstance(value, dict):
        return Recorded(name=name, parts=tuple(_stated(dossier, numbering, value, shape, path)))
    if isinstance(value, list) and any(isinstance(entry, dict | list) for entry in value):
        item = shape and shape.item
        noun = item.noun if item else "entry"
        return Recorded(
            name=name,
            parts=tuple(
                _recorded(dossier, numbering, _called(entry, noun, number), entry, item, (*path, number))
                for number, entry in enumerate(value)
            ),
        )
    if isinstance(value, list):
        item = shape and shape.item
        texts = [_text(dossier, entry, item, (*path, number)) for number, entry in enumerate(value)]
        return Recorded(name=name, text="; ".join(texts) or "none")
    return Recorded(name=name, text=_text(dossier, value, shape, path))


def _called(entry: Any, noun: str, number: int) -> str:
    names = [str(entry[key]) for key in _NAMES if key in entry] if isinstance(entry, dict) else []
    return names[0] if names else f"{noun} {number + 1}"


def _text(dossier: Dossier, value: Any, shape: Shape | None, path: Path) -> str:
    """Return a value in words: choices without underscores, numbers as written, with their zeros."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return dossier.document.written(path)
    return spaced(value) if shape is not None and shape.kind is Kind.CHOICE else str(value)


# The provenance of a page, and how to reproduce it


def source_of(dossier: Dossier, graded: Sequence[tuple[Rubric, Assessment]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    review, first = dossier.data.get("review", {}), graded[0][1]
    search = review.get("search", {})
    name = PurePath(first.dossier_file).name
    conflicts = review.get("conflicts_of_interest", {})
    rows: tuple[tuple[str, Sequence[object]], ...] = (
        ("Question", [review.get("question", "")]),
        ("Requested by", [review.get("requested_by", "")]),
        ("Authors", review.get("members", ())),
        ("How it was made", [review.get("process", "")]),
        ("Searched", [search.get("date", ""), *search.get("sources", ()), search.get("strategy", "")]),
        ("Funding", review.get("funding", ()) or (["none"] if "funding" in review else [])),
        (
            "Conflicts of interest",
            [conflicts.get("statement", "") or ("none declared" if known(conflicts, "declared") is False else "")],
        ),
        ("Replaces", [review.get("replaces", "")]),
        ("History", [f"{one['date']}: {one['change']}" for one in review.get("history", ())]),
        ("Next review", [review.get("next_review", "")]),
        ("Dossier", [f"{name}, SHA-256 {first.dossier_sha256}"]),
        ("Graded by", [f"{one.rubric} {one.rubric_version}, SHA-256 {one.rubric_sha256}" for _, one in graded]),
        ("Made with", [f"evgrade {first.version}"]),
        (
            "To reproduce it",
            [f"evgrade report {name} {' '.join(f'-r {one.rubric}' for _, one in graded)}"],
        ),
    )
    for title, values in rows:
        wording = tuple(str(value) for value in values if value not in ("", None))
        if wording:
            yield title, wording


_FLOW = {
    "identified": "Records found",
    "duplicates": "Duplicates removed",
    "screened": "Records screened",
    "excluded": "Excluded by title and abstract",
    "sought": "Reports sought",
    "not_retrieved": "Not retrieved",
    "assessed": "Reports assessed",
    "included_studies": "Studies included",
    "included_reports": "Reports of included studies",
    "ongoing": "Ongoing studies",
    "awaiting": "Awaiting classification",
}


def flow_of(flow: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, title in _FLOW.items():
        if known(flow, key) is not None:
            yield title, f"{int(flow[key]):,}"
        if key == "assessed":
            for one in flow.get("excluded_reports", ()):
                yield f"Excluded: {one['reason']}", f"{int(one['n']):,}" if known(one, "n") is not None else ""
