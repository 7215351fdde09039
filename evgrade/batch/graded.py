"""Dossiers become rows: they are read, validated, checked and graded."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial

from evgrade.batch.row import Counts, Problem, Row, Status, Verdict
from evgrade.checks import with_checks
from evgrade.dossier import Dossier, examine
from evgrade.grading.decide import decide, mismatches
from evgrade.model import Finding, Severity, has_errors
from evgrade.rubric.model import Rubric
from evgrade.yamlio.limits import LIMITS


def rows_of(files: Sequence[tuple[bytes, str]], rubrics: Sequence[Rubric]) -> list[Row]:
    """Return the rows of files, given as their bytes and names, graded under some rubrics where they are dossiers.

    All of them take a step before one takes the next, for what a step needs is then still in the processor's caches.
    """
    examined = [examine(content, name) for content, name in files]
    checked = [None if dossier is None else with_checks(dossier) for dossier, _ in examined]
    return [
        invalid_row(content, name, found) if dossier is None else graded_row(content, dossier, rubrics)
        for (content, name), (_, found), dossier in zip(files, examined, checked, strict=True)
    ]


def invalid_row(content: bytes, name: str, findings: Sequence[Finding]) -> Row:
    """Return the row of a file that is not a valid dossier, with all findings in it, sorted."""
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
