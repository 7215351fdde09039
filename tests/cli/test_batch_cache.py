"""`evgrade batch` with its cache: the same bytes as without one, whatever state it is in."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from evgrade.batch.cache import NAME

from .support import INVALID, NALTREXONE, ROOT, SCRIPT, VALID, Run, environment

pytestmark = pytest.mark.slow

FORMATS = ("table", "jsonl", "json", "csv", "markdown")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a folder with files of each kind, more than are looked up at a time."""
    folder = tmp_path / "dossiers"
    folder.mkdir()
    for number in range(70):
        (folder / f"{number:02}.yaml").write_text(VALID.replace("a therapy", f"therapy {number % 50}"))
    (folder / "10.yaml").write_text(INVALID)
    (folder / "20.yaml").write_text("other: 1\n")
    (folder / "30.yaml").write_bytes((ROOT / NALTREXONE).read_bytes())
    (folder / "40.yaml").write_text("dossier: [")
    return folder


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_bytes_are_the_same_off_cold_warm_and_partly_warm(
    evgrade: Run, folder: Path, tmp_path: Path, jobs: str
) -> None:
    def shown(*options: str) -> tuple[int, str, list[bytes]]:
        outputs = [tmp_path / form for form in FORMATS]
        to_files = [part for path in outputs for part in ("-o", f"{path.name}={path}")]
        rubrics = ("-r", "evgrade-default", "-r", "grade")
        result = evgrade("batch", folder, "--jobs", jobs, *rubrics, "-f", "jsonl", "-q", *to_files, *options)
        assert result.stderr == ""
        return result.code, result.stdout, [path.read_bytes() for path in outputs]

    off = shown("--no-cache")
    assert off[0] == 1
    assert shown() == off, "cold"
    assert shown() == off, "warm"
    changed = folder / "33.yaml"
    changed.write_text(VALID.replace("a therapy", "another"))
    partly = shown()
    assert partly != off
    assert partly == shown("--no-cache"), "partly warm"


def test_the_summary_says_how_many_came_from_the_cache(evgrade: Run, folder: Path) -> None:
    first, again = (evgrade("batch", folder).stderr.splitlines()[0] for _ in range(2))
    assert first == "70 files: 67 graded, 2 invalid, 1 skipped"
    assert again == f"{first}; 69 from the cache"
    (folder / "00.yaml").write_text(VALID.replace("a therapy", "another"))
    assert evgrade("batch", folder).stderr.splitlines()[0] == f"{first}; 68 from the cache"
    assert evgrade("batch", folder, "--no-cache").stderr.splitlines()[0] == first
    assert evgrade("batch", folder, "-r", "grade").stderr.splitlines()[0] == first


