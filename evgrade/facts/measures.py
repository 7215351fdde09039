"""Effect measures: on which scale each is symmetric, and where it says that there is no effect."""

from __future__ import annotations

RATIOS = frozenset({"RR", "OR", "HR", "rate_ratio", "ratio_of_means"})
"""Measures whose intervals are symmetric on the logarithmic scale, and which are 1 where there is no effect."""

DIFFERENCES = frozenset({"RD", "MD", "SMD", "log_ratio", "coefficient"})
"""Measures whose intervals are symmetric as they stand, and which are 0 where there is no effect."""


def no_effect(measure: str | None) -> float | None:
    """Return the value of a measure that means no effect, None for a measure that is not known."""
    if measure in RATIOS:
        return 1.0
    return 0.0 if measure in DIFFERENCES else None
