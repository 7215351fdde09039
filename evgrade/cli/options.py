"""The options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from evgrade.cli.arguments import FORMATS, FindingsFormat, ScoreFormat


class SchemaName(StrEnum):
    """The schemas that can be printed."""

    DOSSIER = "dossier"
    RUBRIC = "rubric"
    ASSESSMENT = "assessment"
    FINDINGS = "findings"
    FINDING = "finding"
    ROW = "row"
    COMPARE = "compare"
    DIFF = "diff"
    CHANGE = "change"


class ExecutorName(StrEnum):
    """What can grade many dossiers."""

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
        help="How to print the result: text, json or markdown.",
        show_default="text",
    ),
]
ReportsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="[FORMAT=]FILE",
        help="Write the result to a file; with FORMAT=, in that format besides. Several.",
    ),
]
OutputOption = Annotated[str | None, typer.Option("--output", "-o", metavar="FILE", help="Write the result to a file.")]
FindingsFormatOption = Annotated[
    FindingsFormat | None,
    typer.Option("--format", "-f", metavar="FORMAT", help=f"How to print findings: {FORMATS}.", show_default="text"),
]
OutputsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="[FORMAT=]FILE",
        help="Write findings to a file; with FORMAT=, in that format besides. Several.",
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No summary on standard error.")]
ColorOption = Annotated[
    bool | None,
    typer.Option("--color/--no-color", help="Colours, or none; else as the terminal, NO_COLOR and FORCE_COLOR say."),
]
WatchOption = Annotated[bool, typer.Option("--watch", help="Run again whenever a file changes.")]
RubricOption = Annotated[str, typer.Option("--rubric", "-r", metavar="NAME|FILE", help="The grading system.")]
RubricsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--rubric",
        "-r",
        metavar="NAME|FILE",
        help="The grading system; several, or `all`, are compared.",
        show_default="evgrade-default",
    ),
]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="The day for due dates: 2026-01-31, or `today`.", show_default=False),
]
RetractionsOption = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Look sources up in the CSV file of Retraction Watch.", show_default=False),
]
ExecutorOption = Annotated[
    ExecutorName,
    typer.Option(metavar="local|dask", help="What grades: processes on this machine, or a Dask cluster."),
]
SchedulerOption = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="The scheduler of the cluster: tcp://HOST:PORT.")
]
JobsOption = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="How many processes grade.", show_default="the cores")
]
ProgressOption = Annotated[
    bool | None, typer.Option("--progress/--no-progress", help="Whether a terminal shows how far it is.")
]
TimeoutOption = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS", callback=_time_limit, help="Give up on a file after that long.", show_default="no limit"
    ),
]
DossierArguments = Annotated[
    list[str], typer.Argument(metavar="PATH", help="Dossiers, folders, or - for standard input.")
]
CacheOption = Annotated[
    str | None,
    typer.Option(metavar="DIR", envvar="EVGRADE_CACHE_DIR", help="Where rows are kept.", show_default="the system's"),
]
NoCacheOption = Annotated[bool, typer.Option("--no-cache", help="Keep no rows, and take none that were kept.")]
