"""Files that are written: whole or not at all, and never over something that evgrade reads.

A file is written next to its place and renamed there when it is whole. A run that is killed leaves what it was writing.
The next one that writes into the same folder removes it: a run holds a lock on what it writes, which ends with the
process, however that ends.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO

from evgrade.model import EvgradeError, UnreadableError
from evgrade.regular import read_regular

_PREFIX, _SUFFIX = ".evgrade-", ".tmp"
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)


def begun_beside(target: Path) -> tuple[int, Path]:
    """Begin a file next to another, and return its handle and its path.

    Raises:
        OSError: there can be none.
    """
    import tempfile

    _remove_left(target.parent)
    while True:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=_PREFIX, suffix=_SUFFIX)
        if _is_ours(handle) and os.path.exists(name):  # noqa: PTH110 - a text, and seldom more than once
            return handle, Path(name)
        os.close(handle)


@cache  # once for a folder: it may hold many files, of which each is written anew
def _remove_left(folder: Path) -> None:
    """Remove what runs that were killed have left in a folder."""
    with suppress(OSError), os.scandir(folder) as listing:
        for entry in listing:
            if entry.name.startswith(_PREFIX) and entry.name.endswith(_SUFFIX):
                with suppress(OSError):
                    _remove_if_left(entry.path)


def _remove_if_left(path: str) -> None:
    """Remove a file that nobody writes any more.

    Raises:
        OSError: someone does, or it cannot be removed.
    """
    if sys.platform == "win32":
        Path(path).unlink()  # which it refuses while the file is open
    else:
        handle = os.open(path, _FLAGS)
        try:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                _lock(handle)
                Path(path).unlink()
        finally:
            os.close(handle)


def _is_ours(handle: int) -> bool:
    """Lock a file; not if another process has it, which takes it for one that was left and removes it."""
    try:
        _lock(handle)
    except BlockingIOError:
        return False
    except OSError:  # where nothing can be locked nothing is removed
        return True
    return True


def _lock(handle: int) -> None:
    """Lock a file for as long as this process has it open.

    Raises:
        OSError: another process has it, or nothing can be locked there.
    """
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def check_writable(path: str) -> None:
    """Make sure that a file could be written, so that nobody waits for a result that cannot be kept.

    Raises:
        EvgradeError: it holds something that evgrade reads.
        UnreadableError: it cannot be written.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if target.exists() and not target.is_file():
            return  # a pipe or a device: opening it would already tell its reader something
        _refuse_to_lose(target, path)
        handle, temporary = begun_beside(target)
        os.close(handle)
        temporary.unlink()
        (target.parent / target.name).exists()  # raises where a name is too long
    except OSError as error:
        raise UnreadableError(f"{path} could not be written: {error.strerror or error}") from error


def write_file(path: str, payload: str | bytes) -> None:
    """Write a file next to its destination and rename it there, so that no half of it is ever seen.

    A link stays a link. What is not a regular file, such as a pipe or /dev/null, is written to and not replaced.

    Raises:
        UnreadableError: it cannot be written.
    """
    content = payload.encode() if isinstance(payload, str) else payload
    try:
        if Path(path).exists() and not Path(path).is_file() and not Path(path).is_dir():
            Path(path).write_bytes(content)
            return
        target = Path(os.path.realpath(path))
        _refuse_to_lose(target, path)
        put(target, content, mode_of(target))
    except OSError as error:
        raise UnreadableError(f"{path} could not be written: {error.strerror or error}") from error


def replace_dossier(path: str, before: bytes, after: bytes) -> None:
    """Replace a dossier by its repaired self: the one place where a file that someone wrote is changed.

    It is there whole, old or new, at any time. A link stays a link, and who may read or write it stays the same.

    Args:
        path: the file.
        before: what was read from it; should it hold anything else by now, it is left alone.
        after: what it is to hold.

    Raises:
        EvgradeError: it was changed since it was read.
        UnreadableError: it cannot be read or written.
    """
    target = Path(os.path.realpath(path))
    try:
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        put(target, after, target.stat().st_mode & 0o777, only_if=before)
    except OSError as error:
        raise UnreadableError(f"{path} could not be written: {error.strerror or error}") from error


