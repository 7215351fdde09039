"""Checking dossiers: the files that are asked for, read and validated one by one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evgrade.discover import Skipped, discover
from evgrade.dossier import Dossier, examine, looks_like
from evgrade.model import EvgradeError, Finding, UnreadableError
from evgrade.yamlio import read_bytes, shown_name


class NothingToGradeError(EvgradeError):
    """No dossier was found where one was looked for (exit code 3)."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One file after validation.

    Attributes:
        file: its name.
        status: `valid`, `invalid`, `skipped` (found in a folder, and no dossier) or `unreadable`.
        dossier: the dossier, if it is valid.
        findings: what was found in it, sorted.
        reason: why it was skipped or could not be read.
    """

    file: str
    status: str
    dossier: Dossier | None = None
    findings: tuple[Finding, ...] = ()
    reason: str | None = None


def check(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Checked]:
    """Yield each dossier among files and folders, validated, one at a time, then what was skipped.

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
        if not source.named and not looks_like(content):
            yield Checked(name, "skipped", reason="no `dossier:` header")
            continue
        dossier, findings = examine(content, name)
        yield Checked(name, "invalid" if dossier is None else "valid", dossier, tuple(findings))
    for path, reason in skipped.reasons.items():
        yield Checked(path, "skipped", reason=reason)
    for path, reason in skipped.unreadable.items():
        yield Checked(path, "unreadable", reason=reason)


def validate(*paths: str | os.PathLike[str]) -> list[Finding]:
    """Return all findings in dossiers: files, folders, or `-` for standard input.

    Raises:
        UnreadableError: a path does not exist or cannot be read.
    """
    findings: list[Finding] = []
    for checked in check(paths):
        if checked.status == "unreadable":
            raise UnreadableError(checked.reason or checked.file)
        findings.extend(checked.findings)
    return sorted(findings, key=Finding.sort_key)
