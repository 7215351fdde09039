"""Forest plots in characters: a line a study, on the axis that pictures have too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from evgrade.render.axis import Axis, axis_for, tick_words, ticks_of
from evgrade.render.layout import Cell, folded, painted, text_width
from evgrade.render.page import EffectRow, Effects, Span, Style, effects_below
from evgrade.render.sink import Sink
from evgrade.stats.normal import Estimate

_NAMES = 32
"""How many columns names take at most."""
_LEAST, _MOST = 16, 40
"""How many columns a drawing has at least and at most; where there is less room, only numbers are shown."""


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
    """Yield the lines of a plot: its title, a line a row, the axis, and what it means in people.

    Args:
        effects: what is drawn.
        sink: for what.
        shown: makes a text harmless.
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
        scale = f"{', logarithmic axis' if axis.is_log else ''}; {effects.sides[0]} on the left"
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
    """Return a line in its colours, without the blanks at its end."""
    shown = painted(text.rstrip(), code, sink)
    return f"{' ' * indent}{shown}" if shown else ""


def _cut(name: str, sink: Sink) -> str:
    """Return a name that leaves room for the numbers."""
    if text_width(name) <= _NAMES:
        return name
    ellipsis = sink.encodable("…")
    while text_width(name) > _NAMES - len(ellipsis):
        name = name[:-1]
    return f"{name.rstrip(' ')}{ellipsis}"


def _at(axis: Axis, value: float, room: int) -> int:
    return round(axis.share(value) * (room - 1))


def _drawing(axis: Axis, row: EffectRow, room: int, signs: _Signs) -> str:
    """Return a row of the drawing: no effect, the interval, cut where it goes on beyond, and the estimate."""
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
    """Return the labels of the ticks, each around its place."""
    line = ""
    for value in ticks_of(axis, room):
        words = tick_words(value)
        start = min(max(_at(axis, value, room) - (len(words) - 1) // 2, len(line) + bool(line)), room - len(words))
        line = f"{line.ljust(start)}{words}"
    return line
