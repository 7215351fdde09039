"""Strands: studies that are not independent, because they share people, a laboratory, a sponsor or who paid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evgrade.facts.strands import linked, shared
from evgrade.grading.assessment import Assessment, DomainGrade
from evgrade.grading.judge import Data
from evgrade.model import Path
from evgrade.robustness.removals import entries_in

SHARED = ("cohort", "group", "sponsor", "funding")
"""Studies with the same text in one of these fields are one strand, and so are studies linked by a third."""


@dataclass(frozen=True, slots=True)
class Strand:
    """Items that are not independent: their ids, and what each of them shares with another, as field and text."""

    items: tuple[str, ...]
    shares: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RestsOn:
    """How many items the grade of a domain rests on, and how many independent strands these are."""

    name: str
    items: int
    strands: int


def strands(data: Data) -> tuple[Strand, ...]:
    """Return the strands of more than one item, in document order."""
    return tuple(strand for strand in _strands(data) if len(strand.items) > 1)


def rests_on(data: Data, assessment: Assessment) -> tuple[RestsOn, ...]:
    """Return how many items and strands each grade rests on, for grades that rest on any."""
    strand_of = {item: number for number, strand in enumerate(_strands(data)) for item in strand.items}
    ids = {path: entry["id"] for path, entry in entries_in(data)}
    found = []
    for domain in assessment.domains:
        items = {ids[path] for path in _items(domain) if path in ids}
        if items:
            found.append(RestsOn(domain.name, len(items), len({strand_of[item] for item in items})))
    return tuple(found)


def _items(domain: DomainGrade) -> Iterator[Path]:
    """Yield the items that a grade rests on; of nested ones the innermost."""
    for one in domain.evidence:
        yield one.path


def _strands(data: Data) -> list[Strand]:
    entries = [entry for _, entry in entries_in(data)]
    texts = [
        {(key, text): entry[key].strip() for key in SHARED if (text := shared(entry.get(key)))} for entry in entries
    ]
    found: dict[int, list[int]] = {}
    for number, first in enumerate(linked(texts)):
        found.setdefault(first, []).append(number)
    return [
        Strand(tuple(entries[one]["id"] for one in members), _in_common([texts[one] for one in members]))
        for members in found.values()
    ]


def _in_common(texts: Sequence[Mapping[tuple[str, str], str]]) -> tuple[tuple[str, str], ...]:
    """Return what at least two items of a strand have in common, as first written."""
    times = Counter(one for each in texts for one in each)
    written = {one: (one[0], text) for each in reversed(texts) for one, text in each.items()}
    return tuple(written[one] for one in dict.fromkeys(one for each in texts for one in each) if times[one] > 1)
