"""The cache: right when it can be, gone without when it cannot, and never at the cost of anybody's file."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from evgrade.batch import cache as module
from evgrade.batch.cache import NAME, Cache, CacheError

KEYS = [bytes([number]) * 32 for number in range(200)]
ENTRIES = [(key, key * 20) for key in KEYS]
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0

needs_permissions = pytest.mark.skipif(AS_ROOT, reason="root may do everything")


def no_complaint(line: str) -> None:
    raise AssertionError(line)


def filled(folder: Path) -> Path:
    """Write a cache with something in it, and return its path."""
    cache = Cache(folder, no_complaint)
    cache.put(ENTRIES)
    cache.close()
    return folder / NAME


def changed(path: Path, statement: str) -> None:
    """Change a database behind our back."""
    database = sqlite3.connect(path)
    database.execute(statement)
    database.commit()
    database.close()


# What is kept


def test_what_was_put_is_there_the_next_time(tmp_path: Path) -> None:
    filled(tmp_path)
    cache = Cache(tmp_path, no_complaint)
    assert cache.get(KEYS) == dict(ENTRIES)
    assert cache.get([b"another"]) == {}
    assert cache.get([]) == {}


def test_the_folder_is_made_and_only_its_owner_looks_into_it(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "caches"
    filled(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == [NAME]


def test_a_value_is_replaced(tmp_path: Path) -> None:
    filled(tmp_path)
    cache = Cache(tmp_path, no_complaint)
    cache.put([(KEYS[0], b"new")])
    assert cache.get(KEYS[:2]) == {KEYS[0]: b"new", KEYS[1]: KEYS[1] * 20}


def test_of_too_many_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 50)
    filled(tmp_path)
    cache = Cache(tmp_path, no_complaint)
    assert list(cache.get(KEYS)) == KEYS[-50:]


def test_two_at_once_see_and_keep_what_both_put(tmp_path: Path) -> None:
    one, other = Cache(tmp_path, no_complaint), Cache(tmp_path, no_complaint)
    for number, entry in enumerate(ENTRIES):
        (one, other)[number % 2].put([entry])
    assert one.get(KEYS) == other.get(KEYS) == dict(ENTRIES)


def test_to_put_nothing_waits_for_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WAIT", 0.0)
    other = sqlite3.connect(filled(tmp_path))
    other.execute("BEGIN IMMEDIATE")
    cache = Cache(tmp_path, no_complaint)
    cache.put([])
    assert cache.get(KEYS) == dict(ENTRIES)
    other.close()


def test_another_run_may_make_it_at_the_same_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path)
    look, looked = module._tables, []

    def too_early(database: sqlite3.Connection) -> list[str]:
        looked.append(look(database))
        return [] if len(looked) == 1 else looked[-1]

    monkeypatch.setattr(module, "_tables", too_early)
    assert Cache(tmp_path, no_complaint).get(KEYS) == dict(ENTRIES)


WRITER = """
import sys
from pathlib import Path
from evgrade.batch.cache import Cache

def complain(line):
    raise SystemExit(line)

cache = Cache(Path(sys.argv[1]), complain)
for number in range(300):
    cache.put([(b"%s %d" % (sys.argv[2].encode(), number), b"value")])
    assert cache.get([b"%s %d" % (sys.argv[2].encode(), number)])
