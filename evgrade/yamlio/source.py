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


def read_bytes(path: str) -> bytes:
    """Return what a regular file, or standard input for `-`, holds; at most one byte over the limit.

    Raises:
        UnreadableError: there is no such file, it is no regular file, or it may not be read.
    """
    try:
        return _stdin() if path == STDIN else _file(path)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name, or standard input closed
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableError(f"{shown_name(path)} could not be read: {reason}") from error


def shown_name(path: str) -> str:
    """Return the name that messages give a source."""
    return STDIN_NAME if path == STDIN else str(Path(path))


def _stdin() -> bytes:
    if sys.stdin is None:  # started without one
        raise UnreadableError("there is no standard input")
    return sys.stdin.buffer.read(LIMITS.bytes + 1)


def _file(path: str) -> bytes:
    handle = os.open(path, _FLAGS)
    try:
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableError(f"{shown_name(path)} is a folder, not a file")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError(f"{shown_name(path)} is not a regular file")
        with os.fdopen(handle, "rb", closefd=False) as file:
            expected = min(status.st_size, LIMITS.bytes) + 1
            content = file.read(expected)
            # More than its size: it grows, or is one of the files that have none before they are read.
            return content if len(content) < expected else content + file.read(LIMITS.bytes + 1 - expected)
    finally:
        os.close(handle)
