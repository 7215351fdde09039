"""Numbers that evgrade computed, in `evgrade score` and in `evgrade explain FILE numbers`."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import evgrade
from evgrade.schema.store import schema

from .conftest import SameAsGolden
from .support import NALTREXONE, ROOT, SMALLEST, Run

WARFARIN = "tests/cli/numbers.dossier.yaml"


def test_every_number_with_its_method_reads_as_it_was_read_last(evgrade: Run, same_as_golden: SameAsGolden) -> None:
    result = evgrade("explain", WARFARIN, "Numbers")
    assert (result.code, result.stderr) == (0, "")
    same_as_golden(result.stdout, "numbers.explain.txt")


def section(text: str) -> str:
    return text.partition("\nNumbers\n")[2].partition("\n\n")[0]


def test_a_report_lists_them_beside_what_is_stated(evgrade: Run) -> None:
    text = section(evgrade("score", WARFARIN, "-r", "grade").stdout)
    assert (
        text
        == """\
 • Stroke line 45: stated RR 0.40 (0.25 to 0.63); computed RR 0.45 (0.26 to
   0.78), 2 studies, I² 0%, 2 left out; 27 fewer per 1,000 (34 to 17 fewer),
   NNTB 38 (30 to 61)
 • afasak: Stroke line 11: stated 9 of 335 versus 19 of 336; computed RR 0.48
   (0.22 to 1.03); 30 fewer per 1,000 (62 fewer to 1.1 more), NNTB 34 (17 to ∞
   to NNTH 885)
 • spaf: Pain line 24: stated MD 3.80, p = 0.008; computed MD 3.8 (1.0 to 6.6)
 • by-wards: Stroke line 32: stated 9 of 500 versus 19 of 500; computed nothing:
   its participants were not randomized individually, so its arms alone would
   give too narrow an interval"""
    )


def test_they_change_no_grade_and_are_missing_where_there_are_none(evgrade: Run) -> None:
    for example in (NALTREXONE, SMALLEST):
        assert "\nNumbers\n" not in evgrade("score", example).stdout
    told = evgrade("explain", SMALLEST, "numbers").stdout
    assert "states nothing that a number could be computed from" in " ".join(told.split())


def test_json_has_them_with_formula_and_source(evgrade: Run) -> None:
    found = json.loads(evgrade("score", WARFARIN, "--format", "json").stdout)
    jsonschema.validate(found, schema("assessment"))
    (stroke,) = found["numbers"]["outcomes"]
    (pooled,) = stroke["pooled"]
    assert [study["name"] for study in pooled["studies"]] == ["afasak", "spaf"]
    assert [gone["name"] for gone in pooled["left_out"]] == ["gone", "by-wards"]
    assert pooled["left_out"][0]["reason"] == "its report is retracted"
    effect = pooled["effect"]
    assert effect["method"]["name"] == "random effects, REML, Wald interval"
    assert effect["method"]["formula"].startswith("θ = Σ wᵢ θᵢ / Σ wᵢ")
    assert (effect["q_df"], effect["prediction_low"], effect["prediction_method"]) == (1, None, None)
    assert stroke["absolute"]["needed"] | {"method": None} == {
        "number": 38,
        "for_one_more": False,
        "least": 30,
        "most": 61,
        "through_infinity": False,
        "method": None,
    }
    afasak = found["numbers"]["effects"][0]
    assert afasak["computed"]["estimate"] == pytest.approx((9 / 335) / (19 / 336))
    assert afasak["absolute"]["told"].endswith("NNTB 34 (17 to ∞ to NNTH 885)")


def test_python_has_them_too() -> None:
    numbers = evgrade.grade(ROOT / WARFARIN, "grade").numbers
    assert [one.name for one in numbers.outcomes] == ["Stroke"]
    assert [one.study for one in numbers.effects] == ["afasak", "spaf", "by-wards"]


def test_a_domain_that_is_called_numbers_comes_first(evgrade: Run, tmp_path: Path) -> None:
    rubric = tmp_path / "own.yaml"
    rubric.write_text(
        "rubric: 1\nname: own\ntitle: Own\nversion: '1'\nstatus: own\nsource: us\ndescription: For a test.\n"
        "scales: {support: {grades: [{grade: A, means: good}, {grade: B, means: poor}], "
        "unjudged: {grade: U, means: nothing}}}\n"
        "domains: {numbers: {title: Numbers, question: How many?, scale: support, "
        "ladder: [{grade: A, name: all, means: All., otherwise: true}]}}\n",
        encoding="utf-8",
    )
    result = evgrade("explain", WARFARIN, "numbers", "-r", str(rubric))
    assert (result.code, result.stdout.splitlines()[0]) == (0, "Numbers: A")
