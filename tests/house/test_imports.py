"""Who may import what: import-linter's contracts hold, would notice, and leave nobody out."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "evgrade").rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> Iterator[str]:
    """Yield the libraries that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("typer", "evgrade/cli/"),
        ("click", "nobody: typer brings its own"),
        (
            "rich",
            (
                "evgrade/render/layout.py",
                "evgrade/render/progress.py",
            ),
        ),
        ("yaml", "evgrade/yamlio/"),
        ("jsonschema", "evgrade/schema/explain.py"),
        ("referencing", "evgrade/schema/explain.py"),
        ("pyarrow", "evgrade/render/parquet.py"),
        ("multiprocessing", ("evgrade/batch/copies.py", "evgrade/batch/digests.py", "evgrade/batch/local.py")),
        ("distributed", "evgrade/batch/dask.py"),
        ("dask", "nobody: distributed is enough"),
        ("sqlite3", "evgrade/batch/cache.py"),
        ("platformdirs", "evgrade/batch/recall.py"),
        ("pickle", "evgrade/batch/fresh.py"),  # between our own processes; what is read must not be able to run code
        ("subprocess", ("evgrade/git.py", "evgrade/batch/fresh.py")),
        ("requests", "nobody: evgrade never asks the network"),
        ("urllib", "nobody"),
        ("socket", "nobody"),
    ],
)
def test_a_library_is_known_in_one_place(library: str, allowed: str | tuple[str, ...]) -> None:
    assert [name(path) for path in MODULES if library in imported(path) and not name(path).startswith(allowed)] == []


def test_no_result_can_depend_on_the_clock_or_on_chance() -> None:
    for path in MODULES:
        if name(path) != "evgrade/cli/stopwatch.py":  # tells on standard error how long it took, and nothing else
            assert not {"random", "time", "secrets", "uuid"} & set(imported(path)), name(path)


VIOLATIONS = {
    "evgrade/model.py": "import evgrade.cli",
    "evgrade/grading/score.py": "import typer",
    "evgrade/render/machine.py": "import rich",
    "evgrade/dossier.py": "import yaml",
    "evgrade/schema/validate.py": "import jsonschema",
    "evgrade/batch/pool.py": "import distributed",
}


@pytest.mark.parametrize("path", VIOLATIONS)
def test_a_wrong_import_would_be_noticed(tmp_path: Path, path: str) -> None:
    shutil.copytree(ROOT / "evgrade", tmp_path / "evgrade", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / path).open("a") as module:
        module.write(f"\n{VIOLATIONS[path]}\n")
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [lint, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False, env={"PYTHONPATH": "."}
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
    assert str(ROOT) not in done.stdout


def test_a_batch_whose_rows_may_all_be_known_loads_nothing_that_reads_or_grades() -> None:
    """That would take longer than to look the rows up."""
    program = """
import sys
import evgrade.cli.batch, evgrade.batch.recall, evgrade.batch.digests, evgrade.render.pages.ranking
unneeded = ("evgrade.yamlio.reader", "evgrade.schema.", "evgrade.rubric.c", "evgrade.grading.", "evgrade.dossier")
print([name for name in sys.modules if name.startswith(unneeded) and name != "evgrade.schema.suggest"])
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_every_module_says_what_it_is_for() -> None:
    silent = []
    for folder in ("evgrade", "tests", "benchmarks", "docs"):
        for path in (ROOT / folder).rglob("*.py"):
            docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            if not docstring.splitlines()[:1] or not docstring.splitlines()[0].endswith((".", ":", "?")):
                silent.append(name(path))
    assert silent == []
