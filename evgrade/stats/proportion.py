"""Proportions and their differences, with intervals that stay between 0 and 1 and suit small samples."""

from __future__ import annotations

import math

from evgrade.stats.normal import Estimate, z_of_level
from evgrade.stats.two_by_two import TwoByTwo


def wilson(events: int, people: int, level: float = 95) -> Estimate:
    """Return a proportion with Wilson's score interval, without continuity correction.

    Raises:
        ValueError: there are no people, the events are negative or more than the people, or the level is not between 0
            and 100.

    Source: E. B. Wilson, Journal of the American Statistical Association 1927;22:209-212; method 3 of R. G. Newcombe,
    Statistics in Medicine 1998;17:857-872.
    """
    if people < 1 or not 0 <= events <= people:
        raise ValueError(f"{events} of {people} people cannot have had an event")
    z = z_of_level(level)
    share = events / people
    centre = (2 * events + z * z) / (2 * (people + z * z))
    reach = z * math.sqrt(z * z + 4 * events * (1 - share)) / (2 * (people + z * z))
    low = 0.0 if events == 0 else centre - reach  # exactly 0 and 1, despite rounding errors
    return Estimate(share, low, 1.0 if events == people else centre + reach)


def newcombe(table: TwoByTwo, level: float = 95) -> Estimate:
    """Return the risk difference with Newcombe's hybrid score interval, from the Wilson intervals of both arms.

    Raises:
        ValueError: the level is not between 0 and 100.

    Source: method 10 of R. G. Newcombe, Statistics in Medicine 1998;17:873-890.
    """
    therapy, control = (wilson(events, people, level) for events, people in table.arms)
    difference = therapy.value - control.value
    down = math.hypot(therapy.value - therapy.low, control.high - control.value)
    up = math.hypot(therapy.high - therapy.value, control.value - control.low)
    return Estimate(difference, max(-1.0, difference - down), min(1.0, difference + up))
