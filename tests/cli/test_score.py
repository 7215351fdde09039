"""`evgrade score`: dossiers in, grades with their reasons out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from evgrade.rubric.load import shipped_names
from evgrade.schema.store import schema
from evgrade.schema.suggest import listed

from .conftest import SameAsGolden
from .support import INVALID, NALTREXONE, RILUZOLE, ROOT, SMALLEST, VALID, Run, width

ALL = [NALTREXONE, RILUZOLE, SMALLEST]
SINKS: dict[str, tuple[dict[str, str], str]] = {
    "80": ({}, "utf-8"),
    "120": ({"COLUMNS": "120"}, "utf-8"),
    "ascii": ({}, "ascii"),
    "color": ({"FORCE_COLOR": "1"}, "utf-8"),
}


def name(example: str) -> str:
    return Path(example).name.removesuffix(".dossier.yaml")


# What it prints


@pytest.mark.parametrize("sink", SINKS)
@pytest.mark.parametrize("example", ALL, ids=name)
def test_the_report_reads_as_it_was_read_last(
    evgrade: Run, same_as_golden: SameAsGolden, example: str, sink: str
) -> None:
    env, encoding = SINKS[sink]
    result = evgrade("score", example, env=env, encoding=encoding)
    assert (result.code, result.stderr) == (0, "")
    same_as_golden(result.stdout, f"{name(example)}.{sink}.txt")


@pytest.mark.parametrize("example", ALL, ids=name)
def test_the_json_is_what_it_was_last(evgrade: Run, same_as_golden: SameAsGolden, example: str) -> None:
    result = evgrade("score", example, "--format", "json")
    assert (result.code, result.stderr) == (0, "")
    same_as_golden(result.stdout, f"{name(example)}.json")


@pytest.mark.parametrize("sink", SINKS)
def test_the_program_prints_what_the_tests_in_this_process_see(run: Run, evgrade: Run, sink: str) -> None:
    env, encoding = SINKS[sink]
    assert run("score", RILUZOLE, env=env, encoding=encoding) == evgrade("score", RILUZOLE, env=env, encoding=encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("columns", [40, 80, 100, 120])
@pytest.mark.parametrize("example", ALL, ids=name)
def test_no_line_is_wider_than_the_terminal(evgrade: Run, example: str, columns: int, encoding: str) -> None:
    result = evgrade("score", example, env={"COLUMNS": str(columns)}, encoding=encoding)
    assert width(result.stdout) <= columns


def test_the_report_says_what_a_clinician_needs(evgrade: Run) -> None:
    report = evgrade("score", NALTREXONE, env={"COLUMNS": "120"}).stdout
    for said in (
        "Low dose naltrexone for Amyotrophic lateral sclerosis",  # therapy, condition
        "reviewed 2010-12-21 by The ALSUntangled Group",
        "NOT RECOMMENDED AT THIS TIME",
        "Clinical trials D: Benefit is reported only by patients",  # and why
        "(possible: D F)",  # a grade that is open
        "of 100, between",  # a range
        "of the total weight is in domains",
        "plm-cohort line",  # a citation with its place
        "What would change it",
        "Missing facts worth finding out",
        "people who died because of a harm: add `died.n` to `safety` (line 596)",
        "(PROVISIONAL)",
        "they are not the chance that the therapy works",
    ):
        assert said in report


def test_warnings_of_the_dossier_stand_in_the_report(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(VALID + "references:\n  - {id: smith-2020, title: A paper}\n")
    result = evgrade("score", "a.yaml", cwd=tmp_path, env={"COLUMNS": "40"})
    assert result.code == 0
    said = 'warning line 5: nothing cites the reference "smith-2020" [reference-unused]: cite it'
    assert said in " ".join(result.stdout.split())


# What it reads


def test_a_dash_is_standard_input(evgrade: Run, run: Run) -> None:
    for each in (evgrade, run):
        result = each("score", "-", stdin=VALID)
        assert result.code == 0
        assert result.stdout.startswith("a therapy for a condition\n")
        assert "<stdin>  graded by" in result.stdout


def test_several_files_come_one_below_the_other_in_the_order_asked_for(evgrade: Run) -> None:
    result = evgrade("score", SMALLEST, NALTREXONE)
    reports = result.stdout.split("─" * 80 + "\n")
    assert [report.strip().splitlines()[0] for report in reports if "graded by" in report] == [
        "Example therapy for Example condition",
        "Low dose naltrexone for Amyotrophic lateral sclerosis",
    ]


@pytest.mark.slow
def test_a_folder_stands_for_the_dossiers_in_it(evgrade: Run) -> None:
    dossiers = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "examples").rglob("*.yaml"))
    assert evgrade("score", "examples").stdout == evgrade("score", *dossiers).stdout


def test_one_file_named_twice_is_graded_once(evgrade: Run) -> None:
    assert evgrade("score", SMALLEST, f"./{SMALLEST}", "-f", "json").stdout.count('"dossier":') == 1


def test_the_valid_are_graded_although_others_are_not(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(INVALID)
    (tmp_path / "b.yaml").write_text(VALID)
    result = evgrade("score", "a.yaml", "b.yaml", cwd=tmp_path)
    assert result.code == 1
    assert result.stdout.startswith("a therapy for a condition\n")
    assert result.stderr == (
        "a.yaml:1:1: error: the document lacks `condition` [schema-missing]\n"
        " 1 | dossier: 1\n"
        "   | ^^^^^^^\n"
        "   = condition: The illness it is considered for.\n"
        "a.yaml is not a valid dossier and was not graded\n"
    )


def test_an_invalid_dossier_alone_gives_nothing_but_its_findings(evgrade: Run) -> None:
    result = evgrade("score", "-", stdin=INVALID)
    assert (result.code, result.stdout) == (1, "")
    assert result.stderr.startswith("<stdin>:1:1: error: ")


def test_a_file_that_is_not_there_does_not_keep_others_from_being_graded(evgrade: Run) -> None:
    result = evgrade("score", "nowhere.yaml", SMALLEST)
    assert result.code == 2
    assert result.stderr == "evgrade: nowhere.yaml could not be read: No such file or directory\n"
    assert "Example therapy" in result.stdout


def test_being_quiet_hides_summaries_and_no_error(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("b: 1\n")
    assert "nowhere.yaml could not be read" in evgrade("score", "-q", "nowhere.yaml").stderr
    assert "lacks `condition`" in evgrade("score", "-q", "-", stdin=INVALID).stderr
    assert "b.yaml: skipped" in evgrade("score", SMALLEST, tmp_path).stderr
    assert evgrade("score", "-q", SMALLEST, tmp_path).stderr == ""


@pytest.mark.parametrize("command", ["score", "validate"])
def test_a_folder_without_dossiers_is_nothing_to_do(evgrade: Run, run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "other.yaml").write_text("a: 1\n")
    for each in (evgrade, run):
        result = each(command, tmp_path)
        assert (result.code, result.stdout) == (3, "")
        assert (
            "evgrade: no dossier was found\n  = a dossier is a YAML file that begins with `dossier: 1`" in result.stderr
        )
        assert "other.yaml: skipped" in result.stderr


# The bar


@pytest.mark.parametrize(("bar", "code"), [("0", 0), ("34.9", 0), ("35", 0), ("35.1", 1), ("100", 1)])
def test_a_score_below_the_bar_is_a_finding(evgrade: Run, bar: str, code: int) -> None:
    result = evgrade("score", NALTREXONE, "--fail-under", bar)
    assert result.code == code
    assert result.stderr == (f"{NALTREXONE}: the score is 35, below {bar}\n" if code else "")
    assert "35 of 100" in result.stdout


def test_one_score_below_the_bar_is_enough(evgrade: Run) -> None:
    assert evgrade("score", RILUZOLE, NALTREXONE, "--fail-under", "50").code == 1
    assert evgrade("score", RILUZOLE, "--fail-under", "50").code == 0


@pytest.mark.parametrize("bar", ["-1", "101", "high", "", "nan"])
def test_a_bar_that_is_no_number_from_0_to_100_is_refused(evgrade: Run, bar: str) -> None:
    result = evgrade("score", SMALLEST, "--fail-under", bar)
    assert (result.code, result.stdout) == (2, "")
    assert "Invalid value for '--fail-under'" in result.stderr


def test_a_rubric_without_a_score_has_no_bar(evgrade: Run, without_score: Path) -> None:
    result = evgrade("score", SMALLEST, "-r", without_score, "--fail-under", "50")
    assert (result.code, result.stdout) == (2, "")
    assert "gives no score for --fail-under" in result.stderr


# The rubric


def test_a_rubric_is_given_by_name_or_by_path(evgrade: Run) -> None:
    by_name = evgrade("score", SMALLEST, "-r", "evgrade-default")
    by_path = evgrade("score", SMALLEST, "-r", ROOT / "rubrics" / "evgrade-default.yaml")
    assert by_name == by_path == evgrade("score", SMALLEST)


def test_an_unknown_rubric_gets_the_nearest_name(evgrade: Run, run: Run) -> None:
    for each in (evgrade, run):
        result = each("score", SMALLEST, "-r", "evgrade-defualt")
        assert (result.code, result.stdout) == (2, "")
        assert result.stderr == "evgrade: there is no rubric 'evgrade-defualt'\n  = did you mean `evgrade-default`?\n"


def test_an_unknown_rubric_with_no_near_name_gets_the_list(evgrade: Run) -> None:
    result = evgrade("score", SMALLEST, "-r", "x")
    assert f"  = shipped: {listed(shipped_names())}; or give the path of a file" in result.stderr


@pytest.mark.parametrize("rubric", ["nowhere.yaml", "no/where", "."])
def test_a_rubric_that_cannot_be_read_is_no_finding(evgrade: Run, rubric: str) -> None:
    result = evgrade("score", SMALLEST, "-r", rubric)
    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.startswith("evgrade: ")


def test_a_rubric_with_a_name_too_long_to_be_a_path_is_unknown(evgrade: Run) -> None:
    result = evgrade("score", SMALLEST, "-r", "x" * 300)
    assert result.code == 2
    assert "there is no rubric" in result.stderr


def test_a_broken_rubric_is_shown_at_its_place_and_is_no_finding_of_the_dossier(
    evgrade: Run, run: Run, broken_rubric: Path
) -> None:
    for each in (evgrade, run):
        result = each("score", SMALLEST, "-r", broken_rubric)
        assert (result.code, result.stdout) == (2, "")
        assert f"{broken_rubric}:1:1: error: " in result.stderr
        assert f"evgrade: {broken_rubric} is not a rubric" in result.stderr


# The form of JSON


def documents(result_text: str) -> Any:
    return json.loads(result_text)


def test_one_dossier_is_an_object_several_are_an_array(evgrade: Run, run: Run) -> None:
    for each in (evgrade, run):
        assert isinstance(documents(each("score", SMALLEST, "-f", "json").stdout), dict)
        assert [one["dossier"]["file"] for one in documents(each("score", *ALL, "-f", "json").stdout)] == ALL


def test_the_form_depends_on_what_was_asked_for_and_not_on_what_is_valid(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(VALID)
    assert isinstance(documents(evgrade("score", tmp_path, "-f", "json").stdout), list)
    (tmp_path / "b.yaml").write_text(INVALID)
    assert isinstance(documents(evgrade("score", "a.yaml", "b.yaml", "-f", "json", cwd=tmp_path).stdout), list)


def test_the_same_bytes_give_the_same_bytes(evgrade: Run, run: Run) -> None:
    for environment in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8"}):
        assert run("score", *ALL, "-f", "json", env=environment) == evgrade("score", *ALL, "-f", "json")


@pytest.mark.parametrize("date", ["2010", "2010-12", "2010-12-21"])
def test_a_date_is_text_however_short(evgrade: Run, date: str) -> None:
    result = evgrade("score", "-", "-f", "json", stdin=f"{VALID}review: {{date: {date}}}\n")
    assert documents(result.stdout)["dossier"]["review_date"] == date
    assert f"reviewed {date}\n" in evgrade("score", "-", stdin=f"{VALID}review: {{date: {date}}}\n").stdout


def test_a_score_is_rounded_to_what_it_means(evgrade: Run) -> None:
    def numbers(value: Mapping[str, Any]) -> list[float]:
        return [value[key] for key in ("value", "low", "high", "judged_share")]

    for one in documents(evgrade("score", *ALL, "-f", "json").stdout):
        assert all(round(number, 6) == number for number in numbers(one["score"]))


# Panel ratings

RATED = """\
mechanism: [{id: m, statement: It could act., relevance: plausible}]
panel:
  - {id: r1, grades: [{domain: mechanism, grade: B}, {domain: safety, grade: C}]}
  - {id: r2, grades: [{domain: mechanism, grade: C}, {domain: safety, grade: U}, {domain: trails, grade: D}]}
overrides:
  - {domain: mechanism, grade: D, reason: The target is not expressed in this tissue., by: The panel}
"""


def test_what_people_gave_stands_beside_the_grades(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(VALID + RATED)
    text = evgrade("score", "a.yaml", cwd=tmp_path, env={"COLUMNS": "120"}).stdout
    assert (
        """\
Panel ratings
 • Mechanism plausibility: 2 raters, from B to C, median between B and C; the rule gives C
 • Safety: 2 raters gave C; the rule gives U
 • Agreement of the raters (Cohen's kappa, linear weights): 0.00
 • Mechanism plausibility: The panel would give D instead of C: The target is not expressed in this tissue.
 • Not counted: the rater r2 grades `trails`, which evgrade-default does not judge
"""
        in text
    )
    data = json.loads(evgrade("score", "a.yaml", "-f", "json", cwd=tmp_path).stdout)
    jsonschema.Draft202012Validator(schema("assessment")).validate(data)
    assert data["panel"]["agreement"] == {"statistic": "Cohen's kappa, linear weights", "value": 0.0, "untold": None}
    assert [one["median"] for one in data["panel"]["grades"]] == [["B", "C"], ["C"]]
    assert data["panel"]["overrides"][0]["instead_of"] == "C"
