"""Where everything stands in a forest plot: numbers to coordinates, no drawing.

Squares have an area by weight; ratios stand on a logarithmic axis; an interval beyond the axis is cut and ends in an
arrow; a pooled effect is a diamond whose tips are its interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evgrade.facts.measures import RATIOS, no_effect
from evgrade.stats.normal import Estimate

WIDTH, HEIGHT, MARGIN = 320.0, 26.0, 12.0
_LARGEST, _SMALLEST = 8.0, 2.0
_BEYOND = 4.0
"""How many times further than the estimates reach the axis goes at most, in their own unit."""
_RATIO_TICKS = tuple(digit * 10.0**power for power in range(-4, 5) for digit in (1, 2, 5))


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the axis."""

    x: float
    words: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The axis of a plot.

    Attributes:
        low, high: its ends, on the scale of the measure.
        is_log: whether it is logarithmic.
        null: where no effect stands; None where the measure has none.
        ticks: its marks.
    """

    low: float
    high: float
    is_log: bool
    null: float | None
    ticks: tuple[Tick, ...]

    def x(self, value: float) -> float:
        """Return where a value stands, at the nearest end if it is beyond."""
        low, high, at = (_scaled(it, is_log=self.is_log) for it in (self.low, self.high, value))
        share = min(1.0, max(0.0, (at - low) / (high - low)))
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 2)


@dataclass(frozen=True, slots=True)
class Mark:
    """An estimate in a row of the plot.

    Attributes:
        x: the estimate.
        left, right: the ends of its interval.
        cut_left, cut_right: whether they go on beyond the axis.
        half: half the side of its square; None for a pooled effect, which is a diamond.
    """

    x: float
    left: float
    right: float
    cut_left: bool
    cut_right: bool
    half: float | None


def axis_for(measure: str, estimates: Sequence[Estimate]) -> Axis | None:
    """Return an axis on which some estimates and most of their intervals can be seen; None where there is none."""
    is_log = measure in RATIOS
    usable = [one for one in estimates if math.isfinite(one.value) and (not is_log or one.value > 0)]
    if not usable:
        return None
    null = no_effect(measure)
    middle = [one.value for one in usable] + ([] if null is None else [null])
    reach = max(_spread(middle, is_log=is_log), *(_half_width(one, is_log=is_log) for one in usable), 1e-9)
    least, most = (_scaled(it, is_log=is_log) for it in (min(middle), max(middle)))
    ends = [end for one in usable for end in (one.low, one.high) if math.isfinite(end) and (not is_log or end > 0)]
    low = max(min([least, *(_scaled(end, is_log=is_log) for end in ends)]), least - _BEYOND * reach)
    high = min(max([most, *(_scaled(end, is_log=is_log) for end in ends)]), most + _BEYOND * reach)
    pad = 0.04 * (high - low) or (0.1 if is_log else max(abs(high), 1.0) * 0.1)
    low, high = low - pad, high + pad
    bounds = (math.exp(low), math.exp(high)) if is_log else (low, high)
    axis = Axis(bounds[0], bounds[1], is_log, null, ())
    ticks = tuple(Tick(axis.x(value), f"{value:g}") for value in _ticks(*bounds, is_log=is_log))
    return Axis(bounds[0], bounds[1], is_log, None if null is None else axis.x(null), ticks)


def mark(axis: Axis, estimate: Estimate, weight: float | None) -> Mark | None:
    """Return where an estimate stands; `weight` is its share of the largest weight, None for a pooled effect."""
    if not math.isfinite(estimate.value) or (axis.is_log and estimate.value <= 0):
        return None
    half = None if weight is None else round(max(_SMALLEST, _LARGEST * math.sqrt(max(0.0, min(1.0, weight)))), 2)
    return Mark(
        axis.x(estimate.value),
        axis.x(estimate.low),
        axis.x(estimate.high),
        estimate.low < axis.low,
        estimate.high > axis.high,
        half,
    )


def weights(measure: str, estimates: Sequence[Estimate]) -> list[float]:
    """Return how much each estimate weighs by its precision, the largest being 1; 0 for one without an interval."""
    precisions = []
    for one in estimates:
        half = _half_width(one, is_log=measure in RATIOS)
        precisions.append(1 / half**2 if half > 0 and math.isfinite(half) else 0.0)
    most = max(precisions, default=0.0)
    return [one / most if most else 0.0 for one in precisions]


def _scaled(value: float, *, is_log: bool) -> float:
    if not is_log:
        return value
    return math.log(value) if value > 0 else -math.inf


def _spread(values: Sequence[float], *, is_log: bool) -> float:
    scaled = [_scaled(value, is_log=is_log) for value in values]
    return (max(scaled) - min(scaled)) / 2


def _half_width(one: Estimate, *, is_log: bool) -> float:
    low, high = (_scaled(it, is_log=is_log) for it in (one.low, one.high))
    width = (high - low) / 2
    return width if math.isfinite(width) else 0.0


def _ticks(low: float, high: float, *, is_log: bool) -> list[float]:
    if is_log:
        found = [tick for tick in _RATIO_TICKS if low <= tick <= high]
        return found if len(found) <= 7 else [tick for tick in found if f"{tick:e}"[0] == "1"]
    step = 10.0 ** math.floor(math.log10((high - low) / 2))
    step *= next(factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= 6)
    first = math.ceil(low / step)
    return [round(number * step, 10) for number in range(first, math.floor(high / step) + 1)]
