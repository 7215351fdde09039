"""Tables of effects, one row per study, with the column names of metafor, meta or RevMan."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from evgrade.facts.effects import RATIOS
from evgrade.importing.content import Content
from evgrade.importing.found import Entry, Record, glossary
from evgrade.importing.table import Row, Table, place
from evgrade.importing.tables.cells import Reading
from evgrade.importing.tables.studies import (
    Labels,
    Outcomes,
    Studies,
    TableKind,
    column,
    labelled_rows,
    node,
    reading,
    record_of,
    untaken,
)
from evgrade.model import EvgradeError
from evgrade.schema.aliases import choice_meant
from evgrade.schema.suggest import did_you_mean, listed

_known = partial(glossary, __file__)
_Z = 1.959964
_FITTING = {
    "counts": ("RR", "OR", "RD"),
    "means": ("MD", "SMD", "ratio_of_means"),
    "rates": ("rate_ratio",),
}
"""The measures that can be computed from two arms of each kind."""
_WORDS = {"counts": "counts of two arms", "means": "means of two arms", "rates": "events in person-time of two arms"}
_UNITS = ("days", "weeks", "months", "years")


@dataclass(frozen=True, slots=True)
class _Found:
    """The columns of effects in a table.

    Attributes:
        kind: counts, means, rates, analysed or printed.
        title: the program whose names they are.
        columns: of each arm by role, or of the effect under "".
        measure: the measure named by a column.
    """

    kind: str
    title: str
    columns: Mapping[str, Mapping[str, str]]
    measure: str | None = None

    @property
    def all(self) -> list[str]:
        return [name for arm in self.columns.values() for name in arm.values()]


def _found(table: Table) -> Iterator[_Found]:
    """Yield the columns of effects in a table: those of arms first, because effects can be computed from them."""
    for kind, needed in (("counts", "events"), ("means", "mean"), ("rates", "person_time")):
        for one in _known()[kind]:
            arms = {role: _present(table, one[role]) for role in ("intervention", "control")}
            if all(needed in arm and _is_complete(kind, arm) for arm in arms.values()):
                yield _Found(kind, one["title"], arms)
                break
    for one in _known()["analysed"]:
        own = _present(table, {key: name for key, name in one.items() if key != "title"})
        if "estimate" in own and ({"variance"} & own.keys() or {"se"} & own.keys() or {"low", "high"} <= own.keys()):
            yield _Found("analysed", one["title"], {"": own})
            break
    printed = _known()["printed"]
    low, high = column(table, *printed["low"]), column(table, *printed["high"])
    for name, measure in printed["measures"].items():
        estimate = column(table, name)
        if estimate is not None and low is not None and high is not None:
            yield _Found("printed", "effects", {"": {"estimate": estimate, "low": low, "high": high}}, measure)


def _present(table: Table, names: Mapping[str, str]) -> dict[str, str]:
    return {key: own for key, name in names.items() if (own := column(table, name)) is not None}


def _is_complete(kind: str, arm: Mapping[str, str]) -> bool:
    if kind == "counts":
        return "participants" in arm or "others" in arm
    return kind == "rates" or {"sd", "participants"} <= arm.keys()


def _records(content: Content, table: Table) -> Iterator[Record]:
    kinds = list(_found(table))
    labels = Labels(table)
    if not kinds or not labels.known:
        said = "no column names the studies: `study`, `studlab`, `trial`, or `author` and `year`"
        raise EvgradeError(
            f"{table.name}: {said}", hint="rename the column, or write a mapping: `evgrade import --guess`"
        )
    record, reference = record_of(content, table)
    beside = {key: column(table, *names) for key, names in _known()["beside"].items()}
    if kinds[0].measure is None and beside["measure"] is None:
        measure_for(table.name, kinds[0].kind, content.options.measure)  # fails once, not for each row
        kinds = kinds[:1]
    if kinds[0].kind == "rates" and content.options.time_unit not in _UNITS:
        said = "events in person-time need a unit of time, which the table does not state"
        raise EvgradeError(f"{table.name}: {said}", hint=f"give --time-unit {', '.join(_UNITS)}")
    cells = reading(record, table)
    studies, outcomes = Studies(record, reference), Outcomes(record, reference)
    if beside["outcome"] is None and content.options.outcome is None:
        record.note(":1", "no column names the outcome, so it is named after the file: --outcome gives it another name")
    for row, label in labelled_rows(record, table, labels):
        said = table.cell(row, beside["outcome"] or "") or content.options.outcome or f"As tabulated in {record.name}"
        numbers = _first(cells, kinds, row, content, table.cell(row, beside["measure"] or ""))
        if numbers is None:
            record.note(place(row), f"{label} has no numbers for an effect: the row was not taken")
            continue
        own = outcomes.id_of(said)
        study = studies.entry(label)
        for key, value in labels.facts(row).items():
            study.setdefault(key, value)
        if any(one["answers"] == own for one in study.get("effects", ())):
            record.note(
                place(row),
                f"{label} has another row for {said!r}: its participants would count twice in a pooled effect",
            )
        words = {key: table.cell(row, beside[key] or "") for key in ("time_point", "comparison", "unit")}
        words["p"] = _p(cells, row, beside["p"])
        study.setdefault("effects", []).append(
            {"outcome": said, "answers": own} | {key: value for key, value in words.items() if value != ""} | numbers
        )
    if not len(studies):
        raise EvgradeError(
            f"{table.name} has no row with a study and its numbers", hint="is the first line the header?"
        )
    untaken(record, table, [*(name for one in kinds for name in one.all), *labels.columns, *beside.values()])
    yield record


def _p(cells: Reading, row: Row, name: str | None) -> Any:
    value = None if name is None else cells.field(row, name, node("effect", "p"), "p")
    return "" if value is None else value


def measure_for(name: str, kind: str, said: str | None) -> str:
    """Return the measure that the user or a table states.

    Raises:
        EvgradeError: it is missing or unknown, or cannot be computed from the numbers.
    """
    fitting = _FITTING.get(kind, ("RR", "OR", "HR", "RD", "MD", "SMD", "rate_ratio", "ratio_of_means"))
    hint = (
        f"give --measure {', '.join(fitting[:-1])} or {fitting[-1]}"
        if len(fitting) > 1
        else f"give --measure {fitting[0]}"
    )
    if not said:
        what = _WORDS.get(kind, "effects")
        raise EvgradeError(f"{name} has {what} and does not state the effect measure", hint=hint)
    known = node("effect", "measure")["enum"]
    meant = choice_meant(said, known, "measure")
    if meant is None or not meant.certain:
        raise EvgradeError(
            f"{said!r} is not an effect measure", hint=did_you_mean(said, known) or f"known are {listed(known)}"
        )
    measure = str(meant.options[0].value)
    if kind in _FITTING and measure not in fitting:
        raise EvgradeError(f"{name} has {_WORDS[kind]}, from which no {measure} can be computed", hint=hint)
    return measure


def _first(cells: Reading, kinds: Sequence[_Found], row: Row, content: Content, said: str) -> Entry | None:
    """Return the numbers in a row, of the first kind that it has any of."""
    for found in kinds:
        if any(cells.table.cell(row, name) for name in found.all):
            numbers = _numbers(cells, found, row, content, said)
            if numbers is not None:
                return numbers
    return None


def _numbers(cells: Reading, found: _Found, row: Row, content: Content, said: str) -> Entry | None:
    """Return the numbers of an effect, None if there are none; an estimate needs a measure, numbers of arms do not."""
    measure, wanted = found.measure, said or content.options.measure
    if measure is None and (wanted or found.kind not in _FITTING):
        try:
            measure = measure_for(f"{cells.table.name}{place(row)}", found.kind, wanted)
        except EvgradeError as error:
            cells.note(place(row), f"{error.message}: {_WORDS.get(found.kind, 'the effect')} not taken")
            return None
    if found.kind in _FITTING:
        if found.kind == "rates" and content.options.time_unit not in _UNITS:
            cells.note(place(row), "the table does not state the unit of person-time: not taken without --time-unit")
            return None
        arms = [_arm(cells, row, role, names, content) for role, names in found.columns.items()]
        stated = [arm for arm in arms if len(arm) > 2]
        return ({"measure": measure} if measure else {}) | {"arms": stated} if len(stated) == 2 else None
    if found.kind == "printed":
        values = {key: cells.number(row, name) for key, name in found.columns[""].items()}
        if values["estimate"] is None:
            return None
        made: Entry = {"measure": measure, "estimate": values["estimate"]}
        if values["low"] is not None and values["high"] is not None:
            made |= {"ci_low": values["low"], "ci_high": values["high"], "ci_level": 95}
        return made
    return _analysed(cells, row, found.columns[""], measure or "")


def _arm(cells: Reading, row: Row, role: str, names: Mapping[str, str], content: Content) -> Entry:
    """Return an arm with its numbers in the table."""
    arm: Entry = {"name": role.capitalize(), "role": role}
    for key in ("participants", "events", "mean", "sd"):
        value = cells.field(row, names[key], node("effect_arm", key), key) if key in names else None
        if value is not None:
            arm[key] = value
    others = cells.count(row, names["others"]) if "others" in names else None
    if others is not None and "events" in arm:
        people = arm.setdefault("participants", arm["events"] + others)
        if people != arm["events"] + others:
            where = place(row, names["others"])
            cells.note(
                where, f"{arm['events']} with the event and {others} without do not add up to the {people} of the arm"
            )
    time = cells.number(row, names["person_time"]) if "person_time" in names else None
    if time is not None:
        arm |= {"events_count": "events", "person_time": {"amount": time, "unit": content.options.time_unit}}
    return arm


def _analysed(cells: Reading, row: Row, names: Mapping[str, str], measure: str) -> Entry | None:
    """Return an effect given on the scale of the analysis, with its interval; a ratio from its logarithm."""
    values = {key: cells.number(row, name) for key, name in names.items()}
    estimate = values.get("estimate")
    if estimate is None:
        return None
    se, low, high = (values.get(key) for key in ("se", "low", "high"))
    variance = values.get("variance")
    used = [names["estimate"]]
    spread = None
    if low is not None and high is not None:
        ends = (float(low), float(high))
        used += [names["low"], names["high"]]
    else:
        spread = float(se) if se is not None else math.sqrt(variance) if variance is not None and variance > 0 else None
        if spread is None or spread <= 0:
            cells.note(place(row), "the estimate has no positive standard error or variance: the row has no interval")
            ends = None
        else:
            ends = (float(estimate) - _Z * spread, float(estimate) + _Z * spread)
            used.append(names["se"] if se is not None else names["variance"])
    is_ratio = measure in RATIOS
    made: Entry = {"measure": measure, "estimate": _from_log(float(estimate)) if is_ratio else estimate}
    if ends is not None:
        made |= {"ci_low": _end(ends[0], low, is_ratio), "ci_high": _end(ends[1], high, is_ratio), "ci_level": 95}
    if made["estimate"] is None or None in made.values():
        cells.note(place(row), "the numbers are too large for a ratio on the scale of its logarithm")
        return None
    if se is not None and se > 0:
        made["se"] = se
    return made | {"notes": f"Computed from {' and '.join(used)}."} if is_ratio or spread is not None else made


def _end(value: float, printed: Any, is_ratio: bool) -> Any:  # noqa: FBT001 - one call, beside
    if is_ratio:
        return _from_log(value)
    return printed if printed is not None else _rounded(value)


def _from_log(value: float) -> Decimal | None:
    return _rounded(math.exp(value)) if abs(value) < 300 else None


def _rounded(value: float) -> Decimal:
    """Return a computed number with six significant digits."""
    return Decimal(f"{Decimal(f'{value:.6g}'):f}")


KIND = TableKind(lambda table: next(_found(table), None) is not None, _records)
