"""Standard output for results, standard error for messages, and output files."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from evgrade.cli.beside import begun_beside
from evgrade.model import EvgradeError, UnreadableError
from evgrade.regular import read_regular
from evgrade.render.sink import Sink

ON_WINDOWS = sys.platform == "win32"
NARROWEST, WIDEST = 40, 120
"""Columns: below, words no longer fit; above, lines are too long to read."""


def terminal_sink(stream: TextIO | None, *, color: bool | None) -> Sink:
    """Return what a stream can show.

    `color` decides where it is not None; else FORCE_COLOR, then NO_COLOR, then whether the stream is a
    terminal (https://no-color.org, https://force-color.org). COLUMNS gives the width, else the terminal, else 80.
    There is no stream when a program is started with it closed.
    """
    is_terminal = stream is not None and stream.isatty()
    if color is None:
        if os.environ.get("FORCE_COLOR"):
            color = True
        else:
            color = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
            color = color and _takes_colors(stream)
    requested = os.environ.get("COLUMNS", "")
    if requested.isdecimal() and int(requested):
        width = int(requested)
    else:
        width = shutil.get_terminal_size((80, 24)).columns if is_terminal else 80
    encoding = None if stream is None else stream.encoding
    return Sink(min(WIDEST, max(NARROWEST, width)), color, encoding or "ascii")


def _takes_colors(terminal: TextIO | None) -> bool:
    """Whether a terminal takes the escapes for colours: a console of Windows has to be asked, and an old one cannot."""
    if sys.platform != "win32" or terminal is None:
        return True
    else:  # noqa: RET505 - mypy looks at the system in a branch only
        import ctypes
        import msvcrt

        console, mode = ctypes.windll.kernel32, ctypes.c_ulong()
        handle = ctypes.c_void_p(msvcrt.get_osfhandle(terminal.fileno()))
        is_console = console.GetConsoleMode(handle, ctypes.byref(mode))
        return bool(is_console and console.SetConsoleMode(handle, mode.value | 4))


def say(text: str, *, quiet: bool = False) -> None:
    """Write conversation to standard error, unless quiet."""
    if not quiet and sys.stderr is not None:
        sink = Sink(encoding=sys.stderr.encoding or "ascii")
        print(sink.encodable(text), file=sys.stderr, flush=True)  # noqa: T201


def write_payload(payload: str | bytes, output: str | None) -> None:
    """Write the payload to standard output, or to a file that is then there whole or not at all.

    Raises:
        UnreadableError: the file, or standard output, cannot be written.
    """
    if output is not None and output != "-":
        write_file(output, payload)
        return
    if sys.stdout is None:
        raise UnreadableError("there is no standard output")
    try:
        if isinstance(payload, bytes):
            sys.stdout.buffer.write(payload)
        else:
            sys.stdout.write(payload)
        sys.stdout.flush()
    except OSError as error:
        if isinstance(error, BrokenPipeError) or (ON_WINDOWS and error.errno == errno.EINVAL):
            raise BrokenPipeError from error  # on Windows a pipe that nobody reads is an invalid argument
        close_quietly()  # or Python tries again at exit
        raise UnreadableError(f"standard output could not be written: {error.strerror or error}") from error


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
        _put(target, content, mode_of(target))
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
        _put(target, after, target.stat().st_mode & 0o777, only_if=before)
    except OSError as error:
        raise UnreadableError(f"{path} could not be written: {error.strerror or error}") from error


def _put(target: Path, content: bytes, mode: int, only_if: bytes | None = None) -> None:
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
    """Refuse to replace a file that evgrade reads, in this run or in another: no output of ours is one.

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
    from evgrade.yamlio.limits import LIMITS

    content = read_regular(str(target), LIMITS.bytes)
    if content.startswith(b"SQLite format 3\0"):
        from evgrade.batch.cache import is_ours

        return "the cache of evgrade batch" if is_ours(content) else None
    # A report of ours may have a key `dossier` too; only what a folder's dossiers are called is read to tell.
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


def close_quietly() -> None:
    """Keep Python from complaining at exit about a pipe whose reader has gone."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
