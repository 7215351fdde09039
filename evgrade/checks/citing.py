"""Which evidence cites which source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.gaps import known_entries, known_items
from evgrade.model import Path

EVIDENCE_SECTIONS = (
    "mechanism",
    "preclinical",
    "cases",
    "trials",
    "syntheses",
    "observational",
    "outcomes",
    "safety",
)
"""The sections with evidence; sources cited elsewhere, such as in a verdict, do not affect grades."""


def citations(data: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    """Yield the id of each reference that evidence cites, as far as known, with the path of the citation, in order."""
    known = dict(known_items(data))
    for section in EVIDENCE_SECTIONS:
        if section in known:
            yield from _below(known[section], (section,))


def cited(data: Mapping[str, Any]) -> frozenset[str]:
    """Return the ids of the references that evidence cites."""
    return frozenset(reference for reference, _ in citations(data))


def _below(value: Any, path: Path) -> Iterator[tuple[str, Path]]:
    if isinstance(value, list):
        for number, entry in known_entries(value):
            yield from _below(entry, (*path, number))
    elif isinstance(value, dict):
        for key, child in known_items(value):
            if key == "refs":
                yield from ((name, (*path, key, number)) for number, name in known_entries(child))
            elif isinstance(child, dict | list) and not key.startswith("x-"):
                yield from _below(child, (*path, key))
