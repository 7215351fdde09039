"""Whichever command or function a file comes through, it comes to the same, and the same is found in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import evgrade as package
from evgrade.checked import Outcome
from evgrade.render.findings import few_of_each
from evgrade.render.findings_json import finding_data

from .scratch import Scratch, isolate
from .support import ROOT, VALID, run_here
from .test_python import STATED

pytestmark = pytest.mark.slow

TRIAL = f"{VALID}trials: [{{id: a, statement: A trial., participants: 10, %s}}]\n"
CITED = f"{VALID}references: [{{id: r, %s}}]\ntrials: [{{id: a, statement: A trial., refs: [r]}}]\n"
WAIVED = TRIAL % "completed: 20" + "waivers: [{check: count-completed, item: a, reason: As printed.}]\n"


@cache
def contents() -> Mapping[str, bytes]:
    """Return files of every sort: examples, hostile ones, and one for each step of checking that may object."""
    texts = {
        "contradicts": TRIAL % "completed: 20",
        "unknown": f"{VALID}trails: []\n",
        "repairable": CITED % "doi: 'doi:10.1000/a'",
        "retracted": CITED % "retraction: retracted",
        "overdue": f"{VALID}review: {{date: 2020-01-01, next_review: 2021-01-01, as_of: 2022-01-01}}\n",
        "stated": STATED,
        "waived": WAIVED,
        "several": f"{VALID}trails: []\ntrials: [{{id: a, refs: [none]}}, {{id: a}}]\n",
        "twice": f"{VALID}{VALID}",
        "header": "dossier: 1\n",
        "other": "other: 1\n",
        "list": "- dossier: 1\n",
        "empty": "",
    }
    files = {name: text.encode() for name, text in texts.items()}
    found = [*ROOT.glob("examples/*.yaml"), *ROOT.glob("tests/cli/bad/*"), *ROOT.glob("tests/hostile/*/*.yaml")]
    files |= {f"{path.parent.name}-{path.name.split('.')[0]}": path.read_bytes() for path in found}
    return {f"{name}.yaml": content for name, content in sorted(files.items())}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        isolate(patch)
        scratch = Scratch.new(tmp_path_factory.mktemp("doors") / "repository")
        for name, content in contents().items():
            scratch.write(name, content)
        (scratch.folder / ".gitattributes").write_text("* -text\n")
        scratch.commit()
    return scratch.folder


def lines(*args: str, cwd: Path) -> list[Any]:
    return [json.loads(line) for line in run_here(*args, cwd=cwd).stdout.splitlines()]


def count(findings: list[Any]) -> Mapping[str, int]:
    """Return findings as rows count them."""
    counts = dict.fromkeys(("error", "warning", "note", "waived"), 0)
    for one in findings:
        counts["waived" if one["waived"] is not None else one["severity"]] += one["count"]
    return counts


@pytest.fixture(scope="module")
def validated(folder: Path) -> Mapping[str, tuple[str, str | None, list[Any]]]:
    """Return what `evgrade validate` says of each file in the folder: its outcome, why, and what was found."""
    said: dict[str, tuple[str, str | None, list[Any]]] = {}
    for one in lines("validate", ".", "-f", "jsonl", cwd=folder):
        if one["kind"] == "file":
            said[one["file"]] = (one["status"], one["reason"], [])
            found = said[one["file"]][2]
        else:
            found.append(one)
    assert said.keys() == contents().keys()
    assert {status for status, _, _ in said.values()} == {Outcome.VALID, Outcome.INVALID, Outcome.SKIPPED}
    return said


ROWS = [("batch", ".", "--no-cache"), ("batch", "--changed-since", "HEAD^")]


@pytest.mark.parametrize("command", ROWS, ids=["batch", "changed-since"])
def test_rows_are_what_validate_says(
    folder: Path, validated: Mapping[str, tuple[str, str | None, list[Any]]], command: tuple[str, ...]
) -> None:
    found = lines(*command, "-f", "jsonl", cwd=folder)
    rows = {row["file"]: row for row in (one.get("after", one) for one in found)}
    for file, (status, reason, findings) in validated.items():
        if status == Outcome.SKIPPED and file not in rows:  # said of it on standard error
            continue
        row = rows[file]
        assert row["status"] == ("graded" if status == Outcome.VALID else status), file
        assert row["counts"] == count(findings), file
        if status == Outcome.SKIPPED:
            assert row["problem"]["message"] == reason
        errors = [one for one in findings if one["severity"] == "error" and one["waived"] is None]
        if errors:
            assert (row["problem"]["code"], row["problem"]["line"]) == (
                errors[0]["code"],
                errors[0]["location"]["line"],
            )


def names() -> list[Any]:
    """Return the names of all files; of the hostile ones, which are many, a third is slow, and the others nightly."""
    hostile = sorted(f"{path.parent.name}-{path.name}" for path in ROOT.glob("tests/hostile/*/*.yaml"))
    marks = {name: pytest.mark.nightly if place % 3 else pytest.mark.slow for place, name in enumerate(hostile)}
    return [pytest.param(name, marks=marks.get(name, ())) for name in contents()]


@pytest.mark.parametrize("name", names())
def test_every_door_leads_to_the_same(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a file that is named."""
    monkeypatch.chdir(folder)
    said, *findings = lines("validate", name, "-f", "jsonl", cwd=folder)
    found = [{key: value for key, value in one.items() if key not in ("schema", "kind")} for one in findings]
    assert list(map(finding_data, few_of_each(package.validate(name)))) == found
    [(_, graded)] = package.grade_many([name])
    code = {Outcome.VALID: 0, Outcome.INVALID: 1}[said["status"]]
    results = {
        "score": run_here("score", name, "-f", "json", cwd=folder),
        "compare": run_here("compare", name, name, "-f", "json", cwd=folder),
        "diff": run_here("diff", name, name, "-f", "json", cwd=folder),
    }
    assert {command: result.code for command, result in results.items()} == dict.fromkeys(results, code)
    if isinstance(graded, package.Assessment):
        assert graded == package.grade(name)
        assert list(map(finding_data, few_of_each(graded.findings))) == found
        assert list(map(finding_data, few_of_each(package.load_dossier(name).findings))) == found
        assert json.loads(results["score"].stdout)["findings"] == found
        difference = json.loads(results["diff"].stdout)
        assert {difference[side]["findings"] for side in ("before", "after")} == {len(graded.findings)}
    else:
        assert isinstance(graded, package.InvalidDossierError)
        with pytest.raises(package.InvalidDossierError) as raised:
            package.load_dossier(name)
        assert list(map(finding_data, few_of_each(raised.value.findings))) == found
        assert list(map(finding_data, few_of_each(graded.findings))) == found
        for result in results.values():
            assert result.stdout == ""
            assert all(one["code"] in result.stderr for one in found)


