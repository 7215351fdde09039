"""Analyses of Review Manager from any of its files; and its data package, a zip of CSV files, or one of these."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evgrade.importing.content import Content, Options
from evgrade.importing.found import Entry, Record, stated
from evgrade.importing.table import Row, Table, place
from evgrade.importing.tables import bias_table
from evgrade.importing.tables.cells import Unread, is_missing, number, read
from evgrade.importing.tables.studies import Studies, TableKind, column, node, record_of, slug, year_of
from evgrade.model import EvgradeError
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
    """A study in an analysis.

    Attributes:
        label: the name of the study.
        place: its place, for notes.
        values: printed numbers: events1, total1, mean1, sd1, events2 …, estimate, low, high.
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
        number: the numbers of comparison and outcome: 1.2.
        name: the outcome.
        group: the comparison.
        kind: the kind of data in the words of the file: DICH, Continuous …
        measure: the effect measure in the words of the file.
        place: its place, for notes.
        methods: the model and the method, in words.
        pooled: printed numbers: estimate, low, high, level, p, i2, q, df.
        labels: the names of the two arms.
        swapped: whether events count as non-events.
        overall: whether all studies together have a result.
        rows: its studies.
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
    """Add an analysis: one outcome, or one for each subgroup if these are not pooled together."""
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
            record.note(row.place, f"{row.label} is not part of the overall result of analysis {one.number}: not taken")
        else:
            parts.setdefault("" if one.overall else row.subgroup, []).append(row)
    if not one.rows:  # settings only, with the pooled effect
        parts[""] = []
    for part, rows in parts.items():
        name = f"{one.name}: {part}" if part else one.name
        own = slug(f"{one.number} {name}", f"analysis-{one.number.replace('.', '-')}")
        taken = 0
        for row in rows:
            numbers = _numbers(record, row, kind, one)
            if numbers is None:
                record.note(row.place, f"{row.label} has no estimable effect: not taken")
                continue
            taken += 1
            effect: Entry = {"outcome": name, "answers": own} | stated(measure=measure)
            studies.entry(row.label).setdefault("effects", []).append(effect | numbers)
        outcome: Entry = {"id": own, "name": name, "x-label": f"{one.number} {name}"}
        outcome |= stated(studies=taken if rows else None, participants=_people(record, rows, kind) or None)
        if one.overall and not one.swapped:
            outcome |= _pooled(record, one, measure, name)
        said = f"Analysis {one.number}" + (f" of the comparison {one.group}" if one.group else "")
        record.add("outcomes", outcome | {"notes": f"{said}{one.methods and f': {one.methods}'}.", "refs": [reference]})


def _pooled(record: Record, one: Analysis, measure: str | None, name: str) -> Entry:
    """Return the stated result of all studies in an analysis."""
    found = {key: _number(record, one.place, text) for key, text in one.pooled.items()}
    estimate, low, high = (found.get(key) for key in ("estimate", "low", "high"))
    if estimate is None or low is None or high is None or low == high:
        record.note(one.place, f"analysis {one.number} has no pooled effect with an interval: not taken")
        return {}
    p, df = found.get("p"), found.get("df")
    effect = {"outcome": name} | stated(measure=measure, estimate=estimate, ci_low=low, ci_high=high)
    effect |= stated(ci_level=found.get("level"), p=p if p is not None and 0 < p <= 1 else None)
    if df is None or df <= 0:
        return {"effect": effect}
    return {"effect": effect} | stated(i_squared=found.get("i2"), q=found.get("q"), q_df=int(df))


def _numbers(record: Record, row: StudyRow, kind: str, one: Analysis) -> Entry | None:
    """Return the numbers of a study for its kind of data; Review Manager fills in 0 for the others."""
    if kind == ESTIMATES:
        values = {key: _number(record, row.place, row.values.get(key, "")) for key in ("estimate", "low", "high")}
        if None in values.values() or values["low"] == values["high"]:
            return None
        level = _number(record, one.place, one.pooled.get("study_level", "95"))
        ends = {"ci_low": values["low"], "ci_high": values["high"]}
        return {"estimate": values["estimate"]} | ends | {"ci_level": level or 95}
    own = {"events": "events"} if kind == COUNTS else {"mean": "mean", "sd": "sd"}
    keys = own | {"participants": "total"}
    arms = []
    for (role, side), label in zip(_ARMS, one.labels, strict=True):
        arm: Entry = {"name": label or role.capitalize(), "role": role}
        for key, named in keys.items():
            value = read(row.values.get(named + side, ""), node("effect_arm", key), key, ".")
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


