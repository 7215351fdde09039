"""Drawings of a report as geometry: rows of forest plots for the page and for pictures alike, and icon arrays.

Of a forest plot, squares have an area by weight; an interval beyond the axis is cut and ends in an arrow; a pooled
effect is a diamond whose tips are its interval, hollow where a source states it; a prediction interval is a line with
two ends.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from evgrade.computed.shown import Kind, Origin
from evgrade.render.axis import Axis, tick_words, ticks_of
from evgrade.report.shapes import Box, Line, Path, Shape, Text
from evgrade.stats.normal import Estimate

WIDTH, HEIGHT, MARGIN = 320.0, 26.0, 12.0
AXIS_HEIGHT = 22.0
_MIDDLE = HEIGHT / 2
_LARGEST, _SMALLEST = 8.0, 2.0
_TICK_SIZE = 10.0
_ROOM = (WIDTH - 2 * MARGIN) / (0.65 * _TICK_SIZE)
"""How many digits fit along the axis."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An estimate in a row of the plot.

    Attributes:
        x: the estimate.
        left, right: the ends of its interval.
        cut_left, cut_right: whether they go on beyond the axis.
        half: half the side of its square; None for what is not of a single study.
    """

    x: float
    left: float
    right: float
    cut_left: bool
    cut_right: bool
    half: float | None


def place(axis: Axis, value: float) -> float:
    """Return where a value is in a row, at the nearest end of the axis if it is beyond."""
    return round(MARGIN + axis.share(value) * (WIDTH - 2 * MARGIN), 2)


def mark(axis: Axis, estimate: Estimate, weight: float | None) -> Mark | None:
    """Return where an estimate is; `weight` is its share of the largest weight, None for a pooled effect."""
    if not axis.shows(estimate.value):
        return None
    half = None if weight is None else round(max(_SMALLEST, _LARGEST * math.sqrt(max(0.0, min(1.0, weight)))), 2)
    return Mark(
        place(axis, estimate.value),
        place(axis, estimate.low),
        place(axis, estimate.high),
        estimate.low < axis.low,
        estimate.high > axis.high,
        half,
    )


def row_shapes(axis: Axis, one: Mark | None, kind: Kind, origin: Origin) -> tuple[Shape, ...]:
    """Return what a row shows: the line of no effect, and the estimate with its interval."""
    shapes: list[Shape] = []
    if axis.null is not None:
        shapes.append(Line(place(axis, axis.null), 0, place(axis, axis.null), HEIGHT, "null"))
    if one is not None:
        shapes += _marked(one, kind, origin)
        shapes += _arrows(one)
    return tuple(shapes)


def _marked(one: Mark, kind: Kind, origin: Origin) -> Iterator[Shape]:
    match kind:
        case Kind.STUDY:
            half = one.half or _SMALLEST
            yield Line(one.left, _MIDDLE, one.right, _MIDDLE, f"interval {origin}")
            yield Box(one.x - half, _MIDDLE - half, 2 * half, 2 * half, "square")
        case Kind.POOLED:
            left, right = min(one.left, one.x - 2), max(one.right, one.x + 2)  # a narrow one can still be seen
            points = ((left, _MIDDLE), (one.x, _MIDDLE - 7), (right, _MIDDLE), (one.x, _MIDDLE + 7))
            yield Path(points, f"diamond {origin}", is_closed=True)
        case Kind.PREDICTION:
            yield Line(one.left, _MIDDLE, one.right, _MIDDLE, "prediction")
            for x, is_cut in ((one.left, one.cut_left), (one.right, one.cut_right)):
                if not is_cut:
                    yield Line(x, _MIDDLE - 5, x, _MIDDLE + 5, "prediction")
        case _:
            assert_never(kind)


def _arrows(one: Mark) -> Iterator[Shape]:
    for x, is_cut, back in ((one.left, one.cut_left, 6), (one.right, one.cut_right, -6)):
        if is_cut:
            yield Path(((x + back, _MIDDLE - 5), (x, _MIDDLE), (x + back, _MIDDLE + 5)), "arrow")


def axis_shapes(axis: Axis) -> tuple[Shape, ...]:
    """Return the axis, with its ticks and their labels."""
    shapes: list[Shape] = [Line(MARGIN, 1, WIDTH - MARGIN, 1, "rule")]
    for value in ticks_of(axis, _ROOM):
        x = place(axis, value)
        shapes.append(Line(x, 1, x, 6, "rule"))
        shapes.append(Text(x, 18, tick_words(value).replace("-", "\N{MINUS SIGN}"), _TICK_SIZE, "tick", "middle"))
    return tuple(shapes)


def shares(weighed: Sequence[float]) -> list[str]:
    """Return weights in percent, in words; empty for all where there is but one, or none."""
    total = math.fsum(weighed)
    if len(weighed) < 2 or not total:
        return [""] * len(weighed)
    return [f"{100 * one / total:.1f}%" for one in weighed]


# Icon arrays: a thousand people as a grid, of whom some are marked

ACROSS, DOWN, CELL = 50, 20, 8


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, in units of the picture."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Group:
    """People of the grid who are alike: how many, in words, and the areas that they fill."""

    kind: str
    number: int
    words: str
    areas: tuple[Area, ...]


def areas(start: int, end: int) -> tuple[Area, ...]:
    """Return the rectangles that the cells from `start` up to `end` fill, row by row."""
    found = []
    while start < end:
        row, column = divmod(start, ACROSS)
        if column == 0 and end - start >= ACROSS:
            rows = (end - start) // ACROSS
            found.append(Area(0, row * CELL, ACROSS * CELL, rows * CELL))
            start += rows * ACROSS
        else:
            cells = min(ACROSS - column, end - start)
            found.append(Area(column * CELL, row * CELL, cells * CELL, CELL))
            start += cells
    return tuple(found)


def grouped(*groups: tuple[str, int, str]) -> tuple[Group, ...]:
    """Return groups of people one after the other in the grid; each is a kind, a number and words."""
    found, start = [], 0
    for kind, number, words in groups:
        end = min(ACROSS * DOWN, start + number)
        found.append(Group(kind, number, words, areas(start, end)))
        start = end
    return tuple(found)
