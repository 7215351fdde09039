"""Plots of effects: the axis, which the figures of a report share, and forest plots in characters.

Ratios get a logarithmic axis. The axis covers the estimates and most of their intervals; longer intervals are cut off.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from evgrade.facts.effects import RATIOS, no_effect
from evgrade.render.clean import Sink
from evgrade.render.layout import Cell, folded, painted, text_width
from evgrade.render.page import EffectRow, Effects, Span, Style, effects_below
from evgrade.stats.normal import Estimate

_BEYOND = 4.0
"""The axis extends beyond the estimates by at most this many typical half-widths of an interval."""
_MOST_TICKS = 7
_FEWEST_TICKS = 4
"""How many ticks to aim for, if they fit."""
_BESIDE = 1.5
"""How many characters a label may overhang the axis."""
_NARROW = 6.0
"""Below this ratio of its ends, a logarithmic axis gets evenly spaced ticks, such as 0.8, 0.9, 1."""
_SIDES = 4.0
"""How many times longer than the other one side of no effect may be: both sides need room for a label."""
_LARGEST = 700.0
"""The largest logarithm whose exponential is still a float."""


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis: its ends on the scale of the measure, whether it is logarithmic, and the value of no effect."""

    low: float
    high: float
    is_log: bool
    null: float | None

    def share(self, value: float) -> float:
        """Return the position of a value from 0 to 1; a value beyond the axis is at its nearest end."""
        low, high, at = (_scaled(it, is_log=self.is_log) for it in (self.low, self.high, value))
        return min(1.0, max(0.0, (at - low) / (high - low)))

    def shows(self, value: float) -> bool:
        """Whether a value can be drawn on the axis."""
        return math.isfinite(value) and (not self.is_log or value > 0)


def axis_for(measure: str, estimates: Sequence[Estimate]) -> Axis | None:
    """Return an axis that shows all estimates and most of their intervals; None if no estimate can be drawn."""
    is_log, null = measure in RATIOS, no_effect(measure)
    usable = [one for one in estimates if math.isfinite(one.value) and (not is_log or one.value > 0)]
    if not usable:
        return None
    seen = [
        _scaled(value, is_log=is_log) for value in (*(one.value for one in usable), *([] if null is None else [null]))
    ]
    ends = [_scaled(end, is_log=is_log) for one in usable for end in (one.low, one.high)]
    ends = [end for end in ends if math.isfinite(end)]
    reach = _BEYOND * median([_reach(one, is_log=is_log) for one in usable])
    low = max(min(seen + ends), min(seen) - reach)
    high = min(max(seen + ends), max(seen) + reach)
    pad = 0.04 * (high - low) or (0.1 if is_log else max(abs(high), 1.0) * 0.1)
    low, high = low - pad, high + pad
    if null is not None:
        middle = _scaled(null, is_log=is_log)
        low, high = min(low, middle - (high - middle) / _SIDES), max(high, middle + (middle - low) / _SIDES)
    if is_log:
        low, high = math.exp(max(-_LARGEST, low)), math.exp(min(_LARGEST, high))
    return Axis(low, high, is_log, null)


def half_width(measure: str, one: Estimate) -> float:
    """Return half the width of an interval on the scale where it is symmetric; 0 for an open interval."""
    low, high = (_scaled(it, is_log=measure in RATIOS) for it in (one.low, one.high))
    width = (high - low) / 2
    return width if math.isfinite(width) else 0.0


def weights(measure: str, estimates: Sequence[Estimate], tau2: float = 0.0) -> list[float]:
    """Return the inverse-variance weight of each estimate, scaled so that the largest is 1; 0 without an interval.

    Args:
        measure: the effect measure.
        estimates: estimates with 95% intervals.
        tau2: the between-study variance, which is added to the variance of each study.
    """
    variances = [(half_width(measure, one) / 1.96) ** 2 for one in estimates]
    precisions = [1 / (one + tau2) if one > 0 and math.isfinite(one) else 0.0 for one in variances]
    most = max(precisions, default=0.0)
    return [one / most if most else 0.0 for one in precisions]


