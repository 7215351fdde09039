"""Options that need more than their type: a mistake in one is a usage error."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeVar

import typer

from evgrade.model import EvgradeError

if TYPE_CHECKING:
    from evgrade.cli.destinations import Output
    from evgrade.selection import Selection


F = TypeVar("F", bound=StrEnum)


class FindingsFormat(StrEnum):
    """The formats that findings are printed in."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    GITHUB = "github"
    JUNIT = "junit"


FORMATS = ", ".join(FindingsFormat)


class ReportFormat(StrEnum):
    """The formats of the report that people read."""

    HTML = "html"
    MARKDOWN_ARTICLE = "markdown-article"
    DOCX = "docx"


class PlotKind(StrEnum):
    """The plots that stand alone."""

    FOREST = "forest"
    FUNNEL = "funnel"
    BIAS = "bias"
    HARMS = "harms"
    GRADES = "grades"


class PlotFormat(StrEnum):
    """The formats of a plot; the suffix of its file says which."""

    SVG = "svg"
    PNG = "png"
    PDF = "pdf"


class ExportFormat(StrEnum):
    """The formats that other programs read."""

    CSL_JSON = "csl-json"
    RIS = "ris"
    BIBTEX = "bibtex"
    TRIALS_CSV = "trials-csv"
    EFFECTS_CSV = "effects-csv"
    EFFECTS_META_CSV = "effects-meta-csv"
    RISK_OF_BIAS_CSV = "risk-of-bias-csv"
    SUMMARY_OF_FINDINGS_CSV = "summary-of-findings-csv"
    EVIDENCE_PROFILE_CSV = "evidence-profile-csv"
    JSON_LD = "json-ld"
    FHIR = "fhir"


GRADED_EXPORTS = (ExportFormat.JSON_LD, ExportFormat.FHIR)
"""The formats that a grading system has a part in."""


