"""Options shared by several commands, and the values they give: a mistake in one is a usage error."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evgrade.cli.destinations import BatchFormat, ExportFormat, FindingsFormat, ReportFormat, ScoreFormat, refused
from evgrade.model import EvgradeError

if TYPE_CHECKING:
    from evgrade.config import Selection
    from evgrade.retraction_watch import Notices


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
    """Where dossiers are graded."""

    LOCAL = "local"
    DASK = "dask"


class GroupBy(StrEnum):
    """What rows can be grouped by."""

    CONDITION = "condition"


_LONGEST = 1_000_000


def _time_limit(seconds: float | None) -> float | None:
    """Return a time limit in seconds.

    Raises:
        typer.BadParameter: it is not above 0, or too large.
    """
    if seconds is not None and not 0 < seconds <= _LONGEST:
        raise typer.BadParameter(f"{seconds:g} is not a number of seconds above 0 and up to {_LONGEST:,}.")
    return seconds


def _format(words: str, default: str | None = None) -> Any:
    return typer.Option(
        "--format", "-f", metavar="FORMAT", help=f"Output format: {words}.", show_default=default or True
    )


def _output(words: str, metavar: str = "FILE") -> Any:
    return typer.Option("--output", "-o", metavar=metavar, help=words)


def _outputs(what: str) -> Any:
    return _output(f"Write {what}to a file, or FORMAT=FILE for a further format. Repeatable.", "[FORMAT=]FILE")


def _rubric(words: str, default: str | None = None) -> Any:
    return typer.Option("--rubric", "-r", metavar="NAME|FILE", help=words, show_default=default or True)


DossierArgument = Annotated[str, typer.Argument(metavar="FILE", help="Dossier; - for standard input.")]
DossierArguments = Annotated[
    list[str], typer.Argument(metavar="PATH", help="Dossiers or folders; - for standard input.")
]
ScoreFormatOption = Annotated[ScoreFormat | None, _format("text, json or markdown", "text")]
FindingsFormatOption = Annotated[FindingsFormat | None, _format(", ".join(FindingsFormat), "text")]
BatchFormatOption = Annotated[BatchFormat | None, _format(", ".join(BatchFormat), "table")]
ReportFormatOption = Annotated[ReportFormat, _format(", ".join(ReportFormat))]
ExportFormatOption = Annotated[ExportFormat, _format(f"{', '.join(ExportFormat)}; {ExportFormat.FHIR} is experimental")]
OutputOption = Annotated[str | None, _output("Write the result to a file.")]
ReportsOption = Annotated[list[str] | None, _outputs("the result ")]
RowsOption = Annotated[list[str] | None, _outputs("")]
OutputsOption = Annotated[list[str] | None, _outputs("findings ")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Do not print a summary on standard error.")]
ColorOption = Annotated[
    bool | None,
    typer.Option(
        "--color/--no-color", help="Turn colour on or off. By default, the terminal, NO_COLOR and FORCE_COLOR decide."
    ),
]
WatchOption = Annotated[bool, typer.Option("--watch", help="Run again whenever a file changes.")]
RubricOption = Annotated[str, _rubric("Grading system.")]
RubricsOption = Annotated[
    list[str] | None,
    _rubric("Grading system. Repeatable to compare several; `all` for every shipped one.", "evgrade-default"),
]
RankingRubricsOption = Annotated[
    list[str] | None, _rubric("Grading system. Repeatable; `all` for every shipped one.", "evgrade-default")
]
NotingRubricsOption = Annotated[list[str] | None, _rubric("Also note which facts this rubric needs. Repeatable.")]
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
    typer.Option(
        "--template", metavar="DIR", help="Folder of templates that replace the built-in ones of the same name."
    ),
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
    bool | None, typer.Option("--progress/--no-progress", help="Show or hide the progress bar on a terminal.")
]
TimeoutOption = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS", callback=_time_limit, help="Give up on a file after this long.", show_default="no limit"
    ),
]
CacheOption = Annotated[
    str | None,
    typer.Option(
        metavar="DIR", envvar="EVGRADE_CACHE_DIR", help="Folder for cached results.", show_default="the system's"
    ),
]
NoCacheOption = Annotated[bool, typer.Option("--no-cache", help="Do not read or write the cache.")]


def chosen_codes(select: list[str] | None, ignore: list[str] | None) -> Selection:
    """Return which findings to show.

    Raises:
        typer.BadParameter: a name matches no code, or a code that cannot be ignored.
    """
    from evgrade.config import Selection

    return Selection(
        select=None if select is None else _codes(select, "--select", ignored=False),
        ignore=_codes(ignore or [], "--ignore", ignored=True),
    )


def chosen_day(text: str | None) -> dt.date | None:
    """Return the day of `--as-of`: an ISO date, or `today`, the only value that reads the clock.

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
    if day is None or day.isoformat() != text:  # ISO 8601 has other forms too, such as weeks
        from evgrade.schema.suggest import shown

        error = EvgradeError(f"{shown(text)} is not a date", hint="write it as 2026-01-31, or `today`")
        raise refused(error, "--as-of")
    return day


def _codes(given: Iterable[str], option: str, *, ignored: bool) -> tuple[str, ...]:
    from evgrade.config import CodeError, checked_names

    try:
        return checked_names((name.strip() for text in given for name in text.split(",")), ignored=ignored)
    except CodeError as error:
        raise refused(error, option) from None


def refuse_nan(bar: float | None) -> float | None:
    """Return the threshold of a score.

    Raises:
        typer.BadParameter: it is NaN.
    """
    if bar is not None and math.isnan(bar):
        raise typer.BadParameter("nan is not a number to compare with.")
    return bar


def refuse_stdin_twice(paths: Sequence[str]) -> None:
    """Refuse standard input as several dossiers.

    Raises:
        EvgradeError: it is named more than once.
    """
    if paths.count("-") > 1:
        raise EvgradeError("standard input holds one dossier, and is named more than once")


def read_notices(path: str | None) -> Notices | None:
    """Return the notices in a file, None without a file, and print which of its records cannot be used.

    Raises:
        UnreadableError: it is not a regular file, or cannot be read.
        RecordsError: it is not the CSV file of Retraction Watch, or a record in it could be overlooked.
    """
    if path is None:
        return None
    from evgrade.cli.streams import say
    from evgrade.render.clean import for_terminal
    from evgrade.retraction_watch import Notices

    notices = Notices(path)
    for odd in notices.oddities:
        say(f"evgrade: {for_terminal(path)}: {odd}")
    if not notices.count:
        say(f"evgrade: {for_terminal(path)} holds no notices")
    return notices
