"""The workflow of a living review, each step as the runner runs it: real git, a real server, and a `gh` that notes.

Its two jobs have a clone each; what one uploads the other downloads.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.scratch import ISOLATED, Scratch
from tests.cli.support import run_here
from tests.registries.serving import Answer, Server, encoded, serving
from tests.registry_records import a_study

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "living-review.yml"
WORKFLOW: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
IMPORT, PROPOSE = (WORKFLOW["jobs"][name] for name in ("import", "propose"))
DOSSIER, SOURCES, NUMBERS = (WORKFLOW["env"][name] for name in ("DOSSIER", "SOURCES", "NUMBERS"))
NUMBER = "NCT90000001"
VALID = "dossier: 1\ntherapy: {name: a therapy}\ncondition: {name: a condition}\n"
GH = """#!/usr/bin/env python3
import json, os, sys
with open(os.environ["GH_NOTES"], "a", encoding="utf-8") as notes:
    body = sys.argv[sys.argv.index("--body-file") + 1] if "--body-file" in sys.argv else None
    text = open(body, encoding="utf-8").read() if body else ""
    print(json.dumps({"arguments": sys.argv[1:], "body": text, "token": os.environ.get("GH_TOKEN")}), file=notes)
"""


class Review:
    """A repository on a server of git, in which a person and the workflow work."""

    def __init__(self, folder: Path, registry: Server) -> None:
        self.folder, self.registry = folder, registry
        self.origin = folder / "origin.git"
        self.own = Scratch.new(folder / "own")
        self.own.write(DOSSIER, VALID)
        self.own.write(NUMBERS, f"# the trial\n{NUMBER}  # Who 2016\n")
        self.give(a_study())
        subprocess.run(["git", "clone", "--quiet", "--bare", self.own.folder, self.origin], check=True)
        self.own.git("remote", "add", "origin", self.origin)
        programs = folder / "programs"
        programs.mkdir()
        (programs / "gh").write_text(GH, encoding="utf-8")
        (programs / "gh").chmod(0o755)
        self.runs = 0
        arguments = ("import", NUMBER, "--keep", SOURCES, "--into", DOSSIER, "--write")
        assert run_here(*arguments, env={"EVGRADE_CTGOV_URL": registry.url}, cwd=self.own.folder).code == 0
        self.save("The first import")

    def give(self, study: dict[str, Any]) -> None:
        """Let the registry have another record."""
        self.registry.give(f"/studies/{NUMBER}", Answer(encoded(study)))

    def save(self, message: str) -> None:
        self.own.git("add", "-A")
        self.own.git("commit", "--quiet", "--allow-empty", "-m", message)
        self.own.git("push", "--quiet", "origin", "main")

    def edit(self, old: str, new: str) -> None:
        """Let a person change the dossier."""
        path = self.own.folder / DOSSIER
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")
        self.save("By hand")

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not re.match("GIT_|GITHUB_|RUNNER_", name)}
        found = f"{self.folder / 'programs'}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
        return {**kept, **ISOLATED, "PATH": found, "EVGRADE_CTGOV_URL": self.registry.url}

    def run(self) -> bool:
        """Run the workflow as the runner does; return whether its second job ran."""
        self.runs += 1
        place = self.folder / f"run-{self.runs}"
        outputs = self.job(IMPORT, place / "import")
        if outputs.get("changed") != "true":
            assert outputs == {"changed": "false"}
            return False
        proposal = place / "propose" / "temp" / "proposal"
        shutil.copytree(place / "import" / "temp" / "proposal", proposal)
        self.job(PROPOSE, place / "propose")
        return True

    def job(self, job: Mapping[str, Any], place: Path) -> dict[str, str]:
        """Run the scripts of a job in a clone, and return what they put out."""
        temp = place / "temp"
        temp.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "clone", "--quiet", self.origin, place / "work"], check=True)
        output = place / "output"
        output.touch()
        runner = {"RUNNER_TEMP": str(temp), "GITHUB_OUTPUT": str(output), "GH_NOTES": str(self.folder / "notes")}
        for step in job["steps"]:
            if "run" in step and not step["name"].startswith("Install"):
                given = {
                    name: value.replace("${{ github.token }}", "secret") for name, value in step.get("env", {}).items()
                }
                script = place / "script.sh"
                script.write_text(step["run"], encoding="utf-8")
                done = subprocess.run(
                    ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
                    cwd=place / "work",
                    env={**self.environment(), **runner, **WORKFLOW["env"], **given},
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert done.returncode == 0, f"{step['name']}: {done.stdout}{done.stderr}"
        return dict(line.split("=", 1) for line in output.read_text(encoding="utf-8").splitlines())

    @property
    def proposed(self) -> list[dict[str, Any]]:
        """What `gh` was called with."""
        notes = self.folder / "notes"
        return [json.loads(line) for line in notes.read_text(encoding="utf-8").splitlines()] if notes.exists() else []

    def at_branch(self, path: str) -> str:
        """Return a file as the only branch of a proposal has it."""
        self.own.git("fetch", "--quiet", "origin")
        (branch,) = self.own.git("branch", "--remotes", "--list", "origin/living-review/*").split()
        return self.own.git("show", f"{branch}:{path}")


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    with serving() as registry:
        yield Review(tmp_path, registry)


def changed_study() -> dict[str, Any]:
    """Return the study as the registry has it after a while: it now names a paper with its results."""
    study = a_study()
    papers = study["protocolSection"]["referencesModule"]["references"]
    papers.append({"pmid": "2345678", "type": "RESULT", "citation": "Who W. The results: 2021."})
    return study


def test_where_nothing_changed_nothing_is_proposed(review: Review) -> None:
    assert review.run() is False
    assert review.proposed == []
    assert review.own.git("ls-remote", "--heads", "origin").count("\n") == 0


@pytest.mark.nightly
def test_a_record_that_changed_where_no_entry_comes_from_is_not_proposed(review: Review) -> None:
    study = a_study()
    study["derivedSection"] = {"miscInfoModule": {"versionHolder": "2026-11-27"}}
    review.give(study)
    assert review.run() is False
    assert review.proposed == []


@pytest.mark.nightly
def test_a_new_paper_is_proposed_with_what_it_changed(review: Review) -> None:
    review.give(changed_study())
    assert review.run() is True
    (call,) = review.proposed
    assert call["arguments"][:4] == ["pr", "create", "--base", "main"]
    assert call["token"] == "secret"  # noqa: S105
    assert "pmid-2345678" in call["body"]
    assert "pmid: 2345678" in review.at_branch(DOSSIER)
    assert "The results" in review.at_branch(f"{SOURCES}/{NUMBER}.json")
    assert f"M\t{SOURCES}/{NUMBER}.json" in call["body"]


def test_a_new_trial_is_proposed_with_the_grade_that_it_moved(review: Review) -> None:
    review.own.write(DOSSIER, VALID)
    review.save("Begin again, without entries")
    study = changed_study()
    review.give(study)
    assert review.run() is True
    (call,) = review.proposed
    assert NUMBER.lower() in call["body"]
    assert "**Recommendation: Nothing recorded becomes Not recommended at this time?**" in call["body"]
    assert "## Clinical trials: – (possible: A B C D F U) becomes U (possible: B C D F U)" in call["body"]


@pytest.mark.nightly
def test_what_only_the_source_changed_is_taken_and_each_value_is_told(review: Review) -> None:
    study = a_study()
    study["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"]["name"] = "Another University"
    review.give(study)
    assert review.run() is True
    (call,) = review.proposed
    assert "sponsor: A University becomes Another University" in call["body"]
    assert "sponsor: Another University" in review.at_branch(DOSSIER)


def change_both(review: Review) -> None:
    """Let a person and the registry change the same value."""
    review.edit("sponsor: A University\n", "sponsor: A University Hospital  # I called them\n")
    study = a_study()
    study["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"]["name"] = "Another University"
    review.give(study)


@pytest.mark.nightly
def test_what_a_person_wrote_stays_and_a_conflict_is_told_with_both_values(review: Review) -> None:
    change_both(review)
    assert review.run() is True
    (call,) = review.proposed
    said = call["body"].split("## Messages from the import")[1]
    assert "import-conflict" in said
    assert "A University Hospital" in said
    assert "Another University" in said
    assert "sponsor: A University Hospital  # I called them" in review.at_branch(DOSSIER)


@pytest.mark.nightly
def test_a_conflict_is_settled_by_merging_and_not_told_again(review: Review) -> None:
    change_both(review)
    assert review.run() is True
    review.own.git("fetch", "--quiet", "origin")
    (branch,) = review.own.git("branch", "--remotes", "--list", "origin/living-review/*").split()
    review.own.git("merge", "--quiet", "--no-edit", branch)
    review.save("Merged")
    assert review.run() is False
    assert len(review.proposed) == 1


@pytest.mark.nightly
def test_what_vanished_from_a_source_is_told_and_stays(review: Review) -> None:
    study = a_study()
    del study["protocolSection"]["referencesModule"]
    review.give(study)
    assert review.run() is True
    (call,) = review.proposed
    said = call["body"].split("## Messages from the import")[1]
    assert "import-vanished" in said
    assert "`pmid-1234567` in references came from a source that no longer has it" in said
    assert "pmid: 1234567" in review.at_branch(DOSSIER)


@pytest.mark.nightly
def test_what_a_source_says_cannot_leave_the_block_it_is_quoted_in(review: Review) -> None:
    """A record is not ours: it may hold Markdown, a mention, or what looks like a command to the runner."""
    review.edit("sponsor: A University\n", "sponsor: Mine\n")
    study = a_study()
    hostile = "\n\n```\n::set-output name=changed::x\n@everyone [here](https://example.org) $(touch ran)"
    study["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"]["name"] = hostile
    review.give(study)
    assert review.run() is True
    (call,) = review.proposed
    said = call["body"].split("## Messages from the import")[1].split("## Sources that changed")[0]
    assert "@everyone" in said
    assert all(line.startswith("    ") for line in said.splitlines() if line.strip())
    assert "@everyone" not in call["body"].split("## Messages from the import")[0]


@pytest.mark.nightly
def test_the_same_change_is_proposed_once_and_what_people_add_to_it_stays(review: Review) -> None:
    review.give(changed_study())
    review.run()
    review.own.git("fetch", "--quiet", "origin")
    (branch,) = review.own.git("branch", "--remotes", "--list", "origin/living-review/*").split()
    name = branch.removeprefix("origin/")
    review.own.git("switch", "--quiet", "--create", name, branch)
    review.own.write("mine", "A person's work.\n")
    review.own.git("add", "-A")
    review.own.git("commit", "--quiet", "-m", "Mine")
    review.own.git("push", "--quiet", "origin", name)
    review.own.git("switch", "--quiet", "main")
    review.own.write("README.md", "Elsewhere, main moves on.\n")
    review.save("Elsewhere")
    assert review.run() is True
    assert len(review.proposed) == 1
    assert review.at_branch("mine") == "A person's work."


def test_a_patch_reaches_nothing_but_the_dossier_and_its_sources(review: Review, tmp_path: Path) -> None:
    """The second job may write, so it takes nothing else from the first, whatever that was made to do."""
    patch = review.own.folder / ".github" / "workflows" / "evil.yml"
    patch.parent.mkdir(parents=True)
    patch.write_text("on: push\n", encoding="utf-8")
    (review.own.folder / SOURCES / "new.txt").write_text("new\n", encoding="utf-8")
    review.own.git("add", "-A")
    place = tmp_path / "hostile"
    proposal = place / "temp" / "proposal"
    proposal.mkdir(parents=True)
    (proposal / "changes.patch").write_text(review.own.git("diff", "--cached", "--binary") + "\n", encoding="utf-8")
    (proposal / "body.md").write_text("$(touch ran) `touch ran`\n", encoding="utf-8")
    review.own.git("reset", "--quiet", "--hard")
    review.job(PROPOSE, place)
    assert review.at_branch(f"{SOURCES}/new.txt") == "new"
    assert ".github" not in review.own.git("ls-tree", "-r", "--name-only", "FETCH_HEAD")
    assert not (place / "work" / "ran").exists()


def test_a_registry_that_cannot_be_asked_stops_the_job_before_anything_is_written(review: Review) -> None:
    review.registry.give(f"/studies/{NUMBER}", Answer(status=404))
    with pytest.raises(AssertionError, match=f"Request the records again: .*no study {NUMBER}"):
        review.run()


# What the workflow may


def test_only_the_job_that_opens_pull_requests_may_write_and_it_runs_git_and_gh_alone() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert "permissions" not in IMPORT
    assert PROPOSE["permissions"] == {"contents": "write", "pull-requests": "write"}
    assert IMPORT["steps"][0]["with"]["persist-credentials"] is False
    (script,) = [step["run"] for step in PROPOSE["steps"] if "run" in step]
    assert not re.search(r"\b(evgrade|python|pip|source|eval)\b", script)


def test_no_script_holds_an_expression() -> None:
    scripts = [step["run"] for job in (IMPORT, PROPOSE) for step in job["steps"] if "run" in step]
    assert len(scripts) == 5
    assert [one for one in scripts if "${{" in one] == []


def test_shellcheck_has_nothing_to_object(tmp_path: Path) -> None:
    for job in (IMPORT, PROPOSE):
        for step in job["steps"]:
            if "run" in step:
                script = tmp_path / "script.sh"
                script.write_text(f"#!/bin/bash\n{step['run']}", encoding="utf-8")
                tool = Path(sys.executable).parent / "shellcheck"
                done = subprocess.run([tool, script], capture_output=True, text=True, check=False)
                assert done.returncode == 0, done.stdout
