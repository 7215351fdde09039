"""Which sections of a dossier hold evidence, and which of them the rules of a rubric read."""

from __future__ import annotations

from collections.abc import Iterable

from evgrade.rubric.language import Condition, OneOf, Within
from evgrade.rubric.lists import Count, Every, ListedIn, Share, Sum
from evgrade.rubric.splitting import everything_in
from evgrade.schema.store import schema

RECORDED: tuple[str, ...] = tuple(schema("dossier")["x-sections"])
"""The sections in which a review records what it found, in the order of the format."""

EVIDENCE_SECTIONS = frozenset(name for name, kind in schema("dossier")["x-sections"].items() if kind == "evidence")
"""Those of them that hold evidence of benefit or harm."""


def sections_read(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """Return the recorded sections that some conditions read, in the order of the format."""
    found: set[str] = set()
    seen: set[int] = set()
    for condition in conditions:
        for part in everything_in(condition, seen):
            if isinstance(part, Count | Every | Sum | Share | ListedIn):
                found.add(part.entries.keys[0])
            elif isinstance(part, OneOf | Within) and part.field.keys:
                found.add(part.field.keys[0])
    return tuple(name for name in RECORDED if name in found)
