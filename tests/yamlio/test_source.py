"""Bytes come from regular files and standard input, never more than the reader accepts, and never by waiting."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.model import UnreadableError
from evgrade.yamlio.source import STDIN, Limits, read_bytes, shown_name

LIMIT = Limits().bytes
OPEN_FILES = Path("/proc/self/fd")
posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")


def message(path: str | Path) -> str:
    with pytest.raises(UnreadableError) as error:
        read_bytes(str(path))
    return error.value.message


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\n\x00\xff")
    assert read_bytes(str(path)) == b"\xef\xbb\xbfa: 1\r\n\x00\xff"


def test_no_more_is_read_than_tells_that_it_is_too_much(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(LIMIT * 4)
    assert len(read_bytes(str(path))) == LIMIT + 1


def test_a_missing_file(tmp_path: Path) -> None:
    assert message(tmp_path / "a.yaml") == f"{tmp_path / 'a.yaml'} could not be read: No such file or directory"


@posix
def test_a_folder(tmp_path: Path) -> None:
    assert message(tmp_path) == f"{tmp_path} is a folder, not a file"


@posix
def test_a_fifo_that_nobody_writes_to_is_refused_at_once(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo.yaml"
    os.mkfifo(fifo)
    assert message(fifo) == f"{fifo} is not a regular file"


@posix
def test_a_device_is_not_read() -> None:
    assert message("/dev/zero") == "/dev/zero is not a regular file"


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.touch(mode=0)
    assert "could not be read: Permission denied" in message(path)


@posix
def test_a_loop_of_links(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.symlink_to(path)
    assert "could not be read: " in message(path)


def test_a_name_with_a_nul() -> None:
    assert "embedded null" in message("a\0b")


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="needs Linux")
def test_files_are_closed_whatever_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").touch()
    before = len(list(OPEN_FILES.iterdir()))
    for _ in range(5):
        read_bytes(str(tmp_path / "a.yaml"))
        message(tmp_path)
        message("/dev/zero")
    assert len(list(OPEN_FILES.iterdir())) == before


def test_standard_input_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"x" * (LIMIT + 5))))
    assert len(read_bytes(STDIN)) == LIMIT + 1


def test_without_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert message(STDIN) == "there is no standard input"


def test_standard_input_that_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.TextIOWrapper(io.BytesIO())
    closed.close()
    monkeypatch.setattr(sys, "stdin", closed)
    assert message(STDIN) == "<stdin> could not be read: I/O operation on closed file."


def test_names_for_messages() -> None:
    assert shown_name(STDIN) == "<stdin>"
    assert shown_name("./a//b.yaml") == str(Path("a/b.yaml"))


@given(st.text(st.sampled_from("/.a \n\\"), max_size=9))
def test_a_name_is_what_path_makes_of_it(path: str) -> None:
    assert shown_name(path) == str(Path(path))
