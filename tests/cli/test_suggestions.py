"""What numbers suggest, as people read it: beside what the reviewers judged, in every form of a report."""

from __future__ import annotations

import re

import pytest

from .support import Run

DOSSIER = """\
dossier: 1
therapy: {name: a therapy}
condition: {name: a condition}
outcomes:
  - id: stroke
    name: stroke
    importance: critical
    design: randomized
    studies: 1
    participants: 233
    inconsistency: {judgement: not_serious}
    imprecision: {judgement: not_serious, reason: The panel thought so.}
    effect: {outcome: stroke, measure: OR, estimate: 1.71, ci_low: 0.79, ci_high: 3.69}
  - id: bleeding
    name: bleeding
    importance: critical
    design: non_randomized
    inconsistency: {judgement: unclear}
    effect:
      outcome: bleeding
      measure: RR
      estimate: 2.5
      ci_low: 2.0
      ci_high: 3.1
      arms:
        - {name: therapy, role: intervention, events: 500, participants: 1000}
        - {name: control, role: control, events: 200, participants: 1000}
"""

SAID = [
    (
        "stroke, Imprecision: serious suggested; the reviewers judged not serious, which counts: "
        "the interval, OR from 0.79 to 3.69, includes 1 (no effect)"
    ),
    "stroke, Inconsistency: not serious, as judged: studies 1, at most 1",
    (
        "bleeding, Imprecision: not serious suggested, not judged yet: "
        "the interval, RR from 2 to 3.1, does not include 1 (no effect)"
    ),
    "bleeding, Large effect: large suggested, not judged yet: times higher or lower risk 2.5, above 2",
    (
        "bleeding, Inconsistency: not settled by the numbers, not judged yet; "
        "to settle it, add studies, i_squared, study_effects, prediction_low or prediction_high"
    ),
]


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_each_suggestion_stands_beside_the_judgement(evgrade: Run, form: str) -> None:
    shown = evgrade("score", "-", "-r", "grade", "-f", form, stdin=DOSSIER, env={"COLUMNS": "120"}).stdout
    words = " ".join(shown.replace("**", "").replace("\\", "").replace("•", "").split())
    for said in SAID:
        assert said in words, words


def test_what_is_settled_comes_first_and_what_differs_is_coloured(evgrade: Run) -> None:
    shown = evgrade("score", "-", "-r", "grade", "--color", stdin=DOSSIER).stdout
    section = shown.split("What the numbers suggest")[1]
    assert section.index("Large effect") < section.index("not settled by the numbers")
    assert re.search(r"\x1b\[33m[^\x1b]*the reviewers judged not serious", section)


def test_explain_shows_every_rule_that_was_tried(evgrade: Run) -> None:
    shown = evgrade("explain", "-", "-r", "grade", stdin=DOSSIER).stdout
    section = shown.split("stroke, Imprecision, suggested by the numbers: serious")[1]
    assert "Judged by the reviewers, which counts: not_serious" in section
    assert "[yes] serious crosses-a-threshold" in section
    assert "bleeding, Inconsistency, suggested by the numbers: not_serious (still possible:" in shown
    assert "stroke, Large effect" not in shown, "it is suggested of non-randomized studies only"


def test_the_rubric_shows_its_thresholds(evgrade: Run) -> None:
    shown = " ".join(evgrade("rubric", "show", "grade").stdout.split())
    assert "Suggested judgement: Imprecision" in shown
    assert "when: a ratio or difference of risks; events below 300" in shown
