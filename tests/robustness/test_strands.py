"""Ten papers of one group are one voice."""

from __future__ import annotations

import json
from typing import Any

import pytest

import evgrade
from evgrade.dossier import examine
from evgrade.robustness.strands import Strand, rests_on, strands


def study(name: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": name,
        "statement": "It was tried.",
        "agent": "same",
        "condition": "same",
        "allocation": "randomized",
        "control": "placebo",
        "masking": "double",
        "publication": "peer_reviewed",
        "powered": True,
        "participants": 400,
        "risk_of_bias": {"overall": "low"},
        "result": "benefit",
        **fields,
    }


def dossier(*trials: dict[str, Any], **sections: Any) -> dict[str, Any]:
    condition = {"name": "a condition"}
    return {"dossier": 1, "therapy": {"name": "a therapy"}, "condition": condition, "trials": list(trials), **sections}


@pytest.mark.parametrize("field", ["cohort", "group", "sponsor", "funding"])
def test_studies_with_the_same_text_are_one_strand_however_it_is_written(field: str) -> None:
    data = dossier(
        study("one", **{field: "Lab A"}), study("two", **{field: "lab a "}), study("three", **{field: "Lab B"})
    )
    assert strands(data) == (Strand(("one", "two"), ((field, "Lab A"),)),)


def test_what_a_third_links_is_one_strand() -> None:
    data = dossier(study("one", group="A"), study("two", cohort="B"), study("three", group="A", cohort="B"))
    assert strands(data) == (Strand(("one", "two", "three"), (("group", "A"), ("cohort", "B"))),)


@pytest.mark.parametrize("text", ["none", "None", "unclear", "not_reported"])
def test_what_nobody_paid_or_nobody_knows_links_nothing(text: str) -> None:
    assert strands(dossier(study("one", funding=text), study("two", funding=text))) == ()


def test_a_grade_rests_on_as_many_strands_as_are_independent() -> None:
    data = dossier(*(study(f"paper-{number}", group="A") for number in range(5)), study("other", group="B"))
    found, findings = examine(json.dumps(data).encode(), "dossier.yaml")
    assert found is not None, findings
    assessment = evgrade.grade(found)
    on = {one.name: (one.items, one.strands) for one in rests_on(found.data, assessment)}
    assert on["trials"] == (6, 2)