# The data package, and the older CSV of data and analyses

_ROWS = ("analysisgroup", "analysisnumber", "study", "experimentalcases", "applicability")
_SETTINGS = ("analysisgroup", "analysisnumber", "datatype", "effectmeasure")
_OLD = ("comparisonnumber", "outcomenumber", "subgroupnumber", "name", "effectmeasure")
_PACKAGE_VALUES = {
    **{
        f"{key}{side}": f"{arm} {name}"
        for key, name in (("events", "cases"), ("total", "N"), ("mean", "mean"), ("sd", "SD"))
        for side, arm in (("1", "Experimental"), ("2", "Control"))
    },
    "estimate": "Mean",
    "low": "CI start",
    "high": "CI end",
}
_POOLED = {
    "estimate": "Mean",
    "low": "CI start",
    "high": "CI end",
    "level": "Estimate CI",
    "study_level": "Study CI",
    "p": "Effect P",
    "i2": "Heterogeneity I²",
    "q": "Heterogeneity Chi²",
    "df": "Heterogeneity df",
}
_OLD_VALUES = {
    f"{key}{side}": f"{name} {side}"
    for key, name in (("events", "Events"), ("total", "Total"), ("mean", "Mean"), ("sd", "SD"))
    for side in "12"
}
_OLD_POOLED = {"estimate": "Effect Estimate", "low": "CI Start", "high": "CI End", "p": "P(Z)"}
_OLD_POOLED |= {"i2": "I² (Q)", "q": "Q", "df": "df"}
_KINDS_OF_MEASURES = {"OR": "dich", "RR": "dich", "RD": "dich", "MD": "cont", "SMD": "cont"}
"""The kind of data of a measure, if there are no settings."""
_PART = re.compile(
    r"-(data-rows|overall-estimates-and-settings|subgroup-estimates|study-information|risk-of-bias)\.csv$"
)
_FACTS = {"Char: Methods": "statement", "Char: Participants": "population"}


def is_part(name: str) -> bool:
    """Whether a file in a zip is part of a data package, to be read with its other parts."""
    return _PART.search(name) is not None


def package(name: str, parts: Sequence[Content], options: Options) -> Iterator[Record]:
    """Yield the records in the CSV files of a data package.

    Raises:
        EvgradeError: a file is broken, or the settings of the analyses are missing.
    """
    tables = [table for part in parts for table in part.tables]
    rows = next((one for one in tables if _has(one, _ROWS)), None)
    settings = next((one for one in tables if _has(one, _SETTINGS) and one is not rows), None)
    whole = Content(name, b"".join(part.data for part in parts), options)
    record, reference = record_of(whole, tables[0] if tables else Table(name, (), ()))
    record.source = name
    studies = Studies(record, reference)
    for one in tables:
        if _is_information(one):
            _information(record, one, studies)
    if rows is not None or settings is not None:
        if settings is None and options.measure is None:
            raise EvgradeError(
                f"{name} has no file of settings, which states the effect measure",
                hint="import the whole zip, or give --measure",
            )
        for analysis in _analyses(rows, settings, options.measure or ""):
            add_analysis(record, studies, reference, analysis)
    yield record
    for part in parts:
        for table in part.tables:
            if bias_table.KIND.matches(table) and any("(judgement)" in one for one in table.columns):
                yield from bias_table.KIND.records(part, table)


def _has(table: Table, names: Sequence[str]) -> bool:
    return all(column(table, name) is not None for name in names)


def _is_information(table: Table) -> bool:
    return column(table, "study") is not None and any(one.startswith("Char: ") for one in table.columns)


def _information(record: Record, table: Table, studies: Studies) -> None:
    """Add the characteristics of studies."""
    for row in table.rows:
        label = table.cell(row, "Study")
        if not label:
            continue
        study = studies.entry(label)
        study |= year_of(table.cell(row, "Year"))
        study |= stated(**{key: table.cell(row, name) for name, key in _FACTS.items()})
        for one in table.columns:
            if one.startswith("Char: ") and one not in _FACTS and table.cell(row, one):
                record.note(f"{_file(table)}{place(row, one)}", "a trial has no field for it: not taken")


def _file(table: Table) -> str:
    return f" ({table.name.rpartition('/')[2]})"


