"""FHIR R5: a bundle of the shape that the standard asks for, whose references lead to resources inside of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from fhir.resources.bundle import Bundle

from tests.cli.hostile import hostile_dossier
from tests.cli.support import EXAMPLES, EXERCISE, RILUZOLE, ROOT, SINGING, SMALLEST, Run

Node = dict[str, Any]

HEAD = "dossier: 1\ntherapy: {name: X}\ncondition: {name: Y}\n"
EVERY = sorted(path.relative_to(ROOT).as_posix() for path in Path(EXAMPLES).rglob("*.dossier.yaml"))


def nodes(value: object) -> Iterator[Node]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for child in value if isinstance(value, list) else ():
        yield from nodes(child)


def bundle(text: str) -> Node:
    """Read a bundle strictly: the models of R5, and what they do not check: ids, addresses, documents, narrative."""
    Bundle.model_validate_json(text)
    data: Node = json.loads(text)
    entries = data.get("entry", [])
    addresses = [entry["fullUrl"] for entry in entries]
    names = [(entry["resource"]["resourceType"], entry["resource"]["id"]) for entry in entries]
    assert len(set(addresses)) == len(addresses)
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one) for one in addresses)
    assert all(re.fullmatch(r"[A-Za-z0-9.-]{1,64}", name) for _, name in names)
    for node in nodes(data):
        assert all(value not in ("", [], {}, None) for value in node.values())
        if "reference" in node:
            assert node["reference"] in addresses
        if "div" in node:
            ET.fromstring(node["div"])  # noqa: S314 - what was just written, without a document type
    if data["type"] == "document":
        assert names[0][0] == "Composition"
        assert {"identifier", "timestamp"} <= data.keys()
    return data


def resources(data: Node, kind: str) -> dict[str, Node]:
    found = [entry["resource"] for entry in data["entry"] if entry["resource"]["resourceType"] == kind]
    return {resource["id"]: resource for resource in found}


@pytest.mark.parametrize("path", EVERY)
def test_every_example_is_a_valid_bundle(path: str, evgrade: Run) -> None:
    data = bundle(evgrade("export", path, "--format", "fhir").stdout)
    assert len(resources(data, "Composition")) == 1


def test_hostile_text_stays_text(evgrade: Run) -> None:
    text = evgrade("export", "-", "--format", "fhir", stdin=hostile_dossier(RILUZOLE)).stdout
    for node in nodes(bundle(text)):
        if "div" in node:
            assert set(re.findall(r"</?([^\s>]+)", node["div"])) <= {"div", "p"}


def test_a_date_to_the_day_makes_a_document(evgrade: Run) -> None:
    data = bundle(evgrade("export", SINGING, "--format", "fhir").stdout)
    assert (data["type"], data["timestamp"]) == ("document", "2026-11-29T00:00:00Z")


@pytest.mark.parametrize("review", ["", "review: {date: 2026}\n", "review: {date: 2026-11}\n"])
def test_no_time_is_made_up_for_a_document(review: str, evgrade: Run) -> None:
    data = bundle(evgrade("export", "-", "--format", "fhir", stdin=HEAD + review).stdout)
    assert (data["type"], "timestamp" in data) == ("collection", False)
    (composition,) = resources(data, "Composition").values()
    assert ("date" in composition) is bool(review)
    assert ("_date" in composition) is not bool(review)


def test_several_dossiers_are_a_collection(evgrade: Run) -> None:
    data = bundle(evgrade("export", SINGING, EXERCISE, "--format", "fhir").stdout)
    assert data["type"] == "collection"
    assert len([entry for entry in data["entry"] if entry["resource"]["resourceType"] == "Composition"]) == 2


def test_evidence_has_the_numbers_of_the_outcome_in_the_codes_of_hl7(evgrade: Run) -> None:
    data = bundle(evgrade("export", RILUZOLE, "--format", "fhir").stdout)
    evidence = resources(data, "Evidence")["outcome-mortality-12-months"]
    [statistic] = evidence["statistic"]
    assert statistic["statisticType"]["coding"] == [
        {"system": "http://terminology.hl7.org/CodeSystem/statistic-type", "code": "C93152"}
    ]
    assert statistic["quantity"] == {"value": 0.78}
    assert statistic["sampleSize"] == {"numberOfStudies": 3, "numberOfParticipants": 799}
    [interval] = statistic["attributeEstimate"]
    assert (interval["level"], interval["range"]) == (0.95, {"low": {"value": 0.65}, "high": {"value": 0.92}})
    stated, added_up = evidence["certainty"]
    assert (stated["rater"], stated["rating"]["coding"][0]["code"]) == ("the reviewers", "high")
    assert (added_up["rater"], added_up["rating"]["coding"][0]["code"]) == ("evgrade, by its rubric for GRADE", "high")
    assert [part["type"]["text"] for part in stated["subcomponent"]] == [
        *("RiskOfBias", "Inconsistency", "Indirectness", "Imprecision", "PublicationBias")
    ]


def test_what_is_not_known_is_left_out_and_never_nought(evgrade: Run) -> None:
    text = f"{HEAD}outcomes: [{{id: o, name: O, effect: {{outcome: O, estimate: 0, ci_low: not_estimable}}}}]\n"
    evidence = resources(bundle(evgrade("export", "-", "--format", "fhir", stdin=text).stdout), "Evidence")["o"]
    [statistic] = evidence["statistic"]
    assert statistic["quantity"] == {"value": 0}
    assert not {"sampleSize", "attributeEstimate", "statisticType"} & statistic.keys()


def test_verdicts_and_risk_of_bias_are_assessments(evgrade: Run) -> None:
    data = bundle(evgrade("export", EXERCISE, "--format", "fhir", "--rubric", "grade").stdout)
    found = resources(data, "ArtifactAssessment")
    assert next(iter(found)) == "verdict-grade"
    [content] = found["bias-trial-drory-2001"]["content"]
    assert content["type"]["text"] == "Risk of bias, RoB 1"
    assert content["classifier"] == [{"text": "unclear risk"}]
    parts = {part["type"]["text"]: part["classifier"][0]["text"] for part in content["component"]}
    assert parts["incomplete outcome data"] == "high"
    assert parts["Blinding (performance and detection bias)"] == "unclear risk"


def test_a_citation_has_the_identifiers_and_the_retraction_of_its_reference(evgrade: Run) -> None:
    data = bundle(evgrade("export", SINGING, "--format", "fhir").stdout)
    cited = resources(data, "Citation")["lord-2012"]["citedArtifact"]
    assert {"system": "https://doi.org", "value": "10.1186/1471-2466-12-69"} in cited["identifier"]
    assert cited["currentState"] == [{"text": "corrected"}]
    assert cited["publicationForm"][0]["publishedIn"]["title"] == "BMC Pulmonary Medicine"


def test_ids_that_fhir_does_not_allow_are_changed_and_stay_apart(evgrade: Run) -> None:
    names = ("a_b", "a-b", "a_" * 32)
    text = HEAD + "references:\n" + "".join(f"  - {{id: {name}, title: T}}\n" for name in names)
    data = bundle(evgrade("export", "-", "--format", "fhir", stdin=text).stdout)
    assert len(resources(data, "Citation")) == 3


def test_the_smallest_dossier_is_a_bundle(evgrade: Run) -> None:
    bundle(evgrade("export", SMALLEST, "--format", "fhir").stdout)


def test_what_fhir_leaves_out_is_named(evgrade: Run) -> None:
    said = evgrade("export", RILUZOLE, "--format", "fhir").stderr.splitlines()
    assert "fhir has no place for safety" in said
    assert any(line.startswith("fhir has no place for trials.effects: ") for line in said)
