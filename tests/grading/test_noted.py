"""What a rubric remarks on a dossier: missing facts that decide, stated grades that do not follow; waivers of both."""

from __future__ import annotations

from typing import Any

from evgrade.checks import with_checks
from evgrade.grading.noted import remarks
from evgrade.model import Finding, Severity
from evgrade.rubric.load import load_rubric
from tests.grading.building import dossier

JUDGED = {
    name: {"judgement": "not_serious"} for name in ("risk_of_bias", "inconsistency", "indirectness", "imprecision")
}
OUTCOME = {"id": "death", "name": "death", "importance": "critical", "design": "randomized", **JUDGED}


def remarked(*waivers: dict[str, str], **fields: Any) -> list[Finding]:
    given = with_checks(dossier(outcomes=[{**OUTCOME, **fields}], waivers=list(waivers)))
    return [one for one in remarks(given, [load_rubric("grade")]) if "outcomes" in one.location.path]


def test_a_missing_fact_that_decides_is_a_note_at_its_place() -> None:
    (one,) = remarked()
    assert (one.code, one.severity) == ("missing-fact", Severity.NOTE)
    assert one.location.path == ("outcomes", 0, "publication_bias", "judgement")
    assert one.message.startswith("`publication_bias.judgement` of death is not stated, and keeps ")
    assert "Overall certainty (grade: not_rated, possible high moderate low)" in one.message


def test_a_stated_grade_that_does_not_follow_is_remarked() -> None:
    found = remarked(publication_bias={"judgement": "undetected"}, certainty={"judgement": "low"})
    assert [one.code for one in found] == ["stated-grade"]


def test_nothing_is_remarked_where_nothing_is_open() -> None:
    assert remarked(publication_bias={"judgement": "undetected"}) == []


def test_the_reviewers_can_accept_what_a_rubric_finds() -> None:
    waiver = {"check": "missing-fact", "item": "death", "reason": "Nobody looked."}
    (one,) = remarked(waiver)
    assert one.waived == "Nobody looked."
    checked = with_checks(dossier(outcomes=[OUTCOME], waivers=[waiver]))
    assert checked.findings == (), "without a rubric nobody knows whether it accepts anything"


def test_several_rubrics_say_each_thing_once() -> None:
    given = with_checks(dossier(outcomes=[OUTCOME]))
    once = remarks(given, [load_rubric("grade")])
    assert remarks(given, [load_rubric("grade"), load_rubric("grade")]) == once
