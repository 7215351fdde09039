"""Which files are looked at: what is named, and every dossier below a folder."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .scratch import Scratch, isolate
from .support import INVALID, VALID, Result, Run

IS_ROOT = os.geteuid() == 0


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scratch:
    """Make the folder a repository without a commit."""
    isolate(monkeypatch)
    scratch = Scratch(tmp_path)
    scratch.git("init", "-q")
    return scratch


def write(folder: Path, *names: str, content: str = VALID) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)


def statuses(result: Result) -> dict[str, str]:
    found: Any = json.loads(result.stdout)["files"]
    return {one["file"]: one["status"] for one in found}


def looked_at(evgrade: Run, folder: Path, *paths: str) -> list[str]:
    """Return the files that were read as dossiers, in their order."""
    found = statuses(evgrade("validate", *(paths or (".",)), "-f", "json", cwd=folder))
    return [file for file, status in found.items() if status in ("valid", "invalid")]


# Below a folder


def test_yaml_files_at_any_depth_in_the_order_of_their_names(evgrade: Run, tmp_path: Path) -> None:
    names = ["a/z.yaml", "a.yaml", "a/b/c.yml", "b.yml", "a-b.yaml", "Z.yaml", "ä.yaml"]
    write(tmp_path, *names, "a.txt", "yaml", "a.yaml.bak", "a.YAMLX")
    assert looked_at(evgrade, tmp_path) == sorted(names)


def test_a_folder_may_be_called_like_a_file(evgrade: Run, tmp_path: Path) -> None:
    write(tmp_path, "x.yaml/inside.yaml", "x.yaml/x.yml/deeper.yaml")
    assert looked_at(evgrade, tmp_path) == ["x.yaml/inside.yaml", "x.yaml/x.yml/deeper.yaml"]
    assert looked_at(evgrade, tmp_path, "x.yaml") == ["x.yaml/inside.yaml", "x.yaml/x.yml/deeper.yaml"]


def test_hidden_files_and_folders_are_left_out(evgrade: Run, tmp_path: Path) -> None:
    write(tmp_path, "seen.yaml", ".hidden.yaml", ".hidden/file.yaml", "seen/.hidden/file.yaml")
    assert looked_at(evgrade, tmp_path) == ["seen.yaml"]


def test_a_hidden_file_or_folder_that_is_named_is_looked_at(evgrade: Run, tmp_path: Path) -> None:
    write(tmp_path, ".hidden.yaml", ".hidden/file.yaml")
    assert looked_at(evgrade, tmp_path, ".hidden.yaml", ".hidden") == [".hidden.yaml", ".hidden/file.yaml"]


@pytest.mark.slow
def test_a_folder_deeper_than_python_nests_calls_is_no_trouble(evgrade: Run, tmp_path: Path) -> None:
    deep = "/".join(["d"] * 1050)
    subprocess.run(["mkdir", "-p", deep], cwd=tmp_path, check=True)
    write(tmp_path / deep, "x.yaml")
    try:
        assert looked_at(evgrade, tmp_path) == [f"{deep}/x.yaml"]
    finally:  # Python's own removal of folders does nest its calls
        subprocess.run(["rm", "-r", "d"], cwd=tmp_path, check=True)


def test_yaml_that_is_no_dossier_is_named_as_skipped(evgrade: Run, run: Run, tmp_path: Path) -> None:
    write(tmp_path, "good.yaml")
    write(tmp_path, "other.yaml", "deep/other.yml", content="name: other\n")
    write(tmp_path, "broken.yaml", content="[\n")
    for each in (evgrade, run):
        result = each("validate", ".", cwd=tmp_path)
        assert (result.code, result.stdout) == (0, "")
        for file in ("other.yaml", "deep/other.yml", "broken.yaml"):
            assert f"{file}: skipped: " in result.stderr
        assert result.stderr.endswith("1 dossier checked: 1 valid, 0 invalid; 3 skipped\n")


def test_it_is_a_finding_where_it_is_named(evgrade: Run, tmp_path: Path) -> None:
    write(tmp_path, "other.yaml", content="name: other\n")
    assert evgrade("validate", "other.yaml", cwd=tmp_path).code == 1
    for order in ((".", "other.yaml"), ("other.yaml", "."), (".", "./other.yaml")):
        assert statuses(evgrade("validate", *order, "-f", "json", cwd=tmp_path)) == {"other.yaml": "invalid"}


@pytest.mark.parametrize(
    "content",
    [
        INVALID,
        "dossier: 2\n",
        "# a comment\n\n---\ndossier: 1\n",
        "\ufeffdossier: 1\n",
        "'dossier': 1\n",
        '"dossier" : 1\n',
        "therapy: {name: x}\r\ndossier: 1\r\n",
        "dossier: 1\n  broken: [\n",
        "{dossier: 1}\n",
        '{\n  "dossier": 1\n}\n',
        "therapy: {name: x}\rdossier: 1\r",
    ],
)
def test_a_dossier_is_known_by_its_header_even_a_broken_one(evgrade: Run, tmp_path: Path, content: str) -> None:
    (tmp_path / "a.yaml").write_bytes(content.encode())
    assert looked_at(evgrade, tmp_path) == ["a.yaml"]


@pytest.mark.parametrize("content", ["x: {dossier: 1}\n", "# dossier: 1\nx: 1\n", "dossiers: 1\n", "x-dossier: 1\n"])
def test_a_header_elsewhere_makes_no_dossier(evgrade: Run, tmp_path: Path, content: str) -> None:
    write(tmp_path, "a.yaml", content=content)
    assert statuses(evgrade("validate", ".", "-f", "json", cwd=tmp_path)) == {"a.yaml": "skipped"}


def test_files_named_twice_are_looked_at_once(evgrade: Run, tmp_path: Path) -> None:
    write(tmp_path, "a/b.yaml")
    assert looked_at(evgrade, tmp_path, "a/b.yaml", "./a/b.yaml", "a", "./a/", ".") == ["a/b.yaml"]


def test_a_file_called_dash_is_not_standard_input(evgrade: Run, tmp_path: Path) -> None:
    write(tmp_path, "-")
    result = evgrade("validate", "-", "./-", "-f", "json", cwd=tmp_path, stdin=INVALID)
    assert statuses(result) == {"<stdin>": "invalid", "-": "valid"}


# What git ignores


def test_what_git_ignores_is_left_out(evgrade: Run, tmp_path: Path, repository: Scratch) -> None:
    names = [
        "a.yaml",
        "ignored.yaml",
        "build/a.yaml",
        "sub/a.yaml",
        "sub/local.yaml",
        "sub/kept.yaml",
        "deep/sub/local.yaml",
    ]
    write(tmp_path, *names)
    write(tmp_path, ".gitignore", content="# a comment\nignored.yaml\n/build/\nkept.yaml\n")
    write(tmp_path, "sub/.gitignore", content="local.yaml\n!kept.yaml\n")
    others = repository.git("ls-files", "--others", "--exclude-standard").splitlines()
    as_git = sorted(name for name in others if name.endswith(".yaml"))
    assert looked_at(evgrade, tmp_path) == as_git == ["a.yaml", "deep/sub/local.yaml", "sub/a.yaml", "sub/kept.yaml"]


@pytest.mark.parametrize(
    "patterns",
    [
        "*.yaml\n!b.yaml\n",
        "sub\n",
        "sub/*\n!sub/b.yaml\n",
        "**/b.yaml\n",
        "/b.yaml\n",
        "sub/b.*\n",
        "b?yaml\n[ab].yaml\n",
        "\\!x.yaml\n",
    ],
)
def test_patterns_mean_what_they_mean_to_git(evgrade: Run, tmp_path: Path, repository: Scratch, patterns: str) -> None:
    write(tmp_path, "a.yaml", "b.yaml", "!x.yaml", "sub/a.yaml", "sub/b.yaml", "sub/sub/b.yaml")
    write(tmp_path, ".gitignore", content=patterns)
    others = repository.git("-c", "core.quotePath=false", "ls-files", "--others", "--exclude-standard").splitlines()
    assert looked_at(evgrade, tmp_path) == sorted(name for name in others if name.endswith(".yaml"))


@pytest.mark.usefixtures("repository")
def test_the_rules_of_the_folders_above_hold_too(evgrade: Run, tmp_path: Path) -> None:
    write(tmp_path, "sub/deep/a.yaml", "sub/deep/ignored.yaml", "sub/deep/also.yaml")
    write(tmp_path, ".gitignore", content="ignored.yaml\n")
    write(tmp_path, "sub/.gitignore", content="/deep/also.yaml\n")
    assert looked_at(evgrade, tmp_path / "sub" / "deep") == ["a.yaml"]


@pytest.mark.usefixtures("repository")
def test_an_ignored_file_that_is_named_is_looked_at(evgrade: Run, tmp_path: Path) -> None:
    write(tmp_path, "ignored.yaml")
    write(tmp_path, ".gitignore", content="ignored.yaml\n")
    assert looked_at(evgrade, tmp_path, "ignored.yaml") == ["ignored.yaml"]


def test_without_git_nothing_is_ignored(evgrade: Run, tmp_path: Path) -> None:
    write(tmp_path, "ignored.yaml")
    write(tmp_path, ".gitignore", content="ignored.yaml\n")
    assert looked_at(evgrade, tmp_path) == ["ignored.yaml"]


@pytest.mark.usefixtures("repository")
def test_a_gitignore_that_is_no_text_or_no_file_is_no_trouble(evgrade: Run, tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "sub/b.yaml")
    (tmp_path / ".gitignore").write_bytes(b"\xff\xfe\x00nonsense\n[\n")
    (tmp_path / "sub" / ".gitignore").mkdir()
    assert looked_at(evgrade, tmp_path) == ["a.yaml", "sub/b.yaml"]


# Links, loops, and what is no file


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outside")
    write(folder, "secret.yaml")
    return folder


def test_links_are_not_followed_and_are_named(evgrade: Run, tmp_path: Path, outside: Path) -> None:
    write(tmp_path, "a.yaml")
    (tmp_path / "folder").symlink_to(outside)
    (tmp_path / "file.yaml").symlink_to(outside / "secret.yaml")
    (tmp_path / "inside.yaml").symlink_to("a.yaml")
    (tmp_path / "up").symlink_to("..")
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "itself.yaml").symlink_to("itself.yaml")
    (tmp_path / "nowhere.yaml").symlink_to("gone")
    (tmp_path / "text").symlink_to(outside / "secret.yaml")  # nobody would have read it anyway
    result = evgrade("validate", ".", "-f", "json", cwd=tmp_path)
    links = ("file.yaml", "folder", "inside.yaml", "itself.yaml", "loop", "nowhere.yaml", "up")
    assert statuses(result) == {"a.yaml": "valid"} | dict.fromkeys(links, "skipped")
    for link in links:
        assert f"{link}: skipped: a link" in result.stderr


def test_a_link_that_is_named_is_followed(evgrade: Run, tmp_path: Path, outside: Path) -> None:
    (tmp_path / "folder").symlink_to(outside)
    (tmp_path / "file.yaml").symlink_to(outside / "secret.yaml")
    assert looked_at(evgrade, tmp_path, "folder", "file.yaml") == ["file.yaml", "folder/secret.yaml"]


def test_a_link_to_itself_that_is_named_cannot_be_read(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "itself.yaml").symlink_to("itself.yaml")
    result = evgrade("validate", "itself.yaml", cwd=tmp_path)
    assert result.code == 2
    assert "evgrade: itself.yaml could not be read: Too many levels of symbolic links" in result.stderr


def test_what_is_no_regular_file_is_never_opened(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "a.yaml")
    os.mkfifo(tmp_path / "pipe.yaml")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(tmp_path)  # the name of a socket may not be long
        try:
            server.bind("socket.yaml")
        finally:
            os.chdir(here)
        result = run("validate", ".", cwd=tmp_path)
        assert (result.code, result.stdout) == (0, "")
        assert "pipe.yaml: skipped: not a regular file" in result.stderr
        assert "socket.yaml: skipped: not a regular file" in result.stderr
        named = run("validate", "pipe.yaml", cwd=tmp_path)
        assert named.code == 2
        assert "evgrade: pipe.yaml is not a regular file\n" in named.stderr


@pytest.mark.skipif(IS_ROOT, reason="root may read everything")
def test_what_may_not_be_read_is_said(evgrade: Run, tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "closed.yaml", "folder/b.yaml")
    (tmp_path / "closed.yaml").chmod(0)
    result = evgrade("validate", ".", cwd=tmp_path)
    assert result.code == 2
    assert "evgrade: closed.yaml could not be read: Permission denied" in result.stderr
    (tmp_path / "closed.yaml").unlink()
    (tmp_path / "folder").chmod(0)
    try:
        result = evgrade("validate", ".", "folder/b.yaml", cwd=tmp_path)
        assert result.code == 2
        assert "Permission denied" in result.stderr
    finally:
        (tmp_path / "folder").chmod(0o755)


def test_a_file_that_turns_out_unreadable_is_said(
    evgrade: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What root may not read either: the disk fails."""
    real = os.open

    def failing(path: str, flags: int) -> int:
        if Path(path).name == "a.yaml":
            raise OSError(5, "Input/output error", path)
        return real(path, flags)

    write(tmp_path, "a.yaml")
    monkeypatch.setattr("evgrade.yamlio.source.os.open", failing)
    for command in ("validate", "score"):
        result = evgrade(command, tmp_path)
        assert result.code == 2
        assert f"evgrade: {tmp_path}/a.yaml could not be read: Input/output error\n" in result.stderr


