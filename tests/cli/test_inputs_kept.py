"""No output replaces what evgrade reads: whatever it holds, and by whatever name it is reached."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .support import ROOT, SCRIPT, VALID, Run

HEADERS = {
    "plain": VALID,
    "indented": "".join(f"  {line}\n" for line in VALID.splitlines()),
    "flow": "{therapy: {name: a therapy}, condition: {name: a condition}, dossier: 1}\n",
    "explicit": VALID.replace("dossier: 1", "? dossier\n: 1"),
    "escaped": VALID.replace("dossier: 1", '"\\x64ossier": 1'),
    "tagged": VALID.replace("dossier: 1", "--- \n!!str dossier: 1"),
    "broken": "  therapy: {\n  dossier: 1\n",
    "empty": "",
    "prose": "not YAML: at: all\n",
}
NOTICES = "RetractionDate,RetractionDOI,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason\n"
FILES = {
    "in/a.yaml": VALID,
    "in/sub/b.yaml": HEADERS["flow"],
    "named.txt": VALID,
    "rubric.yml": (ROOT / "rubrics/evgrade-default.yaml").read_text(encoding="utf-8"),
    "notices.csv": NOTICES,
    "evgrade.toml": "",
    "pyproject.toml": "[tool.evgrade]\n",
    ".gitignore": "x\n",
    "in/evgrade.toml": "",
    "in/sub/.gitignore": "x\n",
    ".git/info/exclude": "",
    ".git/config": "",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def itself(path: Path) -> str:
    return str(path)


def roundabout(path: Path) -> str:
    return f"{path.parent}/./../{path.parent.name}//{path.name}"


def symbolic(path: Path) -> str:
    link = path.parent / "link.json"
    link.symlink_to(path)
    return str(link)


def hard(path: Path) -> str:
    link = path.parent / "hard.json"
    link.hardlink_to(path)
    return str(link)


NAMES = [itself, roundabout, symbolic, hard]
COMMANDS = {
    "validate": ("validate", "in", "named.txt", "-r", "rubric.yml", "--retractions", "notices.csv"),
    "score": ("score", "in", "named.txt", "-r", "rubric.yml", "--retractions", "notices.csv"),
    "batch": ("batch", "in", "named.txt", "-r", "rubric.yml", "--no-cache"),
    "explain": ("explain", "named.txt", "-r", "rubric.yml"),
    "compare": ("compare", "in/a.yaml", "named.txt", "-r", "rubric.yml"),
    "diff": ("diff", "in/a.yaml", "named.txt", "-r", "rubric.yml"),
    "robustness": ("robustness", "in/a.yaml", "named.txt", "-r", "rubric.yml"),
    "show": ("rubric", "show", "rubric.yml"),
    "check": ("rubric", "check", "rubric.yml"),
}
FORMATS = {"validate": "sarif", "batch": "csv", "check": "jsonl"}


def kept(evgrade: Run, project: Path, command: str, target: Path, name: Callable[[Path], str]) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    output = name(target)
    given = [output] if command not in FORMATS else [output, f"{FORMATS[command]}={output}"]
    for option in given:
        result = evgrade(*COMMANDS[command], "--output", option, cwd=project)
        assert result.code == 2, result.output
        assert "which would be lost" in result.stderr
        for path, content in before.items():
            assert path.read_bytes() == content, path
    leftover = [path for path in project.rglob("*") if path.is_file() and path not in before]
    assert [path for path in leftover if path.name not in ("link.json", "hard.json")] == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("command", ["validate", "score", "batch"])
@pytest.mark.parametrize("target", FILES)
def test_no_input_is_replaced(
    evgrade: Run, project: Path, command: str, target: str, name: Callable[[Path], str]
) -> None:
    if target == "notices.csv" and command == "batch":
        pytest.skip("it does not read that")
    if target.startswith(".git/") and name is hard:
        pytest.skip("git's own files are known by where they are")
    kept(evgrade, project, command, project / target, name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("command", ["explain", "compare", "diff", "robustness", "show", "check"])
def test_nor_by_the_commands_that_read_single_files(
    evgrade: Run, project: Path, command: str, name: Callable[[Path], str]
) -> None:
    target = "named.txt" if "named.txt" in COMMANDS[command] else "rubric.yml"
    kept(evgrade, project, command, project / target, name)


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("command", ["explain", "validate", "score", "batch", "compare", "diff"])
def test_nor_is_a_dossier_that_is_named_whatever_it_holds(
    evgrade: Run, project: Path, header: str, command: str
) -> None:
    (project / "named.txt").write_text(HEADERS[header])
    kept(evgrade, project, command, project / "named.txt", itself)


@pytest.mark.parametrize("header", sorted(set(HEADERS) - {"empty", "prose"}))
def test_nor_is_one_in_a_folder_however_its_header_is_written(evgrade: Run, project: Path, header: str) -> None:
    (project / "in/a.yaml").write_text(HEADERS[header])
    for command in ("validate", "batch"):
        kept(evgrade, project, command, project / "in/a.yaml", itself)


def test_nor_is_what_standard_input_comes_from(project: Path) -> None:
    (project / "plain.txt").write_text("not a dossier")
    with (project / "plain.txt").open("rb") as file:
        # As a shell does for `evgrade validate - -o plain.txt < plain.txt`.
        command = [str(SCRIPT), "validate", "-", "-o", "plain.txt"]
        done = subprocess.run(command, stdin=file, cwd=project, capture_output=True, text=True, check=False)
    assert (done.returncode, (project / "plain.txt").read_text()) == (2, "not a dossier")
    assert "plain.txt is an input of this run" in done.stderr


def test_nor_is_the_cache(evgrade: Run, project: Path) -> None:
    assert evgrade("batch", "in", "--cache", "cache", "-q", cwd=project).code == 0
    cache = project / "cache" / "batch.sqlite3"
    before = cache.read_bytes()
    shutil.copy(cache, project / "copy.csv")
    for place in ("cache/batch.sqlite3", "copy.csv"):
        result = evgrade("batch", "in", "--cache", "cache", "-o", f"csv={place}", cwd=project)
        assert (result.code, result.stdout) == (2, "")
        assert "holds the cache of evgrade batch, which would be lost" in result.stderr
    assert cache.read_bytes() == before


def test_nor_by_what_changed_in_git(evgrade: Run, project: Path) -> None:
    for target in ("in/a.yaml", ".gitignore", ".git/config"):
        result = evgrade("batch", "--changed-since", "HEAD", "-o", f"json={target}", cwd=project)
        assert (result.code, (project / target).read_text()) == (2, FILES[target])
        assert "which would be lost" in result.stderr


def test_what_is_not_an_input_is_replaced_as_ever(evgrade: Run, project: Path) -> None:
    """A report of ours has a key `dossier` too; and a file may be called as a rubric that comes with evgrade."""
    (project / "evgrade-default").write_text("what was there")
    for command in ("score", "explain", "diff", "compare"):
        form = ("-f", "json") if command != "explain" else ()
        for _ in range(2):
            result = evgrade(*COMMANDS[command], *form, "-o", "report.json", cwd=project)
            assert result.code == 0, result.output
    for _ in range(2):
        assert evgrade("batch", "in", "--no-cache", "-o", "jsonl=rows.jsonl", "-q", cwd=project).code == 0
        assert evgrade("checks", "claim-masking", "-o", "text", cwd=project).code == 0
    assert evgrade("score", "named.txt", "-o", "evgrade-default", cwd=project).code == 0
    assert "what was there" not in (project / "evgrade-default").read_text()
