"""`evgrade robustness FILE…`: how firm a verdict is, and on what it hangs."""

from __future__ import annotations

import json
from itertools import cycle
from pathlib import Path

import jsonschema
import pytest

from evgrade.rubric.load import shipped_names
from evgrade.schema.store import schema
from tests.crossed import first_of, one_tuple_in

from .conftest import SameAsGolden
from .hostile import hostile_dossier
from .support import EXERCISE, INVALID, NALTREXONE, RILUZOLE, SMALLEST, VALID, Run, harmful, run_once, width

pytestmark = pytest.mark.slow

LARGE = ("grade", "core-grade-2025")


@pytest.mark.parametrize("columns", ["80", "120"])
@pytest.mark.parametrize(("example", "name"), [(NALTREXONE, "naltrexone"), (RILUZOLE, "riluzole")])
def test_it_reads_as_it_was_read_last(
    evgrade: Run, same_as_golden: SameAsGolden, example: str, name: str, columns: str
) -> None:
    result = evgrade("robustness", example, env={"COLUMNS": columns})
    assert (result.code, result.stderr) == (0, "")
    same_as_golden(result.stdout, f"robustness-{name}-{columns}.txt")


@pytest.mark.parametrize(("form", "name"), [("markdown", "robustness.md"), ("json", "robustness.json")])
def test_so_do_a_page_and_json(same_as_golden: SameAsGolden, form: str, name: str) -> None:
    result = run_once("robustness", RILUZOLE, "-f", form)
    assert (result.code, result.stderr) == (0, "")
    same_as_golden(result.stdout, name)


@pytest.mark.parametrize(
    ("rubric", "example"),
    [
        *one_tuple_in(
            2, [*zip(sorted({*shipped_names()} - {*LARGE}), cycle([NALTREXONE, RILUZOLE, EXERCISE, SMALLEST]))]
        ),
        *(pytest.param(rubric, NALTREXONE, marks=pytest.mark.slow) for rubric in LARGE),
    ],
)
def test_json_follows_its_schema(rubric: str, example: str) -> None:
    document = json.loads(run_once("robustness", example, "-r", rubric, "-f", "json").stdout)
    jsonschema.Draft202012Validator(schema("robustness")).validate(document)


def test_several_dossiers_and_rubrics_are_an_array(evgrade: Run) -> None:
    names = ("-r", "evgrade-default", "-r", "ocebm-2011")
    data = json.loads(evgrade("robustness", NALTREXONE, SMALLEST, *names, "-f", "json").stdout)
    named = [(one["dossier"]["file"], one["rubric"]["name"]) for one in data]
    assert named == [(file, rubric) for file in (NALTREXONE, SMALLEST) for rubric in ("evgrade-default", "ocebm-2011")]


def test_what_carries_the_verdict_alone_comes_first() -> None:
    document = json.loads(run_once("robustness", RILUZOLE, "-f", "json").stdout)
    for listed in (document["removed"], document["steps"]):
        carries = [any(one["name"] == "recommendation" for one in entry["changes"]) for entry in listed]
        assert carries == sorted(carries, reverse=True)
        assert carries[0]


@pytest.mark.parametrize("columns", first_of([40, 80, 120]))
def test_it_keeps_to_the_width_and_shows_only_what_can_be_read(evgrade: Run, columns: int) -> None:
    env = {"COLUMNS": str(columns)}
    text = evgrade("robustness", "-", stdin=hostile_dossier(RILUZOLE), env=env).stdout
    assert width(text) <= columns
    assert harmful(text) == []


def test_a_dossier_without_evidence_is_said_to_have_none(evgrade: Run) -> None:
    text = " ".join(evgrade("robustness", "-", stdin=VALID).stdout.split())
    assert "No evidence that the rubric uses is recorded" in text
    assert "The dossier lists no evidence." in text
    assert "The reviewers state no judgement that can be moved." in text


def test_what_cannot_be_used_ends_as_it_does_elsewhere(evgrade: Run, tmp_path: Path) -> None:
    assert evgrade("robustness", "nowhere.yaml").code == 2
    assert evgrade("robustness", "-", "-", stdin=VALID).code == 2
    result = evgrade("robustness", "-", stdin=INVALID)
    assert (result.code, result.stdout) == (1, "")
    assert evgrade("robustness", RILUZOLE, "-r", "no-such-rubric").code == 2
    target = tmp_path / "firm.json"
    assert evgrade("robustness", RILUZOLE, "-o", target).code == 0
    assert json.loads(target.read_text("utf-8"))["schema"] == "evgrade.robustness/1"
