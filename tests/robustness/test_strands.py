"""Ten papers of one group are one voice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import evgrade
from evgrade.dossier import examine
from evgrade.robustness.removals import What, removals, without
from evgrade.robustness.standing import Regrading
from evgrade.robustness.strands import Strand, rests_on, strands
from evgrade.rubric.load import load_rubric


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


def test_what_is_shared_is_taken_away_under_one_name_and_what_nobody_shares_is_not() -> None:
    data = dossier(study("one", group="Lab A"), study("two", group="lab a"), study("three", group="none"))
    assert [one.name for one in removals(data) if one.what is What.GROUP] == ["Lab A"]


RUBRIC = """\
rubric: 1
name: strands
title: Strands
version: "1"
status: own
description: Two voices are more than one.
source: a test
scales: {answer: {grades: [{grade: A, means: two}, {grade: B, means: one}], unjudged: {grade: U, means: none}}}
domains:
  trials:
    title: Trials
    question: Did it help?
    scale: answer
    ladder:
      - {grade: A, name: two, means: Two., when: {count: trials, by: [cohort, group], at_least: 2}}
      - {grade: B, name: one, means: One., when: {any: trials}}
      - {grade: U, name: none, means: None., otherwise: true}
"""


def test_a_rule_that_counts_strands_loses_one_only_with_all_of_it(tmp_path: Path) -> None:
    """Without one of five papers of a group there are still two voices; without the group there is one."""
    file = tmp_path / "strands.yaml"
    file.write_text(RUBRIC)
    papers = [study(f"paper-{number}", group="A", cohort="none") for number in range(5)]
    data = dossier(*papers, study("other", group="B", cohort="none"))
    rubric = load_rubric(str(file))
    grades = {one.name: Regrading(rubric)(without(data, one)[0]).grades["trials"][0] for one in removals(data)}
    assert grades == {**{f"paper-{number}": "A" for number in range(5)}, "other": "B", "A": "B"}
