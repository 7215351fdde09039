"""Waivers: findings that the reviewers accept, each with its reason, shown and not counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from evgrade.dossier import Dossier
from evgrade.model import Finding, Path, Severity

OF_RUBRICS = frozenset({"missing-fact", "stated-grade"})
"""Codes of what only a rubric can find: where none was asked, nobody knows whether a waiver still accepts anything."""


def waived(dossier: Dossier, findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with the reason for which a waiver accepts them, and one for each waiver that accepts none."""
    waivers = dossier.data.get("waivers", [])
    if not waivers:
        return list(findings)
    used: set[int] = set()
    marked = []
    for finding in findings:
        number = next((n for n, waiver in enumerate(waivers) if _accepts(dossier, waiver, finding)), None)
        if number is not None:
            used.add(number)
            finding = replace(finding, waived=waivers[number]["reason"])  # noqa: PLW2901 - the same, accepted
        marked.append(finding)
    unused = (n for n, waiver in enumerate(waivers) if n not in used and waiver["check"] not in OF_RUBRICS)
    return [*marked, *(_unused(dossier, number) for number in unused)]


def accepted(dossier: Dossier, finding: Finding) -> Finding:
    """Return what a rubric found with the reason for which a waiver accepts it, if one does."""
    waivers = dossier.data.get("waivers", [])
    reason = next((waiver["reason"] for waiver in waivers if _accepts(dossier, waiver, finding)), None)
    return finding if reason is None else replace(finding, waived=reason)


def _accepts(dossier: Dossier, waiver: dict[str, Any], finding: Finding) -> bool:
    if waiver["check"] != finding.code:
        return False
    return "item" not in waiver or waiver["item"] in _items(dossier, finding.location.path)


def _items(dossier: Dossier, path: Path) -> set[str]:
    """Return the ids of all items that a path leads through."""
    value: Any = dossier.data
    ids = set()
    for step in path:
        if isinstance(value, dict):
            if step not in value:
                break
            value = value[step]
        elif isinstance(value, list):
            value = value[int(step)]
        if isinstance(value, dict) and "id" in value:
            ids.add(value["id"])
    return ids


def _unused(dossier: Dossier, number: int) -> Finding:
    path: Path = ("waivers", number)
    return Finding(
        code="waiver-unused",
        severity=Severity.WARNING,
        message=f"the waiver of `{dossier.data['waivers'][number]['check']}` accepts nothing any more",
        location=dossier.document.location(path),
        excerpt=dossier.document.excerpt(path),
        hint="remove it, or correct its check or its item",
    )
