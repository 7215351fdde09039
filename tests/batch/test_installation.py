"""What of an installation decides rows, and how a difference is told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evgrade.batch.installation import Installation, installation

ROOT = Path(__file__).parents[2]
OURS = Installation("1.2.0", "a" * 64, "3.12", ("PyYAML-6.0.4", "scipy-1.17.1"))


@pytest.mark.parametrize(
    ("theirs", "difference"),
    [
        (OURS, None),
        (OURS._replace(version="1.1.0", files="b" * 64), "has evgrade 1.1.0, not 1.2.0"),
        (OURS._replace(files="b" * 64), "has another evgrade 1.2.0: its files differ"),
        (OURS._replace(python="3.11"), "has Python 3.11, not 3.12"),
        (
            OURS._replace(libraries=("PyYAML-6.0.3", "scipy-1.17.1")),
            "has PyYAML-6.0.3 instead of PyYAML-6.0.4",
        ),
        (OURS._replace(libraries=("PyYAML-6.0.4",)), "lacks scipy-1.17.1"),
    ],
)
def test_a_difference_is_told(theirs: Installation, difference: str | None) -> None:
    assert theirs.difference(OURS) == difference


def test_so_is_what_is_missing_here() -> None:
    without = OURS._replace(libraries=("PyYAML-6.0.4",))
    assert OURS.difference(without) == "has scipy-1.17.1, which is missing here"


def test_what_reads_and_validates_here_is_known() -> None:
    known = {name.partition("-")[0].lower() for name in installation().libraries}
    assert {"jsonschema", "pyyaml"} <= known <= {"jsonschema", "jsonschema_rs", "numpy", "pyyaml", "scipy"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Write a copy of the package."""
    return Path(shutil.copytree(ROOT / "evgrade", tmp_path / "evgrade", ignore=shutil.ignore_patterns("__pycache__")))


def files_of(copy: Path) -> str:
    command = [sys.executable, "-c", "from evgrade.batch.installation import installation; print(installation().files)"]
    environment = {**os.environ, "PYTHONPATH": str(copy.parent)}
    return subprocess.run(command, cwd=copy.parent, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
def test_a_copy_is_alike_wherever_it_stands_and_whatever_was_compiled_or_shipped_with_it(copy: Path) -> None:
    assert files_of(copy).strip() == installation().files
    (copy / "rubrics").mkdir()
    (copy / "rubrics" / "one.yaml").write_text("rubric: 1\n")
    assert files_of(copy).strip() == installation().files


@pytest.mark.slow
@pytest.mark.parametrize("name", ["checking.py", "schema/dossier.schema.json", "codes.yaml"])
def test_a_change_of_code_or_data_is_noticed(copy: Path, name: str) -> None:
    with (copy / name).open("a") as file:
        file.write("\n")
    assert files_of(copy).strip() != installation().files
