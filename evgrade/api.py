"""What the command line and Python users call: check files, load, grade."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evgrade.discover import Skipped, discover
from evgrade.dossier import Dossier, examine, load_dossier, looks_like_dossier
from evgrade.grading.assess import assess
from evgrade.grading.assessment import Assessment
from evgrade.model import EvgradeError, Finding, Severity, UnreadableError
from evgrade.rubric import DEFAULT, Rubric, load_rubric
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
        UnreadableError: a path does not exist or a folder cannot be listed.
    """
    skipped = Skipped()
    for source in discover([os.fspath(path) for path in paths], skipped):
        name = shown_name(source.path)
        try:
            content = read_bytes(source.path)
        except UnreadableError as error:
            yield Checked(name, "unreadable", reason=error.message)
            continue
        if not source.named and not looks_like_dossier(content):
            yield Checked(name, "skipped", reason="no dossier: header")
            continue
        dossier, findings = examine(content, name)
        yield Checked(name, "invalid" if dossier is None else "valid", dossier, tuple(findings))
    for path, reason in skipped.reasons.items():
        yield Checked(path, "skipped", reason=reason)


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


def grade(dossier: str | os.PathLike[str] | Dossier, rubric: str | os.PathLike[str] | Rubric = DEFAULT) -> Assessment:
    """Grade a dossier under a rubric; each is given as a path, a rubric also by name, or already loaded.

    Example:
        >>> import evgrade
        >>> assessment = evgrade.grade("examples/low-dose-naltrexone-als.dossier.yaml")
        >>> assessment.recommendation.title
        'Not recommended at this time'
        >>> [(domain.name, domain.grade) for domain in assessment.domains]
        [('mechanism', 'D'), ('preclinical', 'D'), ('trials', 'D'), ('safety', 'C'), ('cost', 'A')]

    Raises:
        UnreadableError: a file cannot be read.
        InvalidDossierError: the dossier is not valid; `findings` say why.
        UnknownRubricError: there is no such rubric.
        InvalidRubricError: the rubric is not valid; `findings` say why.
    """
    loaded = dossier if isinstance(dossier, Dossier) else load_dossier(os.fspath(dossier))
    system = rubric if isinstance(rubric, Rubric) else load_rubric(os.fspath(rubric))
    return assess(loaded, system)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any finding is an error."""
    return any(finding.severity is Severity.ERROR for finding in findings)