def ticks_of(axis: Axis, room: float) -> tuple[float, ...]:
    """Return as many tick values as fit.

    Args:
        axis: the axis.
        room: the length of the axis in characters of the labels.
    """
    candidates = _ratio_ticks(axis.low, axis.high) if axis.is_log else _even_ticks(axis.low, axis.high)
    fitting = [found for found in candidates if len(found) <= _MOST_TICKS and _fit(axis, found, room)]
    enough = next((found for found in fitting if len(found) >= _FEWEST_TICKS), None)
    found = enough or max(fitting, key=len, default=[])
    return tuple(found) if len(found) > 1 or axis.null is None else (axis.null,)


def tick_words(value: float) -> str:
    """Return the label of a tick."""
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e6 else f"{value:g}"


def _reach(one: Estimate, *, is_log: bool) -> float:
    """Return half the width of an interval; for an open interval, the distance of its finite end from the estimate."""
    low, value, high = (_scaled(it, is_log=is_log) for it in (one.low, one.value, one.high))
    ends = [abs(end - value) for end in (low, high) if math.isfinite(end)]
    return sum(ends) / len(ends) if ends else 0.0


def _fit(axis: Axis, found: Sequence[float], room: float) -> bool:
    """Whether labels are at least a blank apart and do not overhang the axis too far."""
    beyond = [len(tick_words(end)) / 2 - min(axis.share(end), 1 - axis.share(end)) * room for end in found]
    return max(beyond, default=0.0) <= _BESIDE and all(
        (axis.share(right) - axis.share(left)) * room >= (len(tick_words(left)) + len(tick_words(right))) / 2 + 1.5
        for left, right in pairwise(found)
    )


