"""mypy reads the whole repository once; who has it read a copy takes over what it knows of all that is the same."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.once import once

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what mypy says of the repository, and in `cache` what it knows then."""

    def make(folder: Path) -> None:
        folder.mkdir()
        done = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True, check=False)
        (folder / "said").write_text("" if done.returncode == 0 else done.stdout + done.stderr, encoding="utf-8")
        shutil.copytree(ROOT / ".mypy_cache", folder / "cache", ignore=shutil.ignore_patterns("win32", "darwin"))

    return once(tmp_path_factory, "typed", make)
