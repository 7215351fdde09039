"""Which sections of a dossier hold evidence, and which of them the rules of a rubric read."""

from __future__ import annotations

from collections.abc import Iterable

from evgrade.rubric.conditions.base import Condition, everything_in
from evgrade.schema.store import schema

RECORDED: tuple[str, ...] = tuple(schema("dossier")["x-sections"])
"""The sections in which a review records what it found, in the order of the format."""

EVIDENCE_SECTIONS = frozenset(name for name, kind in schema("dossier")["x-sections"].items() if kind == "evidence")
"""Those of them that hold evidence of benefit or harm."""


def sections_read(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """Return the recorded sections that some conditions read, in the order of the format."""
    seen: set[int] = set()
    found = {part.section() for condition in conditions for part in everything_in(condition, seen)}
    return tuple(name for name in RECORDED if name in found)