def _ratio_ticks(low: float, high: float) -> Iterator[list[float]]:
    """Yield sets of ticks for a logarithmic axis, the densest first; each includes 1 if the axis does."""
    if high / low < _NARROW:
        for found in _even_ticks(low, high):
            if len(found) > 2:
                yield found
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for digits in ((1, 2, 5), (1, 2, 3, 5), (1, 3), (1,)):
        yield [
            value
            for power in range(first, last + 1)
            for digit in digits
            if low <= (value := float(f"{digit}e{power}")) <= high
        ]
    for apart in range(2, max(3, last - first)):
        powers = range(-(-first // apart) * apart, last + 1, apart)
        yield [value for power in powers if low <= (value := float(f"1e{power}")) <= high]


def _even_ticks(low: float, high: float) -> Iterator[list[float]]:
    """Yield sets of ticks at round values for a linear axis, the densest first."""
    power = math.floor(math.log10((high - low) / _MOST_TICKS))
    for step in (digit * 10.0**exponent for exponent in (power, power + 1) for digit in (1, 2, 5)):
        places = range(math.ceil(low / step), math.floor(high / step) + 1)
        if len(places) <= _MOST_TICKS:
            yield [float(f"{place * step:.12g}") for place in places]


def _scaled(value: float, *, is_log: bool) -> float:
    if not is_log:
        return value
    return math.log(value) if value > 0 else -math.inf


_NAMES = 32
"""The most columns that a name may take."""
_LEAST, _MOST = 16, 40
"""The fewest and the most columns of a drawing; with less room, only the numbers are shown."""


class _Signs(NamedTuple):
    line: str
    left: str
    right: str
    study: str
    pooled: str
    null: str
    crossed: str


_DRAWN = _Signs("─", "├", "┤", "■", "◆", "│", "┼")
_PLAIN = _Signs("-", "|", "|", "#", "*", ":", "+")


def effects_lines(effects: Effects, sink: Sink, shown: Callable[[Span], Cell]) -> Iterator[str]:
    """Yield the lines of a plot: its title, one line per row, the axis, and the effect per 1,000 people.

    Args:
        effects: the effects to draw.
        sink: the sink to draw for.
        shown: cleans a text for the sink.
    """
    signs = _DRAWN if sink.encodable("".join(_DRAWN)) == "".join(_DRAWN) and not sink.ascii else _PLAIN
    axis = axis_for(effects.measure[0], [Estimate(*row.ends) for row in effects.rows if row.ends is not None])
    names = [_cut(shown(Span(row.name)).text, sink) for row in effects.rows]
    words = [shown(Span(row.words)).text for row in effects.rows]
    first, second = (max(map(text_width, cells), default=0) for cells in (names, words))
    room = min(_MOST, sink.width - first - second - 6)
    is_drawn = axis is not None and room >= _LEAST
    scale = ""
    if axis is not None and is_drawn:
        scale = f"{', logarithmic axis' if axis.is_log else ''}; left: {effects.sides[0]}"
    title = shown(Span(f"{effects.title}: {effects.measure[1]}{scale}", Style.STRONG))
    for line in folded(title.text, sink.width - 1):
        yield _line(1, line, title.code, sink)
    for row, name, wording in zip(effects.rows, names, words, strict=True):
        code = "1" if row.is_pooled else ""
        if axis is not None and is_drawn:
            cells = (name, first), (wording, second)
            lead = "  ".join(f"{text}{' ' * (wide - text_width(text))}" for text, wide in cells)
            yield _line(2, f"{lead}  {_drawing(axis, row, room, signs)}", code, sink)
        else:
            start, *others = folded(f"{name}  {wording}", sink.width - 4)
            yield _line(2, start, code, sink)
            yield from (_line(4, other, code, sink) for other in others)
    if axis is not None and is_drawn:
        yield _line(first + second + 6, _labels(axis, room), "", sink)
    for text in effects_below(effects):
        yield from (_line(2, line, "", sink) for line in folded(shown(Span(text)).text, sink.width - 2))


def _line(indent: int, text: str, code: str, sink: Sink) -> str:
    """Return a coloured line without trailing blanks."""
    shown = painted(text.rstrip(), code, sink)
    return f"{' ' * indent}{shown}" if shown else ""


def _cut(name: str, sink: Sink) -> str:
    """Shorten a name so that the numbers have room."""
    if text_width(name) <= _NAMES:
        return name
    ellipsis = sink.encodable("…")
    while text_width(name) > _NAMES - len(ellipsis):
        name = name[:-1]
    return f"{name.rstrip(' ')}{ellipsis}"


def _at(axis: Axis, value: float, room: int) -> int:
    return round(axis.share(value) * (room - 1))


def _drawing(axis: Axis, row: EffectRow, room: int, signs: _Signs) -> str:
    """Return a row of the drawing: the line of no effect, the interval, cut off at the axis, and the estimate."""
    cells = [" "] * room
    null = None if axis.null is None else _at(axis, axis.null, room)
    if row.ends is not None and axis.shows(row.ends[0]):
        value, low, high = row.ends
        start, end = _at(axis, low, room), _at(axis, high, room)
        cells[start : end + 1] = signs.line * (end + 1 - start)
        cells[start] = "<" if low < axis.low else signs.left
        cells[end] = ">" if high > axis.high else signs.right
        if null is not None and start < null < end:
            cells[null] = signs.crossed
        cells[_at(axis, value, room)] = signs.pooled if row.is_pooled else signs.study
    if null is not None and cells[null] == " ":
        cells[null] = signs.null
    return "".join(cells)


def _labels(axis: Axis, room: int) -> str:
    """Return the tick labels, each centred on its tick."""
    line = ""
    for value in ticks_of(axis, room):
        words = tick_words(value)
        start = min(max(_at(axis, value, room) - (len(words) - 1) // 2, len(line) + bool(line)), room - len(words))
        line = f"{line.ljust(start)}{words}"
    return line
