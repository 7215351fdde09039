"""Bytes from a file or from standard input, never more than the reader accepts."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from evgrade.model import UnreadableError
from evgrade.yamlio.reader import LIMITS

STDIN = "-"
STDIN_NAME = "<stdin>"


def read_bytes(path: str) -> bytes:
    """Return what a regular file, or standard input for `-`, holds; at most one byte over the limit.

    Raises:
        UnreadableError: there is no such file, it is no regular file, or it may not be read.
    """
    if path == STDIN:
        return sys.stdin.buffer.read(LIMITS.bytes + 1)
    try:
        # O_NONBLOCK keeps the opening of a FIFO without a writer from waiting for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise UnreadableError(f"{path} is not a regular file")
            return file.read(LIMITS.bytes + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableError(f"{path} could not be read: {reason}") from error


def shown_name(path: str) -> str:
    """Return the name that messages give a source."""
    return STDIN_NAME if path == STDIN else str(Path(path))
