"""Dossiers with lists of any length: one for each list that the schema knows, with every kind of mistake."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from evgrade.schema.store import schema

Data = dict[str, Any]
Node = Mapping[str, Any]
Entry = Callable[[int], Any]

DEFINITIONS = schema("dossier")["$defs"]
LIKE_PATTERNS = {
    "\\S": "some text",
    "^[A-Za-z0-9][A-Za-z0-9._-]*$": "an-id",
    "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$": "2020-02-03",
    '^(https?|ftp)://[^\\s<>"]+$': "https://example.org/a",
    "^\\S+$": "C12",
    "^[<>] ?(0|1)?\\.[0-9]+$": "< 0.05",
    "^[A-Z]{3}$": "USD",
    "^10\\.[0-9]{4,9}/[^\\s]+$": "10.1000/xyz",
    "^[1-9][0-9]*$": "123",
    "^PMC[0-9]+$": "PMC123",
    "^[0-9]{4}-[0-9]{3}[0-9X]$": "1234-5678",
    "^[0-9][0-9 -]{8,15}[0-9X]$": "978-0-00-000000-2",
    "^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$": "en",
    "^[a-z0-9][a-z0-9-]*$": "count-completed",
}
"""A text for each pattern; a new one in the schema needs a line here."""


def followed(node: Node) -> Node:
    """Return what a node of the schema refers to."""
    while "$ref" in node:
        node = DEFINITIONS[node["$ref"].removeprefix("#/$defs/")]
    return node


def lists() -> Mapping[str, tuple[tuple[str, ...], Node]]:
    """Return the way to each kind of list that a dossier can have, and what its entries are; `[]` is an entry."""
    found: dict[tuple[int, str], tuple[tuple[str, ...], Node]] = {}
    for way, owner, key, entries in _lists(schema("dossier"), ()):
        found.setdefault((id(owner), key), (way, entries))
    return {".".join(way): (way, entries) for way, entries in found.values()}


def _lists(node: Node, way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Node, str, Node]]:
    for key, child in node.get("properties", {}).items():
        inside = followed(child)
        if inside.get("type") == "array":
            yield (*way, key), node, key, followed(inside["items"])
            yield from _lists(followed(inside["items"]), (*way, key, "[]"))
        else:
            yield from _lists(inside, (*way, key))


def full(node: Node, number: int, key: str = "") -> Any:
    """Return a valid value with everything in it that the schema knows; its numbers may well contradict each other."""
    node = followed(node)
    if "const" in node:
        return node["const"]
    if "enum" in node:
        return node["enum"][number % len(node["enum"])]
    kind = node.get("type", "object")
    kind = kind if isinstance(kind, str) else kind[0]
    if kind == "array":
        return [full(node["items"], number, key)]
    if kind == "object":
        return {name: _named(name, child, number) for name, child in node.get("properties", {}).items()}
    if kind in ("integer", "number"):
        least = node.get("minimum", node.get("exclusiveMinimum", 0) + 1)
        return min(least + len(key) % 7, node.get("maximum", 1_000))
    return True if kind == "boolean" else _text(node, number)


def _named(key: str, node: Node, number: int) -> Any:
    if key == "id":
        return f"n{number}"
    if node.get("$ref") == "#/$defs/refs":
        return ["r"]
    if "x-refers-to" in node:
        name = "r" if node["x-refers-to"] == "references" else "e"
        return [name] if followed(node).get("type") == "array" else name
    return full(node, number, key)


def _text(node: Node, number: int) -> str:
    if node.get("format") == "date":
        return "2020-02-03"
    text = LIKE_PATTERNS[node["pattern"]] if "pattern" in node else "some text"
    return f"{text} {number}" if text == "some text" and node.get("maxLength", 100) > 20 else text


def _bare(node: Node, number: int) -> Any:
    whole = full(node, number)
    return {key: whole[key] for key in node.get("required", ())} if isinstance(whole, dict) else whole


def _spoilt(value: Any) -> Any:
    """Return a value of another type in the place of every scalar."""
    if isinstance(value, dict):
        return {key: child if key == "id" else _spoilt(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_spoilt(child) for child in value]
    return 5 if isinstance(value, str) else "five"


def _unknown_ids(node: Node, number: int) -> Data:
    """Return ids that resemble known ones, under the keys that an entry has for any."""
    unknown = {"refs": [f"reference-{number}x"], "item": f"n{number}x", "contributing": [f"n{number}x"]}
    return {key: value for key, value in unknown.items() if key in node.get("properties", {})}


def _changed(entry: Any, number: int, **keys: Any) -> Any:
    return {**entry, **keys} if isinstance(entry, dict) else f"{entry} {number}"


MISTAKES: Mapping[str, Callable[[Node, int], Any]] = {
    "bare": _bare,
    "the same": lambda node, _: full(node, 0),
    "unknown keys": lambda node, number: _changed(
        _bare(node, number), number, **{f"descriptoin{number}": 1, "nots": 2}
    ),
    "wrong types": lambda node, number: _spoilt(full(node, number)),
    "unknown ids": lambda node, number: _changed(_bare(node, number), number, **_unknown_ids(node, number)),
    "nothing": lambda _node, _number: None,
    "empty": lambda _node, _number: {},
    "text": lambda _node, number: f"text {number}",
}


def grown(way: tuple[str, ...], entries: list[Any]) -> Data:
    """Return a dossier with a list of these entries at the end of a way; everything around it is there once."""
    whole: Data = {
        "dossier": 1,
        "therapy": {"name": "T"},
        "condition": {"name": "C"},
        "references": [{"id": "r", "title": "A title"}],
        "claims": [{"id": "e", "statement": "s"}],
    }
    node: Node = schema("dossier")
    place = whole
    for number, step in enumerate(way[:-1]):
        if step == "[]":
            continue
        node = followed(node["properties"][step])
        if node.get("type") == "array":
            node = followed(node["items"])
            place.setdefault(step, []).append(_bare(node, 0))
            place = place[step][-1]
        else:
            place = place.setdefault(step, _bare(node, number))
    last = way[-1]
    place[last] = [*place[last], *entries] if last in place else entries
    return whole


def written(data: Data) -> str:
    """Return a dossier with one value a line."""
    return json.dumps(data, indent=1)
