"""Forest plots and funnel plots: outcomes with their studies, one below the other."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evgrade.computed.shown import Kind, Origin
from evgrade.render.effects import Axis, axis_for, half_width, tick_words, ticks_of
from evgrade.render.page import capitalized
from evgrade.report.figures.sheet import (
    BODY,
    HEAD,
    MARGIN,
    RIGHT,
    SMALL,
    TITLE,
    Sheet,
    height_of,
    lines_at,
    narrowest,
)
from evgrade.report.shapes import Dot, Figure, Line, Path, Shape, Text, cleaned, moved, wrapped
from evgrade.report.studies import AXIS_HEIGHT, HEIGHT, Forest, Row, place
from evgrade.report.studies import WIDTH as PLOT
from evgrade.stats.normal import Estimate

_GAP = 14.0
_ESTIMATES = 190.0
_WEIGHT, _SOURCE = "Weight", "Interval"
_SOURCES = {Origin.REPORTED: "reported", Origin.COMPUTED: "computed †", Origin.NONE: "none"}
_KEY = (
    "The area of a square is proportional to the weight of its study. A diamond is a pooled effect: hollow if a source "
    "states it, filled if evgrade computed it. A line with two end bars is a prediction interval. An arrow means that "
    "an interval continues beyond the axis."
)
_DAGGER = "† computed by evgrade from what the source states, and drawn with a dashed line; all else is as reported."


def forest_figure(about: str, plots: Sequence[Forest]) -> Figure:
    """Return forest plots below each other.

    Args:
        about: the therapy and the condition.
        plots: the plots, at least one.
    """
    sheet = Sheet()
    sheet.words(about, TITLE, "bold", after=6, most=3)
    columns = _columns([row for plot in plots for row in plot.rows])
    for plot in plots:
        _add(sheet, plot, columns)
    sheet.y += 4
    sheet.words(_KEY, SMALL, "dim")
    if any(row.origin is Origin.COMPUTED and row.kind is Kind.STUDY for plot in plots for row in plot.rows):
        sheet.words(_DAGGER, SMALL, "dim")
    named = ", ".join(dict.fromkeys(plot.outcome for plot in plots))
    return sheet.figure(f"Forest plot: {about}, {named}", [line for plot in plots for line in _said(plot)])


def _said(plot: Forest) -> Iterator[str]:
    """Describe a plot, row by row."""
    yield f"{plot.outcome} ({plot.title}, 95% intervals)."
    for row in plot.rows:
        weight = f", weight {row.weight}" if row.weight else ""
        yield f"{row.name}: {row.words}{weight}, {_SOURCES[row.origin].removesuffix(' †')}."
    if plot.heterogeneity:
        yield f"Heterogeneity: {plot.heterogeneity}."


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where drawing, estimates and sources begin and weights end, and the widths of names and estimates."""

    names: float
    drawing: float
    estimate: float
    estimates: float
    weight: float | None
    source: float


def with_minus(words: str) -> str:
    """Replace hyphens before numbers with minus signs, which are as wide as a plus."""
    return re.sub(r"(?<![\w.])-(?=[\d∞])", "\N{MINUS SIGN}", words)


def _columns(rows: Sequence[Row]) -> _Columns:
    source = RIGHT - narrowest([*_SOURCES.values(), _SOURCE], SMALL, is_bold=True)
    weight = source - _GAP if any(row.weight for row in rows) else None
    end = source - _GAP if weight is None else weight - narrowest(["100.0%", _WEIGHT], SMALL, is_bold=True) - _GAP
    estimates = min(_ESTIMATES, narrowest([with_minus(row.words) for row in rows], BODY, is_bold=True, least=125))
    drawing = end - estimates - _GAP - PLOT
    return _Columns(drawing - MARGIN - _GAP, drawing, end - estimates, estimates, weight, source)


