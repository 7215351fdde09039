"""What becomes of a dossier between two commits: small, like the rows of its two versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from evgrade.batch.row import Given, Row, Status
from evgrade.grading.assessment import RuleUsed
from evgrade.grading.moved import RuleMoved


class How(StrEnum):
    """What became of a file."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    CHANGED = "changed"


class Fate(StrEnum):
    """What a change comes to under a rubric.

    `worse`, `better`: the recommendation is another, or where there is none the score, or else the grades; `moved`: a
    grade, what is possible or a rule is another; `same`: none is; `mended`: it had errors before.
    """

    WORSE = "worse"
    BETTER = "better"
    MOVED = "moved"
    MENDED = "mended"
    ADDED = "added"
    SAME = "same"
    INVALID = "invalid"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceChanged:
    """An entry of a dossier that is there before or after only, or says something else; lines count from 1."""

    how: str
    section: str
    id: str | None
    name: str
    line_before: int | None
    line_after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainMove:
    """A domain of which the grade, what is possible, the rule or the points are others, and why.

    Attributes:
        title: its title.
        before: what it got before.
        after: what it gets now.
        rules: the deciding rules that moved it; none where points or single items are judged.
        rests_on: the names of the changed entries that the grade before or after rests on.
    """

    title: str
    before: Given
    after: Given
    rules: tuple[RuleMoved, ...]
    rests_on: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a change did under one rubric.

    Attributes:
        rubric: its name.
        fate: `worse`, `better`, `moved` or `same`.
        domains: the domains that moved, in the order of the rubric.
        rules: what gave the recommendation before and after; None if the rubric gives none.
    """

    rubric: str
    fate: Fate
    domains: tuple[DomainMove, ...]
    rules: tuple[RuleUsed, RuleUsed] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A dossier that changed.

    Attributes:
        how: what became of its file.
        before: what it was, None if it was not there.
        after: what it is, None if it is not there.
        evidence: what of its content changed; nothing if only comments or layout did, None unless both can be read.
        moves: what that did, one for each rubric; none unless both can be graded.
    """

    how: How
    before: Row | None
    after: Row | None
    evidence: tuple[EvidenceChanged, ...] | None = None
    moves: tuple[Move, ...] = ()

    @property
    def row(self) -> Row:
        """What it is, or was where it is no more."""
        row = self.after if is_dossier(self.after) else self.before
        if row is None:
            raise ValueError("a change has two sides")
        return row

    def fate(self, number: int) -> Fate:
        """Return what it comes to under one of the rubrics."""
        if not is_dossier(self.after):
            return Fate.REMOVED
        if self.row.status is Status.INVALID:
            return Fate.INVALID
        if not is_dossier(self.before):
            return Fate.ADDED
        if self.before is not None and self.before.status is Status.INVALID:
            return Fate.MENDED
        return self.moves[number].fate


def in_order(changes: Iterable[Change], number: int) -> list[Change]:
    """Return changes by what they come to under one of the rubrics, harm first, then by the name of the file."""
    fates = list(Fate)
    return sorted(changes, key=lambda change: (fates.index(change.fate(number)), change.row.file))


def is_dossier(row: Row | None) -> bool:
    """Whether something is a dossier, or should be."""
    return row is not None and row.status is not Status.SKIPPED
