"""Judgements: the fields of the format that only reviewers fill, and that no source is ever read into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evgrade.model import Path, dotted

SECTIONS = frozenset({"overrides", "panel", "verdicts", "waivers"})
"""Lists that hold nothing but what people decided."""
JUDGEMENTS = frozenset(
    {
        "certainty",
        "concern",
        "conflicting_primary_outcomes",
        "consistent",
        "dramatic_effect",
        "importance",
        "judgement",
        "magnitude",
        "noninferiority_sound",
        "overall",
        "powered",
        "recommended",
        "relevance",
        "result",
        "standing",
        "sufficient_numbers",
    }
)
REPORTED_REASONS = frozenset({"why_stopped_reason"})
"""Reasons that a registry states: no judgement of the reviewers."""


def judgements(section: str, entry: Any) -> Iterator[str]:
    """Yield the judgements in an entry, dotted; risk of bias is none of the reviewers' where it says whose it is."""
    if section in SECTIONS:
        yield section
    else:
        yield from _inside(entry, ())


def _inside(value: Any, path: Path) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "risk_of_bias" and isinstance(part, dict) and part.get("judged_by"):
                continue
            if is_judgement(key) or key == "risk_of_bias":
                yield dotted((*path, key))
            else:
                yield from _inside(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _inside(part, (*path, number))


def is_judgement(key: str) -> bool:
    """Whether a field of the format holds what somebody judged, or why."""
    return key in JUDGEMENTS or (key.endswith("_reason") and key not in REPORTED_REASONS)
