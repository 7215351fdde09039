"""Cross-references in a dossier: ids are unique, and what names an id names one that exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from evgrade.model import Finding, Path, Severity
from evgrade.schema import nearest, schema, shown
from evgrade.yamlio import Document

_REFERENCES = "references"
_EVIDENCE = "evidence"
_WAIVERS = "waivers"
_ID = "id"

Links = list[tuple[str, str, Path]]
"""Ids that are given or used: the namespace, the id itself, and its place."""


def check_links(document: Document) -> list[Finding]:
    """Return a finding for every id that is given twice, names nothing, or, of a reference, is named by nothing."""
    given: list[tuple[str, str, Path]] = []
    uses: list[tuple[str, str, Path]] = []
    _collect(document.data, (), _EVIDENCE, given, uses)
    ids: dict[str, dict[str, Path]] = {_REFERENCES: {}, _EVIDENCE: {}}
    findings: list[Finding] = []
    for space, identifier, path in given:
        if identifier in ids[space]:
            findings.append(_twice(document, identifier, path, ids[space][identifier]))
        else:
            ids[space][identifier] = path
    used: set[str] = set()
    for space, identifier, path in uses:
        # A misspelt id means the one it is nearest to: one mistake, one finding.
        meant = identifier if identifier in ids[space] else nearest(identifier, ids[space])
        if space == _REFERENCES and meant is not None and path[0] != _WAIVERS:  # who accepts a source cites it not
            used.add(meant)
        if meant != identifier:
            findings.append(_missing(document, space, identifier, path, meant))
    findings.extend(
        _unused(document, identifier, path) for identifier, path in ids[_REFERENCES].items() if identifier not in used
    )
    return findings


def _collect(mapping: Mapping[str, Any], path: Path, space: str, given: Links, uses: Links) -> None:
    """Append every id that is given or used below a mapping."""
    for key, names in _telling(tuple(mapping)):
        child = mapping[key]
        if names is not None:
            for place, name in enumerate(child) if isinstance(child, list) else [(None, child)]:
                if isinstance(name, str):
                    uses.append((names, name, (*path, key) if place is None else (*path, key, place)))
        elif isinstance(child, dict):
            _collect(child, (*path, key), space, given, uses)
        elif isinstance(child, list):
            inside = _REFERENCES if key == _REFERENCES and not path else space
            for number, entry in enumerate(child):
                if isinstance(entry, dict):
                    _collect(entry, (*path, key, number), inside, given, uses)
        elif key == _ID and isinstance(child, str):
            given.append((space, child, (*path, key)))


@lru_cache(maxsize=4096)
def _telling(keys: tuple[str, ...]) -> tuple[tuple[str, str | None], ...]:
    """Return those of a mapping's keys that ids may stand at or below, and what is named there, if that is so.

    Most mappings have the keys of many others.
    """
    links, plain = _linking_keys(), _plain_keys()
    return tuple((key, links.get(key)) for key in keys if key not in plain and not key.startswith("x-"))


@cache
def _linking_keys() -> Mapping[str, str]:
    """Return the keys whose values are ids, and of what: read from the schema."""
    links: dict[str, str] = {}
    for key, node in _properties():
        if "x-refers-to" in node:
            links[key] = node["x-refers-to"]
        elif node.get("$ref") == "#/$defs/refs":
            links[key] = _REFERENCES
    return links


@cache
def _plain_keys() -> frozenset[str]:
    """Return the keys whose values are text, numbers and the like wherever the schema has them."""
    nested = {key for key, node in _properties() if not _is_plain(node)}
    return frozenset(key for key, _ in _properties()) - nested - _linking_keys().keys() - {_ID}


def _is_plain(node: Mapping[str, Any]) -> bool:
    """Whether what a node of the schema allows is neither a mapping nor a list with mappings in it."""
    if "$ref" in node:
        return _is_plain(schema("dossier")["$defs"][node["$ref"].removeprefix("#/$defs/")])
    if node.get("type") == "array":
        return "items" in node and _is_plain(node["items"])
    return "enum" in node or "const" in node or node.get("type", "object") != "object"


def _properties() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every key that the schema has anywhere, with what may stand there."""
    whole = schema("dossier")
    nodes = [whole, *whole["$defs"].values()]
    for node in nodes:
        inside = node.get("properties", {})
        yield from inside.items()
        nodes.extend(child.get("items", child) for child in inside.values())


def _twice(document: Document, identifier: str, path: Path, first: Path) -> Finding:
    earlier = document.location(first)
    return Finding(
        code="id-duplicate",
        severity=Severity.ERROR,
        message=f"the id {shown(identifier)} is given again; it is first at line {earlier.line}",
        location=document.location(path),
        excerpt=document.excerpt(path),
        hint="every item needs an id of its own",
        related=(earlier,),
    )


def _missing(document: Document, space: str, identifier: str, path: Path, meant: str | None) -> Finding:
    what = "reference" if space == _REFERENCES else "evidence item"
    return Finding(
        code="id-missing",
        severity=Severity.ERROR,
        message=f"there is no {what} with the id {shown(identifier)}",
        location=document.location(path),
        excerpt=document.excerpt(path),
        hint=f"did you mean `{meant}`?" if meant else f"add it under `{space}`" if space == _REFERENCES else None,
    )


def _unused(document: Document, identifier: str, path: Path) -> Finding:
    return Finding(
        code="reference-unused",
        severity=Severity.WARNING,
        message=f"nothing cites the reference {shown(identifier)}",
        location=document.location(path),
        excerpt=document.excerpt(path),
        hint="cite it under `refs`, or remove it",
    )
