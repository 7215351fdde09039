"""`evgrade batch --executor dask`: the same bytes as on this machine, whatever happens to the cluster."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.batch.cluster import Cluster, kill, running, task_count
from tests.waiting import soon

from .support import INVALID, NALTREXONE, ROOT, SMALLEST, VALID, Run, environment

pytestmark = pytest.mark.slow

SLOW = f"{VALID}x-much: [&a 0, {'0, ' * 60_000}0]\n"
"""A dossier that takes its worker a twentieth of a second: an anchor is nothing ordinary."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Run a cluster of two workers that no test harms; they run in a folder of their own."""
    with running(tmp_path_factory.mktemp("cluster"), workers=2) as cluster:
        yield cluster


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Write a folder with good files and all that can be wrong."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    for example in (NALTREXONE, SMALLEST):
        shutil.copy(ROOT / example, folder)
    for number in range(80):
        (folder / f"{number:03}.yaml").write_text(INVALID if number % 7 == 0 else VALID)
    (folder / "other.yaml").write_text("other: 1\n")
    (folder / "latin-\udce9.yaml").write_text(VALID)
    (folder / "link.yaml").symlink_to(folder / "000.yaml")
    return tmp_path


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """Write a folder whose lines are more than a pipe holds, chunk after chunk: who does not read them lets it wait."""
    folder = tmp_path / "slow"
    folder.mkdir()
    for number in range(160):
        (folder / f"{number:04}.yaml").write_text(SLOW if number % 16 == 15 else VALID)
    return folder


def on(cluster: Cluster) -> tuple[str, ...]:
    """Return the options that send all the work to a cluster."""
    return "--executor", "dask", "--scheduler", cluster.address, "--no-cache"


