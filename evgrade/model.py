"""The vocabulary that every room shares: places in a file, findings, and errors that end a run.

Nothing here reads, writes, validates or grades.
"""

from __future__ import annotations

import enum
import errno
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]
"""The path of a value in a document: mapping keys and zero-based list indexes, outermost first."""


def dotted(path: Path) -> str:
    """Return a path for readers: keys joined by dots, entries of lists by their number from 1."""
    return "".join(f" #{part + 1}" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


UNKNOWN_WORDS = frozenset({"unclear", "not_reported"})
"""Values that record that a source is silent; they mean unknown, like an absent field."""


class Severity(enum.Enum):
    """The severity of a finding; only an error makes a dossier or a rubric unusable."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place in a file. Lines and columns count from 1; columns count characters, not bytes."""

    file: str
    line: int
    column: int
    path: Path = ()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """The source line of a location, and the number of characters to underline from its column."""

    text: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An error or a remark, with its place and a hint on how to fix it.

    `code` is stable across versions. `related` has other relevant places, such as the first of two equal keys. `waived`
    is the reviewers' reason for accepting it, None if they do not. `count` is the number of findings represented, more
    than one if it reports how many are not listed.
    """

    code: str
    severity: Severity
    message: str
    location: Location
    excerpt: Excerpt | None = None
    hint: str | None = None
    related: tuple[Location, ...] = ()
    waived: str | None = None
    count: int = 1

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Order findings by file, then place, then code."""
        place = self.location
        return (place.file, place.line, place.column, self.code, self.message)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any finding is an error that no waiver accepts."""
    return any(finding.severity is Severity.ERROR and finding.waived is None for finding in findings)


class EvgradeError(Exception):
    """The job could not be done (exit code 2): a message for the user, and a hint that may help."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class NothingToGradeError(EvgradeError):
    """No dossier was found (exit code 3)."""

    def __init__(self, message: str = "no dossier was found") -> None:
        super().__init__(message, hint="a dossier is a YAML file that begins with `dossier: 1`")


class UnreadableError(EvgradeError):
    """A file, a folder or standard input could not be read."""


class InvalidError(EvgradeError):
    """A document was read but is not valid; `findings` say why."""

    def __init__(self, message: str, findings: tuple[Finding, ...], *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.findings = findings

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how to pickle it: by default an exception keeps its message alone."""
        return type(self), (self.message, self.findings), {"hint": self.hint}


class InvalidDossierError(InvalidError):
    """A dossier has errors, so it cannot be graded."""


class InvalidRubricError(InvalidError):
    """A rubric has errors, so nothing can be graded with it."""


def unexpected(error: BaseException) -> str:
    """Return the message for an error that is not the fault of a file: a bug in evgrade, or too little memory."""
    if is_short_of_memory(error):
        return "there is too little memory"
    return f"internal error: {type(error).__name__}: {error}"


def is_short_of_memory(error: BaseException) -> bool:
    """Whether an error means that the system has no more memory."""
    if isinstance(error, ImportError | RuntimeError):
        return any(sign in str(error) for sign in _NO_MEMORY)
    return isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM


_NO_MEMORY = ("annot allocate memory", "failed to map segment", "can't start new thread")
"""Parts of the messages when a library cannot be loaded or a thread cannot be started."""
