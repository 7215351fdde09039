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
from evgrade.dossier import Dossier
from evgrade.grading.assessment import Assessment
from evgrade.grading.retracted import assess_with_retractions
from evgrade.report.view import GRADE, View, view_of
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
    graded = [(rubric, assess_with_retractions(dossier, rubric)) for rubric in rubrics]
    by_grade = next((one for rubric, one in graded if rubric.name == GRADE), None) or _by_grade(dossier)
    write_payload(_written(form, view_of(dossier, graded, by_grade), templates), output)
    return DONE


def _by_grade(dossier: Dossier) -> Assessment | None:
    """Return the assessment under GRADE, which rates the certainty of each outcome; None without outcomes."""
    if not dossier.data.get("outcomes"):
        return None
    (rubric,) = load_rubrics([GRADE])
    return assess_with_retractions(dossier, rubric)


def _written(form: ReportFormat, view: View, templates: str | None) -> str:
    match form:
        case ReportFormat.HTML:
            from evgrade.report.html import html_page

            return html_page(view, templates)
        case _:
            assert_never(form)
