"""`evgrade rubric`: list, show, check and test the grading systems."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evgrade.rubric.cases import cases_of
from evgrade.rubric.load import load_rubric, shipped_names

from .conftest import SameAsGolden
from .support import ROOT, Run

DEFAULT = ROOT / "rubrics" / "evgrade-default.yaml"


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """Write a copy of the default rubric to change."""
    text = DEFAULT.read_text(encoding="utf-8").replace("../examples/", f"{ROOT}/examples/")
    path = tmp_path / "changed.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


# list


def test_list_names_every_shipped_rubric(evgrade: Run, run: Run) -> None:
    for each in (evgrade, run):
        result = each("rubric", "list")
        assert (result.code, result.stderr) == (0, "")
        assert [line.split()[0] for line in result.stdout.splitlines()] == list(shipped_names())
        for line in result.stdout.splitlines():
            rubric = load_rubric(line.split()[0])
            assert line.split(maxsplit=2)[1:] == [rubric.status, rubric.title]


# show


@pytest.mark.parametrize("name", shipped_names())
def test_show_tells_all_of_a_rubric(evgrade: Run, name: str) -> None:
    result = evgrade("rubric", "show", name, env={"COLUMNS": "120"})
    assert (result.code, result.stderr) == (0, "")
    shown = " ".join(result.stdout.split())
    rubric = load_rubric(name)
    for said in (
        rubric.title,
        rubric.version,
        rubric.source,
        *(term.means for term in rubric.terms),
        *(domain.question for domain in rubric.domains),
        *(level.means for level in (rubric.recommendation.levels if rubric.recommendation else ())),
        *(rung.rule.means for rung in (rubric.recommendation.ladder.rungs if rubric.recommendation else ())),
        *(case.name for case in cases_of(rubric)),
        *(case.why for case in cases_of(rubric)),
    ):
        assert " ".join(said.split()) in shown


def test_show_reads_as_it_was_read_last(evgrade: Run, run: Run, same_as_golden: SameAsGolden) -> None:
    result = evgrade("rubric", "show")
    same_as_golden(result.stdout, "evgrade-default.show.txt")
    assert run("rubric", "show", "evgrade-default") == result


# check


@pytest.mark.parametrize("name", [*shipped_names(), DEFAULT])
def test_the_shipped_rubrics_are_in_order(evgrade: Run, name: str | Path) -> None:
    result = evgrade("rubric", "check", name)
    assert (result.code, result.stdout, result.stderr) == (0, "", "1 rubric checked: 1 valid, 0 invalid\n")


def test_check_shows_every_mistake_at_its_place(evgrade: Run, run: Run, changed: Path) -> None:
    change(changed, "  masked:\n    on: trials", "  masked:\n    on: trails")
    for each in (evgrade, run):
        result = each("rubric", "check", changed)
        assert result.code == 1
        head, source, caret, *_ = result.stdout.splitlines()
        assert head.startswith(f"{changed}:")
        assert ": error: " in head
        assert source.endswith("|     on: trails")
        assert caret.endswith("^^^^^^")
        assert result.stderr == "1 rubric checked: 0 valid, 1 invalid\n"


def test_a_mistyped_field_is_a_mistake_and_never_matches_nothing(evgrade: Run, changed: Path) -> None:
    change(changed, "when: {control: [placebo, sham, ", "when: {contorl: [placebo, sham, ")
    result = evgrade("rubric", "check", changed)
    assert result.code == 1
    assert "contorl" in result.stdout
    assert "did you mean `control`?" in result.stdout


def test_check_gives_json(evgrade: Run, changed: Path) -> None:
    change(changed, "{mechanism: 10, preclinical: 10,", "{mechanism: 11, preclinical: 10,")
    result = evgrade("rubric", "check", "evgrade-default", changed, "--format", "json")
    assert result.code == 1
    data = json.loads(result.stdout)
    statuses = {Path(one["file"]).stem: one["status"] for one in data["files"]}
    assert statuses == {"evgrade-default": "valid", "changed": "invalid"}
    assert data["counts"]["error"] == len(data["findings"]) == 1


def test_findings_of_several_rubrics_are_sorted(evgrade: Run, changed: Path) -> None:
    change(changed, "{mechanism: 10, preclinical: 10,", "{mechanism: 11, preclinical: 10,")
    first = changed.with_name("a.yaml")
    first.write_text(changed.read_text(encoding="utf-8"), encoding="utf-8")
    result = evgrade("rubric", "check", changed, first)
    heads = [line.split(":")[0] for line in result.stdout.splitlines() if ": error: " in line]
    assert heads == [str(first), str(changed)]
    assert result.stderr == "2 rubrics checked: 0 valid, 2 invalid\n"


def test_a_file_that_is_no_yaml_is_a_finding_of_check(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("rubric: [\n")
    result = evgrade("rubric", "check", "a.yaml", cwd=tmp_path)
    assert result.code == 1
    assert result.stdout.startswith("a.yaml:2:1: error: ")


def test_a_rubric_that_cannot_be_read_keeps_none_of_the_others_from_being_checked(evgrade: Run, changed: Path) -> None:
    change(changed, "{mechanism: 10, preclinical: 10,", "{mechanism: 11, preclinical: 10,")
    result = evgrade("rubric", "check", "nowhere.yaml", changed)
    assert result.code == 2
    assert f"{changed}:" in result.stdout
    assert result.stderr == (
        "evgrade: nowhere.yaml could not be read: No such file or directory\n1 rubric checked: 0 valid, 1 invalid\n"
    )


@pytest.mark.parametrize("command", ["show", "check", "test"])
def test_an_unknown_rubric_gets_the_nearest_name(evgrade: Run, command: str) -> None:
    result = evgrade("rubric", command, "evgrade-defualt")
    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.endswith("there is no rubric 'evgrade-defualt'\n  = did you mean `evgrade-default`?\n")


# test


def test_the_worked_cases_of_the_shipped_rubrics_hold(evgrade: Run, run: Run) -> None:
    for each in (evgrade, run):
        result = each("rubric", "test")
        assert (result.code, result.stdout) == (0, "")
        for line, name in zip(result.stderr.splitlines(), shipped_names(), strict=True):
            cases = len(cases_of(load_rubric(name)))
            assert cases > 10
            assert line == f"{name}: {cases} of {cases} worked cases hold"


def test_a_case_that_does_not_hold_is_shown_at_its_place(evgrade: Run, run: Run, changed: Path) -> None:
    change(
        changed,
        "expect: {trials: C}\n    possible: {trials: [B, C]}",
        "expect: {trials: A}\n    possible: {trials: [C]}",
    )
    text = changed.read_text(encoding="utf-8").splitlines()
    line = text.index("  - name: A trial of unknown quality") + 1
    for each in (evgrade, run):
        result = each("rubric", "test", changed)
        assert result.code == 1
        assert result.stdout == (
            f"{changed}:{line}:5: A trial of unknown quality\n"
            "    trials is C, expected A\n"
            "    possible for trials: B, C; expected C\n"
        )
        assert result.stderr.startswith("evgrade-default: ")
        assert result.stderr.endswith("worked cases hold\n")


def test_a_case_whose_dossier_is_bad_does_not_hold(evgrade: Run, changed: Path) -> None:
    change(changed, f"path: {ROOT}/examples/riluzole-als.dossier.yaml", "path: nowhere.yaml")
    result = evgrade("rubric", "test", changed)
    assert result.code == 1
    assert "could not be read" in result.stdout


def test_one_failing_rubric_of_several_is_enough(evgrade: Run, changed: Path) -> None:
    change(changed, "expect: {cost: D, recommendation: recommended}", "expect: {cost: A}")
    assert evgrade("rubric", "test", changed, "evgrade-default").code == 1
    assert evgrade("rubric", "test", "evgrade-default", changed).code == 1


def test_a_broken_rubric_cannot_be_tested(evgrade: Run, broken_rubric: Path) -> None:
    for command in ("show", "test"):
        result = evgrade("rubric", command, broken_rubric)
        assert (result.code, result.stdout) == (2, "")
        assert f"{broken_rubric}:1:1: error: " in result.stderr
