"""JSON-LD: a graph in the terms of schema.org that says what the dossier and its verdict say, and no more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from evgrade.cli.destinations import GRADED_EXPORTS, ExportFormat
from evgrade.schema.store import schema
from tests.cli.hostile import hostile_dossier
from tests.cli.support import EXAMPLES, RILUZOLE, ROOT, SINGING, SMALLEST, Run

HEAD = "dossier: 1\ntherapy: {name: X, kind: drug, codes: {atc: N07XX02}}\ncondition: {name: Y}\n"
EVERY = sorted(path.relative_to(ROOT).as_posix() for path in Path(EXAMPLES).rglob("*.dossier.yaml"))


def links(node: object) -> list[str]:
    """Return the ids that a node points to."""
    if isinstance(node, list):
        return [link for one in node for link in links(one)]
    if not isinstance(node, dict):
        return []
    if node.keys() == {"@id"}:
        return [node["@id"]]
    return [link for one in node.values() for link in links(one)]


def graph(text: str) -> Mapping[str, Mapping[str, Any]]:
    """Read JSON-LD strictly: it follows its schema, no id is given twice, and every link leads to a node."""
    data = json.loads(text)
    Draft202012Validator(schema("json-ld")).validate(data)
    nodes = {node["@id"]: node for node in data["@graph"]}
    assert len(nodes) == len(data["@graph"])
    assert set(links(data["@graph"])) <= nodes.keys()
    return nodes


@pytest.mark.parametrize("path", EVERY)
def test_every_example_is_a_graph(path: str, evgrade: Run) -> None:
    graph(evgrade("export", path, "--format", "json-ld").stdout)


def test_hostile_text_stays_text(evgrade: Run) -> None:
    graph(evgrade("export", "-", "--format", "json-ld", stdin=hostile_dossier(RILUZOLE)).stdout)


def test_the_verdict_says_what_its_system_says_and_no_more(evgrade: Run) -> None:
    score = json.loads(evgrade("score", RILUZOLE, "--rubric", "grade", "--format", "json").stdout)
    nodes = graph(evgrade("export", RILUZOLE, "--format", "json-ld", "--rubric", "grade").stdout)
    reviews = [node for node in nodes.values() if node["@type"] == "Review"]
    assert [review["@id"] for review in reviews] == ["#verdict-grade"]
    given = score["recommendation"]
    assert reviews[0]["reviewBody"] == f"{given['title']}. {given['means']}"
    assert reviews[0]["reviewRating"][0]["ratingValue"] == given["title"]
    assert reviews[0]["itemReviewed"] == {"@id": "#therapy"}


def test_a_dossier_without_evidence_has_no_verdict(evgrade: Run) -> None:
    nodes = graph(evgrade("export", SMALLEST, "--format", "json-ld").stdout)
    (review,) = (node for node in nodes.values() if node["@type"] == "Review")
    assert not {"reviewBody", "reviewRating"} & review.keys()


def test_an_effect_is_a_claim_in_its_own_digits_with_the_certainty_of_grade(evgrade: Run) -> None:
    nodes = graph(evgrade("export", RILUZOLE, "--format", "json-ld").stdout)
    claim = nodes["#entry-outcome-mortality-12-months"]
    assert (claim["@type"], claim["text"]) == ("Claim", "Death within 12 months: RR 0.78 (0.65 to 0.92)")
    rating = nodes["#entry-outcome-mortality-12-months/certainty"]["reviewRating"]
    assert (rating["reviewAspect"], rating["ratingValue"]) == ("Certainty of the evidence (GRADE)", "high")


def test_a_claim_of_proponents_has_the_rating_that_reviewers_gave_it(evgrade: Run) -> None:
    nodes = graph(evgrade("export", SINGING, "--format", "json-ld").stdout)
    assert nodes["#entry-claim-breathing"]["@type"] == "Claim"
    rating = nodes["#entry-claim-breathing/review"]["reviewRating"]
    assert rating["ratingValue"] == "partly supported"


def test_trials_and_sources_are_in_the_terms_of_schema_org(evgrade: Run) -> None:
    text = f"""{HEAD}trials:
  - {{id: t, statement: S, registry: [NCT1], status: completed, allocation: randomized, masking: double, refs: [a]}}
references:
  - id: a
    type: article-journal
    title: T
    author: [Smith J, The Group]
    issued: 2001-02
    container_title: J
    volume: 3
    issue: 4
    doi: 10.1000/x
    retraction: retracted
"""
    nodes = graph(evgrade("export", "-", "--format", "json-ld", stdin=text).stdout)
    trial, source = nodes["#entry-t"], nodes["#reference-a"]
    assert trial["@type"] == "MedicalTrial"
    assert trial["status"] == "https://schema.org/Completed"
    assert trial["trialDesign"] == ["https://schema.org/RandomizedTrial", "https://schema.org/DoubleBlindedTrial"]
    assert trial["subjectOf"] == [{"@id": "#reference-a"}]
    assert source["@type"] == "ScholarlyArticle"
    assert source["author"] == [
        {"@type": "Person", "name": "Smith J", "familyName": "Smith"},
        {"@type": "Organization", "name": "The Group"},
    ]
    assert source["isPartOf"] == {
        "@type": "PublicationIssue",
        "issueNumber": "4",
        "isPartOf": {
            "@type": "PublicationVolume",
            "volumeNumber": "3",
            "isPartOf": {"@type": "Periodical", "name": "J"},
        },
    }
    assert (source["creativeWorkStatus"], source["sameAs"]) == ("retracted", ["https://doi.org/10.1000/x"])
    assert nodes["#therapy"]["code"] == [{"@type": "MedicalCode", "codeValue": "N07XX02", "codingSystem": "ATC"}]


def test_several_dossiers_are_one_graph(evgrade: Run) -> None:
    nodes = graph(evgrade("export", RILUZOLE, SINGING, "--format", "json-ld").stdout)
    assert [nodes[name]["name"] for name in ("#1-therapy", "#2-therapy")] == ["Riluzole", "Singing in a group"]


def test_what_the_graph_leaves_out_is_named(evgrade: Run) -> None:
    said = evgrade("export", RILUZOLE, "--format", "json-ld").stderr.splitlines()
    assert "json-ld has no place for safety" in said
    assert "json-ld has no place for therapy.dose" in said


@pytest.mark.parametrize("form", [form for form in ExportFormat if form not in GRADED_EXPORTS])
def test_only_verdicts_have_a_grading_system(form: str, evgrade: Run) -> None:
    result = evgrade("export", RILUZOLE, "--format", form, "--rubric", "grade")
    assert (result.code, result.stdout) == (2, "")
    assert "--rubric" in result.stderr