def _add(sheet: Sheet, plot: Forest, columns: _Columns) -> None:
    sheet.y += 10
    sheet.words(plot.outcome, HEAD, "bold", after=2, most=3)
    scale = ", logarithmic axis" if plot.axis.is_log else ""
    sheet.words(f"{plot.title} with 95% intervals{scale}", BODY, "dim", after=8)
    line = sheet.y + SMALL
    sheet.add(
        [
            Text(MARGIN, line, "Study", SMALL, "bold"),
            Text(columns.estimate, line, "Estimate (95% CI)", SMALL, "bold"),
            Text(columns.source, line, _SOURCE, SMALL, "bold"),
        ]
    )
    if columns.weight is not None:
        sheet.add([Text(columns.weight, line, _WEIGHT, SMALL, "bold", "end")])
    sheet.y += SMALL + 6
    sheet.rule("rule")
    sheet.y += 2
    top, was = sheet.y, Kind.STUDY
    for number, row in enumerate(plot.rows):
        if number and was is Kind.STUDY and row.kind is not Kind.STUDY:
            sheet.rule()
        was = row.kind
        _add_row(sheet, row, columns)
    null = None if plot.axis.null is None else columns.drawing + place(plot.axis, plot.axis.null)
    if null is not None:
        sheet.shapes.insert(0, Line(null, top, null, sheet.y, "null"))  # below the marks
    sheet.add(moved(plot.scale, columns.drawing, sheet.y))
    sheet.y += AXIS_HEIGHT + 2
    if null is not None:
        _add_sides(sheet, plot, null)
    for wording in _below(plot):
        sheet.words(wording, SMALL, "dim")
    sheet.y += 6


def _add_row(sheet: Sheet, row: Row, columns: _Columns) -> None:
    """Write and draw a row, as high as its text."""
    is_bold = row.kind is Kind.POOLED
    kind = "bold" if is_bold else "words"
    name = wrapped(row.name, columns.names, BODY, is_bold=is_bold, most=2)
    data = wrapped(row.data, columns.names, SMALL, most=3)
    words = wrapped(with_minus(row.words), columns.estimates, BODY, is_bold=is_bold, most=4)
    tall = height_of(len(name), BODY) + height_of(len(data), SMALL)
    high = max(HEIGHT, tall + 6, height_of(len(words), BODY) + 6)
    top, middle = sheet.y + (high - tall) / 2, sheet.y + high / 2
    sheet.add(lines_at(MARGIN, top, name, BODY, kind, whole=cleaned(row.name)))
    sheet.add(lines_at(MARGIN, top + height_of(len(name), BODY), data, SMALL, "dim", whole=cleaned(row.data)))
    sheet.add(lines_at(columns.estimate, middle - height_of(len(words), BODY) / 2, words, BODY, kind))
    line = middle + 0.36 * SMALL
    if row.weight and columns.weight is not None:
        sheet.add([Text(columns.weight, line, row.weight, SMALL, "words", "end")])
    sheet.add([Text(columns.source, line, _SOURCES[row.origin], SMALL, "dim")])
    drawn = [shape for shape in row.shapes if shape.kind != "null"]  # drawn once, through all rows
    sheet.add(moved(drawn, columns.drawing, middle - HEIGHT / 2))
    sheet.y += high


def _add_sides(sheet: Sheet, plot: Forest, null: float) -> None:
    """Label either side of no effect, with arrows."""
    y, middle = sheet.y, sheet.y + 0.7 * SMALL
    shapes: list[Shape] = []
    for words, x, ahead, anchor in ((plot.left, null - 10, -1, "end"), (plot.right, null + 10, 1, "start")):
        end = x + ahead * 18
        shapes += [
            Line(x, middle, end, middle, "arrow"),
            Path(((end - ahead * 4, middle - 3), (end, middle), (end - ahead * 4, middle + 3)), "arrow"),
            Text(end + ahead * 5, y + SMALL, words, SMALL, "words", anchor),
        ]
    sheet.add(shapes)
    sheet.y += height_of(1, SMALL) + 6


def _below(plot: Forest) -> Iterator[str]:
    if plot.heterogeneity:
        yield f"Heterogeneity: {plot.heterogeneity}."
    how = [row.note for row in plot.rows if row.kind is Kind.POOLED and row.note]
    if how:
        yield f"Pooled by {how[0]}; weights by inverse variance, with τ² added where effects are random."
    yield from (f"{capitalized(note)}." for note in plot.notes)
    if plot.left_out:
        yield f"Left out: {'; '.join(f'{name} ({reason})' for name, reason in plot.left_out)}."


# Funnel plots: effects against standard errors, to show whether small studies differ
#
# Source: J. A. C. Sterne and others, BMJ 2011;343:d4002; Cochrane Handbook, version 6, section 13.3.5.

FEWEST = 10
"""With fewer studies, asymmetry cannot be distinguished from chance (Cochrane Handbook, section 13.3.5.4)."""
_Z = 1.96
_LEFT, _PLOT, _HIGH = MARGIN + 60.0, 820.0, 380.0
_FUNNEL_KEY = (
    "A circle is a study; its distance from the top is its standard error, so large studies are at the top. The "
    "solid line is the mean by inverse variance without variance between studies. The dashed lines enclose 95% of "
    "studies if only chance makes them differ (pseudo 95% limits). Gaps can have causes other than missing studies."
)


