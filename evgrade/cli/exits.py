"""Exit codes, and error messages.

0 done, no objections; 1 findings; 2 the job could not be done; 3 nothing to grade; 130 interrupted;
141 the output was no longer read.
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
"""The order of commands in the help: from a first dossier to many."""


class Commands(TyperGroup):
    """The commands; reports their errors and turns them into exit codes."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the commands in the order of the help; others follow as declared."""
        names = super().list_commands(ctx)
        return sorted(names, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the arguments; errors in them are safe to print on any terminal."""
        with _harmless():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Run a command, and report any error without a traceback."""
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
    """Clean the arguments quoted in errors of typer; a help page is ours and keeps its line breaks."""
    try:
        yield
    except typer.TyperException as error:
        from evgrade.render.clean import for_terminal

        wrong: Any = error  # typer has no public name for usage errors, which have these attributes
        if wrong.ctx is None or wrong.message != wrong.ctx.get_help():
            wrong.message = for_terminal(wrong.message)
        raise


def report(error: Exception) -> int:
    """Print an error and return its exit code."""
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
        _complain("the current folder was deleted", "run evgrade in a folder that exists")
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

    with suppress(OSError):  # standard error may be closed
        say(text)
