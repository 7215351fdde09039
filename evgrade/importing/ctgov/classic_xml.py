"""The retired XML of ClinicalTrials.gov, translated into the JSON of version 2 of its API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from evgrade.importing.content import Content
from evgrade.importing.ctgov.study import study
from evgrade.importing.ctgov.words import code, day, design, masking, phases
from evgrade.importing.found import Reader, Record, glossary
from evgrade.importing.tree import Element

Data = dict[str, Any]


def _yes(words: str) -> Any:
    return words == "Yes" if words in ("Yes", "No", "Accepts Healthy Volunteers") else words


def _age(words: str) -> str:
    return "" if code(words) == "NA" else words


_CHANGES: Mapping[str, Callable[[str], Any]] = {"code": code, "day": day, "age": _age, "yes": _yes}
_DATES = {
    "start_date": "start",
    "completion_date": "completion",
    "last_update_posted": "lastUpdatePost",
    "primary_completion_date": "primaryCompletion",
    "results_first_posted": "resultsFirstPost",
}
_TOTALS = {"serious": "serious", "other": "other", "all-cause mortality": "deaths", "deaths": "deaths"}


class _Tree:
    """The tree of version 2 while it is built from elements: the place of each value, and what was not translated."""

    def __init__(self) -> None:
        self.data: Data = {}
        self.places: dict[str, str] = {}
        self._used: set[tuple[int, str]] = set()

    def fill(self, element: Element, target: Data, pointer: str, table: str | Mapping[str, Any]) -> Data:
        """Put the contents of an element into a mapping, by a table of fields or its name."""
        self.places.setdefault(pointer, element.place)
        fields = glossary(__file__)[table] if isinstance(table, str) else table
        for source, to in fields.items():
            path, how = (to, "") if isinstance(to, str) else to
            if source == ".":
                self._put(target, pointer, path, _own_text(element), element)
                self._used.add((id(element), ""))
            elif source.startswith("@"):
                if source[1:] in element.attributes:
                    self._used.add((id(element), source))
                    self._put(target, pointer, path, element.attributes[source[1:]], element)
            elif not isinstance(how, str) or (how and how not in _CHANGES):
                self._list(list(element.all(*source.split("/"))), target, pointer, path, how)
            else:
                found = list(element.all(*source.split("/")))
                for one in found if path.endswith("*") else found[:1]:
                    self.use(one)
                    self._put(target, pointer, path, _CHANGES.get(how, str)(one.text()), one)
        return target

    def _list(
        self, found: list[Element], target: Data, pointer: str, path: str, table: str | Mapping[str, Any]
    ) -> None:
        *parents, name = path.split("/")
        for one in parents:
            target, pointer = target.setdefault(one, {}), f"{pointer}/{one}"
        if found:
            self.places.setdefault(f"{pointer}/{name}", found[0].place)
            target[name] = [self.fill(one, {}, f"{pointer}/{name}/{at}", table) for at, one in enumerate(found)]

    def use(self, element: Element) -> None:
        """Mark an element as translated, with everything in it."""
        self._used.add((id(element), "*"))

    def put(self, path: str, value: Any, element: Element) -> None:
        """Put a value at a path."""
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
        """Return the contents of an element that were not translated, for notes."""
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
    tree.fill(element, protocol, "/protocolSection", "protocol")
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
            papers.append(tree.fill(one, {"type": kind}, pointer, "paper"))
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
        tree.fill(flow, section.setdefault("participantFlowModule", {}), pointer, "flow")
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
    found = tree.fill(outcome, {"reportingStatus": "POSTED"}, pointer, "outcome")
    measure = outcome.first("measure")
    if measure is None:
        return found | {"reportingStatus": "NOT_POSTED"}
    for source, key in (("title", "title"), ("description", "description"), ("population", "populationDescription")):
        if (one := measure.first(source)) is not None and one.text() == found.get(key):
            tree.use(one)
    tree.fill(measure, found, pointer, "measure")
    if found.get("paramType") == "NUMBER_OF_PARTICIPANTS":
        found["paramType"] = "COUNT_OF_PARTICIPANTS"
    tree.fill(measure, found, pointer, "classes")
    if "classes" not in found and measure.first("category_list"):  # older records have no classes
        found["classes"] = [tree.fill(measure, {}, f"{pointer}/classes/0", "categories")]
    return tree.fill(outcome, found, pointer, "analyses")


def _events(events: Element, tree: _Tree) -> Data:
    pointer = "/resultsSection/adverseEventsModule"
    found = tree.fill(events, {}, pointer, "events")
    groups = {one.get("id"): one for one in found.get("eventGroups", ())}
    for tag, key in (("serious_events", "seriousEvents"), ("other_events", "otherEvents")):
        part = events.first(tag)
        if part is None:
            continue
        if key == "otherEvents":
            tree.fill(part, found, pointer, "other_events")
        rows: list[Data] = []
        for category in part.all("category_list", "category"):
            organ = category.text("title")
            for one in category.all("event_list", "event"):
                total = one.text("sub_title").casefold().removeprefix("total, ").removesuffix(" adverse events")
                if organ.casefold() == "total" and total in _TOTALS:
                    _total(one, _TOTALS[total], groups, tree)
                else:
                    rows.append(tree.fill(one, {"organSystem": organ}, f"{pointer}/{key}/{len(rows)}", "event"))
            if (title := category.first("title")) is not None:
                tree.use(title)
        if rows:
            found[key] = rows
    return found


def _total(event: Element, kind: str, groups: dict[Any, Data], tree: _Tree) -> None:
    """Move the total number affected by a kind of event into each group, where version 2 has it."""
    tree.use(event)
    for one in event.all("counts"):
        group = groups.get(one.attributes.get("group_id"))
        for name, key in (("subjects_affected", "NumAffected"), ("subjects_at_risk", "NumAtRisk")):
            if group is not None and name in one.attributes:
                group[f"{kind}{key}"] = one.attributes[name]
