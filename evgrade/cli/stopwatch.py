"""Measure how long a run takes, for messages on standard error: the only module that uses a clock."""

from __future__ import annotations

from time import monotonic


class Stopwatch:
    """Runs from when it is made."""

    def __init__(self) -> None:
        self._start = monotonic()

    def summary(self, files: int) -> str:
        """Return for people how long it took, and how many files that is a second."""
        seconds = monotonic() - self._start
        rate = files / max(seconds, 1)
        rate_words = f", {rate:.{0 if rate >= 10 else 1}f} a second" if seconds >= 1 else ""
        return f"{seconds:.1f} s{rate_words}"
