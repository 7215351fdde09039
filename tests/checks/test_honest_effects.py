"""Laws: what honest authors report is never found, what is spoilt mostly is."""

from __future__ import annotations

from hypothesis import given

from evgrade.checks import with_checks
from evgrade.model import Finding, Severity
from tests.checks.building import read
from tests.checks.honest import Honest, binary, scores
from tests.examples import examples


def findings(effect: str) -> list[Finding]:
    text = f"trials: [{{id: trial, statement: It was done., effects: [{{outcome: score, {effect}}}]}}]"
    return [finding for finding in with_checks(read(text)).findings if finding.code.startswith("effect-")]


@examples(400)
@given(binary(methods=("wald",)))
def test_counts_with_the_p_of_their_interval_are_never_found(effect: Honest) -> None:
    assert findings(effect.yaml()) == []


@examples(400)
@given(binary())
def test_nor_are_counts_with_the_p_of_another_test(effect: Honest) -> None:
    assert findings(effect.yaml()) == []


@examples(400)
@given(binary(fewest=10))
def test_where_the_counts_are_not_stated_another_test_is_a_note_at_most(effect: Honest) -> None:
    """Near the level two tests can fall on its two sides; with a risk difference and unequal arms they differ more."""
    if effect.facts["measure"] != "RD":
        bare = Honest(effect.facts, "[]", effect.z)
        assert {(it.code, it.severity) for it in findings(bare.yaml())} <= {("effect-significance", Severity.NOTE)}


@examples(400)
@given(scores())
def test_scores_are_never_found(effect: Honest) -> None:
    assert findings(effect.yaml()) == []
