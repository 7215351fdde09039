"""The retired JSON of ClinicalTrials.gov, translated into that of version 2 of its API.

Its keys repeat the name of their parent (`ArmGroupLabel`), and each list is wrapped twice (`ArmGroupList`, `ArmGroup`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from evgrade.importing.content import Content
from evgrade.importing.ctgov.study import study
from evgrade.importing.ctgov.words import code, day, phases
from evgrade.importing.found import Reader, Record

_LISTS = {
    "NCTIdAlias": "nctIdAliases",
    "DesignWhoMasked": "whoMasked",
    "ArmGroupIntervention": "interventionNames",
    "InterventionArmGroupLabel": "armGroupLabels",
    "InterventionOtherName": "otherNames",
    "LocationContact": "contacts",
    "OutcomeMeasure": "outcomeMeasures",
    "OutcomeAnalysis": "analyses",
    "OutcomeAnalysisGroupId": "groupIds",
    "OutcomeClass": "classes",
    "OutcomeCategory": "categories",
    "BaselineMeasure": "measures",
    "BaselineMeasurement": "measurements",
    "BaselineClass": "classes",
    "BaselineCategory": "categories",
    "EventGroup": "eventGroups",
    "SeriousEvent": "seriousEvents",
    "OtherEvent": "otherEvents",
    "SeriousEventStats": "stats",
    "OtherEventStats": "stats",
    "ConditionMesh": "meshes",
    "InterventionMesh": "meshes",
}
"""Names of lists that cannot be derived from the names of their items."""
_OWNERS = ("Flow", "BaselineMeasure", "Baseline", "OutcomeClass", "Outcome", "Condition", "Intervention", "Design")
"""Prefixes of names within a part of the results."""
_PREFIXES = {
    "DesignMaskingInfo": "Design",
    "Organization": "Org",
    "CertainAgreement": "Agreement",
    "ParticipantFlowModule": "Flow",
    "BaselineCharacteristicsModule": "Baseline",
    "AdverseEventsModule": "Events",
}
_CODED = frozenset(
    {
        *("overallStatus", "studyType", "allocation", "interventionModel", "observationalModel", "timePerspective"),
        *("masking", "whoMasked", "type", "paramType", "reportingStatus", "ciNumSides", "nonInferiorityType", "sex"),
        "primaryPurpose",
    }
)
"""Keys whose values are codes in version 2; `paramType` is a code in outcomes, and free text in analyses."""
_TRUTH = {"healthyVolunteers", "patientRegistry"}


def _studies(content: Content) -> list[tuple[str, dict[str, Any]]]:
    """Return the studies of a file, each with its JSON pointer."""
    data, place = content.json_or_none, "#"
    if isinstance(data, dict) and isinstance(data.get("FullStudiesResponse"), dict):
        data, place = data["FullStudiesResponse"], f"{place}/FullStudiesResponse"
    if isinstance(data, dict) and "FullStudies" in data:
        data, place = data["FullStudies"], f"{place}/FullStudies"
    found = []
    for at, one in enumerate(data) if isinstance(data, list) else [(None, data)]:
        where = place if at is None else f"{place}/{at}"
        within = one.get("Study") if isinstance(one, dict) and "Study" in one else one
        where = f"{where}/Study" if within is not one else where
        if not isinstance(within, dict) or not isinstance(within.get("ProtocolSection"), dict):
            return []
        found.append((where, within))
    return found


def _records(content: Content) -> Iterator[Record]:
    for place, one in _studies(content):
        places: dict[str, str] = {}
        yield study(_mapping(one, "", "", "", places), content.name, place, places)


READER = Reader(lambda content: bool(_studies(content)), _records)


def _mapping(data: dict[str, Any], owner: str, pointer: str, place: str, places: dict[str, str]) -> dict[str, Any]:
    """Return a mapping with the keys of version 2, and record the places of its values."""
    found: dict[str, Any] = {}
    places[pointer] = place
    for key, value in data.items():
        plain = key.replace("~", "~0").replace("/", "~1")
        where = f"{place}/{plain}"
        inner = key.removesuffix("List")
        if inner != key and isinstance(value, dict) and set(value) == {inner} and isinstance(value[inner], list):
            name = _free(_list_name(inner), found)
            places[f"{pointer}/{name}"] = where
            found[name] = [
                _value(one, inner, name, f"{pointer}/{name}/{at}", f"{where}/{inner}/{at}", places)
                for at, one in enumerate(value[inner])
            ]
            if inner == "Phase" and all(isinstance(one, str) for one in found[name]):
                found[name] = [part for one in found[name] for part in phases(one)]
            if inner in ("DesignObservationalModel", "DesignTimePerspective") and len(found[name]) == 1:
                found[_name(inner, owner)] = found.pop(name)[0]
        elif key == "LimitationsAndCaveatsDescription" and owner == "MoreInfoModule":
            found["limitationsAndCaveats"] = {"description": value}
            places[f"{pointer}/limitationsAndCaveats"] = where
        else:
            name = _free(_name(key, owner), found)
            places[f"{pointer}/{name}"] = where
            found[name] = _value(value, key, name, f"{pointer}/{name}", where, places, owner)
    return found


def _value(value: Any, key: str, name: str, pointer: str, place: str, places: dict[str, str], owner: str = "") -> Any:
    places[pointer] = place
    if isinstance(value, dict):
        return _mapping(value, key, pointer, place, places)
    if not isinstance(value, str):
        return value
    if name in _TRUTH and value in ("Yes", "No"):
        return value == "Yes"
    if name == "date" or name.endswith("Date"):
        return day(value)
    coded = (name in _CODED and owner not in ("OutcomeAnalysis", "Reference")) or name == "ciNumSides"
    return code(value) if coded or (owner == "Reference" and name == "type") or name == "nonInferiorityType" else value


def _list_name(inner: str) -> str:
    if inner in _LISTS:
        return _LISTS[inner]
    if inner.endswith("DenomCount"):
        return "counts"
    for owner in _OWNERS:
        if inner.startswith(owner) and inner != owner:
            return f"{_lower(inner[len(owner) :])}s"
    return f"{_lower(inner)}s"


def _name(key: str, owner: str) -> str:
    """Return the name of a key in version 2: without the name of its parent."""
    if key == "Gender":
        return "sex"
    prefix = _PREFIXES.get(owner) or re.sub("(Info|Struct)$", "", owner)
    if key == "DesignMaskingInfo":
        return "maskingInfo"
    rest = key.removeprefix(prefix) if prefix else key
    if rest:
        return _lower(rest)
    return next((one for one in ("id", "date") if prefix.lower().endswith(one)), _lower(key))


def _lower(name: str) -> str:
    """Return a name that begins in lower case: `pValue` for `PValue`, and `ciPctValue` for `CIPctValue`."""
    start = re.match("[A-Z]+", name)
    if start is None:
        return name
    upper = len(start[0])
    small = upper if upper in (1, len(name)) else upper - 1
    return name[:small].lower() + name[small:]


def _free(name: str, taken: dict[str, Any]) -> str:
    """Return a free name, so that no value overwrites another."""
    return name if name not in taken else _free(f"{name}'", taken)
