"""`evgrade report`: the page that people read."""

from __future__ import annotations

import datetime as dt
from typing import assert_never

from evgrade.checking import check_source, dossier_of
from evgrade.cli.arguments import ReportFormat
from evgrade.cli.exits import DONE
from evgrade.cli.retractions import read_notices
from evgrade.cli.streams import write_payload
from evgrade.discover import Source
from evgrade.report.graded import graded_view
from evgrade.report.view import View
from evgrade.rubric.load import DEFAULT, load_rubrics


def run_report(
    path: str,
    rubric_names: list[str],
    form: ReportFormat,
    output: str | None,
    as_of: dt.date | None = None,
    retractions: str | None = None,
    templates: str | None = None,
) -> int:
    """Write the report of a dossier, and return the exit code.

    Raises:
        InvalidDossierError: the dossier has errors.
        EvgradeError: a rubric, a template or a file cannot be used.
    """
    rubrics = load_rubrics(rubric_names or [DEFAULT])
    dossier = dossier_of(check_source(Source(path, named=True), (), as_of, read_notices(retractions)))
    write_payload(_written(form, graded_view(dossier, rubrics), templates), output)
    return DONE


def _written(form: ReportFormat, view: View, templates: str | None) -> str:
    match form:
        case ReportFormat.HTML:
            from evgrade.report.html import html_page

            return html_page(view, templates)
        case _:
            assert_never(form)
