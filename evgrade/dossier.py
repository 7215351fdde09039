"""Dossiers: read, validated, their cross-references resolved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path as FilePath
from typing import Any

from evgrade.model import Finding, InvalidDossierError, InvalidError, Path, Severity
from evgrade.schema import nearest, schema, shown, validate
from evgrade.yamlio import Document, read, read_bytes, shown_name

HEADER = "dossier"
_HEADER_LINE = rb"""(?:\A(?:\xef\xbb\xbf)?|[\r\n])(?:\{\s*)?["']?%b["']?[ \t]*:"""


@dataclass(frozen=True)
class Dossier:
    """A valid dossier: what it states, and where.

    Attributes:
        document: the file it was read from.
        findings: what is worth mending although the dossier can be graded.
        retracted: the ids of the references that are known to be retracted, once its checks were run.
    """

    document: Document
    findings: tuple[Finding, ...] = ()
    retracted: frozenset[str] = frozenset()

    @property
    def data(self) -> Mapping[str, Any]:
        """What the dossier states."""
        data: Mapping[str, Any] = self.document.data
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


def load_dossier(path: str) -> Dossier:
    """Return the dossier in a file, or on standard input for `-`.

    Raises:
        UnreadableError: the file cannot be read.
        InvalidDossierError: it is no valid dossier; its findings say why.
    """
    name = shown_name(path)
    dossier, findings = examine(read_bytes(path), name)
    if dossier is None:
        raise InvalidDossierError(f"{name} is no valid dossier", tuple(findings))
    return dossier


def examine(content: bytes, name: str) -> tuple[Dossier | None, list[Finding]]:
    """Return the dossier that some bytes hold, None if it is not valid, and all findings, sorted."""
    try:
        document = read(content, name)
    except InvalidError as error:
        return None, list(error.findings)
    return examine_document(document)


def examine_document(document: Document) -> tuple[Dossier | None, list[Finding]]:
    """Return the dossier that a document is, None if it is not valid, and all findings, sorted."""
    if not isinstance(document.data, dict) or HEADER not in document.data:
        return None, [_no_dossier(document)]
    findings = [*validate(document, "dossier"), *_check_links(document)]
    findings.sort(key=Finding.sort_key)
    if any(finding.severity is Severity.ERROR for finding in findings):
        return None, findings
    return Dossier(document, tuple(findings)), findings


def looks_like(content: bytes, header: str = HEADER) -> bool:
    """Whether a file that may not even be YAML has a line that begins with the header of a dossier or a rubric."""
    return _header_line(header).search(content) is not None


@cache
def _header_line(header: str) -> re.Pattern[bytes]:
    return re.compile(_HEADER_LINE % header.encode())


def _no_dossier(document: Document) -> Finding:
    return Finding(
        code="no-dossier",
        severity=Severity.ERROR,
        message="this is no dossier: it has no `dossier:` header",
        location=document.location(()),
        excerpt=document.excerpt(()),
        hint="a dossier begins with the line `dossier: 1`; `evgrade new` writes one to start from",
    )


# Cross-references: ids are unique, and what names an id names one that exists.

_REFERENCES = "references"
_EVIDENCE = "evidence"
_WAIVERS = "waivers"


@cache
def _linking_keys() -> Mapping[str, str]:
    """Return the keys whose values are ids, and of what: read from the schema."""
    links: dict[str, str] = {}
    for definition in schema("dossier")["$defs"].values():
        for key, node in definition.get("properties", {}).items():
            if "x-refers-to" in node:
                links[key] = node["x-refers-to"]
            elif node.get("$ref") == "#/$defs/refs":
                links[key] = _REFERENCES
    return links


def _check_links(document: Document) -> list[Finding]:
    given: list[tuple[str, str, Path]] = []
    uses: list[tuple[str, str, Path]] = []
    _collect(document.data, (), _EVIDENCE, _linking_keys(), given, uses)
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


Links = list[tuple[str, str, Path]]


def _collect(mapping: Any, path: Path, space: str, links: Mapping[str, str], given: Links, uses: Links) -> None:
    """Append every id that is given or used below a mapping: its namespace, itself and its place."""
    for key, child in mapping.items():
        if key in links:
            for place, name in enumerate(child) if isinstance(child, list) else [(None, child)]:
                if isinstance(name, str):
                    uses.append((links[key], name, (*path, key) if place is None else (*path, key, place)))
        elif isinstance(child, dict):
            if not key.startswith("x-"):
                _collect(child, (*path, key), space, links, given, uses)
        elif isinstance(child, list):
            if not key.startswith("x-"):
                inside = _REFERENCES if key == _REFERENCES and not path else space
                for number, entry in enumerate(child):
                    if isinstance(entry, dict):
                        _collect(entry, (*path, key, number), inside, links, given, uses)
        elif key == "id" and isinstance(child, str):
            given.append((space, child, (*path, key)))


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


def new_dossier(therapy: str, condition: str, schema_path: str) -> str:
    """Return a dossier to start from: valid, commented, with a modeline that tells editors its schema."""
    template = (FilePath(__file__).parent / "template.dossier.yaml").read_text(encoding="utf-8")
    words = {"@therapy@": _quoted(therapy), "@condition@": _quoted(condition), "@schema@": schema_path}
    return re.sub("|".join(words), lambda placeholder: words[placeholder.group()], template)


def _quoted(text: str) -> str:
    """Return a YAML scalar that stays one whatever it holds, and readable where it can be."""
    escaped = (
        f"\\U{ord(sign):08X}" if not sign.isprintable() else f"\\{sign}" if sign in '"\\' else sign for sign in text
    )
    return f'"{"".join(escaped)}"'
