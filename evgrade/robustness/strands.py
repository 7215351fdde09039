"""Strands: studies that are not independent because they share people, a laboratory, a sponsor or funding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evgrade.facts.strands import linked, shared
from evgrade.grading.assessment import Assessment
from evgrade.grading.judge import Data
from evgrade.robustness.removals import entries_in

SHARED = ("cohort", "group", "sponsor", "funding")
"""Studies with the same text in one of these fields form one strand, as do studies linked through a third."""


@dataclass(frozen=True, slots=True)
class Strand:
    """Items that are not independent: their ids, and the fields and texts that they share."""

    items: tuple[str, ...]
    shares: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RestsOn:
    """The number of items that the grade of a domain rests on, and of independent strands among them."""

    name: str
    items: int
    strands: int


def strands(data: Data) -> tuple[Strand, ...]:
    """Return the strands of more than one item, in document order."""
    return tuple(strand for strand in _strands(data) if len(strand.items) > 1)


def rests_on(data: Data, assessment: Assessment) -> tuple[RestsOn, ...]:
    """Return the numbers of items and strands that grades rest on."""
    strand_of = {item: number for number, strand in enumerate(_strands(data)) for item in strand.items}
    ids = {path: entry["id"] for path, entry in entries_in(data)}
    found = []
    for domain in assessment.domains:
        items = {ids[one.path] for one in domain.evidence if one.path in ids}
        if items:
            found.append(RestsOn(domain.name, len(items), len({strand_of[item] for item in items})))
    return tuple(found)


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
    """Return what at least two items of a strand share, as first written."""
    times = Counter(one for each in texts for one in each)
    written = {one: (one[0], text) for each in reversed(texts) for one, text in each.items()}
    return tuple(written[one] for one in dict.fromkeys(one for each in texts for one in each) if times[one] > 1)
