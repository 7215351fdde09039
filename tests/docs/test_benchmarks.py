"""The benchmarks run, and the dossiers that they are measured on are what they should be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from evgrade.checking import check

from .pages import ROOT


def generate(folder: Path, *options: str) -> list[Path]:
    """Write generated dossiers into a folder."""
    command = [sys.executable, "-m", "benchmarks.generate", str(folder), *options]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return sorted(folder.iterdir())


def test_generated_dossiers_are_valid_and_of_the_usual_size(tmp_path: Path) -> None:
    """Measured on invalid dossiers, evgrade would do other work."""
    paths = generate(tmp_path, "--count", "60")
    checked = list(check([tmp_path]))
    assert [(one.status, one.findings) for one in checked] == [("valid", ())] * 60
    sizes = sorted(path.stat().st_size for path in paths)
    assert 7_000 < sizes[30] < 9_000


def test_they_are_always_the_same(tmp_path: Path) -> None:
    """The same seed gives the same bytes; each dossier differs from the others."""
    first = [path.read_bytes() for path in generate(tmp_path / "first", "--count", "5", "--seed", "7")]
    again = [path.read_bytes() for path in generate(tmp_path / "again", "--count", "5", "--seed", "7")]
    assert first == again
    assert len(set(first)) == 5


def test_a_share_of_them_can_be_invalid(tmp_path: Path) -> None:
    """Exactly the share that was asked for is invalid, each with at least one error."""
    generate(tmp_path, "--count", "40", "--invalid", "0.25")
    statuses = [one.status for one in check([tmp_path])]
    assert statuses.count("invalid") == 10
    assert statuses.count("valid") == 30


def test_they_grow_with_the_number_of_items(tmp_path: Path) -> None:
    """Ten times the items make a file several times as large, and as valid."""
    [small] = generate(tmp_path / "small", "--count", "1")
    [large] = generate(tmp_path / "large", "--count", "1", "--items", "80")
    assert large.stat().st_size > 5 * small.stat().st_size
    assert [one.status for one in check([large])] == ["valid"]


def test_the_stages_are_measured() -> None:
    """A quick run prints a row for every stage and writes nothing."""
    results = ROOT / "benchmarks" / "RESULTS.md"
    before = results.read_bytes() if results.exists() else None
    command = [sys.executable, str(ROOT / "benchmarks" / "run.py"), "--quick", "--only", "stages"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "| riluzole-als | " in printed
    assert "## Start-up" not in printed
    assert before == (results.read_bytes() if results.exists() else None)
