"""Dossiers: read and validate them, and resolve their cross-references."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, reduce
from operator import getitem
from typing import Any

from evgrade.gaps import unknown_paths, with_gaps
from evgrade.model import Finding, InvalidError, Path, Severity, has_errors
from evgrade.schema.store import schema
from evgrade.schema.suggest import Suggestions, shown
from evgrade.schema.validate import validate
from evgrade.yamlio.document import Document
from evgrade.yamlio.header import HEADER
from evgrade.yamlio.reader import read


@dataclass(frozen=True)
class Dossier:
    """A valid dossier: its facts, and where they are stated.

    Attributes:
        document: the document that it was read from.
        findings: its findings, none of which prevents grading.
        retracted: the ids of the references known to be retracted, once its checks have run.
        unknown: the paths of values that are wrong and so unknown; with any, the dossier is checked but not graded.
    """

    document: Document
    findings: tuple[Finding, ...] = ()
    retracted: frozenset[str] = frozenset()
    unknown: frozenset[Path] = frozenset()

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """The data of the dossier, as far as they are known."""
        data: Mapping[str, Any] = with_gaps(self.document.data, self.unknown) if self.unknown else self.document.data
        return data

    @cached_property
    def references(self) -> Mapping[str, Mapping[str, Any]]:
        """The references by id."""
        return {reference["id"]: reference for reference in self.data.get("references", [])}

    def citation(self, reference_id: str) -> str:
        """Return a reference in short, such as «Silani 1983»."""
        reference = self.references.get(reference_id, {})
        year = str(reference.get("issued", ""))[:4]
        authors = reference.get("author") or []
        if authors:
            name = authors[0].rsplit(" ", 1)[0] if re.search(r" [A-Z]{1,4}$", authors[0]) else authors[0]
            return f"{name} {year}".strip()
        title = reference.get("container_title") or reference.get("title") or reference.get("url") or reference_id
        return f"{title} {year}".strip()

    def study_name(self, study: Mapping[str, Any], identifier: str) -> str:
        """Return the name of a study for readers: the short form of its first source with an author.

        Without one, it is its registry number, the short form of a source that is not a data set, or its id.
        """
        cited = [(name, self.references.get(name, {})) for name in study.get("refs", ())]
        papers = [name for name, one in cited if one.get("author")]
        registry = study.get("registry")
        if not papers and isinstance(registry, list) and registry:
            return str(registry[0])
        papers += [name for name, one in cited if one.get("type") != "dataset"]
        return self.citation(papers[0]) if papers else identifier


def examine(content: bytes, name: str) -> tuple[Dossier | None, list[Finding]]:
    """Return the dossier in some bytes, None if it is not valid, and all findings, sorted."""
    try:
        document = read(content, name)
    except InvalidError as error:
        return None, list(error.findings)
    return examine_document(document)


def examine_document(document: Document) -> tuple[Dossier | None, list[Finding]]:
    """Return the dossier in a document, None if it is not valid, and all findings, sorted."""
    dossier = looked_at(document)
    return None if dossier.unknown else dossier, list(dossier.findings)


def looked_at(document: Document) -> Dossier:
    """Return the dossier in a document, as far as its form is right, with the findings about its form, sorted."""
    if not isinstance(document.data, dict) or HEADER not in document.data:
        return Dossier(document, (_no_dossier(document),), unknown=frozenset({()}))
    found = validate(document, "dossier")
    unknown = unknown_paths(document.data, found) if found else frozenset()
    links = check_links(document, unknown)
    if has_errors(links):
        unknown |= unknown_paths(document.data, links)
    return Dossier(document, tuple(sorted([*found, *links], key=Finding.sort_key)), unknown=unknown)


def _no_dossier(document: Document) -> Finding:
    return Finding(
        code="no-dossier",
        severity=Severity.ERROR,
        message="this is not a dossier: it has no `dossier:` header",
        location=document.location(()),
        excerpt=document.excerpt(()),
        hint="a dossier begins with the line `dossier: 1`; `evgrade new` creates one",
    )


_REFERENCES = "references"
_EVIDENCE = "evidence"
_CITING = ("refs", "reports")
_VERSION_OF = "version_of"
_SECTIONS = {"outcomes": "outcome", "comparisons": "comparison"}
"""The sections whose ids are namespaces of their own, and the name of an item."""
_ID = "id"

_Way = tuple["_Way | None", str, int | None]
"""The way to a value: the way to the mapping that contains it, None for the whole dossier; its key; and its place in a
list. It becomes a path only for a finding."""

_Link = tuple[str, str, _Way]
"""An id that is defined or used: the namespace, the id itself, and the way to it."""


def check_links(document: Document, unknown: Collection[Path] = ()) -> list[Finding]:
    """Return a finding for every id that is defined twice or not at all, and for every reference that is never cited.

    An id or a citation among the `unknown` paths may be the one that seems to be missing.
    """
    given: list[_Link] = []
    uses: list[_Link] = []
    _collect(document.data, None, _EVIDENCE, given, uses)
    ids: dict[str, dict[str, _Link]] = {_REFERENCES: {}, _EVIDENCE: {}}
    findings: list[Finding] = []
    for link in given:
        first = ids[link[0]].setdefault(link[1], link)
        if first is not link:
            findings.append(_twice(document, link, first))
    for section in _SECTIONS:
        ids[section] = {one: link for one, link in ids[_EVIDENCE].items() if _is_item_of(section, link[2])}
    used = set(_versions(document.data))
    suggestions = Suggestions()
    spaces, citations = _hidden(document.data, unknown)
    for link in uses:
        space, identifier, (_, key, _) = link
        # A misspelt id stands for the nearest one, so one mistake gives one finding.
        meant = identifier if identifier in ids[space] else suggestions.nearest(identifier, ids[space])
        if key in _CITING and meant is not None:  # a waiver names a source under another key without citing it
            used.add(meant)
        if meant != identifier and space not in spaces:
            findings.append(_missing(document, link, meant))
    if not citations:
        wrong = {path[:2] for path in unknown}  # a reference with an error may be a version of another
        unused = (link for name, link in ids[_REFERENCES].items() if name not in used)
        findings += (_unused(document, link) for link in unused if _path(link[2])[:2] not in wrong)
    return findings


def _versions(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the references that are listed as versions of others, and so need not be cited."""
    listed = data.get(_REFERENCES)
    for reference in listed if isinstance(listed, list) else ():
        if isinstance(reference, dict) and _VERSION_OF in reference and isinstance(reference.get(_ID), str):
            yield reference[_ID]