def test_a_folder_that_cannot_be_listed_is_said(evgrade: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("evgrade.discover.os.scandir", failing)
    result = evgrade("validate", tmp_path)
    assert result.code == 2
    assert result.stderr == f"evgrade: the folder {tmp_path} could not be listed: Permission denied\n"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["x" * 300, "x" * 5000, "a/" * 3000, "a file/below.yaml"])
@pytest.mark.parametrize("command", ["validate", "score", "explain"])
def test_a_path_that_cannot_be_is_only_not_readable(evgrade: Run, tmp_path: Path, command: str, name: str) -> None:
    write(tmp_path, "a file")
    result = evgrade(command, name, cwd=tmp_path)
    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"evgrade: {name.rstrip('/')} could not be read: ")


def test_an_empty_path_is_no_folder(evgrade: Run, tmp_path: Path) -> None:
    """A script whose variable is empty must not check whatever stands where it runs."""
    write(tmp_path, "a.yaml")
    result = evgrade("validate", "", cwd=tmp_path)
    assert (result.code, result.stdout) == (2, "")


@pytest.mark.usefixtures("repository")
def test_a_named_folder_is_looked_at_though_git_ignores_it(evgrade: Run, tmp_path: Path) -> None:
    write(tmp_path, ".gitignore", content="drafts\n")
    write(tmp_path, "drafts/a.yaml", "drafts/sub/b.yaml", "seen.yaml")
    write(tmp_path, "drafts/sub/.gitignore", content="b.yaml\n")
    assert looked_at(evgrade, tmp_path) == ["seen.yaml"]
    assert looked_at(evgrade, tmp_path, "drafts") == ["drafts/a.yaml"]


