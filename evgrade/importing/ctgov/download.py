"""The CSV and TSV downloads of ClinicalTrials.gov, current and retired, translated into version 2 of its API.

Users choose the columns. A table does not say which dates and enrolments are estimates; the status implies it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from evgrade.importing.content import Content
from evgrade.importing.ctgov.study import study
from evgrade.importing.ctgov.words import code, day, design, design_parts, phases
from evgrade.importing.found import Reader, Record
from evgrade.model import EvgradeError

_NUMBER = "NCT Number"
_STRUCTS = {
    "Start Date": "startDateStruct",
    "Completion Date": "completionDateStruct",
    "Last Update Posted": "lastUpdatePostDateStruct",
}
_TYPES = {
    "COMPLETED": ("ACTUAL", "ACTUAL", "ACTUAL"),
    "TERMINATED": ("ACTUAL", "ACTUAL", ""),
    "ACTIVE_NOT_RECRUITING": ("ACTUAL", "ESTIMATED", ""),
    "SUSPENDED": ("ACTUAL", "ESTIMATED", ""),
    "RECRUITING": ("ACTUAL", "ESTIMATED", "ESTIMATED"),
    "ENROLLING_BY_INVITATION": ("ACTUAL", "ESTIMATED", "ESTIMATED"),
    "NOT_YET_RECRUITING": ("ESTIMATED", "ESTIMATED", "ESTIMATED"),
}
"""The types of start, completion and enrolment in a study of a status; empty if the status does not tell."""
_OTHERS = frozenset({"Study Title", "Title", "Study Status", "Status", "Study URL", "URL", "Study Type", "Conditions"})
"""The registry's own tables have one of these columns too, unlike other tables that list registry numbers."""


def _named(said: str) -> list[dict[str, str]]:
    return [{"name": one.strip()} for one in said.split("|") if one.strip()]


def _given(said: str) -> list[dict[str, str]]:
    """Return interventions: `DRUG: x|DEVICE: y`."""
    pairs = (one.partition(": ") for one in said.split("|") if one.strip())
    return [{"type": code(kind), "name": name.strip()} if colon else {"name": kind} for kind, colon, name in pairs]


_TEXTS: dict[str, tuple[str, Callable[[str], Any]]] = {
    _NUMBER: ("identificationModule/nctId", str),
    "Study Title": ("identificationModule/briefTitle", str),
    "Title": ("identificationModule/briefTitle", str),
    "Study Status": ("statusModule/overallStatus", code),
    "Status": ("statusModule/overallStatus", code),
    "Conditions": ("conditionsModule/conditions", lambda said: [it.strip() for it in said.split("|") if it.strip()]),
    "Interventions": ("armsInterventionsModule/interventions", _given),
    "Sponsor": ("sponsorCollaboratorsModule/leadSponsor/name", str),
    "Collaborators": ("sponsorCollaboratorsModule/collaborators", _named),
    "Phases": ("designModule/phases", phases),
    "Study Type": ("designModule/studyType", lambda said: code(said.partition(":")[0])),
}
"""Columns with one meaning: the path in version 2, and how to translate the value."""


def _header(content: Content) -> tuple[list[str], str]:
    """Return the columns of a table of the registry and their delimiter; no columns for any other table."""
    line = content.start.partition("\n")[0].rstrip("\r")
    for sign in (",", "\t", ";"):
        cells = next(iter(csv.reader([line], delimiter=sign)), []) if _NUMBER in line else []
        columns = [one.strip() for one in cells]
        if _NUMBER in columns and not _OTHERS.isdisjoint(columns):
            return columns, sign
    return [], ""


def _has_no_header(content: Content) -> bool:
    return bool(re.match('"?NCT[0-9]{8}"?[,;\t]', content.start))


