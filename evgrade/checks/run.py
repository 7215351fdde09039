"""Run the checks on a dossier: problems become findings, some of which waivers accept.

A single walk through the dossier finds the mappings for all checks.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from evgrade.checks.model import Check, Item, Problem, Where, Whole, all_checks
from evgrade.checks.retractions import retracted
from evgrade.checks.waivers import waived
from evgrade.dossier import Dossier
from evgrade.facts.identifiers import other_versions
from evgrade.facts.known import PartialDate, partial_date
from evgrade.gaps import GapError, known_entries, known_items, shape_at
from evgrade.model import Finding, Location, Path, Severity
from evgrade.notices import Nature, Notice, in_force
from evgrade.schema.shape import Kind
from evgrade.schema.store import schema
from evgrade.yamlio.document import without

if TYPE_CHECKING:
    from evgrade.retraction_watch import Notices


def with_checks(dossier: Dossier, as_of: dt.date | None = None, notices: Notices | None = None) -> Dossier:
    """Return a dossier with the findings of the checks added, waivers applied, sorted and without duplicates.

    Args:
        dossier: the dossier; unknown parts are not checked.
        as_of: the day to compare dates with, by default that of `review.as_of`, if stated.
        notices: notices of retraction in which to look up its references.

    Raises:
        UnreadableError: the file of notices has disappeared.
    """
    if () in dossier.unknown:
        return dossier
    day = _day(dossier, as_of)
    if dossier.unknown:
        found = [*_in_what_is_known(dossier, day), *_in_sound_entries(dossier, day, notices)]
        form = [one for one in dossier.findings if one.severity is Severity.ERROR]  # no waiver can accept these
        found = [
            *form,
            *waived(dossier, [*(one for one in dossier.findings if one.severity is not Severity.ERROR), *found], day),
        ]
        return replace(dossier, findings=_sorted(found))
    whole, places = _looked_over(dossier, day, notices)
    findings = _sorted(waived(dossier, [*dossier.findings, *_found(whole, places)], day))
    return replace(dossier, findings=findings, retracted=retracted(dossier.data, whole.notices))


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(dict.fromkeys(findings), key=Finding.sort_key))


def _looked_over(
    dossier: Dossier, day: PartialDate | None, notices: Notices | None, *, complete: bool = True
) -> tuple[Whole, list[Found]]:
    """Return a dossier with what checks need to know about it, and every mapping to check."""
    places = found_in(dossier.data, _definitions())
    effects = [(path, data) for definition, path, data in places if definition == "effect"]
    about, versions = _about(dossier, notices), _about_versions(dossier, notices)
    answering: dict[str, list[tuple[Path, Mapping[str, Any]]]] = {}
    for path, effect in effects if complete else ():
        if path[0] in ("trials", "observational") and (answers := effect.get("answers")) is not None:
            answering.setdefault(answers, []).append((path, effect))
    return Whole(dossier, day, about, effects, answering, versions, complete), places


def _in_what_is_known(dossier: Dossier, day: PartialDate | None) -> Iterator[Finding]:
    """Yield what checks find in a dossier with unknown parts: each check ends when it reads one."""
    whole, places = _looked_over(dossier, day, None, complete=False)
    for definition, path, data in ((None, (), dossier.data), *places):
        for where, checks in _looks(definition, tuple(key for key, _ in known_items(data))):
            for check in checks:
                if not check.entrywise:
                    yield from _as_far_as_known(check, where, Item(data, path, whole))


def _in_sound_entries(dossier: Dossier, day: PartialDate | None, notices: Notices | None) -> Iterator[Finding]:
    """Yield what entrywise checks find, leaving out entries with unknown parts."""
    entries = {_entry(path) for path in dossier.unknown} - {()}
    others = frozenset(path for path in dossier.unknown if not _entry(path))
    part = Dossier(without(dossier.document, entries), unknown=others)
    whole, _ = _looked_over(part, day, notices, complete=False)
    numbers = _Numbers(entries)
    for where, checks in _looks(None, tuple(key for key, _ in known_items(part.data))):
        for check in checks:
            if check.entrywise:
                for finding in _as_far_as_known(check, where, Item(part.data, (), whole)):
                    yield numbers.restored(finding)


def _entry(path: Path) -> Path:
    """Return the path of the outermost mapping in a list that contains a path, () if none does."""
    place = next((place for place, step in enumerate(path) if isinstance(step, int)), None)
    if place is None or shape_at(path[:place]).item.kind is not Kind.MAPPING:
        return ()
    return path[: place + 1]


class _Numbers:
    """Restores the numbers of list entries in findings about a dossier that lacks some entries."""

    def __init__(self, missing: Iterable[Path]) -> None:
        self._missing: dict[Path, list[int]] = {}
        for *above, number in sorted(missing, key=lambda path: path[-1]):
            self._missing.setdefault(tuple(above), []).append(int(number))

    def restored(self, finding: Finding) -> Finding:
        places = map(self._place, (finding.location, *finding.related))
        return replace(finding, location=next(places), related=tuple(places))

    def _place(self, place: Location) -> Location:
        entry = _entry(place.path)
        if not entry:
            return place
        missing = self._missing.get(entry[:-1], [])
        # The missing entries before it: those whose number, less the missing ones before them, is no greater.
        number = int(entry[-1]) + bisect_right(range(len(missing)), int(entry[-1]), key=lambda at: missing[at] - at)
        return replace(place, path=(*entry[:-1], number, *place.path[len(entry) :]))


def _as_far_as_known(check: Check, where: Where | None, item: Item) -> Iterator[Finding]:
    with suppress(GapError):
        if where is None or where(item.data):
            for problem in check.find(item):
                yield _finding(check, item, problem)


def _about(dossier: Dossier, notices: Notices | None) -> Mapping[str, tuple[Notice, ...]]:
    """Return the notices in force about each reference, by its id."""
    if notices is None:
        return {}
    references = dict(known_items(dossier.data)).get("references", [])
    about = ((reference["id"], in_force(notices.of(reference))) for reference in references)
    return {identifier: found for identifier, found in about if found}


def _about_versions(dossier: Dossier, notices: Notices | None) -> Mapping[str, tuple[str, Notice]]:
    """Return the retraction of another version of each preprint, with the DOI of that version, by id."""
    found: dict[str, tuple[str, Notice]] = {}
    for reference in dossier.data.get("references", ()) if notices is not None else ():
        for doi in other_versions(reference.get("doi", "")):
            for notice in in_force(notices.of({"doi": doi})) if notices is not None else ():
                if notice.nature is Nature.RETRACTION:
                    found.setdefault(reference["id"], (doi, notice))
    return found


def _day(dossier: Dossier, as_of: dt.date | None) -> PartialDate | None:
    """Return the day to compare dates with: never implicitly today."""
    if as_of is not None:
        return as_of.year, as_of.month, as_of.day
    with suppress(GapError):
        stated = dossier.data.get("review", {}).get("as_of")
        return None if stated is None else partial_date(stated)
    return None


def _found(whole: Whole, places: Sequence[Found]) -> list[Finding]:
    found: list[Finding] = []
    for definition, path, data in ((None, (), whole.dossier.data), *places):
        for where, checks in _looks(definition, tuple(data)):
            if where is None or where(data):
                item = Item(data, path, whole)
                found += [_finding(check, item, problem) for check in checks for problem in check.find(item)]
    return found


Look = tuple[Where | None, tuple[Check, ...]]
"""A quick look at a mapping, and the checks to run if it says yes."""


@lru_cache(maxsize=4096)
def _looks(definition: str | None, keys: tuple[str, ...]) -> tuple[Look, ...]:
    """Return the looks for a mapping with these keys; cached, as many mappings have the same keys."""
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


class Way(NamedTuple):
    """The ways below a mapping or list entry: its definition, if wanted, and the keys that lead to wanted ones."""

    definition: str | None
    inside: tuple[tuple[str, bool, Way], ...]


Found = tuple[str, Path, Mapping[str, Any]]
"""A mapping, with its schema definition and its path."""


def found_in(data: Mapping[str, Any], definitions: frozenset[str]) -> list[Found]:
    """Return every mapping with one of these schema definitions, in the order of the schema."""
    found: list[Found] = []
    _collect(data, (), _way(definitions), found)
    return found


@cache
def _way(definitions: frozenset[str]) -> Way:
    return _inside(schema("dossier"), None, definitions, {}) or Way(None, ())


def _lead(node: Mapping[str, Any], definitions: frozenset[str], found: dict[str, Way | None]) -> Way | None:
    """Return the way below a schema node; `found` caches the way below each definition."""
    if "$ref" not in node:
        return _inside(node, None, definitions, found)
    name = node["$ref"].removeprefix("#/$defs/")
    if name not in found:
        found[name] = _inside(schema("dossier")["$defs"][name], name, definitions, found)
    return found[name]


def _inside(
    node: Mapping[str, Any], name: str | None, definitions: frozenset[str], found: dict[str, Way | None]
) -> Way | None:
    """Return the way below a mapping; None if it is not wanted and no key leads to a wanted one."""
    inside = []
    for key, child in node.get("properties", {}).items():
        is_list = "items" in child
        lead = _lead(child["items"] if is_list else child, definitions, found)
        if lead is not None:
            inside.append((key, is_list, lead))
    wanted = name if name in definitions else None
    return Way(wanted, tuple(inside)) if inside or wanted else None


def _collect(data: Any, path: Path, way: Way, found: list[Found]) -> None:
    if way.definition is not None:
        found.append((way.definition, path, data))
    for key, is_list, lead in way.inside:
        value = dict.get(data, key)  # bypasses the error on reading an unknown value
        if value is None:
            continue
        if is_list:
            for number, entry in known_entries(value):
                _collect(entry, (*path, key, number), lead, found)
        else:
            _collect(value, (*path, key), lead, found)
