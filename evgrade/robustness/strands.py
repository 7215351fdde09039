"""Strands: studies that are not independent, because they share people, a laboratory, a sponsor or who paid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evgrade.grading.assessment import Assessment, DomainGrade
from evgrade.grading.judge import Data
from evgrade.model import UNKNOWN_WORDS, Path
from evgrade.robustness.removals import entries_in

SHARED = ("cohort", "group", "sponsor", "funding")
"""Studies with the same text in one of these fields are one strand, and so are studies linked by a third."""
_NOBODY = UNKNOWN_WORDS | {"none", "not reported", "no funding"}


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
    """Return how many items and strands each grade rests on, where it rests on any."""
    strand_of = {item: number for number, strand in enumerate(_strands(data)) for item in strand.items}
    ids = {path: entry["id"] for path, entry in entries_in(data)}
    found = []
    for domain in assessment.domains:
        items = {ids[path] for path in _items(domain) if path in ids}
        if items:
            found.append(RestsOn(domain.name, len(items), len({strand_of[item] for item in items})))
    return tuple(found)


def _items(domain: DomainGrade) -> Iterator[Path]:
    """Yield the items that a grade rests on; of what is inside one the innermost."""
    for one in domain.evidence:
        yield one.path


def _strands(data: Data) -> list[Strand]:
    items: list[tuple[str, set[tuple[str, str]]]] = []
    for _, entry in entries_in(data):
        texts = ((key, entry[key].strip()) for key in SHARED if isinstance(entry.get(key), str))
        items.append((entry["id"], {(key, text) for key, text in texts if text.casefold() not in _NOBODY}))
    merged: list[tuple[list[str], list[set[tuple[str, str]]]]] = []
    for name, keys in items:
        folded = {(key, text.casefold()) for key, text in keys}
        joined = [one for one in merged if any(_folded(each) & folded for each in one[1])]
        names = [*(other for one in joined for other in one[0]), name]
        all_keys = [*(each for one in joined for each in one[1]), keys]
        merged = [one for one in merged if one not in joined] + [(names, all_keys)]
    order = {name: number for number, (name, _) in enumerate(items)}
    found = [Strand(tuple(sorted(names, key=order.__getitem__)), _shared(keys)) for names, keys in merged]
    return sorted(found, key=lambda strand: order[strand.items[0]])


def _folded(keys: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(key, text.casefold()) for key, text in keys}


def _shared(keys: list[set[tuple[str, str]]]) -> tuple[tuple[str, str], ...]:
    """Return what at least two items of a strand have in common, as first written."""
    seen: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for each in keys:
        for key, text in sorted(each):
            seen.setdefault((key, text.casefold()), []).append((key, text))
    return tuple(written[0] for written in seen.values() if len(written) > 1)
