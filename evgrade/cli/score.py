"""`evgrade score` and `evgrade explain`."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from typing import assert_never

from evgrade.checked import Checked, Outcome
from evgrade.checking import check, load_dossier
from evgrade.cli.destinations import Output, ScoreFormat
from evgrade.cli.exits import DONE, FAILED, FINDINGS
from evgrade.cli.options import read_notices
from evgrade.cli.streams import Growing, report_sink, say, say_why, terminal_sink
from evgrade.discover import is_folder
from evgrade.grading.assess import assess_with_retractions
from evgrade.grading.assessment import Assessment
from evgrade.model import EvgradeError, NothingToGradeError
from evgrade.render.clean import Sink, for_terminal
from evgrade.render.findings import findings_text
from evgrade.render.forms import PageFormat, render
from evgrade.render.page import Page
from evgrade.render.streamed import Streamed, StreamedJson, StreamedMarkdown, StreamedText
from evgrade.rubric.load import load_rubric, load_rubrics
from evgrade.rubric.model import Rubric
from evgrade.schema.suggest import did_you_mean, listed


def run_score(
    paths: list[str],
    rubric_names: list[str],
    outputs: Sequence[Output[ScoreFormat]],
    fail_under: float | None,
    as_of: dt.date | None = None,
    retractions: str | None = None,
    *,
    quiet: bool,
    color: bool | None,
) -> int:
    """Grade dossiers, print the assessments, and return the exit code.

    Raises:
        NothingToGradeError: no dossier was found.
        EvgradeError: a path, an output or a rubric cannot be used.
    """
    rubrics = load_rubrics(rubric_names)
    notices = read_notices(retractions)
    if fail_under is not None and all(rubric.score is None for rubric in rubrics):
        names = listed(rubric.name for rubric in rubrics)
        raise EvgradeError(f"the rubric {names} gives no score for --fail-under to compare with")
    code = DONE
    found = graded = False
    several = _asks_for_several(paths) or len(rubrics) > 1
    reports = [
        (output.path, _streamed(output.form, report_sink(output.path, color=color), several=several))
        for output in outputs
    ]
    growing = Growing(path for path, _ in reports)
    try:
        for checked in check(paths, (), as_of, notices):
            found = found or checked.status in (Outcome.VALID, Outcome.INVALID)
            code = max(code, complain(checked, quiet=quiet))
            if checked.dossier is None:
                continue
            graded = True
            assessments = [assess_with_retractions(checked.dossier, rubric) for rubric in rubrics]
            for path, report in reports:
                growing.write_pieces(path, report.one(assessments))
            code = max([code, *(_compared(one, fail_under, quiet=quiet) for one in assessments)])
        if not found and code == DONE:
            raise NothingToGradeError
        if graded:
            for path, report in reports:
                growing.write_pieces(path, report.end())
            growing.keep()
    finally:
        growing.discard()
    return code


def complain(checked: Checked, *, quiet: bool) -> int:
    """Say why a file was not graded or may be graded wrongly, and return its exit code."""
    match checked.status:
        case Outcome.VALID:
            return DONE
        case Outcome.INVALID if checked.dossier is not None:
            say(f"{for_terminal(checked.file)}: it has errors (see its report), so its grades may be unreliable")
            return FINDINGS
        case Outcome.INVALID:
            say(findings_text(checked.findings, terminal_sink(sys.stderr, color=False)).rstrip())
            say(f"{for_terminal(checked.file)} is not a valid dossier and was not graded")
            return FINDINGS
        case Outcome.UNREADABLE | Outcome.FAILED:
            say_why(checked, quiet=quiet)
            return FAILED
        case Outcome.SKIPPED:
            say_why(checked, quiet=quiet)
            return DONE
        case _:
            assert_never(checked.status)


def _asks_for_several(paths: list[str]) -> bool:
    """Whether the paths ask for several dossiers, however many turn out to be valid."""
    return len(paths) > 1 or is_folder(paths[0])


def _streamed(form: ScoreFormat, sink: Sink, *, several: bool) -> Streamed:
    match form:
        case ScoreFormat.JSON:
            return StreamedJson(several=several)
        case ScoreFormat.TEXT:
            return StreamedText(sink)
        case ScoreFormat.MARKDOWN:
            return StreamedMarkdown(sink)
        case _:
            assert_never(form)


def _compared(assessment: Assessment, bar: float | None, *, quiet: bool) -> int:
    """Report a score below a threshold, and return its exit code."""
    if bar is None or assessment.score is None:
        return DONE
    value = assessment.score.value
    if value is not None and value >= bar:
        return DONE
    shown = "none" if value is None else f"{value:g}"
    say(f"{for_terminal(assessment.dossier_file)}: the score is {shown}, below {bar:g}", quiet=quiet)
    return FINDINGS


def run_explain(path: str, domain: str | None, rubric_name: str, output: str | None) -> int:
    """Print the derivation of all grades, of one domain or of the recommendation; or how numbers were computed.

    Raises:
        EvgradeError: the dossier, the rubric or the domain cannot be used.
    """
    rubric = load_rubric(rubric_name)
    page = _numbers(path) if _are_numbers(domain, rubric) else _derivation(path, domain, rubric)
    growing = Growing([output])
    try:
        growing.write_pieces(output, render(page, PageFormat.TEXT, report_sink(output)))
        growing.keep()
    finally:
        growing.discard()
    return DONE


NUMBERS = "numbers"
"""Asks for computed numbers, unless a domain has this name."""


def _are_numbers(domain: str | None, rubric: Rubric) -> bool:
    names = {name.casefold() for one in rubric.domains for name in (one.name, one.title)}
    return domain is not None and domain.casefold() == NUMBERS and NUMBERS not in names


def _numbers(path: str) -> Page:
    from evgrade.grading.assess import numbers_in
    from evgrade.render.pages.numbers import numbers_page

    return numbers_page(numbers_in(load_dossier(path)))


def _derivation(path: str, domain: str | None, rubric: Rubric) -> Page:
    from evgrade.grading.derivation import derive
    from evgrade.render.pages.derivation import derivation_page

    only = None if domain is None else _title(domain, rubric)
    dossier = load_dossier(path)
    return derivation_page(derive(dossier, rubric, only), dossier)


def _title(wanted: str, rubric: Rubric) -> str:
    """Return the title of a domain, given by name or title, or of the recommendation.

    Raises:
        EvgradeError: the rubric has none by that name.
    """
    from evgrade.grading.derivation import RECOMMENDATION

    titles = {key.casefold(): one.title for one in rubric.domains for key in (one.title, one.name)}
    if rubric.recommendation is not None:
        titles.setdefault(RECOMMENDATION.casefold(), RECOMMENDATION)
    if wanted.casefold() in titles:
        return titles[wanted.casefold()]
    if wanted.casefold() == RECOMMENDATION.casefold():
        raise EvgradeError(f"the rubric {rubric.name} gives no recommendation", hint="it gives grades alone")
    names = [*(one.name for one in rubric.domains), *(["recommendation"] if rubric.recommendation else [])]
    hint = did_you_mean(wanted.casefold(), titles) or f"its domains: {listed(names)}"
    raise EvgradeError(f"the rubric {rubric.name} has no domain {wanted!r}", hint=hint)
