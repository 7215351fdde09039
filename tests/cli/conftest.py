"""How the tests of the command line run it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evgrade.yamlio.reader import read

from .support import ROOT, Run, run_here, run_script

GOLDEN = Path(__file__).parent / "golden"
SameAsGolden = Callable[[str, str], None]


@pytest.fixture
def evgrade() -> Run:
    """Run evgrade in this process."""
    return run_here


@pytest.fixture
def run() -> Run:
    """Run the real console script."""
    return run_script


@pytest.fixture
def same_as_golden(request: pytest.FixtureRequest) -> SameAsGolden:
    """Compare a text with a file in `golden/`; `pytest --update-golden` writes the file first."""

    def compare(text: str, name: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.is_file(), "run `pytest --update-golden`, and read what it wrote"
        assert text == path.read_text(encoding="utf-8")

    return compare


def _rubric(folder: Path, **changes: object) -> Path:
    """Write the shipped rubric with some sections changed, or left out where the change is None."""
    text = (ROOT / "rubrics" / "evgrade-default.yaml").read_text(encoding="utf-8")
    data = read(text.encode(), "rubric").data | {"cases": []} | changes
    path = folder / "changed.yaml"
    path.write_text(json.dumps({key: value for key, value in data.items() if value is not None}), encoding="utf-8")
    return path


@pytest.fixture
def without_score(tmp_path: Path) -> Path:
    """Write a rubric that gives no score."""
    return _rubric(tmp_path, score=None)


@pytest.fixture
def without_recommendation(tmp_path: Path) -> Path:
    """Write a rubric that gives grades and a score, and no recommendation."""
    return _rubric(tmp_path, recommendation=None)


@pytest.fixture
def broken_rubric(tmp_path: Path) -> Path:
    """Write a file that is not a rubric."""
    path = tmp_path / "broken.yaml"
    path.write_text("rubric: 1\nname: broken\n")
    return path


@pytest.fixture
def foreign_rubric(tmp_path: Path) -> Path:
    """Write a rubric whose texts are in other letters than those of ASCII."""
    text = (ROOT / "rubrics" / "evgrade-default.yaml").read_text(encoding="utf-8")
    for word, foreign in {"Unproven": "Nicht geklärt", "no good evidence": "日本語の薬", "harm": "Schäden"}.items():
        text = text.replace(f" {word}", f" {foreign}")
    data = read(text.encode(), "rubric").data
    return _rubric(tmp_path, recommendation=data["recommendation"])


@pytest.fixture
def points_and_items(tmp_path: Path) -> Path:
    """Write a rubric with a domain judged by points, a fact missing, and one judged item by item."""
    path = tmp_path / "points.yaml"
    path.write_text(POINTS_AND_ITEMS, encoding="utf-8")
    return path


POINTS_AND_ITEMS = """
rubric: 1
name: points-and-items
title: One domain by points, one item by item
version: "1"
status: own
source: the tests
description: What the default rubric does not use.
scales:
  scale:
    grades: [{grade: A, means: good}, {grade: B, means: fair}, {grade: C, means: poor}]
    unjudged: {grade: U, means: not judged}
terms:
  positive: {on: trials, means: It helped., phrase: that helped, when: {design: large, result: benefit}}
classify:
  design:
    on: trials
    means: How large it was.
    ladder:
      - {label: large, name: large, means: A hundred people or more., when: {participants: {at_least: 100}}}
      - {label: small, name: small, means: Fewer., otherwise: true}
domains:
  by_points:
    title: By points
    question: How many?
    scale: scale
    points:
      start: 1
      adjustments:
        - {name: harms-known, points: 2, means: Serious harms are known., when: {value: safety.serious.n, at_least: 0}}
        - {name: reviewed, points: 2, means: It was asked for., when: {value: review.requested_by, is: somebody}}
      caps: [{at_most: 1, name: no-trial, means: No trial helped., when: {none: trials, where: positive}}]
      floor: 0
      ceiling: 4
      judged_when: {value: safety.exposed, at_least: 1}
      bands: [{grade: A, at_least: 3}, {grade: B, at_least: 2}, {grade: C, otherwise: true}]
  by_items:
    title: By items
    question: Which?
    scale: scale
    each: trials
    where: {allocation: randomized}
    combine: best
    ladder:
      - {grade: A, name: helped, means: It helped., when: {result: benefit}}
      - {grade: C, name: other, means: It did not., status: published, source: A paper, otherwise: true}
score:
  title: Total
  why: To have one that leaves out.
  weights: {by_points: 50, by_items: 50}
  unjudged: left_out
  points: {scale: {A: 100, B: 50, C: 0}}
"""