def _hidden(data: Any, unknown: Collection[Path]) -> tuple[set[str], bool]:
    """Return the namespaces with unknown ids, and whether any citation is unknown."""
    keys, spaces, citations = _keys(), set(), False
    for path in unknown:
        key = next((step for step in reversed(path) if isinstance(step, str)), "")
        value = _value(data, path)
        is_wrong = value is not _NOTHING and key in keys and key not in _plain_keys()  # its proper content is nowhere
        if len(path) == 1 or (key == _ID and not isinstance(value, str)) or (is_wrong and key not in _linking_keys()):
            spaces |= {_REFERENCES} if path[0] == _REFERENCES else {_EVIDENCE, str(path[0])}
        citations = citations or is_wrong or key in _CITING
    return spaces, citations


def _value(data: Any, path: Path) -> Any:
    """Return the value at a path, or `_NOTHING`."""
    try:
        return reduce(getitem, path, data)
    except LookupError:
        return _NOTHING


_NOTHING = object()


def _is_item_of(section: str, way: _Way) -> bool:
    """Whether a way leads to the id of an entry of a section, not to one inside the entry."""
    above = way[0]
    return above is not None and above[0] is None and above[1] == section


def _collect(mapping: Mapping[str, Any], way: _Way | None, space: str, given: list[_Link], uses: list[_Link]) -> None:
    """Append every id that is defined or used below a mapping."""
    naming, others = _telling(tuple(mapping))
    for key, names in naming:
        child = mapping[key]
        for place, name in enumerate(child) if isinstance(child, list) else [(None, child)]:
            if isinstance(name, str):
                uses.append((names, name, (way, key, place)))
    for key in others:
        child = mapping[key]
        if isinstance(child, dict):
            _collect(child, (way, key, None), space, given, uses)
        elif isinstance(child, list):
            inside = _REFERENCES if key == _REFERENCES and way is None else space
            for number, entry in enumerate(child):
                if isinstance(entry, dict):
                    _collect(entry, (way, key, number), inside, given, uses)
        elif key == _ID and isinstance(child, str):
            given.append((space, child, (way, key, None)))


