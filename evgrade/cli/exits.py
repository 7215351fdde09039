"""Exit codes, and errors turned into messages for people: the one place for both.

0 done, nothing to object; 1 findings; 2 could not do the job; 3 nothing to grade; 130 interrupted;
141 the reader of the output went away.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from evgrade.model import (
    EvgradeError,
    InvalidDossierError,
    InvalidError,
    NothingToGradeError,
    is_short_of_memory,
    unexpected,
)

DONE, FINDINGS, FAILED, NOTHING, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 3, 130, 141


_ORDER = (
    "new",
    "add",
    "import",
    "validate",
    "checks",
    "score",
    "explain",
    "robustness",
    "report",
    "plot",
    "export",
    "refs",
    "compare",
    "diff",
    "batch",
    "site",
    "rubric",
    "schema",
)
"""The commands as help lists them: from a first dossier to many."""


class Commands(TyperGroup):
    """The commands, with errors of any of them reported and turned into exit codes."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the commands in the order in which someone meets them; others follow as they were declared."""
        names = super().list_commands(ctx)
        return sorted(names, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the arguments; what is wrong with them can be shown on any terminal."""
        with _harmless():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Run a command; no error leaves it as a traceback."""
        try:
            with _harmless():
                return super().invoke(ctx)
        except (typer.Exit, typer.Abort, typer.TyperException):
            raise
        except KeyboardInterrupt:
            _complain("interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            from evgrade.cli.streams import close_quietly

            close_quietly()
            raise typer.Exit(PIPE_CLOSED) from None
        except Exception as error:
            raise typer.Exit(report(error)) from None


@contextmanager
def _harmless() -> Iterator[None]:
    """Let no error of typer show what an argument may hold; a page of help, which is ours, has line ends."""
    try:
        yield
    except typer.TyperException as error:
        from evgrade.render.clean import for_terminal

        wrong: Any = error  # what typer raises for a wrong use has these, and no public name
        if wrong.ctx is None or wrong.message != wrong.ctx.get_help():
            wrong.message = for_terminal(wrong.message)
        raise


def report(error: Exception) -> int:
    """Print an error for people and return its exit code."""
    if isinstance(error, InvalidError):
        from evgrade.cli.streams import terminal_sink
        from evgrade.render.findings import findings_text

        _print(findings_text(error.findings, terminal_sink(sys.stderr, color=False)).rstrip())
    if isinstance(error, EvgradeError):
        _complain(error.message, error.hint)
        if isinstance(error, InvalidDossierError):
            return FINDINGS
        return NOTHING if isinstance(error, NothingToGradeError) else FAILED
    if os.environ.get("EVGRADE_DEBUG"):
        traceback.print_exception(error)
    if isinstance(error, OSError) and not _has_current_folder():
        _complain("the current folder was deleted", "run it in a folder that is there")
        return FAILED
    hint = "this is a mistake in evgrade, not in your file; EVGRADE_DEBUG=1 shows where"
    _complain(unexpected(error), None if is_short_of_memory(error) else hint)
    return FAILED


def _has_current_folder() -> bool:
    try:
        Path.cwd()
    except OSError:
        return False
    return True


def _complain(message: str, hint: str | None = None) -> None:
    from evgrade.render.clean import prose

    _print(f"evgrade: {prose(message)}")
    if hint:
        _print(f"  = {prose(hint)}")


def _print(text: str) -> None:
    from evgrade.cli.streams import say

    with suppress(OSError):  # nobody may be there to read it
        say(text)


def refused(error: EvgradeError, option: str) -> typer.BadParameter:
    """Return the error of an option that cannot mean anything, as typer reports it."""
    from evgrade.render.clean import prose

    said = f"{error.message} ({error.hint})" if error.hint else error.message
    return typer.BadParameter(prose(said), param_hint=option)
