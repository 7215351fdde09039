"""Rows that were worked out before, found again by the bytes of their files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from evgrade.batch import outline
from evgrade.batch.cache import Cache, CacheError, glance
from evgrade.batch.digests import Digests
from evgrade.batch.identity import identity
from evgrade.batch.memory import FORGETFUL, Known
from evgrade.batch.outline import Outline
from evgrade.batch.row import Row
from evgrade.batch.stored import STORED, decoded, encoded, joined, parted
from evgrade.batch.task import Grading
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


def known_outlines(folder: Path | None, grading: Grading) -> tuple[Outline, ...] | None:
    """Return the outlines of the rubrics that grade, from the cache in a folder; None if it has none.

    They were kept by a run that compiled them, and that had in common with this one all that decides a row.
    """
    try:
        content = glance(folder or default_folder(), identity(grading))
    except CacheError:
        return None
    return None if content is None else outline.decoded(content)


@contextmanager
def recalling(
    folder: Path | None,
    grading: Grading,
    outlines: tuple[Outline, ...],
    tell: Callable[[str], None],
    *,
    alone: bool = True,
) -> Iterator[Recall | None]:
    """Open the cache in a folder, the system's if it is None, and close it in the end; None if there can be none.

    Args:
        folder: where it is, or is to be.
        grading: what rows are worked out by.
        outlines: those of its rubrics.
        tell: takes a line for people about what is wrong with the cache.
        alone: whether this process does everything; else many files are read by another one.
    """
    try:
        cache = Cache(folder or default_folder(), tell)
    except CacheError as error:
        tell(f"no cache: {error.message}")
        yield None
        return
    with closing(cache), closing(Digests(many=None if alone else _AT_ONCE)) as digests:
        recall = Recall(cache, identity(grading), outlines, digests)
        try:
            yield recall
        finally:
            recall.write()


class Recall:
    """A memory of rows, kept in a cache, and with them the outlines of the rubrics that they were worked out under.

    Attributes:
        at_once: how many files it is best asked for at a time.
        found: how many rows came from the cache.
    """

    def __init__(self, cache: Cache, same: bytes, outlines: tuple[Outline, ...], digests: Digests) -> None:
        """Look into a cache; `same` is the identity of all that decides a row but for the bytes of its file."""
        self._cache = cache
        self._digests = digests
        self._same = same
        self._outlines = (same, outline.encoded(outlines))
        self._is_empty = not cache.get([same])
        self.at_once = 1 if self._is_empty else _AT_ONCE
        self.found = 0
        self._fresh: list[_Entry | None] = []

    def recall(self, chunks: Iterable[Sequence[Source]]) -> Iterator[Known[Row]]:
        """Yield files with their rows, None where there is work to do.

        The files are read for it, and those that have work to do again where it is done: a row is of the bytes that it
        was worked out from, and is kept under their SHA-256, whatever happens to the file in between. Where there was
        no row in the beginning, none is read.
        """
        if self._is_empty:
            yield from FORGETFUL.recall(chunks)
            return
        for chunk, digests in self._digests.of(chunks):
            self.write()
            stored = self._stored([digest + self._same for digest in digests if isinstance(digest, bytes)])
            yield (
                chunk,
                [
                    self._row(source, digest, stored) if isinstance(digest, bytes) else digest
                    for source, digest in zip(chunk, digests, strict=True)
                ],
            )

    def keep(self, results: Sequence[Row]) -> None:
        """Keep what follows from the bytes of a file alone."""
        self._fresh += [
            (bytes.fromhex(row.sha256) + self._same, encoded(row))
            if row.sha256 is not None and row.status in STORED
            else None
            for row in results
        ]
        while len(self._fresh) >= _AT_ONCE:
            self._write_fresh()

    def write(self) -> None:
        """Write what is to be kept."""
        while self._fresh:
            self._write_fresh()

    def _write_fresh(self) -> None:
        """Write as many rows as are asked for at once: to begin and to end takes as long as some rows do.

        Where there was no row in the beginning, these are of files that stand together, and that will be asked for
        together the next time.
        """
        entries = [entry for entry in self._fresh[:_AT_ONCE] if entry is not None]
        del self._fresh[:_AT_ONCE]
        self._write([*entries, *_page(entries)] if self._is_empty else entries)

    def _write(self, entries: Sequence[_Entry]) -> None:
        """Write rows, and the outlines with them again: what was written first goes first, and every row needs them."""
        if entries:
            self._cache.put([*entries, self._outlines])

    def _stored(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Return what is kept under some keys: those that are asked for together again are found together."""
        name = _page_name(keys)
        page = parted(self._cache.get([name]).get(name, b""))
        if len(page) == len(keys) > 1:
            return dict(zip(keys, page, strict=True))
        stored = self._cache.get(keys)
        if len(stored) == len(keys):
            self._write(_page([(key, stored[key]) for key in keys]))
        return stored

    def _row(self, source: Source, digest: bytes, stored: Mapping[bytes, bytes]) -> Row | None:
        content = stored.get(digest + self._same)
        row = None if content is None else decoded(content, shown_name(source.path), digest.hex())
        self.found += row is not None
        return row


_Entry = tuple[bytes, bytes]
"""A key, and what is kept under it."""


def _page(entries: Sequence[_Entry]) -> list[_Entry]:
    """Return some entries as one more, to be found at once: to look for each of them takes ten times as long."""
    if len(entries) < 2:
        return []
    return [(_page_name([key for key, _ in entries]), joined(content for _, content in entries))]


def _page_name(keys: Sequence[bytes]) -> bytes:
    """Return the key of entries that are kept together: it is shorter than that of a file."""
    return hashlib.sha256(b"".join(keys)).digest()
