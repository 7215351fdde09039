"""A word in the place of a number, such as `< 1` percent or a bound that is not estimable, stops no command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .support import Run

WORDS = """\
dossier: 1
therapy: {name: X}
condition: {name: Y}
trials:
  - id: t
    statement: It was done.
    result: benefit
    effects:
      - {outcome: o, measure: HR, estimate: 0.5, ci_low: 0.2, ci_high: not_estimable, p: "<= 0.01", arms: [
          {name: a, role: intervention, participants: 100, percent: "< 1"},
          {name: b, role: control, participants: 90, percent: "<1"}]}
    refs: [r]
outcomes:
  - id: o
    name: o
    effect: {outcome: o, measure: HR, estimate: 0.5, ci_low: not_estimable, ci_high: not_estimable, p: "≥ 0.2"}
    study_effects:
      - {outcome: o, measure: HR, estimate: 0.5, ci_low: 0.2, ci_high: not_estimable}
      - {outcome: o, measure: HR, estimate: 0.7, ci_low: 0.3, ci_high: 0.9}
    baseline_risk: {percent: "< 0.1"}
    refs: [r]
safety:
  any: {percent: "< 1", of: 300, counts: attributed, control: {percent: "<2"}, refs: [r]}
  adverse_events:
    - {id: a, name: rash, percent: "<1", of: 300, control: {percent: "< 0.5"}, refs: [r]}
    - {id: b, name: cough, n: 1, percent: "< 1", of: 300, refs: [r]}
  refs: [r]
references: [{id: r, title: T}]
"""

COMMANDS = [
    *(["score", "-r", "all", "-f", form] for form in ("text", "markdown", "json")),
    *(["validate", "-f", form] for form in ("text", "json", "sarif")),
    *(["explain", "-r", rubric] for rubric in ("evgrade-default", "grade", "alsuntangled-toe")),
    *(["batch", "--no-cache", "-r", "all", "-f", form] for form in ("table", "json", "csv", "markdown")),
]


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_limit_goes_through_every_command(evgrade: Run, tmp_path: Path, command: list[str]) -> None:
    path = tmp_path / "limits.dossier.yaml"
    path.write_text(WORDS, encoding="utf-8")
    result = evgrade(*command, path)
    assert result.code == 0, result.output
    assert "internal error" not in result.output


@pytest.mark.parametrize("command", ["compare", "diff"])
def test_so_it_does_beside_itself(evgrade: Run, tmp_path: Path, command: str) -> None:
    path = tmp_path / "limits.dossier.yaml"
    path.write_text(WORDS, encoding="utf-8")
    other = tmp_path / "other.dossier.yaml"
    other.write_text(WORDS.replace('"< 1"', "1.5").replace("not_estimable", "1.1"), encoding="utf-8")
    for form in ("text", "json"):
        assert "internal error" not in evgrade(command, path, other, "-f", form).output


def test_a_limit_is_told_in_words_and_is_not_a_number(evgrade: Run, tmp_path: Path) -> None:
    path = tmp_path / "limits.dossier.yaml"
    path.write_text(WORDS, encoding="utf-8")
    harms = json.loads(evgrade("score", path, "-f", "json").stdout)["harms"]["entries"]
    rash = next(one for one in harms if one["name"] == "rash")
    assert rash["percent"] is None
    assert rash["numbers"] == "<1% of 300, < 0.5% in the control group"
