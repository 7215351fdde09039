"""The section of the page that says how firm the verdict is."""

from __future__ import annotations

import json

import pytest

from evgrade.checking import load_dossier
from evgrade.dossier import examine
from evgrade.report.html import html_page
from evgrade.report.verdict import firm_of
from evgrade.report.view import graded_by, graded_view
from evgrade.rubric.load import load_rubric
from tests.cli.support import RILUZOLE, ROOT, SMALLEST


@pytest.mark.slow
def test_it_names_what_alone_would_change_the_verdict() -> None:
    dossier = load_dossier(str(ROOT / RILUZOLE))
    [one] = graded_view(dossier, [load_rubric("evgrade-default")]).firm
    assert one.sentence == "“Recommended” depends on one judgement: one step up or down changes it."
    assert one.threads[0].startswith("Without trial-bensimon-1994: “Recommended” becomes ")
    assert one.next_study[0].startswith("To move from “Recommended” to “Reasonable to consider with a clinician”: ")
    assert "a trial needs 550 people in each of two arms" in one.next_study[1]
    becomes = "“Recommended” becomes “Reasonable to consider with a clinician”."
    assert f"If the threshold “Safety at least B” rose to A: {becomes}" in one.threads
    assert any(thread.startswith("If trial-bensimon-2002 powered changed from no to yes: ") for thread in one.threads)


def test_systems_that_recommend_nothing_have_nothing_to_be_firm() -> None:
    for name, rubric in ((RILUZOLE, "ocebm-2011"), (SMALLEST, "evgrade-default")):
        dossier = load_dossier(str(ROOT / name))
        assert list(firm_of(dossier, graded_by(dossier, [load_rubric(rubric)])[0], in_brief=False)) == []


@pytest.mark.slow
def test_in_brief_it_leaves_out_thresholds_and_the_next_study() -> None:
    dossier, rubrics = load_dossier(str(ROOT / RILUZOLE)), [load_rubric("evgrade-default")]
    [long], [short] = graded_view(dossier, rubrics).firm, graded_view(dossier, rubrics, in_brief=True).firm
    assert short.sentence == long.sentence
    assert short.threads == tuple(one for one in long.threads if not one.startswith("If the threshold"))
    assert short.threads != long.threads
    assert long.next_study
    assert not short.next_study


@pytest.mark.slow
def test_it_says_on_how_many_strands_a_grade_rests_where_studies_are_not_independent() -> None:
    def trial(name: str, group: str) -> dict[str, object]:
        direct = {"agent": "same", "condition": "same", "allocation": "randomized", "control": "placebo"}
        quality = {
            "powered": True,
            "publication": "peer_reviewed",
            "participants": 400,
            "risk_of_bias": {"overall": "low"},
        }
        return {"id": name, "statement": "It helped.", "group": group, "result": "benefit", **direct, **quality}

    trials = [*(trial(f"paper-{number}", "A") for number in range(5)), trial("other", "B")]
    data = {"dossier": 1, "therapy": {"name": "a therapy"}, "condition": {"name": "a condition"}, "trials": trials}
    dossier, _ = examine(json.dumps(data).encode(), "dossier.yaml")
    assert dossier is not None
    view = graded_view(dossier, [load_rubric("evgrade-default")])
    assert view.firm[0].strands == ("Clinical trials rests on 6 items in 2 strands.",)
    assert "Clinical trials rests on 6 items in 2 strands. Studies of the same people, " in html_page(view)
