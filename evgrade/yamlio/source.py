"""Bytes from a file or from standard input, never more than the reader accepts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from evgrade.model import UnreadableError
from evgrade.regular import read_regular, unreadable
from evgrade.yamlio.limits import LIMITS

STDIN = "-"
STDIN_NAME = "<stdin>"


def read_bytes(path: str, folder: str = "") -> bytes:
    """Return what a regular file, or standard input for `-`, holds; at most one byte over the limit.

    A relative path begins in a folder; without one, where the process runs. Messages show the path as it is given.

    Raises:
        UnreadableError: there is no such file, it is not a regular file, or it may not be read.
    """
    try:
        if path == STDIN:
            return _stdin()
        return read_regular(os.path.join(folder, path) if folder else path, LIMITS.bytes)  # noqa: PTH118 - for speed
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name, or standard input closed
        raise unreadable(shown_name(path), error) from error


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
