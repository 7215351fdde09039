"""What a file comes to, in one vocabulary for every command; and reading it, or skipping it, before it is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from evgrade.discover import Skipped, Source
from evgrade.model import Finding, UnreadableError, has_errors
from evgrade.yamlio.header import has_header
from evgrade.yamlio.source import read_bytes, shown_name

if TYPE_CHECKING:
    from evgrade.dossier import Dossier
    from evgrade.yamlio.document import Document

NO_HEADER = "no `dossier:` header"
"""Why a file that was found in a folder is skipped although it could be read."""


class Outcome(StrEnum):
    """What a file comes to."""

    VALID = "valid"
    INVALID = "invalid"  # it has errors
    UNREADABLE = "unreadable"
    SKIPPED = "skipped"  # it was found in a folder, and is not a dossier
    FAILED = "failed"  # evgrade itself erred, or took too long


class Unchecked(StrEnum):
    """What was not looked at in a file."""

    RETRACTIONS = "retractions"
    """Whether its sources were retracted or corrected, for nobody gave notices to look them up in."""
    DUE_DATES = "due_dates"
    """Whether its review or a waiver is overdue, for nobody gave a day to compare with."""
    FACTS = "facts"
    """Whether its facts fit together, for it cannot be read as a dossier."""


def outcome_of(findings: Iterable[Finding]) -> Outcome:
    """Return what a file that could be read comes to, given what was found in it."""
    return Outcome.INVALID if has_errors(findings) else Outcome.VALID


@dataclass(frozen=True, slots=True)
class Checked:
    """One file after checking.

    Attributes:
        file: its name.
        status: what it comes to.
        dossier: the dossier, if it follows the schema, so that it can be graded; its facts may contradict each other.
        findings: what was found in it, sorted.
        reason: why it was skipped or could not be read.
        document: what it holds, if that is YAML.
        unchecked: what was not looked at.
    """

    file: str
    status: Outcome
    dossier: Dossier | None = None
    findings: tuple[Finding, ...] = ()
    reason: str | None = None
    document: Document | None = None
    unchecked: tuple[Unchecked, ...] = ()


def opened(source: Source, folder: str = "") -> bytes | Checked:
    """Return what a file holds, or what it comes to where there is nothing to check.

    A relative path begins in `folder`; without one, where the process runs.
    """
    return read_or_skipped(shown_name(source.path), lambda: read_bytes(source.path, folder), named=source.named)


def read_or_skipped(name: str, read: Callable[[], bytes], *, named: bool) -> bytes | Checked:
    """Return what `read` returns, or what the file comes to where there is nothing to check.

    A file that is named must be a dossier. One found in a folder is skipped if it has no `dossier:` header.
    """
    try:
        content = read()
    except UnreadableError as error:
        return Checked(name, Outcome.UNREADABLE, reason=error.message)
    return content if named or has_header(content) else Checked(name, Outcome.SKIPPED, reason=NO_HEADER)


def left_out(skipped: Skipped) -> Iterator[Checked]:
    """Yield what was left out below folders, once all files there were found."""
    for path, reason in skipped.reasons:
        yield Checked(path, Outcome.SKIPPED, reason=reason)
    for path, reason in skipped.unreadable:
        yield Checked(path, Outcome.UNREADABLE, reason=reason)
