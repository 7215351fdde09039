"""Output files that grow during the work and replace the old file only when complete."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO

from evgrade.cli.beside import begun_beside
from evgrade.cli.streams import check_writable, mode_of, write_payload
from evgrade.model import UnreadableError


class GrowingFile:
    """A file that is written next to its destination and renamed there when done: until then the old one stays whole.

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


class GrowingFiles:
    """Files by their paths, that are kept or discarded together."""

    def __init__(self, paths: Iterable[str | None]) -> None:
        """Begin all of them, before any work is done; None is standard output, which is no file.

        Raises:
            EvgradeError: a file holds something that evgrade reads.
            UnreadableError: one cannot be written.
        """
        self._files: dict[str, GrowingFile] = {}
        try:
            for path in paths:
                if path is not None:
                    self._files[path] = GrowingFile(path)
        except BaseException:
            self.discard()
            raise

    def write(self, path: str, text: str | bytes) -> None:
        """Write some more into one of them.

        Raises:
            UnreadableError: it cannot be written.
        """
        self._files[path].write(text)

    def keep(self) -> None:
        """Put the files in their places.

        Raises:
            UnreadableError: one cannot be written.
        """
        for file in self._files.values():
            file.keep()

    def discard(self) -> None:
        """Leave nothing behind but what was kept."""
        for file in self._files.values():
            file.discard()


_AT_ONCE = 4096
"""Characters that are written at once at least, but for the last."""


class Growing:
    """A payload that grows: on standard output, or in a file that takes its place only when it is whole."""

    def __init__(self, path: str | None) -> None:
        """Begin, before any work is done.

        Raises:
            EvgradeError: the file holds something that evgrade reads.
            UnreadableError: it cannot be written.
        """
        self._file = None if path is None or path == "-" else GrowingFile(path)
        self._few: list[str] = []
        self._length = 0

    def write(self, pieces: Iterable[str]) -> None:
        """Write some more, many small pieces at once.

        Raises:
            UnreadableError: it cannot be written.
        """
        for piece in pieces:
            self._few.append(piece)
            self._length += len(piece)
            if self._length >= _AT_ONCE:
                self.flush()

    def flush(self) -> None:
        """Write what was not yet written."""
        text = "".join(self._few)
        self._few, self._length = [], 0
        if not text:
            return
        if self._file is None:
            write_payload(text, None)
        else:
            self._file.write(text)

    def keep(self) -> None:
        """Write the rest, and put a file in its place."""
        self.flush()
        if self._file is not None:
            self._file.keep()

    def discard(self) -> None:
        """Leave no file behind, unless it was kept."""
        if self._file is not None:
            self._file.discard()
