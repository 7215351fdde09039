"""A study in version 2 of the API of ClinicalTrials.gov: the trial, its record and the papers that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.importing.content import Content
from evgrade.importing.ctgov.part import Part, Reading, note_rest
from evgrade.importing.ctgov.results import add_results
from evgrade.importing.found import Entry, Reader, Record, stated
from evgrade.importing.tree import LONGEST
from evgrade.schema.store import is_partial_date


def _small(*words: str) -> dict[str, str]:
    """Return words of a dossier by the codes of the registry, which are the same words in capitals."""
    return {one.upper(): one for one in words}


_STATUS = {"ENROLLING_BY_INVITATION": "recruiting", "ACTIVE_NOT_RECRUITING": "active", "UNKNOWN": "unclear"} | _small(
    "completed", "not_yet_recruiting", "recruiting", "suspended", "terminated", "withdrawn"
)
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
_ALLOCATION = _small("randomized", "non_randomized", "na")
_MODELS = _small("single_group", "parallel", "crossover", "factorial", "sequential")
_MASKING = _small("none", "single", "double", "triple", "quadruple")
_PARTIES = _small("participant", "care_provider", "investigator", "outcomes_assessor")
_CONTROLS = {
    "PLACEBO_COMPARATOR": "placebo",
    "SHAM_COMPARATOR": "sham",
    "ACTIVE_COMPARATOR": "active",
    "NO_INTERVENTION": "no_treatment",
}
_ROLES = _small("experimental", "other", *map(str.lower, _CONTROLS))
_OBSERVED = {"COHORT": "cohort", "CASE_CONTROL": "case_control"}
_UNKNOWN_ENROLMENT = 99_999_999
_GRANTS = frozenset({"NIH", "FDA", "VA", "CDC", "AHRQ", "SAMHSA", "OTHER_GRANT"})
_OTHER_REGISTRIES = re.compile(
    r"ISRCTN[0-9]{8}|(?:EUCTR)?20[0-9]{2}-[0-9]{6}-[0-9]{2}(?:-[0-9]{2}|-[A-Z]{2})?|ACTRN[0-9]{14}p?|ChiCTR[0-9A-Z-]{6,20}"
    r"|DRKS[0-9]{8}|UMIN[0-9]{9}|JPRN-[A-Za-z0-9-]{6,24}|jRCT[a-z]?[0-9]{9,10}|CTRI/[0-9]{4}/[0-9]{2,3}/[0-9]{6}"
    r"|IRCT[0-9A-Z]{10,22}|PACTR[0-9]{15,16}|KCT[0-9]{7}|RBR-[0-9a-z]{6,7}|SLCTR/[0-9]{4}/[0-9]{3}|TCTR[0-9]{11}|NTR[0-9]{2,5}"
)


def _studies(content: Content) -> list[tuple[str, dict[str, Any]]]:
    """Return the studies in a file, each with its JSON pointer; none if the format is another."""
    data = content.json_or_none
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


READER = Reader(lambda content: bool(_studies(content)), _records)


def study(data: dict[str, Any], source: str, place: str, places: Mapping[str, str] | None = None) -> Record:
    """Return the entries of one study.

    Args:
        data: the study in the form of version 2 of the API.
        source: the file.
        place: the place of the study in it.
        places: the places of its values in a file of another format, by their pointers in `data`.
    """
    record = Record(source, place, "a study without a number")
    whole = Part(data, "", Reading(record, places))
    protocol = whole.at("protocolSection")
    identification = protocol.at("identificationModule")
    number = identification.text("nctId").upper()
    if not re.fullmatch("NCT[0-9]{8}", number):
        identification.note("not an NCT number: the study was not taken", "nctId")
        return record
    identification.taken("nctId")
    record.name = number
    record.aliases = tuple(identification.texts("nctIdAliases"))
    kind = protocol.at("designModule").take("studyType")
    own = f"ctgov-{number.lower()}"
    reference = _own_reference(protocol, number, own)
    found = _papers(protocol.at("referencesModule"))
    entry: dict[str, Any] = {"id": number.lower()}
    refs = [own, *(one["id"] for one in found if "retraction" not in one)]
    results = whole.at("resultsSection")
    if kind == "INTERVENTIONAL":
        section, entry = "trials", _trial(protocol, number, record)
        add_results(results, entry, with_harms=True)
    elif kind == "OBSERVATIONAL":
        section, entry = "observational", entry | _observed(protocol, number)
        add_results(results, entry, with_harms=False)
    elif kind == "EXPANDED_ACCESS":
        section, entry = (
            "cases",
            entry | {"kind": "expanded_access", "statement": _statement(protocol, number, "use outside a trial")},
        )
        entry |= stated(source=protocol.at("sponsorCollaboratorsModule", "leadSponsor").take("name"))
        if results.data:
            results.note("results of expanded access have no field in a dossier")
    else:
        protocol.at("designModule").note(f"`{kind[:40]}` is not a type of study: not taken", "studyType")
        return record
    for one in (reference, *found):
        record.add("references", one)
    record.add(section, entry | {"refs": refs})
    if whole.data.get("hasResults") is bool(results.data):
        whole.taken("hasResults")
    _offer_codes(whole.at("derivedSection"))
    note_rest(whole)
    return record


def _observed(protocol: Part, number: str) -> dict[str, Any]:
    """Return an observational study."""
    design, info = protocol.at("designModule"), protocol.at("designModule", "designInfo")
    title = _title(protocol)
    said = _statement(protocol, number, "observational study")
    said = f"{said[:-1]}: {title.rstrip('.')}." if title else said
    found: dict[str, Any] = {"statement": said[:LONGEST]}
    model, time = info.text("observationalModel"), info.text("timePerspective")
    if model in _OBSERVED:
        found["design"] = _OBSERVED[model]
        info.taken("observationalModel")
    elif time == "CROSS_SECTIONAL":
        found["design"] = "cross_sectional"
        info.taken("timePerspective")
    if model and model not in _OBSERVED:
        info.note(f"`{model[:60]}` has no counterpart in a dossier", "observationalModel")
    if time in ("PROSPECTIVE", "RETROSPECTIVE"):
        found["prospective"] = time == "PROSPECTIVE"
        info.taken("timePerspective")
    _enrolment(design, found)
    if found.pop("planned_participants", None) is not None:
        design.note("an estimated enrolment: not taken", "enrollmentInfo")
    return found | stated(funding=_sponsors(protocol))


def _trial(protocol: Part, number: str, record: Record) -> dict[str, Any]:
    design, info = protocol.at("designModule"), protocol.at("designModule", "designInfo")
    status, masking = protocol.at("statusModule"), info.at("maskingInfo")
    trial: dict[str, Any] = {"id": number.lower()}
    found = {
        "title": _title(protocol),
        "statement": "",
        "registry": _numbers(protocol.at("identificationModule"), number, record),
        "status": _known(_STATUS, status, "overallStatus"),
        "started": _date(status.at("startDateStruct")),
        "ended": _date(status.at("completionDateStruct")),
        "why_stopped_reason": status.take("whyStopped"),
        "phase": _phase(design),
        "allocation": _known(_ALLOCATION, info, "allocation"),
        "intervention_model": _known(_MODELS, info, "interventionModel"),
        "masking": _known(_MASKING, masking, "masking"),
        "population": _eligible(protocol),
        "setting": _places(protocol.at("contactsLocationsModule")),
    }
    found["statement"] = _statement(protocol, number, _design_in_words(found))
    trial |= stated(**found)
    masked = masking.texts("whoMasked")
    if masked and all(one in _PARTIES for one in masked):
        trial["masked_parties"] = list(dict.fromkeys(_PARTIES[one] for one in masked))
        trial["assessor_masked"] = "OUTCOMES_ASSESSOR" in masked
        masking.taken("whoMasked")
    elif masked:
        masking.note(f"`{', '.join(masked)[:80]}`: not all have a counterpart in a dossier", "whoMasked")
    elif trial.get("masking") == "none":
        trial |= {"masked_parties": [], "assessor_masked": False}
    _arms(protocol.at("armsInterventionsModule"), trial)
    _enrolment(design, trial)
    outcomes = [one.take("measure") for one in protocol.at("outcomesModule").items("primaryOutcomes")]
    outcomes = [one for one in outcomes if one]
    if outcomes:
        trial["primary_outcome"] = "; ".join(outcomes)[:LONGEST]
    if len(outcomes) > 1:
        trial["notes"] = f"The record names {len(outcomes)} primary outcomes."
    sponsor = protocol.at("sponsorCollaboratorsModule", "leadSponsor").take("name")
    if sponsor:
        trial["sponsor"] = sponsor
    if sponsor and protocol.at("sponsorCollaboratorsModule").items("collaborators"):
        trial["funding"] = _sponsors(protocol)
    return trial


def _title(protocol: Part) -> str:
    identification = protocol.at("identificationModule")
    return identification.take("officialTitle") or identification.take("briefTitle")


def _sponsors(protocol: Part) -> str:
    """Return the sponsor and collaborators of a study, who are not always its funders."""
    module = protocol.at("sponsorCollaboratorsModule")
    names = [name for one in module.items("collaborators") if (name := one.take("name"))]
    lead = module.at("leadSponsor").take("name")
    said = (f"Sponsor: {lead}" if lead else "", f"collaborators: {'; '.join(names)}" if names else "")
    return "; ".join(one for one in said if one)[:LONGEST]


def _eligible(protocol: Part) -> str:
    """Return the eligible population: condition, age and sex."""
    module, conditions = protocol.at("eligibilityModule"), protocol.at("conditionsModule")
    named = conditions.texts("conditions")
    conditions.taken(*(["conditions"] if named else []))
    youngest, oldest, sex = (module.take(key) for key in ("minimumAge", "maximumAge", "sex"))
    if not (youngest or oldest or sex):
        return f"Eligible: {', '.join(named)}"[:LONGEST] if named else ""
    ages = f"{youngest} to {oldest}" if youngest and oldest else f"{youngest} and older" if youngest else ""
    ages = ages or (f"up to {oldest}" if oldest else "")
    healthy = "healthy volunteers accepted" if module.data.get("healthyVolunteers") is True else ""
    module.taken(*(["healthyVolunteers"] if healthy else []))
    who = {"ALL": "all sexes", "FEMALE": "female", "MALE": "male"}.get(sex.upper(), sex)
    return f"Eligible: {'; '.join(filter(None, (', '.join(named), ages, who, healthy)))}"[:LONGEST]


def _places(module: Part) -> str:
    """Return the number of centres, by country."""
    countries: dict[str, int] = {}
    for one in module.items("locations"):
        if country := one.take("country"):
            countries[country] = countries.get(country, 0) + 1
    total = sum(countries.values())
    if len(countries) < 2:
        return f"{total} {'centre' if total == 1 else 'centres'} in {next(iter(countries))}" if countries else ""
    return f"{total} centres in {', '.join(f'{country} ({n})' for country, n in countries.items())}"[:LONGEST]


def _known(words: dict[str, str], part: Part, key: str) -> str:
    value = part.text(key)
    if value in words:
        part.taken(key)
    elif value:
        part.note(f"`{value[:60]}` has no counterpart in a dossier", key)
    return words.get(value, "")


def _phase(design: Part) -> str:
    phases = tuple(design.texts("phases"))
    if phases in _PHASES:
        design.taken("phases")
    elif phases:
        design.note(f"{', '.join(phases)[:80]} is not a phase of a dossier", "phases")
    return _PHASES.get(phases, "")


def _date(struct: Part) -> str:
    """Return an actual date, but not an estimated one."""
    value, kind = struct.text("date"), struct.text("type")
    if value and (kind not in ("ACTUAL", "") or not _is_date(value)):
        said = (
            f"{'an estimate' if kind == 'ESTIMATED' else f'of type `{kind[:20]}`'}"
            if kind != "ACTUAL"
            else "not a date"
        )
        struct.note(f"`{value[:40]}` is {said}: not taken")
        return ""
    struct.taken("date", "type")
    return value


def _numbers(identification: Part, number: str, record: Record) -> list[str]:
    found = [number, *(one.upper() for one in record.aliases)]
    identification.taken(*(["nctIdAliases"] if record.aliases else []))
    for one in identification.items("secondaryIdInfos"):
        other = one.text("id").removeprefix("EudraCT").lstrip(":# ")
        if _OTHER_REGISTRIES.fullmatch(other) and one.text("type") not in _GRANTS:
            found.append(other)
            one.taken("id", "type")
        else:
            one.note(f"`{other[:60]}` is not a registry number")
    return [one for one in dict.fromkeys(found) if re.fullmatch(r"[!-~]{1,64}", one)]


def _arms(module: Part, trial: dict[str, Any]) -> None:
    arms: dict[str, dict[str, str]] = {}
    kinds: list[str] = []
    for one in module.items("armGroups"):
        name, kind = one.text("label"), one.text("type")
        if not name or name in arms:
            one.note("an arm without its own name")
            continue
        one.taken("label", *(["type"] if kind in _ROLES else []))
        arms[name] = stated(name=name, role=_ROLES.get(kind))
        kinds.append(kind)
    if arms:
        trial["arms"] = list(arms.values())
    controls = {_CONTROLS[one] for one in kinds if one in _CONTROLS}
    if len(controls) == 1:
        trial["control"] = controls.pop()
    elif len(arms) == 1 and not controls:
        trial["control"] = "none"


def _enrolment(design: Part, trial: dict[str, Any]) -> None:
    info = design.at("enrollmentInfo")
    people, kind = info.count("count"), info.text("type")
    if people is None:
        return
    if people == _UNKNOWN_ENROLMENT or kind not in ("ACTUAL", "ESTIMATED"):
        info.note(f"{people} participants, {kind[:20] or 'actual or estimated'}: not taken")
    else:
        info.taken("count", "type")
        trial["participants" if kind == "ACTUAL" else "planned_participants"] = people


def _statement(protocol: Part, number: str, kind: str) -> str:
    """Return a neutral sentence made of registered facts, for a reviewer to replace."""
    given = [one.take("name") for one in protocol.at("armsInterventionsModule").items("interventions")]
    module = protocol.at("conditionsModule")
    conditions = module.texts("conditions")
    module.taken(*(["conditions"] if conditions else []))
    of = f" of {', '.join(one for one in given if one)}" if any(given) else ""
    whom = f" in {', '.join(conditions)}" if conditions else ""
    return f"Registered as {number}: a{'n' if kind[:1] in 'aeio' else ''} {kind}{of}{whom}."[:LONGEST]


def _design_in_words(trial: Mapping[str, Any]) -> str:
    """Return the design of a trial in words: phase 3 randomized parallel trial."""
    phase = str(trial.get("phase", "na")).replace("phase", "phase ").replace("_", "/").replace("early/", "early ")
    words = {
        "phase": "" if phase == "na" else phase.replace("/phase ", "/"),
        "allocation": {"randomized": "randomized", "non_randomized": "non-randomized"}.get(trial.get("allocation", "")),
        "model": {"single_group": "single-group"}.get(
            trial.get("intervention_model", ""), trial.get("intervention_model")
        ),
    }
    return " ".join([*(one for one in words.values() if one), "trial"])


def _offer_codes(derived: Part) -> None:
    """Offer the MeSH codes of conditions and interventions, of which the registry often assigns several."""
    for module, name in (("conditionBrowseModule", "condition"), ("interventionBrowseModule", "therapy")):
        part = derived.at(module)
        found = [f"{one.text('id')} ({one.text('term')})" for one in part.items("meshes") if one.text("id")]
        if found:
            shown = ", ".join(found[:5]) + (" \N{HORIZONTAL ELLIPSIS}" if len(found) > 5 else "")
            part.note(
                f"MeSH has {shown[:300]}: if it is that of the dossier, write it as `{name}.codes.mesh`", "meshes"
            )


# Papers

_DOI = re.compile(r"\bdoi:? ?(?:https?://(?:dx\.)?doi\.org/)?(10\.[0-9]{4,9}/[!-~]{1,200}?)\.?(?= |$)", re.IGNORECASE)


def _is_date(said: str) -> bool:
    """Whether a text is a year, a month or a day, written as in a dossier."""
    return re.fullmatch("[1-9][0-9]{3}(-[0-9]{2}){0,2}", said) is not None and is_partial_date(said)


def _papers(module: Part) -> list[Entry]:
    """Return the papers that report the study, but not those about its background."""
    found: dict[str, Entry] = {}
    dois: set[str] = set()
    for one in module.items("references"):
        pmid, kind, said = str(one.data.get("pmid") or "").strip(), one.text("type"), one.text("citation")
        doi = _DOI.search(said)
        retracted = bool(one.data.get("retractions"))
        shown = f"{' (retracted)' if retracted else ''}{f': {said[:80]}' if said else ''}"
        if kind not in ("RESULT", "DERIVED"):
            one.note(f"a reference of type {kind[:20] or 'none'}{shown}: not evidence of this study")
            continue
        if re.fullmatch("[1-9][0-9]{0,8}", pmid):
            entry: Entry = {"id": f"pmid-{pmid}", "pmid": int(pmid)}
        elif doi:
            entry = {"id": f"doi-{re.sub('[^a-z0-9]+', '-', doi[1].casefold()).strip('-')}"[:64].rstrip("-")}
        else:
            one.note(f"no PubMed number and no DOI{shown}: not taken")
            continue
        if entry["id"] in found:
            one.note(f"`{entry['id']}` is cited above")
            continue
        if doi and doi[1].casefold() not in dois:
            entry["doi"] = doi[1]
            dois.add(doi[1].casefold())
        notes = f"As ClinicalTrials.gov cites it: {said}" if said else ""
        if retracted:
            entry["retraction"] = "retracted"
            wording = [
                f"{other.text('source')} PMID {other.text('pmid')}".strip() for other in one.items("retractions")
            ]
            notes += f"{' ' if notes else ''}Retracted by: {'; '.join(wording)}." if wording else ""
            where = f"{one.pointer}/retractions"
            one.reading.note(where, f"`{entry['id']}` was retracted: the study does not cite it")
        one.taken(*("pmid", "type", "citation", "retractions"))
        found[entry["id"]] = entry | stated(notes=notes[:LONGEST])
    return list(found.values())


def _own_reference(protocol: Part, number: str, own: str) -> Entry:
    """Return the record as a reference, issued on the date of its last update."""
    title = protocol.at("identificationModule").take("briefTitle")
    struct = protocol.at("statusModule", "lastUpdatePostDateStruct")
    updated = struct.text("date")
    if _is_date(updated):
        struct.taken("date", "type")
    return stated(
        id=own,
        type="dataset",
        title=title,
        container_title="ClinicalTrials.gov",
        issued=updated if _is_date(updated) else None,
        publisher="US National Library of Medicine",
        url=f"https://clinicaltrials.gov/study/{number}",
    )
