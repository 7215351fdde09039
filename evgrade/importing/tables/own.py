"""Trials and effects in the tables that evgrade exports, read back without judgements and computed numbers.

The cell `computed` of an effect lists the numbers that evgrade computed; `yi`, `vi` and `sei` always are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from evgrade.importing.content import Content
from evgrade.importing.found import Entry, Record, stated
from evgrade.importing.shapes import shape_of
from evgrade.importing.table import Row, Table, place
from evgrade.importing.tables.cells import Reading, Unread, number
from evgrade.importing.tables.studies import TableKind, empty_record, node, reading, untaken
from evgrade.schema.meant import fits, kinds
from evgrade.schema.shape import Kind, Shape

# Cells: every value has the type of the one that was exported

_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?(e-?[0-9]{1,3})?", re.IGNORECASE)
_QUOTED = re.compile("(?:\\A|(?<=;))'(?=[ \"\xa0\u3000]*[=+\\-@\uff1d\uff0b\uff0d\uff20])")
_MISSING = ("", "NA")
"""An empty cell, and what R writes for one."""


def unquoted(text: str) -> str:
    """Return a text without the apostrophes that keep spreadsheets from reading it as a formula."""
    return _QUOTED.sub("", text)


def field(cells: Reading, row: Row, column: str, shape: Shape) -> Any:
    """Return the value of a cell for a field; None if it is empty, or cannot be read, which is noted."""
    text = unquoted(cells.table.cell(row, column))
    if text in _MISSING:
        return None
    if shape.kind is Kind.LIST:
        return [one for one in (_one(cells, row, column, part, shape.item) for part in items(text)) if one is not None]
    return _one(cells, row, column, text, shape)


def items(text: str) -> Iterator[str]:
    """Yield the texts of a list."""
    return (part.strip() for part in text.split(";") if part.strip())


def _one(cells: Reading, row: Row, column: str, text: str, shape: Shape) -> Any:
    node = shape.node
    if "enum" in node:
        # Spreadsheets write booleans in capitals.
        known = [one for one in node["enum"] if str(one).casefold() == text.casefold()]
        if known:
            return known[0]
    types = kinds(node)
    if types == ("boolean",) and text.casefold() in ("true", "false"):
        return text.casefold() == "true"
    if {"number", "integer"} & set(types) and _NUMBER.fullmatch(text):
        value = Decimal(text)
        made = int(text) if re.fullmatch("-?[0-9]+", text) else Decimal(f"{value:f}")
        if fits(made if isinstance(made, int) else float(made), node):
            return made
    if "string" in types and "enum" not in node and fits(text, node):
        return text
    # Values that a person has typed since are read as in any other table, or noted.
    return cells.field(row, column, node, column)


def fields(cells: Reading, row: Row, columns: Mapping[str, str], shape: Shape) -> Entry:
    """Return the values of fields, given with their columns."""
    found: Entry = {}
    for name, column in columns.items():
        inside = shape.key(name)
        value = None if inside is None else field(cells, row, column, inside)
        if value is not None:
            found[name] = value
    return found


def own_id(cells: Reading, row: Row, column: str, shape: Shape) -> str:
    """Return the id of an entry, empty if there is none."""
    text = cells.table.cell(row, column)
    if fits(text, shape.field("id").node):
        return text
    cells.note(place(row, column), f"`{text[:60]}` is not an id: the row was not taken")
    return ""


# Trials, by `evgrade export --format trials-csv`

_TRIAL_NEEDED = frozenset({"dossier", "study", "id", "statement", "allocation", "arms", "refs"})
_FLAT = ("arms", "dose", "duration")
_TRIAL_ARM = re.compile(r"(.+): ([0-9]+|\?)")
_DURATION = re.compile(r"([0-9.]*) ?([a-z]*)")
_MOST_PEOPLE = 1_000_000_000


def _trials(content: Content, table: Table) -> Iterator[Record]:
    record = empty_record(content, table)
    cells, shape = reading(record, table), shape_of("trials")
    judged = [name for name in table.columns if shape.only_reviewers_fill(name)]
    own = [name for name in table.columns if name in shape.keys and name not in ("id", *judged)]
    nested = [name for name in table.columns if "." in name and _has_field(shape, name)]
    for row in table.rows:
        name = own_id(cells, row, "id", shape)
        if not name:
            continue
        entry: Entry = {"id": name}
        for column in own:
            if column in _FLAT:
                value = _trial_flat(record, row, column, unquoted(table.cell(row, column)))
            else:
                value = field(cells, row, column, shape.field(column))
            if value not in (None, []):
                entry[column] = value
        for column in nested:
            parent, _, key = column.partition(".")
            found = fields(cells, row, {key: column}, shape.field(parent))
            if found:
                entry.setdefault(parent, {}).update(found)
        if "statement" not in entry:
            record.note(place(row), f"{name} has no statement: the row was not taken")
            continue
        said = [column for column in judged if table.cell(row, column)]
        if said:
            record.note(place(row), f"judgements are left to reviewers, and were not taken: {', '.join(said)}")
        record.add("trials", {key: entry[key] for key in shape.keys if key in entry})
    untaken(record, table, ["id", *own, *judged, *nested])
    yield record


def _has_field(shape: Shape, field: str) -> bool:
    parent, _, key = field.partition(".")
    outer = shape.key(parent)
    return outer is not None and outer.key(key) is not None


def _trial_flat(record: Record, row: Row, column: str, text: str) -> Any:
    """Return the value of a cell for a field with fields of its own."""
    if text in ("", "NA"):
        return None
    if column == "dose":
        return {"text": text}
    if column == "arms":
        return [_trial_arm(part) for part in items(text)]
    return _duration(record, row, text)


def _trial_arm(text: str) -> Entry:
    """Return an arm from `Riluzole: 77`; `Dose: 50: ?` is the arm `Dose: 50` of unknown size."""
    found = _TRIAL_ARM.fullmatch(text)
    if found is None or (found[2] != "?" and int(found[2]) > _MOST_PEOPLE):
        return {"name": text}
    return {"name": found[1]} if found[2] == "?" else {"name": found[1], "participants": int(found[2])}


def _duration(record: Record, row: Row, text: str) -> Entry | None:
    found = _DURATION.fullmatch(text)
    amount = number(found[1], ".") if found and found[1] else None
    unit = found[2] if found else ""
    if found is None or isinstance(amount, Unread) or (unit and unit not in node("duration", "unit")["enum"]):
        record.note(place(row, "duration"), f"`{text[:60]}` is not a duration such as `6 months`: not taken")
        return None
    return stated(amount=amount, unit=unit)


TRIALS = TableKind(lambda table: frozenset(table.columns) >= _TRIAL_NEEDED, _trials)


# Effects, by `evgrade export --format effects-csv`: only the numbers that the source states

_EFFECT_NEEDED = frozenset(
    {"study_id", "id", "outcome", "yi", "arm1", "arm2", "computed", "study_section", "study_statement"}
)
_SECTIONS = ("trials", "observational")
_MEASURES = {"IRR": "rate_ratio", "ROM": "ratio_of_means"}
_ARM = {"name": "arm{}", "participants": "n{}i", "mean": "m{}i", "sd": "sd{}i"}
_EVENTS = {"1": ("ai", "x1i"), "2": ("ci", "x2i")}
_ROLES = {"1": "intervention", "2": "control"}


def _effects(content: Content, table: Table) -> Iterator[Record]:
    record = empty_record(content, table)
    cells = reading(record, table)
    found: dict[tuple[str, str], Entry] = {}
    for row in table.rows:
        section = table.cell(row, "study_section")
        if section not in _SECTIONS:
            record.note(place(row), "an effect listed by an outcome and not by a study: not taken")
            continue
        shape = shape_of(section)
        name = own_id(cells, row, "study_id", shape)
        if not name:
            continue
        study = {"id": name} | fields(cells, row, {"statement": "study_statement", "registry": "study_registry"}, shape)
        effect = _effect(cells, row, shape.field("effects").item)
        if "statement" not in study or "outcome" not in effect:
            record.note(place(row), f"the row of {name} lacks the statement of its study or its outcome: not taken")
            continue
        if (section, name) not in found:
            found[section, name] = study | {"effects": []}
            record.add(section, found[section, name])
        found[section, name]["effects"].append(effect)
    arms = [one.format(side) for one in (*_ARM.values(), "t{}i") for side in _ROLES]
    own = ["study_id", "study_section", "study_statement", "study_registry", *arms, *_EVENTS["1"], *_EVENTS["2"]]
    untaken(record, table, [*own, *shape_of(_SECTIONS[0]).field("effects").item.keys, "computed"])
    yield record


def _effect(cells: Reading, row: Row, shape: Shape) -> Entry:
    """Return the effect of a row."""
    computed = frozenset(items(cells.table.cell(row, "computed")))
    own = {key: key for key in shape.keys if key in cells.table.columns and key != "measure" and key not in computed}
    effect = fields(cells, row, own, shape)
    said = cells.table.cell(row, "measure")
    if "measure" not in computed:
        known = {"measure": _MEASURES[said]} if said in _MEASURES else None
        effect |= known or fields(cells, row, {"measure": "measure"}, shape)
    arms = [_arm(cells, row, side, shape.field("arms").item, computed, effect) for side in _ROLES]
    with_numbers = [arm for arm in arms if arm]
    if all("name" in arm for arm in with_numbers):
        effect |= stated(arms=with_numbers)
    else:
        cells.note(place(row), "numbers of an arm without its name in `arm1` or `arm2`: the arms were not taken")
    return {key: effect[key] for key in shape.keys if key in effect}


def _arm(
    cells: Reading, row: Row, side: str, shape: Shape, computed: frozenset[str], effect: Mapping[str, Any]
) -> Entry:
    """Return an arm with its numbers in a row, empty if it has none."""
    columns = {key: own for key, name in _ARM.items() if (own := name.format(side)) not in computed}
    arm = fields(cells, row, columns, shape)
    people, several = (field(cells, row, one, shape.field("events")) for one in _EVENTS[side])
    if people is not None and several is not None and people != several:
        cells.note(
            place(row, _EVENTS[side][1]),
            f"{several} events differ from the {people} participants with an event: not taken",
        )
    usual = "events" if effect.get("measure") == "rate_ratio" else "people"
    if people is not None or several is not None:
        arm["events"] = several if people is None else people
        counted = "events" if people is None else "people"
        arm |= {"events_count": counted} if counted != usual else {}
    time = f"t{side}i"
    years = None if time in computed else cells.number(row, time)
    if years is not None:
        arm["person_time"] = {"amount": years, "unit": "years"}
    return ({"role": _ROLES[side]} | arm) if arm else {}


EFFECTS = TableKind(lambda table: frozenset(table.columns) >= _EFFECT_NEEDED, _effects)
