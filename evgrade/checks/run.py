"""Running the checks over a dossier: problems become findings, and waivers accept some of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from evgrade.checks.model import Check, Item, Problem
from evgrade.checks.registry import all_checks
from evgrade.checks.waivers import waived
from evgrade.checks.walk import found_in
from evgrade.dossier import Dossier
from evgrade.facts.dates import PartialDate, partial_date
from evgrade.model import Finding


def with_checks(dossier: Dossier, as_of: dt.date | None = None) -> Dossier:
    """Return a dossier with what its checks found among its findings, waivers applied, sorted and each once.

    `as_of` is the day on which dates are looked at; without it that of `review.as_of`, and without that none.
    """
    day = _day(dossier, as_of)
    found = waived(dossier, [*dossier.findings, *_found(dossier, day)], day)
    return replace(dossier, findings=tuple(sorted(dict.fromkeys(found), key=Finding.sort_key)))


def _day(dossier: Dossier, as_of: dt.date | None) -> PartialDate | None:
    """Return the day on which dates are looked at: never today, unless somebody says so."""
    if as_of is not None:
        return as_of.year, as_of.month, as_of.day
    stated = dossier.data.get("review", {}).get("as_of")
    return None if stated is None else partial_date(stated)


def _found(dossier: Dossier, as_of: PartialDate | None) -> Iterator[Finding]:
    by_definition = _by_definition()
    yield from _by(by_definition.get(None, ()), Item(dossier.data, (), dossier, as_of))
    for definition, path, data in found_in(dossier.data, _definitions()):
        yield from _by(by_definition[definition], Item(data, path, dossier, as_of))


@cache
def _by_definition() -> dict[str | None, tuple[Check, ...]]:
    checks: dict[str | None, tuple[Check, ...]] = {}
    for one in all_checks():
        checks[one.on] = (*checks.get(one.on, ()), one)
    return checks


@cache
def _definitions() -> frozenset[str]:
    return frozenset(definition for definition in _by_definition() if definition is not None)


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
