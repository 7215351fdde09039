"""A JSON Schema in words: the allowed values, and tables of fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.markdown import code, escaped, link, table

Node = dict[str, Any]

SMALL = 3
"""A mapping with at most this many fields is explained in place, without its own table."""

_PLURALS = {"text": "texts", "number": "numbers", "whole number": "whole numbers"}
_REFERRED_TO = {
    "evidence": "an evidence item",
    "references": "a reference",
    "outcomes": "an outcome",
    "comparisons": "a comparison",
}


@dataclass(frozen=True)
class SchemaWords:
    """Describes the values that the nodes of one schema allow.

    Attributes:
        schema: the whole schema, to follow references in.
        headings: the heading under which the page explains a definition.
    """

    schema: Node
    headings: Mapping[str, str]

    def definition(self, node: Node) -> tuple[str, Node] | None:
        """Return the name and definition that a node refers to, or None."""
        if "$ref" not in node:
            return None
        name = node["$ref"].removeprefix("#/$defs/")
        return name, self.schema["$defs"][name]

    def kind(self, node: Node, place: str) -> str:
        """Describe the allowed values. `place` is the dotted path of the value, the heading for large mappings."""
        if "anyOf" in node:
            return " or ".join(self.kind(part, place) for part in node["anyOf"])
        referred = self.definition(node)
        if referred is not None:
            words = link(referred[0].replace("_", " "), self.headings[referred[0]])
            what = _REFERRED_TO.get(node.get("x-refers-to", ""))
            return f"{words} of {what}" if referred[0] == "id" and what else words
        if "const" in node:
            return code(_json(node["const"]))
        if "enum" in node:
            return "one of " + ", ".join(code(_json(value)) for value in node["enum"])
        if node.get("type") == "array":
            return self._list(node, place)
        if node.get("type") == "object":
            return self._mapping(node, place)
        if "type" not in node:
            return "any value"
        return "; or ".join(_scalar(name, node) for name in _types(node))

    def _list(self, node: Node, place: str) -> str:
        items = self.kind(node["items"], place)
        if is_mapping(node["items"]):
            items = items.replace("mapping", "mappings", 1)
        limits = [
            *(["not empty"] if node.get("minItems") == 1 else []),
            *(["each once"] if node.get("uniqueItems") else []),
        ]
        return ", ".join([f"list of {_PLURALS.get(items, items)}", *limits])

    def _mapping(self, node: Node, place: str) -> str:
        if not is_small(node):
            return f"mapping, see {link(code(place), place)}"
        required = node.get("required", ())
        parts = (
            f"{code(name)}{' (required)' if name in required else ''}: {self.kind(field, f'{place}.{name}')}. "
            f"{escaped(field['description'])}"
            for name, field in node["properties"].items()
        )
        return "mapping of<br>" + "<br>".join(parts)

    def fields(self, node: Node, place: str) -> str:
        """Return the table of a mapping's fields, or one for each group in the schema."""
        if "x-groups" not in node:
            return self._table(node, place, node["properties"])
        return "\n\n".join(
            f"**{group['title']}**{_purpose(group)}\n\n{self._table(node, place, group['fields'])}"
            for group in node["x-groups"]
        )

    def _table(self, node: Node, place: str, names: Iterable[str]) -> str:
        required, fields = node.get("required", ()), node["properties"]
        rows = (
            [
                code(name),
                self.kind(fields[name], f"{place}.{name}" if place else name),
                "yes" if name in required else "",
                escaped(fields[name]["description"]),
            ]
            for name in names
        )
        return table(["field", "value", "required", "meaning"], rows)

    def inner(self, node: Node, place: str) -> Iterator[tuple[str, Node]]:
        """Yield the nested mappings that need their own table, with their paths."""
        for name, field in node["properties"].items():
            inside = field.get("items", field)
            if "properties" in inside and not is_small(inside):
                yield f"{place}.{name}", inside
                yield from self.inner(inside, f"{place}.{name}")


def is_small(node: Node) -> bool:
    """Whether a mapping can be explained in a sentence."""
    fields = node["properties"].values()
    return len(fields) <= SMALL and not any("properties" in field.get("items", field) for field in fields)


def is_mapping(node: Node) -> bool:
    """Whether a node is a mapping with fields of its own."""
    return "properties" in node


def references(node: Any) -> Iterator[str]:
    """Yield the names of all definitions that a node refers to, in order, with repetitions."""
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].removeprefix("#/$defs/")
        for part in node.values():
            yield from references(part)
    elif isinstance(node, list):
        for part in node:
            yield from references(part)


def _purpose(group: Node) -> str:
    return f": {escaped(group['for'])}" if "for" in group else ""


def _types(node: Node) -> list[str]:
    declared = node["type"]
    return [declared] if isinstance(declared, str) else list(declared)


def _scalar(name: str, node: Node) -> str:
    if name == "null":
        return code("null")
    if name == "boolean":
        return "`true` or `false`"
    if name == "string":
        return ", ".join(["text", *_text_limits(node)])
    return ", ".join(["whole number" if name == "integer" else "number", *_number_limits(node)])


def _text_limits(node: Node) -> Iterator[str]:
    pattern = node.get("pattern")
    if pattern == r"\S":
        yield "not blank"
    elif pattern == r"^\S+$":
        yield "without spaces"
    elif pattern is not None:
        yield f"matching {code(pattern)}"
    if "maxLength" in node:
        yield f"at most {node['maxLength']:,} characters"


def _number_limits(node: Node) -> Iterator[str]:
    for key, word in (("minimum", "at least"), ("exclusiveMinimum", "above"), ("exclusiveMaximum", "below")):
        if key in node:
            yield f"{word} {_number(node[key])}"
    if "maximum" in node:
        yield f"at most {_number(node['maximum'])}"


def _number(value: float) -> str:
    return f"{value:,}" if value >= 10_000 else str(value)


def _json(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
