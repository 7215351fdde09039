"""Trials as a table, one row per trial, with every field that fits into a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evgrade.exporting.exported import Data, Exported, LeftOut, Named
from evgrade.exporting.table import csv_text, studies
from evgrade.render.clean import prose
from evgrade.schema.store import schema

_OTHERWISE = ("effects", "harms", "risk_of_bias")
"""Fields without a place in a row; effects and risk of bias have tables of their own."""
_DOSE = ("amount", "amount_high", "unit", "per", "route")
_OF_ARM = ("name", "participants")
_LOOKS_COUNTED = re.compile(r".+: ([0-9]+|\?)")


def trials_csv(dossiers: Sequence[Named]) -> Exported:
    fields = [name for name in schema("dossier")["$defs"]["trial"]["properties"] if name not in _OTHERWISE]
    fields.remove("id")
    found = list(studies(dossiers, ["trials"]))
    rows = [
        {"dossier": one.name, "study": name, "id": trial["id"]}
        | {field: _cell(trial, field) for field in fields}
        | {f"dose.{key}": trial.get("dose", {}).get(key) for key in _DOSE}
        for one, _, _, trial, name in found
    ]
    left = tuple(gone for _, _, _, trial, _ in found for gone in _left_out(trial, fields))
    remarks = tuple(
        f"trials.{field} of {trial['id']}: a semicolon within one of several values became a comma"
        for _, _, _, trial, _ in found
        for field in fields
        if isinstance(trial.get(field), list) and any(";" in _item(one) for one in trial[field])
    )
    columns = ["dossier", "study", "id", *fields, *(f"dose.{key}" for key in _DOSE)]
    return Exported(csv_text(columns, rows), left, remarks)


def _left_out(trial: Data, fields: Sequence[str]) -> Iterator[LeftOut]:
    yield from (LeftOut(f"trials.{field}", trial["id"]) for field in trial if field not in (*fields, "id"))
    gone = [f"arms.{key}" for arm in trial.get("arms", ()) for key in arm if key not in _OF_ARM]
    gone += [f"dose.{key}" for key in trial.get("dose", ()) if key not in ("text", *_DOSE)]
    gone += [f"duration.{key}" for key in trial.get("duration", ()) if key not in ("amount", "unit")]
    yield from (LeftOut(f"trials.{path}", trial["id"]) for path in dict.fromkeys(gone))


def _cell(trial: Data, field: str) -> Any:
    value = trial.get(field)
    match value, field:
        case None, _:
            return None
        case _, "arms":
            return [_arm(arm) for arm in value]
        case _, "dose":
            return value.get("text")
        case _, "duration":
            return f"{value['amount']} {value['unit']}"
        case list(), _:
            return [_item(one).replace(";", ",") for one in value]
        case _:
            return value


def _arm(arm: Data) -> str:
    """Return an arm with its number of participants, or a question mark if the name could be read as having one."""
    name = _item(arm).replace(";", ",")
    if "participants" in arm:
        return f"{name}: {arm['participants']}"
    return f"{name}: ?" if _LOOKS_COUNTED.fullmatch(name) else name


def _item(one: Any) -> str:
    return prose(str(one["name"] if isinstance(one, Mapping) else one))
