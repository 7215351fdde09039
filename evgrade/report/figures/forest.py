"""Forest plots: each outcome with its studies, one below the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evgrade.computed.shown import Kind, Origin
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
from evgrade.report.geometry import AXIS_HEIGHT, HEIGHT, place
from evgrade.report.geometry import WIDTH as PLOT
from evgrade.report.shapes import Figure, Line, Path, Shape, Text, cleaned, moved, wrapped
from evgrade.report.studies import Forest, Row

_GAP = 14.0
_ESTIMATES = 190.0
_WEIGHT, _SOURCE = "Weight", "Interval"
_SOURCES = {Origin.REPORTED: "reported", Origin.COMPUTED: "computed †", Origin.NONE: "none"}
_KEY = (
    "A square has an area by the weight of its study. A diamond is a pooled effect: hollow where a source states it, "
    "filled where evgrade computed it. A line with two ends is a prediction interval. An arrow says that an interval "
    "goes on."
)
_DAGGER = "† computed by evgrade from what the source states, and drawn with a dashed line; all else is as reported."


def forest_figure(about: str, plots: Sequence[Forest]) -> Figure:
    """Return forest plots below each other.

    Args:
        about: the therapy and the condition.
        plots: at least one.
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
    """Yield what a plot shows, row by row."""
    yield f"{plot.outcome} ({plot.title}, 95% intervals)."
    for row in plot.rows:
        weight = f", weight {row.weight}" if row.weight else ""
        yield f"{row.name}: {row.words}{weight}, {_SOURCES[row.origin].removesuffix(' †')}."
    if plot.heterogeneity:
        yield f"Heterogeneity: {plot.heterogeneity}."


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where columns begin: the names, the drawing, the estimates, the weights (where they end) and the sources."""

    names: float
    drawing: float
    estimate: float
    estimates: float
    weight: float | None
    source: float


def with_minus(words: str) -> str:
    """Return numbers with a minus sign in place of a hyphen, which is as wide as a plus."""
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
        sheet.shapes.insert(0, Line(null, top, null, sheet.y, "null"))  # below what is drawn on it
    sheet.add(moved(plot.scale, columns.drawing, sheet.y))
    sheet.y += AXIS_HEIGHT + 2
    if null is not None:
        _add_sides(sheet, plot, null)
    for wording in _below(plot):
        sheet.words(wording, SMALL, "dim")
    sheet.y += 6


def _add_row(sheet: Sheet, row: Row, columns: _Columns) -> None:
    """Write and draw a row; it is as high as its words are."""
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
    drawn = [shape for shape in row.shapes if shape.kind != "null"]  # it is drawn once, through all rows
    sheet.add(moved(drawn, columns.drawing, middle - HEIGHT / 2))
    sheet.y += high


def _add_sides(sheet: Sheet, plot: Forest, null: float) -> None:
    """Write what lies on either side of no effect, with arrows that lead there."""
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
