"""What Windows has otherwise: paths, consoles, line ends, signals. Tried here as far as another system can show it."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pytest

from evgrade import discover, regular
from evgrade.cli import same_everywhere, streams
from evgrade.discover import Skipped
from evgrade.git import GitError, Repository
from evgrade.render.clean import Sink
from evgrade.render.findings_ci import _file_uri

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


def of_windows(encoding: str) -> io.TextIOWrapper:
    """Return a stream as Python opens a file or a pipe on Windows."""
    return io.TextIOWrapper(io.BytesIO(), encoding, newline="\r\n")


def written(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    content = stream.buffer
    assert isinstance(content, io.BytesIO)
    return content.getvalue()


# Line ends and encodings


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "cp932", "utf-8"])
def test_output_on_windows_is_utf8_with_line_feeds(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    stream = of_windows(encoding)
    same_everywhere(stream, on_windows=True)
    monkeypatch.setattr(sys, "stdout", stream)
    streams.write_payload("≥ 5 █\nžluťoučký\r\n", None)
    assert written(stream) == "≥ 5 █\nžluťoučký\r\n".encode()


def test_an_encoding_that_was_chosen_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    stream = of_windows("cp1252")
    same_everywhere(stream, on_windows=True)
    stream.write("é\n")
    assert written(stream) == b"\xe9\n"


def test_a_console_of_windows_keeps_its_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    class Console(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    stream = Console(io.BytesIO(), "cp437", newline="\r\n")
    same_everywhere(stream, on_windows=True)
    assert stream.encoding == "cp437"
    stream.write("█\n")
    assert written(stream) == b"\xdb\n"


def test_elsewhere_a_stream_stays_as_it_is() -> None:
    stream = of_windows("latin-1")
    same_everywhere(stream, on_windows=False)
    assert stream.encoding == "latin-1"
    same_everywhere(None, on_windows=True)  # there is none where a program has no console


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "cp850", "cp932", "cp1251"])
def test_any_code_page_can_show_a_report(encoding: str) -> None:
    shown = Sink(encoding=encoding).encodable("█ ≥ … – “x” ž\n")
    assert shown.encode(encoding).decode(encoding) == shown
    assert "\\" in shown or shown == "█ ≥ … – “x” ž\n"


def test_a_pipe_that_nobody_reads_is_known_on_windows_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(sys, "stdout", Closed())
    monkeypatch.setattr(streams, "ON_WINDOWS", True)
    with pytest.raises(BrokenPipeError):
        streams.write_payload("x\n", None)


# Paths


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (PureWindowsPath(r"C:\Users\a b\x.dossier.yaml"), "file:///C%3A/Users/a%20b/x.dossier.yaml"),
        (PureWindowsPath(r"\\server\share\x.yaml"), "file://server/share/x.yaml"),
        (PurePosixPath("/home/a/x.yaml"), "file:///home/a/x.yaml"),
        (PurePosixPath("//home/x.yaml"), "file:///home/x.yaml"),
    ],
    ids=str,
)
def test_a_file_has_a_uri_on_every_system(path: Any, uri: str) -> None:
    assert _file_uri(path) == uri


@pytest.fixture
def windows_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let paths be compared as they are on Windows."""
    monkeypatch.setattr(discover, "Path", PureWindowsPath)


@pytest.mark.usefixtures("windows_paths")
def test_two_ways_to_write_a_path_of_windows_are_one() -> None:
    assert discover._plain(r"A\b.yaml") == discover._plain("a/B.yaml") == discover._plain(r".\a\.\b.yaml")
    assert discover._plain("a.yaml") != discover._plain("b.yaml")
    assert discover._is_among(discover._plain(r"Folder\sub\x.yaml"), {discover._plain("folder")})
    assert discover._plain("folder") in discover._parents(r"FOLDER\x.yaml")


def test_elsewhere_paths_differ_by_case() -> None:
    assert discover._plain("A.yaml") != discover._plain("a.yaml")


@pytest.fixture
def another_drive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no relative path lead anywhere, as from one drive of Windows to another."""

    def relpath(path: str, start: str = os.curdir) -> str:
        raise ValueError(f"path is on mount 'D:', start on mount 'C:': {path} {start}")

    monkeypatch.setattr(os.path, "relpath", relpath)


@pytest.mark.usefixtures("another_drive")
def test_a_folder_on_another_drive_is_looked_through(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "inside").mkdir()
    (tmp_path / ".gitignore").write_text("b.*")
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / "inside" / name).touch()
    found = list(discover.discover([str(tmp_path / "inside")], Skipped()))
    assert [Path(source.path).name for source in found] == ["a.yaml"]


@pytest.mark.usefixtures("another_drive")
def test_a_path_on_another_drive_is_outside_of_the_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="is outside the repository"):
        Repository(str(tmp_path), "", "").inner(str(tmp_path / "x"))


def test_a_folder_is_none_to_read_though_windows_calls_it_forbidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", forbidden)
    with pytest.raises(regular.NotRegularError, match="a folder, not a file"):
        regular.open_regular(str(tmp_path))
    with pytest.raises(PermissionError):
        regular.open_regular(str(tmp_path / "file"))


# What a system lacks


@pytest.mark.nightly  # and on each change in the matrix of CI, which names this file
@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_nothing_is_used_that_a_system_does_not_have(system: str) -> None:
    """The types of the standard library say what each system has; those of other libraries take as long to read."""
    alone = ("--config-file=", "--no-site-packages", "--ignore-missing-imports", "--cache-dir", f".mypy_cache/{system}")
    command = [str(BIN / "mypy"), "--platform", system, *alone, "evgrade"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
