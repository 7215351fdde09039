"""Ids that entries refer to others by: what an entry is called in a dossier, not what its source proposes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evgrade.schema.shape import Kind, Shape, dossier_shape

Names = Mapping[tuple[bool, str], str]
"""What entries came to be called, by whether they are references and by what they were to be called."""


def shape_of(section: str) -> Shape | None:
    """Return the schema of the entries of a section, None if there is no such list."""
    shape: Shape | None = dossier_shape()
    for key in section.split("."):
        shape = None if shape is None else shape.key(key)
    return shape.item if shape is not None and shape.kind is Kind.LIST else None


def renamed(value: Any, shape: Shape | None, names: Names, *, references: bool) -> Any:
    """Return a value in which either what refers to references or what refers to other entries has their new names."""
    if shape is None or not names:
        return value
    if isinstance(value, dict):
        return {key: _field(part, key, shape, names, references) for key, part in value.items()}
    if isinstance(value, list) and shape.kind is Kind.LIST:
        return [renamed(part, shape.item, names, references=references) for part in value]
    return value


def _field(value: Any, key: str, shape: Shape, names: Names, references: bool) -> Any:  # noqa: FBT001
    node = shape.node.get("properties", {}).get(key, {})
    inside = shape.key(key)
    target = node.get("x-refers-to") or ("references" if inside is not None and inside.definition == "refs" else None)
    if target is None:
        return renamed(value, inside, names, references=references)
    if (target == "references") is not references:
        return value
    if isinstance(value, list):
        return list(dict.fromkeys(names.get((references, str(one)), one) for one in value))
    return names.get((references, str(value)), value)