class ScoreFormat(StrEnum):
    """The formats that assessments are printed in."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class BatchFormat(StrEnum):
    """The formats that the rows of many dossiers are printed in."""

    TABLE = "table"
    JSONL = "jsonl"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    PARQUET = "parquet"


BATCH_FORMATS = ", ".join(BatchFormat)


def output_plan(form: FindingsFormat | None, outputs: list[str] | None) -> tuple[Output[FindingsFormat], ...]:
    """Return where findings go and in which formats.

    Raises:
        typer.BadParameter: two outputs would go to the same place.
    """
    return _planned(form, outputs or [], FindingsFormat)


def batch_plan(form: BatchFormat | None, outputs: list[str] | None) -> tuple[Output[BatchFormat], ...]:
    """Return where the rows of many dossiers go and in which formats.

    Raises:
        typer.BadParameter: two outputs would go to the same place, or Parquet to standard output.
    """
    plan = _planned(form, outputs or [], BatchFormat)
    if any(output.form is BatchFormat.PARQUET and output.path is None for output in plan):
        raise typer.BadParameter("Parquet goes to a file: --output parquet=PATH", param_hint="--output")
    return plan


def report_plan(form: ScoreFormat | None, outputs: list[str] | None) -> tuple[Output[ScoreFormat], ...]:
    """Return where assessments go and in which formats; without `--format` the suffix of a file says which.

    Raises:
        typer.BadParameter: two outputs would go to the same place, or nothing says what a file is to hold.
    """
    return _planned(form, outputs or [], ScoreFormat, _by_suffix)


_SUFFIXES = {
    "": ScoreFormat.TEXT,
    ".txt": ScoreFormat.TEXT,
    ".md": ScoreFormat.MARKDOWN,
    ".markdown": ScoreFormat.MARKDOWN,
    ".json": ScoreFormat.JSON,
}


def plot_format(output: str | None) -> PlotFormat:
    """Return the format of a plot by the suffix of its file; standard output takes SVG.

    Raises:
        typer.BadParameter: no plot has that suffix.
    """
    if output is None or output == "-":
        return PlotFormat.SVG
    suffix = PurePath(output).suffix.lower().removeprefix(".")
    if suffix not in set(PlotFormat):
        from evgrade.cli.streams import check_writable

        check_writable(output)  # what holds a dossier says more
        known = ", ".join(f".{one}" for one in PlotFormat)
        error = EvgradeError(f"{output}: `.{suffix}` is not a format of plots", hint=f"use one of {known}")
        raise refused(error, "--output")
    return PlotFormat(suffix)


def report_files(outputs: list[str] | None) -> list[str]:
    """Return the files that outputs of assessments name, whatever format comes before them."""
    parted = (text.partition("=") for text in outputs or ())
    return [path if equals and name in set(ScoreFormat) else f"{name}{equals}{path}" for name, equals, path in parted]


def _by_suffix(path: str) -> ScoreFormat:
    """Return the format of a file by its suffix.

    Raises:
        OutputsError: nothing that is written has that suffix.
        EvgradeError: it holds a dossier or a rubric, which says more.
    """
    from evgrade.cli.destinations import OutputsError
    from evgrade.cli.streams import check_writable

    suffix = PurePath(path).suffix.lower()
    if suffix not in _SUFFIXES:
        check_writable(path)
        known = ", ".join(ScoreFormat)
        hint = f"use .txt, .md or .json, or name one of the formats {known}: markdown={path}"
        raise OutputsError(f"{path}: `{suffix}` is not an output format", hint=hint)
    return _SUFFIXES[suffix]


_OF_CHANGES = (BatchFormat.TABLE, BatchFormat.JSONL, BatchFormat.JSON, BatchFormat.MARKDOWN)


def check_alone(option: str, others: Mapping[str, object], plan: Iterable[Output[BatchFormat]]) -> None:
    """Make sure that nothing is requested that an option leaves no room for: none is passed over in silence.

    Raises:
        typer.BadParameter: an option that was given, or a format, does not go with it.
    """
    given = [name for name, value in others.items() if value is not None]
    if given:
        raise typer.BadParameter(f"it does not go with {', '.join(given)}", param_hint=option)
    for output in plan:
        if output.form not in _OF_CHANGES:
            raise typer.BadParameter(f"it prints {', '.join(_OF_CHANGES)}, not {output.form}", param_hint=option)


def _planned(
    form: F | None, outputs: list[str], formats: type[F], by_path: Callable[[str], F] | None = None
) -> tuple[Output[F], ...]:
    from evgrade.cli.destinations import OutputsError, planned

    try:
        return planned(form, outputs, formats, by_path)
    except OutputsError as error:
        raise refused(error, "--output") from None


def chosen_codes(select: list[str] | None, ignore: list[str] | None) -> Selection:
    """Return which findings are shown.

    Raises:
        typer.BadParameter: a name means no known code, or one that cannot be ignored.
    """
    from evgrade.selection import Selection

    return Selection(
        select=None if select is None else _codes(select, "--select", ignored=False),
        ignore=_codes(ignore or [], "--ignore", ignored=True),
    )


def chosen_day(text: str | None) -> dt.date | None:
    """Return the day that `--as-of` names: an ISO date, or `today`, which alone looks at the clock.

    Raises:
        typer.BadParameter: it is neither.
    """
    if text is None:
        return None
    if text == "today":
        return dt.date.today()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:  # ISO 8601 has other forms, such as weeks
        from evgrade.schema.suggest import shown

        error = EvgradeError(f"{shown(text)} is not a date", hint="write it as 2026-01-31, or `today`")
        raise refused(error, "--as-of")
    return day


def _codes(given: Iterable[str], option: str, *, ignored: bool) -> tuple[str, ...]:
    from evgrade.selection import CodeError, checked_names

    try:
        return checked_names((name.strip() for text in given for name in text.split(",")), ignored=ignored)
    except CodeError as error:
        raise refused(error, option) from None


def refuse_nan(bar: float | None) -> float | None:
    """Return a bar that a score can be below of.

    Raises:
        typer.BadParameter: it is not a number.
    """
    if bar is not None and math.isnan(bar):
        raise typer.BadParameter("nan is not a number to compare with.")
    return bar


def refused(error: EvgradeError, option: str) -> typer.BadParameter:
    """Return the error of an option that cannot mean anything, as typer reports it."""
    from evgrade.render.clean import prose

    said = f"{error.message} ({error.hint})" if error.hint else error.message
    return typer.BadParameter(prose(said), param_hint=option)
