"""The GitHub action: its description is valid, and the bash that would run its scripts shows that they do their job."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from evgrade.yamlio.reader import read
from tests.crossed import one_in

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = read((ROOT / "action.yml").read_bytes(), "action.yml").data
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
INSTALL, CHECK, CHANGES, SUMMARY = (step for step in STEPS if "run" in step)
OF_THIS_RUN = re.compile("PYTHON|VIRTUAL_ENV|GIT|RUNNER|COLUMNS|FORCE_COLOR|NO_COLOR")
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
"""How the runner starts `shell: bash`."""

VALID = "dossier: 1\ntherapy: {name: a therapy}\ncondition: {name: a condition}\n"
INVALID = VALID + "trails: []\n"


class Job:
    """A job of a runner: a workspace, the files that steps write to, its environment, and the values of expressions."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.workspace = folder / "work space"
        self.temp = folder / "temp"
        self.workspace.mkdir()
        self.temp.mkdir()
        self.evgrade = programs / "evgrade"
        self.env: Mapping[str, str] = {}

    @property
    def summary(self) -> str:
        """What stands in the summary of the run."""
        page = self.temp / "summary"
        return page.read_text(encoding="utf-8") if page.exists() else ""

    def run(self, step: Mapping[str, Any], **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the script of a step with some inputs, the others as they are by default."""
        given = {name: declared["default"] for name, declared in ACTION["inputs"].items()} | inputs
        values = {f"inputs.{name}": value for name, value in given.items()}
        values["inputs.version || github.action_path"] = given["version"] or str(ROOT)
        values["steps.install.outputs.evgrade"] = str(self.evgrade)
        script = self.temp / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        kept = {name: value for name, value in os.environ.items() if not OF_THIS_RUN.match(name)}
        runner = {
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "PIP_NO_COMPILE": "1",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        asked = {name: evaluated(text, values) for name, text in step["env"].items()}
        command: list[str | Path] = [*BASH, script]
        return subprocess.run(
            command,
            cwd=self.workspace,
            env={**kept, **runner, **self.env, **asked},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,  # the runner looks for commands in both
            text=True,
            check=False,
        )


def evaluated(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its expressions replaced by their values, as the runner does it."""
    return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda found: values[found[1]], text)


POISON = "import posix\nposix.close(posix.open('RAN.' + __name__, posix.O_CREAT | posix.O_WRONLY))\n"
"""A module that leaves a file in the current folder, and imports nothing that could itself be poisoned."""


def poison(job: Job) -> None:
    """Put a poisoned namesake of every module into the workspace, as a pull request may."""
    installed = {path.stem for path in Path(pytest.__file__).parents[1].iterdir() if path.stem.isidentifier()}
    for name in {*sys.stdlib_module_names, *installed, "evgrade", "sitecustomize", "usercustomize"}:
        (job.workspace / f"{name}.py").write_text(POISON)


def ran(folder: Path) -> list[Path]:
    """Return what modules of the workspace left behind in the folder of a job."""
    return [*folder.glob("work space/RAN.*"), *folder.glob("temp/RAN.*")]


WITH_LIBRARIES = """#!/bin/sh
"{python}" "$@" --without-pip
for modules in "$4"/lib/python*/site-packages; do echo "{libraries}" > "$modules/seen.pth"; done
"""
"""Stands for `python -I -m venv HOME`: pip and what evgrade requires are seen there and need not be installed."""


@pytest.fixture(scope="session")
def installation(once: Callable[[str, Callable[[Path], None]], Path], wheel: Path, libraries: Path) -> Path:
    """Run the step that installs, once, in a poisoned workspace, and return the folder of its job."""

    def make(folder: Path) -> None:
        folder.mkdir()
        job = Job(folder, folder)
        poison(job)
        python = folder / "programs" / "python"
        python.parent.mkdir()
        python.write_text(WITH_LIBRARIES.format(python=sys.executable, libraries=libraries))
        python.chmod(0o755)
        path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
        job.env = {"PYTHONPATH": f".{os.pathsep}", "PATH": path, "PIP_NO_INDEX": "1"}
        done = job.run(INSTALL, version=str(wheel))
        assert done.returncode == 0, done.stdout

    return once("action", make)


