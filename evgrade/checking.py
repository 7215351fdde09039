"""Checking dossiers: the files that are asked for, read and validated one by one."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from evgrade.checks import with_checks
from evgrade.discover import NO_HEADER, Skipped, content_of, discover
from evgrade.dossier import Dossier, examine
from evgrade.model import Finding, UnreadableError, has_errors
from evgrade.yamlio.source import shown_name

if TYPE_CHECKING:
    from evgrade.retraction_watch import Notices


class Outcome(StrEnum):
    """What a file comes to."""

    VALID = "valid"
    INVALID = "invalid"  # it has errors
    SKIPPED = "skipped"  # it was found in a folder, and is not a dossier
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Checked:
    """One file after validation.

    Attributes:
        file: its name.
        status: what it comes to.
        dossier: the dossier, if it follows the schema, so that it can be graded; its facts may contradict each other.
        findings: what was found in it, sorted.
        reason: why it was skipped or could not be read.
    """

    file: str
    status: Outcome
    dossier: Dossier | None = None
    findings: tuple[Finding, ...] = ()
    reason: str | None = None


def check(
    paths: Iterable[str | os.PathLike[str]], as_of: dt.date | None = None, notices: Notices | None = None
) -> Iterator[Checked]:
    """Yield each dossier among files and folders, validated, one at a time, then what was skipped.

    One that follows the schema is checked for consistency; `as_of` is the day on which due dates are looked at,
    `notices` are what its sources are looked up in.
    A file that is named must be a dossier. One found in a folder is skipped if it has no `dossier:` header.

    Raises:
        UnreadableError: a folder that is named cannot be listed.
    """
    skipped = Skipped()
    for source in discover([os.fspath(path) for path in paths], skipped):
        name = shown_name(source.path)
        try:
            content = content_of(source)
        except UnreadableError as error:
            yield Checked(name, Outcome.UNREADABLE, reason=error.message)
            continue
        if content is None:
            yield Checked(name, Outcome.SKIPPED, reason=NO_HEADER)
        else:
            yield _checked(content, name, as_of, notices)
    for path, reason in skipped.reasons:
        yield Checked(path, Outcome.SKIPPED, reason=reason)
    for path, reason in skipped.unreadable:
        yield Checked(path, Outcome.UNREADABLE, reason=reason)


def _checked(content: bytes, name: str, as_of: dt.date | None, notices: Notices | None) -> Checked:
    dossier, findings = examine(content, name)
    if dossier is None:
        return Checked(name, Outcome.INVALID, findings=tuple(findings))
    dossier = with_checks(dossier, as_of, notices)
    return Checked(name, outcome_of(dossier.findings), dossier, dossier.findings)


def outcome_of(findings: Iterable[Finding]) -> Outcome:
    """Return what a file that could be read comes to, given what was found in it."""
    return Outcome.INVALID if has_errors(findings) else Outcome.VALID
