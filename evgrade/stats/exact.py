"""Fisher's exact test and the fragility index that rests on it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from evgrade.stats.two_by_two import TwoByTwo

LARGEST_MARGIN = 2000
"""Above this many people in the smallest margin the exact test takes too long, and says what the others say."""

LARGEST_TRIAL = 10_000_000
"""In a larger one whole numbers become too long."""

MOST_CHANGES = 120
"""A result that so many changed outcomes leave significant is not fragile, and counting ends: of Walsh's 399 trials
half had an index of 8 or less."""


def fisher_exact(table: TwoByTwo) -> float | None:
    """Return the two-sided p of Fisher's exact test, None beyond `LARGEST_MARGIN` and `LARGEST_TRIAL`.

    It is the probability of all tables with the same margins that are no likelier than this one. The ways to get each
    table are counted in whole numbers: "no likelier" then needs no tolerance, which floats do, and nothing is lost in
    the tails.

    Source: R. A. Fisher, Statistical Methods for Research Workers, 5th edition 1934, section 21.02; the two-sided
    rule is that of R's `fisher.test`.
    """
    a, b, c, d = table.cells
    if min(a + b, c + d, a + c, b + d) > LARGEST_MARGIN or a + b + c + d > LARGEST_TRIAL:
        return None
    fewest = max(0, a - d)
    ways = list(_ways(table, fewest))
    observed = ways[a - fewest]
    return sum(way for way in ways if way <= observed) / sum(ways)


def _ways(table: TwoByTwo, fewest: int) -> Iterator[int]:
    """Return in how many ways each possible number of events can fall to the first arm, from the fewest on."""
    a, b, c, d = table.cells
    people, others, events = a + b, c + d, a + c
    ways = math.comb(people, fewest) * math.comb(others, events - fewest)
    for here in range(fewest, min(people, events) + 1):
        yield ways
        there = events - here
        ways = ways * (people - here) * there // ((here + 1) * (others - there + 1))


def fragility_index(table: TwoByTwo, alpha: float = 0.05) -> int | None:
    """Return how many people must change from no event to an event to make a significant result insignificant.

    The algorithm is Walsh's: the changes are made in the arm with fewer events, one after the other, until Fisher's
    exact p is at least alpha; other algorithms search both arms, or both directions. Of two arms with equally many
    events it is the larger one. 0 if the result is not significant to begin with. None where no number of changes
    does it, as when the arm with fewer events is so small that its risk is the higher one, where more than
    `MOST_CHANGES` would be needed, or where the exact test takes too long.

    Source: M. Walsh et al., Journal of Clinical Epidemiology 2014;67:622-628.
    """
    (events, people), (other_events, others) = sorted(table.arms, key=lambda arm: (arm[0], -arm[1]))
    for changes in range(min(people - events, MOST_CHANGES) + 1):
        p = fisher_exact(TwoByTwo(events + changes, people, other_events, others))
        if p is None or p >= alpha:
            return None if p is None else changes
    return None
