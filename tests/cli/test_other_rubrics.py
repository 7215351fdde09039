"""What the default rubric does not use, in every form of output: points, items, labels, a score that leaves out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import SameAsGolden
from .support import RILUZOLE, SMALLEST, VALID, Run

COMMANDS = {
    "score": ("score", RILUZOLE, "-r"),
    "explain": ("explain", RILUZOLE, "-r"),
    "show": ("rubric", "show"),
}


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_it_reads_as_it_was_read_last(
    evgrade: Run, same_as_golden: SameAsGolden, points_and_items: Path, command: str
) -> None:
    result = evgrade(*COMMANDS[command], points_and_items)
    assert (result.code, result.stderr) == (0, "")
    same_as_golden(result.stdout, f"points-and-items.{command}.txt")


def test_the_rubric_is_in_order(evgrade: Run, points_and_items: Path) -> None:
    assert evgrade("rubric", "check", points_and_items).output == "1 rubric checked: 1 valid, 0 invalid\n"


@pytest.mark.slow
def test_points_are_a_range_where_a_fact_is_missing(evgrade: Run, points_and_items: Path) -> None:
    report = evgrade("score", RILUZOLE, "-r", points_and_items).stdout
    assert "good: 3 to 4 points" in report
    nobody = f"{VALID}trials: []\n"
    known = evgrade("score", "-", "-r", points_and_items, "-f", "json", stdin=nobody).stdout
    assert json.loads(known)["domains"][0]["points"] == {"low": 1, "high": 1}  # capped, whatever is missing


def test_a_score_that_leaves_out_what_was_not_judged_may_not_exist(evgrade: Run, points_and_items: Path) -> None:
    nobody = f"{VALID}safety: {{exposed: 0}}\ntrials: []\n"
    report = evgrade("score", "-", "-r", points_and_items, "--fail-under", "1", stdin=nobody)
    assert report.code == 1
    assert "the score is none, below 1" in report.stderr
    assert "cannot be given: nothing could be judged" in report.stdout
    data = json.loads(evgrade("score", "-", "-r", points_and_items, "-f", "json", stdin=nobody).stdout)
    assert [data["score"][key] for key in ("value", "low", "high", "judged_share")] == [None, None, None, 0]


def test_an_item_may_count_only_perhaps(evgrade: Run, points_and_items: Path) -> None:
    trial = "{id: t, statement: A trial., result: benefit}"
    dossier = f"dossier: 1\ntherapy: {{name: x}}\ncondition: {{name: x}}\ntrials: [{trial}]\n"
    data = json.loads(evgrade("score", "-", "-r", points_and_items, "-f", "json", stdin=dossier).stdout)
    (item,) = data["domains"][1]["items"]
    assert (item["counts"], item["grade"]) == ("unknown", "A")
    assert data["domains"][1]["possible"] == ["A", "U"]
    assert [fact["field"] for fact in data["domains"][1]["missing"]] == ["allocation"]


def test_explain_says_why_a_domain_by_points_was_not_judged(evgrade: Run, points_and_items: Path) -> None:
    text = evgrade("explain", SMALLEST, "by_points", "-r", points_and_items).stdout
    assert text.startswith("By points: U")
    assert "people followed for harm at least 1" in text
    assert "not stated: safety.exposed, line 3" in text
