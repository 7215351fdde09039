"""Bytes from a file or from standard input, never more than the reader accepts."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from evgrade.model import UnreadableError
from evgrade.yamlio.limits import LIMITS

STDIN = "-"
STDIN_NAME = "<stdin>"

# O_NONBLOCK keeps the opening of a FIFO without a writer from waiting for ever.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_PIECE = 1024 * 1024


def read_bytes(path: str, folder: str = "") -> bytes:
    """Return what a regular file, or standard input for `-`, holds; at most one byte over the limit.

    A relative path begins in a folder; without one, where the process runs. Messages show the path as it is given.

    Raises:
        UnreadableError: there is no such file, it is no regular file, or it may not be read.
    """
    try:
        return _stdin() if path == STDIN else _file(path, folder)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name, or standard input closed
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableError(f"{shown_name(path)} could not be read: {reason}") from error


def shown_name(path: str) -> str:
    """Return the name that messages give a source: its path, without `./` and the like."""
    if path == STDIN:
        return STDIN_NAME
    # A Path is slow to make, and most paths have nothing that it would leave out.
    is_plain = os.sep == "/" and path[:1] not in (".", "") and path[-1] != "/" and "//" not in path and "/." not in path
    return path if is_plain else str(Path(path))


def _stdin() -> bytes:
    if sys.stdin is None:  # started without one
        raise UnreadableError("there is no standard input")
    return sys.stdin.buffer.read(LIMITS.bytes + 1)


def _file(path: str, folder: str) -> bytes:
    handle = os.open(os.path.join(folder, path) if folder else path, _FLAGS)  # noqa: PTH118 - a Path is slow to make
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder, not a file" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise UnreadableError(f"{shown_name(path)} is {kind}")
        size = status.st_size
        content = os.read(handle, min(size, LIMITS.bytes) + 1)
        return content if len(content) == size else content + _rest(handle, LIMITS.bytes + 1 - len(content))
    finally:
        os.close(handle)


def _rest(handle: int, most: int) -> bytes:
    """Return what follows, as far as it goes.

    A file may grow, or be one of those that have no size before they are read; and a system may give less than it has.
    """
    parts = []
    while most > 0 and (part := os.read(handle, min(most, _PIECE))):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)
