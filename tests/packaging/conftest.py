"""What packaging tests share: a copy of the sources, what is built from it, and a clean environment with it.

This folder is no package: as one, it would stand in the way of the library called packaging.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.cli.scratch import ISOLATED
from tests.once import once

ROOT = Path(__file__).parents[2]
OF_THIS_RUN = re.compile("PYTHON|VIRTUAL_ENV|GIT_|PIP_USER|PRE_COMMIT|COLUMNS|FORCE_COLOR|NO_COLOR")
ALWAYS = {
    "PYTHONUTF8": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_COMPILE": "1",
    **ISOLATED,
}


def run(
    *command: str | Path, cwd: Path, code: int = 0, env: Mapping[str, str] = {}
) -> subprocess.CompletedProcess[str]:
    """Run a program with neither a checkout, another environment nor a hook at work; it must end with `code`."""
    kept = {name: value for name, value in os.environ.items() if not OF_THIS_RUN.match(name)}
    done = subprocess.run(command, cwd=cwd, env={**kept, **ALWAYS, **env}, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture(name="run")
def run_fixture() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return what runs programs."""
    return run


@pytest.fixture(name="once", scope="session")
def once_fixture(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Return what makes a folder once."""
    return partial(once, tmp_path_factory)


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what a commit of everything would hold: nothing that git ignores, and no .git."""

    def make(folder: Path) -> None:
        listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).stdout
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)

    return once(tmp_path_factory, "source", make)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, source: Path) -> Path:
    """Build the sdist, a wheel from the sdist, and, in `direct`, a wheel from the sources."""

    def make(folder: Path) -> None:
        build = (sys.executable, "-m", "build", "--no-isolation", "--outdir")
        run(*build, folder, source, cwd=source)
        run(*build, folder / "direct", "--wheel", source, cwd=source)

    return once(tmp_path_factory, "built", make)


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    """Return the wheel that was built from the sdist."""
    (path,) = built.glob("*.whl")
    return path


def closure(requirements: Iterable[str]) -> set[str]:
    """Return the names of what requirements come to, with all that it requires itself."""
    found: set[str] = set()
    left = [*requirements]
    while left:
        required = Requirement(left.pop())
        if required.name not in found and (required.marker is None or required.marker.evaluate({"extra": ""})):
            found.add(required.name)
            left += distribution(required.name).requires or ()
    return found


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder of links to what evgrade requires, what builds it, and pip, as it says itself, and to nothing else.

    It takes the place of installing them, which takes many times as long as installing evgrade.
    """

    def make(folder: Path) -> None:
        folder.mkdir()
        said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        for name in closure([*said["project"]["dependencies"], *said["build-system"]["requires"], "pip"]):
            link(name, folder)

    return once(tmp_path_factory, "libraries", make)


def link(name: str, folder: Path) -> None:
    """Link what an installed distribution consists of into a folder, but for its programs."""
    here = distribution(name)
    for top in {file.parts[0] for file in here.files or ()} - {"..", "__pycache__"}:
        (folder / top).symlink_to(Path(str(here.locate_file(top))))


def environment(home: Path, *folders: Path) -> Path:
    """Make an environment without pip that sees some folders, and return its own folder of modules."""
    venv.create(home)
    (modules,) = home.glob("lib/python*/site-packages")
    (modules / "seen.pth").write_text("".join(f"{folder}\n" for folder in folders), encoding="utf-8")
    return modules


@pytest.fixture(scope="session")
def tried(tmp_path_factory: pytest.TempPathFactory, wheel: Path, libraries: Path) -> Path:
    """Try the wheel out as a release does, and return where: it is installed in `home`, and was used in `work`.

    Nothing else may be installed with it: what it requires is there.
    """

    def make(folder: Path) -> None:
        environment(folder / "home", libraries)
        alone = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
        run(sys.executable, ROOT / "tests" / "packaging" / "try_wheel.py", wheel, folder, cwd=wheel.parent, env=alone)

    return once(tmp_path_factory, "tried", make)


@pytest.fixture(scope="session")
def installed(tried: Path) -> Path:
    """Return the folder of the programs of an environment that holds the wheel and what it depends on, no more."""
    return tried / "home" / "bin"


@pytest.fixture(scope="session")
def hooks(tmp_path_factory: pytest.TempPathFactory, source: Path) -> Path:
    """Make a repository of these sources, as pre-commit would fetch it."""

    def make(folder: Path) -> None:
        shutil.copytree(source, folder)
        run("git", "init", "--quiet", cwd=folder)
        run("git", "add", "--all", cwd=folder)
        run("git", "commit", "--quiet", "-m", "All of it", cwd=folder)

    return once(tmp_path_factory, "hooks", make)
