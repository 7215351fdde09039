"""`import evgrade`: the same results for Python and notebooks, and nothing imported before it is needed."""

from __future__ import annotations

import doctest
import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

import evgrade as package
from evgrade import api
from evgrade.checked import Checked, Outcome
from evgrade.render.findings_json import findings_json
from evgrade.render.machine import assessment_data

from .support import INVALID, NALTREXONE, RILUZOLE, ROOT, SMALLEST, VALID, Run

STATED = """\
dossier: 1
therapy: {name: a therapy}
condition: {name: a condition}
outcomes:
  - id: o
    name: Pain
    importance: critical
    design: randomized
    certainty: {judgement: high}
    risk_of_bias: {judgement: not_serious}
    inconsistency: {judgement: not_serious}
    indirectness: {judgement: not_serious}
    imprecision: {judgement: very_serious}
    publication_bias: {judgement: undetected}
"""
PUBLIC = [name for name in package.__all__ if name != "__version__"]


@pytest.mark.parametrize("example", [NALTREXONE, RILUZOLE, SMALLEST])
def test_grade_gives_what_the_command_gives(evgrade: Run, monkeypatch: pytest.MonkeyPatch, example: str) -> None:
    monkeypatch.chdir(ROOT)
    printed = json.loads(evgrade("score", example, "-f", "json").stdout)
    for dossier in (example, Path(example), package.load_dossier(example)):
        for rubric in ("evgrade-default", ROOT / "rubrics" / "evgrade-default.yaml", package.load_rubric()):
            assert assessment_data(package.grade(dossier, rubric)) == printed


def test_the_example_of_the_docstring_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    finder = doctest.DocTestFinder().find(api.grade, globs={})
    results = [doctest.DocTestRunner().run(test) for test in finder]
    assert sum(result.attempted for result in results) >= 4
    assert sum(result.failed for result in results) == 0


def test_validate_gives_what_the_command_gives(evgrade: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    printed = json.loads(evgrade("validate", "tests/cli/bad", "-f", "json").stdout)
    found = package.validate("tests/cli/bad")
    checked = Checked("all", Outcome.INVALID, findings=tuple(found))
    assert json.loads(findings_json([checked], []))["findings"] == printed["findings"]
    assert found == package.validate(*sorted(Path("tests/cli/bad").iterdir(), reverse=True))


def test_validate_finds_nothing_in_good_dossiers() -> None:
    assert package.validate(ROOT / RILUZOLE, str(ROOT / SMALLEST)) == []


def test_validate_says_what_cannot_be_read() -> None:
    with pytest.raises(package.UnreadableError, match="No such file"):
        package.validate("nowhere.yaml")


@pytest.mark.parametrize("call", [package.grade, package.load_dossier])
def test_an_invalid_dossier_is_an_error_with_findings(tmp_path: Path, call: object) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(INVALID)
    assert callable(call)
    with pytest.raises(package.InvalidDossierError) as raised:
        call(str(path))
    assert isinstance(raised.value, package.InvalidError)
    assert isinstance(raised.value, package.EvgradeError)
    (finding,) = raised.value.findings
    assert isinstance(finding, package.Finding)
    assert finding.severity is package.Severity.ERROR
    assert (finding.location.line, finding.location.column) == (1, 1)
    assert str(raised.value) == f"{path} is not a valid dossier"


def test_an_invalid_rubric_is_an_error_with_findings(broken_rubric: Path) -> None:
    for call in (partial(package.grade, ROOT / SMALLEST), package.load_rubric):
        with pytest.raises(package.InvalidRubricError) as raised:
            call(str(broken_rubric))
        assert raised.value.findings
        assert raised.value.findings[0].location.file == str(broken_rubric)


def test_an_unknown_rubric_is_an_error_with_a_hint() -> None:
    with pytest.raises(package.UnknownRubricError) as raised:
        package.grade(ROOT / SMALLEST, "evgrade-defualt")
    assert raised.value.hint == "did you mean `evgrade-default`?"


def test_a_file_that_is_not_there_is_an_error() -> None:
    for call in (package.grade, package.load_dossier):
        with pytest.raises(package.UnreadableError):
            call("nowhere.yaml")


def test_warnings_come_with_the_assessment(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(VALID + "references: [{id: a, title: A paper}]\n")
    (warning,) = package.grade(tmp_path / "a.yaml").findings
    assert (warning.code, warning.severity) == ("reference-unused", package.Severity.WARNING)
    assert package.validate(tmp_path / "a.yaml") == [warning]


def test_results_cannot_be_changed() -> None:
    assessment = package.grade(ROOT / SMALLEST)
    with pytest.raises(AttributeError):
        assessment.therapy = "another"  # type: ignore[misc]
    assert hash(assessment.domains[0]) is not None


def test_every_public_name_is_there_and_explains_itself() -> None:
    for name in PUBLIC:
        assert getattr(package, name).__doc__
    assert set(PUBLIC) <= set(package._HOMES)


def test_there_is_no_other_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        package.nothing  # noqa: B018


# What is imported, and when

HEAVY = ("typer", "rich", "jsonschema", "yaml", "pydantic", "multiprocessing", "importlib.metadata", "referencing")


def imported(code: str, *args: str) -> set[str]:
    """Run some code in a Python of its own and return which of the heavy modules it imported."""
    shown = f"{code}\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{shown}", *args], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.splitlines()[-1].split())


