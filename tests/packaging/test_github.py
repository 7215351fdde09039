"""What GitHub reads: workflows, Dependabot, forms for issues, and how to cite. It follows the published schemas."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import evgrade
from tests.crossed import one_in

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".github"
WORKFLOWS = sorted(HOME.glob("workflows/*.yml"))
FOR_OTHERS, LIVING = ROOT / "docs" / "publish-site.yml", ROOT / "docs" / "living-review.yml"
"""Workflows to copy, which do not run here."""
FORMS = sorted(path for path in HOME.glob("ISSUE_TEMPLATE/*.yml") if path.name != "config.yml")
SCHEMAS = {
    "vendor.github-workflows": [*WORKFLOWS, FOR_OTHERS, LIVING],
    "custom.github-workflows-require-timeout": [*WORKFLOWS, FOR_OTHERS, LIVING],
    "vendor.github-issue-forms": FORMS,
    "vendor.github-issue-config": [HOME / "ISSUE_TEMPLATE" / "config.yml"],
    "vendor.github-actions": [ROOT / "action.yml"],
    "vendor.dependabot": [HOME / "dependabot.yml"],
    "vendor.citation-file-format": [ROOT / "CITATION.cff"],
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def jobs() -> list[tuple[str, dict[str, Any]]]:
    return [(f"{path.stem}/{name}", job) for path in WORKFLOWS for name, job in read(path)["jobs"].items()]


def objections(schema: str, *paths: Path) -> str:
    tool = Path(sys.executable).parent / "check-jsonschema"
    command: list[str | Path] = [tool, "--builtin-schema", schema, *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("schema", one_in(2, [*SCHEMAS]))
def test_github_files_follow_the_published_schema(schema: str) -> None:
    assert objections(schema, *SCHEMAS[schema]) == ""


@pytest.mark.slow
def test_a_file_that_breaks_the_schema_would_be_noticed(tmp_path: Path) -> None:
    wrong = tmp_path / "release.yml"
    wrong.write_text((HOME / "workflows" / "release.yml").read_text(encoding="utf-8").replace("runs-on:", "runs:"))
    assert "release.yml" in objections("vendor.github-workflows", *SCHEMAS["vendor.github-workflows"], wrong)


def test_every_action_is_pinned_to_a_commit_with_its_version_in_a_comment() -> None:
    for path in (*WORKFLOWS, ROOT / "action.yml", FOR_OTHERS, LIVING):
        for used in re.findall(r"\buses: (.+)", path.read_text(encoding="utf-8")):
            assert used.startswith("./") or re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), used


def test_only_the_job_that_publishes_may_do_more_than_read() -> None:
    assert [read(path)["permissions"] for path in WORKFLOWS] == [{"contents": "read"}] * len(WORKFLOWS)
    allowed = {name: job["permissions"] for name, job in jobs() if job.get("permissions", {}) != {}}
    assert allowed.pop("release/publish") == {"id-token": "write"}
    assert all(permissions == {"contents": "read"} for permissions in allowed.values())


def test_the_workflow_for_others_gives_each_job_what_it_needs_and_runs_nothing_where_it_publishes() -> None:
    workflow = read(FOR_OTHERS)
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["make"]["permissions"] == {"contents": "read", "pages": "read"}
    assert workflow["jobs"]["publish"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert [step["uses"].split("@")[0] for step in workflow["jobs"]["publish"]["steps"]] == ["actions/deploy-pages"]
    steps = workflow["jobs"]["make"]["steps"]
    assert steps[0]["with"] == {"fetch-depth": 0, "persist-credentials": False}
    assert not [step for step in steps if "${{" in step.get("run", "")]
    (upload,) = (step["with"]["path"] for step in steps if "upload-pages-artifact" in step.get("uses", ""))
    assert upload == next(step["env"]["SITE"] for step in steps if "SITE" in step.get("env", {}))


def test_a_release_is_tested_and_tried_before_it_is_published_from_a_guarded_environment() -> None:
    publish = dict(jobs())["release/publish"]
    assert set(publish["needs"]) == {"test", "build", "try"}
    assert publish["environment"]["name"] == "pypi"
    assert [step["uses"].split("@")[0] for step in publish["steps"]] == [
        "actions/download-artifact",
        "pypa/gh-action-pypi-publish",
    ]  # nothing of the repository runs where it could publish


def test_no_script_holds_an_expression_that_somebody_else_could_fill() -> None:
    assert [step["run"] for _, job in jobs() for step in job.get("steps", []) if "${{" in step.get("run", "")] == []


def test_the_matrix_covers_every_python_that_the_package_promises() -> None:
    prefix = "Programming Language :: Python :: 3."
    promised = [line.removeprefix(prefix[:-2]) for line in PROJECT["classifiers"] if line.startswith(prefix)]
    assert PROJECT["requires-python"] == f">={promised[0]}"
    matrices = [job["strategy"]["matrix"] for _, job in jobs() if "strategy" in job]
    assert len(matrices) == 2
    for matrix in matrices:
        assert matrix["python"] == promised
        assert matrix["system"] == ["ubuntu-latest", "macos-latest", "windows-latest"]


def test_the_tests_that_run_everywhere_are_there() -> None:
    (paths,) = re.findall(r"'(tests[^']*)'", dict(jobs())["ci/systems"]["env"]["TESTS"])
    assert all((ROOT / path).exists() for path in paths.split())


def test_the_citation_names_what_the_package_is() -> None:
    citation = read(ROOT / "CITATION.cff")
    assert citation["version"] == evgrade.__version__
    assert citation["license"] == PROJECT["license"]
    assert [author["name"] for author in citation["authors"]] == [author["name"] for author in PROJECT["authors"]]


def test_every_file_keeps_its_line_ends_in_a_checkout_on_windows() -> None:
    assert "* -text" in (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()
