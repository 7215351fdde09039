"""Funnel plots: the effects of studies against their standard errors, to see whether small ones differ.

Source: J. A. C. Sterne and others, BMJ 2011;343:d4002; Cochrane Handbook, version 6, section 13.3.5.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from evgrade.computed.shown import Kind
from evgrade.render.axis import Axis, axis_for, half_width, tick_words, ticks_of
from evgrade.report.figures.sheet import BODY, HEAD, MARGIN, SMALL, TITLE, Sheet, lines_at
from evgrade.report.shapes import Dot, Figure, Line, Path, Text, cleaned, wrapped
from evgrade.report.studies import Forest
from evgrade.stats.normal import Estimate

FEWEST = 10
"""Studies below which chance and asymmetry cannot be told apart (Cochrane Handbook, section 13.3.5.4)."""
_Z = 1.96
_LEFT, _PLOT, _HIGH = MARGIN + 60.0, 820.0, 380.0
_KEY = (
    "A circle is a study; its place from the top is its standard error, so that large studies are at the top. The "
    "solid line is the mean by inverse variance without variance between studies. The dashed lines enclose 95% of "
    "studies if only chance makes them differ (pseudo 95% limits). Gaps have other causes than missing studies too."
)


def of_funnel(plot: Forest) -> list[tuple[str, Estimate]]:
    """Return the studies of a plot that a funnel plot can show: those with an interval."""
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
        plots: at least one, each with as many studies as it takes.
    """
    sheet = Sheet()
    sheet.words(f"Funnel plot: {about}", TITLE, "bold", after=4, most=3)
    for plot in plots:
        _add(sheet, plot)
    sheet.words(_KEY, SMALL, "dim")
    return sheet.figure(f"Funnel plot: {about}", [line for plot in plots for line in _said(plot)])


def _said(plot: Forest) -> Iterator[str]:
    yield f"{plot.outcome} ({plot.title})."
    for name, one in of_funnel(plot):
        yield f"{name}: {one.value:.3g}, standard error {_error(plot, one):.3g}."


def _error(plot: Forest, one: Estimate) -> float:
    """Return the standard error, of a ratio that of its logarithm."""
    return half_width(plot.measure, one) / _Z


def _add(sheet: Sheet, plot: Forest) -> None:
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
    """Return an axis that reaches over all values, ratios as logarithms."""
    shown = [math.exp(value) if plot.axis.is_log else value for value in values]
    found = axis_for(plot.measure, [Estimate(value, value, value) for value in shown])
    return found or plot.axis
