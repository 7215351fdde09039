"""The ends of a 95% interval, as values are derived from them.

An interval is taken for one of 95% unless the dossier states another level; one of another level says nothing here.
"""

from __future__ import annotations

import math

from evgrade.facts.derived import Holder
from evgrade.facts.known import NOT_ESTIMABLE, Range, bounds_of, known
from evgrade.facts.measures import RATIOS

Ends = tuple[Range, Range]
"""The lower and the upper end of an interval, each with what it may have been before rounding."""


def interval(effect: Holder) -> Ends | None:
    """Return the ends of a 95% interval, lower first; None unless both are known and possible for the measure.

    An end that could not be estimated, or that a one-sided interval does not have, is infinite; for the lower end of a
    ratio, which is above 0, that gives None. A one-sided bound of 97.5% is that of a two-sided interval of 95%.
    """
    ratio = known(effect, "measure") in RATIOS
    low, high = (_end(effect, key) for key in ("ci_low", "ci_high"))
    one_sided = known(effect, "ci_sides") == "one"
    if known(effect, "ci_level") not in ((97.5,) if one_sided else (None, 95)):
        return None
    if one_sided and (low is None) != (high is None):
        low, high = -math.inf if low is None else low, math.inf if high is None else high
    if low is None or high is None:
        return None
    ends = _ordered(low, high)
    # What is printed as 0 is not known to be above it.
    return None if ratio and ends[0].low <= 0 else ends


def is_open(ends: Ends) -> bool:
    """Whether an interval has no lower or no upper end."""
    return math.isinf(ends[0].low) or math.isinf(ends[1].high)


def _end(effect: Holder, key: str) -> float | Range | None:
    if effect.get(key) == NOT_ESTIMABLE:
        return -math.inf if key == "ci_low" else math.inf
    end: float | Range | None = known(effect, key)
    return end


def _ordered(one: float | Range, other: float | Range) -> Ends:
    low, high = sorted((Range(*map(float, bounds_of(it))) for it in (one, other)), key=bounds_of)
    return low, high
