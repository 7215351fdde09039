"""Bytes from a file or from standard input, and the limits on input."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from evgrade.model import UnreadableError
from evgrade.regular import read_regular, unreadable


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what is read, so that hostile files cost no more than honest ones.

    A real dossier with thousands of studies stays far below them.

    Attributes:
        bytes: the size of the file.
        depth: the levels of nested lists and mappings, with aliases expanded.
        values: the keys, values and ends of lists and mappings, which bounds time and memory.
        alias_values: the keys and values that all aliases together refer to.
    """

    bytes: int = 8 * 1024 * 1024
    depth: int = 48
    values: int = 1_000_000
    alias_values: int = 10_000


LIMITS = Limits()


STDIN = "-"
STDIN_NAME = "<stdin>"


def read_bytes(path: str, folder: str = "") -> bytes:
    """Return the content of a regular file, or of standard input for `-`; at most one byte over the limit.

    A relative path starts at `folder`, by default the current one. Messages show the path as given.

    Raises:
        UnreadableError: the file does not exist, is not a regular file, or cannot be read.
    """
    try:
        if path == STDIN:
            return _stdin()
        return read_regular(os.path.join(folder, path) if folder else path, LIMITS.bytes)  # noqa: PTH118 - for speed
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name, or standard input closed
        raise unreadable(shown_name(path), error) from error


def shown_name(path: str) -> str:
    """Return the name of a source in messages: its path, without `./` and the like."""
    if path == STDIN:
        return STDIN_NAME
    # A Path is slow to create, and would not change most paths.
    is_plain = os.sep == "/" and path[:1] not in (".", "") and path[-1] != "/" and "//" not in path and "/." not in path
    return path if is_plain else str(Path(path))


def _stdin() -> bytes:
    if sys.stdin is None:  # started without one
        raise UnreadableError("there is no standard input")
    return sys.stdin.buffer.read(LIMITS.bytes + 1)