@pytest.fixture(scope="session")
def programs(installation: Path) -> Path:
    """Return the folder of the program that the step that installs named."""
    named = (installation / "temp" / "output").read_text(encoding="utf-8")
    assert named.startswith("evgrade=")
    return Path(named.removeprefix("evgrade=").strip()).parent


@pytest.fixture
def job(tmp_path: Path, programs: Path) -> Job:
    """Return a job in which evgrade was installed."""
    return Job(tmp_path, programs)


def stopped(output: str) -> Iterator[str]:
    """Yield the lines of an output that the runner would look for commands in."""
    stop = None
    for line in output.splitlines():
        if stop is None:
            yield line
            stop = line.removeprefix("::stop-commands::") if line.startswith("::stop-commands::") else None
        elif line == f"::{stop}::":
            stop = None


# The description


def test_no_script_holds_an_expression() -> None:
    """An input that became a part of the text of a script could run anything."""
    assert [step["name"] for step in STEPS if "${{" in step.get("run", "")] == []


def test_every_input_is_said_to_be_what_it_is_and_is_used() -> None:
    steps = repr(STEPS)
    for name, declared in ACTION["inputs"].items():
        assert declared["description"].endswith(".")
        assert isinstance(declared["default"], str)
        assert f"inputs.{name}" in steps


def test_the_summary_is_written_even_when_the_check_found_something() -> None:
    assert SUMMARY["if"] == "${{ !cancelled() && steps.install.outcome == 'success' }}"


def test_what_changed_is_written_where_it_is_asked_for() -> None:
    assert CHANGES["if"] == SUMMARY["if"].replace(" }}", " && inputs.changed-since != '' }}")


@pytest.mark.parametrize("step", [INSTALL, CHECK, CHANGES, SUMMARY], ids=lambda step: step["name"])
def test_shellcheck_has_nothing_to_object(step: dict[str, Any]) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "shellcheck", "--shell=bash", "-"],
        input=step["run"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


# The scripts


def test_good_dossiers_pass_and_are_graded(job: Job) -> None:
    (job.workspace / "a.dossier.yaml").write_text(VALID)
    done = job.run(CHECK)
    assert done.returncode == 0, done.stdout
    assert "1 dossier checked: 1 valid, 0 invalid" in done.stdout
    assert job.run(SUMMARY).returncode == 0
    assert job.summary.startswith("# a therapy for a condition\n")


def test_a_bad_dossier_is_marked_where_it_is_bad_and_the_good_one_is_graded(job: Job) -> None:
    (job.workspace / "bad.dossier.yaml").write_text(INVALID)
    (job.workspace / "good.dossier.yaml").write_text(VALID)
    done = job.run(CHECK)
    assert done.returncode == 1
    [annotation] = [line for line in stopped(done.stdout) if line.startswith("::error ")]
    assert annotation.startswith("::error file=bad.dossier.yaml,line=4,")
    assert "trails" in annotation
    written = job.run(SUMMARY)
    assert written.returncode == 0, written.stdout
    assert job.summary.startswith("# a therapy for a condition\n")


@pytest.mark.nightly
def test_inputs_of_several_lines_are_lists(job: Job) -> None:
    for name in ("a b.dossier.yaml", "c.dossier.yaml", "left-out.dossier.yaml"):
        (job.workspace / name).write_text(VALID)
    paths = "a b.dossier.yaml\nc.dossier.yaml\n"
    done = job.run(CHECK, paths=paths, args="--quiet\n")
    assert (done.returncode, "checked" in done.stdout) == (0, False)
    assert job.run(SUMMARY, paths=paths, rubric="evgrade-default\ngrade\n").returncode == 0
    assert job.summary.startswith("# Assessments\n")
    for shown in ("a b.dossier.yaml", "c.dossier.yaml", "| grade |"):
        assert shown in job.summary
    assert "left-out" not in job.summary


@pytest.mark.nightly
def test_findings_can_be_chosen(job: Job) -> None:
    (job.workspace / "a.dossier.yaml").write_text(VALID + "references: [{id: lonely}]\n")
    assert "::warning " in job.run(CHECK).stdout
    assert "::warning " in job.run(CHECK, select="reference-unused").stdout
    assert "::warning " not in job.run(CHECK, ignore="reference-unused").stdout


@pytest.mark.nightly
def test_what_cannot_be_done_fails(job: Job) -> None:
    assert job.run(CHECK).returncode == 3  # there is not a dossier
    assert job.run(SUMMARY).returncode == 3
    (job.workspace / "a.dossier.yaml").write_text(VALID)
    assert job.run(CHECK, args="--no-such-option").returncode == 2
    assert job.run(SUMMARY, rubric="no-such-rubric").returncode == 2


@pytest.fixture
def pull_request(job: Job, run: Callable[..., object]) -> Job:
    """Commit a good dossier, then another in its place."""
    for therapy in ("a therapy", "another"):
        (job.workspace / "a.dossier.yaml").write_text(VALID.replace("a therapy", therapy))
        for command in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "-m", "a commit")):
            run("git", *command, cwd=job.workspace)
    return job


