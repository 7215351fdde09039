"""Nothing in a folder of dossiers runs: whatever file stands there, no process of evgrade imports it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from evgrade.batch.workers import Fresh
from evgrade.imports import trusted
from tests.batch.cluster import kill
from tests.crossed import first_of, one_in
from tests.waiting import soon

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(sys.executable).parent
VALID = "dossier: 1\ntherapy: {name: a therapy}\ncondition: {name: a condition}\n"
POISON = "import posix\nposix.close(posix.open('RAN.' + __name__, posix.O_CREAT | posix.O_WRONLY))\n"
"""A module that leaves a file in the current folder, and imports nothing that could itself be poisoned."""
OURS = ("evgrade",)
"""Whoever puts a file of this name into the current folder of `python -m evgrade` has it run: it was asked for."""


def loaded() -> list[str]:
    """Return the modules that this process has loaded; a worker tells it."""
    return sorted(sys.modules)


@cache
def modules() -> frozenset[str]:
    """Return the names that any process of evgrade may import: those of Python, and of all that is installed."""
    installed = {path.stem for path in Path(pytest.__file__).parents[1].iterdir() if path.stem.isidentifier()}
    with Fresh(1) as executor:
        in_worker = {name.partition(".")[0] for name in executor.submit(loaded).result()}
    assert {"struct", "signal", "pickle", "yaml"} <= in_worker | set(sys.stdlib_module_names) | installed
    return frozenset({*in_worker, *sys.stdlib_module_names, *installed})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a folder of dossiers in which every module has a poisoned namesake."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in range(80):  # more than one process works on alone
        (folder / f"{number}.dossier.yaml").write_text(VALID)
    for name in modules() - set(OURS):
        (folder / f"{name}.py").write_text(POISON)
    return folder


def ran(folder: Path) -> list[str]:
    """Return the modules of a folder that something has imported."""
    return sorted(path.suffix[1:] for path in folder.glob("RAN.*"))


def environment(extra: Mapping[str, str] = {}) -> dict[str, str]:
    """Return an environment in which Python behaves as it does by itself."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    return {**kept, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}", **extra}


