"""The outcome of a file, in one vocabulary for every command, and reading or skipping a file before it is checked."""

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
"""Why a readable file in a folder is skipped."""


class Outcome(StrEnum):
    """The outcome of a file."""

    VALID = "valid"
    INVALID = "invalid"  # it has errors
    UNREADABLE = "unreadable"
    SKIPPED = "skipped"  # found in a folder, and not a dossier
    FAILED = "failed"  # an error in evgrade, or a time-out


class Unchecked(StrEnum):
    """Something that was not checked in a file."""

    RETRACTIONS = "retractions"
    """Whether its sources were retracted or corrected: no notices were given to look them up in."""
    DUE_DATES = "due_dates"
    """Whether its review or a waiver is overdue: no day was given to compare with."""
    FACTS = "facts"
    """Whether its facts are consistent: it cannot be read as a dossier."""


def outcome_of(findings: Iterable[Finding]) -> Outcome:
    """Return the outcome of a readable file, given its findings."""
    return Outcome.INVALID if has_errors(findings) else Outcome.VALID


@dataclass(frozen=True, slots=True)
class Checked:
    """One file after checking.

    Attributes:
        file: its name.
        status: its outcome.
        dossier: the dossier, if it follows the schema and so can be graded; its facts may contradict each other.
        findings: its findings, sorted.
        reason: why it was skipped or could not be read.
        document: its content, if that is YAML.
        unchecked: what was not checked.
    """

    file: str
    status: Outcome
    dossier: Dossier | None = None
    findings: tuple[Finding, ...] = ()
    reason: str | None = None
    document: Document | None = None
    unchecked: tuple[Unchecked, ...] = ()


def opened(source: Source, folder: str = "") -> bytes | Checked:
    """Return the content of a file, or its outcome if there is nothing to check.

    A relative path starts from `folder`, by default the current folder.
    """
    return read_or_skipped(shown_name(source.path), lambda: read_bytes(source.path, folder), named=source.named)


def read_or_skipped(name: str, read: Callable[[], bytes], *, named: bool) -> bytes | Checked:
    """Return the result of `read`, or the outcome of the file if there is nothing to check.

    A file named by the user must be a dossier. One found in a folder is skipped without a `dossier:` header.
    """
    try:
        content = read()
    except UnreadableError as error:
        return Checked(name, Outcome.UNREADABLE, reason=error.message)
    return content if named or has_header(content) else Checked(name, Outcome.SKIPPED, reason=NO_HEADER)


def left_out(skipped: Skipped) -> Iterator[Checked]:
    """Yield what was left out below folders, once all files in them are found."""
    for path, reason in skipped.reasons:
        yield Checked(path, Outcome.SKIPPED, reason=reason)
    for path, reason in skipped.unreadable:
        yield Checked(path, Outcome.UNREADABLE, reason=reason)
