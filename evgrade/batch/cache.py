"""The cache of rows: results of earlier runs, found by the bytes of the files.

It is an SQLite database of small values by key, and optional: whatever is wrong with it, a run goes on without it. Its
values are read as data and never executed. A file is replaced only if its header shows that it is one of evgrade's.
Every value has a checksum, so damage on disk is noticed, and no write has to wait for the disk, as in a database that
must survive a power failure.
"""

from __future__ import annotations

import hashlib
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from evgrade.batch.installation import identity
from evgrade.batch.row import REMEMBERED, Counts, Grading, Problem, Row, Verdict, unchecked
from evgrade.checked import Checked, Outcome, opened
from evgrade.discover import Source
from evgrade.model import EvgradeError
from evgrade.regular import NotRegularError, read_regular
from evgrade.rubric.load import RubricText
from evgrade.rubric.outline import Outline
from evgrade.yamlio.source import shown_name

NAME = "batch.sqlite3"
MOST = 1_000_000
"""The most values kept for the next run; the oldest are removed first."""

_WAIT = 5.0
"""Seconds to wait for another run that is writing, which takes milliseconds."""
_OURS = 0x45564752
"""The application id that marks a database as one of evgrade's."""
_COMPANIONS = ("-journal", "-wal", "-shm")
_HEAD, _MARK = b"SQLite format 3\0", slice(68, 72)
_LARGEST = 64 * 1024 * 1024
"""The largest value that is read or written, in bytes."""
_TABLE = "CREATE TABLE entries (number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, value BLOB, checksum BLOB)"
_GET = "SELECT key, value, checksum FROM entries WHERE typeof(value) = 'blob' AND key IN"
_PUT = "INSERT OR REPLACE INTO entries (key, value, checksum) VALUES (?, ?, ?)"
_PRUNE = "DELETE FROM entries WHERE number <= (SELECT max(number) FROM entries) - ?"


class CacheError(EvgradeError):
    """The cache cannot be used."""


class _DamagedError(sqlite3.DatabaseError):
    """The database is one of evgrade's, but has another structure."""


class Cache:
    """Values by key, in a folder; a key has at most 64 bytes. Several runs may use the same one at once."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        """Open the cache, and rebuild it if it is damaged.

        Args:
            folder: its folder, created if missing.
            tell: takes a line for the user about a problem with the cache.

        Raises:
            CacheError: it cannot be created or opened, or another file is in its place.
        """
        self._path = folder / NAME
        self._tell = tell
        self._is_written = True
        self._is_rebuilt = False
        self._database: sqlite3.Connection | None = None
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _refuse_foreign(self._path)
            try:
                self._database = _connected(self._path)
            except sqlite3.Error as error:
                self._mend(error)
        except (OSError, ValueError, sqlite3.Error) as error:
            raise CacheError(f"{self._path} cannot be used: {_reason(error)}") from None

    def get(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Return the stored values by key."""
        if self._database is None or not keys:
            return {}
        try:
            return _found(self._database, keys)
        except sqlite3.Error as error:
            self._fail(error)
            return {}

    def put(self, entries: Iterable[tuple[bytes, bytes]]) -> None:
        """Store values by key, replacing earlier ones; all of them or none."""
        rows = [(key, value, _checksum(key, value)) for key, value in entries]
        if self._database is None or not self._is_written or not rows:
            return
        try:
            with self._database:
                self._database.executemany(_PUT, rows)
        except sqlite3.Error as error:
            if _is_damage(error):
                self._fail(error)
            else:  # such as a full disk: its values can still be read
                self._is_written = False
                self._tell(f"the cache {self._path} can store nothing more: {error}")

    def close(self) -> None:
        """Close it, after removing the oldest of too many values."""
        if self._database is None:
            return
        with closing(self._database), suppress(sqlite3.Error):  # it is no longer needed
            if self._is_written:
                with self._database:
                    self._database.execute(_PRUNE, (MOST,))
        self._database = None

    def _fail(self, error: sqlite3.Error) -> None:
        """Go on with a new cache if this one is damaged, otherwise without."""
        try:
            self._mend(error)
        except (OSError, sqlite3.Error) as worse:
            self._tell(f"the cache {self._path} is no longer used: {_reason(worse)}")

    def _mend(self, error: sqlite3.Error) -> None:
        """Rebuild a damaged cache, once.

        Raises:
            OSError: it cannot be removed.
            sqlite3.Error: the problem is another, or persists.
        """
        if self._database is not None:
            self._database.close()
            self._database = None
        if self._is_rebuilt or not _is_damage(error):
            raise error
        self._is_rebuilt = True
        self._tell(f"the cache {self._path} was damaged and will be rebuilt")
        for path in (self._path, self._path.with_name(f"{NAME}-journal")):
            path.unlink(missing_ok=True)
        self._database = _connected(self._path)


