"""The effects of studies: a forest plot for each outcome."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evgrade.computed.numbers import Numbers
from evgrade.computed.pooled import PooledEffect
from evgrade.computed.shown import Kind, Origin, Shown, ShownRow
from evgrade.facts.effects import RATIOS
from evgrade.render.axis import Axis, axis_for, weights
from evgrade.report.geometry import Mark, axis_shapes, mark, row_shapes, shares
from evgrade.report.references import Numbering
from evgrade.report.shapes import Shape
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
        kind: what it shows.
        name: the study, or the model of a pooled effect.
        data: the counts or means behind it, the arms and the time point.
        words: the estimate with its interval, without the measure.
        origin: where the interval comes from.
        note: how it was computed.
        estimate: the estimate in numbers; None where there is nothing to draw.
        weight: the share of all weight in percent; empty where nothing is pooled.
        mark: where it is.
        shapes: how it is drawn.
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
        outcome: what it is about.
        id: the id of the outcome; empty where only studies name it.
        measure: the code of the effect measure.
        title: the measure in words, with its unit.
        axis: its axis.
        scale: how the axis is drawn.
        rows: studies, then pooled effects.
        left, right: what lies on either side of no effect.
        heterogeneity: how far the studies differ, in words.
        notes: what else has to be known to read it.
        left_out: the studies that are not pooled, with the reason.
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
    """Yield a plot for each outcome with an effect that can be drawn."""
    for shown in numbers.shown:
        plot = forest_of(shown, numbering)
        if plot is not None:
            yield plot


def forest_of(shown: Shown, numbering: Numbering) -> Forest | None:
    """Return a plot of the effects on an outcome; None where none of them can be drawn."""
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
        heterogeneity=_heterogeneity(pooled, measure) if pooled else "",
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


def _heterogeneity(pooled: PooledEffect, measure: str) -> str:
    differ = pooled.heterogeneity
    wording = [f"I² {100 * differ.i2:.0f}%", f"Q {differ.q:.2f} with {differ.studies - 1} df"]
    p = differ.q_p()
    if p is not None:
        wording[-1] += f", p {'< 0.001' if p < 0.001 else f'= {p:.3f}'}"
    if differ.tau2 is not None:
        wording.insert(0, f"τ² {differ.tau2:.3g}{' of the logarithm' if measure in RATIOS else ''}")
    return "; ".join(wording)
