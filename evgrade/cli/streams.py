"""Output of a run: results on standard output or in files, messages on standard error."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO, assert_never

from evgrade.cli.destinations import Output, ScoreFormat
from evgrade.cli.files import GrowingFile, check_writable, write_file
from evgrade.model import UnreadableError
from evgrade.render.clean import Sink, for_terminal

if TYPE_CHECKING:
    from evgrade.checked import Checked
    from evgrade.render.page import Page

ON_WINDOWS = sys.platform == "win32"
NARROWEST, WIDEST = 40, 120
"""Columns: words do not fit into fewer, and longer lines are hard to read."""


def terminal_sink(stream: TextIO | None, *, color: bool | None) -> Sink:
    """Return what a stream can show.

    Colours: as `color` says; if None, as FORCE_COLOR, then NO_COLOR say (https://force-color.org, https://no-color.org),
    else only on a terminal. Width: COLUMNS, else the terminal's, else 80. A program started with the stream closed has
    None.
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
    """Whether a terminal takes colour escapes: a Windows console must be switched to them, and an old one cannot be."""
    if sys.platform != "win32" or terminal is None:
        return True
    else:  # noqa: RET505 - mypy looks at the system in a branch only
        import ctypes
        import msvcrt

        console, mode = ctypes.windll.kernel32, ctypes.c_ulong()
        handle = ctypes.c_void_p(msvcrt.get_osfhandle(terminal.fileno()))
        is_console = console.GetConsoleMode(handle, ctypes.byref(mode))
        return bool(is_console and console.SetConsoleMode(handle, mode.value | 4))


def write_payload(payload: str | bytes, output: str | None) -> None:
    """Write a result to standard output, or to a file, whole or not at all.

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
            raise BrokenPipeError from error  # Windows calls a pipe without a reader an invalid argument
        close_quietly()  # else Python tries again at exit
        raise UnreadableError(f"standard output could not be written: {error.strerror or error}") from error


def close_quietly() -> None:
    """Keep Python from complaining at exit about a pipe whose reader has gone."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def report_sink(output: str | None, *, color: bool | None = False) -> Sink:
    """Return what an output can show; a file is as wide as the terminal and has no colours."""
    if output is None or output == "-":
        return terminal_sink(sys.stdout, color=color)
    return Sink(terminal_sink(sys.stdout, color=False).width)


# Results that are complete


def check_outputs(outputs: Sequence[Output[Any]]) -> None:
    """Check that every file can be written, before any work is done.

    Raises:
        EvgradeError: a file holds a dossier or a rubric.
        UnreadableError: a file cannot be written.
    """
    for output in outputs:
        if output.path is not None:
            check_writable(output.path)


def write_reports(outputs: Sequence[Output[ScoreFormat]], page: Callable[[], Page], as_json: Callable[[], str]) -> None:
    """Write a report to every output: as its page for readers, or as JSON."""
    from evgrade.render.forms import PageFormat, render

    for output in outputs:
        match output.form:
            case ScoreFormat.JSON:
                text = as_json()
            case ScoreFormat.TEXT:
                text = "".join(render(page(), PageFormat.TEXT, report_sink(output.path)))
            case ScoreFormat.MARKDOWN:
                text = "".join(render(page(), PageFormat.MARKDOWN, report_sink(output.path)))
            case _:
                assert_never(output.form)
        write_payload(text, output.path)


def write_text_page(page: Page, output: str | None) -> None:
    """Write a page as text: as wide as the terminal, or in a file at the default width."""
    from evgrade.render.forms import PageFormat, render

    sink = report_sink(output) if output in (None, "-") else Sink()
    write_payload("".join(render(page, PageFormat.TEXT, sink)), output)


def write_patch(lines: Iterable[str]) -> None:
    """Write a patch to standard output: exact for a program, harmless on a terminal."""
    if sys.stdout is not None and sys.stdout.isatty():
        lines = [f"{for_terminal(line.rstrip())}\n" for line in lines]
    write_payload(terminal_sink(sys.stdout, color=False).encodable("".join(lines)), None)


# Results written piece by piece

_AT_ONCE = 4096
"""The fewest characters to write at once, except at the end."""


class Growing:
    """Outputs written piece by piece, by path; None and `-` are standard output.

    The files appear in their places together, once all are complete.
    """

    def __init__(self, paths: Iterable[str | None]) -> None:
        """Open all files, before any work is done.

        Raises:
            EvgradeError: a file holds something that evgrade reads.
            UnreadableError: a file cannot be written.
        """
        self._files: dict[str, GrowingFile] = {}
        try:
            for path in paths:
                if path is not None and path != "-":
                    self._files[path] = GrowingFile(path)
        except BaseException:
            self.discard()
            raise

    def write(self, path: str | None, content: str | bytes) -> None:
        """Append to an output.

        Raises:
            UnreadableError: it cannot be written.
        """
        if path is not None and path != "-":
            self._files[path].write(content)
        elif content:
            write_payload(content, None)

    def write_pieces(self, path: str | None, pieces: Iterable[str]) -> None:
        """Append text that comes in small pieces, many at once.

        Raises:
            UnreadableError: it cannot be written.
        """
        few: list[str] = []
        length = 0
        for piece in pieces:
            few.append(piece)
            length += len(piece)
            if length >= _AT_ONCE:
                self.write(path, "".join(few))
                few, length = [], 0
        self.write(path, "".join(few))

    def keep(self) -> None:
        """Put the files in their places.

        Raises:
            UnreadableError: one cannot be written.
        """
        for file in self._files.values():
            file.keep()

    def discard(self) -> None:
        """Remove the files that were not kept."""
        for file in self._files.values():
            file.discard()


# Messages


def say(text: str, *, quiet: bool = False) -> None:
    """Write a message to standard error, unless quiet."""
    if not quiet and sys.stderr is not None:
        sink = Sink(encoding=sys.stderr.encoding or "ascii")
        print(sink.encodable(text), file=sys.stderr, flush=True)  # noqa: T201


def say_why(checked: Checked, *, quiet: bool) -> None:
    """Say why a file was skipped or could not be read; nothing about a file that was checked."""
    from evgrade.checked import Outcome

    match checked.status:
        case Outcome.UNREADABLE | Outcome.FAILED:
            say(f"evgrade: {for_terminal(checked.reason or checked.file)}")
        case Outcome.SKIPPED:
            say(f"{for_terminal(checked.file)}: {checked.status}: {for_terminal(checked.reason or '')}", quiet=quiet)
        case Outcome.VALID | Outcome.INVALID:
            pass
        case _:
            assert_never(checked.status)
