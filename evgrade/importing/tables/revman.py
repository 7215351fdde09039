"""Analyses of Review Manager, whatever file they come in: outcomes, their pooled effects and those of studies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evgrade.importing.found import Record
from evgrade.importing.tables.cells import Unread, is_missing, number, read
from evgrade.importing.tables.studies import Entry, Studies, node, slug
from evgrade.schema.aliases import choice_meant

COUNTS, MEANS, ESTIMATES = "counts", "means", "estimates"
_KINDS = {
    **dict.fromkeys(("dich", "dic", "dichotomous"), COUNTS),
    **dict.fromkeys(("cont", "con", "continuous"), MEANS),
    **dict.fromkeys(("iv", "giv", "genericinversevariance", "contrastlevel", "oe", "ipd", "oevariance"), ESTIMATES),
    **dict.fromkeys(("oevarianceindividualpatientdata", "oandevariance", "timetoevent"), ESTIMATES),
}
_MEASURES = {
    "petooddsratio": "OR",
    "petoor": "OR",
    "stdmeandifference": "SMD",
    "standardizedmeandifference": "SMD",
    "standardisedmeandifference": "SMD",
    "rateratio": "rate_ratio",
    "hazardratio": "HR",
}
_ARMS = (("intervention", "1"), ("control", "2"))


@dataclass(frozen=True, slots=True)
class StudyRow:
    """What an analysis has of a study.

    Attributes:
        label: the name of the study.
        place: its place, as notes give it.
        values: numbers as they are printed: events1, total1, mean1, sd1, events2 …, estimate, low, high.
        subgroup: its subgroup, empty if there is none.
        counts: whether it is part of the overall result.
    """

    label: str
    place: str
    values: Mapping[str, str]
    subgroup: str = ""
    counts: bool = True


@dataclass(slots=True)
class Analysis:
    """An analysis.

    Attributes:
        number: of the comparison and the outcome: 1.2.
        name: the outcome.
        group: the comparison.
        kind: as the file calls it: DICH, Continuous …
        measure: as the file calls it.
        place: its place, as notes give it.
        methods: in words: the model and the method.
        pooled: numbers as they are printed: estimate, low, high, level, p, i2, q, df.
        labels: what the two arms are called.
        swapped: whether events count as non-events.
        overall: whether there is a result of all studies together.
        rows: of its studies.
    """

    number: str
    name: str
    group: str
    kind: str
    measure: str
    place: str
    methods: str = ""
    pooled: Mapping[str, str] = field(default_factory=dict)
    labels: Sequence[str] = ("", "")
    swapped: bool = False
    overall: bool = True
    rows: list[StudyRow] = field(default_factory=list)


def add_analysis(record: Record, studies: Studies, reference: str, one: Analysis) -> None:
    """Add an analysis: an outcome, or one for each subgroup where these are not put together."""
    kind = _KINDS.get(_letters(one.kind))
    if kind is None:
        record.note(one.place, f"analysis {one.number} has data of the type `{one.kind[:40]}`: not taken")
        return
    measure = _measure(one.measure)
    if measure is None:
        record.note(one.place, f"`{one.measure[:60]}` of analysis {one.number} is not an effect measure of a dossier")
    if one.swapped:
        record.note(one.place, f"analysis {one.number} swaps events and non-events: its pooled effect was not taken")
    parts: dict[str, list[StudyRow]] = {}
    for row in one.rows:
        if one.overall and not row.counts:
            record.note(row.place, f"{row.label} is no part of the overall result of analysis {one.number}: not taken")
        else:
            parts.setdefault("" if one.overall else row.subgroup, []).append(row)
    if not one.rows:  # the settings alone, with the pooled effect
        parts[""] = []
    for part, rows in parts.items():
        name = f"{one.name}: {part}" if part else one.name
        own = slug(f"{one.number} {name}", f"analysis-{one.number.replace('.', '-')}")
        taken = 0
        for row in rows:
            numbers = _numbers(record, row, kind, one)
            if numbers is None:
                record.note(row.place, f"{row.label} has no numbers that can be estimated: not taken")
                continue
            taken += 1
            effect: Entry = {"outcome": name, "answers": own} | ({"measure": measure} if measure else {})
            studies.entry(row.label).setdefault("effects", []).append(effect | numbers)
        outcome: Entry = {"id": own, "name": name, "x-label": f"{one.number} {name}"}
        outcome |= {"studies": taken} if rows else {}
        people = _people(record, rows, kind)
        outcome |= {"participants": people} if people else {}
        if one.overall and not one.swapped:
            outcome |= _pooled(record, one, measure, name)
        said = f"Analysis {one.number}" + (f" of the comparison {one.group}" if one.group else "")
        record.add("outcomes", outcome | {"notes": f"{said}{one.methods and f': {one.methods}'}.", "refs": [reference]})


def _pooled(record: Record, one: Analysis, measure: str | None, name: str) -> Entry:
    """Return what an analysis states of all its studies together."""
    found = {key: _number(record, one.place, text) for key, text in one.pooled.items()}
    estimate, low, high = (found.get(key) for key in ("estimate", "low", "high"))
    if estimate is None or low is None or high is None or low == high:
        record.note(one.place, f"analysis {one.number} has no pooled effect with an interval: not taken")
        return {}
    effect = {"outcome": name} | ({"measure": measure} if measure else {})
    effect |= {"estimate": estimate, "ci_low": low, "ci_high": high}
    level = found.get("level")
    effect |= {"ci_level": level} if level is not None else {}
    p = found.get("p")
    effect |= {"p": p} if p is not None and 0 < p <= 1 else {}
    outcome: Entry = {"effect": effect}
    df = found.get("df")
    if df is not None and df > 0:
        outcome |= {
            key: value for key, value in (("i_squared", found.get("i2")), ("q", found.get("q"))) if value is not None
        }
        outcome["q_df"] = int(df)
    return outcome


def _numbers(record: Record, row: StudyRow, kind: str, one: Analysis) -> Entry | None:
    """Return the numbers of a study, those alone that its kind of data has: the others are filled with 0."""
    if kind == ESTIMATES:
        values = {key: _number(record, row.place, row.values.get(key, "")) for key in ("estimate", "low", "high")}
        if None in values.values() or values["low"] == values["high"]:
            return None
        level = _number(record, one.place, one.pooled.get("study_level", "95"))
        return {
            "estimate": values["estimate"],
            "ci_low": values["low"],
            "ci_high": values["high"],
            "ci_level": level or 95,
        }
    keys = (
        {"events": "events", "participants": "total"}
        if kind == COUNTS
        else {"mean": "mean", "sd": "sd", "participants": "total"}
    )
    arms = []
    for (role, side), label in zip(_ARMS, one.labels, strict=True):
        arm: Entry = {"name": label or role.capitalize(), "role": role}
        for key, column in keys.items():
            value = read(row.values.get(column + side, ""), node("effect_arm", key), key, ".")
            if isinstance(value, Unread):
                record.note(row.place, f"{row.label}: {value.why}: not taken")
            elif value is not None:
                arm[key] = value
        if not arm.get("participants") or len(arm) != len(keys) + 2:
            return None
        arms.append(arm)
    if arms[0]["name"] == arms[1]["name"]:
        for arm in arms:
            arm["name"] = str(arm["role"]).capitalize()
    return {"arms": arms}


def _people(record: Record, rows: Sequence[StudyRow], kind: str) -> int:
    if kind == ESTIMATES:
        return 0
    found = [_number(record, row.place, row.values.get(f"total{side}", "")) for row in rows for _, side in _ARMS]
    return sum(one for one in found if isinstance(one, int))


def _number(record: Record, where: str, text: str) -> Any:
    found = None if is_missing(text) else number(text.strip().rstrip("%"), ".")
    if isinstance(found, Unread):
        record.note(where, f"{found.why}: not taken")
        return None
    return found


def _measure(said: str) -> str | None:
    own = _MEASURES.get(_letters(said))
    meant = None if own or not said else choice_meant(said, node("effect", "measure")["enum"], "measure")
    if own is not None:
        return own
    return str(meant.options[0].value) if meant is not None and meant.certain else None


def _letters(text: str) -> str:
    return re.sub("[^a-z]", "", text.casefold())
