"""Whether a panel agrees: the classic definitions of the RAND/UCLA appropriateness method, ratings from 1 to 9."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from statistics import median


class Consensus(enum.Enum):
    """How far a panel agrees."""

    AGREEMENT = "agreement"
    DISAGREEMENT = "disagreement"
    NEITHER = "neither"


_MOST_OUTSIDE = {**dict.fromkeys(range(8, 11), 2), **dict.fromkeys(range(11, 14), 3), **dict.fromkeys(range(14, 17), 4)}
"""By panel size, how many may rate outside the third with the median; one more in each outer third is disagreement."""


def classic_consensus(ratings: Sequence[int]) -> Consensus | None:
    """Return whether a panel agrees, or None for a panel of fewer than 8 or more than 16, which is not defined.

    The scale has three thirds, 1-3, 4-6 and 7-9. Where the median falls between two of them, half the panel is outside
    of either, so that it cannot agree.

    Raises:
        ValueError: a rating is not from 1 to 9.

    Source: K. Fitch et al., The RAND/UCLA Appropriateness Method User's Manual, RAND 2001; the counts by panel size
    also in BMC Medical Informatics and Decision Making 2012;12:93, table 7.
    """
    if not all(1 <= rating <= 9 for rating in ratings):
        raise ValueError("ratings are from 1 to 9")
    most = _MOST_OUTSIDE.get(len(ratings))
    if most is None:
        return None
    thirds = [(rating - 1) // 3 for rating in ratings]
    if min(thirds.count(0), thirds.count(2)) > most:
        return Consensus.DISAGREEMENT
    middle = (int(median(ratings)) - 1) // 3
    return Consensus.AGREEMENT if len(thirds) - thirds.count(middle) <= most else Consensus.NEITHER
