"""All that I² may have been before the numbers of the studies were rounded."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence

from evgrade.facts.known import Range
from evgrade.stats.study import LARGEST


def possible_i2(effects: Sequence[Range], errors: Sequence[Range]) -> Range | None:
    """Return all that I² may have been before the effects and the standard errors of the studies were rounded.

    The root of Q, the weighted sum of squares around the weighted mean, is a distance: it changes by no more than the
    weighted root sum of squares of what rounding did to the effects; and Q grows with each weight. None where an error
    may have been 0, or a number is of no usual size.
    """
    if not all(abs(it) < LARGEST for effect in effects for it in (effect.low, effect.high)):
        return None
    if not all(error.low > 1 / LARGEST and error.high < LARGEST for error in errors):
        return None
    centres = [(effect.low + effect.high) / 2 for effect in effects]
    blurs = [(effect.high - effect.low) / 2 for effect in effects]
    least, most = ([it**-2 for it in sizes] for sizes in ([one.high for one in errors], [one.low for one in errors]))
    low = max(0.0, _distance(centres, least) - _length(blurs, least))
    return Range(*(_i2(root**2, len(effects)) for root in (low, _distance(centres, most) + _length(blurs, most))))


def _distance(values: Sequence[float], weights: Sequence[float]) -> float:
    """Return the weighted distance of some values from their weighted mean."""
    mean = math.fsum(map(operator.mul, weights, values)) / math.fsum(weights)
    return _length([value - mean for value in values], weights)


def _length(values: Sequence[float], weights: Sequence[float]) -> float:
    return math.sqrt(math.fsum(weight * value**2 for weight, value in zip(weights, values, strict=True)))


def _i2(q: float, studies: int) -> float:
    return max(0.0, 1 - (studies - 1) / q) if q else 0.0
