"""Figures from many runs: medians, and ratios taken pair by pair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Ratio:
    """How two measures of the same rounds compare. Each ratio is of two runs next to each other."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
        """Compare two rows of measures, round by round."""
        ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
        return cls(median(ratios), min(ratios), max(ratios))

    def __str__(self) -> str:
        return f"{figure(self.median)} ({figure(self.low)} to {figure(self.high)})"


def figure(value: float) -> str:
    """Return a number with three significant digits, as 1,234 or 12.3 or 0.0123."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def milliseconds(seconds: Sequence[float]) -> str:
    """Return the median of some times, in milliseconds."""
    return figure(median(seconds) * 1000)


def mebibytes(size: float) -> str:
    """Return a size in MiB."""
    return f"{size / 1024 / 1024:.1f}"


def seconds_a_call(action: Callable[[], object], at_least: float = 0.02) -> float:
    """Return how long one call takes, from as many calls as fill `at_least` seconds."""
    calls = 0
    start = perf_counter()
    while True:
        action()
        calls += 1
        passed = perf_counter() - start
        if passed >= at_least:
            return passed / calls