cache.close()
"""


@pytest.mark.slow
def test_several_processes_make_it_and_write_to_it_at_once(tmp_path: Path) -> None:
    command: list[str | Path] = [sys.executable, "-c", WRITER, tmp_path / "new"]
    writers = [subprocess.Popen([*command, name], stderr=subprocess.PIPE, text=True) for name in "abcd"]
    assert [writer.communicate()[1] for writer in writers] == [""] * 4
    keys = [f"{name} {number}".encode() for name in "abcd" for number in range(300)]
    assert len(Cache(tmp_path / "new", no_complaint).get(keys)) == 1200


# Damage


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def cut_to_its_head(path: Path) -> None:
    os.truncate(path, 80)


def overwrite(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:100] + os.urandom(len(content) - 100))


def forget_the_table(path: Path) -> None:
    changed(path, "DROP TABLE entries")
    changed(path, "CREATE TABLE entries (key TEXT)")


def add_a_trigger(path: Path) -> None:
    changed(path, "CREATE TRIGGER evil AFTER INSERT ON entries BEGIN DELETE FROM entries; END")


@pytest.mark.parametrize("damage", [cut, cut_to_its_head, overwrite, forget_the_table, add_a_trigger])
def test_a_damaged_one_is_told_and_built_anew(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    damage(filled(tmp_path))
    told: list[str] = []
    cache = Cache(tmp_path, told.append)
    cache.get(KEYS)
    cache.put(ENTRIES)
    assert cache.get(KEYS) == dict(ENTRIES)
    cache.close()
    assert told == [f"the cache {tmp_path / NAME} was damaged and will be rebuilt"]
    assert Cache(tmp_path, no_complaint).get(KEYS) == dict(ENTRIES)


def test_an_empty_file_is_a_cache_in_the_making(tmp_path: Path) -> None:
    (tmp_path / NAME).touch()
    filled(tmp_path)


@pytest.mark.parametrize("column", ["value", "checksum", "key"])
def test_a_value_that_changed_is_not_there(tmp_path: Path, column: str) -> None:
    changed(filled(tmp_path), f"UPDATE entries SET {column} = x'00' WHERE number = 1")  # noqa: S608
    cache = Cache(tmp_path, no_complaint)
    assert cache.get([*KEYS, b"\0"]) == dict(ENTRIES[1:])
    cache.put(ENTRIES[:1])
    assert cache.get(KEYS) == dict(ENTRIES)


@pytest.mark.parametrize("value", ["NULL", "5", "'text'", "x''"])
def test_a_value_of_another_kind_is_not_there(tmp_path: Path, value: str) -> None:
    changed(filled(tmp_path), f"UPDATE entries SET value = {value}, checksum = {value}")  # noqa: S608
    assert Cache(tmp_path, no_complaint).get(KEYS) == {}


def test_a_value_in_the_place_of_another_is_not_there(tmp_path: Path) -> None:
    path = filled(tmp_path)
    changed(path, "DELETE FROM entries WHERE number = 1")
    changed(path, f"UPDATE entries SET key = x'{KEYS[0].hex()}' WHERE number = 2")  # noqa: S608
    assert Cache(tmp_path, no_complaint).get(KEYS[:2]) == {}


# Files of somebody else


def a_text(path: Path) -> None:
    path.write_text("my notes")


def random_bytes(path: Path) -> None:
    path.write_bytes(os.urandom(8192))


def another_database(path: Path) -> None:
    changed(path, "CREATE TABLE entries (key TEXT)")


def another_marked_database(path: Path) -> None:
    changed(path, "PRAGMA application_id = 252006673")
    changed(path, "CREATE TABLE entries (key TEXT)")


def a_folder(path: Path) -> None:
    path.mkdir()
    (path / "inside").write_text("my notes")


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def content(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


@pytest.mark.parametrize("make", [a_text, random_bytes, another_database, another_marked_database, a_folder, a_pipe])
def test_what_is_not_ours_is_left_as_it_is(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / NAME)
    before = content(tmp_path)
    with pytest.raises(CacheError, match="is not a cache of evgrade and is left alone"):
        Cache(tmp_path, no_complaint)
    assert content(tmp_path) == before


# Where there can be none


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("my notes")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", Path("\0")):
        with pytest.raises(CacheError, match="cannot be used"):
            Cache(folder, no_complaint)


@needs_permissions
def test_a_folder_that_nothing_can_be_made_in(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    for folder in (tmp_path, tmp_path / "below"):
        with pytest.raises(CacheError, match="cannot be used"):
            Cache(folder, no_complaint)


@needs_permissions
def test_what_can_only_be_read_is_read(tmp_path: Path) -> None:
    filled(tmp_path).chmod(0o400)
    tmp_path.chmod(0o500)
    told: list[str] = []
    cache = Cache(tmp_path, told.append)
    for _ in range(2):
        cache.put([(KEYS[0], b"new")])
    assert cache.get(KEYS) == dict(ENTRIES)
    cache.close()
    assert told == [f"the cache {tmp_path / NAME} can store nothing more: attempt to write a readonly database"]


def test_a_full_disk_is_told_once_and_what_is_there_is_read(tmp_path: Path) -> None:
    filled(tmp_path)
    told: list[str] = []
    cache = Cache(tmp_path, told.append)
    assert cache._database is not None
    cache._database.execute("PRAGMA max_page_count = 1")
    for _ in range(2):
        cache.put([(b"large", bytes(1_000_000))])
    assert cache.get([*KEYS, b"large"]) == dict(ENTRIES)
    assert told == [f"the cache {tmp_path / NAME} can store nothing more: database or disk is full"]


def test_one_that_another_program_holds_on_to_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_WAIT", 0.01)
    other = sqlite3.connect(filled(tmp_path))
    told: list[str] = []
    cache = Cache(tmp_path, told.append)
    other.execute("BEGIN EXCLUSIVE")
    assert cache.get(KEYS) == {}
    cache.put(ENTRIES)
    cache.close()
    assert told == [f"the cache {tmp_path / NAME} is no longer used: database is locked"]
    with pytest.raises(CacheError, match="database is locked"):
        Cache(tmp_path, no_complaint)
    other.close()
    assert Cache(tmp_path, no_complaint).get(KEYS) == dict(ENTRIES)


def test_a_journal_that_another_run_removes_meanwhile_is_not_foreign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is there and what it is are one question: between two of them it may go."""
    real = Path.exists

    def seen_for_the_last_time(path: Path) -> bool:
        there = real(path)
        if path.name.endswith("-journal"):
            path.unlink(missing_ok=True)
        return there

    (tmp_path / "batch.sqlite3-journal").write_bytes(b"")
    monkeypatch.setattr(Path, "exists", seen_for_the_last_time)
    told: list[str] = []
    Cache(tmp_path, told.append).close()
    assert told == []
