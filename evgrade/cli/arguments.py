"""What options mean that need more than their type: a mistake in one is a wrong use of the command."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from evgrade.model import EvgradeError

if TYPE_CHECKING:
    from evgrade.cli.outputs import Output
    from evgrade.selection import Selection


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


def output_plan(form: FindingsFormat | None, outputs: list[str] | None) -> tuple[Output, ...]:
    """Return where findings go and in which formats.

    Raises:
        typer.BadParameter: two outputs would go to the same place.
    """
    from evgrade.cli.outputs import OutputsError, planned

    try:
        return planned(form, outputs or [])
    except OutputsError as error:
        raise _refused(error, "--output") from None


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

        error = EvgradeError(f"{shown(text)} is no day", hint="write it as 2026-01-31, or `today`")
        raise _refused(error, "--as-of")
    return day


def _codes(given: Iterable[str], option: str, *, ignored: bool) -> tuple[str, ...]:
    from evgrade.selection import CodeError, checked_names

    try:
        return checked_names((name.strip() for text in given for name in text.split(",")), ignored=ignored)
    except CodeError as error:
        raise _refused(error, option) from None


def _refused(error: EvgradeError, option: str) -> typer.BadParameter:
    from evgrade.render.clean import prose

    said = f"{error.message} ({error.hint})" if error.hint else error.message
    return typer.BadParameter(prose(said), param_hint=option)