@pytest.mark.nightly
def test_what_changed_comes_before_the_grades(pull_request: Job) -> None:
    inputs = {"changed-since": "HEAD^", "rubric": "evgrade-default\ngrade\n", "paths": "a.dossier.yaml\n"}
    done = pull_request.run(CHANGES, **inputs)
    assert done.returncode == 0, done.stdout
    assert pull_request.run(SUMMARY, **inputs).returncode == 0
    assert pull_request.summary.startswith("# What changed in the dossiers\n\n1 dossier changed since HEAD^ (")
    assert "\n\n# another for a condition\n" in pull_request.summary


@pytest.mark.nightly
def test_an_invalid_dossier_that_changed_is_left_to_the_check(pull_request: Job, run: Callable[..., object]) -> None:
    (pull_request.workspace / "a.dossier.yaml").write_text(INVALID)
    run("git", "commit", "--quiet", "--all", "-m", "a commit", cwd=pull_request.workspace)
    assert pull_request.run(CHANGES, **{"changed-since": "HEAD^"}).returncode == 0
    assert "## Invalid\n" in pull_request.summary


@pytest.mark.nightly
def test_a_hostile_revision_is_a_value(pull_request: Job) -> None:
    for value in ("$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "--output=pwned", "::error::pwned", "nope"):
        done = pull_request.run(CHANGES, **{"changed-since": value})
        assert done.returncode == 2
        assert not (pull_request.workspace / "pwned").exists()
        assert [line for line in stopped(done.stdout) if "error" in line] == []


@pytest.mark.nightly
def test_too_many_changes_for_a_summary_keep_what_comes_first(job: Job, run: Callable[..., object]) -> None:
    long = "many words " * 1000
    for number in range(60):
        (job.workspace / f"{number}.dossier.yaml").write_text(VALID.replace("a therapy", f"{long}{number}"))
    commit = ("commit", "--quiet", "--allow-empty", "-m", "a commit")
    for command in (("init", "--quiet"), commit, ("add", "--all"), commit):
        run("git", *command, cwd=job.workspace)
    assert job.run(CHANGES, **{"changed-since": "HEAD^", "rubric": "evgrade-default\ngrade\n"}).returncode == 0
    assert job.summary.startswith("# What changed in the dossiers\n\n60 dossiers changed since HEAD^ (")
    assert len(job.summary) < 1_000_000
    assert job.summary.endswith("The rest is too long for this page: `evgrade batch --changed-since` prints it.\n\n")


HOSTILE = [
    "$(touch pwned).dossier.yaml",
    "`touch pwned`.dossier.yaml",
    "'; touch pwned; '.dossier.yaml",
    '"; touch pwned; ".dossier.yaml',
    "--output=pwned",
    "-o",
    "* ?.dossier.yaml",
    "::error::pwned.dossier.yaml",
    "##[error]pwned.dossier.yaml",
    "${{ github.token }}.dossier.yaml",
]


def harmless(job: Job, done: subprocess.CompletedProcess[str]) -> bool:
    """Whether nothing that a name holds ran, and nothing that was printed is a command of its own to the runner."""
    commands = [line for line in stopped(done.stdout) if re.match(r"\s*::|.*##\[", line)]
    ours = re.compile(r"::(stop-commands::|error file=|evgrade-[-\d]+::$)")
    return not (job.workspace / "pwned").exists() and all(ours.match(line) for line in commands)


@pytest.mark.nightly
def test_a_hostile_name_is_a_name(job: Job) -> None:
    for name in HOSTILE:
        (job.workspace / name).write_text(VALID)
    paths = "\n".join(HOSTILE)
    assert job.run(CHECK, paths=paths).returncode == 0
    assert job.run(SUMMARY, paths=paths).returncode == 0
    assert job.summary.startswith("# Assessments\n")
    assert job.summary.count("\n# a therapy for a condition\n") == len(HOSTILE)
    for name in HOSTILE:
        (job.workspace / name).write_text(INVALID)
        (job.workspace / f"none {name}").write_text("")
    for step in (CHECK, SUMMARY):
        for asked in (paths, "."):
            assert harmless(job, job.run(step, paths=asked))


def test_a_hostile_name_of_nothing_is_a_name(job: Job) -> None:
    for step in (CHECK, SUMMARY):
        done = job.run(step, paths="\n".join(f"no such {name}" for name in HOSTILE))
        assert done.returncode == 2
        assert [name for name in HOSTILE if f"no such {name} could not be read" not in done.stdout] == []
        assert harmless(job, done)


@pytest.mark.parametrize("name", one_in(2, ["rubric", "select", "ignore", "args"]))
def test_a_hostile_input_is_a_value(job: Job, name: str) -> None:
    (job.workspace / "a.dossier.yaml").write_text(VALID)
    (step,) = (step for step in (CHECK, SUMMARY) if f"inputs.{name} " in repr(step["env"]))
    for value in ("$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "'; touch pwned; '"):
        assert job.run(step, **{name: value}).returncode == 2
        assert not (job.workspace / "pwned").exists()


@pytest.fixture
def poisoned(pull_request: Job) -> Job:
    """Poison the workspace of a pull request."""
    poison(pull_request)
    return pull_request


OF_THE_JOB: list[Mapping[str, str]] = [{}, {"PYTHONPATH": "."}, {"PYTHONPATH": os.pathsep}]
"""What a job may have set for its own Python."""


@pytest.mark.nightly
@pytest.mark.parametrize("env", OF_THE_JOB, ids=str)
def test_no_step_imports_a_module_of_the_pull_request(poisoned: Job, env: Mapping[str, str]) -> None:
    poisoned.env = env
    for step in (CHECK, CHANGES, SUMMARY):
        done = poisoned.run(step, **{"changed-since": "HEAD^"})
        assert done.returncode == 0, done.stdout
    assert ran(poisoned.workspace.parent) == []


def test_neither_does_the_step_that_installs(installation: Path) -> None:
    assert (installation / "work space" / "venv.py").exists(), "it was poisoned"
    assert ran(installation) == []


def test_a_poisoned_module_would_be_noticed(poisoned: Job) -> None:
    poisoned.run({"run": "python -m venv nowhere || true", "env": {}})
    assert ran(poisoned.workspace.parent) != []


@pytest.fixture
def ready(job: Job, tmp_path: Path) -> Job:
    """Let `python -m venv` find an environment that is there already: making one takes seconds."""
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nln -s "{job.evgrade.parents[1]}" "$4"\n')
    python.chmod(0o755)
    job.env = {"PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    return job


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("version", "place"),
    [("./x", "work space/./x"), ("../x", "work space/../x"), ("/x", "'/x'"), ("x", "requirement x")],
)
def test_what_is_installed_may_lie_in_the_workspace_where_that_is_said(ready: Job, version: str, place: str) -> None:
    ready.env = {**ready.env, "PIP_NO_INDEX": "1"}
    done = ready.run(INSTALL, version=version)
    assert done.returncode == 1
    assert place in done.stdout


@pytest.mark.nightly
def test_a_page_too_long_for_a_summary_keeps_its_table(job: Job) -> None:
    statement = "many words " * 1500
    claims = "".join(f"- {{id: m{number}, statement: {statement}, relevance: plausible}}\n" for number in range(40))
    for name in ("a", "b"):
        (job.workspace / f"{name}.dossier.yaml").write_text(f"{VALID}mechanism:\n{claims}")
    assert job.run(SUMMARY).returncode == 0
    assert job.summary.startswith("# Assessments\n")
    assert len(job.summary) < 2000
    assert job.summary.endswith("The reasons are too long for this page: `evgrade score` prints them.\n")
