"""External sorting: beyond a limit, items wait in a temporary file, in sorted runs of lines."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from heapq import merge
from itertools import islice
from typing import IO, Any, Generic, TypeVar

from evgrade.model import EvgradeError

T = TypeVar("T")

_AT_ONCE = 4
"""The number of lines read from a run at a time: a million items make hundreds of runs."""


class TemporaryFileError(EvgradeError):
    """A temporary file cannot be used, for example on a full disk."""


class Sorted(Generic[T]):
    """Items that are iterated in order, as often as needed; equal items keep the order in which they were added.

    The temporary file has no name or is removed by the system, so nothing of it is left however the program ends.
    """

    def __init__(
        self,
        key: Callable[[T], Any],
        pack: Callable[[T], bytes],
        unpack: Callable[[bytes], T],
        *,
        most: int,
        limit: int | None = None,
    ) -> None:
        """Start empty.

        Args:
            key: the sort key.
            pack: turns an item into a line of bytes with a single line end.
            unpack: turns the line back into the item.
            most: the most items kept in memory.
            limit: how many items are needed, from the first; None for all.
        """
        self._key = key
        self._pack = pack
        self._unpack = unpack
        self._limit = limit
        self._most = most
        self._kept: list[T] = []
        self._is_in_order = True
        self._file: IO[bytes] | None = None
        self._runs: list[tuple[int, int]] = []

    def add(self, thing: T) -> None:
        """Add an item.

        Raises:
            TemporaryFileError: there is no room for it.
        """
        self._kept.append(thing)
        self._is_in_order = False
        if len(self._kept) > self._most:
            self._put_in_order()
            if len(self._kept) > self._most // 2:
                self._spill()

    def __iter__(self) -> Iterator[T]:
        """Yield the items in order, up to the limit.

        Raises:
            TemporaryFileError: the temporary file cannot be read.
        """
        self._put_in_order()
        if not self._runs:
            return iter(self._kept)
        runs = [self._waiting(start, count) for start, count in self._runs]
        return islice(merge(*runs, self._kept, key=self._key), self._limit)

    def close(self) -> None:
        """Discard all items."""
        self._kept.clear()
        self._runs.clear()
        if self._file is not None:
            with suppress(OSError):  # unwritten data are no longer needed
                self._file.close()

    def _put_in_order(self) -> None:
        """Sort the items in memory, and drop those beyond the limit."""
        if not self._is_in_order:
            self._kept.sort(key=self._key)
            if self._limit is not None:
                del self._kept[self._limit :]
            self._is_in_order = True

    def _spill(self) -> None:
        """Move the items in memory to the file, as one more run."""
        with _in_plain_words():
            if self._file is None:
                import tempfile  # noqa: PLC0415 - slow to import, and rarely needed

                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
            self._runs.append((self._file.seek(0, os.SEEK_END), len(self._kept)))
            self._file.writelines(map(self._pack, self._kept))
            self._file.flush()
        self._kept.clear()

    def _waiting(self, start: int, count: int) -> Iterator[T]:
        """Yield the items of a run. Runs are read in turns, each from where it was left."""
        while self._file is not None and count:
            with _in_plain_words():
                self._file.seek(start)
                lines = list(islice(self._file, min(_AT_ONCE, count)))
            start += sum(map(len, lines))
            count -= len(lines)
            yield from map(self._unpack, lines)


def as_added(_: object) -> int:
    """Return a constant: a key that keeps items in the order in which they were added."""
    return 0


@contextmanager
def _in_plain_words() -> Iterator[None]:
    """Report in plain words why a temporary file cannot be used."""
    try:
        yield
    except OSError as error:
        raise TemporaryFileError(
            f"a temporary file cannot be used: {error.strerror or error}",
            hint="the environment variable TMPDIR names the folder that it is in",
        ) from error
