"""The benchmarks run, and the dossiers that they are measured on are what they should be."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.generate import main, write_many
from evgrade.checked import Outcome
from evgrade.checking import check

from .pages import ROOT

pytestmark = pytest.mark.slow


def generate(folder: Path, *options: str) -> list[Path]:
    """Write generated dossiers into a folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["generate", str(folder), *options])
        main()
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
    assert statuses.count(Outcome("invalid")) == 10
    assert statuses.count(Outcome("valid")) == 30


def test_they_grow_with_the_number_of_items(tmp_path: Path) -> None:
    """Ten times the items make a file several times as large, and as valid."""
    [small] = generate(tmp_path / "small", "--count", "1")
    [large] = generate(tmp_path / "large", "--count", "1", "--items", "80")
    assert large.stat().st_size > 5 * small.stat().st_size
    assert [one.status for one in check([large])] == ["valid"]


def test_the_smallest_has_one_item(tmp_path: Path) -> None:
    generate(tmp_path, "--count", "3", "--items", "1")
    [checked, *_] = check([tmp_path])
    assert checked.status == "valid"
    assert checked.dossier is not None
    assert len(checked.dossier.data["trials"]) == 1
    assert "mechanism" not in checked.dossier.data or checked.dossier.data["mechanism"] == []


def test_very_many_are_written_from_some(tmp_path: Path) -> None:
    """They are valid, and each is about a therapy of its own."""
    write_many(tmp_path, 5, first=3, different=2)
    checked = list(check([tmp_path]))
    assert [one.status for one in checked] == ["valid"] * 5
    assert len({one.dossier.data["therapy"]["name"] for one in checked if one.dossier is not None}) == 5


def measured(section: str, env: Mapping[str, str] | None = None) -> str:
    """Return what a quick run of one section prints; it writes nothing."""
    results = ROOT / "benchmarks" / "RESULTS.md"
    before = results.read_bytes() if results.exists() else None
    command = [sys.executable, str(ROOT / "benchmarks" / "run.py"), "--quick", "--only", section]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout
    assert before == (results.read_bytes() if results.exists() else None)
    return printed


@pytest.mark.nightly
def test_the_stages_are_measured() -> None:
    printed = measured("stages")
    assert "| riluzole-als | " in printed
    assert "## Start-up" not in printed


def test_growth_is_measured() -> None:
    assert re.search(r"^\| 100 \| 25,912 \| [\d.]+ \| ", measured("growth"), re.MULTILINE)


@pytest.mark.nightly
def test_sites_are_measured() -> None:
    rows = re.findall(
        r"^\| (?:a review each|twenty editions of each review) \| [\d.]+ \| ", measured("site"), re.MULTILINE
    )
    assert len(rows) == 2


@pytest.mark.nightly
def test_memory_is_measured_in_both_kinds_of_processes() -> None:
    row = re.search(
        r"^\| `evgrade batch --format jsonl` \| 100 \| ([\d.]+) \| ([\d.]+) \| ", measured("memory"), re.MULTILINE
    )
    assert row is not None
    assert all(10 < float(peak) < 200 for peak in row.groups())


@pytest.mark.nightly
def test_without_npm_its_peers_are_named_as_missing() -> None:
    printed = measured("batch", env={"PATH": "/nowhere"})
    assert re.search(r"^\| `check-jsonschema` \| [\d.]+ \| ", printed, re.MULTILINE)
    assert "| `ajv-cli` | npm is not installed |" in printed


def test_a_peer_says_which_dossiers_are_not_valid(tmp_path: Path) -> None:
    """A peer that accepted anything would be fast."""
    generate(tmp_path, "--count", "3")
    code = "from benchmarks.peers import CSAFELOADER, commands; from pathlib import Path; import subprocess, sys\n"
    code += "command = commands([*Path(sys.argv[1]).iterdir()], with_npm=False)[CSAFELOADER]\n"
    code += "sys.exit(subprocess.run(command).returncode)"
    command = [sys.executable, "-c", code, str(tmp_path)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    (tmp_path / "bad.yaml").write_text("dossier: 1\n")
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 1


def test_the_findings_of_a_folder_are_counted_by_check_and_weight(tmp_path: Path) -> None:
    head = "dossier: 1\ntherapy: {name: a}\ncondition: {name: b}\nsafety: {any: {n: 2, of: 3, percent: "
    for name, percent in (("right", "66.7"), ("cut", "66"), ("wrong", "28")):
        (tmp_path / f"{name}.dossier.yaml").write_text(f"{head}{percent}}}}}\n")
    (tmp_path / "invalid.dossier.yaml").write_text("dossier: 1\n")
    command = [sys.executable, str(ROOT / "benchmarks" / "findings.py"), str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "invalid.dossier.yaml is left out" in done.stderr
    assert done.stdout.startswith("3 dossiers\n")
    assert "| count-percent | 3 | 0 | 1 | 1 |" in done.stdout
