"""The cache of rows: results of earlier runs, found again by the bytes of the files.

A file that keeps small values by key from one run to the next: an SQLite database, and never more than a help.

Whatever is wrong with it, a run goes on without it. What it holds is read as bytes, and nothing in it is executed. A
file is only replaced if its head says that it is one of ours. Every value has a checksum: a damaged disk changes none
unnoticed, and so nothing has to wait for the disk, as a database does that must survive a loss of power.
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
"""How many values are kept for the next run; what was written first goes first."""

_WAIT = 5.0
"""How many seconds another run that is writing is waited for; it takes milliseconds."""
_OURS = 0x45564752
"""What marks a database as one of ours, at the place that SQLite has for it."""
_COMPANIONS = ("-journal", "-wal", "-shm")
_HEAD, _MARK = b"SQLite format 3\0", slice(68, 72)
_LARGEST = 64 * 1024 * 1024
"""Bytes of the largest value that is read or written."""
_TABLE = "CREATE TABLE entries (number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, value BLOB, checksum BLOB)"
_GET = "SELECT key, value, checksum FROM entries WHERE typeof(value) = 'blob' AND key IN"
_PUT = "INSERT OR REPLACE INTO entries (key, value, checksum) VALUES (?, ?, ?)"
_PRUNE = "DELETE FROM entries WHERE number <= (SELECT max(number) FROM entries) - ?"


class CacheError(EvgradeError):
    """There can be no cache."""


class _DamagedError(sqlite3.DatabaseError):
    """It is one of ours, and not as we make them."""


class Cache:
    """Values by key, in a folder; a key has at most 64 bytes. Several runs may use the same one at once."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        """Open it. A damaged one is rebuilt.

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
        self._tell(f"the cache {self._path} was damaged and will be rebuilt")
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
        try:
            mode = beside.lstat().st_mode  # asked once: another run may remove its journal in between
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
def row_cache(folder: Path | None, grading: Grading, tell: Callable[[str], None]) -> Iterator[RowCache | None]:
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
        recall = RowCache(cache, identity(grading))
        try:
            yield recall
        finally:
            recall.write()


# Rows as they are stored

_STORED = (Outcome.VALID, Outcome.INVALID)
"""The statuses that follow from the bytes of a file alone. The others may be different the next time."""


class _Stored(NamedTuple):
    """A row as it is stored; what is written is what `msgspec` makes of the row."""

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
"""How many bytes verdicts have at most that are remembered; longer ones are hardly ever those of two files."""


def encoded(row: Row) -> bytes:
    """Return a graded or invalid row as bytes to keep in the cache, without the name and SHA-256 of its file.

    Raises:
        ValueError: it has another status, or would come back as another row (such as one with NaN for a score).
    """
    content = _ENCODER.encode(row._replace(file="", sha256=None))
    if decoded(content, row.file, row.sha256) != row:
        raise ValueError(f"a row that is {row.status}, or that JSON cannot hold, is not stored")
    return content


def decoded(content: bytes, file: str, sha256: str | None) -> Row | None:
    """Return the row of a file from stored bytes; None where these are not what `encoded` returns."""
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
    """Return stored verdicts; most files are judged as others are.

    Raises:
        ValueError: the bytes are not what these verdicts are stored as.
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
        at_once: how many files it is best asked for at a time.
        found: how many rows came from the cache.
    """

    def __init__(self, cache: Cache, same: bytes) -> None:
        """Look into a cache; `same` is the identity of all that decides a row but for the bytes of its file.

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
        """Return the outlines of the rubrics of these rows. Those that were kept spare a run their compilation.

        Raises:
            InvalidRubricError: one of them cannot be used for grading; its findings say why.
        """
        with suppress(ValueError):  # msgspec's errors are ValueErrors
            outlines = _OUTLINES.decode(self._outlines)
            if len(outlines) == len(rubrics):
                return outlines
        outlines = tuple(rubric.compiled().outline for rubric in rubrics)
        self._outlines = msgspec.json.encode(outlines)
        return outlines

    def known(self, sources: Sequence[Source]) -> Sequence[Row | None]:
        """Return the row of each file, None where there is work to do.

        The files are read for it, and those that have work to do again where it is done: a row is of the bytes that it
        was worked out from, and is kept under their SHA-256, whatever happens to the file in between. Where there was
        no row in the beginning, none is read.
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
        """Keep what follows from the bytes of a file alone."""
        for row in results:
            if row.sha256 is not None and row.status in _STORED:
                with suppress(ValueError):  # a row that JSON cannot hold is worked out every time
                    self._fresh.append((bytes.fromhex(row.sha256) + self._same, encoded(row)))
        if len(self._fresh) >= _AT_ONCE:
            self.write()

    def write(self) -> None:
        """Write what is to be kept, and again the entry that says there is some: the oldest entries go first."""
        if self._fresh:
            self._cache.put([*self._fresh, (self._same, self._outlines)])
            self._fresh = []

    def _row(self, source: Source, digest: bytes, content: bytes | None) -> Row | None:
        row = None if content is None else decoded(content, shown_name(source.path), digest.hex())
        self.found += row is not None
        return row


def _known(source: Source) -> bytes | Row | None:
    """Return the SHA-256 of a file, or its row where there is nothing to grade; None where there is work to do."""
    try:
        content = opened(source)
    except Exception:  # whatever it is, the row will say it
        return None
    return unchecked(content) if isinstance(content, Checked) else hashlib.sha256(content).digest()
