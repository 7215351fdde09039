"""Where in a dossier the mappings stand that checks look at: one walk for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from evgrade.model import Path
from evgrade.schema.shape import Kind, Shape, dossier_shape


class Way(NamedTuple):
    """The way below a mapping or an entry of a list: what it is, and the keys that lead to something looked for."""

    definition: str | None
    inside: tuple[tuple[str, bool, Way], ...]


def found_in(data: Mapping[str, Any], definitions: frozenset[str]) -> Iterator[tuple[str, Path, Mapping[str, Any]]]:
    """Yield every mapping of one of some schema definitions, with its path, in the order of the schema."""
    return _below(data, (), _way(definitions))


@cache
def _way(definitions: frozenset[str]) -> Way:
    return _lead(dossier_shape(), definitions) or Way(None, ())


def _lead(shape: Shape, definitions: frozenset[str]) -> Way | None:
    """Return the ways below a shape that lead to one of the definitions, None if none does."""
    inside = []
    for key in shape.keys if shape.kind is Kind.MAPPING else ():
        child = shape.key(key)
        is_list = child is not None and child.kind is Kind.LIST
        lead = None if child is None else _lead(child.item if is_list else child, definitions)
        if lead is not None:
            inside.append((key, is_list, lead))
    wanted = shape.definition if shape.definition in definitions else None
    return Way(wanted, tuple(inside)) if inside or wanted else None


def _below(data: Mapping[str, Any], path: Path, way: Way) -> Iterator[tuple[str, Path, Mapping[str, Any]]]:
    if way.definition is not None:
        yield way.definition, path, data
    for key, is_list, lead in way.inside:
        value = data.get(key)
        if value is None:
            continue
        if is_list:
            for number, entry in enumerate(value):
                yield from _below(entry, (*path, key, number), lead)
        else:
            yield from _below(value, (*path, key), lead)
