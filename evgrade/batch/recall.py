"""Rows that were worked out before, found again by the bytes of their files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from evgrade.batch.cache import Cache, CacheError
from evgrade.batch.identity import identity
from evgrade.batch.memory import FORGETFUL, Known
from evgrade.batch.row import Row
from evgrade.batch.stored import STORED, decoded, encoded
from evgrade.batch.task import Grading, content_of
from evgrade.discover import Source
from evgrade.yamlio.source import shown_name

_AT_ONCE = 256
"""How many files are looked up at a time, and how many rows written."""


def default_folder() -> Path:
    """Return the folder in which the system keeps what programs can make again.

    Raises:
        CacheError: there is none, as for a user without a home.
    """
    from platformdirs import user_cache_path  # noqa: PLC0415 - only needed where no folder is given

    try:
        folder = user_cache_path("evgrade", appauthor=False)
    except (RuntimeError, OSError):  # as newer versions say that there is none
        folder = Path()
    if not folder.is_absolute():
        raise CacheError("there is no home folder to put it in")
    return folder


@contextmanager
def recalling(folder: Path | None, grading: Grading, tell: Callable[[str], None]) -> Iterator[Recall | None]:
    """Open the cache in a folder, the system's if it is None, and close it in the end; None if there can be none.

    Args:
        folder: where it is, or is to be.
        grading: what rows are worked out by.
        tell: takes a line for people about what is wrong with the cache.
    """
    try:
        cache = Cache(folder or default_folder(), tell)
    except CacheError as error:
        tell(f"no cache: {error.message}")
        yield None
        return
    with closing(cache):
        recall = Recall(cache, identity(grading))
        try:
            yield recall
        finally:
            recall.write()


class Recall:
    """A memory of rows, kept in a cache.

    Attributes:
        at_once: how many files it is best asked for at a time.
        found: how many rows came from the cache.
    """

    def __init__(self, cache: Cache, same: bytes) -> None:
        """Look into a cache; `same` is the identity of all that decides a row but for the bytes of its file.

        An entry under that key alone says that there are rows of the same identity.
        """
        self._cache = cache
        self._same = same
        self._is_empty = not cache.get([same])
        self.at_once = 1 if self._is_empty else _AT_ONCE
        self.found = 0
        self._fresh: list[tuple[bytes, bytes]] = []

    def recall(self, chunks: Iterable[Sequence[Source]]) -> Iterator[Known[Row]]:
        """Yield files with their rows, None where there is work to do.

        The files are read for it, and those that have work to do again where it is done: a row is of the bytes that it
        was worked out from, and is kept under their SHA-256, whatever happens to the file in between. Where there was
        no row in the beginning, none is read.
        """
        if self._is_empty:
            yield from FORGETFUL.recall(chunks)
            return
        for chunk in chunks:
            self.write()
            known = [_known(source) for source in chunk]
            digests = [one for one in known if isinstance(one, bytes)]
            stored = self._cache.get([digest + self._same for digest in digests])
            yield (
                chunk,
                [
                    self._row(source, one, stored.get(one + self._same)) if isinstance(one, bytes) else one
                    for source, one in zip(chunk, known, strict=True)
                ],
            )

    def keep(self, results: Sequence[Row]) -> None:
        """Keep what follows from the bytes of a file alone."""
        self._fresh += [
            (bytes.fromhex(row.sha256) + self._same, encoded(row))
            for row in results
            if row.sha256 is not None and row.status in STORED
        ]
        if len(self._fresh) >= _AT_ONCE:
            self.write()

    def write(self) -> None:
        """Write what is to be kept, and again that there is some: what was written first goes first."""
        if self._fresh:
            self._cache.put([*self._fresh, (self._same, b"")])
            self._fresh = []

    def _row(self, source: Source, digest: bytes, content: bytes | None) -> Row | None:
        row = None if content is None else decoded(content, shown_name(source.path), digest.hex())
        self.found += row is not None
        return row


def _known(source: Source) -> bytes | Row | None:
    """Return the SHA-256 of a file, or its row where there is nothing to grade; None where there is work to do."""
    try:
        content = content_of(source)
    except Exception:  # whatever it is, the row will say it
        return None
    return content if isinstance(content, Row) else hashlib.sha256(content).digest()
