"""Where output goes and in which formats: standard output and files, several at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import Generic, TypeVar

import typer

from evgrade.cli.exits import refused
from evgrade.model import EvgradeError


class FindingsFormat(StrEnum):
    """The formats that findings are printed in."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    GITHUB = "github"
    JUNIT = "junit"


class ReportFormat(StrEnum):
    """The formats of the report that people read."""

    HTML = "html"
    MARKDOWN_ARTICLE = "markdown-article"
    DOCX = "docx"


class PlotKind(StrEnum):
    """The plots that can be drawn on their own."""

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


F = TypeVar("F", bound=StrEnum)


class OutputsError(EvgradeError):
    """The outputs that were requested get in each other's way."""


@dataclass(frozen=True, slots=True)
class Output(Generic[F]):
    """A format and the file that it goes to, None for standard output."""

    form: F
    path: str | None


def planned(
    form: F | None, given: Iterable[str], formats: type[F], by_path: Callable[[str], F] | None = None
) -> tuple[Output[F], ...]:
    """Return the outputs that `--format` and `--output` ask for, in some of the formats; the first is the usual one.

    `FORMAT=PATH` is one more output; any other text is a path that gets the format of `--format`, or where
    none was chosen, the one that `by_path` knows for it. What comes before the first `=` must be the name of a format,
    else it belongs to the path: `./sarif=x` is a path too. Without a path of its own, the format of `--format` goes to
    standard output, unless one was sent there and none was chosen.

    Raises:
        OutputsError: two outputs would go to the same place, or `by_path` knows no format for a path.
    """
    chosen = form or next(iter(formats))
    outputs: list[Output[F]] = []
    moved = False
    for text in given:
        name, equals, path = text.partition("=")
        if equals and name in set(formats):
            if not path:
                raise OutputsError(f"--output {text} names no file")
            outputs.append(Output(formats(name), _path(path)))
        else:
            wanted = by_path(text) if form is None and by_path is not None and text != "-" else chosen
            outputs.append(Output(wanted, _path(text)))
            moved = True
    taken = any(output.path is None for output in outputs)
    if not moved and not (taken and form is None):
        outputs.insert(0, Output(chosen, None))
    seen: set[str | None] = set()
    for output in outputs:
        place = None if output.path is None else os.path.realpath(output.path)
        if place in seen:
            where = "standard output" if output.path is None else output.path
            raise OutputsError(f"two outputs would go to {where}")
        seen.add(place)
    return tuple(outputs)


def _path(text: str) -> str | None:
    return None if text == "-" else text


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
        from evgrade.cli.files import check_writable

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
    from evgrade.cli.files import check_writable

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

    try:
        return planned(form, outputs, formats, by_path)
    except OutputsError as error:
        raise refused(error, "--output") from None
