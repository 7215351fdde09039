"""Opening files that someone else may have put there: only regular ones, and never more of them than a bound.

A FIFO would be waited for, a device such as /dev/zero never ends, and a link may lead anywhere.
"""

from __future__ import annotations

import errno
import os
import stat

from evgrade.model import UnreadableError

# O_NONBLOCK keeps the opening of a FIFO without a writer from waiting forever.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_PIECE = 1024 * 1024
A_FOLDER, A_LINK = "a folder, not a file", "a link"
"""What `NotRegularError` says of a folder, and of a link that is not to be followed."""


class NotRegularError(OSError):
    """It is something else than a regular file; its text says what."""


def open_regular(path: str, *, follow: bool = True) -> int:
    """Return the handle of a regular file that can be read.

    Args:
        path: the file.
        follow: whether the path itself may be a link.

    Raises:
        NotRegularError: it is a folder, a FIFO, a device, or a link that is not to be followed.
        OSError, ValueError: it cannot be opened; a name may hold a NUL.
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
            raise NotRegularError(A_FOLDER) from None  # which Windows does not open
        raise
    status = os.fstat(handle)
    if stat.S_ISREG(status.st_mode):
        return handle, status.st_size
    os.close(handle)
    raise NotRegularError(A_FOLDER if stat.S_ISDIR(status.st_mode) else "not a regular file")


def read_regular(path: str, most: int, *, follow: bool = True) -> bytes:
    """Return what a regular file holds; of one that is larger than `most`, one byte more than that.

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
    """Return what follows, as far as it goes.

    A file may grow, or be one of those that have no size before they are read; and a system may give less than it has.
    """
    parts = []
    while most > 0 and (part := os.read(handle, min(most, _PIECE))):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


def unreadable(name: str, error: OSError | ValueError) -> UnreadableError:
    """Return the error to raise where a file could not be opened or read."""
    if isinstance(error, NotRegularError):
        return UnreadableError(f"{name} is {error}")
    return UnreadableError(f"{name} could not be read: {getattr(error, 'strerror', None) or error}")