def run(folder: Path, *command: str | Path, env: Mapping[str, str] = {}) -> str:
    """Run a program in a folder, and return what it printed."""
    done = subprocess.run(
        command, cwd=folder, env=environment(env), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


BATCH = ("batch", ".", "--no-cache", "-q", "-f", "jsonl", "--jobs", "2")


def test_a_poisoned_module_would_be_noticed(folder: Path) -> None:
    run(folder, sys.executable, "-c", "import colorsys")
    assert "colorsys" in ran(folder)


@pytest.mark.parametrize("options", [(), ("-o", "parquet=out.parquet")], ids=["copies", "fresh"])
def test_workers_of_a_batch_import_nothing_from_the_folder(folder: Path, options: tuple[str, ...]) -> None:
    """With Parquet there are threads, and no process can be copied; it is so from the first on macOS and Windows."""
    assert len(run(folder, PROGRAMS / "evgrade", *BATCH, *options).splitlines()) == 80
    assert ran(folder) == []


@pytest.mark.parametrize(
    "command",
    one_in(2, [("batch", ".", "--cache", "cache"), ("validate", "."), ("score", "."), ("checks",), ("rubric", "test")]),
)
def test_no_command_imports_from_the_folder(folder: Path, command: tuple[str, ...]) -> None:
    run(folder, PROGRAMS / "evgrade", *command)
    assert ran(folder) == []


@pytest.mark.parametrize("options", first_of([("-I",), ("-P",), ("-P", "-E", "-s")]), ids=" ".join)
def test_a_python_that_is_isolated_starts_workers_that_are(folder: Path, options: tuple[str, ...]) -> None:
    run(folder, sys.executable, *options, "-m", "evgrade", *BATCH, "-o", "parquet=out.parquet")
    assert ran(folder) == []


def test_run_as_a_module_it_imports_nothing_more_from_the_folder(folder: Path, tmp_path: Path) -> None:
    """What Python itself imports before it looks for evgrade is beyond us; after that nothing is."""
    (tmp_path / "probe").mkdir()
    (tmp_path / "probe" / "probe.py").write_text("import sys; print(*sys.modules)")
    for name in run(tmp_path / "probe", sys.executable, "-m", "probe").split():
        (folder / f"{name}.py").unlink(missing_ok=True)
    run(folder, sys.executable, "-m", "evgrade", *BATCH, "-o", "parquet=out.parquet")
    assert ran(folder) == []


MANY = """
import sys, threading, time
import evgrade
if sys.argv[1] == "threads":
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
print(sum(isinstance(result, evgrade.Assessment) for _, result in evgrade.grade_many(["."], jobs=2)))
"""


@pytest.mark.parametrize("threads", ["threads", "none"])
def test_nor_do_workers_of_a_program_that_uses_evgrade(folder: Path, tmp_path: Path, threads: str) -> None:
    """They do not import the program either, so it need not wait to be asked for."""
    program = tmp_path / "program.py"
    program.write_text(MANY)
    assert run(folder, sys.executable, program, threads).split() == ["80"]
    assert ran(folder) == []


PATHS = """
import sys
from evgrade.batch.workers import Copies, Fresh
sys.path[:0] = ["", "."]
kind = {"copies": Copies, "fresh": Fresh}[sys.argv[1]]
with kind(1) as executor:
    print(*executor.submit(eval, "__import__('sys').path").result(), sep="\\n")
"""


@pytest.mark.parametrize("kind", ["copies", "fresh"])
def test_the_program_and_the_current_folder_are_not_where_a_worker_looks(tmp_path: Path, kind: str) -> None:
    program = tmp_path / "program.py"
    program.write_text(PATHS)
    (tmp_path / "current").mkdir()
    places = run(tmp_path / "current", sys.executable, program, kind).splitlines()
    assert str(Path(pytest.__file__).parents[1]) in places
    assert not {"", ".", str(tmp_path), str(tmp_path / "current")} & set(places)


@pytest.mark.nightly
def test_nor_do_workers_of_dask_as_the_page_starts_them(folder: Path, background: Callable[..., Any]) -> None:
    page = (ROOT / "docs" / "batch.md").read_text(encoding="utf-8")
    found = re.search(
        r"```sh\n(?P<settings>.*)\n(?P<scheduler>dask scheduler .*)\n(?P<worker>dask worker .*)\n```", page
    )
    assert found is not None
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
    for what in ("scheduler", "worker"):
        background(f"{found['settings']}\nexec {found[what].replace('8786', port)}", folder)
    scheduler = ("--executor", "dask", "--scheduler", f"tcp://127.0.0.1:{port}")

    def graded() -> bool:
        command: list[str | Path] = [PROGRAMS / "evgrade", *BATCH, *scheduler]
        done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, check=False)
        return done.stdout.count(b"\n") == 80

    soon(graded)
    assert ran(folder) == []


@pytest.fixture
def background() -> Iterator[Callable[[str, Path], None]]:
    """Start shell commands that go on until the test ends."""
    processes = []

    def start(command: str, folder: Path) -> None:
        processes.append(
            subprocess.Popen(
                ["sh", "-c", command],
                cwd=folder,
                env=environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )

    yield start
    for process in processes:
        kill(process)


# Where modules come from


def test_the_current_folder_is_left_out_however_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    unrequested = ["", ".", str(tmp_path), str(tmp_path / "link"), f"{tmp_path}/./"]
    assert trusted([*unrequested, *sys.path]) == trusted(sys.path)


def test_so_is_that_of_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = ModuleType("__main__")
    program.__file__ = str(tmp_path / "program.py")
    monkeypatch.setitem(sys.modules, "__main__", program)
    assert str(tmp_path) not in trusted([str(tmp_path), *sys.path])


def test_what_is_installed_stays_also_where_it_is_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (Path(os.__file__).parent, Path(pytest.__file__).parents[1]):
        monkeypatch.chdir(place)
        assert str(place) in trusted(sys.path)


def test_a_folder_is_not_what_is_installed_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site-packages").mkdir()
    monkeypatch.chdir(tmp_path / "site-packages")
    assert str(tmp_path / "site-packages") not in trusted([str(tmp_path / "site-packages"), *sys.path])


def test_evgrade_itself_is_found_but_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    kept = trusted([str(ROOT), *(entry for entry in sys.path if entry != str(ROOT))])
    assert kept[-1] == str(ROOT)


def test_a_current_folder_that_was_deleted_is_no_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert "" not in trusted(["", *sys.path])
