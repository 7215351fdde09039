"""Standard output for results, which may go to a file instead; standard error for messages."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TextIO

from evgrade.cli.files import GrowingFile, write_file
from evgrade.model import UnreadableError
from evgrade.render.clean import Sink

ON_WINDOWS = sys.platform == "win32"
NARROWEST, WIDEST = 40, 120
"""Columns: below, words no longer fit; above, lines are too long to read."""


def terminal_sink(stream: TextIO | None, *, color: bool | None) -> Sink:
    """Return what a stream can show.

    `color` decides where it is not None; else FORCE_COLOR, then NO_COLOR, then whether the stream is a
    terminal (https://no-color.org, https://force-color.org). COLUMNS gives the width, else the terminal, else 80.
    There is no stream when a program is started with it closed.
    """
    is_terminal = stream is not None and stream.isatty()
    if color is None:
        if os.environ.get("FORCE_COLOR"):
            color = True
        else:
            color = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
            color = color and _takes_colors(stream)
    requested = os.environ.get("COLUMNS", "")
    if requested.isdecimal() and int(requested):
        width = int(requested)
    else:
        width = shutil.get_terminal_size((80, 24)).columns if is_terminal else 80
    encoding = None if stream is None else stream.encoding
    return Sink(min(WIDEST, max(NARROWEST, width)), color, encoding or "ascii")


def _takes_colors(terminal: TextIO | None) -> bool:
    """Whether a terminal takes the escapes for colours: a console of Windows has to be asked, and an old one cannot."""
    if sys.platform != "win32" or terminal is None:
        return True
    else:  # noqa: RET505 - mypy looks at the system in a branch only
        import ctypes
        import msvcrt

        console, mode = ctypes.windll.kernel32, ctypes.c_ulong()
        handle = ctypes.c_void_p(msvcrt.get_osfhandle(terminal.fileno()))
        is_console = console.GetConsoleMode(handle, ctypes.byref(mode))
        return bool(is_console and console.SetConsoleMode(handle, mode.value | 4))


def say(text: str, *, quiet: bool = False) -> None:
    """Write a message for people to standard error, unless quiet."""
    if not quiet and sys.stderr is not None:
        sink = Sink(encoding=sys.stderr.encoding or "ascii")
        print(sink.encodable(text), file=sys.stderr, flush=True)  # noqa: T201


def write_payload(payload: str | bytes, output: str | None) -> None:
    """Write the payload to standard output, or to a file that is then there whole or not at all.

    Raises:
        UnreadableError: the file, or standard output, cannot be written.
    """
    if output is not None and output != "-":
        write_file(output, payload)
        return
    if sys.stdout is None:
        raise UnreadableError("there is no standard output")
    try:
        if isinstance(payload, bytes):
            sys.stdout.buffer.write(payload)
        else:
            sys.stdout.write(payload)
        sys.stdout.flush()
    except OSError as error:
        if isinstance(error, BrokenPipeError) or (ON_WINDOWS and error.errno == errno.EINVAL):
            raise BrokenPipeError from error  # on Windows a pipe that nobody reads is an invalid argument
        close_quietly()  # or Python tries again at exit
        raise UnreadableError(f"standard output could not be written: {error.strerror or error}") from error


def close_quietly() -> None:
    """Keep Python from complaining at exit about a pipe whose reader has gone."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


_AT_ONCE = 4096
"""The fewest characters that are written at once, except at the end."""


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
