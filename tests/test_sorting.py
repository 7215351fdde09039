"""Sorting more than memory should hold: the same as sorting in memory, and nothing is left behind."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterable
from functools import partial
from operator import itemgetter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.sorting import Sorted, TemporaryFileError, as_added

Pair = tuple[int, int]

numbers = st.lists(st.integers(0, 9), max_size=200)
limits = st.none() | st.integers(1, 30)


def pack(pair: Pair) -> bytes:
    return b"%d %d\n" % pair


def unpack(line: bytes) -> Pair:
    first, second = map(int, line.split())
    return first, second


def filled(things: Iterable[Pair], *, most: int, limit: int | None = None) -> Sorted[Pair]:
    """Return pairs, sorted by their first number."""
    found: Sorted[Pair] = Sorted(itemgetter(0), pack, unpack, most=most, limit=limit)
    for thing in things:
        found.add(thing)
    return found


@given(numbers, st.integers(1, 50), limits)
def test_it_is_as_sorting_in_memory_each_time(keys: list[int], most: int, limit: int | None) -> None:
    things = [(key, number) for number, key in enumerate(keys)]
    found = filled(things, most=most, limit=limit)
    expected = sorted(things, key=itemgetter(0))[:limit]
    assert list(found) == expected
    assert list(found) == expected
    found.close()


@given(numbers, st.integers(1, 50))
def test_it_can_be_gone_through_twice_at_once(keys: list[int], most: int) -> None:
    found = filled([(key, number) for number, key in enumerate(keys)], most=most)
    assert all(one == other for one, other in zip(found, found, strict=True))
    found.close()


def test_things_can_stay_in_the_order_they_were_added() -> None:
    found: Sorted[str] = Sorted(
        as_added, lambda text: text.encode() + b"\n", lambda line: line.decode().rstrip(), most=2
    )
    for word in ("to", "be", "or", "not", "to", "be"):
        found.add(word)
    assert list(found) == ["to", "be", "or", "not", "to", "be"]
    found.close()


def test_the_temporary_file_has_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = filled(((number, number) for number in range(1000)), most=10)
    assert list(tmp_path.iterdir()) == []
    assert len(list(found)) == 1000
    found.close()


def test_a_few_things_need_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(tempfile, "TemporaryFile")
    assert list(filled([(2, 0), (1, 0)], most=3)) == [(1, 0), (2, 0)]


def test_a_short_list_of_the_first_needs_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(tempfile, "TemporaryFile")
    found = filled(((-number, 0) for number in range(1000)), most=10, limit=3)
    assert list(found) == [(-999, 0), (-998, 0), (-997, 0)]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_full_disk_is_told_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", partial(open, "/dev/full", "w+b", buffering=0))
    with pytest.raises(TemporaryFileError, match="a temporary file cannot be used: No space left on device"):
        filled(((number, 0) for number in range(10)), most=5)


def test_what_is_kept_in_memory_does_not_grow() -> None:
    def living(count: int) -> int:
        before = len(gc.get_objects())
        found = filled(((number * 7919 % 10007, number) for number in range(count)), most=100)
        grown = len(gc.get_objects()) - before
        found.close()
        return grown

    gc.disable()
    try:
        assert living(5_000) < living(150) + 200
    finally:
        gc.enable()
