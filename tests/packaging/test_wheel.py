"""The wheel: whole, nothing else in it, and it works in an environment of its own, wherever it is run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from ast import literal_eval
from collections.abc import Callable
from email import message_from_string
from pathlib import Path

import pytest

import evgrade
from evgrade.rubric.load import shipped_names
from evgrade.schema.store import NAMES
from tests.cli.support import run_here
from tests.crossed import first_of

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
Runs = Callable[..., subprocess.CompletedProcess[str]]

EXAMPLES = sorted(path.name for path in (ROOT / "examples").glob("*.yaml"))
NALTREXONE = "low-dose-naltrexone-als.dossier.yaml"


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# What is in it


def test_every_module_and_all_data_are_in_the_wheel(wheel: Path, source: Path) -> None:
    names = set(contents(wheel))
    package = {f"evgrade/{path.relative_to(source / 'evgrade')}" for path in (source / "evgrade").rglob("*.*")}
    data = {
        f"evgrade/{path.relative_to(source)}"
        for folder in ("rubrics", "examples")
        for path in (source / folder).rglob("*.*")
    }
    assert {name for name in names if ".dist-info/" not in name} == package | data
    for needed in (
        "evgrade/py.typed",
        "evgrade/template.dossier.yaml",
        "evgrade/rubrics/evgrade-default.yaml",
        f"evgrade/examples/{NALTREXONE}",
        *(f"evgrade/schema/{name}.schema.json" for name in NAMES),
    ):
        assert needed in names


def test_nothing_else_is_in_it(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in contents(wheel)}
    assert tops == {"evgrade", f"evgrade-{evgrade.__version__}.dist-info"}
    assert not [name for name in contents(wheel) if "test" in name or "__pycache__" in name or "bench" in name]


def test_a_wheel_is_the_same_from_the_sdist_and_from_the_sources(built: Path, wheel: Path) -> None:
    (direct,) = (built / "direct").glob("*.whl")
    assert contents(wheel) == contents(direct)


def test_the_sdist_holds_all_that_tests_and_documentation_need(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert names >= {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "docs/rubrics.md", "tests/conftest.py"}
    assert names >= {"rubrics/evgrade-default.yaml", f"examples/{NALTREXONE}"}
    assert not {name for name in names if name.startswith((".ci", ".venv", ".git/", "evgrade/rubrics"))}


def test_the_metadata_say_what_it_is(wheel: Path) -> None:
    files = contents(wheel)
    (name,) = (name for name in files if name.endswith(".dist-info/METADATA"))
    metadata = message_from_string(files[name].decode())
    assert metadata["Name"] == "evgrade"
    assert metadata["Version"] == evgrade.__version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert len(str(metadata.get_payload())) > 500  # the README
    folder = name.rsplit("/", 1)[0]
    assert files[f"{folder}/entry_points.txt"].decode().split() == [
        "[console_scripts]",
        "evgrade",
        "=",
        "evgrade.cli:main",
    ]
    assert b"Apache License" in files[f"{folder}/licenses/LICENSE"]


# In an environment of its own


def test_it_is_the_installed_package_that_runs(run: Runs, installed: Path, tmp_path: Path) -> None:
    code = "import evgrade, importlib.metadata as m, sys; print([evgrade.__file__, sys.prefix, m.version('evgrade')])"
    file, prefix, version = literal_eval(run(installed / "python", "-c", code, cwd=tmp_path).stdout)
    assert file.startswith(prefix)
    assert version == evgrade.__version__
    assert run(installed / "evgrade", "--version", cwd=tmp_path).stdout.strip() == f"evgrade {evgrade.__version__}"


def test_it_passes_what_a_release_tries_on_every_system(tried: Path) -> None:
    assert (tried / "work" / "bad.dossier.yaml").exists(), "the last thing that is tried"


def test_it_finds_its_rubrics(run: Runs, installed: Path, tmp_path: Path) -> None:
    listed = run(installed / "evgrade", "rubric", "list", cwd=tmp_path).stdout
    assert [line.split()[0] for line in listed.splitlines()] == list(shipped_names())


def test_it_finds_its_schemas_and_its_template(run: Runs, installed: Path, tmp_path: Path) -> None:
    code = "import json; from evgrade.schema.store import NAMES, schema; print(json.dumps([*map(schema, NAMES)]))"
    found = json.loads(run(installed / "python", "-c", code, cwd=tmp_path).stdout)
    assert [schema["$id"] for schema in found] == [f"urn:evgrade:schema:{name}:1" for name in NAMES]
    run(installed / "evgrade", "new", "a.dossier.yaml", cwd=tmp_path)
    run(installed / "evgrade", "validate", "a.dossier.yaml", cwd=tmp_path)


def test_it_gives_the_grades_that_the_sources_give(run: Runs, installed: Path, tmp_path: Path) -> None:
    for example in EXAMPLES:
        (tmp_path / example).write_bytes((ROOT / "examples" / example).read_bytes())
    for form in ("json", "text"):
        command = ("score", *EXAMPLES, "--format", form)
        there = run(installed / "evgrade", *command, cwd=tmp_path)
        here = run_here(*command, cwd=tmp_path)
        assert there.stdout == here.stdout


def test_an_invalid_dossier_is_explained(run: Runs, installed: Path, tmp_path: Path) -> None:
    bad = ROOT / "tests" / "cli" / "bad"
    there = run(installed / "evgrade", "validate", bad, cwd=tmp_path, code=1)
    here = run_here("validate", bad, cwd=tmp_path)
    assert there.stdout == here.stdout


@pytest.mark.nightly
def test_its_types_are_known_to_who_uses_it(run: Runs, installed: Path, tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text('import evgrade\nreveal_type(evgrade.grade("a.yaml").recommendation)\n')
    where = ("--python-executable", installed / "python", "--cache-dir", tmp_path / "cache")
    shown = run(sys.executable, "-m", "mypy", *where, "use.py", cwd=tmp_path).stdout
    assert "RecommendationResult | None" in shown


# Where rubrics are looked for


def test_a_checkout_finds_its_rubrics_from_anywhere(run: Runs, tmp_path: Path) -> None:
    (tmp_path / "rubrics").mkdir()
    (tmp_path / "rubrics" / "stray.yaml").write_text("rubric: 1\n")
    listed = run(Path(sys.executable).parent / "evgrade", "rubric", "list", cwd=tmp_path).stdout
    assert [line.split()[0] for line in listed.splitlines()] == list(shipped_names())


@pytest.fixture
def unpacked(tried: Path, tmp_path: Path) -> Path:
    """Copy the package as it was installed, and compiled as it was used."""
    (package,) = tried.glob("home/lib/python*/site-packages/evgrade")
    shutil.copytree(package, tmp_path / "site-packages" / "evgrade")
    return tmp_path / "site-packages"


LIST_RUBRICS = """
import sys
sys.path.insert(0, sys.argv[1])
sys.argv = ["evgrade", "rubric", "list"]
from evgrade.cli import main
main()
"""


OTHER_PROJECTS = pytest.mark.parametrize("project_file", first_of(["[project]\nname = 'other'\n", None, ""]))


@OTHER_PROJECTS
def test_somebody_elses_rubrics_beside_the_package_are_not_read(
    run: Runs, unpacked: Path, project_file: str | None
) -> None:
    (unpacked / "rubrics").mkdir()
    (unpacked / "rubrics" / "evgrade-default.yaml").write_text("rubric: 1\n")
    (unpacked / "rubrics" / "stray.yaml").write_text("rubric: 1\n")
    if project_file is not None:
        (unpacked / "pyproject.toml").write_text(project_file)
    listed = run(sys.executable, "-c", LIST_RUBRICS, unpacked, cwd=unpacked).stdout
    assert [line.split()[0] for line in listed.splitlines()] == list(shipped_names())


@OTHER_PROJECTS
def test_not_even_where_its_own_are_gone(run: Runs, unpacked: Path, project_file: str | None) -> None:
    (unpacked / "evgrade" / "rubrics").rename(unpacked / "rubrics")
    if project_file is not None:
        (unpacked / "pyproject.toml").write_text(project_file)
    listed = run(sys.executable, "-c", LIST_RUBRICS, unpacked, cwd=unpacked, code=2)
    assert listed.stdout == ""
    assert listed.stderr == "evgrade: the rubrics that come with evgrade are missing\n  = install evgrade again\n"
