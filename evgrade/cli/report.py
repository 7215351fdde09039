"""`evgrade report`: a page for readers, or the draft of an article."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from typing import assert_never

from evgrade._version import __version__
from evgrade.checking import check_source, dossier_of
from evgrade.cli.destinations import ReportFormat
from evgrade.cli.exits import DONE
from evgrade.cli.options import read_notices
from evgrade.cli.streams import write_payload
from evgrade.discover import Source
from evgrade.dossier import Dossier
from evgrade.model import EvgradeError
from evgrade.report.csl import CitationStyle, read_style
from evgrade.report.view import graded_by, graded_view
from evgrade.rubric.load import load_rubrics
from evgrade.rubric.model import Rubric


def run_report(
    path: str,
    rubric_names: list[str],
    form: ReportFormat,
    output: str | None,
    as_of: dt.date | None = None,
    retractions: str | None = None,
    templates: str | None = None,
    csl: str | None = None,
) -> int:
    """Write the report of a dossier, and return the exit code.

    Raises:
        InvalidDossierError: the dossier has errors.
        EvgradeError: a rubric, a template, a citation style or a file cannot be used.
    """
    if form is ReportFormat.DOCX:
        _refuse_a_terminal(output)
    style = None if csl is None else read_style(csl)
    rubrics = load_rubrics(rubric_names)
    dossier = dossier_of(check_source(Source(path, named=True), (), as_of, read_notices(retractions)))
    write_payload(_written(form, dossier, rubrics, templates, style), output)
    return DONE


def _refuse_a_terminal(output: str | None) -> None:
    """Refuse to write a Word document to a terminal.

    Raises:
        EvgradeError: the output is one.
    """
    if output in (None, "-") and sys.stdout is not None and sys.stdout.isatty():
        raise EvgradeError("a Word document cannot be shown on a terminal", hint="name a file: --output article.docx")


def _written(
    form: ReportFormat,
    dossier: Dossier,
    rubrics: Sequence[Rubric],
    templates: str | None,
    style: CitationStyle | None,
) -> str | bytes:
    match form:
        case ReportFormat.HTML:
            from evgrade.report.html import html_page

            return html_page(graded_view(dossier, rubrics, style), templates)
        case ReportFormat.MARKDOWN_ARTICLE:
            from evgrade.render.clean import Sink
            from evgrade.render.markdown import page_markdown
            from evgrade.report.article.build import article_of

            return "".join(page_markdown(article_of(dossier, *graded_by(dossier, rubrics), style), Sink()))
        case ReportFormat.DOCX:
            from evgrade.render.word import page_word
            from evgrade.report.article.build import article_of

            author = str(dossier.data.get("review", {}).get("group", ""))
            page = article_of(dossier, *graded_by(dossier, rubrics), style)
            return page_word(page, author, f"Draft made by evgrade {__version__}")
        case _:
            assert_never(form)
