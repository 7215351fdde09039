"""A file that keeps small values by key from one run to the next: an SQLite database, and never more than a help.

Whatever is wrong with it, a run goes on without it. What it holds is read as bytes, and nothing in it is executed. A
file is only replaced if its head says that it is one of ours. Every value has a checksum: a damaged disk changes none
unnoticed, and so nothing has to wait for the disk, as a database does that must survive a loss of power.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

from evgrade.model import EvgradeError
from evgrade.regular import NotRegularError, read_regular

NAME = "batch.sqlite3"
MOST = 1_000_000
"""How many values are kept for the next run; what was written first goes first."""

_WAIT = 5.0
"""How many seconds another run that is writing is waited for; it takes milliseconds."""
_OURS = 0x45564752
"""What marks a database as one of ours, at the place that SQLite has for it."""
_COMPANIONS = ("-journal", "-wal", "-shm")
_HEAD, _MARK = b"SQLite format 3\0", slice(68, 72)
_LARGEST = 64 * 1024 * 1024
"""Bytes of the largest value that is read or written; 256 rows that are kept together have half a megabyte."""
_TABLE = "CREATE TABLE entries (number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, value BLOB, checksum BLOB)"
_GET = "SELECT key, value, checksum FROM entries WHERE typeof(value) = 'blob' AND key IN"
_PUT = "INSERT OR REPLACE INTO entries (key, value, checksum) VALUES (?, ?, ?)"
_PRUNE = "DELETE FROM entries WHERE number <= (SELECT max(number) FROM entries) - ?"


def glance(folder: Path, key: bytes) -> bytes | None:
    """Return a value of the cache in a folder, if there is one; whatever is wrong with it is left for later."""
    path = folder / NAME
    try:
        _refuse_foreign(path)
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", timeout=_WAIT, uri=True)) as database:
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST)
            return _found(database, [key]).get(key)
    except (EvgradeError, OSError, ValueError, sqlite3.Error):
        return None


class CacheError(EvgradeError):
    """There can be no cache."""


class _DamagedError(sqlite3.DatabaseError):
    """It is one of ours, and not as we make them."""


class Cache:
    """Values by key, in a folder; a key has at most 64 bytes. Several runs may use the same one at once."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        """Open it. A damaged one is built anew.

        Args:
            folder: where it is; it is made if it is missing.
            tell: takes a line for people about what is wrong with it.

        Raises:
            CacheError: it cannot be made or opened, or something else is in its place.
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
        """Return the values that are there, by key."""
        if self._database is None or not keys:
            return {}
        try:
            return _found(self._database, keys)
        except sqlite3.Error as error:
            self._fail(error)
            return {}

    def put(self, entries: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep values by key, in place of those that are there; all of them or none."""
        rows = [(key, value, _checksum(key, value)) for key, value in entries]
        if self._database is None or not self._is_written or not rows:
            return
        try:
            with self._database:
                self._database.executemany(_PUT, rows)
        except sqlite3.Error as error:
            if _is_damage(error):
                self._fail(error)
            else:  # such as a full disk: what is in it can still be read
                self._is_written = False
                self._tell(f"the cache {self._path} takes nothing more: {error}")

    def close(self) -> None:
        """Close it; of too many values the oldest go."""
        if self._database is None:
            return
        with closing(self._database), suppress(sqlite3.Error):  # nobody needs it any more
            if self._is_written:
                with self._database:
                    self._database.execute(_PRUNE, (MOST,))
        self._database = None

    def _fail(self, error: sqlite3.Error) -> None:
        """Go on with a new one where this is damaged, else without."""
        try:
            self._mend(error)
        except (OSError, sqlite3.Error) as worse:
            self._tell(f"the cache {self._path} is not used any more: {_reason(worse)}")

    def _mend(self, error: sqlite3.Error) -> None:
        """Build a damaged one anew, once.

        Raises:
            OSError: it cannot be removed.
            sqlite3.Error: something else is wrong, or that does not help.
        """
        if self._database is not None:
            self._database.close()
            self._database = None
        if self._is_rebuilt or not _is_damage(error):
            raise error
        self._is_rebuilt = True
        self._tell(f"the cache {self._path} was damaged and is built anew")
        for path in (self._path, self._path.with_name(f"{NAME}-journal")):
            path.unlink(missing_ok=True)
        self._database = _connected(self._path)


def is_ours(head: bytes) -> bool:
    """Whether a file is a cache of evgrade, by how it begins."""
    return head.startswith(_HEAD) and head[_MARK] == _OURS.to_bytes(4, "big")


def _refuse_foreign(path: Path) -> None:
    """Make sure that a file, if there is one, is ours: nothing else is written to, and nothing else removed.

    Raises:
        CacheError: it is not.
        OSError: it cannot be read.
    """
    for beside in (path.with_name(f"{NAME}{end}") for end in _COMPANIONS):  # SQLite opens them without looking
        if beside.is_symlink() or (beside.exists() and not beside.is_file()):
            raise CacheError(f"{beside} is not a file of evgrade and is left alone")
    if not path.exists():
        return
    try:
        head = read_regular(str(path), _MARK.stop)
    except NotRegularError:
        head = b"not a file"
    if head and not is_ours(head):  # an empty one is in the making
        raise CacheError(f"{path} is not a cache of evgrade and is left alone")


def _connected(path: Path) -> sqlite3.Connection:
    """Return a database, made if it is not there.

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
                if not _tables(database):  # another run may have been faster
                    database.execute(f"PRAGMA application_id = {_OURS}")
                    database.execute(_TABLE)
        if _tables(database) != [_TABLE]:
            raise _DamagedError
    except BaseException:
        database.close()
        raise
    return database


def _found(database: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    """Return the values that are there and whole, by key.

    Raises:
        sqlite3.Error: the database is damaged, or cannot be read.
    """
    rows = database.execute(f"{_GET} ({','.join('?' * len(keys))})", keys)
    return {key: value for key, value, checksum in rows if checksum == _checksum(key, value)}


def _tables(database: sqlite3.Connection) -> list[str]:
    """Return the statements that made what is in a database: with others in it, such as triggers, it is not ours."""
    return [text for (text,) in database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL LIMIT 2")]


def _is_damage(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, _DamagedError) or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _checksum(key: bytes, value: bytes) -> bytes:
    return hashlib.blake2b(value, key=key, digest_size=16).digest()


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
