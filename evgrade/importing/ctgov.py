"""A study of ClinicalTrials.gov as its API, version 2, has it: the trial, its record and the papers it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from evgrade.importing.content import Content
from evgrade.importing.ctgov_results import add_results
from evgrade.importing.found import Reader, Record
from evgrade.importing.tree import count, items, text, texts, within

_STATUS = {
    "ENROLLING_BY_INVITATION": "recruiting",
    "ACTIVE_NOT_RECRUITING": "active",
    "UNKNOWN": "unclear",
} | {
    one.upper(): one
    for one in ("completed", "not_yet_recruiting", "recruiting", "suspended", "terminated", "withdrawn")
}
_PHASES = {
    ("NA",): "na",
    ("EARLY_PHASE1",): "early_phase1",
    ("PHASE1",): "phase1",
    ("PHASE1", "PHASE2"): "phase1_phase2",
    ("PHASE2",): "phase2",
    ("PHASE2", "PHASE3"): "phase2_phase3",
    ("PHASE3",): "phase3",
    ("PHASE4",): "phase4",
}
_ALLOCATION = {"RANDOMIZED": "randomized", "NON_RANDOMIZED": "non_randomized", "NA": "na"}
_MODELS = {one.upper(): one for one in ("single_group", "parallel", "crossover", "factorial", "sequential")}
_MASKING = {one.upper(): one for one in ("none", "single", "double", "triple", "quadruple")}
_PARTIES = {one.upper(): one for one in ("participant", "care_provider", "investigator", "outcomes_assessor")}
_ROLES = {
    one.upper(): one
    for one in (
        "experimental",
        "active_comparator",
        "placebo_comparator",
        "sham_comparator",
        "no_intervention",
        "other",
    )
}
_CONTROLS = {
    "PLACEBO_COMPARATOR": "placebo",
    "SHAM_COMPARATOR": "sham",
    "ACTIVE_COMPARATOR": "active",
    "NO_INTERVENTION": "no_treatment",
}
_OBSERVED = {"COHORT": "cohort", "CASE_CONTROL": "case_control"}
_DATE = re.compile("[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
_UNKNOWN_ENROLMENT = 99_999_999
_OTHER_REGISTRIES = re.compile(r"ISRCTN[0-9]{8}|20[0-9]{2}-[0-9]{6}-[0-9]{2}(-[0-9]{2})?")


def _studies(content: Content) -> list[tuple[str, dict[str, Any]]]:
    """Return the studies in a file, each with its JSON pointer; none if it is of another format."""
    if content.start[:1] not in ("{", "["):
        return []
    data = content.json
    listed = data.get("studies") if isinstance(data, dict) and "protocolSection" not in data else data
    start = "#/studies" if isinstance(data, dict) else "#"
    if isinstance(listed, dict):
        return [("#", listed)] if isinstance(listed.get("protocolSection"), dict) else []
    if isinstance(listed, list) and all(isinstance(one, dict) and "protocolSection" in one for one in listed):
        return [(f"{start}/{number}", one) for number, one in enumerate(listed)]
    return []


def _records(content: Content) -> Iterator[Record]:
    for place, one in _studies(content):
        yield study(one, content.name, place)


READER = Reader(
    "the JSON of ClinicalTrials.gov's API, version 2: a study, a search result, a download, or a zip of them",
    lambda content: bool(_studies(content)),
    _records,
)


def study(data: dict[str, Any], source: str, place: str) -> Record:
    """Return the entries of one study."""
    protocol = within(data, "protocolSection")
    number = text(protocol, "identificationModule", "nctId").upper()
    record = Record(source, place, number or "a study without a number")
    if not re.fullmatch("NCT[0-9]{8}", number):
        record.note("/protocolSection/identificationModule/nctId", "not an NCT number: the study was not taken")
        return record
    record.aliases = tuple(texts(protocol, "identificationModule", "nctIdAliases"))
    kind = text(protocol, "designModule", "studyType")
    own = f"ctgov-{number.lower()}"
    refs = [own, *_papers(protocol, record)]
    record.entries.setdefault("references", []).insert(0, _own_reference(protocol, number, own))
    if kind == "INTERVENTIONAL":
        trial = _trial(protocol, number, record) | {"refs": refs}
        add_results(data, trial, record)
        record.add("trials", trial)
        return record
    if within(data, "resultsSection"):
        record.note("/resultsSection", "results are read from interventional studies only")
    entry: dict[str, Any] = {"id": number.lower(), "statement": _statement(protocol, number)}
    if kind == "OBSERVATIONAL":
        record.add("observational", entry | _observed(within(protocol, "designModule"), record) | {"refs": refs})
    elif kind == "EXPANDED_ACCESS":
        record.add(
            "cases", {"id": entry["id"], "kind": "expanded_access", "statement": entry["statement"], "refs": refs}
        )
    else:
        record.note("/protocolSection/designModule/studyType", f"`{kind[:40]}` is not a type of study: not taken")
        del record.entries["references"]
    return record


def _observed(design: Any, record: Record) -> dict[str, Any]:
    """Return the design of a study that only observed."""
    info, found = within(design, "designInfo"), dict[str, Any]()
    model, time = text(info, "observationalModel"), text(info, "timePerspective")
    if model in _OBSERVED:
        found["design"] = _OBSERVED[model]
    elif model:
        place = "/protocolSection/designModule/designInfo/observationalModel"
        record.note(place, f"`{model[:60]}` has no counterpart in a dossier")
    if time in ("PROSPECTIVE", "RETROSPECTIVE"):
        found["prospective"] = time == "PROSPECTIVE"
    _enrolment(design, found, record)
    if found.pop("planned_participants", None) is not None:
        record.note("/protocolSection/designModule/enrollmentInfo", "an estimated number of people: not taken")
    return found


def _trial(protocol: Any, number: str, record: Record) -> dict[str, Any]:
    design = within(protocol, "designModule")
    info = within(design, "designInfo")
    title = text(protocol, "identificationModule", "officialTitle") or text(
        protocol, "identificationModule", "briefTitle"
    )
    trial: dict[str, Any] = {"id": number.lower()}
    found = {
        "title": title,
        "statement": _statement(protocol, number),
        "registry": _numbers(protocol, number, record),
        "status": _known(_STATUS, protocol, ("statusModule", "overallStatus"), record),
        "started": _date(protocol, ("statusModule", "startDateStruct"), record),
        "ended": _date(protocol, ("statusModule", "completionDateStruct"), record),
        "why_stopped_reason": text(protocol, "statusModule", "whyStopped"),
        "phase": _phase(design, record),
        "allocation": _known(_ALLOCATION, protocol, ("designModule", "designInfo", "allocation"), record),
        "intervention_model": _known(_MODELS, protocol, ("designModule", "designInfo", "interventionModel"), record),
        "masking": _known(_MASKING, protocol, ("designModule", "designInfo", "maskingInfo", "masking"), record),
    }
    trial |= {key: value for key, value in found.items() if value}
    masked = texts(info, "maskingInfo", "whoMasked")
    if masked and all(one in _PARTIES for one in masked):
        trial["masked_parties"] = list(dict.fromkeys(_PARTIES[one] for one in masked))
        trial["assessor_masked"] = "OUTCOMES_ASSESSOR" in masked
    elif trial.get("masking") == "none":
        trial |= {"masked_parties": [], "assessor_masked": False}
    _arms(protocol, trial, record)
    _enrolment(design, trial, record)
    outcomes = [text(one, "measure") for _, one in items(protocol, "outcomesModule", "primaryOutcomes")]
    if any(outcomes):
        trial["primary_outcome"] = "; ".join(filter(None, outcomes))[:20_000]
    sponsor = text(protocol, "sponsorCollaboratorsModule", "leadSponsor", "name")
    if sponsor:
        trial["sponsor"] = sponsor
    return trial


def _known(words: dict[str, str], protocol: Any, keys: tuple[str, ...], record: Record) -> str:
    value = text(protocol, *keys)
    if value and value not in words:
        record.note("/protocolSection/" + "/".join(keys), f"`{value[:60]}` has no counterpart in a dossier")
    return words.get(value, "")


def _phase(design: Any, record: Record) -> str:
    phases = tuple(texts(design, "phases"))
    if phases and phases not in _PHASES:
        record.note("/protocolSection/designModule/phases", f"{', '.join(phases)[:80]} is not a phase of a dossier")
    return _PHASES.get(phases, "")


def _date(protocol: Any, keys: tuple[str, ...], record: Record) -> str:
    """Return a date that has come; one that is expected says nothing yet."""
    value, kind = text(protocol, *keys, "date"), text(protocol, *keys, "type")
    if value and (kind == "ESTIMATED" or not _DATE.fullmatch(value)):
        said = "an estimate" if kind == "ESTIMATED" else "not a date"
        record.note("/protocolSection/" + "/".join((*keys, "date")), f"`{value[:40]}` is {said}: not taken")
        return ""
    return value


def _numbers(protocol: Any, number: str, record: Record) -> list[str]:
    found = [number, *(one.upper() for one in record.aliases)]
    for at, one in items(protocol, "identificationModule", "secondaryIdInfos"):
        other = text(one, "id")
        if _OTHER_REGISTRIES.fullmatch(other):
            found.append(other)
        else:
            record.note(
                f"/protocolSection/identificationModule/secondaryIdInfos/{at}",
                f"`{other[:60]}` is not a registry number",
            )
    return [one for one in dict.fromkeys(found) if re.fullmatch(r"\S{1,64}", one)]


def _arms(protocol: Any, trial: dict[str, Any], record: Record) -> None:
    arms: list[dict[str, str]] = []
    kinds: list[str] = []
    for at, one in items(protocol, "armsInterventionsModule", "armGroups"):
        name, kind = text(one, "label"), text(one, "type")
        if not name or name in (arm["name"] for arm in arms):
            record.note(f"/protocolSection/armsInterventionsModule/armGroups/{at}", "an arm without a name of its own")
            continue
        arms.append({"name": name} | ({"role": _ROLES[kind]} if kind in _ROLES else {}))
        kinds.append(kind)
    if arms:
        trial["arms"] = arms
    controls = {_CONTROLS[one] for one in kinds if one in _CONTROLS}
    if len(controls) == 1:
        trial["control"] = controls.pop()
    elif len(arms) == 1 and not controls:
        trial["control"] = "none"


def _enrolment(design: Any, trial: dict[str, Any], record: Record) -> None:
    people, kind = count(design, "enrollmentInfo", "count"), text(design, "enrollmentInfo", "type")
    if people is None:
        return
    if people == _UNKNOWN_ENROLMENT or kind not in ("ACTUAL", "ESTIMATED"):
        record.note(
            "/protocolSection/designModule/enrollmentInfo", f"{people} people, {kind or 'of no type'}: not taken"
        )
    else:
        trial["participants" if kind == "ACTUAL" else "planned_participants"] = people


def _statement(protocol: Any, number: str) -> str:
    """Return a neutral sentence of registered facts, for a reviewer to replace."""
    drugs = [text(one, "name") for _, one in items(protocol, "armsInterventionsModule", "interventions")]
    conditions = texts(protocol, "conditionsModule", "conditions")
    given = f" of {', '.join(filter(None, drugs))}" if any(drugs) else ""
    whom = f" in {', '.join(conditions)}" if conditions else ""
    return f"Registered as {number}: a study{given}{whom}."[:20_000]


def _papers(protocol: Any, record: Record) -> list[str]:
    """Add the papers that report the study, and return their ids; papers of its background are no evidence of it."""
    ids: list[str] = []
    for at, one in items(protocol, "referencesModule", "references"):
        pmid, kind = text(one, "pmid"), text(one, "type")
        if kind not in ("RESULT", "DERIVED") or not re.fullmatch("[1-9][0-9]{0,8}", pmid):
            said = "no PubMed number" if kind in ("RESULT", "DERIVED") else f"a reference of type {kind or 'none'}"
            record.note(f"/protocolSection/referencesModule/references/{at}", f"{said}: not taken")
            continue
        if f"pmid-{pmid}" in ids:
            continue
        ids.append(f"pmid-{pmid}")
        entry: dict[str, Any] = {"id": ids[-1], "pmid": int(pmid)}
        if isinstance(one.get("retractions"), list) and one["retractions"]:
            entry["retraction"] = "retracted"
        if text(one, "citation"):
            entry["notes"] = f"As ClinicalTrials.gov cites it: {text(one, 'citation')}"[:20_000]
        record.add("references", entry)
    return ids


def _own_reference(protocol: Any, number: str, own: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": own, "type": "dataset"}
    title = text(protocol, "identificationModule", "briefTitle")
    updated = text(protocol, "statusModule", "lastUpdatePostDateStruct", "date")
    entry |= {"title": title} if title else {}
    entry |= {"container_title": "ClinicalTrials.gov"}
    entry |= {"issued": updated} if _DATE.fullmatch(updated) else {}
    return entry | {
        "publisher": "US National Library of Medicine",
        "url": f"https://clinicaltrials.gov/study/{number}",
    }