def is_ours(head: bytes) -> bool:
    """Whether the head of a file is that of a cache of evgrade."""
    return head.startswith(_HEAD) and head[_MARK] == _OURS.to_bytes(4, "big")


def _refuse_foreign(path: Path) -> None:
    """Check that a file, if there is one, is evgrade's, because other files must not be written or removed.

    Raises:
        CacheError: it is another file.
        OSError: it cannot be read.
    """
    for beside in (path.with_name(f"{NAME}{end}") for end in _COMPANIONS):  # SQLite opens them without looking
        try:
            mode = beside.lstat().st_mode  # a single call: another run may remove its journal in between
        except FileNotFoundError:
            continue
        if not stat.S_ISREG(mode):
            raise CacheError(f"{beside} is not a file of evgrade and is left alone")
    if not path.exists():
        return
    try:
        head = read_regular(str(path), _MARK.stop)
    except NotRegularError:
        head = b"not a file"
    if head and not is_ours(head):  # an empty one is being created
        raise CacheError(f"{path} is not a cache of evgrade and is left alone")


def _connected(path: Path) -> sqlite3.Connection:
    """Open a database, creating it if it is missing.

    Raises:
        sqlite3.Error: it cannot be opened, or is damaged.
    """
    database = sqlite3.connect(path, timeout=_WAIT, isolation_level="IMMEDIATE")
    try:
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST)
        for pragma in ("synchronous = OFF", "trusted_schema = OFF", "cell_size_check = ON"):
            database.execute(f"PRAGMA {pragma}")
        if not _tables(database):
            with database:
                database.execute("BEGIN IMMEDIATE")
                if not _tables(database):  # another run may have created it meanwhile
                    database.execute(f"PRAGMA application_id = {_OURS}")
                    database.execute(_TABLE)
        if _tables(database) != [_TABLE]:
            raise _DamagedError
    except BaseException:
        database.close()
        raise
    return database