COMMAND = """
from evgrade.cli import main
sys.argv = ["evgrade", *sys.argv[1:]]
try:
    main()
except SystemExit as ended:
    assert ended.code == 0, ended.code
"""


def test_importing_evgrade_imports_nothing() -> None:
    assert imported("before = set(sys.modules)\nimport evgrade") == set()


def test_nor_does_naming_what_it_has() -> None:
    assert imported("import evgrade\nevgrade.__all__, evgrade.__version__, dir(evgrade)") == set()


@pytest.mark.slow
def test_grading_in_python_needs_no_command_line() -> None:
    assert imported(f"import evgrade\nevgrade.grade({SMALLEST!r})") == {"yaml"}


def test_validating_a_good_dossier_imports_neither_parser_nor_explainer() -> None:
    assert imported(COMMAND, "validate", SMALLEST) == {"typer"}


@pytest.mark.slow
def test_nor_does_printing_json(tmp_path: Path) -> None:
    assert imported(COMMAND, "validate", SMALLEST, "--format", "json") == {"typer"}
    assert imported(COMMAND, "validate", SMALLEST, "--output", str(tmp_path / "out")) == {"typer"}


def test_pointing_at_a_finding_needs_the_parser_for_its_place() -> None:
    assert imported(COMMAND, "validate", NALTREXONE) == {"typer", "yaml"}


@pytest.mark.slow
def test_only_the_report_needs_rich() -> None:
    assert imported(COMMAND, "score", SMALLEST, "--format", "json") == {"typer", "yaml"}
    assert imported(COMMAND, "explain", SMALLEST) == {"typer", "yaml"}
    assert "rich" in imported(COMMAND, "score", SMALLEST)


def test_printing_the_version_or_a_schema_needs_next_to_nothing() -> None:
    assert imported(COMMAND, "--version") == {"typer"}
    assert imported(COMMAND, "schema", "dossier") <= {"typer", "yaml"}


def test_validate_finds_what_the_command_finds(evgrade: Run, tmp_path: Path) -> None:
    """A stated certainty that does not follow from its judgements is found by both; so is what a rubric misses."""
    stated = tmp_path / "stated.dossier.yaml"
    stated.write_text(STATED, encoding="utf-8")
    for rubrics in ((), ("grade",)):
        options = [text for name in rubrics for text in ("--rubric", name)]
        told = json.loads(evgrade("validate", stated, "--format", "json", *options).stdout)["findings"]
        found = package.validate(stated, rubrics=rubrics)
        assert [(one["code"], one["message"]) for one in told] == [(one.code, one.message) for one in found]
        assert "stated-grade" in {one.code for one in found}
