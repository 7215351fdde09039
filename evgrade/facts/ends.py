"""The ends of a 95 % interval, as values are derived from them.

An interval is taken for one of 95 % unless the dossier states another level; one of another level says nothing here.
"""

from __future__ import annotations

from evgrade.facts.derived import Holder
from evgrade.facts.known import Range, bounds_of, known
from evgrade.facts.measures import RATIOS

Ends = tuple[Range, Range]
"""The lower and the upper end of an interval, each with what it may have been before rounding."""


def interval(effect: Holder) -> Ends | None:
    """Return the ends of a 95 % interval, lower first; None unless both are stated and possible for the measure."""
    low, high = known(effect, "ci_low"), known(effect, "ci_high")
    if low is None or high is None or known(effect, "ci_level") not in (None, 95):
        return None
    ends = _ordered(low, high)
    # What is printed as 0 is not known to be above it.
    return None if known(effect, "measure") in RATIOS and ends[0].low <= 0 else ends


def _ordered(one: float | Range, other: float | Range) -> Ends:
    low, high = sorted((Range(*map(float, bounds_of(it))) for it in (one, other)), key=bounds_of)
    return low, high
