"""Events in person-time: the ratio of two rates."""

from __future__ import annotations

import math
from dataclasses import dataclass

from evgrade.stats.normal import Study
from evgrade.stats.two_by_two import CORRECTION


@dataclass(frozen=True, slots=True)
class Rate:
    """Events, possibly several per person, and person-time.

    Raises:
        ValueError: the events are negative, or the time is not positive and finite.
    """

    events: int
    time: float

    def __post_init__(self) -> None:
        if self.events < 0 or not 0 < self.time < math.inf:
            raise ValueError(f"{self.events} events in a person-time of {self.time} are not possible")


def log_rate_ratio(therapy: Rate, control: Rate) -> Study | None:
    """Return the log rate ratio.

    If one arm has no events, `CORRECTION` is added to both. None if neither has any.

    Source: K. J. Rothman, S. Greenland and T. L. Lash, Modern Epidemiology, 3rd edition 2008, chapter 14; the measure
    `IRR` of metafor.
    """
    if not therapy.events + control.events:
        return None
    added = CORRECTION if 0 in (therapy.events, control.events) else 0.0
    x1, x2 = therapy.events + added, control.events + added
    return Study(math.log(x1 / therapy.time) - math.log(x2 / control.time), math.sqrt(1 / x1 + 1 / x2))
