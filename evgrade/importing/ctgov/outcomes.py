"""Posted outcomes of a study at ClinicalTrials.gov: the numbers of each group, and each analysis, as effects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from evgrade.importing.ctgov.analyses import analysed
from evgrade.importing.ctgov.groups import Groups, groups_of
from evgrade.importing.ctgov.part import Part
from evgrade.importing.tree import LONGEST

Entry = dict[str, Any]

_PEOPLE = r"(?:study )?(?:participant|patient|subject|people|person|individual|child|children|infant|women|men|adult)s?"
_IS_PEOPLE = re.compile(rf"(?:number of )?{_PEOPLE}", re.IGNORECASE)
_IS_PERCENT = re.compile(rf"(?:percentage|percent|%|proportion \(%\)) of {_PEOPLE}(?: \(%\))?", re.IGNORECASE)
_KAPLAN_MEIER = re.compile(r"kaplan|\bkm[- ]estimate|product[- ]limit", re.IGNORECASE)
_CUMULATIVE = re.compile(r"cumulative incidence", re.IGNORECASE)
_MAY_BE_SURVIVAL = re.compile(r"surviv|probabilit|[- ]free\b|\bestimated\b|time[- ]to[- ]", re.IGNORECASE)
_SPREADS = {
    "STANDARD_DEVIATION": ("sd",),
    "STANDARD_ERROR": ("se",),
    "STANDARD_ERROR_OF_MEAN": ("se",),
    "STANDARD_ERROR_OF_THE_MEAN": ("se",),
    "INTER_QUARTILE_RANGE": ("q1", "q3"),
    "INTERQUARTILE_RANGE": ("q1", "q3"),
    "FULL_RANGE": ("min", "max"),
    "95%_CONFIDENCE_INTERVAL": ("ci_low", "ci_high"),
    "CONFIDENCE_INTERVAL_95": ("ci_low", "ci_high"),
    "CI_95": ("ci_low", "ci_high"),
}
_TIMING = {"PRIMARY": True, "SECONDARY": False, "OTHER_PRE_SPECIFIED": False, "POST_HOC": False}


class _Row(NamedTuple):
    """The numbers of one class and category: as arms where the format has a field, else as printed."""

    label: str
    arms: list[Entry]
    printed: str
    keys: frozenset[str]


def effects_of(measure: Part, study: Entry) -> list[Entry]:
    """Return what an outcome measure says."""
    title = measure.text("title")
    if not title or measure.text("reportingStatus") == "NOT_POSTED":
        measure.note("an outcome without results" if title else "an outcome without a title")
        return []
    common: Entry = {"outcome": title}
    kind, frame = measure.text("type"), measure.text("timeFrame")
    if kind in _TIMING:
        common["primary"] = _TIMING[kind]
        measure.taken("type")
    after = {"time_point": frame} if frame else {}
    people = _people(measure) or next((found for one in measure.items("classes") if (found := _people(one))), {})
    groups = groups_of(measure.items("groups"), people, study)
    if groups.why:
        measure.reading.note(f"{measure.pointer}/groups", f"numbers by group are given as text only: {groups.why}")
    rows = _rows(measure, groups, study)
    unit = measure.text("unitOfMeasure")
    analyses = [
        (found, keys)
        for analysis in measure.items("analyses")
        for found, keys in analysed(analysis, groups.titles, unit)
    ]
    effects = []
    if len(rows) == len(analyses) == 1 and rows[0].arms and not rows[0].label and rows[0].keys == analyses[0][1]:
        found = analyses[0][0]
        notes = f"{found.pop('notes', '')} {rows[0].printed}".strip()
        effects = [common | after | ({"unit": unit} if unit else {}) | found | _row(rows[0], notes)]
    else:
        effects = [common | after | found for found, _ in analyses]
        for row in rows:
            named = common | ({"outcome": f"{title}: {row.label}"[:LONGEST]} if row.label else {})
            effects.append(named | after | ({"unit": unit} if unit else {}) | _row(row, row.printed))
    if not effects:
        measure.note("an outcome without a number that can be taken")
        return []
    measure.taken("title", "timeFrame", "unitOfMeasure", "reportingStatus", "paramType", "dispersionType")
    if kind == "POST_HOC":
        for effect in effects:
            effect["notes"] = f"Not planned: post hoc. {effect.get('notes', '')}".strip()
    return effects


def _row(row: _Row, notes: str) -> Entry:
    return ({"arms": row.arms} if row.arms else {}) | ({"notes": notes[:LONGEST]} if notes else {})


def _people(owner: Part) -> dict[str, int]:
    """Return how many people of each group were analysed."""
    found: dict[str, int] = {}
    for denominator in owner.items("denoms"):
        if not _IS_PEOPLE.fullmatch(denominator.text("units")):
            continue
        denominator.taken("units")
        for one in denominator.items("counts"):
            size = one.count("value")
            if size is not None and one.text("groupId") not in found:
                one.taken("groupId", "value")
                found[one.text("groupId")] = size
    return found


def _rows(measure: Part, groups: Groups, study: Entry) -> list[_Row]:
    units = measure.text("typeUnitsAnalyzed")
    of_people = not units or bool(_IS_PEOPLE.fullmatch(units))
    if of_people:
        measure.taken("typeUnitsAnalyzed", "denomUnitsSelected")
    everyone = _people(measure)
    rows = []
    for part in measure.items("classes"):
        own = _people(part)
        for category in part.items("categories"):
            label = ", ".join(filter(None, (part.take("title"), category.take("title"))))
            sizes = own if "denoms" in part.data else everyone
            row = _numbers(measure, category, groups if of_people else Groups(groups.titles), sizes, study)
            if row is not None:
                rows.append(_Row(label, *row))
    if rows and not of_people:
        measure.note(f"counts {units[:60]}, not people: numbers by group are given as text only", "typeUnitsAnalyzed")
    return rows


def _numbers(
    measure: Part, category: Part, groups: Groups, sizes: Mapping[str, int], study: Entry
) -> tuple[list[Entry], str, frozenset[str]] | None:
    """Return the numbers of the groups in a category: those that have a field as arms, others as they are printed."""
    arms: dict[str, Entry] = {}
    printed: list[str] = []
    how = _field(measure)
    shown = {key for key in sizes if key in groups.apart}
    total, most = sum(sizes[key] for key in shown), study.get("participants")
    too_many = most is not None and total > most
    for each in category.items("measurements"):
        key = each.text("groupId")
        if key not in groups.titles or key in arms:
            each.note(f"`{key[:40]}` is not a group of its own here")
            continue
        value = each.number("value")
        if value is None:
            said, why = each.text("value"), each.text("comment")
            each.note(f"`{said[:40]}` is not a number{f' ({why[:200]})' if why else ''}" if said else "no value")
            continue
        found = {} if too_many or key not in groups.apart else how.entry(value, sizes.get(key))
        if found:
            each.taken("groupId", "value")
            size = {"participants": sizes[key]} if key in sizes else {}
            side = {"role": groups.sides[key]} if key in groups.sides else {}
            arms[key] = {"name": groups.titles[key]} | side | size | found | how.around(each)
        elif groups.why or too_many or key in groups.apart or not groups.apart:
            printed.append(_printed(each, groups.titles[key], sizes.get(key)))
        else:
            each.note(f"of `{groups.titles[key][:60]}`, which counts people of other groups again")
    if too_many:
        message = f"{total} people are analysed, and the study has {most}: numbers by group are given as text only"
        category.reading.note(category.pointer, message)
    if not arms and not printed:
        return None
    text = f"{how.words}: {'; '.join(printed)}." if printed else ""
    return list(arms.values()), text, frozenset(arms)


def _printed(each: Part, title: str, people: int | None) -> str:
    """Return the number of a group as the record prints it."""
    each.taken("groupId", "value", "spread", "lowerLimit", "upperLimit")
    spread, low, high = (each.text(key) for key in ("spread", "lowerLimit", "upperLimit"))
    around = ", ".join(filter(None, (spread, f"{low} to {high}" if low or high else "")))
    value = str(each.data["value"]).strip()
    return f"{title} {value}" + (f" ({around})" if around else "") + ("" if people is None else f", n = {people}")


@dataclass(frozen=True, slots=True)
class _Field:
    """Where the numbers of an outcome belong.

    Attributes:
        name: the field of an arm; empty if there is none.
        spread: the fields of its spread.
        kind: of a percentage, if it is not a share of the people analysed.
        words: what the numbers are, in the words of the record.
    """

    name: str
    spread: tuple[str, ...]
    kind: str
    words: str

    def entry(self, value: int | Decimal, people: int | None) -> Entry:
        """Return a number as an arm has it; nothing if it has no field, or cannot be."""
        if self.name == "events" and not (isinstance(value, int) and people is not None and 0 <= value <= people):
            return {}
        if self.name == "percent" and not 0 <= value <= 100:
            return {}
        return {self.name: value} | ({"percent_kind": self.kind} if self.kind else {}) if self.name else {}

    def around(self, each: Part) -> Entry:
        """Return a spread as an arm has it."""
        if len(self.spread) == 1:
            value = each.number("spread")
            if value is None or value < 0:
                return {}
            each.taken("spread")
            return {self.spread[0]: value}
        low, high = each.number("lowerLimit"), each.number("upperLimit")
        if not self.spread or low is None or high is None or low > high:
            return {}
        each.taken("lowerLimit", "upperLimit")
        return {self.spread[0]: low, self.spread[1]: high}


def _field(measure: Part) -> _Field:
    kind, unit = measure.text("paramType").upper().replace(" ", "_"), measure.text("unitOfMeasure")
    spread = measure.text("dispersionType")
    shown = ", ".join(filter(None, (kind.capitalize().replace("_", " ") or "Number", spread, unit)))
    if kind in ("MEAN", "MEDIAN"):
        name = re.sub("[ -]", "_", spread.upper())
        return _Field(kind.lower(), _SPREADS.get(name, ()), "", shown)
    if kind in ("COUNT_OF_PARTICIPANTS", "NUMBER") and _IS_PEOPLE.fullmatch(unit):
        return _Field("events", (), "", shown)
    if kind == "NUMBER" and _IS_PERCENT.fullmatch(unit):
        said = " ".join(measure.text(key) for key in ("title", "description", "populationDescription"))
        how = "kaplan_meier" if _KAPLAN_MEIER.search(said) else ""
        how = how or ("cumulative_incidence" if _CUMULATIVE.search(said) else "")
        # An estimate over time that does not say how it was made is no share of counted people.
        return _Field("" if not how and _MAY_BE_SURVIVAL.search(said) else "percent", (), how, shown)
    return _Field("", (), "", shown)
