"""Rubrics found by name and by path, and files that are none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evgrade.model import EvgradeError, InvalidRubricError, UnreadableError
from evgrade.rubric import load
from evgrade.rubric.load import DEFAULT, UnknownRubricError, find_rubric, load_rubric, shipped_folder, shipped_names

HOSTILE = Path(__file__).parents[1] / "hostile" / "reading"


def test_the_default_rubric_is_shipped() -> None:
    assert DEFAULT == "evgrade-default"
    assert DEFAULT in shipped_names()
    assert list(shipped_names()) == sorted(shipped_names())
    assert load_rubric().name == DEFAULT


def test_a_rubric_is_found_by_name() -> None:
    assert find_rubric(DEFAULT) == str(shipped_folder() / "evgrade-default.yaml")


@pytest.mark.parametrize("path", ["mine.yaml", "mine.yml", "some/where", "./mine"])
def test_what_looks_like_a_path_is_a_path(path: str) -> None:
    assert find_rubric(path) == path


def test_a_file_without_an_ending_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert find_rubric("mine") == "mine"


def test_a_file_called_like_a_shipped_rubric_is_not_taken_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "evgrade-default").write_text("rubric: 1\nname: another\n")
    monkeypatch.chdir(tmp_path)
    assert load_rubric("evgrade-default").title == load_rubric().title


def test_a_name_that_is_nearly_right_is_suggested() -> None:
    with pytest.raises(UnknownRubricError) as raised:
        find_rubric("evgrade_defualt")
    assert raised.value.message == "there is no rubric 'evgrade_defualt'"
    assert raised.value.hint == "did you mean `evgrade-default`?"


def test_a_name_that_is_near_nothing_lists_what_there_is() -> None:
    with pytest.raises(UnknownRubricError) as raised:
        load_rubric("xyz")
    assert raised.value.message == "there is no rubric 'xyz'"
    assert raised.value.hint == f"shipped: {', '.join(shipped_names())}; or give the path of a file"


def test_a_file_that_is_not_there_is_said_so() -> None:
    with pytest.raises(UnreadableError) as raised:
        load_rubric("nowhere/rubric.yaml")
    assert raised.value.message == "the rubric nowhere/rubric.yaml could not be read: No such file or directory"
    assert raised.value.hint == f"shipped rubrics: {', '.join(shipped_names())}"


def test_a_folder_is_no_rubric(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError) as raised:
        load_rubric(f"{tmp_path}/")
    assert raised.value.message == f"the rubric {tmp_path} is a folder, not a file"


def test_a_rubric_is_loaded_by_path(tmp_path: Path) -> None:
    copy = tmp_path / "copy.yaml"
    shutil.copy(find_rubric(DEFAULT), copy)
    loaded = load_rubric(str(copy))
    assert loaded.name == DEFAULT
    assert loaded.file == str(copy)
    assert loaded.sha256 == load_rubric().sha256


@pytest.mark.parametrize("name", ["empty", "alias-bomb", "key-twice"])
def test_hostile_yaml_is_no_rubric(name: str) -> None:
    """Few of them are enough: the reader is that of dossiers, which is tried on all."""
    path = HOSTILE / f"{name}.yaml"
    with pytest.raises(InvalidRubricError) as raised:
        load_rubric(str(path))
    assert raised.value.message == f"{path} is not a rubric"
    assert [finding.location.file for finding in raised.value.findings] == [str(path)]


def test_a_dossier_is_no_rubric() -> None:
    example = shipped_folder().parent / "examples" / "smallest.dossier.yaml"
    with pytest.raises(InvalidRubricError) as raised:
        load_rubric(str(example))
    assert raised.value.message == f"{example} is not a rubric that can be used for grading"
    assert "this is not a rubric: it has no `rubric:` header" in [finding.message for finding in raised.value.findings]


def test_a_rubric_is_compiled_from_whatever_folder_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_rubric(DEFAULT).name == DEFAULT


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pretend that evgrade is installed in a folder of this test."""
    package = tmp_path / "site" / "evgrade"
    package.mkdir(parents=True)
    monkeypatch.setattr(load, "_PACKAGE", package)
    shipped_folder.cache_clear()
    monkeypatch.setattr(load, "shipped_folder", load.shipped_folder.__wrapped__)
    return package


def test_the_rubrics_of_an_installed_package_are_inside_it(elsewhere: Path) -> None:
    (elsewhere / "rubrics").mkdir()
    assert load.shipped_folder() == elsewhere / "rubrics"


def test_the_rubrics_of_a_checkout_are_beside_the_package(elsewhere: Path) -> None:
    (elsewhere.parent / "rubrics").mkdir()
    (elsewhere.parent / "pyproject.toml").write_text('[project]\nname = "evgrade"\n', encoding="utf-8")
    assert load.shipped_folder() == elsewhere.parent / "rubrics"


def test_a_folder_beside_an_installed_package_is_not_ours(elsewhere: Path) -> None:
    """Whoever installs something called rubrics into site-packages must not change our grades."""
    (elsewhere.parent / "rubrics").mkdir()
    with pytest.raises(EvgradeError) as raised:
        load.shipped_folder()
    assert raised.value.message == "the rubrics that come with evgrade are missing"
    assert raised.value.hint == "install evgrade again"
