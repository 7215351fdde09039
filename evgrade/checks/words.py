"""Words shared by several checks."""

from __future__ import annotations

from collections.abc import Sequence

_MOST_TERMS = 8


def added(counts: Sequence[int]) -> str:
    """Return a sum in words, with its terms where there are a few: `7 + 3 + 4 = 14`."""
    total = sum(counts)
    few = 1 < len(counts) <= _MOST_TERMS
    return f"{' + '.join(map(str, counts))} = {total}" if few else str(total)