def _found(database: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    """Return the undamaged values by key.

    Raises:
        sqlite3.Error: the database is damaged, or cannot be read.
    """
    rows = database.execute(f"{_GET} ({','.join('?' * len(keys))})", keys)
    return {key: value for key, value, checksum in rows if checksum == _checksum(key, value)}


def _tables(database: sqlite3.Connection) -> list[str]:
    """Return the statements that created a database's contents; with others, such as triggers, it is not evgrade's."""
    return [text for (text,) in database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL LIMIT 2")]


def _is_damage(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, _DamagedError) or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _checksum(key: bytes, value: bytes) -> bytes:
    return hashlib.blake2b(value, key=key, digest_size=16).digest()


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


_AT_ONCE = 256
"""The number of files looked up, and of rows written, at a time."""


def default_folder() -> Path:
    """Return the system's folder for caches.

    Raises:
        CacheError: there is none, as for a user without a home folder.
    """
    from platformdirs import user_cache_path  # noqa: PLC0415 - needed only without a given folder

    try:
        folder = user_cache_path("evgrade", appauthor=False)
    except (RuntimeError, OSError):  # newer versions raise this if there is none
        folder = Path()
    if not folder.is_absolute():
        raise CacheError("there is no home folder to put it in")
    return folder


@contextmanager
def row_cache(folder: Path | None, grading: Grading, tell: Callable[[str], None]) -> Iterator[RowCache | None]:
    """Open the cache in a folder, and close it at the end; yield None if it cannot be used.

    Args:
        folder: its folder; None for the system's.
        grading: the work whose rows are cached.
        tell: takes a line for the user about a problem with the cache.
    """
    try:
        cache = Cache(folder or default_folder(), tell)
    except CacheError as error:
        tell(f"no cache: {error.message}")
        yield None
        return
    with closing(cache):
        recall = RowCache(cache, identity(grading))
        try:
            yield recall
        finally:
            recall.write()


# Rows as they are stored

_STORED = (Outcome.VALID, Outcome.INVALID)
"""The statuses that follow from the bytes of a file alone; the others may change."""


class _Stored(NamedTuple):
    """A row as msgspec stores it."""

    file: str
    status: Outcome
    sha256: str | None
    therapy: str | None
    condition: str | None
    verdicts: msgspec.Raw
    counts: Counts
    problem: Problem | None


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_Stored)
_VERDICTS = msgspec.json.Decoder(tuple[Verdict, ...])
_SHORT = 4096
"""The longest verdicts that are remembered, in bytes; longer ones rarely occur twice."""


def encoded(row: Row) -> bytes:
    """Return a graded or invalid row as bytes for the cache, without the name and SHA-256 of its file.

    Raises:
        ValueError: it has another status, or would be read back as another row (such as one with a score of NaN).
    """
    content = _ENCODER.encode(row._replace(file="", sha256=None))
    if decoded(content, row.file, row.sha256) != row:
        raise ValueError(f"a row that is {row.status}, or that JSON cannot hold, is not stored")
    return content


def decoded(content: bytes, file: str, sha256: str | None) -> Row | None:
    """Return the row of a file from stored bytes; None if `encoded` would not return these bytes."""
    try:
        stored = _DECODER.decode(content)
        judged = bytes(stored.verdicts)
        verdicts = _verdicts(judged) if len(judged) <= _SHORT else _verdicts.__wrapped__(judged)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
        return None
    if stored.status not in _STORED or _ENCODER.encode(stored) != content:
        return None
    return Row(file, stored.status, sha256, stored.therapy, stored.condition, verdicts, stored.counts, stored.problem)


@lru_cache(REMEMBERED)
def _verdicts(content: bytes) -> tuple[Verdict, ...]:
    """Return stored verdicts; most files have the same verdicts as others.

    Raises:
        ValueError: these verdicts would be stored as other bytes.
    """
    verdicts = _VERDICTS.decode(content)
    if _ENCODER.encode(verdicts) != content:
        raise ValueError("these are not bytes that were stored")
    return verdicts


# Rows by file

_OUTLINES = msgspec.json.Decoder(tuple[Outline, ...])


class RowCache:
    """Rows by the SHA-256 of their files, kept in a cache.

    Attributes:
        at_once: the number of files to look up at a time.
        found: the number of rows found so far.
    """

    def __init__(self, cache: Cache, same: bytes) -> None:
        """Look into a cache; `same` identifies everything that decides a row besides the bytes of its file.

        An entry under that key alone shows that there are rows of this identity, and holds the outlines of the rubrics.
        """
        self._cache = cache
        self._same = same
        stored = cache.get([same])
        self._is_empty = not stored
        self._outlines = stored.get(same, b"")
        self.at_once = 1 if self._is_empty else _AT_ONCE
        self.found = 0
        self._fresh: list[tuple[bytes, bytes]] = []

    def outlines(self, rubrics: Sequence[RubricText]) -> Sequence[Outline]:
        """Return the outlines of the rubrics, stored ones if possible, so that the rubrics need not be compiled.

        Raises:
            InvalidRubricError: one of them cannot grade; its findings say why.
        """
        with suppress(ValueError):  # msgspec's errors are ValueErrors
            outlines = _OUTLINES.decode(self._outlines)
            if len(outlines) == len(rubrics):
                return outlines
        outlines = tuple(rubric.compiled().outline for rubric in rubrics)
        self._outlines = msgspec.json.encode(outlines)
        return outlines

    def known(self, sources: Sequence[Source]) -> Sequence[Row | None]:
        """Return the row of each file, None if it has to be worked out.

        Files are read for this, and unknown ones are read again for grading: a row is kept under the SHA-256 of the
        bytes that were graded, whatever happens to the file in between. If the cache began empty, no file is read.
        """
        if self._is_empty:
            return [None] * len(sources)
        self.write()
        known = [_known(source) for source in sources]
        stored = self._cache.get([one + self._same for one in known if isinstance(one, bytes)])
        return [
            self._row(source, one, stored.get(one + self._same)) if isinstance(one, bytes) else one
            for source, one in zip(sources, known, strict=True)
        ]

    def keep(self, results: Sequence[Row]) -> None:
        """Keep the rows that follow from the bytes of their files alone."""
        for row in results:
            if row.sha256 is not None and row.status in _STORED:
                with suppress(ValueError):  # a row that JSON cannot hold is worked out every time
                    self._fresh.append((bytes.fromhex(row.sha256) + self._same, encoded(row)))
        if len(self._fresh) >= _AT_ONCE:
            self.write()

    def write(self) -> None:
        """Write new rows, and renew the entry for their identity, because the oldest entries are removed first."""
        if self._fresh:
            self._cache.put([*self._fresh, (self._same, self._outlines)])
            self._fresh = []

    def _row(self, source: Source, digest: bytes, content: bytes | None) -> Row | None:
        row = None if content is None else decoded(content, shown_name(source.path), digest.hex())
        self.found += row is not None
        return row


def _known(source: Source) -> bytes | Row | None:
    """Return the SHA-256 of a file, or its row if there is nothing to grade; None on an error."""
    try:
        content = opened(source)
    except Exception:  # grading it will report the error
        return None
    return unchecked(content) if isinstance(content, Checked) else hashlib.sha256(content).digest()