def of_funnel(plot: Forest) -> list[tuple[str, Estimate]]:
    """Return the studies that a funnel plot can show: those with an interval."""
    return [
        (row.name, row.estimate)
        for row in plot.rows
        if row.kind is Kind.STUDY
        and row.estimate is not None
        and 1e-100 < half_width(plot.measure, row.estimate) < 1e100
    ]


def funnel_figure(about: str, plots: Sequence[Forest]) -> Figure:
    """Return funnel plots below each other.

    Args:
        about: the therapy and the condition.
        plots: the plots, at least one, each with enough studies.
    """
    sheet = Sheet()
    sheet.words(f"Funnel plot: {about}", TITLE, "bold", after=4, most=3)
    for plot in plots:
        _add_funnel(sheet, plot)
    sheet.words(_FUNNEL_KEY, SMALL, "dim")
    return sheet.figure(f"Funnel plot: {about}", [line for plot in plots for line in _funnel_said(plot)])


def _funnel_said(plot: Forest) -> Iterator[str]:
    yield f"{plot.outcome} ({plot.title})."
    for name, one in of_funnel(plot):
        yield f"{name}: {one.value:.3g}, standard error {_error(plot, one):.3g}."


def _error(plot: Forest, one: Estimate) -> float:
    """Return the standard error; for a ratio, that of its logarithm."""
    return half_width(plot.measure, one) / _Z


def _add_funnel(sheet: Sheet, plot: Forest) -> None:
    studies = [(one, _error(plot, one)) for _, one in of_funnel(plot)]
    is_log = plot.axis.is_log
    sheet.y += 10
    sheet.words(plot.outcome, HEAD, "bold", after=2, most=3)
    scale = ", logarithmic axis" if is_log else ""
    sheet.words(f"{plot.title}{scale}; {len(studies)} studies", BODY, "dim", after=10)
    sheet.words("Standard error of the logarithm" if is_log else "Standard error", SMALL, after=6)
    values = [math.log(one.value) if is_log else one.value for one, _ in studies]
    total = math.fsum(1 / error**2 for _, error in studies)
    mean = math.fsum(value / error**2 for value, (_, error) in zip(values, studies, strict=True)) / total
    bottom = 1.05 * max(error for _, error in studies)
    ends = [mean - _Z * bottom, mean, mean + _Z * bottom]
    axis = _axis(plot, [*values, *ends])
    top, low = sheet.y, sheet.y + _HIGH

    def x(value: float) -> float:
        return _LEFT + _PLOT * axis.share(math.exp(value) if is_log else value)

    def y(error: float) -> float:
        return top + _HIGH * error / bottom

    if axis.null is not None:
        null = math.log(axis.null) if is_log else axis.null
        sheet.add([Line(x(null), top, x(null), low, "null")])
    sheet.add([Line(x(mean), top, x(mean), low, "interval")])
    sheet.add([Path(((x(ends[0]), low), (x(mean), top), (x(ends[2]), low)), "limits")])
    sheet.add([Dot(x(value), y(error), 5, "study") for value, (_, error) in zip(values, studies, strict=True)])
    sheet.add([Line(_LEFT, top, _LEFT, low, "rule"), Line(_LEFT, low, _LEFT + _PLOT, low, "rule")])
    for value in ticks_of(Axis(0.0, bottom, is_log=False, null=None), 30):
        sheet.add([Line(_LEFT - 5, y(value), _LEFT, y(value), "rule")])
        sheet.add([Text(_LEFT - 8, y(value) + 4, tick_words(value), 10, "tick", "end")])
    for value in ticks_of(axis, _PLOT / 7):
        at = _LEFT + _PLOT * axis.share(value)
        words = tick_words(value).replace("-", "\N{MINUS SIGN}")
        sheet.add([Line(at, low, at, low + 5, "rule"), Text(at, low + 17, words, 10, "tick", "middle")])
    sheet.y = low + 26
    label = wrapped(plot.title, _PLOT, SMALL, most=1)
    sheet.add(lines_at(_LEFT + _PLOT / 2, sheet.y, label, SMALL, "words", "middle", cleaned(plot.title)))
    sheet.y += 26


def _axis(plot: Forest, values: Sequence[float]) -> Axis:
    """Return an axis that covers all values; ratios come as logarithms."""
    shown = [math.exp(value) if plot.axis.is_log else value for value in values]
    found = axis_for(plot.measure, [Estimate(value, value, value) for value in shown])
    return found or plot.axis