def put(target: Path, content: bytes, mode: int, only_if: bytes | None = None) -> None:
    """Write a file next to its destination and rename it there, if it still holds what it is thought to hold."""
    handle, temporary = begun_beside(target)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.chmod(mode)
        if only_if is not None and read_regular(str(target), len(only_if)) != only_if:
            raise EvgradeError(f"{target} was changed meanwhile and was left alone", hint="run it again")
        temporary.replace(target)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _refuse_to_lose(target: Path, path: str) -> None:
    """Refuse to replace a file that evgrade reads, in this run or in another: no output of evgrade is one.

    A dossier, a rubric and a cache are known by what they hold; settings, ignore rules and what belongs to git by name.

    Raises:
        EvgradeError: it is one.
    """
    if not target.is_file():
        return
    what = _kept_by_name(target) or _kept_by_content(target)
    if what is not None:
        raise EvgradeError(f"{path} holds {what}, which would be lost", hint="give another file to --output")


def _kept_by_name(target: Path) -> str | None:
    from evgrade.config import OWN, SHARED
    from evgrade.discover import IGNORE_FILE

    if target.name.casefold() in (OWN, SHARED, IGNORE_FILE):
        return "settings or ignore rules"
    return "what belongs to git" if ".git" in map(str.casefold, target.parts) else None


def _kept_by_content(target: Path) -> str | None:
    from evgrade.discover import SUFFIXES
    from evgrade.yamlio.header import has_header, has_plain_header
    from evgrade.yamlio.source import LIMITS

    content = read_regular(str(target), LIMITS.bytes)
    if content.startswith(b"SQLite format 3\0"):
        from evgrade.batch.cache import is_ours

        return "the cache of evgrade batch" if is_ours(content) else None
    # A report of evgrade may have a key `dossier` too, so only files named as dossiers in a folder are read to tell.
    is_found = target.name.endswith(SUFFIXES) or target.stat().st_nlink > 1
    tells = has_header if is_found else has_plain_header
    return "a dossier or a rubric" if tells(content) or tells(content, "rubric") else None


