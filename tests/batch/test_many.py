"""`evgrade.grade_many`: whole assessments for Python users, as they come."""

from __future__ import annotations

import doctest
import pickle
from pathlib import Path

import pytest

import evgrade

ROOT = Path(__file__).parents[2]
VALID = "dossier: 1\ntherapy: {name: a therapy}\ncondition: {name: a condition}\n"


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Write a folder with good and bad files."""
    for name in ("a", "c", "e"):
        (tmp_path / f"{name}.yaml").write_text(VALID)
    (tmp_path / "b.yaml").write_text("dossier: 1\n")
    (tmp_path / "d.yaml").write_text("something: else\n")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_it_yields_assessments_and_errors_in_order(mixed: Path, jobs: int) -> None:
    results = dict(evgrade.grade_many([mixed, mixed / "gone.yaml"], jobs=jobs))
    assert [Path(name).name for name in results] == ["a.yaml", "b.yaml", "c.yaml", "e.yaml", "gone.yaml"]
    kinds = [type(result) for result in results.values()]
    fine = evgrade.Assessment
    assert kinds == [fine, evgrade.InvalidDossierError, fine, fine, evgrade.UnreadableError]
    broken = results[f"{mixed}/b.yaml"]
    assert isinstance(broken, evgrade.InvalidDossierError)
    assert broken.findings[0].location.file == f"{mixed}/b.yaml"


@pytest.mark.slow
def test_an_assessment_of_another_process_is_the_same() -> None:
    folder = ROOT / "examples"
    assert dict(evgrade.grade_many([folder], jobs=2)) == dict(evgrade.grade_many([folder]))


def test_it_begins_before_it_has_looked_at_all() -> None:
    [name, result] = next(evgrade.grade_many([ROOT / "examples", "/nonexistent"]))
    assert name.endswith(".dossier.yaml")
    assert isinstance(result, evgrade.Assessment)


def test_the_examples_of_its_documentation_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    page = doctest.testfile(str(ROOT / "docs" / "batch.md"), module_relative=False)
    finder = doctest.DocTestFinder().find(evgrade.grade_many, globs={})
    told = [doctest.DocTestRunner().run(test) for test in finder]
    assert page.attempted >= 2
    assert sum(one.attempted for one in told) >= 2
    assert page.failed + sum(one.failed for one in told) == 0


def test_a_rubric_that_cannot_be_used_is_told_at_once() -> None:
    with pytest.raises(evgrade.UnknownRubricError):
        evgrade.grade_many([ROOT / "examples"], "nonexistent")


def test_errors_travel_whole(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    path.write_text("dossier: 1\n")
    with pytest.raises(evgrade.InvalidDossierError) as caught:
        evgrade.load_dossier(str(path))
    caught.value.hint = "a hint"
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert (again.message, again.findings, again.hint) == (caught.value.message, caught.value.findings, "a hint")
