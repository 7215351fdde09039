"""Dossiers that changed between two commits: the grades before and after, and what moved them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from evgrade.batch.change import Change, DomainMove, EvidenceChanged, Fate, How, Move, is_dossier
from evgrade.batch.graded import graded_row, invalid_row
from evgrade.batch.row import Given, Problem, Row, Status, Verdict
from evgrade.checks import with_checks
from evgrade.discover import SUFFIXES
from evgrade.dossier import Dossier, examine
from evgrade.git import File, FileChanged, Repository, Span
from evgrade.grading.moved import DomainMoved, DossierDiff, diff_dossiers
from evgrade.rubric.model import Rubric
from evgrade.yamlio.header import has_header


def changes(
    repository: Repository, span: Span, paths: Sequence[str], rubrics: Sequence[Rubric]
) -> Iterator[Change | Row]:
    """Yield the dossiers below some paths that changed, in the order of their names; a row for what is none.

    A file counts as below a folder: hidden ones and those without the ending of YAML only if they are named.

    Args:
        repository: where to look.
        span: the commits to compare; both versions are read from there.
        paths: files and folders, from the top of the repository.
        rubrics: what to grade with.

    Raises:
        GitError: git cannot tell what changed, or lacks the content of a file.
    """
    with repository.contents() as contents:
        comparison = _Comparison(repository, contents.read, paths, rubrics)
        for changed in repository.changes(span, paths):
            yield from comparison.of(changed)


@dataclass(frozen=True, slots=True)
class _Side:
    """One version of a file: its row, and the dossier in it, if there is one that can be graded."""

    row: Row
    content: bytes = b""
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
        """Yield what became of a file: nothing of one that neither is nor was to be looked at."""
        if all(file is None or self._is_passed_over(file.path) for file in (changed.before, changed.after)):
            return
        old, new = self._side(changed.before), self._side(changed.after)
        before, after = (None if side is None else side.row for side in (old, new))
        if not is_dossier(before) and not is_dossier(after):
            yield from (row for row in (after or before,) if row is not None)
        elif old is None or new is None or old.dossier is None or new.dossier is None:
            yield Change(how=_how(before, after), before=self._graded(old), after=self._graded(new))
        elif before is not None and after is not None and before.file != after.file and _differ(old, new):
            # Dossiers that began with the same template look alike to git; this is not the one that was there.
            yield Change(how=How.REMOVED, before=self._graded(old), after=None)
            yield Change(how=How.ADDED, before=None, after=self._graded(new))
        else:
            yield self._compared(old, old.dossier, new, new.dossier)

    def _compared(self, old: _Side, before: Dossier, new: _Side, after: Dossier) -> Change:
        diffs = [diff_dossiers(before, after, rubric) for rubric in self._rubrics]
        was, now = graded_row(old.content, before, self._rubrics), graded_row(new.content, after, self._rubrics)
        return Change(
            how=_how(was, now),
            before=was,
            after=now,
            evidence=_evidence(diffs[0]),
            moves=tuple(map(_move, diffs, self._rubrics, was.verdicts, now.verdicts)),
        )

    def _graded(self, side: _Side | None) -> Row | None:
        """Return the row of a version by itself."""
        if side is None or side.dossier is None:
            return None if side is None else side.row
        return graded_row(side.content, side.dossier, self._rubrics)

    def _side(self, file: File | None) -> _Side | None:
        if file is None:
            return None
        name = self._repository.shown(file.path)
        reason = file.oddity
        if reason is None and self._is_passed_over(file.path):
            reason = f"hidden, or its name ends neither in {' nor in '.join(SUFFIXES)}"
        if reason is not None:
            return _Side(Row(name, Status.SKIPPED, problem=Problem(reason)))
        content = self._read(file)
        if file.path not in self._paths and not has_header(content):
            return _Side(Row(name, Status.SKIPPED, problem=Problem("no `dossier:` header")))
        dossier, found = examine(content, name)
        if dossier is None:
            return _Side(invalid_row(content, name, found))
        return _Side(Row(name, Status.GRADED), content, with_checks(dossier))

    def _is_passed_over(self, path: str) -> bool:
        """Whether nobody looks at a file: it is not named, and hidden or no YAML file by its name."""
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


def _differ(old: _Side, new: _Side) -> bool:
    """Whether two dossiers are about different things."""
    one, other = (
        tuple(str(side.dossier.data[part]["name"]).casefold() for part in ("therapy", "condition"))
        for side in (old, new)
        if side.dossier is not None
    )
    return one != other


def _evidence(diff: DossierDiff) -> tuple[EvidenceChanged, ...]:
    return tuple(
        EvidenceChanged(
            how=entry.how,
            section=entry.section,
            id=entry.id,
            name=entry.name,
            line_before=None if entry.old is None else entry.old.line,
            line_after=None if entry.new is None else entry.new.line,
        )
        for entry in diff.entries
    )


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
    """Yield the places, the less the better, that say whether a change is for the better."""
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
