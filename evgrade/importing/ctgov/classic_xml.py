"""The retired XML of ClinicalTrials.gov, translated into the JSON of version 2 of its API, which is then read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from evgrade.importing.content import Content
from evgrade.importing.ctgov.study import study
from evgrade.importing.ctgov.words import code, day, design, masking, phases
from evgrade.importing.found import Reader, Record
from evgrade.importing.tree import Element

Data = dict[str, Any]
Change = Callable[[str], Any]


def _same(words: str) -> Any:
    return words


def _yes(words: str) -> Any:
    return words == "Yes" if words in ("Yes", "No", "Accepts Healthy Volunteers") else words


_PROTOCOL: tuple[tuple[str, str, Change], ...] = (
    ("id_info/nct_id", "identificationModule/nctId", _same),
    ("id_info/nct_alias", "identificationModule/nctIdAliases*", _same),
    ("id_info/org_study_id", "identificationModule/orgStudyIdInfo/id", _same),
    ("brief_title", "identificationModule/briefTitle", _same),
    ("official_title", "identificationModule/officialTitle", _same),
    ("acronym", "identificationModule/acronym", _same),
    ("overall_status", "statusModule/overallStatus", code),
    ("why_stopped", "statusModule/whyStopped", _same),
    ("verification_date", "statusModule/statusVerifiedDate", day),
    ("sponsors/lead_sponsor/agency", "sponsorCollaboratorsModule/leadSponsor/name", _same),
    ("sponsors/lead_sponsor/agency_class", "sponsorCollaboratorsModule/leadSponsor/class", code),
    ("brief_summary", "descriptionModule/briefSummary", _same),
    ("detailed_description", "descriptionModule/detailedDescription", _same),
    ("condition", "conditionsModule/conditions*", _same),
    ("keyword", "conditionsModule/keywords*", _same),
    ("study_design_info/allocation", "designModule/designInfo/allocation", code),
    ("study_design_info/intervention_model", "designModule/designInfo/interventionModel", code),
    ("study_design_info/primary_purpose", "designModule/designInfo/primaryPurpose", code),
    ("study_design_info/observational_model", "designModule/designInfo/observationalModel", code),
    ("study_design_info/time_perspective", "designModule/designInfo/timePerspective", code),
    ("study_design_info/masking_description", "designModule/designInfo/maskingInfo/maskingDescription", _same),
    ("eligibility/criteria", "eligibilityModule/eligibilityCriteria", _same),
    ("eligibility/study_pop", "eligibilityModule/studyPopulation", _same),
    ("eligibility/gender", "eligibilityModule/sex", code),
    ("eligibility/minimum_age", "eligibilityModule/minimumAge", lambda age: "" if code(age) == "NA" else age),
    ("eligibility/maximum_age", "eligibilityModule/maximumAge", lambda age: "" if code(age) == "NA" else age),
    ("eligibility/healthy_volunteers", "eligibilityModule/healthyVolunteers", _yes),
)
"""Element, place in the protocol of version 2 (`*`: a list of texts), and how its words change."""

_PROTOCOL_LISTS: tuple[tuple[str, str, tuple[tuple[str, str, Change], ...]], ...] = (
    (
        "sponsors/collaborator",
        "sponsorCollaboratorsModule/collaborators",
        (("agency", "name", _same), ("agency_class", "class", code)),
    ),
    (
        "arm_group",
        "armsInterventionsModule/armGroups",
        (("arm_group_label", "label", _same), ("arm_group_type", "type", code), ("description", "description", _same)),
    ),
    (
        "intervention",
        "armsInterventionsModule/interventions",
        (
            ("intervention_type", "type", code),
            ("intervention_name", "name", _same),
            ("description", "description", _same),
            ("arm_group_label", "armGroupLabels*", _same),
            ("other_name", "otherNames*", _same),
        ),
    ),
    *(
        (
            f"{kind}_outcome",
            f"outcomesModule/{kind}Outcomes",
            (("measure", "measure", _same), ("description", "description", _same), ("time_frame", "timeFrame", _same)),
        )
        for kind in ("primary", "secondary", "other")
    ),
    (
        "location",
        "contactsLocationsModule/locations",
        (
            ("facility/name", "facility", _same),
            ("facility/address/city", "city", _same),
            ("facility/address/country", "country", _same),
        ),
    ),
    ("link", "referencesModule/seeAlsoLinks", (("url", "url", _same), ("description", "label", _same))),
)

_GROUP = (("@group_id", "id", _same), ("title", "title", _same), ("description", "description", _same))
_ANALYSIS = (
    ("group_id_list/group_id", "groupIds*", _same),
    ("groups_desc", "groupDescription", _same),
    ("non_inferiority_type", "nonInferiorityType", code),
    ("non_inferiority_desc", "nonInferiorityComment", _same),
    ("p_value", "pValue", _same),
    ("p_value_desc", "pValueComment", _same),
    ("method", "statisticalMethod", _same),
    ("method_desc", "statisticalComment", _same),
    ("param_type", "paramType", _same),
    ("param_value", "paramValue", _same),
    ("dispersion_type", "dispersionType", _same),
    ("dispersion_value", "dispersionValue", _same),
    ("ci_percent", "ciPctValue", _same),
    ("ci_n_sides", "ciNumSides", code),
    ("ci_lower_limit", "ciLowerLimit", _same),
    ("ci_upper_limit", "ciUpperLimit", _same),
    ("ci_lower_limit_na_comment", "ciLowerLimitComment", _same),
    ("ci_upper_limit_na_comment", "ciUpperLimitComment", _same),
    ("estimate_desc", "estimateComment", _same),
    ("other_analysis_desc", "otherAnalysisDescription", _same),
)
_MEASUREMENT = (
    ("@group_id", "groupId", _same),
    ("@value", "value", _same),
    ("@spread", "spread", _same),
    ("@lower_limit", "lowerLimit", _same),
    ("@upper_limit", "upperLimit", _same),
    (".", "comment", _same),
)
_COUNT = (("@group_id", "groupId", _same), ("@value", "value", _same))
_TOTALS = {"serious": "serious", "other": "other", "all-cause mortality": "deaths", "deaths": "deaths"}


class _Tree:
    """The tree of version 2 while it is made of elements: where each value is, and what has no place in it."""

    def __init__(self) -> None:
        self.data: Data = {}
        self.places: dict[str, str] = {}
        self._used: set[tuple[int, str]] = set()

    def fill(self, element: Element, target: Data, pointer: str, fields: Any) -> Data:
        """Put what is in an element into a mapping, by a table of fields."""
        self.places.setdefault(pointer, f":{element.line}")
        for source, path, change in fields:
            if source == ".":
                self._put(target, pointer, path, "".join(one for one in element.parts if isinstance(one, str)), element)
                self._used.add((id(element), ""))
                continue
            if source.startswith("@"):
                if source[1:] in element.attributes:
                    self._used.add((id(element), source))
                    self._put(target, pointer, path, element.attributes[source[1:]], element)
                continue
            found = list(element.all(*source.split("/")))
            for one in found if path.endswith("*") else found[:1]:
                self.use(one)
                self._put(target, pointer, path, change(one.text()), one)
        return target

    def list(self, elements: Iterator[Element], target: Data, pointer: str, name: str, fields: Any) -> list[Element]:
        """Put elements into a list of mappings."""
        found = list(elements)
        if found:
            self.places.setdefault(f"{pointer}/{name}", f":{found[0].line}")
            target[name] = [self.fill(one, {}, f"{pointer}/{name}/{at}", fields) for at, one in enumerate(found)]
        return found

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
            self.places.setdefault(pointer, f":{element.line}")
        if path.endswith("*"):
            target.setdefault(key, []).append(value)
            self.places[f"{pointer}/{key}/{len(target[key]) - 1}"] = f":{element.line}"
        else:
            target[key] = value
        self.places.setdefault(f"{pointer}/{key}", f":{element.line}")

    def rest(self, element: Element) -> Any:
        """Return what is in an element and was not translated, to be noted."""
        return self._rest(element, f"/{element.tag}")

    def _rest(self, element: Element, pointer: str) -> Any:
        self.places[pointer] = f":{element.line}"
        if (id(element), "*") in self._used:
            return None
        found: Data = {}
        for name, value in element.attributes.items():
            if (id(element), f"@{name}") not in self._used:
                found[f"@{name}"] = value
        inner: dict[str, list[Any]] = {}
        for one in element:
            own = inner.setdefault(one.tag, [])
            self.places.setdefault(f"{pointer}/{one.tag}", f":{one.line}")
            own.append(self._rest(one, f"{pointer}/{one.tag}/{len(own)}"))
        found |= {tag: parts for tag, parts in inner.items() if any(part not in (None, {}) for part in parts)}
        said = "".join(one for one in element.parts if isinstance(one, str)).strip()
        if said and (id(element), "") not in self._used:
            if not found:
                return said
            found["text"] = said
        return found


def _studies(content: Content) -> Iterator[Element]:
    root = content.xml
    if root.tag == "clinical_study":
        yield root
    else:
        yield from root.all("clinical_study")


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
        yield study(tree.data, content.name, f":{element.line}", tree.places)


READER = Reader(_recognizes, _records)


def _protocol(element: Element, tree: _Tree) -> None:
    protocol = tree.data.setdefault("protocolSection", {})
    tree.fill(element, protocol, "/protocolSection", _PROTOCOL)
    for source, path, fields in _PROTOCOL_LISTS:
        module, name = path.split("/")
        own = protocol.setdefault(module, {})
        tree.list(element.all(*source.split("/")), own, f"/protocolSection/{module}", name, fields)
    for tag, name in (
        ("start_date", "start"),
        ("completion_date", "completion"),
        ("last_update_posted", "lastUpdatePost"),
        ("primary_completion_date", "primaryCompletion"),
        ("results_first_posted", "resultsFirstPost"),
    ):
        if (one := element.first(tag)) is not None:
            path = f"protocolSection/statusModule/{name}DateStruct"
            tree.put(f"{path}/date", day(one.text()), one)
            tree.put(f"{path}/type", code(one.attributes.get("type", "")), one)
    if (one := element.first("enrollment")) is not None:
        tree.put("protocolSection/designModule/enrollmentInfo/count", one.text(), one)
        tree.put("protocolSection/designModule/enrollmentInfo/type", code(one.attributes.get("type", "")), one)
    if (one := element.first("study_type")) is not None:
        kind, bracket, _ = one.text().partition("[")
        tree.put("protocolSection/designModule/studyType", code(kind), one)
        tree.put("protocolSection/designModule/patientRegistry", True if bracket else None, one)
    if (one := element.first("phase")) is not None:
        tree.put("protocolSection/designModule/phases", phases(one.text()) if one.text() else None, one)
    if (one := element.first("study_design_info", "masking")) is not None:
        _masking(one.text(), one, tree)
    if (one := element.first("study_design")) is not None:
        info = "protocolSection/designModule/designInfo"
        parts = design(one.text())
        tree.use(one)
        for name, key in (
            ("allocation", "allocation"),
            ("intervention model", "interventionModel"),
            ("primary purpose", "primaryPurpose"),
            ("time perspective", "timePerspective"),
            ("observational model", "observationalModel"),
        ):
            if name in parts:
                tree.put(f"{info}/{key}", code(parts.pop(name)), one)
        _masking(parts.pop("masking", ""), one, tree)
        tree.put(f"{info}/other", "; ".join(f"{key}: {said}" for key, said in parts.items()), one)
    _numbers_and_papers(element, tree)
    for tag in ("condition_browse", "intervention_browse"):
        module = f"{tag.partition('_')[0]}BrowseModule"
        for one in element.all(tag, "mesh_term"):
            tree.use(one)
            meshes = tree.data.setdefault("derivedSection", {}).setdefault(module, {}).setdefault("meshes", [])
            tree.places[f"/derivedSection/{module}/meshes/{len(meshes)}"] = f":{one.line}"
            meshes.append({"term": one.text()})


def _masking(words: str, element: Element, tree: _Tree) -> None:
    how, who = masking(words)
    info = "protocolSection/designModule/designInfo/maskingInfo"
    tree.put(f"{info}/masking", how, element)
    tree.put(f"{info}/whoMasked", who or None, element)


def _numbers_and_papers(element: Element, tree: _Tree) -> None:
    protocol = tree.data["protocolSection"]
    numbers = protocol.setdefault("identificationModule", {})
    tree.list(
        element.all("id_info", "secondary_id"),
        numbers,
        "/protocolSection/identificationModule",
        "secondaryIdInfos",
        ((".", "id", _same),),
    )
    papers: list[Data] = protocol.setdefault("referencesModule", {}).setdefault("references", [])
    for tag, kind in (("reference", "BACKGROUND"), ("results_reference", "RESULT")):
        for one in element.all(tag):
            pointer = f"/protocolSection/referencesModule/references/{len(papers)}"
            fields = (("citation", "citation", _same), ("PMID", "pmid", _same))
            papers.append(tree.fill(one, {"type": kind}, pointer, fields))


def _results(results: Element, tree: _Tree) -> None:
    section: Data = tree.data.setdefault("resultsSection", {})
    if (flow := results.first("participant_flow")) is not None:
        _flow(flow, section.setdefault("participantFlowModule", {}), "/resultsSection/participantFlowModule", tree)
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


def _flow(flow: Element, target: Data, pointer: str, tree: _Tree) -> None:
    tree.fill(
        flow,
        target,
        pointer,
        (
            ("recruitment_details", "recruitmentDetails", _same),
            ("pre_assignment_details", "preAssignmentDetails", _same),
        ),
    )
    tree.list(flow.all("group_list", "group"), target, pointer, "groups", _GROUP)
    title = (("title", "title", _same),)
    for at, period in enumerate(tree.list(flow.all("period_list", "period"), target, pointer, "periods", title)):
        own, where = target["periods"][at], f"{pointer}/periods/{at}"
        for source, name, rows in (
            ("milestone_list/milestone", "milestones", "achievements"),
            ("drop_withdraw_reason_list/drop_withdraw_reason", "dropWithdraws", "reasons"),
        ):
            for number, one in enumerate(
                tree.list(period.all(*source.split("/")), own, where, name, (("title", "type", _same),))
            ):
                tree.list(
                    one.all("participants_list", "participants"),
                    own[name][number],
                    f"{where}/{name}/{number}",
                    rows,
                    (("@group_id", "groupId", _same), ("@count", "numSubjects", _same), (".", "comment", _same)),
                )


def _outcome(outcome: Element, pointer: str, tree: _Tree) -> Data:
    found = tree.fill(
        outcome,
        {"reportingStatus": "POSTED"},
        pointer,
        (
            ("type", "type", code),
            ("title", "title", _same),
            ("description", "description", _same),
            ("time_frame", "timeFrame", _same),
            ("population", "populationDescription", _same),
            ("posting_date", "anticipatedPostingDate", day),
        ),
    )
    tree.list(outcome.all("group_list", "group"), found, pointer, "groups", _GROUP)
    measure = outcome.first("measure")
    if measure is None:
        return found | {"reportingStatus": "NOT_POSTED"}
    for source, key in (("title", "title"), ("description", "description"), ("population", "populationDescription")):
        if (one := measure.first(source)) is not None and one.text() == found.get(key):
            tree.use(one)
    tree.fill(
        measure,
        found,
        pointer,
        (
            ("param", "paramType", code),
            ("dispersion", "dispersionType", _same),
            ("units", "unitOfMeasure", _same),
            ("units_analyzed", "typeUnitsAnalyzed", _same),
        ),
    )
    if found.get("paramType") == "NUMBER_OF_PARTICIPANTS":
        found["paramType"] = "COUNT_OF_PARTICIPANTS"
    _denominators(measure, found, pointer, tree)
    classes: list[Data] = []
    parts = list(measure.all("class_list", "class")) or ([measure] if measure.first("category_list") else [])
    for at, one in enumerate(parts):
        where = f"{pointer}/classes/{at}"
        own = tree.fill(
            one, {}, where, () if one is measure else (("title", "title", _same), ("sub_title", "title", _same))
        )
        if one is not measure:
            _denominators(one, own, where, tree)
        named = (("title", "title", _same), ("sub_title", "title", _same))
        for number, category in enumerate(
            tree.list(one.all("category_list", "category"), own, where, "categories", named)
        ):
            tree.list(
                category.all("measurement_list", "measurement"),
                own["categories"][number],
                f"{where}/categories/{number}",
                "measurements",
                _MEASUREMENT,
            )
        classes.append(own)
    if classes:
        found["classes"] = classes
    tree.list(outcome.all("analysis_list", "analysis"), found, pointer, "analyses", _ANALYSIS)
    return found


def _denominators(owner: Element, target: Data, pointer: str, tree: _Tree) -> None:
    units = (("units", "units", _same), ("scope", "scope", _same))
    for at, one in enumerate(tree.list(owner.all("analyzed_list", "analyzed"), target, pointer, "denoms", units)):
        tree.list(one.all("count_list", "count"), target["denoms"][at], f"{pointer}/denoms/{at}", "counts", _COUNT)


def _events(events: Element, tree: _Tree) -> Data:
    pointer = "/resultsSection/adverseEventsModule"
    found = tree.fill(events, {}, pointer, (("time_frame", "timeFrame", _same), ("desc", "description", _same)))
    tree.list(events.all("group_list", "group"), found, pointer, "eventGroups", _GROUP)
    groups = {one.get("id"): one for one in found.get("eventGroups", ())}
    for tag, key in (("serious_events", "seriousEvents"), ("other_events", "otherEvents")):
        part = events.first(tag)
        if part is None:
            continue
        if key == "otherEvents":
            tree.fill(part, found, pointer, (("frequency_threshold", "frequencyThreshold", _same),))
        rows: list[Data] = []
        for category in part.all("category_list", "category"):
            organ = category.text("title")
            for one in category.all("event_list", "event"):
                total = one.text("sub_title").casefold().removeprefix("total, ").removesuffix(" adverse events")
                if organ.casefold() == "total" and total in _TOTALS:
                    _total(one, _TOTALS[total], groups, tree)
                    continue
                where = f"{pointer}/{key}/{len(rows)}"
                row = tree.fill(
                    one,
                    {"organSystem": organ},
                    where,
                    (
                        ("sub_title", "term", _same),
                        ("assessment", "assessmentType", code),
                        ("description", "notes", _same),
                    ),
                )
                tree.list(
                    one.all("counts"),
                    row,
                    where,
                    "stats",
                    (
                        ("@group_id", "groupId", _same),
                        ("@subjects_affected", "numAffected", _same),
                        ("@subjects_at_risk", "numAtRisk", _same),
                        ("@events", "numEvents", _same),
                    ),
                )
                rows.append(row)
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
