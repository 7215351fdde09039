"""Running the checks over a dossier: problems become findings, and waivers accept some of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from evgrade.checks.model import Check, Item, Problem, Where, Whole
from evgrade.checks.registry import all_checks
from evgrade.checks.retractions import retracted
from evgrade.checks.waivers import waived
from evgrade.checks.walk import Found, found_in
from evgrade.dossier import Dossier
from evgrade.facts.dates import PartialDate, partial_date
from evgrade.facts.identifiers import other_versions
from evgrade.model import Finding
from evgrade.notices import Nature, Notice, in_force

if TYPE_CHECKING:
    from evgrade.retraction_watch import Notices


def with_checks(dossier: Dossier, as_of: dt.date | None = None, notices: Notices | None = None) -> Dossier:
    """Return a dossier with what its checks found among its findings, waivers applied, sorted and each once.

    Args:
        dossier: a valid dossier.
        as_of: the day on which dates are looked at; without it that of `review.as_of`, and without that none.
        notices: notices of retraction to look its references up in.

    Raises:
        UnreadableError: the file of notices went away.
    """
    places = found_in(dossier.data, _definitions())
    effects = [(path, data) for definition, path, data in places if definition == "effect"]
    whole = Whole(dossier, _day(dossier, as_of), _about(dossier, notices), effects, _about_versions(dossier, notices))
    found = waived(dossier, [*dossier.findings, *_found(whole, places)], whole.as_of)
    findings = tuple(sorted(dict.fromkeys(found), key=Finding.sort_key))
    return Dossier(dossier.document, findings, retracted(dossier.data, whole.notices))


def _about(dossier: Dossier, notices: Notices | None) -> Mapping[str, tuple[Notice, ...]]:
    """Return the notices in force about each reference that has any."""
    if notices is None:
        return {}
    about = ((reference["id"], in_force(notices.of(reference))) for reference in dossier.data.get("references", []))
    return {identifier: found for identifier, found in about if found}


def _about_versions(dossier: Dossier, notices: Notices | None) -> Mapping[str, tuple[str, Notice]]:
    """Return the retraction of another version of each preprint, with the DOI of that version."""
    found: dict[str, tuple[str, Notice]] = {}
    for reference in dossier.data.get("references", ()) if notices is not None else ():
        for doi in other_versions(reference.get("doi", "")):
            for notice in in_force(notices.of({"doi": doi})) if notices is not None else ():
                if notice.nature is Nature.RETRACTION:
                    found.setdefault(reference["id"], (doi, notice))
    return found


def _day(dossier: Dossier, as_of: dt.date | None) -> PartialDate | None:
    """Return the day on which dates are looked at: never today, unless somebody says so."""
    if as_of is not None:
        return as_of.year, as_of.month, as_of.day
    stated = dossier.data.get("review", {}).get("as_of")
    return None if stated is None else partial_date(stated)


def _found(whole: Whole, places: Sequence[Found]) -> list[Finding]:
    found: list[Finding] = []
    for definition, path, data in ((None, (), whole.dossier.data), *places):
        for where, checks in _looks(definition, tuple(data)):
            if where is None or where(data):
                item = Item(data, path, whole)
                found += [_finding(check, item, problem) for check in checks for problem in check.find(item)]
    return found


Look = tuple[Where | None, tuple[Check, ...]]
"""A quick look at a mapping, and the checks that are made if it says yes."""


@lru_cache(maxsize=4096)
def _looks(definition: str | None, keys: tuple[str, ...]) -> tuple[Look, ...]:
    """Return the looks that a mapping is worth; most mappings have the keys of many others."""
    checks: dict[Where | None, list[Check]] = {}
    for one in all_checks():
        if one.has_something_in(definition, keys):
            checks.setdefault(one.where, []).append(one)
    return tuple((where, tuple(made)) for where, made in checks.items())


@cache
def _definitions() -> frozenset[str]:
    return frozenset(definition for one in all_checks() for definition in one.on)


def _finding(check: Check, item: Item, problem: Problem) -> Finding:
    document = item.dossier.document
    path = (*item.path, *problem.at)
    return Finding(
        code=check.code,
        severity=problem.severity or check.severity,
        message=problem.message,
        location=document.location(path),
        excerpt=document.excerpt(path),
        hint=problem.hint,
        related=tuple(document.location(related) for related in problem.related),
    )
