"""Laws: what honest authors report is never found, what is spoilt mostly is."""

from __future__ import annotations

from hypothesis import given, settings

from evgrade.checks import with_checks
from evgrade.model import Finding, Severity
from tests.checks.building import read
from tests.checks.honest import Honest, binary, scores


def findings(effect: str) -> list[Finding]:
    text = f"trials: [{{id: trial, statement: It was done., effects: [{{outcome: score, {effect}}}]}}]"
    return list(with_checks(read(text)).findings)


@settings(max_examples=1500, deadline=None)
@given(binary(methods=("wald",)))
def test_counts_with_the_p_of_their_interval_are_never_found(effect: Honest) -> None:
    assert findings(effect.yaml()) == []


@settings(max_examples=1500, deadline=None)
@given(binary())
def test_counts_with_the_p_of_another_test_are_a_note_at_most(effect: Honest) -> None:
    """Near the level two tests can fall on its two sides."""
    assert {(it.code, it.severity) for it in findings(effect.yaml())} <= {("effect-significance", Severity.NOTE)}


@settings(max_examples=1500, deadline=None)
@given(scores())
def test_scores_are_never_found(effect: Honest) -> None:
    assert findings(effect.yaml()) == []
