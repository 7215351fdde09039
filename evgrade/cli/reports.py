"""Reports on standard output and in files, and what is said of the files that have none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, assert_never

from evgrade.checked import Checked, Outcome
from evgrade.cli.destinations import Output, ScoreFormat
from evgrade.cli.files import check_writable
from evgrade.cli.streams import say, terminal_sink, write_payload
from evgrade.model import EvgradeError
from evgrade.render.clean import Sink, for_terminal

if TYPE_CHECKING:
    from evgrade.render.page import Page


def check_outputs(outputs: Sequence[Output[Any]]) -> None:
    """Make sure that all files can be written, before any work is done.

    Raises:
        EvgradeError: one cannot, or holds a dossier or a rubric.
    """
    for output in outputs:
        if output.path is not None:
            check_writable(output.path)


def report_sink(output: str | None, *, color: bool | None = False) -> Sink:
    """Return what an output can show; a file is as wide as the terminal, and has no colours."""
    if output is None or output == "-":
        return terminal_sink(sys.stdout, color=color)
    return Sink(terminal_sink(sys.stdout, color=False).width)


def write_reports(outputs: Sequence[Output[ScoreFormat]], page: Callable[[], Page], as_json: Callable[[], str]) -> None:
    """Write a report to every output: one for people is made from its page, JSON by a function of its own."""
    from evgrade.render.forms import PageFormat, render

    for output in outputs:
        match output.form:
            case ScoreFormat.JSON:
                text = as_json()
            case ScoreFormat.TEXT:
                text = "".join(render(page(), PageFormat.TEXT, report_sink(output.path)))
            case ScoreFormat.MARKDOWN:
                text = "".join(render(page(), PageFormat.MARKDOWN, report_sink(output.path)))
            case _:
                assert_never(output.form)
        write_payload(text, output.path)


def write_text_page(page: Page, output: str | None) -> None:
    """Write a page as text: as wide as a terminal, or in a file as wide as pages usually are."""
    from evgrade.render.forms import PageFormat, render

    sink = report_sink(output) if output in (None, "-") else Sink()
    write_payload("".join(render(page, PageFormat.TEXT, sink)), output)


def refuse_stdin_twice(paths: Sequence[str]) -> None:
    """Make sure that standard input is named once at most.

    Raises:
        EvgradeError: it is named more often.
    """
    if paths.count("-") > 1:
        raise EvgradeError("standard input holds one dossier, and is named more than once")


def say_why(checked: Checked, *, quiet: bool) -> None:
    """Say why a file was left out or could not be read; of one that was checked nothing."""
    match checked.status:
        case Outcome.UNREADABLE | Outcome.FAILED:
            say(f"evgrade: {for_terminal(checked.reason or checked.file)}")
        case Outcome.SKIPPED:
            say(f"{for_terminal(checked.file)}: {checked.status}: {for_terminal(checked.reason or '')}", quiet=quiet)
        case Outcome.VALID | Outcome.INVALID:
            pass
        case _:
            assert_never(checked.status)
