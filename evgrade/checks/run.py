"""Running the checks over a dossier: problems become findings, and waivers accept some of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from evgrade.checks.model import Check, Item, Problem
from evgrade.checks.registry import all_checks
from evgrade.checks.retractions import retracted
from evgrade.checks.waivers import waived
from evgrade.checks.walk import found_in
from evgrade.dossier import Dossier
from evgrade.facts.dates import PartialDate, partial_date
from evgrade.model import Finding
from evgrade.notices import Notice, in_force

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
    item = Item(dossier.data, (), dossier, _day(dossier, as_of), _about(dossier, notices))
    found = waived(dossier, [*dossier.findings, *_found(item)], item.as_of)
    findings = tuple(sorted(dict.fromkeys(found), key=Finding.sort_key))
    return Dossier(dossier.document, findings, retracted(dossier.data, item.notices))


def _about(dossier: Dossier, notices: Notices | None) -> Mapping[str, tuple[Notice, ...]]:
    """Return the notices in force about each reference that has any."""
    if notices is None:
        return {}
    about = ((reference["id"], in_force(notices.of(reference))) for reference in dossier.data.get("references", []))
    return {identifier: found for identifier, found in about if found}


def _day(dossier: Dossier, as_of: dt.date | None) -> PartialDate | None:
    """Return the day on which dates are looked at: never today, unless somebody says so."""
    if as_of is not None:
        return as_of.year, as_of.month, as_of.day
    stated = dossier.data.get("review", {}).get("as_of")
    return None if stated is None else partial_date(stated)


def _found(whole: Item) -> Iterator[Finding]:
    yield from _by(_applying(None, tuple(whole.data)), whole)
    for definition, path, data in found_in(whole.data, _definitions()):
        checks = _applying(definition, tuple(data))
        if checks:
            yield from _by(checks, Item(data, path, whole.dossier, whole.as_of, whole.notices))


@lru_cache(maxsize=4096)
def _applying(definition: str | None, keys: tuple[str, ...]) -> tuple[Check, ...]:
    """Return the checks that have something to look at in a mapping; most mappings have the keys of many others."""
    return tuple(
        one
        for one in all_checks()
        if definition in (one.on or (None,)) and not (one.needs and one.needs.isdisjoint(keys))
    )


@cache
def _definitions() -> frozenset[str]:
    return frozenset(definition for one in all_checks() for definition in one.on)


def _by(checks: tuple[Check, ...], item: Item) -> Iterator[Finding]:
    for check in checks:
        for problem in check.find(item):
            yield _finding(check, item, problem)


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
