"""The retired XML of ClinicalTrials.gov, translated into the JSON of version 2 of its API, which is then read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from evgrade.importing.content import Content
from evgrade.importing.ctgov.study import study
from evgrade.importing.ctgov.words import code, day, design, masking, phases
from evgrade.importing.found import Reader, Record
from evgrade.importing.tree import Element

Data = dict[str, Any]
Fields = Mapping[str, str | tuple[str, "Callable[[str], Any] | Fields"]]
"""By the path of an element, its place in version 2: with how its words change, or with the fields of each of a list.

`@name` is an attribute, `.` the text of the element itself, and `*` after a place a list of texts.
"""


def _yes(words: str) -> Any:
    return words == "Yes" if words in ("Yes", "No", "Accepts Healthy Volunteers") else words


def _age(words: str) -> str:
    return "" if code(words) == "NA" else words


_OUTCOME_REGISTERED: Fields = {"measure": "measure", "description": "description", "time_frame": "timeFrame"}
_PROTOCOL: Fields = {
    "id_info/nct_id": "identificationModule/nctId",
    "id_info/nct_alias": "identificationModule/nctIdAliases*",
    "id_info/org_study_id": "identificationModule/orgStudyIdInfo/id",
    "brief_title": "identificationModule/briefTitle",
    "official_title": "identificationModule/officialTitle",
    "acronym": "identificationModule/acronym",
    "overall_status": ("statusModule/overallStatus", code),
    "why_stopped": "statusModule/whyStopped",
    "verification_date": ("statusModule/statusVerifiedDate", day),
    "sponsors/lead_sponsor/agency": "sponsorCollaboratorsModule/leadSponsor/name",
    "sponsors/lead_sponsor/agency_class": ("sponsorCollaboratorsModule/leadSponsor/class", code),
    "brief_summary": "descriptionModule/briefSummary",
    "detailed_description": "descriptionModule/detailedDescription",
    "condition": "conditionsModule/conditions*",
    "keyword": "conditionsModule/keywords*",
    "study_design_info/allocation": ("designModule/designInfo/allocation", code),
    "study_design_info/intervention_model": ("designModule/designInfo/interventionModel", code),
    "study_design_info/primary_purpose": ("designModule/designInfo/primaryPurpose", code),
    "study_design_info/observational_model": ("designModule/designInfo/observationalModel", code),
    "study_design_info/time_perspective": ("designModule/designInfo/timePerspective", code),
    "study_design_info/masking_description": "designModule/designInfo/maskingInfo/maskingDescription",
    "eligibility/criteria": "eligibilityModule/eligibilityCriteria",
    "eligibility/study_pop": "eligibilityModule/studyPopulation",
    "eligibility/gender": ("eligibilityModule/sex", code),
    "eligibility/minimum_age": ("eligibilityModule/minimumAge", _age),
    "eligibility/maximum_age": ("eligibilityModule/maximumAge", _age),
    "eligibility/healthy_volunteers": ("eligibilityModule/healthyVolunteers", _yes),
    "sponsors/collaborator": (
        "sponsorCollaboratorsModule/collaborators",
        {"agency": "name", "agency_class": ("class", code)},
    ),
    "arm_group": (
        "armsInterventionsModule/armGroups",
        {"arm_group_label": "label", "arm_group_type": ("type", code), "description": "description"},
    ),
    "intervention": (
        "armsInterventionsModule/interventions",
        {
            "intervention_type": ("type", code),
            "intervention_name": "name",
            "description": "description",
            "arm_group_label": "armGroupLabels*",
            "other_name": "otherNames*",
        },
    ),
    "primary_outcome": ("outcomesModule/primaryOutcomes", _OUTCOME_REGISTERED),
    "secondary_outcome": ("outcomesModule/secondaryOutcomes", _OUTCOME_REGISTERED),
    "other_outcome": ("outcomesModule/otherOutcomes", _OUTCOME_REGISTERED),
    "location": (
        "contactsLocationsModule/locations",
        {"facility/name": "facility", "facility/address/city": "city", "facility/address/country": "country"},
    ),
    "link": ("referencesModule/seeAlsoLinks", {"url": "url", "description": "label"}),
    "id_info/secondary_id": ("identificationModule/secondaryIdInfos", {".": "id"}),
}
_DATES = {
    "start_date": "start",
    "completion_date": "completion",
    "last_update_posted": "lastUpdatePost",
    "primary_completion_date": "primaryCompletion",
    "results_first_posted": "resultsFirstPost",
}

_GROUP: Fields = {"@group_id": "id", "title": "title", "description": "description"}
_PEOPLE: Fields = {"@group_id": "groupId", "@count": "numSubjects", ".": "comment"}
_FLOW: Fields = {
    "recruitment_details": "recruitmentDetails",
    "pre_assignment_details": "preAssignmentDetails",
    "group_list/group": ("groups", _GROUP),
    "period_list/period": (
        "periods",
        {
            "title": "title",
            "milestone_list/milestone": (
                "milestones",
                {"title": "type", "participants_list/participants": ("achievements", _PEOPLE)},
            ),
            "drop_withdraw_reason_list/drop_withdraw_reason": (
                "dropWithdraws",
                {"title": "type", "participants_list/participants": ("reasons", _PEOPLE)},
            ),
        },
    ),
}
_NAMED: Fields = {"title": "title", "sub_title": "title"}
_DENOMINATORS: Fields = {
    "analyzed_list/analyzed": (
        "denoms",
        {
            "units": "units",
            "scope": "scope",
            "count_list/count": ("counts", {"@group_id": "groupId", "@value": "value"}),
        },
    )
}
_CATEGORIES: Fields = {
    "category_list/category": (
        "categories",
        {
            **_NAMED,
            "measurement_list/measurement": (
                "measurements",
                {
                    "@group_id": "groupId",
                    "@value": "value",
                    "@spread": "spread",
                    "@lower_limit": "lowerLimit",
                    "@upper_limit": "upperLimit",
                    ".": "comment",
                },
            ),
        },
    )
}
_CLASSES: Fields = {"class_list/class": ("classes", {**_NAMED, **_DENOMINATORS, **_CATEGORIES})}
_OUTCOME: Fields = {
    "type": ("type", code),
    "title": "title",
    "description": "description",
    "time_frame": "timeFrame",
    "population": "populationDescription",
    "posting_date": ("anticipatedPostingDate", day),
    "group_list/group": ("groups", _GROUP),
}
_MEASURE: Fields = {
    "param": ("paramType", code),
    "dispersion": "dispersionType",
    "units": "unitOfMeasure",
    "units_analyzed": "typeUnitsAnalyzed",
    **_DENOMINATORS,
}
_ANALYSES: Fields = {
    "analysis_list/analysis": (
        "analyses",
        {
            "group_id_list/group_id": "groupIds*",
            "groups_desc": "groupDescription",
            "non_inferiority_type": ("nonInferiorityType", code),
            "non_inferiority_desc": "nonInferiorityComment",
            "p_value": "pValue",
            "p_value_desc": "pValueComment",
            "method": "statisticalMethod",
            "method_desc": "statisticalComment",
            "param_type": "paramType",
            "param_value": "paramValue",
            "dispersion_type": "dispersionType",
            "dispersion_value": "dispersionValue",
            "ci_percent": "ciPctValue",
            "ci_n_sides": ("ciNumSides", code),
            "ci_lower_limit": "ciLowerLimit",
            "ci_upper_limit": "ciUpperLimit",
            "ci_lower_limit_na_comment": "ciLowerLimitComment",
            "ci_upper_limit_na_comment": "ciUpperLimitComment",
            "estimate_desc": "estimateComment",
            "other_analysis_desc": "otherAnalysisDescription",
        },
    )
}
_EVENTS: Fields = {"time_frame": "timeFrame", "desc": "description", "group_list/group": ("eventGroups", _GROUP)}
_EVENT: Fields = {
    "sub_title": "term",
    "assessment": ("assessmentType", code),
    "description": "notes",
    "counts": (
        "stats",
        {
            "@group_id": "groupId",
            "@subjects_affected": "numAffected",
            "@subjects_at_risk": "numAtRisk",
            "@events": "numEvents",
        },
    ),
}
_TOTALS = {"serious": "serious", "other": "other", "all-cause mortality": "deaths", "deaths": "deaths"}


class _Tree:
    """The tree of version 2 while it is made of elements: where each value is, and what has no place in it."""

    def __init__(self) -> None:
        self.data: Data = {}
        self.places: dict[str, str] = {}
        self._used: set[tuple[int, str]] = set()

    def fill(self, element: Element, target: Data, pointer: str, fields: Fields) -> Data:
        """Put what is in an element into a mapping, by a table of fields."""
        self.places.setdefault(pointer, element.place)
        for source, to in fields.items():
            path, change = (to, None) if isinstance(to, str) else to
            if source == ".":
                self._put(target, pointer, path, _own_text(element), element)
                self._used.add((id(element), ""))
            elif source.startswith("@"):
                if source[1:] in element.attributes:
                    self._used.add((id(element), source))
                    self._put(target, pointer, path, element.attributes[source[1:]], element)
            elif isinstance(change, Mapping):
                self._list(list(element.all(*source.split("/"))), target, pointer, path, change)
            else:
                found = list(element.all(*source.split("/")))
                for one in found if path.endswith("*") else found[:1]:
                    self.use(one)
                    self._put(target, pointer, path, one.text() if change is None else change(one.text()), one)
        return target

    def _list(self, found: list[Element], target: Data, pointer: str, path: str, fields: Fields) -> None:
        *parents, name = path.split("/")
        for one in parents:
            target, pointer = target.setdefault(one, {}), f"{pointer}/{one}"
        if found:
            self.places.setdefault(f"{pointer}/{name}", found[0].place)
            target[name] = [self.fill(one, {}, f"{pointer}/{name}/{at}", fields) for at, one in enumerate(found)]

    def use(self, element: Element) -> None:
        """Say that an element was translated with all that is in it."""
        self._used.add((id(element), "*"))

    def put(self, path: str, value: Any, element: Element) -> None:
        """Put a value at a place."""
        self.use(element)
        self._put(self.data, "", path, value, element)

    def _put(self, target: Data, pointer: str, path: str, value: Any, element: Element) -> None:
        if value is None or (isinstance(value, str) and not value.strip()):
            return
        *parents, key = path.removesuffix("*").split("/")
        for one in parents:
            target = target.setdefault(one, {})
            pointer = f"{pointer}/{one}"
            self.places.setdefault(pointer, element.place)
        if path.endswith("*"):
            target.setdefault(key, []).append(value)
            self.places[f"{pointer}/{key}/{len(target[key]) - 1}"] = element.place
        else:
            target[key] = value
        self.places.setdefault(f"{pointer}/{key}", element.place)

    def rest(self, element: Element) -> Any:
        """Return what is in an element and was not translated, to be noted."""
        return self._rest(element, f"/{element.tag}")

    def _rest(self, element: Element, pointer: str) -> Any:
        self.places[pointer] = element.place
        if (id(element), "*") in self._used:
            return None
        found: Data = {}
        for name, value in element.attributes.items():
            if (id(element), f"@{name}") not in self._used:
                found[f"@{name}"] = value
        inner: dict[str, list[Any]] = {}
        for one in element:
            own = inner.setdefault(one.tag, [])
            self.places.setdefault(f"{pointer}/{one.tag}", one.place)
            own.append(self._rest(one, f"{pointer}/{one.tag}/{len(own)}"))
        found |= {tag: parts for tag, parts in inner.items() if any(part not in (None, {}) for part in parts)}
        said = _own_text(element).strip()
        if said and (id(element), "") not in self._used:
            if not found:
                return said
            found["text"] = said
        return found


def _own_text(element: Element) -> str:
    return "".join(one for one in element.parts if isinstance(one, str))


def _studies(content: Content) -> Iterable[Element]:
    root = content.xml
    return [root] if root.tag == "clinical_study" else root.all("clinical_study")


def _recognizes(content: Content) -> bool:
    return content.start[:1] == "<" and "<clinical_study" in content.text[:65536]


def _records(content: Content) -> Iterator[Record]:
    for element in _studies(content):
        tree = _Tree()
        _protocol(element, tree)
        results = element.first("clinical_results")
        if results is not None:
            _results(results, tree)
        left = tree.rest(element)
        if left:
            tree.data["clinical_study"] = left
        yield study(tree.data, content.name, element.place, tree.places)


READER = Reader(_recognizes, _records)


def _protocol(element: Element, tree: _Tree) -> None:
    protocol = tree.data.setdefault("protocolSection", {})
    tree.fill(element, protocol, "/protocolSection", _PROTOCOL)
    design_module, info = "protocolSection/designModule", "protocolSection/designModule/designInfo"
    for tag, name in _DATES.items():
        if (one := element.first(tag)) is not None:
            path = f"protocolSection/statusModule/{name}DateStruct"
            tree.put(f"{path}/date", day(one.text()), one)
            tree.put(f"{path}/type", code(one.attributes.get("type", "")), one)
    if (one := element.first("enrollment")) is not None:
        tree.put(f"{design_module}/enrollmentInfo/count", one.text(), one)
        tree.put(f"{design_module}/enrollmentInfo/type", code(one.attributes.get("type", "")), one)
    if (one := element.first("study_type")) is not None:
        kind, bracket, _ = one.text().partition("[")
        tree.put(f"{design_module}/studyType", code(kind), one)
        tree.put(f"{design_module}/patientRegistry", True if bracket else None, one)
    if (one := element.first("phase")) is not None:
        tree.put(f"{design_module}/phases", phases(one.text()) if one.text() else None, one)
    if (one := element.first("study_design_info", "masking")) is not None:
        for key, value in masking(one.text()).items():
            tree.put(f"{info}/{key}", value, one)
    if (one := element.first("study_design")) is not None:
        found, others = design(one.text())
        other = "; ".join(f"{key}: {said}" for key, said in others.items())
        for key, value in (found | {"other": other}).items():
            tree.put(f"{info}/{key}", value, one)
    papers: list[Data] = protocol.setdefault("referencesModule", {}).setdefault("references", [])
    for tag, kind in (("reference", "BACKGROUND"), ("results_reference", "RESULT")):
        for one in element.all(tag):
            pointer = f"/protocolSection/referencesModule/references/{len(papers)}"
            papers.append(tree.fill(one, {"type": kind}, pointer, {"citation": "citation", "PMID": "pmid"}))
    for tag in ("condition_browse", "intervention_browse"):
        module = f"{tag.partition('_')[0]}BrowseModule"
        for one in element.all(tag, "mesh_term"):
            tree.use(one)
            meshes = tree.data.setdefault("derivedSection", {}).setdefault(module, {}).setdefault("meshes", [])
            tree.places[f"/derivedSection/{module}/meshes/{len(meshes)}"] = one.place
            meshes.append({"term": one.text()})


def _results(results: Element, tree: _Tree) -> None:
    section: Data = tree.data.setdefault("resultsSection", {})
    if (flow := results.first("participant_flow")) is not None:
        pointer = "/resultsSection/participantFlowModule"
        tree.fill(flow, section.setdefault("participantFlowModule", {}), pointer, _FLOW)
    measures: list[Data] = []
    for at, one in enumerate(results.all("outcome_list", "outcome")):
        pointer = f"/resultsSection/outcomeMeasuresModule/outcomeMeasures/{at}"
        measures.append(_outcome(one, pointer, tree))
    if measures:
        section["outcomeMeasuresModule"] = {"outcomeMeasures": measures}
    if (events := results.first("reported_events")) is not None:
        section["adverseEventsModule"] = _events(events, tree)
    if (limits := results.first("limitations_and_caveats")) is not None:
        tree.put("resultsSection/moreInfoModule/limitationsAndCaveats/description", limits.text(), limits)


def _outcome(outcome: Element, pointer: str, tree: _Tree) -> Data:
    found = tree.fill(outcome, {"reportingStatus": "POSTED"}, pointer, _OUTCOME)
    measure = outcome.first("measure")
    if measure is None:
        return found | {"reportingStatus": "NOT_POSTED"}
    for source, key in (("title", "title"), ("description", "description"), ("population", "populationDescription")):
        if (one := measure.first(source)) is not None and one.text() == found.get(key):
            tree.use(one)
    tree.fill(measure, found, pointer, _MEASURE)
    if found.get("paramType") == "NUMBER_OF_PARTICIPANTS":
        found["paramType"] = "COUNT_OF_PARTICIPANTS"
    tree.fill(measure, found, pointer, _CLASSES)
    if "classes" not in found and measure.first("category_list"):  # older records have no classes
        found["classes"] = [tree.fill(measure, {}, f"{pointer}/classes/0", _CATEGORIES)]
    return tree.fill(outcome, found, pointer, _ANALYSES)


def _events(events: Element, tree: _Tree) -> Data:
    pointer = "/resultsSection/adverseEventsModule"
    found = tree.fill(events, {}, pointer, _EVENTS)
    groups = {one.get("id"): one for one in found.get("eventGroups", ())}
    for tag, key in (("serious_events", "seriousEvents"), ("other_events", "otherEvents")):
        part = events.first(tag)
        if part is None:
            continue
        if key == "otherEvents":
            tree.fill(part, found, pointer, {"frequency_threshold": "frequencyThreshold"})
        rows: list[Data] = []
        for category in part.all("category_list", "category"):
            organ = category.text("title")
            for one in category.all("event_list", "event"):
                total = one.text("sub_title").casefold().removeprefix("total, ").removesuffix(" adverse events")
                if organ.casefold() == "total" and total in _TOTALS:
                    _total(one, _TOTALS[total], groups, tree)
                else:
                    rows.append(tree.fill(one, {"organSystem": organ}, f"{pointer}/{key}/{len(rows)}", _EVENT))
            if (title := category.first("title")) is not None:
                tree.use(title)
        if rows:
            found[key] = rows
    return found


def _total(event: Element, kind: str, groups: dict[Any, Data], tree: _Tree) -> None:
    """Put how many of each group had any event of a kind to the group, as version 2 has it."""
    tree.use(event)
    for one in event.all("counts"):
        group = groups.get(one.attributes.get("group_id"))
        for name, key in (("subjects_affected", "NumAffected"), ("subjects_at_risk", "NumAtRisk")):
            if group is not None and name in one.attributes:
                group[f"{kind}{key}"] = one.attributes[name]
