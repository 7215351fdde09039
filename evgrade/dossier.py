"""Dossiers: read and validate them, and resolve their cross-references."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from evgrade.gaps import unknown_paths, with_gaps
from evgrade.links import check_links
from evgrade.model import Finding, InvalidError, Path, Severity, has_errors
from evgrade.schema.validate import validate
from evgrade.yamlio.document import Document
from evgrade.yamlio.header import HEADER
from evgrade.yamlio.reader import read


@dataclass(frozen=True)
class Dossier:
    """A valid dossier: what it states, and where.

    Attributes:
        document: the file it was read from.
        findings: what is worth fixing although the dossier can be graded.
        retracted: the ids of the references that are known to be retracted, once its checks were run.
        unknown: the paths of the values that are not known, for they are wrong: such a dossier is only looked at.
    """

    document: Document
    findings: tuple[Finding, ...] = ()
    retracted: frozenset[str] = frozenset()
    unknown: frozenset[Path] = frozenset()

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """What the dossier states, as far as it is known."""
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
        """Return what readers call a study: the short form of its first source that has an author.

        Without one it is its registry number, the short form of a source that is not a data set, or its id.
        """
        cited = [(name, self.references.get(name, {})) for name in study.get("refs", ())]
        papers = [name for name, one in cited if one.get("author")]
        registry = study.get("registry")
        if not papers and isinstance(registry, list) and registry:
            return str(registry[0])
        papers += [name for name, one in cited if one.get("type") != "dataset"]
        return self.citation(papers[0]) if papers else identifier


def examine(content: bytes, name: str) -> tuple[Dossier | None, list[Finding]]:
    """Return the dossier that some bytes hold, None if it is not valid, and all findings, sorted."""
    try:
        document = read(content, name)
    except InvalidError as error:
        return None, list(error.findings)
    return examine_document(document)


def examine_document(document: Document) -> tuple[Dossier | None, list[Finding]]:
    """Return the dossier that a document is, None if it is not valid, and all findings, sorted."""
    dossier = looked_at(document)
    return None if dossier.unknown else dossier, list(dossier.findings)


def looked_at(document: Document) -> Dossier:
    """Return the dossier that a document is, as far as its form is right, with what is wrong with that, sorted."""
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
