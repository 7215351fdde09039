"""Files that are only found (settings, ignore rules, a cache) are regular files within a bound, or the run says so."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bounded import no_blow_up, no_hang
from tests.crossed import crossed, first_of, one_in

from .support import VALID, Result, Run


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a repository with a dossier, and a secret beside it."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    (folder / "sub").mkdir()
    (folder / "sub" / "a.yaml").write_text(VALID)
    (tmp_path / "secret").write_text("*.yaml\n")
    return folder


def quickly(run: Run, *command: str | Path, cwd: Path) -> Result:
    """Run it such that nothing hangs; as a program, where memory might not suffice."""
    with no_hang():
        result = run(*command, cwd=cwd)
    assert "internal error" not in result.output
    return result


def fifo(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 33)


def many_lines(path: Path) -> None:
    path.write_text("".join(f"dir{number}/*.x{number}\n" for number in range(200_000)))


ODD: dict[Callable[[Path], None], str] = {
    fifo: "is not a regular file",
    endless: "is not a regular file",
    huge: "is larger than",
    many_lines: "is larger than",
}


@pytest.mark.parametrize("make", [fifo, huge, many_lines], ids=lambda make: make.__name__)
@pytest.mark.parametrize("place", [".gitignore", "sub/.gitignore"])
@pytest.mark.parametrize("command", ["validate", "score", "batch"])
def test_an_ignore_file_that_cannot_be_used_is_an_error_and_hides_nothing(
    evgrade: Run, project: Path, make: Callable[[Path], None], place: str, command: str
) -> None:
    make(project / place)
    for path in (".", "sub"):
        result = quickly(evgrade, command, path, cwd=project)
        assert result.code == (1 if command == "batch" else 2)  # there, as for any file that is found and unreadable
        assert "gitignore" in result.output
        assert command == "validate" or "a therapy" in result.stdout
    told = quickly(evgrade, "validate", ".", cwd=project).stderr
    assert f"{place} cannot be used, so it ignores nothing: it {ODD[make]}" in told
    assert "1 dossier checked: 1 valid" in told


@pytest.mark.parametrize("target", ["/dev/zero", "../secret", "nowhere", ".gitignore"])
def test_an_ignore_file_that_is_a_link_is_not_followed_and_that_is_said(run: Run, project: Path, target: str) -> None:
    (project / ".gitignore").symlink_to(target)
    result = quickly(run, "validate", ".", cwd=project)
    assert (result.code, result.stdout) == (0, "")
    assert ".gitignore: skipped: a link" in result.stderr
    assert "1 dossier checked: 1 valid" in result.stderr


def test_ignore_files_in_very_many_folders_above_are_bounded(evgrade: Run, project: Path) -> None:
    place = project
    for _ in range(20):
        place /= "d"
        place.mkdir()
        (place / ".gitignore").write_text("x\n")
    (place / "a.yaml").write_text(VALID)
    result = evgrade("validate", ".", cwd=project)
    assert result.code == 2
    assert "so it ignores nothing: there are 16 in the folders above it" in result.stderr
    assert "2 dossiers checked: 2 valid" in result.stderr


@pytest.mark.nightly
def test_ignore_files_of_many_folders_beside_each_other_take_no_longer(evgrade: Run, project: Path) -> None:
    for number in range(600):
        (project / f"d{number}").mkdir()
        (project / f"d{number}" / ".gitignore").write_text("x\n" * 500)
        (project / f"d{number}" / "b.yaml").write_text("a: 1\n")
    with no_blow_up():
        assert evgrade("validate", ".", "-q", cwd=project).code == 0


@crossed(("make", "name"), [*ODD], ["evgrade.toml", "pyproject.toml", "sub/evgrade.toml", "sub/pyproject.toml"])
def test_settings_that_cannot_be_read_are_an_error(
    run: Run, project: Path, make: Callable[[Path], None], name: str
) -> None:
    make(project / name)
    result = quickly(run, "validate", ".", cwd=project)
    assert (result.code, result.stdout) == (2, "")
    assert f"{name} {ODD[make]}" in result.stderr


HALF = 512 * 1024


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    one_in(
        2,
        [
            "x=" + "[" * 100_000,
            "x=" + "{a=" * 100_000,
            ".".join("a" * 100_000) + " = 1",
            "x = {" + ".".join("a" * 100_000) + " = 1}",
            "[" + ".".join("a" * 100_000) + "]",
            " . ".join(['"a"', "'b'"] * 20_000) + "=1",
            "x=" + "1" * (HALF - 10),
            '"\\' * (HALF // 2),
            "'\"" * (HALF // 2),
            ("[" + ".".join("a" * 31) + "]\n") + "".join(f"k{number}=1\n" for number in range(40_000)),
            "[[a]]\n" * 80_000,
            "x=[" + "{a=1}," * 80_000 + "]",
            "".join(f"selec{number} = 1\n" for number in range(30_000)),
            "ignore = [" + "'x'," * 100_000 + "]",
        ],
    ),
    ids=range(14),
)
def test_no_toml_takes_long_or_is_an_internal_error(evgrade: Run, project: Path, text: str) -> None:
    (project / "evgrade.toml").write_text(text)
    with no_blow_up():
        result = evgrade("validate", ".", cwd=project)
    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.startswith("evgrade: evgrade.toml")


@crossed(
    ("make", "name"),
    [fifo, endless, huge],
    ["batch.sqlite3", "batch.sqlite3-journal", "batch.sqlite3-wal", "batch.sqlite3-shm"],
)
def test_a_cache_that_is_something_else_is_left_alone(
    evgrade: Run, run: Run, project: Path, make: Callable[[Path], None], name: str
) -> None:
    cache = project / "cache"
    assert evgrade("batch", "sub", "--cache", cache, cwd=project).code == 0
    (cache / name).unlink(missing_ok=True)
    make(cache / name)
    result = quickly(run, "batch", "sub", "--cache", cache, cwd=project)
    assert (result.code, "a therapy" in result.stdout) == (0, True)
    assert make is huge or "no cache: " in result.stderr
    assert make is huge or os.path.lexists(cache / name)


@pytest.mark.parametrize("make", first_of([fifo, endless, huge]), ids=lambda make: make.__name__)
def test_a_rubric_that_is_something_else_is_an_error(run: Run, project: Path, make: Callable[[Path], None]) -> None:
    make(project / "rubric.yaml")
    for command in ("score", "batch", "validate"):
        result = quickly(run, command, "sub", "-r", "rubric.yaml", cwd=project)
        assert (result.code, result.stdout) == (2, "")
    assert quickly(run, "rubric", "check", "rubric.yaml", cwd=project).code in (1, 2)


def test_no_module_opens_a_file_in_another_way() -> None:
    """What is not opened by `regular` belongs to evgrade itself, is written, or is a database."""
    root = Path(__file__).parents[2] / "evgrade"
    ours = {
        "batch/installation.py": "the modules of evgrade",
        "checks/prose.py": "its own texts and figures",
        "codes.py": "its own texts",
        "grading/accounting.py": "its own table of systems",
        "importing/found.py": "its own tables of words",
        "importing/tables/effects_table.py": "its own tables of words",
        "importing/tables/guess.py": "its own tables of words",
        "report/html.py": "its own style and script",
        "report/shapes.py": "its own figures",
        "report/outcomes.py": "its own texts",
        "template.py": "the template",
        "robustness/additions.py": "its own list of studies",
        "schema/store.py": "its schemas",
        "cli/files.py": "writes, and locks what a run of evgrade wrote",
        "cli/streams.py": "lets go of an output that nobody reads",
    }
    found = subprocess.run(
        ["grep", "-rlE", r"\.read_text\(|\.read_bytes\(|[^_]open\(\"r|os\.open\([^s]", ".", "--include=*.py"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert {name.removeprefix("./") for name in found.stdout.split()} - {"regular.py"} <= ours.keys()
