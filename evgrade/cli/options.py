"""Options shared by several commands."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from evgrade.cli.arguments import FORMATS, FindingsFormat, ScoreFormat


class SchemaName(StrEnum):
    """Schemas that can be printed."""

    DOSSIER = "dossier"
    RUBRIC = "rubric"
    MAPPING = "mapping"
    ASSESSMENT = "assessment"
    FINDINGS = "findings"
    FINDING = "finding"
    ROW = "row"
    COMPARE = "compare"
    DIFF = "diff"
    ROBUSTNESS = "robustness"
    CHANGE = "change"
    SITE = "site"
    REFS = "refs"
    JSON_LD = "json-ld"


class ExecutorName(StrEnum):
    """Where many dossiers are graded."""

    LOCAL = "local"
    DASK = "dask"


class GroupBy(StrEnum):
    """What rows can be grouped by."""

    CONDITION = "condition"


_LONGEST = 1_000_000


def _time_limit(seconds: float | None) -> float | None:
    """Return a limit of time, if it is one.

    Raises:
        typer.BadParameter: it is not.
    """
    if seconds is not None and not 0 < seconds <= _LONGEST:
        raise typer.BadParameter(f"{seconds:g} is not a number of seconds above 0 and up to {_LONGEST:,}.")
    return seconds


ScoreFormatOption = Annotated[
    ScoreFormat | None,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="Output format: text, json or markdown.",
        show_default="text",
    ),
]
ReportsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="[FORMAT=]FILE",
        help="Write the result to a file, or FORMAT=FILE for a further format. Repeatable.",
    ),
]
OutputOption = Annotated[str | None, typer.Option("--output", "-o", metavar="FILE", help="Write the result to a file.")]
FindingsFormatOption = Annotated[
    FindingsFormat | None,
    typer.Option("--format", "-f", metavar="FORMAT", help=f"Output format: {FORMATS}.", show_default="text"),
]
OutputsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="[FORMAT=]FILE",
        help="Write findings to a file, or FORMAT=FILE for a further format. Repeatable.",
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Do not print a summary on standard error.")]
ColorOption = Annotated[
    bool | None,
    typer.Option(
        "--color/--no-color", help="Use colours, or not. Default: as the terminal, NO_COLOR and FORCE_COLOR say."
    ),
]
WatchOption = Annotated[bool, typer.Option("--watch", help="Run again whenever a file changes.")]
RubricOption = Annotated[str, typer.Option("--rubric", "-r", metavar="NAME|FILE", help="Grading system.")]
RubricsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--rubric",
        "-r",
        metavar="NAME|FILE",
        help="Grading system. Repeatable to compare several; `all` for every shipped one.",
        show_default="evgrade-default",
    ),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATE", help="Date used to check due dates: 2026-01-31, or `today`.", show_default=False
    ),
]
RetractionsOption = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Look up sources in this Retraction Watch CSV file.", show_default=False),
]
TemplateOption = Annotated[
    str | None,
    typer.Option("--template", metavar="DIR", help="Folder with templates that replace ours of the same name."),
]
ExecutorOption = Annotated[
    ExecutorName,
    typer.Option(metavar="local|dask", help="Where to grade: on this machine, or on a Dask cluster."),
]
SchedulerOption = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Address of the Dask scheduler: tcp://HOST:PORT.")
]
JobsOption = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Number of worker processes.", show_default="number of cores")
]
ProgressOption = Annotated[
    bool | None, typer.Option("--progress/--no-progress", help="Show a progress bar on a terminal, or not.")
]
TimeoutOption = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS", callback=_time_limit, help="Give up on a file after this long.", show_default="no limit"
    ),
]
DossierArguments = Annotated[
    list[str], typer.Argument(metavar="PATH", help="Dossiers or folders; - for standard input.")
]
CacheOption = Annotated[
    str | None,
    typer.Option(
        metavar="DIR", envvar="EVGRADE_CACHE_DIR", help="Folder for cached results.", show_default="the system's"
    ),
]
NoCacheOption = Annotated[bool, typer.Option("--no-cache", help="Do not read or write the cache.")]
