"""The schema of entries to import: fields that hold ids, and fields that only reviewers fill in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any

from evgrade.model import Path, dotted
from evgrade.schema.shape import Kind, Shape, dossier_shape

Names = Mapping[tuple[bool, str], str]
"""The new ids of entries, by whether they are references and by their old ids."""

Exists = Callable[[str, str], bool]
"""Whether a section has an entry with an id."""


def shape_of(section: str) -> Shape:
    """Return the schema of entries in a list of the dossier, such as `safety.contraindications`."""
    return field_shape(dossier_shape(), section).item


def field_shape(shape: Shape, field: str) -> Shape:
    """Return the schema of a field by its dotted path.

    Raises:
        KeyError: there is none; the argument is the unknown key.
    """
    return reduce(Shape.field, field.split("."), shape)


def renamed(value: Any, shape: Shape | None, names: Names, *, references: bool) -> Any:
    """Return a value with new ids in fields that refer to references, or else in those that refer to other entries."""
    if shape is None or not names:
        return value
    if isinstance(value, dict):
        return {key: _field(part, key, shape, names, references) for key, part in value.items()}
    if isinstance(value, list) and shape.kind is Kind.LIST:
        return [renamed(part, shape.item, names, references=references) for part in value]
    return value


def _field(value: Any, key: str, shape: Shape, names: Names, references: bool) -> Any:  # noqa: FBT001
    target = _target(key, shape)
    if target is None:
        return renamed(value, shape.key(key), names, references=references)
    if (target == "references") is not references:
        return value
    if isinstance(value, list):
        return list(dict.fromkeys(names.get((references, str(one)), one) for one in value))
    return names.get((references, str(value)), value)


def _target(key: str, shape: Shape) -> str | None:
    """Return the section whose ids a field holds, None if it holds none."""
    target = shape.node.get("properties", {}).get(key, {}).get("x-refers-to")
    inside = shape.key(key)
    return target or ("references" if inside is not None and inside.definition == "refs" else None)


def resolved(value: Any, shape: Shape | None, exists: Exists, missing: list[str]) -> Any:
    """Return a value without ids of entries that do not exist, which are added to `missing`."""
    if shape is None:
        return value
    if isinstance(value, list) and shape.kind is Kind.LIST:
        return [resolved(part, shape.item, exists, missing) for part in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _existing(part, key, shape, exists, missing) for key, part in value.items()}
    return {key: part for key, part in kept.items() if part is not None}


def _existing(value: Any, key: str, shape: Shape, exists: Exists, missing: list[str]) -> Any:
    target = _target(key, shape)
    if target is None:
        return resolved(value, shape.key(key), exists, missing)
    named = value if isinstance(value, list) else [value]
    gone = [str(one) for one in named if not exists(target, str(one))]
    missing += gone
    if not gone:
        return value
    return [one for one in value if str(one) not in gone] or None if isinstance(value, list) else None


SECTIONS = frozenset({"overrides", "panel", "verdicts", "waivers"})
"""Lists that hold only decisions by people."""


def judgements(section: str, entry: Any) -> Iterator[str]:
    """Yield the paths of judgements in an entry; risk of bias is not the reviewers' own if `judged_by` is given."""
    if section in SECTIONS:
        yield section
    else:
        yield from _inside(entry, shape_of(section), ())


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
