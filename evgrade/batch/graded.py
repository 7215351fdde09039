"""Dossiers become rows: they are checked, and graded."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial

from evgrade.batch.row import Counts, Problem, Row, Verdict
from evgrade.checked import Checked, Outcome
from evgrade.checking import check_contents
from evgrade.dossier import Dossier
from evgrade.grading.decide import decide, mismatches
from evgrade.model import Finding, Severity
from evgrade.rubric.model import Rubric
from evgrade.yamlio.limits import LIMITS


def rows_of(files: Sequence[tuple[bytes, str]], rubrics: Sequence[Rubric], *, firmness: bool = False) -> list[Row]:
    """Return the rows of files, given as their bytes and names, graded under some rubrics where they are dossiers.

    With `firmness` each is graded again as often as it takes to say how firm its recommendations are.
    """
    checked = check_contents(files)
    rows = [row_of(content, one, rubrics) for (content, _), one in zip(files, checked, strict=True)]
    if not firmness:
        return rows
    return [_with_firmness(row, one.dossier, rubrics) for row, one in zip(rows, checked, strict=True)]


def _with_firmness(row: Row, dossier: Dossier | None, rubrics: Sequence[Rubric]) -> Row:
    if dossier is None:
        return row
    from evgrade.robustness.firmness import firmness_of_level  # noqa: PLC0415 - few ask for it

    firm = (firmness_of_level(dossier.data, rubric) for rubric in rubrics)
    pairs = zip(row.verdicts, firm, strict=True)
    return row._replace(verdicts=tuple(verdict._replace(firmness=one and one.value) for verdict, one in pairs))


def row_of(content: bytes, checked: Checked, rubrics: Sequence[Rubric]) -> Row:
    """Return the row of a file that was checked, graded under some rubrics where it holds a dossier."""
    # One that is too large has no checksum: only its beginning was read, which is no file.
    digest = hashlib.sha256(content).hexdigest() if len(content) <= LIMITS.bytes else None
    problem = None if checked.status is Outcome.VALID else _first_error(checked.findings)
    dossier = checked.dossier
    if dossier is None:
        return Row(checked.file, checked.status, digest, counts=Counts.of(checked.findings), problem=problem)
    decided = [decide(dossier.data, rubric) for rubric in rubrics]
    findings = set(checked.findings).union(*map(partial(mismatches, dossier), rubrics, decided))
    return Row(
        checked.file,
        checked.status,
        digest,
        str(dossier.data["therapy"]["name"]),
        str(dossier.data["condition"]["name"]),
        tuple(map(Verdict.of, rubrics, decided)),
        Counts.of(findings),
        problem,
    )


def _first_error(findings: Sequence[Finding]) -> Problem | None:
    """Return the first error among sorted findings that no waiver accepts."""
    for finding in findings:
        if finding.severity is Severity.ERROR and finding.waived is None:
            return Problem(finding.message, finding.location.line, finding.location.column, finding.code)
    return None