def _path(way: _Way) -> Path:
    """Return a way as a path."""
    above, key, place = way
    return (*(() if above is None else _path(above)), key, *(() if place is None else (place,)))


@lru_cache(maxsize=4096)
def _telling(keys: tuple[str, ...]) -> tuple[Sequence[tuple[str, str]], Sequence[str]]:
    """Return those of a mapping's keys that name something, and what; then the others that ids may be at or below.

    Most mappings have the keys of many others.
    """
    links, plain = _linking_keys(), _plain_keys()
    naming = tuple((key, links[key]) for key in keys if key in links)
    return naming, tuple(key for key in keys if key not in links and key not in plain and not key.startswith("x-"))


@cache
def _linking_keys() -> Mapping[str, str]:
    """Return the keys whose values are ids, with their namespaces, from the schema."""
    links: dict[str, str] = {}
    for key, node in _properties():
        if "x-refers-to" in node:
            links[key] = node["x-refers-to"]
        elif node.get("$ref") == "#/$defs/refs":
            links[key] = _REFERENCES
    return links


@cache
def _plain_keys() -> frozenset[str]:
    """Return the keys whose values are always text, numbers or lists of these."""
    nested = {key for key, node in _properties() if not _is_plain(node)}
    return _keys() - nested - {_ID}


@cache
def _keys() -> frozenset[str]:
    """Return all keys of the schema."""
    return frozenset(key for key, _ in _properties())


def _is_plain(node: Mapping[str, Any]) -> bool:
    """Whether a node of the schema allows neither mappings nor lists of mappings."""
    if "$ref" in node:
        return _is_plain(schema("dossier")["$defs"][node["$ref"].removeprefix("#/$defs/")])
    if node.get("type") == "array":
        return "items" in node and _is_plain(node["items"])
    return "enum" in node or "const" in node or node.get("type", "object") != "object"


def _properties() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every key of the schema, with the schema of its value."""
    whole = schema("dossier")
    nodes = [whole, *whole["$defs"].values()]
    for node in nodes:
        inside = node.get("properties", {})
        yield from inside.items()
        nodes.extend(child.get("items", child) for child in inside.values())


def _twice(document: Document, link: _Link, first: _Link) -> Finding:
    path, earlier = _path(link[2]), document.location(_path(first[2]))
    return Finding(
        code="id-duplicate",
        severity=Severity.ERROR,
        message=f"duplicate id {shown(link[1])}; it is first used at line {earlier.line}",
        location=document.location(path),
        excerpt=document.excerpt(path),
        hint="every item needs its own id",
        related=(earlier,),
    )


def _missing(document: Document, link: _Link, meant: str | None) -> Finding:
    space, identifier, way = link
    path, what = _path(way), _SECTIONS.get(space, "reference" if space == _REFERENCES else "evidence item")
    return Finding(
        code="id-missing",
        severity=Severity.ERROR,
        message=f"there is no {what} with the id {shown(identifier)}",
        location=document.location(path),
        excerpt=document.excerpt(path),
        hint=f"did you mean `{meant}`?" if meant else f"add it under `{space}`" if space != _EVIDENCE else None,
    )


def _unused(document: Document, link: _Link) -> Finding:
    path = _path(link[2])
    return Finding(
        code="reference-unused",
        severity=Severity.WARNING,
        message=f"nothing cites the reference {shown(link[1])}",
        location=document.location(path),
        excerpt=document.excerpt(path),
        hint="cite it under `refs`, or remove it",
    )
