"""The work on one file: its bytes become a row. Whatever is wrong with it, it becomes a row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from evgrade.batch.row import Counts, Problem, Row, Status, Verdict, lost
from evgrade.checking import has_errors
from evgrade.checks import with_checks
from evgrade.discover import Source
from evgrade.dossier import Dossier, examine, looks_like
from evgrade.grading.decide import decide, mismatches
from evgrade.model import Finding, Severity, UnreadableError
from evgrade.rubric import Rubric, RubricText
from evgrade.yamlio import LIMITS, read_bytes, shown_name


@dataclass(frozen=True, slots=True)
class Grading:
    """Grades files under rubrics.

    The rubrics come as texts, so that this can be sent to any process on any machine, and all grade with the same ones
    although a file may change meanwhile; a process compiles each of them once.

    Attributes:
        rubrics: the grading systems.
        folder: where relative paths begin, for a process that runs elsewhere; empty for where it runs.
    """

    rubrics: tuple[RubricText, ...]
    folder: str = ""

    def __call__(self, source: Source) -> Row:
        """Return what becomes of a file; no error leaves this."""
        try:
            return self._row(source)
        except Exception as error:  # a mistake in evgrade must not stop the other files
            return lost(source.path, f"internal error: {type(error).__name__}: {error}")

    def lost(self, source: Source, reason: str) -> Row:
        """Return the row of a file whose process died."""
        return lost(source.path, reason)

    def _row(self, source: Source) -> Row:
        content = content_of(source, self.folder)
        return content if isinstance(content, Row) else self._examined(content, shown_name(source.path))

    def _examined(self, content: bytes, name: str) -> Row:
        dossier, found = examine(content, name)
        if dossier is None:
            return invalid_row(content, name, found)
        return graded_row(content, with_checks(dossier), [rubric.compiled() for rubric in self.rubrics])


def content_of(source: Source, folder: str = "") -> bytes | Row:
    """Return what is to be graded, or the row of a file in which there is nothing to grade.

    A relative path begins in `folder`; without one, where the process runs.
    """
    try:
        content = read_bytes(source.path, folder)
    except UnreadableError as error:
        return Row(shown_name(source.path), Status.UNREADABLE, problem=Problem(error.message))
    if not source.named and not looks_like(content):
        return Row(shown_name(source.path), Status.SKIPPED, problem=Problem("no `dossier:` header"))
    return content


def invalid_row(content: bytes, name: str, findings: Sequence[Finding]) -> Row:
    """Return the row of a file that is no valid dossier, with all findings in it, sorted."""
    counts = Counts.of(findings)
    return Row(name, Status.INVALID, _sha256(content), counts=counts, problem=_first_error(findings))


def graded_row(content: bytes, dossier: Dossier, rubrics: Sequence[Rubric]) -> Row:
    """Return the row of a dossier that was checked, graded under some rubrics."""
    decided = [decide(dossier.data, rubric) for rubric in rubrics]
    findings = set(dossier.findings).union(*map(partial(mismatches, dossier), rubrics, decided))
    is_invalid = has_errors(dossier.findings)
    return Row(
        dossier.document.name,
        Status.INVALID if is_invalid else Status.GRADED,
        _sha256(content),
        str(dossier.data["therapy"]["name"]),
        str(dossier.data["condition"]["name"]),
        tuple(map(Verdict.of, rubrics, decided)),
        Counts.of(findings),
        _first_error(dossier.findings) if is_invalid else None,
    )


def _sha256(content: bytes) -> str | None:
    """Return a checksum; None of a file that is too large: only its beginning was read, which is no file."""
    return hashlib.sha256(content).hexdigest() if len(content) <= LIMITS.bytes else None


def _first_error(findings: Sequence[Finding]) -> Problem | None:
    """Return the first error among sorted findings that no waiver accepts."""
    for finding in findings:
        if finding.severity is Severity.ERROR and finding.waived is None:
            return Problem(finding.message, finding.location.line, finding.location.column, finding.code)
    return None
