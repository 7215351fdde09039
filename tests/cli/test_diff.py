"""`evgrade diff OLD NEW`: what changed in the evidence, and what that did to the grades."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import SameAsGolden
from .hostile import hostile_dossier
from .support import INVALID, NALTREXONE, RILUZOLE, ROOT, SMALLEST, VALID, Run, harmful, width


def edited() -> str:
    """Return the example with a trial that helped, a price that rose, and a claim's standing reconsidered."""
    text = (ROOT / NALTREXONE).read_text(encoding="utf-8")
    added = """trials:
  - id: trial-of-als
    statement: A randomized trial in ALS saw slower decline.
    agent: same
    condition: same
    allocation: randomized
    masking: double
    control: placebo
    participants: 120
    result: benefit
    result_reason: The primary outcome was better.
    publication: peer_reviewed
    year: 2010
    refs: [alsuntangled-2010]
"""
    assert text.count("\ntrials:\n") == text.count("\n  high: 49\n") == 1
    return text.replace("\ntrials:\n", f"\n{added}").replace("\n  high: 49\n", "\n  high: 149\n")


def test_it_reads_as_it_was_read_last(evgrade: Run, same_as_golden: SameAsGolden) -> None:
    result = evgrade("diff", NALTREXONE, "-", stdin=edited())
    assert (result.code, result.stderr) == (0, "")
    same_as_golden(result.stdout, "diff.txt")
    assert evgrade("diff", NALTREXONE, "-", stdin=edited()).stdout == result.stdout


@pytest.mark.parametrize(("form", "name"), [("markdown", "diff.md"), ("json", "diff.json")])
def test_so_do_a_page_and_json(evgrade: Run, same_as_golden: SameAsGolden, form: str, name: str) -> None:
    result = evgrade("diff", NALTREXONE, "-", "--format", form, stdin=edited())
    assert (result.code, result.stderr) == (0, "")
    same_as_golden(result.stdout, name)


def test_json_says_which_rule_moved_a_grade_and_what_it_rests_on(evgrade: Run) -> None:
    data: Any = json.loads(evgrade("diff", NALTREXONE, "-", "-f", "json", stdin=edited()).stdout)
    assert [one["name"] for one in data["domains"] if one["moved"]] == ["trials", "cost"]
    trials = next(one for one in data["domains"] if one["name"] == "trials")
    [rule] = trials["rules"]
    assert (trials["before"]["grade"], trials["after"]["grade"]) == ("D", "C")
    assert (rule["rule"]["name"], rule["before"], rule["after"]) == (
        "controlled-with-limitations",
        "false",
        "true",
    )
    [added, cost] = data["evidence"]
    assert rule["rests_on"] == trials["rests_on"] == [added["name"]]
    assert (cost["changes"][0]["before"], cost["changes"][0]["after"]) == (49, 149)


def test_a_dossier_does_not_differ_from_itself(evgrade: Run) -> None:
    result = evgrade("diff", SMALLEST, SMALLEST)
    assert result.code == 0
    assert "What changed in the evidence\n Nothing.\n" in result.stdout
    assert "becomes" not in result.stdout
    page = evgrade("diff", SMALLEST, SMALLEST, "-f", "markdown").stdout
    assert "## What changed in the evidence\n\nNothing.\n" in page
    assert "becomes" not in page
    data = json.loads(evgrade("diff", SMALLEST, SMALLEST, "-f", "json").stdout)
    assert (data["evidence"], {one["moved"] for one in data["domains"]}) == ([], {False})


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_it_keeps_to_the_width_and_shows_only_what_can_be_read(evgrade: Run, columns: int) -> None:
    env = {"COLUMNS": str(columns)}
    text = evgrade("diff", NALTREXONE, RILUZOLE, env=env).stdout
    assert width(text) <= columns
    hostile = evgrade("diff", RILUZOLE, "-", stdin=hostile_dossier(NALTREXONE), env=env).stdout
    assert harmful(text + hostile) == []


def test_one_that_is_not_valid_is_told_as_elsewhere(evgrade: Run) -> None:
    result = evgrade("diff", SMALLEST, "-", stdin=INVALID)
    assert (result.code, result.stdout) == (1, "")
    assert "not a valid dossier" in result.stderr


def test_one_that_contradicts_itself_is_told_and_ends_with_one(evgrade: Run) -> None:
    wrong = f"{VALID}trials: [{{id: a, statement: A trial., participants: 10, completed: 20}}]\n"
    for command in ("diff", "compare"):
        result = evgrade(command, SMALLEST, "-", stdin=wrong)
        assert result.code == 1
        assert result.stdout
        assert "<stdin>: it has errors" in result.stderr


def test_two_single_files_are_needed(evgrade: Run) -> None:
    assert evgrade("diff", SMALLEST, "nowhere.yaml").code == 2
    assert evgrade("diff", SMALLEST, "examples").code == 2
    assert evgrade("diff", "-", "-", stdin=INVALID).code == 2


def test_it_goes_to_a_file(evgrade: Run, tmp_path: Path) -> None:
    target = tmp_path / "diff.txt"
    assert evgrade("diff", NALTREXONE, RILUZOLE, "-o", target).stdout == ""
    assert target.read_text(encoding="utf-8") == evgrade("diff", NALTREXONE, RILUZOLE).stdout
