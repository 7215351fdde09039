"""The generated pages are what `python docs/generate.py` would write now."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evgrade.grading.accounting import READERS
from evgrade.schema.store import schema

from .pages import ROOT

pytestmark = pytest.mark.slow


def check(root: Path) -> subprocess.CompletedProcess[str]:
    """Run the check of the generated pages in a repository."""
    command = [sys.executable, str(root / "docs" / "generate.py"), "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_generated_pages_are_up_to_date() -> None:
    """Whoever changes the schema, a rubric or the generator writes the pages again."""
    done = check(ROOT)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of what the generator reads and writes."""
    for name in ("docs", "examples"):
        shutil.copytree(ROOT / name, tmp_path / name)
    readers = tmp_path / "evgrade" / "grading" / READERS.name
    readers.parent.mkdir(parents=True)
    shutil.copy(READERS, readers)
    return tmp_path


@pytest.mark.nightly
def test_a_changed_page_a_missing_one_and_one_too_many_are_reported(copy: Path) -> None:
    """A page that was edited by hand, a rubric without its page and a page without its rubric, and nothing else."""
    page = copy / "docs" / "dossier.md"
    page.write_text(page.read_text(encoding="utf-8") + "more\n", encoding="utf-8")
    missing, gone = (copy / "docs" / "rubrics" / f"{name}.md" for name in ("evgrade-default", "gone"))
    missing.rename(gone)
    done = check(copy)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"{page} is stale; run: python docs/generate.py",
        f"{missing} is missing; run: python docs/generate.py",
        f"{gone} belongs to no shipped rubric; run: python docs/generate.py",
    ]
    assert page.read_text(encoding="utf-8").endswith("more\n")


@pytest.mark.nightly
def test_pages_are_written_again(copy: Path) -> None:
    """Without `--check` the pages are written."""
    (copy / "docs" / "output.md").unlink()
    subprocess.run([sys.executable, str(copy / "docs" / "generate.py")], check=True)
    assert (copy / "docs" / "output.md").read_bytes() == (ROOT / "docs" / "output.md").read_bytes()


def test_the_reference_explains_every_field() -> None:
    """Every property of the dossier schema stands in the reference, with its description's first words."""
    reference = (ROOT / "docs" / "dossier.md").read_text(encoding="utf-8")
    dossier = schema("dossier")
    mappings = [dossier, *(node for node in dossier["$defs"].values() if "properties" in node)]
    missing = [name for node in mappings for name in node["properties"] if f"| `{name}` |" not in reference]
    missing = [name for name in missing if f"| [`{name}`](#" not in reference]
    assert missing == []