def test_a_folder_further_below_that_cannot_be_listed_is_said_and_the_rest_goes_on(
    evgrade: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.yaml", "locked/b.yaml", "z.yaml")
    listing = os.scandir

    def scandir(folder: str) -> Any:
        if str(folder).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return listing(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    result = evgrade("validate", ".", cwd=tmp_path)
    assert result.code == 2
    assert "evgrade: the folder locked could not be listed: Permission denied\n" in result.stderr
    assert "2 dossiers checked: 2 valid, 0 invalid; 1 unreadable\n" in result.stderr


@pytest.mark.parametrize(
    "header",
    [
        "  dossier: 1\n",
        "{dossier: 1,\n",
        "? dossier\n: 1\n",
        '"\\x64ossier": 1\n',
        "--- {x-a: b,\n dossier: 1,\n",
        "!!str dossier: 1\n",
    ],
)
def test_no_dossier_in_a_folder_is_skipped_for_how_its_header_is_written(
    evgrade: Run, tmp_path: Path, header: str
) -> None:
    is_flow = "{" in header
    rest = "therapy: {name: T}, condition: {name: C}}\n" if is_flow else "therapy: {name: T}\ncondition: {name: C}\n"
    text = header + (f"  {rest}".replace("\nc", "\n  c") if header.startswith(" ") else rest)
    write(tmp_path, "a.yaml", content=text)
    write(tmp_path, "other.yaml", content="a: dossier\n")
    assert statuses(evgrade("validate", ".", "-f", "json", cwd=tmp_path)) == {
        "a.yaml": "valid",
        "other.yaml": "skipped",
    }
    for command in ("score", "batch"):
        done = evgrade(command, ".", "-f", "json", cwd=tmp_path)
        assert (done.code, done.stdout.count('"therapy": "T"')) == (0, 1), command
    (tmp_path / "a.yaml").write_text(text.replace("condition", "conditoin"))
    assert evgrade("validate", ".", cwd=tmp_path).code == 1
    assert "would still be invalid" in evgrade("validate", "--fix", ".", cwd=tmp_path).stderr
