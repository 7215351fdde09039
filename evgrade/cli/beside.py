"""Files that are written next to their place, and renamed there when they are whole.

A run that is killed leaves such a file. The next one that writes into the same folder removes it: whoever writes one
holds a lock on it, which ends with the process, however that ends.
"""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

_PREFIX, _SUFFIX = ".evgrade-", ".tmp"
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)


def begun_beside(target: Path) -> tuple[int, Path]:
    """Begin a file beside another, and return its handle and its path.

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
