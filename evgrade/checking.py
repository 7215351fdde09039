"""Checking dossiers: the files that are asked for, read and validated one by one."""

from __future__ import annotations

import datetime as dt
import os
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evgrade.checks import with_checks
from evgrade.discover import Skipped, discover
from evgrade.dossier import Dossier, examine
from evgrade.model import Finding, UnreadableError, has_errors
from evgrade.yamlio.header import has_header
from evgrade.yamlio.source import read_bytes, shown_name

if TYPE_CHECKING:
    from evgrade.retraction_watch import Notices


@dataclass(frozen=True, slots=True)
class Checked:
    """One file after validation.

    Attributes:
        file: its name.
        status: `valid`, `invalid` (it has errors), `skipped` (found in a folder, and no dossier) or `unreadable`.
        dossier: the dossier, if it follows the schema, so that it can be graded; its facts may contradict each other.
        findings: what was found in it, sorted.
        reason: why it was skipped or could not be read.
    """

    file: str
    status: str
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
            content = read_bytes(source.path)
        except UnreadableError as error:
            yield Checked(name, "unreadable", reason=error.message)
            continue
        if not source.named and not has_header(content):
            yield Checked(name, "skipped", reason="no `dossier:` header")
            continue
        yield _checked(content, name, as_of, notices)
    for path, reason in skipped.reasons:
        yield Checked(path, "skipped", reason=reason)
    for path, reason in skipped.unreadable:
        yield Checked(path, "unreadable", reason=reason)


def _checked(content: bytes, name: str, as_of: dt.date | None, notices: Notices | None) -> Checked:
    dossier, findings = examine(content, name)
    if dossier is None:
        return Checked(name, "invalid", findings=tuple(findings))
    dossier = with_checks(dossier, as_of, notices)
    return Checked(name, "invalid" if has_errors(dossier.findings) else "valid", dossier, dossier.findings)


def validate(
    *paths: str | os.PathLike[str], as_of: dt.date | None = None, retractions: str | os.PathLike[str] | None = None
) -> list[Finding]:
    """Return all findings in dossiers: files, folders, or `-` for standard input.

    Args:
        paths: the files and folders.
        as_of: the day on which due dates are looked at; without it that of each dossier, or none.
        retractions: the CSV file of Retraction Watch that sources are looked up in.

    Raises:
        UnreadableError: a path does not exist or cannot be read.
        RecordsError: the file of retractions is not that of Retraction Watch, or a record in it could be missed.
    """
    notices: Notices | None = None
    if retractions is not None:
        from evgrade.retraction_watch import Notices  # noqa: PLC0415 - only who has such a file needs it

        notices = Notices(os.fspath(retractions))
        for odd in notices.oddities:
            warnings.warn(f"{notices.path}: {odd}", stacklevel=2)
    findings: list[Finding] = []
    for checked in check(paths, as_of, notices):
        if checked.status == "unreadable":
            raise UnreadableError(checked.reason or checked.file)
        findings.extend(checked.findings)
    return sorted(findings, key=Finding.sort_key)