def test_the_summary_of_an_interrupted_run_does_not(
    evgrade: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some were found and went nowhere: it would count more than there are rows."""
    evgrade("batch", folder)

    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("evgrade.cli.batch_outputs.BatchOutputs.take", interrupted)
    told = evgrade("batch", folder).stderr
    assert "interrupted" in told
    assert "graded" in told
    assert "from the cache" not in told


def test_the_cache_is_where_it_is_wanted(evgrade: Run, folder: Path, tmp_path: Path, cache_of_its_own: Path) -> None:
    evgrade("batch", folder, "--no-cache")
    assert not cache_of_its_own.exists()
    evgrade("batch", folder, "--cache", tmp_path / "here")
    assert not cache_of_its_own.exists()
    assert (tmp_path / "here" / NAME).is_file()
    evgrade("batch", folder)
    assert (cache_of_its_own / NAME).is_file()


def test_without_any_setting_it_is_in_the_folder_of_the_system(evgrade: Run, folder: Path, tmp_path: Path) -> None:
    env = {"EVGRADE_CACHE_DIR": "", "XDG_CACHE_HOME": str(tmp_path / "xdg"), "HOME": str(tmp_path / "home")}
    assert evgrade("batch", folder, "-q", env=env).code == 1
    assert list(tmp_path.rglob(NAME)) != []


def test_without_a_home_everything_works(evgrade: Run, folder: Path, tmp_path: Path) -> None:
    nowhere = str(folder / "00.yaml" / "home")  # below a file, where nobody can make one
    env = {"EVGRADE_CACHE_DIR": "", "XDG_CACHE_HOME": "", "HOME": nowhere, "LOCALAPPDATA": nowhere}
    result = evgrade("batch", folder, "-f", "csv", env=env, cwd=tmp_path)
    assert (result.code, result.stdout) == (1, evgrade("batch", folder, "-f", "csv", "--no-cache", "-q").stdout)
    assert result.stderr.startswith("evgrade: no cache: ")
    assert [path.name for path in tmp_path.iterdir()] == ["dossiers"], "nor is one made in the folder one stands in"


def test_a_dossier_is_read_again_however_it_was_named(evgrade: Run, folder: Path) -> None:
    evgrade("batch", folder, "-q")
    result = evgrade("batch", folder / "20.yaml", folder / "00.yaml")
    assert "2 files: 1 graded, 1 invalid; 1 from the cache" in result.stderr
    assert f"invalid: {folder}/20.yaml" in result.stderr, "named, it is not a dossier; found, it was skipped"


# Damage


def a_text(path: Path) -> None:
    path.write_text("my notes")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def half_of_it(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def noise(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200] + os.urandom(20_000))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (a_text, "evgrade: no cache: {} is not a cache of evgrade and is left alone"),
        (a_folder, "evgrade: no cache: {} is not a cache of evgrade and is left alone"),
        (half_of_it, "evgrade: the cache {} was damaged and will be rebuilt"),
        (noise, "evgrade: the cache {} was damaged and will be rebuilt"),
    ],
)
def test_whatever_is_wrong_with_it_the_run_is_right_and_says_so_in_a_line(
    evgrade: Run, folder: Path, tmp_path: Path, spoil: Callable[[Path], None], told: str
) -> None:
    options = ("batch", folder, "-f", "jsonl", "--cache", tmp_path)
    whole = evgrade(*options, "-q")
    spoil(tmp_path / NAME)
    result = evgrade(*options)
    assert (result.stdout, result.code) == (whole.stdout, whole.code)
    assert result.stderr.splitlines()[0] == told.format(tmp_path / NAME)
    assert result.stderr.count("evgrade: ") == 1
    if "rebuilt" in told:
        assert "from the cache" in evgrade(*options).stderr, "it was rebuilt"


def test_a_quiet_run_says_nothing_of_it(evgrade: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("my notes")
    assert evgrade("batch", folder, "-q", "--cache", tmp_path).stderr == ""
    assert (tmp_path / NAME).read_text() == "my notes"


def test_a_folder_whose_name_is_hostile_is_told_harmlessly(evgrade: Run, folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "\x1b[2J\nevgrade: all is well"
    place.write_text("a file")
    [line] = [line for line in evgrade("batch", folder, "--cache", place).stderr.splitlines() if "no cache" in line]
    assert "\\x1b[2J evgrade: all is well" in line


def test_a_python_without_sqlite_grades_without_a_cache(run: Run, folder: Path, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sqlite3.py").write_text("raise ImportError('there is no sqlite3')")
    result = run("batch", folder, env={"PYTHONPATH": f"{hidden}{os.pathsep}{ROOT}"})
    assert result.code == 1
    assert result.stderr.splitlines()[0] == "evgrade: no cache: there is no sqlite3"


def test_two_runs_at_once_are_both_right(folder: Path, run: Run, tmp_path: Path) -> None:
    whole = run("batch", folder, "-f", "jsonl", "-q", "--no-cache").stdout
    command: list[str | Path] = [
        SCRIPT,
        "batch",
        folder,
        "-f",
        "jsonl",
        "-q",
        "--cache",
        tmp_path / "new",
        "--jobs",
        "1",
    ]
    for _ in range(2):  # both make it; both use it
        runs = [
            subprocess.Popen(command, cwd=ROOT, env=environment({}, "utf-8"), stdout=-1, stderr=-1) for _ in range(2)
        ]
        assert [one.communicate() for one in runs] == [(whole.encode(), b"")] * 2
