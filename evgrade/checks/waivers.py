"""Waivers: findings that reviewers accept with a reason, which are shown but not counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from evgrade.dossier import Dossier
from evgrade.facts.known import PartialDate, is_after, partial_date
from evgrade.model import Finding, Path, Severity

OF_RUBRICS = frozenset({"missing-fact", "stated-grade"})
"""Codes of findings made only by a rubric: without one, it is unknown whether a waiver is still needed."""


def waived(dossier: Dossier, findings: Iterable[Finding], as_of: PartialDate | None = None) -> list[Finding]:
    """Return the findings, waived ones with the reason, plus a finding for each expired or unused waiver.

    A waiver has expired if its `until` is before `as_of`.
    """
    waivers = _sound(dossier)
    if not waivers:
        return list(findings)
    expired = [number for number, waiver in waivers.items() if _is_over(waiver, as_of)]
    accepting = _Waivers(dossier, {number: waiver for number, waiver in waivers.items() if number not in expired})
    used: set[int] = set()
    marked = []
    for finding in findings:
        number = accepting.first(finding)
        if number is not None:
            used.add(number)
            finding = replace(finding, waived=waivers[number]["reason"])  # noqa: PLW2901 - the same, accepted
        marked.append(finding)
    marked += (_expired(dossier, number, waivers[number]) for number in expired)
    if not dossier.unknown:  # otherwise unknown parts may have the findings
        for number in waivers.keys() - used - set(expired):
            if waivers[number]["check"] not in OF_RUBRICS:
                marked.append(_unused(dossier, number, waivers[number]))
    return marked


def _sound(dossier: Dossier) -> dict[int, dict[str, Any]]:
    """Return the waivers without errors, by number."""
    wrong = [path for path in dossier.unknown if path[:1] == ("waivers",)]
    if ("waivers",) in wrong:
        return {}
    numbers = {path[1] for path in wrong}
    return {n: one for n, one in enumerate(dossier.document.data.get("waivers", ())) if n not in numbers}


def _is_over(waiver: dict[str, Any], as_of: PartialDate | None) -> bool:
    return as_of is not None and "until" in waiver and is_after(as_of, partial_date(waiver["until"]))


def accepted(dossier: Dossier, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings of a rubric, waived ones with the reason."""
    waivers = _sound(dossier)
    accepting = _Waivers(dossier, waivers)
    for finding in findings:
        number = accepting.first(finding)
        yield finding if number is None else replace(finding, waived=waivers[number]["reason"])


class _Waivers:
    """Waivers by the findings that they accept, so that the time does not grow with waivers times findings."""

    def __init__(self, dossier: Dossier, waivers: Mapping[int, dict[str, Any]]) -> None:
        self._dossier = dossier
        self._first: dict[tuple[str, str | None, str | None], int] = {}
        for number, waiver in waivers.items():
            self._first.setdefault((waiver["check"], waiver.get("reference"), waiver.get("item")), number)

    def first(self, finding: Finding) -> int | None:
        """Return the number of the first waiver that accepts a finding, by its code, reference or an item."""
        if not self._first:
            return None
        path = finding.location.path
        items = (None, *_items(self._dossier, path))
        keys = ((finding.code, name, item) for name in {None, _reference(self._dossier, path)} for item in items)
        return min((self._first[key] for key in keys if key in self._first), default=None)


def _reference(dossier: Dossier, path: Path) -> str | None:
    """Return the id of the reference that contains a path, None if none does."""
    if path[:1] != ("references",) or len(path) < 2:
        return None
    identifier: str | None = dossier.document.data["references"][path[1]].get("id")
    return identifier


def _items(dossier: Dossier, path: Path) -> set[str]:
    """Return the ids of all items that contain a path."""
    value: Any = dossier.document.data
    ids = set()
    for step in path:
        if isinstance(value, dict):
            if step not in value:
                break
            value = value[step]
        elif isinstance(value, list):
            value = value[int(step)]
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            ids.add(value["id"])
    return ids


def _expired(dossier: Dossier, number: int, waiver: Mapping[str, Any]) -> Finding:
    path: Path = ("waivers", number, "until")
    return Finding(
        code="waiver-expired",
        severity=Severity.WARNING,
        message=f"the waiver of `{waiver['check']}` was valid until {waiver['until']} and has expired",
        location=dossier.document.location(path),
        excerpt=dossier.document.excerpt(path),
        hint="review the finding that it accepted: fix it, or extend the date",
    )


def _unused(dossier: Dossier, number: int, waiver: Mapping[str, Any]) -> Finding:
    path: Path = ("waivers", number)
    return Finding(
        code="waiver-unused",
        severity=Severity.WARNING,
        message=f"the waiver of `{waiver['check']}` no longer accepts anything",
        location=dossier.document.location(path),
        excerpt=dossier.document.excerpt(path),
        hint="remove it, or correct its check or its item",
    )
