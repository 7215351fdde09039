"""Effects as `evgrade export --format effects-csv` writes them: each row for what its source states, nothing computed.

A row says in `computed` which of its numbers evgrade worked out; `yi`, `vi` and `sei` always are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.importing.content import Content
from evgrade.importing.found import Record
from evgrade.importing.naming import shape_of
from evgrade.importing.table import Row, Table, place
from evgrade.importing.tables.cells import Reading
from evgrade.importing.tables.own_cells import field, fields, items, own_id
from evgrade.importing.tables.studies import Entry, TableKind, file_name, reading, untaken
from evgrade.schema.shape import Shape

_NEEDED = frozenset({"study_id", "id", "outcome", "yi", "arm1", "arm2", "computed", "study_section", "study_statement"})
_SECTIONS = ("trials", "observational")
_MEASURES = {"IRR": "rate_ratio", "ROM": "ratio_of_means"}
_ARM = {"name": "arm{}", "participants": "n{}i", "mean": "m{}i", "sd": "sd{}i"}
_EVENTS = {"1": ("ai", "x1i"), "2": ("ci", "x2i")}
_ROLES = {"1": "intervention", "2": "control"}


def _records(content: Content, table: Table) -> Iterator[Record]:
    record = Record(table.name, "", file_name(content))
    for where, message in table.notes:
        record.note(where, message)
    cells = reading(record, table)
    found: dict[tuple[str, str], Entry] = {}
    for row in table.rows:
        section = table.cell(row, "study_section")
        if section not in _SECTIONS:
            record.note(place(row), "an effect that an outcome lists, and no study: not taken")
            continue
        shape = shape_of(section)
        if shape is None or not (name := own_id(cells, row, "study_id", shape)):
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
    shape = shape_of(_SECTIONS[0])
    effect_fields = () if shape is None else shape.field("effects").item.keys
    arms = [one.format(side) for one in (*_ARM.values(), "t{}i") for side in _ROLES]
    own = ["study_id", "study_section", "study_statement", "study_registry", *arms, *_EVENTS["1"], *_EVENTS["2"]]
    untaken(record, table, [*own, *effect_fields, "computed"])
    yield record


def _effect(cells: Reading, row: Row, shape: Shape) -> Entry:
    """Return the effect of a row."""
    computed = frozenset(items(cells.table.cell(row, "computed")))
    own = {key: key for key in shape.keys if key in cells.table.columns and key != "measure" and key not in computed}
    effect = fields(cells, row, own, shape)
    said = cells.table.cell(row, "measure")
    if said in _MEASURES:
        effect["measure"] = _MEASURES[said]
    elif "measure" not in computed:
        effect |= fields(cells, row, {"measure": "measure"}, shape)
    if "measure" in computed:
        effect.pop("measure", None)
    arms = [_arm(cells, row, side, shape.field("arms").item, computed, effect) for side in _ROLES]
    stated = [arm for arm in arms if arm]
    if all("name" in arm for arm in stated):
        effect |= {"arms": stated} if stated else {}
    else:
        cells.note(place(row), "numbers of an arm without its name in `arm1` or `arm2`: the arms were not taken")
    return {key: effect[key] for key in shape.keys if key in effect}


def _arm(
    cells: Reading, row: Row, side: str, shape: Shape, computed: frozenset[str], effect: Mapping[str, Any]
) -> Entry:
    """Return what a row has of an arm, empty if it has nothing."""
    columns = {key: own for key, name in _ARM.items() if (own := name.format(side)) not in computed}
    arm = fields(cells, row, columns, shape)
    events = shape.key("events")
    if events is None:
        raise KeyError("events")
    people, several = (field(cells, row, one, events) for one in _EVENTS[side])
    if people is not None and several is not None and people != several:
        cells.note(place(row, _EVENTS[side][1]), f"{several} events differ from the {people} people: not taken")
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


KIND = TableKind("effects as evgrade exports them", lambda table: frozenset(table.columns) >= _NEEDED, _records)