def _analyses(rows: Table | None, settings: Table | None, measure: str) -> Iterator[Analysis]:
    """Yield the analyses with the rows of their studies."""
    found = {} if settings is None else {_key(settings, row): _settled(settings, row) for row in settings.rows}
    if rows is not None:
        for row in rows.rows:
            key = _key(rows, row)
            if settings is None and key not in found:
                found[key] = _unsettled(rows, row, measure)
            if key in found:
                found[key].rows.append(_study(rows, row))
    yield from found.values()


def _key(table: Table, row: Row) -> tuple[str, str]:
    return table.cell(row, "Analysis group"), table.cell(row, "Analysis number")


def _settled(table: Table, row: Row) -> Analysis:
    labels = [
        table.cell(row, f"{side} group label") or table.cell(row, f"{side} intervention")
        for side in ("Experimental", "Control")
    ]
    words = [table.cell(row, one) for one in ("Analysis model", "Statistical method")]
    return Analysis(
        number=".".join(_key(table, row)),
        name=table.cell(row, "Analysis name"),
        group=table.cell(row, "Analysis group name"),
        kind=table.cell(row, "Data type"),
        measure=table.cell(row, "Effect measure"),
        place=_file(table) + place(row),
        methods=", ".join(filter(None, words)),
        pooled={name: table.cell(row, one) for name, one in _POOLED.items()},
        labels=labels,
        swapped=table.cell(row, "Swap event and non-event").casefold() == "true",
        overall=table.cell(row, "Overall estimates").casefold() != "false",
    )


def _unsettled(table: Table, row: Row, measure: str) -> Analysis:
    """Return an analysis of which only the measure is known, from the user."""
    kind, name = _KINDS_OF_MEASURES.get(measure.upper(), "iv"), table.cell(row, "Analysis name")
    return Analysis(".".join(_key(table, row)), name, "", kind, measure, _file(table) + place(row))


def _study(table: Table, row: Row) -> StudyRow:
    applies = table.cell(row, "Applicability")
    return StudyRow(
        table.cell(row, "Study"),
        _file(table) + place(row),
        {key: table.cell(row, name) for key, name in _PACKAGE_VALUES.items()},
        table.cell(row, "Subgroup"),
        not applies or "OVERALL" in applies.upper(),
    )


# One file


def _alone(content: Content, _: Table) -> Iterator[Record]:
    yield from package(content.name, [content], content.options)


def _old(content: Content, table: Table) -> Iterator[Record]:
    """Yield the analyses in the older CSV, whose rows are comparisons, outcomes, subgroups and studies in turn."""
    record, reference = record_of(content, table)
    studies = Studies(record, reference)
    group, subgroup, analysis = "", "", None
    analyses: list[Analysis] = []
    names = {
        key: column(table, re.sub("[^a-z0-9²]", "", one.casefold())) or one
        for key, one in (_OLD_VALUES | _OLD_POOLED).items()
    }
    for row in table.rows:
        comparison, outcome, part = (_digits(table.cell(row, column(table, one) or "")) for one in _OLD[:3])
        name, kind = table.cell(row, "Name"), table.cell(row, column(table, "datatype") or "")
        if not outcome:
            group = name
        elif kind and not part:
            words = [table.cell(row, column(table, one) or "") for one in ("analysismodel", "statisticalmethod")]
            labels = [table.cell(row, column(table, one) or "") for one in ("grouplabel1", "grouplabel2")]
            analysis = Analysis(
                number=f"{comparison}.{outcome}",
                name=name,
                group=group,
                kind=kind,
                measure=table.cell(row, column(table, "effectmeasure") or ""),
                place=place(row),
                methods=", ".join(filter(None, words)),
                pooled={key: table.cell(row, names[key]) for key in _OLD_POOLED},
                labels=labels,
                swapped=table.cell(row, column(table, "swapeventandnonevent") or "").casefold() in ("yes", "true"),
            )
            analyses.append(analysis)
            subgroup = ""
        elif part and (kind or part != subgroup.partition(" ")[0]):
            subgroup = f"{part} {name}"
        elif analysis is not None:
            values = {key: table.cell(row, one) for key, one in names.items()}
            analysis.rows.append(StudyRow(name, place(row), values, subgroup.partition(" ")[2]))
    for one in analyses:
        add_analysis(record, studies, reference, one)
    yield record


def _digits(text: str) -> str:
    found = re.fullmatch(r"0{0,9}([0-9]{0,9})(?:\.0{0,3})?", text)
    return found[1] if found else text


KIND = TableKind(lambda table: _has(table, _ROWS) or _has(table, _SETTINGS) or _is_information(table), _alone)
OLD_KIND = TableKind(lambda table: _has(table, _OLD), _old)
