"""The data package of Review Manager: a zip of CSV files, or one of them; and the older CSV of data and analyses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from evgrade.importing.content import Content
from evgrade.importing.found import Record
from evgrade.importing.options import Options
from evgrade.importing.table import Row, Table, place
from evgrade.importing.tables import bias_table
from evgrade.importing.tables.revman import Analysis, StudyRow, add_analysis
from evgrade.importing.tables.studies import Entry, Studies, TableKind, column, record_of
from evgrade.model import EvgradeError

_ROWS = ("analysisgroup", "analysisnumber", "study", "experimentalcases", "applicability")
_SETTINGS = ("analysisgroup", "analysisnumber", "datatype", "effectmeasure")
_OLD = ("comparisonnumber", "outcomenumber", "subgroupnumber", "name", "effectmeasure")
_VALUES = {
    "events1": "Experimental cases",
    "total1": "Experimental N",
    "mean1": "Experimental mean",
    "sd1": "Experimental SD",
    "events2": "Control cases",
    "total2": "Control N",
    "mean2": "Control mean",
    "sd2": "Control SD",
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
_OLD_POOLED = {
    "estimate": "Effect Estimate",
    "low": "CI Start",
    "high": "CI End",
    "p": "P(Z)",
    "i2": "I² (Q)",
    "q": "Q",
    "df": "df",
}
_KINDS = {"OR": "dich", "RR": "dich", "RD": "dich", "MD": "cont", "SMD": "cont"}
"""The data that a measure is of, where no settings say it."""
_FACTS = {"Char: Methods": "statement", "Char: Participants": "population"}


def is_part(name: str) -> bool:
    """Whether a file of a zip is one of a data package that only makes sense with the others."""
    return bool(
        re.search(
            r"-(data-rows|overall-estimates-and-settings|subgroup-estimates|study-information|risk-of-bias)\.csv$", name
        )
    )


def package(name: str, parts: Sequence[Content], options: Options) -> Iterator[Record]:
    """Yield what the CSV files of one data package hold.

    Raises:
        EvgradeError: one of them is broken, or the analyses of the studies' numbers are missing.
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
                f"{name} has no file of settings, which says what its numbers measure",
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
    """Add what is said of studies."""
    for row in table.rows:
        label = table.cell(row, "Study")
        if not label:
            continue
        study = studies.entry(label)
        year = table.cell(row, "Year")
        found: Entry = {"year": int(year)} if re.fullmatch("1[89][0-9]{2}|20[0-9]{2}", year) else {}
        found |= {key: text for name, key in _FACTS.items() if (text := table.cell(row, name))}
        study |= found
        for one in table.columns:
            if one.startswith("Char: ") and one not in _FACTS and table.cell(row, one):
                record.note(f"{_file(table)}{place(row, one)}", "no field of a trial holds it: not taken")


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
    """Return an analysis of which only the measure is known, as the user says it."""
    kind, name = _KINDS.get(measure.upper(), "iv"), table.cell(row, "Analysis name")
    return Analysis(".".join(_key(table, row)), name, "", kind, measure, _file(table) + place(row))


def _study(table: Table, row: Row) -> StudyRow:
    applies = table.cell(row, "Applicability")
    return StudyRow(
        table.cell(row, "Study"),
        _file(table) + place(row),
        {key: table.cell(row, name) for key, name in _VALUES.items()},
        table.cell(row, "Subgroup"),
        not applies or "OVERALL" in applies.upper(),
    )


# One file


def _alone(content: Content, _: Table) -> Iterator[Record]:
    yield from package(content.name, [content], content.options)


def _old(content: Content, table: Table) -> Iterator[Record]:
    """Yield the analyses of the older CSV, whose rows are comparisons, outcomes, subgroups and studies by turns."""
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


KIND = TableKind(
    "the data package of Review Manager",
    lambda table: _has(table, _ROWS) or _has(table, _SETTINGS) or _is_information(table),
    _alone,
)
OLD_KIND = TableKind("the data and analyses of Review Manager 5", lambda table: _has(table, _OLD), _old)
