"""Writing files: whole or not at all, and never over something that evgrade reads.

A file is written as a temporary file in the same folder and renamed once complete. A run that is killed leaves its
temporary file; the next run that writes into the folder removes it. A run locks its temporary files, and the lock ends
with the process, however that ends.
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
    """Create a temporary file beside a target, and return its handle and its path.

    Raises:
        OSError: it cannot be created.
    """
    import tempfile

    _remove_left(target.parent)
    while True:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=_PREFIX, suffix=_SUFFIX)
        if _is_ours(handle) and os.path.exists(name):  # noqa: PTH110 - `name` is a text
            return handle, Path(name)
        os.close(handle)


@cache  # once for each folder: a site writes many files into one
def _remove_left(folder: Path) -> None:
    """Remove the temporary files that killed runs left in a folder."""
    with suppress(OSError), os.scandir(folder) as listing:
        for entry in listing:
            if entry.name.startswith(_PREFIX) and entry.name.endswith(_SUFFIX):
                with suppress(OSError):
                    _remove_if_left(entry.path)


def _remove_if_left(path: str) -> None:
    """Remove a temporary file unless a running process still writes it.

    Raises:
        OSError: a process does, or the file cannot be removed.
    """
    if sys.platform == "win32":
        Path(path).unlink()  # Windows refuses while the file is open
    else:
        handle = os.open(path, _FLAGS)
        try:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                _lock(handle)
                Path(path).unlink()
        finally:
            os.close(handle)


def _is_ours(handle: int) -> bool:
    """Lock a new file; False if another process has already locked it as a leftover, and will remove it."""
    try:
        _lock(handle)
    except BlockingIOError:
        return False
    except OSError:  # this file system has no locks, so nothing is removed either
        return True
    return True


def _lock(handle: int) -> None:
    """Lock a file for as long as this process has it open.

    Raises:
        OSError: another process has locked it, or the file system has no locks.
    """
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def check_writable(path: str) -> None:
    """Check that a file can be written, before work is done for a result that could not be saved.

    Raises:
        EvgradeError: it holds something that evgrade reads.
        UnreadableError: it cannot be written.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if target.exists() and not target.is_file():
            return  # a pipe or a device, whose reader would notice if it were opened
        _refuse_to_lose(target, path)
        handle, temporary = begun_beside(target)
        os.close(handle)
        temporary.unlink()
        (target.parent / target.name).exists()  # raises if a name is too long
    except OSError as error:
        raise UnreadableError(f"{path} could not be written: {error.strerror or error}") from error


def write_file(path: str, payload: str | bytes) -> None:
    """Write a file whole, so that no half of it is ever seen.

    A link stays a link. Anything but a regular file, such as a pipe or /dev/null, is written to and not replaced.

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
    """Replace a dossier by its edited text: the only place where a user's own file is changed.

    At any time the file holds all of the old or all of the new text. Links and permissions stay as they are.

    Args:
        path: the file.
        before: what was read from it; if it now holds anything else, it is left alone.
        after: its new text.

    Raises:
        EvgradeError: it has changed since it was read.
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
    """Write a file whole; with `only_if`, just if it still holds that.

    Raises:
        EvgradeError: it holds something else.
        OSError: it cannot be written.
    """
    handle, temporary = begun_beside(target)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.chmod(mode)
        if only_if is not None and read_regular(str(target), len(only_if)) != only_if:
            raise EvgradeError(f"{target} changed in the meantime and was left alone", hint="run evgrade again")
        temporary.replace(target)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _refuse_to_lose(target: Path, path: str) -> None:
    """Refuse to replace a file that evgrade reads in any run, and never writes as output.

    Dossiers, rubrics and caches are recognized by content; settings, ignore rules and files of git by name.

    Raises:
        EvgradeError: the file is one of these.
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
    # A report of evgrade may have a key `dossier` too, so only files with the name of a dossier are parsed to tell.
    is_found = target.name.endswith(SUFFIXES) or target.stat().st_nlink > 1
    tells = has_header if is_found else has_plain_header
    return "a dossier or a rubric" if tells(content) or tells(content, "rubric") else None


def mode_of(target: Path) -> int:
    """Return the permissions of a file to replace, or of any new file."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


class GrowingFile:
    """A file written piece by piece, which replaces the old one only when complete.

    A link stays a link. Anything but a regular file, such as a pipe or /dev/null, is written to and not replaced.
    """

    def __init__(self, path: str) -> None:
        """Open the file, before any work is done.

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
        """Append to the file.

        Raises:
            UnreadableError: it cannot be written, for example because the disk is full.
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
        """Remove the file unless it was kept."""
        with suppress(OSError):
            self._file.close()
        if self._temporary is not None:
            with suppress(OSError):
                self._temporary.unlink()

    def _error(self, error: OSError) -> UnreadableError:
        return UnreadableError(f"{self._path} could not be written: {error.strerror or error}")


def refuse_inputs(
    outputs: Iterable[str | None],
    dossiers: Iterable[str] = (),
    rubrics: Iterable[str] = (),
    others: Iterable[str | None] = (),
) -> None:
    """Refuse outputs that would replace a named input, or settings that apply to one.

    Files are compared by device and inode, which are the same for all names of a file, through links of any kind.
    Files inside a folder are recognized by their content when the output is written.

    Args:
        outputs: files to write; None and `-` are standard output.
        dossiers: files and folders.
        rubrics: names and files.
        others: other files that are read.

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
    if any(status.st_nlink > 1 for status in there.values()):  # else its name tells what it is
        paths += _settings_below(named)
    read = {(status.st_dev, status.st_ino) for status in map(_status, paths) if status is not None}
    for path, status in there.items():
        if (status.st_dev, status.st_ino) in read:
            hint = "give another file to --output"
            raise EvgradeError(f"{path} is an input of this run, which would be lost", hint=hint)


def _status(path: str | Path | None) -> os.stat_result | None:
    """Return the status of a file; None if there is none."""
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
    """Yield where the settings and ignore rules for some files and folders would be."""
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
