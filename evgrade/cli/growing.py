"""Output files that grow while work goes on, and take their place only when they are whole."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import IO

from evgrade.cli.beside import begun_beside
from evgrade.cli.streams import check_writable, mode_of
from evgrade.model import UnreadableError


class GrowingFile:
    """A file that is written beside its place and renamed there when it is done: until then the old one stays whole.

    A link stays a link. What is not a regular file, such as a pipe or /dev/null, is written to and not replaced.
    """

    def __init__(self, path: str) -> None:
        """Begin, before any work is done.

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
        """Write some more.

        Raises:
            UnreadableError: it cannot be written, as on a full disk.
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
        """Leave nothing behind, unless it was kept."""
        with suppress(OSError):
            self._file.close()
        if self._temporary is not None:
            with suppress(OSError):
                self._temporary.unlink()

    def _error(self, error: OSError) -> UnreadableError:
        return UnreadableError(f"{self._path} could not be written: {error.strerror or error}")