def mode_of(target: Path) -> int:
    """Return who may read and write a file that is written anew: those who may by now, else as for any new file."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


class GrowingFile:
    """A file that is written next to its destination and renamed there when done: until then the old one stays whole.

    A link stays a link. What is not a regular file, such as a pipe or /dev/null, is written to and not replaced.
    """

    def __init__(self, path: str) -> None:
        """Begin, before any work is done.

        Raises:
            EvgradeError: the file holds something that evgrade reads.
            UnreadableError: it cannot be written.
        """
        check_writable(path)
        self._path = path
        self._target = Path(os.path.realpath(path))
        self._temporary: Path | None = None
        self._file: IO[bytes]
        try:
            if self._target.exists() and not self._target.is_file():
                self._file = self._target.open("wb")
            else:
                handle, self._temporary = begun_beside(self._target)
                self._file = os.fdopen(handle, "wb")
        except OSError as error:
            raise self._error(error) from error

    def write(self, text: str | bytes) -> None:
        """Write some more.

        Raises:
            UnreadableError: it cannot be written, as on a full disk.
        """
        try:
            self._file.write(text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise self._error(error) from error

    def keep(self) -> None:
        """Put the file in its place.

        Raises:
            UnreadableError: it cannot be written.
        """
        try:
            self._file.close()
            if self._temporary is not None:
                self._temporary.chmod(mode_of(self._target))
                self._temporary.replace(self._target)
                self._temporary = None
        except OSError as error:
            raise self._error(error) from error

    def discard(self) -> None:
        """Leave nothing behind, unless it was kept."""
        with suppress(OSError):
            self._file.close()
        if self._temporary is not None:
            with suppress(OSError):
                self._temporary.unlink()

    def _error(self, error: OSError) -> UnreadableError:
        return UnreadableError(f"{self._path} could not be written: {error.strerror or error}")


class GrowingFiles:
    """Files by their paths, that are kept or discarded together."""

    def __init__(self, paths: Iterable[str | None]) -> None:
        """Begin all of them, before any work is done; None is standard output, which is not a file.

        Raises:
            EvgradeError: a file holds something that evgrade reads.
            UnreadableError: one cannot be written.
        """
        self._files: dict[str, GrowingFile] = {}
        try:
            for path in paths:
                if path is not None:
                    self._files[path] = GrowingFile(path)
        except BaseException:
            self.discard()
            raise

    def write(self, path: str, text: str | bytes) -> None:
        """Write some more into one of them.

        Raises:
            UnreadableError: it cannot be written.
        """
        self._files[path].write(text)

    def keep(self) -> None:
        """Put the files in their places.

        Raises:
            UnreadableError: one cannot be written.
        """
        for file in self._files.values():
            file.keep()

    def discard(self) -> None:
        """Leave nothing behind but what was kept."""
        for file in self._files.values():
            file.discard()


def refuse_inputs(
    outputs: Iterable[str | None],
    dossiers: Iterable[str] = (),
    rubrics: Iterable[str] = (),
    others: Iterable[str | None] = (),
) -> None:
    """Make sure that no output would replace a file that is named as an input, or settings that hold for one.

    Files are compared by device and inode, which are the same for all names of a file, through links of any kind.
    What a folder holds is known by its content when the output is written.

    Args:
        outputs: files to write; None and `-` are standard output.
        dossiers: files and folders.
        rubrics: names and files.
        others: whatever else is read.

    Raises:
        EvgradeError: an output is an input.
        UnknownRubricError: there is no such rubric.
    """
    found = {path: _status(path) for path in outputs if path not in (None, "-")}
    there = {path: one for path, one in found.items() if one is not None and stat.S_ISREG(one.st_mode)}
    if not there:
        return
    named = list(dossiers)
    paths: list[str | Path] = [*named, *_rubric_files(rubrics), *filter(None, others), *_settings_above(named)]
    if any(status.st_nlink > 1 for status in there.values()):  # else its own name tells what it is
        paths += _settings_below(named)
    read = {(status.st_dev, status.st_ino) for status in map(_status, paths) if status is not None}
    for path, status in there.items():
        if (status.st_dev, status.st_ino) in read:
            hint = "give another file to --output"
            raise EvgradeError(f"{path} is an input of this run, which would be lost", hint=hint)


def _status(path: str | Path | None) -> os.stat_result | None:
    """Return what a path leads to; None if nothing is there."""
    try:
        return os.fstat(sys.stdin.fileno()) if path == "-" else Path(path or "").stat()
    except (OSError, ValueError, AttributeError):  # standard input may be closed, missing, or not a file
        return None


def _rubric_files(names: Iterable[str]) -> list[str]:
    wanted = [name for name in names if name != "all"]
    if not wanted:
        return []
    from evgrade.rubric.load import find_rubric

    return [find_rubric(name) for name in wanted]


def _settings_above(paths: Iterable[str]) -> Iterator[Path]:
    """Yield where settings and ignore rules would be that hold for some files and folders."""
    from evgrade.config import OWN, SHARED
    from evgrade.discover import IGNORE_FILE, is_folder

    nearest = {(Path(path) if is_folder(path) else Path(path).parent).resolve() for path in paths}
    for folder in nearest.union(*(one.parents for one in nearest)):
        yield from (folder / name for name in (OWN, SHARED, IGNORE_FILE))


def _settings_below(paths: Iterable[str]) -> Iterator[Path]:
    """Yield the settings and ignore rules further below some folders."""
    from evgrade.config import OWN, SHARED
    from evgrade.discover import IGNORE_FILE, is_folder

    for path in filter(is_folder, paths):
        for folder, _, names in os.walk(path):
            yield from (Path(folder, name) for name in {OWN, SHARED, IGNORE_FILE}.intersection(names))
