"""Dossiers that changed between two commits: their grades before and after, and the reasons for each change."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from evgrade.batch.row import Given, Row, Verdict, row_of, unchecked
from evgrade.checked import Checked, Outcome, read_or_skipped
from evgrade.checking import check_contents
from evgrade.discover import SUFFIXES, Skipped, discover
from evgrade.dossier import Dossier
from evgrade.git import File, FileChanged, Repository, Span
from evgrade.grading.assessment import RuleUsed
from evgrade.grading.evidence_diff import EntryChanged
from evgrade.grading.moved import DomainMoved, DossierDiff, RuleMoved, diff_dossiers
from evgrade.model import EvgradeError
from evgrade.rubric.model import Rubric
from evgrade.yamlio.source import LIMITS, read_bytes


class How(StrEnum):
    """How a file changed."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    CHANGED = "changed"


class Fate(StrEnum):
    """The result of a change under a rubric.

    `worse`, `better`: the recommendation changed, or without one the score, or else the grades; `moved`: a grade, the
    possible grades or a rule changed; `same`: none of these; `mended`: it had errors before.
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
class DomainMove:
    """A domain whose grade, possible grades, rule or points changed, and why.

    It is a `DomainMoved` without the reasons for the grades, which keep a whole dossier in memory.

    Attributes:
        title: its title.
        before: its grade before.
        after: its grade now.
        rules: the deciding rules that moved it; none for points or for single items.
        rests_on: the names of the changed entries on which the grade before or after rests.
    """

    title: str
    before: Given
    after: Given
    rules: tuple[RuleMoved, ...]
    rests_on: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The effect of a change under one rubric.

    Attributes:
        rubric: its name.
        fate: `worse`, `better`, `moved` or `same`.
        domains: the domains that moved, in the order of the rubric.
        rules: the rules that gave the recommendation before and after; None if the rubric gives none.
    """

    rubric: str
    fate: Fate
    domains: tuple[DomainMove, ...]
    rules: tuple[RuleUsed, RuleUsed] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A dossier that changed.

    Attributes:
        how: how its file changed.
        before: its row before; None if the file was added.
        after: its row after; None if the file was removed.
        evidence: the entries that changed; empty if only comments or layout did, None unless both can be read.
        moves: the effect under each rubric; none unless both can be graded.
    """

    how: How
    before: Row | None
    after: Row | None
    evidence: tuple[EntryChanged, ...] | None = None
    moves: tuple[Move, ...] = ()

    @property
    def row(self) -> Row:
        """Its row after the change, or before if it is gone."""
        row = self.after if is_dossier(self.after) else self.before
        if row is None:
            raise ValueError("a change has two sides")
        return row

    def fate(self, number: int) -> Fate:
        """Return its result under one of the rubrics."""
        if not is_dossier(self.after):
            return Fate.REMOVED
        if self.row.status is Outcome.INVALID:
            return Fate.INVALID
        if not is_dossier(self.before):
            return Fate.ADDED
        if self.before is not None and self.before.status is Outcome.INVALID:
            return Fate.MENDED
        return self.moves[number].fate


def in_order(changes: Iterable[Change], number: int) -> list[Change]:
    """Return changes by their result under one of the rubrics, worse ones first, then by file."""
    fates = list(Fate)
    return sorted(changes, key=lambda change: (fates.index(change.fate(number)), change.row.file))


def is_dossier(row: Row | None) -> bool:
    """Whether a row is that of a dossier, valid or not."""
    return row is not None and row.status is not Outcome.SKIPPED


def changes(
    repository: Repository, span: Span, paths: Sequence[str], rubrics: Sequence[Rubric]
) -> Iterator[Change | Row]:
    """Yield the dossiers below some paths that changed, in the order of their names, and rows for other files.

    Hidden files, and files without a YAML suffix, count only if they are named.

    Args:
        repository: the repository.
        span: the commits to compare; both versions are read from there.
        paths: files and folders, from the top of the repository.
        rubrics: the rubrics to grade with.

    Raises:
        GitError: git failed, or lacks the content of a file.
    """
    with repository.contents() as contents:
        comparison = _Comparison(repository, contents.read, paths, rubrics)
        for changed in repository.changes(span, paths):
            yield from comparison.of(changed)


def compared(before: tuple[Row, Dossier], after: tuple[Row, Dossier], rubrics: Sequence[Rubric]) -> Change:
    """Return the change between two versions of a dossier, each with its row, graded under the same rubrics."""
    (old_row, old), (new_row, new) = before, after
    diffs = [diff_dossiers(old, new, rubric) for rubric in rubrics]
    return Change(
        how=_how(old_row, new_row),
        before=old_row,
        after=new_row,
        evidence=diffs[0].entries,
        moves=tuple(map(_move, diffs, rubrics, old_row.verdicts, new_row.verdicts)),
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """One version of a file: its row, and its dossier, if it can be graded."""

    row: Row
    dossier: Dossier | None = None


class _Comparison:
    """Grades both versions of files."""

    def __init__(
        self, repository: Repository, read: Callable[[File], bytes], paths: Sequence[str], rubrics: Sequence[Rubric]
    ) -> None:
        self._repository = repository
        self._read = read
        self._paths = paths
        self._rubrics = rubrics

    def of(self, changed: FileChanged) -> Iterator[Change | Row]:
        """Yield the change of a file; nothing for a file that is and was passed over."""
        if all(file is None or self._is_passed_over(file.path) for file in (changed.before, changed.after)):
            return
        old, new = self._side(changed.before), self._side(changed.after)
        before, after = (None if side is None else side.row for side in (old, new))
        if not is_dossier(before) and not is_dossier(after):
            yield from (row for row in (after or before,) if row is not None)
        elif old is None or new is None or old.dossier is None or new.dossier is None:
            yield Change(how=_how(before, after), before=before, after=after)
        elif old.row.file != new.row.file and _differ(old.dossier, new.dossier):
            # Dossiers from the same template look alike to git; this one is not the renamed old one.
            yield Change(how=How.REMOVED, before=before, after=None)
            yield Change(how=How.ADDED, before=None, after=after)
        else:
            yield compared((old.row, old.dossier), (new.row, new.dossier), self._rubrics)

    def _side(self, file: File | None) -> _Side | None:
        if file is None:
            return None
        name = self._repository.shown(file.path)
        reason = file.oddity
        if reason is None and self._is_passed_over(file.path):
            reason = f"hidden, or its name ends neither in {' nor in '.join(SUFFIXES)}"
        if reason is not None:
            return _Side(unchecked(Checked(name, Outcome.SKIPPED, reason=reason)))
        content = read_or_skipped(name, partial(self._read, file), named=file.path in self._paths)
        if isinstance(content, Checked):
            return _Side(unchecked(content))
        [checked] = check_contents([(content, name)])
        return _Side(row_of(content, checked, self._rubrics), checked.dossier)

    def _is_passed_over(self, path: str) -> bool:
        """Whether a file is passed over: it is not named, and it is hidden or has no YAML suffix."""
        if path in self._paths:
            return False
        below = (path if folder == "." else path[len(folder) + 1 :] for folder in self._paths if _is_in(path, folder))
        is_hidden = all(any(part.startswith(".") for part in rest.split("/")) for rest in below)
        return is_hidden or not path.endswith(SUFFIXES)


def _is_in(path: str, folder: str) -> bool:
    return folder == "." or path.startswith(f"{folder}/")


def _how(before: Row | None, after: Row | None) -> How:
    if before is None or not is_dossier(before):
        return How.ADDED
    if after is None or not is_dossier(after):
        return How.REMOVED
    return How.CHANGED if before.file == after.file else How.RENAMED


def _differ(old: Dossier, new: Dossier) -> bool:
    """Whether two dossiers are about different therapies or conditions."""
    one, other = ([str(it.data[part]["name"]).casefold() for part in ("therapy", "condition")] for it in (old, new))
    return one != other


def _move(diff: DossierDiff, rubric: Rubric, before: Verdict, after: Verdict) -> Move:
    one, other = diff.before.recommendation, diff.after.recommendation
    return Move(
        rubric=rubric.name,
        fate=Fate.SAME if before == after and not diff.domains else _fate(before, after, rubric),
        domains=tuple(map(_domain, diff.domains)),
        rules=None if one is None or other is None else (one.rule, other.rule),
    )


def _domain(moved: DomainMoved) -> DomainMove:
    before, after = (Given(one.name, one.grade, one.possible) for one in (moved.before, moved.after))
    return DomainMove(title=moved.title, before=before, after=after, rules=moved.rules, rests_on=moved.rests_on)


def _fate(before: Verdict, after: Verdict, rubric: Rubric) -> Fate:
    steps = [one - other for one, other in _places(before, after, rubric)]
    falls, rises = any(step < 0 for step in steps), any(step > 0 for step in steps)
    if falls != rises:
        return Fate.WORSE if falls else Fate.BETTER
    return Fate.MOVED


def _places(before: Verdict, after: Verdict, rubric: Rubric) -> Iterator[tuple[float, float]]:
    """Yield the places before and after, lower is better, that show whether a change is an improvement."""
    if before.rank is not None and after.rank is not None:
        yield before.rank, after.rank
    elif rubric.score is not None:
        if before.score is not None and after.score is not None:
            yield -before.score, -after.score
    else:
        for domain, one, other in zip(rubric.domains, before.grades, after.grades, strict=True):
            scale = domain.scale
            if not scale.is_unjudged(one.grade) and not scale.is_unjudged(other.grade):
                yield scale.rank(one.grade), scale.rank(other.grade)


_SHA1 = 40
"""The digits of a blob name, except in repositories that use SHA-256."""


def uncommitted(repository: Repository, commit: str, paths: Sequence[str]) -> list[str]:
    """Return the YAML files below some paths that differ from a commit, from the top of the repository.

    Raises:
        GitError: git failed.
    """
    inner = [repository.inner(path) for path in paths]
    committed = {file.path: file for file in repository.files(commit, inner)}
    odd = tuple(f"{file.path}/" for file in committed.values() if file.oddity)
    new = {path for path in _found(repository, paths) if path not in committed and not path.startswith(odd)}
    changed = {
        file.path
        for file in committed.values()
        if file.path.endswith(SUFFIXES) and file.oddity is None and _differs(Path(repository.top, file.path), file)
    }
    gone = {path for path in changed if not os.path.lexists(Path(repository.top, path))}
    return sorted((new | changed) - (repository.left_out(inner) if gone else set()))


def _found(repository: Repository, paths: Sequence[str]) -> Iterator[str]:
    """Yield the YAML files of the work tree below some paths, as far as folders can be listed."""
    with suppress(EvgradeError):
        for source in discover(paths, Skipped()):
            if source.path.endswith(SUFFIXES) and os.path.lexists(source.path):
                yield repository.inner(source.path)


def _differs(path: Path, file: File) -> bool:
    """Whether a file differs from the committed one, apart from line ends."""
    try:
        if path.is_symlink():
            return True
        content = read_bytes(str(path))
    except EvgradeError:  # it is missing, or not a regular file
        return True
    if len(content) > LIMITS.bytes:  # neither version can be graded, and it was not read completely
        return False
    return file.blob not in (_blob(content, file), _blob(content.replace(b"\r\n", b"\n"), file))


def _blob(content: bytes, file: File) -> str:
    """Return the blob name that git gives some content."""
    new = hashlib.sha1 if len(file.blob) == _SHA1 else hashlib.sha256
    return new(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
