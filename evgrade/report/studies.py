"""The effects of studies: a forest plot for each outcome, as the page and the figures draw it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from evgrade.computed.numbers import Numbers
from evgrade.computed.shown import Kind, Origin, Shown, ShownRow
from evgrade.computed.words import heterogeneity_words
from evgrade.render.effects import Axis, axis_for, tick_words, ticks_of, weights
from evgrade.report.references import Numbering
from evgrade.report.shapes import Box, Line, Path, Shape, Text
from evgrade.stats.normal import Estimate

MEASURES = {
    "RR": "Risk ratio",
    "OR": "Odds ratio",
    "HR": "Hazard ratio",
    "rate_ratio": "Rate ratio",
    "ratio_of_means": "Ratio of means",
    "RD": "Risk difference",
    "MD": "Mean difference",
    "SMD": "Standardized mean difference",
    "log_ratio": "Log ratio",
    "coefficient": "Regression coefficient",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a forest plot.

    Attributes:
        kind: study, pooled effect or prediction interval.
        name: the study, or the model of a pooled effect.
        data: the counts or means behind it, the arms and the time point.
        words: the estimate with its interval, without the measure.
        origin: the origin of the interval.
        note: how it was computed.
        estimate: the estimate in numbers; None if there is nothing to draw.
        weight: its percentage of the total weight; empty if nothing is pooled.
        mark: the position of the estimate.
        shapes: the drawing.
        cited: the numbers of its references.
    """

    kind: Kind
    name: str
    data: str
    words: str
    origin: Origin
    note: str
    estimate: Estimate | None
    weight: str
    mark: Mark | None
    shapes: tuple[Shape, ...]
    cited: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """A forest plot.

    Attributes:
        outcome: the outcome.
        id: the id of the outcome; empty if only studies name it.
        measure: the code of the effect measure.
        title: the measure in words, with its unit.
        axis: the axis.
        scale: the drawing of the axis.
        rows: studies, then pooled effects.
        left, right: the meaning of either side of no effect.
        heterogeneity: the heterogeneity of the studies, in words.
        notes: further notes.
        left_out: the studies that are not pooled, with the reasons.
    """

    outcome: str
    id: str
    measure: str
    title: str
    axis: Axis
    scale: tuple[Shape, ...]
    rows: tuple[Row, ...]
    left: str
    right: str
    heterogeneity: str
    notes: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


def forests_of(numbers: Numbers, numbering: Numbering) -> Iterator[Forest]:
    """Yield a plot for each outcome with effects that can be drawn."""
    for shown in numbers.shown:
        plot = forest_of(shown, numbering)
        if plot is not None:
            yield plot


def forest_of(shown: Shown, numbering: Numbering) -> Forest | None:
    """Return a plot of the effects on an outcome; None if none can be drawn."""
    measure, pooling = shown.measure, shown.pooling
    pooled = None if pooling is None else pooling.effect
    axis = axis_for(measure, [row.estimate for row in shown.rows if row.estimate is not None])
    if axis is None:
        return None
    tau2 = (pooled.heterogeneity.tau2 or 0.0) if pooled else 0.0
    studies = [row.estimate for row in shown.rows if row.kind is Kind.STUDY and row.estimate is not None]
    weighed = weights(measure, studies, tau2)
    wording = iter(zip(weighed, shares(weighed) if pooling else [""] * len(weighed), strict=True))
    notes = list(pooled.notes if pooled else ())
    if pooling is not None and pooling.reason is not None:
        notes.append(f"not pooled: {pooling.reason}")
    left, right = shown.sides
    return Forest(
        outcome=shown.outcome,
        id=shown.id,
        measure=measure,
        title=MEASURES.get(measure, measure) + (f", {shown.unit}" if shown.unit else ""),
        axis=axis,
        scale=axis_shapes(axis),
        rows=tuple(
            _row(row, axis, numbering, *(next(wording) if row.kind is Kind.STUDY and row.estimate else (None, "")))
            for row in shown.rows
        ),
        left=left,
        right=right,
        heterogeneity=heterogeneity_words(pooled.heterogeneity, measure) if pooled else "",
        notes=tuple(notes),
        left_out=tuple((one.name, one.reason) for one in pooling.left_out) if pooling else (),
    )


def _row(row: ShownRow, axis: Axis, numbering: Numbering, weight: float | None, share: str) -> Row:
    shown = None if row.estimate is None else mark(axis, row.estimate, weight)
    return Row(
        kind=row.kind,
        name=row.name,
        data=row.data,
        words=row.words,
        origin=row.origin,
        note=row.note,
        estimate=row.estimate,
        weight=share,
        mark=shown,
        shapes=row_shapes(axis, shown, row.kind, row.origin),
        cited=numbering.cite(row.refs),
    )


# Drawing
#
# The area of a square is proportional to the weight. An interval that exceeds the axis ends in an arrow. A pooled
# effect is a diamond that spans its interval, hollow if a source states it. A prediction interval is a line with two
# end bars.

WIDTH, HEIGHT, MARGIN = 320.0, 26.0, 12.0
AXIS_HEIGHT = 22.0
_MIDDLE = HEIGHT / 2
_LARGEST, _SMALLEST = 8.0, 2.0
_TICK_SIZE = 10.0
_ROOM = (WIDTH - 2 * MARGIN) / (0.65 * _TICK_SIZE)
"""The length of the axis in digits."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An estimate in a row of the plot.

    Attributes:
        x: the estimate.
        left, right: the ends of its interval.
        cut_left, cut_right: whether an end exceeds the axis.
        half: half the side of its square; None unless it is a single study.
    """

    x: float
    left: float
    right: float
    cut_left: bool
    cut_right: bool
    half: float | None


def place(axis: Axis, value: float) -> float:
    """Return the position of a value in a row; a value beyond the axis is at its nearest end."""
    return round(MARGIN + axis.share(value) * (WIDTH - 2 * MARGIN), 2)


def mark(axis: Axis, estimate: Estimate, weight: float | None) -> Mark | None:
    """Return the mark of an estimate; `weight` is relative to the largest weight, None for a pooled effect."""
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
    """Return the shapes of a row: the line of no effect, and the estimate with its interval."""
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
            left, right = min(one.left, one.x - 2), max(one.right, one.x + 2)  # keep a narrow one visible
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
    """Return the axis with ticks and labels."""
    shapes: list[Shape] = [Line(MARGIN, 1, WIDTH - MARGIN, 1, "rule")]
    for value in ticks_of(axis, _ROOM):
        x = place(axis, value)
        shapes.append(Line(x, 1, x, 6, "rule"))
        shapes.append(Text(x, 18, tick_words(value).replace("-", "\N{MINUS SIGN}"), _TICK_SIZE, "tick", "middle"))
    return tuple(shapes)


def shares(weighed: Sequence[float]) -> list[str]:
    """Return weights as percentages; empty if there are fewer than two."""
    total = math.fsum(weighed)
    if len(weighed) < 2 or not total:
        return [""] * len(weighed)
    return [f"{100 * one / total:.1f}%" for one in weighed]