def start(folder: Path, cluster: Cluster, *args: str) -> subprocess.Popen[bytes]:
    """Start the program on a folder, and wait for its first line."""
    program = subprocess.Popen(
        [sys.executable, "-m", "evgrade", "batch", folder, "-f", "jsonl", *on(cluster), *args],
        cwd=ROOT,
        env=environment({"PYTHONPATH": str(ROOT)}, "utf-8"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert program.stdout is not None
    assert json.loads(program.stdout.readline())["status"] == "graded"
    return program


def rest(program: subprocess.Popen[bytes]) -> tuple[str, str]:
    """Return what a program prints after its first line, on standard output and on standard error."""
    assert program.stdout is not None
    assert program.stderr is not None
    with program:
        return program.stdout.read().decode(), program.stderr.read().decode()


def files(lines: str) -> list[str]:
    """Return the names of the files in JSON Lines."""
    return [Path(json.loads(line)["file"]).name for line in lines.splitlines()]


# The same bytes


def test_the_result_is_the_same(evgrade: Run, cluster: Cluster, mixed: Path) -> None:
    forms = ("csv", "table")
    outputs = [part for form in forms for part in ("-o", f"{form}={mixed / form}")]
    asked = (
        "batch",
        "mixed",
        "nowhere.yaml",
        "./mixed/001.yaml",
        "-f",
        "jsonl",
        "-r",
        "evgrade-default",
        "-r",
        "ocebm-2011",
        *outputs,
    )
    here = evgrade(*asked, cwd=mixed)
    written = [(mixed / form).read_bytes() for form in forms]
    there = evgrade(*asked, *on(cluster), cwd=mixed)
    assert (there.stdout, there.code) == (here.stdout, here.code)
    assert [(mixed / form).read_bytes() for form in forms] == written
    assert there.stderr.splitlines()[:-2] == here.stderr.splitlines()[:-2], "but for the time"
    assert there.code == 2, "a named file is missing"


@pytest.mark.parametrize("jobs", ["1", "5"])
def test_it_is_so_however_much_is_under_way(evgrade: Run, cluster: Cluster, mixed: Path, jobs: str) -> None:
    asked = ("batch", mixed, "-f", "jsonl", "-q")
    assert evgrade(*asked, *on(cluster), "--jobs", jobs) == evgrade(*asked)


def test_what_a_cluster_graded_is_known_the_next_time(evgrade: Run, cluster: Cluster, mixed: Path) -> None:
    there = evgrade("batch", "mixed", "-f", "jsonl", *on(cluster)[:-1], cwd=mixed)
    here = evgrade("batch", "mixed", "-f", "jsonl", cwd=mixed)
    assert (here.stdout, here.code) == (there.stdout, there.code)
    graded, invalid = map(int, re.findall(r"(\d+) (?:graded|invalid)", here.stderr.splitlines()[0]))
    assert f"; {graded + invalid} from the cache" in here.stderr


def test_nothing_of_dask_is_heard(run: Run, cluster: Cluster) -> None:
    assert run("batch", SMALLEST, "-q", *on(cluster)).stderr == ""


@pytest.mark.nightly
def test_a_worker_that_is_killed_costs_no_file(run: Run, slow: Path, cluster: Cluster) -> None:
    here = run("batch", slow, "-f", "jsonl", "-q")
    with cluster.joined() as worker:
        program = start(slow, cluster, "-q")
        assert cluster.tell(task_count) > 2, "it is in the middle of it"
        kill(worker)
        there, told = rest(program)
    assert (program.returncode, told) == (0, "")
    assert there == "".join(here.stdout.splitlines(keepends=True)[1:]), "the first line was read before"


# The end


@pytest.mark.nightly
def test_a_scheduler_that_dies_is_told_and_what_is_finished_is_kept(slow: Path, tmp_path: Path) -> None:
    (tmp_path / "cluster").mkdir()
    target = tmp_path / "out.csv"
    with running(tmp_path / "cluster", workers=1) as cluster:
        program = start(slow, cluster, "-o", f"csv={target}")
        kill(cluster.scheduler)
        printed, told = rest(program)
    assert program.returncode == 2
    assert "Traceback" not in told
    assert told.splitlines()[-1] == (
        f"evgrade: the scheduler at {cluster.address} has ended, or dropped the work; finished results are kept"
    )
    done = files(printed)
    assert done == [f"{number:04}.yaml" for number in range(1, len(done) + 1)]
    assert len(done) < 159
    assert len(target.read_text().splitlines()) == 1 + 1 + len(done), "the first line was read before"


@pytest.mark.nightly
def test_an_interruption_leaves_the_cluster_to_others(run: Run, slow: Path, cluster: Cluster) -> None:
    program = start(slow, cluster)
    program.send_signal(signal.SIGINT)
    printed, told = rest(program)
    assert program.returncode == 130
    assert "Traceback" not in told
    assert told.splitlines()[-1] == "evgrade: interrupted; finished results are kept"
    assert len(files(printed)) < 159
    assert soon(lambda: cluster.tell(task_count) == 0)
    assert run("batch", SMALLEST, *on(cluster)).code == 0


# Mistakes


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--executor", "dask"), "Invalid value for --executor: dask needs --scheduler (such as --scheduler tcp://"),
        (("--scheduler", "tcp://127.0.0.1:1"), "Invalid value for --scheduler: only --executor dask has a scheduler"),
        (("--executor", "dask", "--scheduler", "nonsense"), "evgrade: 'nonsense' is not the address of a scheduler"),
        (("--executor", "dask", "--scheduler", "a\x1b[2J"), r"evgrade: 'a\x1b[2J' is not the address of a scheduler"),
    ],
)
def test_options_that_do_not_go_together_are_told(evgrade: Run, options: tuple[str, ...], told: str) -> None:
    result = evgrade("batch", "examples", *options)
    assert (result.code, result.stdout) == (2, "")
    assert told in result.stderr


IMPATIENT = "from evgrade.batch import dask; dask._ANSWER = 0.5; from evgrade.cli import main; main()"


def test_nobody_at_the_address_is_told_without_any_noise() -> None:
    command = [sys.executable, "-c", IMPATIENT, "batch", "examples", "--executor", "dask"]
    result = subprocess.run(
        [*command, "--scheduler", "tcp://127.0.0.1:1"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "evgrade: no Dask scheduler answers at tcp://127.0.0.1:1\n  = start one: dask scheduler\n"


def test_dask_needs_its_extra_and_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "distributed.py").write_text("raise ImportError")
    hidden = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    result = run("batch", "examples", "--executor", "dask", "--scheduler", "tcp://127.0.0.1:1", env=hidden)
    assert (result.code, result.stdout) == (2, "")
    assert result.stderr == "evgrade: a Dask cluster needs distributed\n  = pip install 'evgrade[dask]'\n"
