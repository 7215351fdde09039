"""Where the rows of many dossiers go, whatever becomes of them there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from evgrade.batch.row import Row


class Sinks(Protocol):
    """Where rows go."""

    def take(self, rows: Sequence[Row]) -> int:
        """Take some rows, and return how many of them are shown."""

    def finish(self) -> int:
        """Write what waits until all rows are there, put files in their places, and return how many more are shown."""

    def discard(self) -> None:
        """Let all go, and leave files as they were, but for those that were put in their places."""

    def summary_lines(self) -> Sequence[str]:
        """Return what the summary of the run is to say of the rows together."""
