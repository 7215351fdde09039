"""Find the mappings that checks look at, in one walk through the dossier for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from evgrade.gaps import known_entries
from evgrade.model import Path
from evgrade.schema.store import schema


class Way(NamedTuple):
    """The way below a mapping or an entry of a list: what it is, and the keys that lead to something looked for."""

    definition: str | None
    inside: tuple[tuple[str, bool, Way], ...]


Found = tuple[str, Path, Mapping[str, Any]]
"""A mapping, with its schema definition and its path."""


def found_in(data: Mapping[str, Any], definitions: frozenset[str]) -> list[Found]:
    """Return every mapping of one of some schema definitions, in the order of the schema."""
    found: list[Found] = []
    _collect(data, (), _way(definitions), found)
    return found


@cache
def _way(definitions: frozenset[str]) -> Way:
    return _inside(schema("dossier"), None, definitions, {}) or Way(None, ())


def _lead(node: Mapping[str, Any], definitions: frozenset[str], found: dict[str, Way | None]) -> Way | None:
    """Return the way below a schema node; what leads on below a definition is `found` once, wherever it stands."""
    if "$ref" not in node:
        return _inside(node, None, definitions, found)
    name = node["$ref"].removeprefix("#/$defs/")
    if name not in found:
        found[name] = _inside(schema("dossier")["$defs"][name], name, definitions, found)
    return found[name]


def _inside(
    node: Mapping[str, Any], name: str | None, definitions: frozenset[str], found: dict[str, Way | None]
) -> Way | None:
    """Return the keys of a mapping that lead to one of the definitions, None if none does and it is none itself."""
    inside = []
    for key, child in node.get("properties", {}).items():
        is_list = "items" in child
        lead = _lead(child["items"] if is_list else child, definitions, found)
        if lead is not None:
            inside.append((key, is_list, lead))
    wanted = name if name in definitions else None
    return Way(wanted, tuple(inside)) if inside or wanted else None


def _collect(data: Any, path: Path, way: Way, found: list[Found]) -> None:
    if way.definition is not None:
        found.append((way.definition, path, data))
    for key, is_list, lead in way.inside:
        value = dict.get(data, key)  # past what is not known
        if value is None:
            continue
        if is_list:
            for number, entry in known_entries(value):
                _collect(entry, (*path, key, number), lead, found)
        else:
            _collect(value, (*path, key), lead, found)
