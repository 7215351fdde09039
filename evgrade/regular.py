"""Open files that may come from a stranger: regular files alone, and never more than a bound.

Opening a FIFO could block forever, a device such as /dev/zero never ends, and a link may lead anywhere.
"""

from __future__ import annotations

import errno
import os
import stat

from evgrade.model import UnreadableError

# With O_NONBLOCK, opening a FIFO without a writer does not block.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_PIECE = 1024 * 1024
A_FOLDER, A_LINK = "a folder, not a file", "a link"
"""The text of `NotRegularError` for a folder, and for a link that must not be followed."""


class NotRegularError(OSError):
    """It is not a regular file; the text says what it is."""


def open_regular(path: str, *, follow: bool = True) -> int:
    """Return the handle of a readable regular file.

    Args:
        path: the file.
        follow: whether the path itself may be a link.

    Raises:
        NotRegularError: it is a folder, a FIFO, a device, or a link that must not be followed.
        OSError, ValueError: it cannot be opened; its name may contain a NUL.
    """
    handle, _ = _opened(path, follow=follow)
    return handle


def _opened(path: str, *, follow: bool) -> tuple[int, int]:
    """Return the handle and the size of a regular file; errors are those of `open_regular`."""
    if not (follow or _NO_LINK) and os.path.islink(path):  # noqa: PTH114 - as everywhere here, a Path is slow to make
        raise NotRegularError(A_LINK)
    try:
        handle = os.open(path, _FLAGS if follow else _FLAGS | _NO_LINK)
    except OSError as error:
        if error.errno == errno.ELOOP and not follow:
            raise NotRegularError(A_LINK) from None
        if isinstance(error, PermissionError) and os.path.isdir(path):  # noqa: PTH112 - as above
            raise NotRegularError(A_FOLDER) from None  # Windows does not open folders
        raise
    status = os.fstat(handle)
    if stat.S_ISREG(status.st_mode):
        return handle, status.st_size
    os.close(handle)
    raise NotRegularError(A_FOLDER if stat.S_ISDIR(status.st_mode) else "not a regular file")


def read_regular(path: str, most: int, *, follow: bool = True) -> bytes:
    """Return the content of a regular file; of one larger than `most`, one byte more than that.

    Raises:
        NotRegularError, OSError, ValueError: as `open_regular`.
    """
    handle, size = _opened(path, follow=follow)
    try:
        content = os.read(handle, min(size, most) + 1)
        return content if len(content) == size else content + _rest(handle, most + 1 - len(content))
    finally:
        os.close(handle)


def _rest(handle: int, most: int) -> bytes:
    """Return the rest of a file, up to `most` bytes.

    A file may grow, or have no size before it is read, and a system may return less than was requested.
    """
    parts = []
    while most > 0 and (part := os.read(handle, min(most, _PIECE))):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


def unreadable(name: str, error: OSError | ValueError) -> UnreadableError:
    """Return the error to raise if a file cannot be opened or read."""
    if isinstance(error, NotRegularError):
        return UnreadableError(f"{name} is {error}")
    return UnreadableError(f"{name} could not be read: {getattr(error, 'strerror', None) or error}")
