"""Output formats, and which format goes where: to standard output and to files, several at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import Generic, TypeVar

import typer

from evgrade.model import EvgradeError


class FindingsFormat(StrEnum):
    """Formats of findings."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    GITHUB = "github"
    JUNIT = "junit"


class ReportFormat(StrEnum):
    """Formats of the report."""

    HTML = "html"
    MARKDOWN_ARTICLE = "markdown-article"
    DOCX = "docx"


class PlotKind(StrEnum):
    """Plots that can be drawn on their own."""

    FOREST = "forest"
    FUNNEL = "funnel"
    BIAS = "bias"
    HARMS = "harms"
    GRADES = "grades"


class PlotFormat(StrEnum):
    """Formats of a plot, chosen by the suffix of its file."""

    SVG = "svg"
    PNG = "png"
    PDF = "pdf"


class ExportFormat(StrEnum):
    """Formats for other programs."""

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
"""Formats that contain verdicts."""


class ScoreFormat(StrEnum):
    """Formats of assessments."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class BatchFormat(StrEnum):
    """Formats of the rows of many dossiers."""

    TABLE = "table"
    JSONL = "jsonl"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    PARQUET = "parquet"


F = TypeVar("F", bound=StrEnum)


class OutputsError(EvgradeError):
    """The requested outputs conflict."""


@dataclass(frozen=True, slots=True)
class Output(Generic[F]):
    """A format and its file, None for standard output."""

    form: F
    path: str | None


def planned(
    form: F | None, given: Iterable[str], formats: type[F], by_path: Callable[[str], F] | None = None
) -> tuple[Output[F], ...]:
    """Return the outputs that `--format` and `--output` request; the first of the formats is the default.

    `FORMAT=PATH` is an additional output. Any other text is a path, written in the format of `--format`, or without
    that option in the one that `by_path` returns. FORMAT must be the name of a format: `./sarif=x` is a path. If no
    such path is given, the format of `--format` goes to standard output; so does the default, unless another
    output goes there.

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
    """Return the outputs of findings.

    Raises:
        typer.BadParameter: two outputs would go to the same place.
    """
    return _planned(form, outputs or [], FindingsFormat)


def batch_plan(form: BatchFormat | None, outputs: list[str] | None) -> tuple[Output[BatchFormat], ...]:
    """Return the outputs of the rows of many dossiers.

    Raises:
        typer.BadParameter: two outputs would go to the same place, or Parquet to standard output.
    """
    plan = _planned(form, outputs or [], BatchFormat)
    if any(output.form is BatchFormat.PARQUET and output.path is None for output in plan):
        raise typer.BadParameter("Parquet goes to a file: --output parquet=PATH", param_hint="--output")
    return plan


def report_plan(form: ScoreFormat | None, outputs: list[str] | None) -> tuple[Output[ScoreFormat], ...]:
    """Return the outputs of assessments; without `--format` the suffix of a file decides.

    Raises:
        typer.BadParameter: two outputs would go to the same place, or the format of a file is unknown.
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
    """Return the format of a plot by the suffix of its file; SVG for standard output.

    Raises:
        typer.BadParameter: plots have no such format.
    """
    if output is None or output == "-":
        return PlotFormat.SVG
    suffix = PurePath(output).suffix.lower().removeprefix(".")
    if suffix not in set(PlotFormat):
        from evgrade.cli.files import check_writable

        check_writable(output)  # gives the better error if the file holds a dossier
        known = ", ".join(f".{one}" for one in PlotFormat)
        error = EvgradeError(f"{output}: `.{suffix}` is not a format of plots", hint=f"use one of {known}")
        raise refused(error, "--output")
    return PlotFormat(suffix)


def report_files(outputs: list[str] | None) -> list[str]:
    """Return the paths of outputs of assessments, without a format in front."""
    parted = (text.partition("=") for text in outputs or ())
    return [path if equals and name in set(ScoreFormat) else f"{name}{equals}{path}" for name, equals, path in parted]


def _by_suffix(path: str) -> ScoreFormat:
    """Return the format of a file by its suffix.

    Raises:
        OutputsError: no output format has that suffix.
        EvgradeError: the file holds a dossier or a rubric.
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
    """Refuse the options and formats that do not go with an option, rather than ignore them.

    Raises:
        typer.BadParameter: one of them was given.
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


def refused(error: EvgradeError, option: str) -> typer.BadParameter:
    """Return an error as a usage error of an option."""
    from evgrade.render.clean import prose

    said = f"{error.message} ({error.hint})" if error.hint else error.message
    return typer.BadParameter(prose(said), param_hint=option)