def _records(content: Content) -> Iterator[Record]:
    columns, sign = _header(content)
    if not columns:
        raise EvgradeError(
            f"{content.name}:1: the table has no header: pages after the first have none",
            hint="put the header of the first page above it, or download the whole search as one file",
        )
    if len(set(columns)) < len(columns):
        twice = next(one for one in columns if columns.count(one) > 1)
        raise EvgradeError(f"{content.name}:1: the column {twice!r} occurs twice", hint="rename or remove one of them")
    rows = csv.reader(io.StringIO(content.text, newline=""), delimiter=sign, strict=True)
    line, seen_header = 1, False
    try:
        for cells in rows:
            if any(one.strip() for one in cells):
                if seen_header:
                    yield _record(columns, cells, content.name, line)
                seen_header = True
            line = rows.line_num + 1
    except csv.Error as error:
        raise EvgradeError(f"{content.name}:{rows.line_num}: the table cannot be read: {error}") from error


READER = Reader(lambda content: bool(_header(content)[0]) or _has_no_header(content), _records)


def _record(columns: Sequence[str], cells: Sequence[str], source: str, line: int) -> Record:
    row = {name: said.strip() for name, said in zip(columns, cells, strict=False) if said.strip()}
    tree: dict[str, Any] = {}
    places: dict[str, str] = {}
    if "Study Type" not in row:
        tree["protocolSection"] = {"designModule": {"studyType": _kind(row)}}
    for name in row:
        _put_column(name, row, tree, places, line)
    record = study(tree, source, f":{line}", places)
    if len(cells) != len(columns):
        record.note(f":{line}", f"the row has {len(cells)} cells, and the header {len(columns)}")
    return record


def _put_column(name: str, row: dict[str, str], tree: dict[str, Any], places: dict[str, str], line: int) -> None:
    """Put the value of a cell at its path in version 2; an unknown column is kept for a note."""
    said, place = row[name], f':{line}, column "{name[:60]}"'

    def put(path: str, value: Any) -> None:
        *parents, key = ("protocolSection/" + path).split("/")
        target, pointer = tree, ""
        for one in parents:
            target, pointer = target.setdefault(one, {}), f"{pointer}/{one}"
        target[key] = value
        places[f"{pointer}/{key}"] = place

    start, end, people = _TYPES.get(code(row.get("Study Status", row.get("Status", ""))), ("UNKNOWN", "UNKNOWN", ""))
    if name in _TEXTS:
        path, change = _TEXTS[name]
        put(path, change(said))
        return
    match name:
        case "Sponsor/Collaborators":
            lead, *others = said.split("|")
            put("sponsorCollaboratorsModule/leadSponsor/name", lead)
            put("sponsorCollaboratorsModule/collaborators", _named("|".join(others)))
        case "Enrollment":
            put("designModule/enrollmentInfo", {"count": said, "type": people})
        case "Study Design" | "Study Designs":
            found, unplaced = design(said)
            for key, value in {**found, **unplaced}.items():
                put(f"designModule/designInfo/{key}", value)
        case "Start Date" | "Completion Date" | "Last Update Posted":
            kind = {"Start Date": start, "Completion Date": end}.get(name, "ACTUAL")
            put(f"statusModule/{_STRUCTS[name]}", {"date": day(said), "type": kind})
        case "Study URL" | "URL" if row.get(_NUMBER, "").upper() in said.upper():
            pass  # the address of the record, which is in its reference
        case _:
            tree.setdefault("table", {})[name] = said
            places[f"/table/{name.replace('~', '~0').replace('/', '~1')}"] = place


def _kind(row: dict[str, str]) -> str:
    """Return the type of a study without a column for it, from features that only studies of that type have."""
    parts = design_parts(row.get("Study Design", row.get("Study Designs", "")))
    if "observational model" in parts or "time perspective" in parts:
        return "OBSERVATIONAL"
    return "INTERVENTIONAL" if {"allocation", "intervention model", "masking"} & set(parts) else "of a type not stated"
