"""The work on one file: its bytes become a row. Whatever is wrong with it, it becomes a row."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial

from evgrade.batch.row import Counts, Problem, Row, Status, Verdict, lost
from evgrade.checking import has_errors
from evgrade.checks import with_checks
from evgrade.discover import Source
from evgrade.dossier import Dossier, examine, looks_like
from evgrade.grading.decide import decide, mismatches
from evgrade.model import Finding, Severity, UnreadableError
from evgrade.rubric import RubricText
from evgrade.yamlio import LIMITS, read_bytes, shown_name


@dataclass(frozen=True, slots=True)
class Grading:
    """Grades files under rubrics.

    The rubrics come as texts, so that this can be sent to any process on any machine, and all grade with the same ones
    although a file may change meanwhile; a process compiles each of them once.
    """

    rubrics: tuple[RubricText, ...]

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
        content = content_of(source)
        return content if isinstance(content, Row) else self._examined(content, shown_name(source.path))

    def _examined(self, content: bytes, name: str) -> Row:
        # Of a file that is too large only the beginning was read; a checksum of that would be of no file.
        sha256 = hashlib.sha256(content).hexdigest() if len(content) <= LIMITS.bytes else None
        dossier, found = examine(content, name)
        if dossier is None:
            return Row(name, Status.INVALID, sha256, counts=Counts.of(found), problem=_first_error(found))
        return self._graded(with_checks(dossier), name, sha256)

    def _graded(self, dossier: Dossier, name: str, sha256: str | None) -> Row:
        rubrics = [rubric.compiled() for rubric in self.rubrics]
        decided = [decide(dossier.data, rubric) for rubric in rubrics]
        findings = set(dossier.findings).union(*map(partial(mismatches, dossier), rubrics, decided))
        is_invalid = has_errors(dossier.findings)
        return Row(
            name,
            Status.INVALID if is_invalid else Status.GRADED,
            sha256,
            str(dossier.data["therapy"]["name"]),
            str(dossier.data["condition"]["name"]),
            tuple(map(Verdict.of, rubrics, decided)),
            Counts.of(findings),
            _first_error(dossier.findings) if is_invalid else None,
        )


def content_of(source: Source) -> bytes | Row:
    """Return what is to be graded, or the row of a file in which there is nothing to grade."""
    try:
        content = read_bytes(source.path)
    except UnreadableError as error:
        return Row(shown_name(source.path), Status.UNREADABLE, problem=Problem(error.message))
    if not source.named and not looks_like(content):
        return Row(shown_name(source.path), Status.SKIPPED, problem=Problem("no `dossier:` header"))
    return content


def _first_error(findings: tuple[Finding, ...] | list[Finding]) -> Problem | None:
    """Return the first error among sorted findings that no waiver accepts."""
    for finding in findings:
        if finding.severity is Severity.ERROR and finding.waived is None:
            return Problem(finding.message, finding.location.line, finding.location.column, finding.code)
    return None
