"""Trials as a table, a row a trial: all that is stated of it in a word, a number or a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evgrade.exporting.exported import Data, Exported, LeftOut, Named
from evgrade.exporting.table import csv_text, studies
from evgrade.schema.store import schema

_OTHERWISE = ("effects", "harms", "risk_of_bias")
"""What has no place in a row; effects and risk of bias have tables of their own."""


def trials_csv(dossiers: Sequence[Named]) -> Exported:
    fields = [name for name in schema("dossier")["$defs"]["trial"]["properties"] if name not in _OTHERWISE]
    fields.remove("id")
    found = list(studies(dossiers, ["trials"]))
    rows = [
        {"dossier": one.name, "study": name, "id": trial["id"], **{field: _cell(trial, field) for field in fields}}
        for one, _, _, trial, name in found
    ]
    left = (
        LeftOut(f"trials.{field}", trial["id"])
        for _, _, _, trial, _ in found
        for field in trial
        if field not in fields and field != "id"
    )
    return Exported(csv_text(["dossier", "study", "id", *fields], rows), tuple(left))


def _cell(trial: Data, field: str) -> Any:
    value = trial.get(field)
    if value is None:
        return None
    match field:
        case "arms":
            return [f"{arm['name']}: {arm['participants']}" if "participants" in arm else arm["name"] for arm in value]
        case "dose":
            return _dose(value)
        case "duration":
            return " ".join(str(value[key]) for key in ("amount", "unit") if key in value)
        case _:
            return value


def _dose(dose: Data) -> str:
    if "text" in dose:
        return str(dose["text"])
    amount = "-".join(str(dose[key]) for key in ("amount", "amount_high") if key in dose)
    per = f"per {dose['per']}" if "per" in dose else None
    return " ".join(str(part) for part in (amount, dose.get("unit"), per, dose.get("route")) if part)
