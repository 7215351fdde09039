"""The fields of the dossier's schema, for laws over all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evgrade.schema.store import schema

Node = dict[str, Any]


def followed(node: Node) -> Node:
    """Return a schema with its reference followed."""
    return schema("dossier")["$defs"][node["$ref"].removeprefix("#/$defs/")] if "$ref" in node else node


def mappings() -> Iterator[tuple[str, Node]]:
    """Yield every mapping: its name under `$defs`, or where it stands, and its schema."""
    root = schema("dossier")
    yield from _mappings("dossier", {"properties": root["properties"]})
    for name, node in root["$defs"].items():
        yield from _mappings(name, node)


def _mappings(name: str, node: Node) -> Iterator[tuple[str, Node]]:
    if "properties" in node:
        yield name, node
    for key, child in node.get("properties", {}).items():
        yield from _mappings(f"{name}.{key}", child)


def fields() -> Iterator[tuple[str, str, Node]]:
    """Yield every field that has one value or a list of them: its mapping, its key, and the schema of a value."""
    for name, node in mappings():
        for key, child in node["properties"].items():
            inside = followed(child)
            while inside.get("type") == "array":
                inside = followed(inside["items"])
            if "properties" not in inside:
                yield name, key, inside
