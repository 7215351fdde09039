"""Judgements: the fields of the format that only reviewers fill, and that no source is ever read into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evgrade.importing.naming import shape_of
from evgrade.model import Path, dotted
from evgrade.schema.shape import Kind, Shape

SECTIONS = frozenset({"overrides", "panel", "verdicts", "waivers"})
"""Lists that hold nothing but what people decided."""


def judgements(section: str, entry: Any) -> Iterator[str]:
    """Yield the judgements in an entry, dotted; risk of bias is not the reviewers' if it names who judged it."""
    if section in SECTIONS:
        yield section
    elif (shape := shape_of(section)) is not None:
        yield from _inside(entry, shape, ())


def _inside(value: Any, shape: Shape, path: Path) -> Iterator[str]:
    if isinstance(value, dict) and shape.kind is Kind.MAPPING:
        for key, part in value.items():
            inner = shape.key(key)
            if key == "risk_of_bias" and isinstance(part, dict) and part.get("judged_by"):
                continue
            if key == "risk_of_bias" or shape.only_reviewers_fill(key):
                yield dotted((*path, key))
            elif inner is not None:
                yield from _inside(part, inner, (*path, key))
    elif isinstance(value, list) and shape.kind is Kind.LIST:
        for number, part in enumerate(value):
            yield from _inside(part, shape.item, (*path, number))