@pytest.mark.parametrize("name", names())
def test_what_repairs_leave_invalid_is_invalid_at_every_door(folder: Path, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes((folder / name).read_bytes())
    shown = run_here("validate", "--fix", name, cwd=tmp_path)
    run_here("validate", "--fix", "--write", name, cwd=tmp_path)
    [said] = [one for one in lines("validate", name, "-f", "jsonl", cwd=tmp_path) if one["kind"] == "file"]
    assert ("would still be invalid" in shown.stderr) is (said["status"] == Outcome.INVALID)


def test_what_cannot_be_read_is_unreadable_at_every_door(tmp_path: Path) -> None:
    results = [
        run_here(*command, cwd=tmp_path)
        for command in (
            ("validate", "gone.yaml"),
            ("validate", "--fix", "gone.yaml"),
            ("score", "gone.yaml"),
            ("explain", "gone.yaml"),
            ("compare", "gone.yaml", "gone.yaml"),
            ("diff", "gone.yaml", "gone.yaml"),
        )
    ]
    assert {result.code for result in results} == {2}
    reason = "gone.yaml could not be read: No such file or directory"
    assert all(f"evgrade: {reason}\n" in result.stderr for result in results)
    [row] = lines("batch", "gone.yaml", "-f", "jsonl", "--no-cache", cwd=tmp_path)
    assert (row["status"], row["problem"]["message"]) == (Outcome.UNREADABLE, reason)
