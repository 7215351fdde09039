"""The real yaml-language-server, which VS Code, Neovim, Emacs and Helix run, understands our schemas."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from evgrade.schema.store import schema_text
from evgrade.template import new_dossier
from tests.crossed import first_of, one_in

from .lsp import Client

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".pytest_cache" / "yaml-language-server"
PACKAGE = "yaml-language-server@1"
SETTINGS = {"yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}}
MODELINE = "# yaml-language-server: $schema=dossier.schema.json\n"
START = f"{MODELINE}dossier: 1\ntherapy: {{name: a therapy}}\ncondition: {{name: a condition}}\n"
INFORMATION = 3  # the severity of remarks, such as on an anchor that nothing refers to

pytestmark = pytest.mark.slow


def server(cache: Path) -> Path:
    """Return the program: the one that EVGRADE_YAML_LS names, that of the PATH, or one that npm installs in a cache."""
    named = os.environ.get("EVGRADE_YAML_LS") or shutil.which("yaml-language-server")
    if named:
        return Path(named)
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("yaml-language-server is not there, nor is npm to install it; EVGRADE_YAML_LS can name it")
    program = cache / "node_modules" / ".bin" / "yaml-language-server"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            command: list[str | Path] = [
                npm,
                "install",
                "--silent",
                "--no-audit",
                "--no-fund",
                "--prefix",
                cache,
                PACKAGE,
            ]
            done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode:
                pytest.skip(f"npm could not install {PACKAGE}: {done.stderr.strip()[-200:]}")
    return program


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Start the server."""
    CACHE.mkdir(parents=True, exist_ok=True)
    program = server(CACHE)
    started = Client([program, "--stdio"], SETTINGS)
    yield started
    started.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the schema as `evgrade schema dossier` prints it."""
    (tmp_path / "dossier.schema.json").write_text(schema_text("dossier"), encoding="utf-8")
    return tmp_path


def write(folder: Path, text: str) -> Path:
    path = folder / "a.dossier.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "example", one_in(3, sorted(ROOT.glob("examples/**/*.dossier.yaml"))), ids=lambda path: path.name
)
def test_nothing_is_wrong_with_an_example(client: Client, example: Path) -> None:
    """Their modelines lead to the schema in this repository."""
    assert client.open(example) == []


@pytest.mark.parametrize("rubric", first_of(sorted(ROOT.glob("rubrics/*.yaml")), 1), ids=lambda path: path.name)
def test_nothing_is_wrong_with_a_rubric(client: Client, rubric: Path) -> None:
    assert [one for one in client.open(rubric) if one["severity"] < INFORMATION] == []


@pytest.mark.nightly
def test_nothing_is_wrong_with_a_new_dossier(client: Client, folder: Path) -> None:
    assert client.open(write(folder, new_dossier("Vitamin X", "ALS", "dossier.schema.json"))) == []


def test_mistakes_are_marked_where_they_are(client: Client, folder: Path) -> None:
    trial = "trials:\n  - id: t\n    statement: s\n    allocation: randomised\n    trails: 1\n"
    found = client.open(write(folder, START + trial + "references: [{id: r, doi: doi:10.1000/a}, {type: article}]\n"))
    told = sorted((one["range"]["start"]["line"], one["message"]) for one in found)
    assert [line for line, _ in told] == [7, 8, 9, 9]
    [allocation, unknown, *references] = [message for _, message in told]
    assert "randomized" in allocation
    assert "trails" in unknown
    assert any("id" in message for message in references)


def test_descriptions_show_on_hover(client: Client, folder: Path) -> None:
    """Also where a `$ref` has a description of its own beside it: that one, not the one of what it refers to."""
    path = write(folder, START + "trials:\n  - id: t\n    statement: s\n    allocation: randomized\n")
    client.open(path)
    assert "What patients ask about." in client.hover(path, 2, 2)
    assert "Clinical trials." in client.hover(path, 4, 2)
    assert "The id of the trial." in client.hover(path, 5, 5)
    assert "How participants were allocated to arms" in client.hover(path, 7, 6)


def test_keys_and_values_complete_with_what_they_mean(client: Client, folder: Path) -> None:
    path = write(folder, START + "trials:\n  - id: t\n    statement: s\n    phase: \n    \n")
    client.open(path)
    phases = client.complete(path, 7, 11)
    assert {"phase1", "phase2_phase3", "not_reported"} <= phases.keys()
    keys = client.complete(path, 8, 4)
    assert keys["allocation"].startswith("How participants were allocated")
    assert keys["status"] == "Recruitment status."
    assert "id" not in keys  # it is there already


def test_an_empty_file_is_begun(client: Client, folder: Path) -> None:
    path = write(folder, f"{MODELINE}\n")
    client.open(path)
    keys = client.complete(path, 1, 0)
    assert keys["therapy"] == "What patients ask about."
    assert keys["dossier"] == "The version of this format: 1."
