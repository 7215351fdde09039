"""What becomes of one file of many: small, plain, quick to send from one process to another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from evgrade.grading.assessment import Assessment
from evgrade.model import Finding, Severity
from evgrade.yamlio import shown_name


class Status(StrEnum):
    """What became of a file.

    `invalid`: it has errors; where it could be graded all the same, its grades rest on them. `skipped`: found in a
    folder, and no dossier. `failed`: the process that graded it died, twice, or evgrade itself erred.
    """

    GRADED = "graded"
    INVALID = "invalid"
    UNREADABLE = "unreadable"
    SKIPPED = "skipped"
    FAILED = "failed"


class Given(NamedTuple):
    """The grade of one domain, and all grades that the unknown leaves open, best first."""

    domain: str
    grade: str
    possible: tuple[str, ...]


class Verdict(NamedTuple):
    """What one rubric makes of a dossier: an assessment without its reasons.

    Attributes:
        rubric: its name.
        grades: by domain, in the order of the rubric.
        score, low, high: what is established, from 0 to 100, and the range that the unknown leaves open.
        level: the name of the level that is recommended; None if the rubric recommends nothing.
        rank: its place, 1 for the best.
        possible: the names of all levels that the unknown leaves open, best first.
    """

    rubric: str
    grades: tuple[Given, ...]
    score: float | None
    low: float | None
    high: float | None
    level: str | None
    rank: int | None
    possible: tuple[str, ...]

    @classmethod
    def of(cls, assessment: Assessment) -> Verdict:
        """Return an assessment in short; no reason is worked out for it."""
        score, given = assessment.score, assessment.recommendation
        return cls(
            rubric=assessment.rubric,
            grades=tuple(Given(one.name, one.grade, one.possible) for one in assessment.domains),
            score=None if score is None else _rounded(score.value),
            low=None if score is None else _rounded(score.low),
            high=None if score is None else _rounded(score.high),
            level=None if given is None else given.level,
            rank=None if given is None else given.rank + 1,
            possible=() if given is None else given.possible,
        )


def _rounded(value: float | None) -> float | None:
    """Return a number without the noise of binary fractions."""
    return None if value is None else round(value, 6)


class Counts(NamedTuple):
    """How many findings there are by severity; those that the reviewers accept count by themselves."""

    errors: int = 0
    warnings: int = 0
    notes: int = 0
    waived: int = 0

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Counts:
        """Return the counts of some findings."""
        counted = dict.fromkeys((*Severity, None), 0)
        for finding in findings:
            counted[finding.severity if finding.waived is None else None] += 1
        return cls(counted[Severity.ERROR], counted[Severity.WARNING], counted[Severity.NOTE], counted[None])


NO_FINDINGS = Counts()


class Problem(NamedTuple):
    """Why a file has no trustworthy grades: a message, and for a mistake in it the place, from 1, and the code."""

    message: str
    line: int | None = None
    column: int | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One file of many.

    Attributes:
        file: its name.
        status: what became of it.
        sha256: of its bytes; None if they were not read, or are more than a dossier may have.
        therapy, condition: their names; None if it is no valid dossier.
        verdicts: what each rubric makes of it, in the order the rubrics were asked for; none if it was not graded.
        counts: its findings, those about its stated grades too; a finding that several rubrics make counts once.
        problem: the first error, or why it was skipped or could not be read.
    """

    file: str
    status: Status
    sha256: str | None = None
    therapy: str | None = None
    condition: str | None = None
    verdicts: tuple[Verdict, ...] = ()
    counts: Counts = NO_FINDINGS
    problem: Problem | None = None

    def __reduce__(self) -> tuple[type[Row], tuple[object, ...]]:
        """Travel as its values: half the bytes and half the time of what a dataclass does by itself."""
        return Row, (
            self.file,
            self.status,
            self.sha256,
            self.therapy,
            self.condition,
            self.verdicts,
            self.counts,
            self.problem,
        )


def lost(path: str, reason: str) -> Row:
    """Return the row of a file that could not be graded through no fault of its text."""
    return Row(shown_name(path), Status.FAILED, problem=Problem(reason))
