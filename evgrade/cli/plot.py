"""`evgrade plot`: a plot of a dossier in a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import assert_never

from evgrade.checking import check_source, dossier_of
from evgrade.cli.destinations import PlotFormat, PlotKind
from evgrade.cli.exits import DONE
from evgrade.cli.files import write_file
from evgrade.cli.options import read_notices
from evgrade.cli.streams import write_payload
from evgrade.discover import Source
from evgrade.model import EvgradeError
from evgrade.report.figures.harms import harms_figure, has_counts
from evgrade.report.figures.judgements import bias_figure, grades_figure
from evgrade.report.figures.sheet import pdf, png, svg
from evgrade.report.figures.studies import FEWEST, forest_figure, funnel_figure, of_funnel
from evgrade.report.references import Numbering
from evgrade.report.shapes import Figure
from evgrade.report.studies import Forest
from evgrade.report.view import View, graded_by, view_of
from evgrade.rubric.load import load_rubrics
from evgrade.schema.suggest import did_you_mean, listed


def run_plot(
    kind: PlotKind,
    path: str,
    form: PlotFormat,
    output: str | None,
    outcome: str | None,
    rubric_names: Sequence[str] = (),
    as_of: dt.date | None = None,
    retractions: str | None = None,
) -> int:
    """Write a plot of a dossier, and return the exit code.

    Raises:
        InvalidDossierError: the dossier has errors.
        EvgradeError: there is nothing to draw, or a rubric, a file or the extra `plots` cannot be used.
    """
    rubrics = load_rubrics(rubric_names)
    dossier = dossier_of(check_source(Source(path, named=True), (), as_of, read_notices(retractions)))
    view = view_of(dossier, *graded_by(dossier, rubrics), Numbering(dossier.references, dossier.retracted))
    _write(_figure(kind, view, outcome), form, output)
    return DONE


def _write(figure: Figure, form: PlotFormat, output: str | None) -> None:
    match form:
        case PlotFormat.SVG:
            write_payload(svg(figure), output)
        case PlotFormat.PNG:
            write_file(output or "-", png(figure))
        case PlotFormat.PDF:
            write_file(output or "-", pdf(figure))
        case _:
            assert_never(form)


def _figure(kind: PlotKind, view: View, outcome: str | None) -> Figure:
    """Return a figure.

    Raises:
        EvgradeError: the dossier lacks the data; the hint says which.
    """
    about = f"{view.therapy} for {view.condition}"
    match kind:
        case PlotKind.FOREST:
            return forest_figure(about, _of(view.forests, outcome))
        case PlotKind.FUNNEL:
            return funnel_figure(about, _with_enough(_of(view.forests, outcome), chosen=outcome is not None))
        case PlotKind.BIAS:
            if not view.bias:
                raise EvgradeError("no study has judgements of risk of bias", hint="add `risk_of_bias` to a trial")
            return bias_figure(about, view.bias)
        case PlotKind.HARMS:
            if not has_counts(view.safety):
                raise EvgradeError("no adverse event has counts", hint="add `n` and `of` to `safety.adverse_events`")
            return harms_figure(about, view.safety)
        case PlotKind.GRADES:
            return grades_figure(about, view.verdicts)
        case _:
            assert_never(kind)


def _of(plots: Sequence[Forest], outcome: str | None) -> Sequence[Forest]:
    """Return the plots of an outcome, given by id or name, or all plots.

    Raises:
        EvgradeError: there are none.
    """
    if not plots:
        hint = "add `measure`, `estimate`, `ci_low` and `ci_high` to an effect, or the counts of its `arms`"
        raise EvgradeError("no effect has an interval to draw", hint=hint)
    if outcome is None:
        return plots
    wanted = outcome.casefold()
    found = [plot for plot in plots if wanted in (plot.id.casefold(), plot.outcome.casefold())]
    if not found:
        names = list(dict.fromkeys(plot.id or plot.outcome for plot in plots))
        hint = did_you_mean(outcome, names) or f"outcomes that can: {listed(names)}"
        raise EvgradeError(f"no outcome {outcome!r} can be drawn", hint=hint)
    return found


def _with_enough(plots: Sequence[Forest], *, chosen: bool) -> Sequence[Forest]:
    """Return the plots with enough studies for a funnel plot.

    Raises:
        EvgradeError: none has enough.
    """
    enough = [plot for plot in plots if len(of_funnel(plot)) >= FEWEST]
    if enough:
        return enough
    most = max(plots, key=lambda plot: len(of_funnel(plot)))
    many = len(of_funnel(most))
    which = most.outcome if chosen else f"no outcome has {FEWEST} studies with an interval; {most.outcome}, with most,"
    hint = "with fewer, chance and asymmetry cannot be told apart (Cochrane Handbook, version 6, section 13.3.5.4)"
    raise EvgradeError(f"{which} has {many}: a funnel plot needs at least {FEWEST}", hint=hint)
