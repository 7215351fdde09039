"""What options mean that need more than their type: a mistake in one is a wrong use of the command."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from evgrade.cli.outputs import Output
    from evgrade.model import EvgradeError
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
