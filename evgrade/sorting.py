"""External sorting: beyond a limit, rows wait in a temporary file, in sorted runs of lines."""

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
"""How many lines of a run are read at a time: of a million things there are hundreds of runs."""


class TemporaryFileError(EvgradeError):
    """A temporary file cannot be used, as on a full disk."""


class Sorted(Generic[T]):
    """Things in order, each time they are gone through; equal ones in the order in which they were added.

    The temporary file has no name, or the system removes it: however the program ends, nothing of it is left.
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
        """Begin with nothing.

        Args:
            key: what things are sorted by.
            pack: makes a line of bytes of a thing, with its line end and no other.
            unpack: makes the thing again.
            most: how many are kept in memory.
            limit: how many are needed, the first ones; None for all.
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
        """Add a thing.

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
        """Yield the things in order, as many as are wanted.

        Raises:
            TemporaryFileError: what waits in the file cannot be read.
        """
        self._put_in_order()
        if not self._runs:
            return iter(self._kept)
        runs = [self._waiting(start, count) for start, count in self._runs]
        return islice(merge(*runs, self._kept, key=self._key), self._limit)

    def close(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._runs.clear()
        if self._file is not None:
            with suppress(OSError):  # what could not be written is not needed any more
                self._file.close()

    def _put_in_order(self) -> None:
        """Sort what is kept, and let go what is not wanted."""
        if not self._is_in_order:
            self._kept.sort(key=self._key)
            if self._limit is not None:
                del self._kept[self._limit :]
            self._is_in_order = True

    def _spill(self) -> None:
        """Move what is kept into the file, as one more run."""
        with _in_plain_words():
            if self._file is None:
                import tempfile  # noqa: PLC0415 - slow to import, and most have few things to sort

                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed when all is let go
            self._runs.append((self._file.seek(0, os.SEEK_END), len(self._kept)))
            self._file.writelines(map(self._pack, self._kept))
            self._file.flush()
        self._kept.clear()

    def _waiting(self, start: int, count: int) -> Iterator[T]:
        """Yield the things of a run. All runs are read in turns, each from where it was left."""
        while self._file is not None and count:
            with _in_plain_words():
                self._file.seek(start)
                lines = list(islice(self._file, min(_AT_ONCE, count)))
            start += sum(map(len, lines))
            count -= len(lines)
            yield from map(self._unpack, lines)


def as_added(_: object) -> int:
    """Return the same for everything: a key under which things stay in the order in which they were added."""
    return 0


@contextmanager
def _in_plain_words() -> Iterator[None]:
    """Say for people what keeps a temporary file from being used."""
    try:
        yield
    except OSError as error:
        raise TemporaryFileError(
            f"a temporary file cannot be used: {error.strerror or error}",
            hint="the environment variable TMPDIR names the folder that it is in",
        ) from error
