"""The pre-commit hooks, by the real pre-commit: which files they get, what they say, what they stop."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evgrade.yamlio.reader import read

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
Runs = Callable[..., subprocess.CompletedProcess[str]]
HOOKS: list[dict[str, Any]] = list(read((ROOT / ".pre-commit-hooks.yaml").read_bytes(), "hooks").data)
PRE_COMMIT = Path(sys.executable).parent / "pre-commit"
VALID = "dossier: 1\ntherapy: {name: a therapy}\ncondition: {name: a condition}\n"


def hook(name: str) -> dict[str, Any]:
    (found,) = (one for one in HOOKS if one["id"] == name)
    return found


# The manifest


def test_pre_commit_accepts_the_manifest(run: Runs) -> None:
    run(PRE_COMMIT, "validate-manifest", ".pre-commit-hooks.yaml", cwd=ROOT)


@pytest.mark.parametrize("one", HOOKS, ids=lambda one: one["id"])
def test_a_hook_says_once_what_it_found(one: dict[str, Any]) -> None:
    assert one["require_serial"] is True
    assert one["language"] == "python"
    assert one["types"] == ["yaml"]
    assert one["entry"].split()[0] == "evgrade"


@pytest.mark.parametrize("one", HOOKS, ids=lambda one: one["id"])
def test_no_file_name_is_an_option(one: dict[str, Any]) -> None:
    assert one["args"][-1] == "--"


def test_the_page_ends_arguments_of_ones_own_in_the_same_way() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    own = [found for page in pages for found in re.findall(r"\bargs: \[(.*?)\]", page.read_text(encoding="utf-8"))]
    assert own
    assert all(args.endswith(", --") for args in own), own


@pytest.mark.parametrize(
    ("name", "validate", "rubric"),
    [
        ("ldn.dossier.yaml", True, False),
        ("ldn.dossier.yml", True, False),
        ("deep/er/ldn.dossier.yaml", True, False),
        ("ldn.dossier.yaml.bak", False, False),
        ("dossier.yaml", False, False),
        ("ldndossier.yaml", False, False),
        ("ldn.dossier.yamlx", False, False),
        ("ldn.dossier.json", False, False),
        (".pre-commit-config.yaml", False, False),
        ("rubrics/mine.yaml", False, True),
        ("deep/rubrics/mine.yml", False, True),
        ("my-rubrics/mine.yaml", False, False),
        ("rubrics.yaml", False, False),
        ("rubrics/README.md", False, False),
    ],
)
def test_a_hook_gets_only_its_files(name: str, validate: bool, rubric: bool) -> None:
    assert bool(re.search(hook("evgrade-validate")["files"], name)) is validate
    assert bool(re.search(hook("evgrade-rubric")["files"], name)) is rubric


# The real thing


def test_good_dossiers_are_committed_and_a_bad_one_is_not(
    run: Runs, hooks: Path, libraries: Path, tmp_path: Path
) -> None:
    here = tmp_path / "reviews"
    store = {
        "PRE_COMMIT_HOME": str(tmp_path / "store"),
        "PRE_COMMIT_COLOR": "never",
        # What evgrade requires, and what builds it, is there and need not be installed.
        "PYTHONPATH": str(libraries),
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
    }

    def commit(message: str, code: int) -> str:
        run("git", "add", "--all", cwd=here)
        done = run("git", "commit", "--quiet", "-m", message, cwd=here, env=store, code=code)
        return done.stdout + done.stderr

    run("git", "init", "--quiet", here, cwd=tmp_path)
    revision = run("git", "rev-parse", "HEAD", cwd=hooks).stdout.strip()
    (here / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {hooks}\n  rev: {revision}\n  hooks:\n"
        "  - id: evgrade-validate\n    verbose: true\n  - id: evgrade-rubric\n    verbose: true\n"
    )
    run(PRE_COMMIT, "install", cwd=here, env=store)

    for number in range(30):
        (here / f"{number}.dossier.yaml").write_text(VALID)
    (here / "other.yaml").write_text("no: dossier\n")
    (here / "broken.yaml").write_text("a: [\n")
    (here / "rubrics").mkdir()
    rubric = (ROOT / "rubrics" / "evgrade-default.yaml").read_text(encoding="utf-8")
    (here / "rubrics" / "mine.yaml").write_text(rubric, encoding="utf-8")
    said = commit("Thirty good dossiers and what is none", 0)
    assert re.findall(r".*dossiers? checked.*", said) == ["30 dossiers checked: 30 valid, 0 invalid"]
    assert re.findall(r".*rubrics? checked.*", said) == ["1 rubric checked: 1 valid, 0 invalid"]
    assert "other.yaml" not in said
    assert "broken.yaml" not in said

    for name in ("--output=x.dossier.yaml", "-o.dossier.yaml", "--output=x/rubrics/y.yaml"):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text(rubric if "rubrics" in name else VALID, encoding="utf-8")
    said = commit("Two good dossiers and a rubric whose names look like options", 0)
    assert re.findall(r".*dossiers? checked.*", said) == ["2 dossiers checked: 2 valid, 0 invalid"]
    assert re.findall(r".*rubrics? checked.*", said) == ["1 rubric checked: 1 valid, 0 invalid"]
    assert not (here / "x.dossier.yaml").exists()

    (here / "bad.dossier.yaml").write_text(VALID + "trails: []\n")
    (here / "rubrics" / "bad.yaml").write_text(rubric.replace("on: trials", "on: trails", 1), encoding="utf-8")
    said = commit("One bad dossier", 1)
    assert "bad.dossier.yaml:4:1: error: unknown key `trails` [schema-unknown-key]\n" in said
    assert "= did you mean `trials`?" in said
    assert re.findall(r".*dossiers? checked.*", said) == ["1 dossier checked: 0 valid, 1 invalid; 1 error"]
    assert re.search(r"rubrics/bad\.yaml:\d+:\d+: error: ", said)
    assert run("git", "log", "--format=%s", cwd=here).stdout.count("\n") == 2
