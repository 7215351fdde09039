"""A progress bar for the terminal: files done, rate and remaining time."""

from __future__ import annotations

from types import TracebackType
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

_SECONDS = 0.1
"""The shortest time between two drawings."""


class _Rate(ProgressColumn):
    """Files per second."""

    def render(self, task: Task) -> Text:
        """Return the rate, once it is known."""
        return Text("" if task.speed is None else f"{task.speed:.0f}/s")


class Bar:
    """A progress bar that disappears when it is done."""

    def __init__(self, stream: TextIO, total: int | None, *, color: bool, verb: str = "grading") -> None:
        console = Console(file=stream, no_color=not color, markup=False, emoji=False, highlight=False)
        columns = (TextColumn(verb), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn(compact=True))
        # Redrawn as files are done, not by a thread: a process with threads cannot be forked safely (see `local`).
        self._progress = Progress(*columns, console=console, transient=True, redirect_stdout=False, auto_refresh=False)
        self._task = self._progress.add_task("", total=total)
        self._drawn = 0.0

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def advance(self, files: int) -> None:
        """Count more files as done."""
        self._progress.advance(self._task, files)
        now = self._progress.get_time()
        if now - self._drawn >= _SECONDS:
            self._progress.refresh()
            self._drawn = now
