"""`evgrade checks`: the list, and one explained."""

from __future__ import annotations

import re
from pathlib import Path

from evgrade.checks.model import all_checks
from evgrade.checks.waivers import OF_RUBRICS

from .support import Run


def test_all_are_listed_by_group(evgrade: Run) -> None:
    listed = evgrade("checks")
    assert listed.code == 0
    codes = re.findall(r"^([a-z-]+) +(?:error|warning|note) +\S", listed.stdout, re.MULTILINE)
    assert codes == sorted([*(check.code for check in all_checks()), *OF_RUBRICS])
    assert re.findall(r"^[a-z]+$", listed.stdout, re.MULTILINE) == sorted({code.split("-")[0] for code in codes})
    assert max(map(len, listed.stdout.splitlines())) <= 80


def test_one_is_explained_and_its_example_runs(evgrade: Run, tmp_path: Path) -> None:
    explained = evgrade("checks", "source-newer").stdout
    for part in ("source-newer (warning)", "Why", "How", "Source", "Reported", "Not reported"):
        assert part in explained
    told = explained.split("Reported\n")[1].split("\n\n")[0]
    said = explained.split(told)[1].split("\n\n")[1]
    (tmp_path / "example.dossier.yaml").write_text(re.sub("^  ", "", told, flags=re.MULTILINE) + "\n")
    done = evgrade("validate", "example.dossier.yaml", cwd=tmp_path)
    assert re.sub("^  ", "", said, flags=re.MULTILINE).strip() == done.stdout.strip()


def test_any_code_is_explained(evgrade: Run) -> None:
    assert evgrade("checks", "waiver-unused").stdout.startswith("waiver-unused (warning)\n")


def test_what_codes_begin_with_lists_them(evgrade: Run) -> None:
    assert "waiver-unused" in evgrade("checks", "waiver").stdout
    assert "count" not in evgrade("checks", "waiver").stdout


def test_an_unknown_code_is_a_wrong_use(evgrade: Run) -> None:
    done = evgrade("checks", "source-newe")
    assert (done.code, done.stdout) == (2, "")
    assert "did you mean `source-newer`?" in done.stderr


def test_it_can_go_to_a_file(evgrade: Run, tmp_path: Path) -> None:
    assert evgrade("checks", "-o", tmp_path / "checks.txt").stdout == ""
    assert "source-newer" in (tmp_path / "checks.txt").read_text(encoding="utf-8")
