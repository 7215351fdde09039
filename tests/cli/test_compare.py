"""`evgrade score -r A -r B`: one dossier under several systems, side by side."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from evgrade.rubric.load import shipped_names
from evgrade.schema.store import schema

from .conftest import SameAsGolden
from .support import NALTREXONE, RILUZOLE, SMALLEST, Run, harmful, width

TRIALS_ONLY = """\
rubric: 1
name: trials-only
title: Trials only
version: "1"
status: own
source: a test
description: Counts nothing but trials.
scales:
  answer:
    grades: [{grade: yes-it-did, means: it did}, {grade: "no", means: it did not}]
    unjudged: {grade: U, means: none}
domains:
  trials:
    title: Trials
    about: benefit
    question: Did it help?
    scale: answer
    ladder:
      - grade: yes-it-did
        name: helped
        means: A trial showed benefit.
        when: {any: trials, where: {agent: same, condition: same, result: benefit}}
      - grade: U
        name: none
        means: No trial of it in this condition.
        otherwise: true
"""


@pytest.fixture
def trials_only(tmp_path: Path) -> Path:
    path = tmp_path / "trials-only.yaml"
    path.write_text(TRIALS_ONLY, encoding="utf-8")
    return path


@pytest.mark.slow
def test_it_reads_as_it_was_read_last(evgrade: Run, trials_only: Path, same_as_golden: SameAsGolden) -> None:
    result = evgrade("score", NALTREXONE, RILUZOLE, "-r", "evgrade-default", "-r", trials_only)
    assert (result.code, result.stderr) == (0, "")
    same_as_golden(result.stdout, "compared.txt")


@pytest.mark.slow
@pytest.mark.parametrize("columns", [40, 80, 120])
def test_it_keeps_to_the_width_and_shows_only_what_can_be_read(evgrade: Run, trials_only: Path, columns: int) -> None:
    env = {"COLUMNS": str(columns)}
    text = evgrade("score", NALTREXONE, "-r", "evgrade-default", "-r", trials_only, env=env).stdout
    table, _, prose = text.partition("\n? ")
    assert all(width(line) <= columns for line in prose.splitlines())
    assert "evgrade-default" in table
    assert harmful(text) == []


def test_as_json_it_is_an_array_of_assessments(evgrade: Run, trials_only: Path) -> None:
    data = json.loads(evgrade("score", SMALLEST, "-r", "evgrade-default", "-r", trials_only, "-f", "json").stdout)
    validator = jsonschema.Draft202012Validator(schema("assessment"))
    for one in data:
        validator.validate(one)
    assert [one["rubric"]["name"] for one in data] == ["evgrade-default", "trials-only"]
    assert [domain["about"] for domain in data[1]["domains"]] == ["benefit"]


@pytest.mark.slow
def test_all_are_the_shipped_ones_and_none_comes_twice(evgrade: Run, trials_only: Path) -> None:
    names = ("-r", "all", "-r", "evgrade-default", "-r", trials_only)
    data = json.loads(evgrade("score", SMALLEST, *names, "-f", "json").stdout)
    assert [one["rubric"]["name"] for one in data] == [*shipped_names(), "trials-only"]


@pytest.mark.slow
def test_a_bar_is_for_those_that_give_a_score(evgrade: Run, trials_only: Path) -> None:
    both = ("-r", "evgrade-default", "-r", trials_only)
    assert evgrade("score", SMALLEST, *both, "--fail-under", "1").code == 1
    assert evgrade("score", RILUZOLE, *both, "--fail-under", "50").code == 0
    result = evgrade("score", SMALLEST, "-r", trials_only, "--fail-under", "1")
    assert (result.code, result.stdout) == (2, "")
    assert "the rubric trials-only gives no score" in result.stderr
