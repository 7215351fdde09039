"""The door into checking, for the command line and for Python: a file, and everything that can be found in it."""

from __future__ import annotations

import datetime as dt
import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from evgrade.checking import Checked, Outcome, check
from evgrade.checks.stated import rubrics_of_stated_grades
from evgrade.dossier import Dossier
from evgrade.model import Finding, UnreadableError

if TYPE_CHECKING:
    from evgrade.retraction_watch import Notices
    from evgrade.rubric.model import Rubric


def inspect(
    paths: Iterable[str | os.PathLike[str]],
    rubrics: Sequence[Rubric] = (),
    as_of: dt.date | None = None,
    notices: Notices | None = None,
) -> Iterator[Checked]:
    """Yield each dossier among files and folders with all findings, one at a time, then what was skipped.

    These are what `check` finds, grades that a dossier states and that do not follow from its facts, and what `rubrics`
    miss in it.

    Raises:
        UnreadableError: a folder that is named cannot be listed.
    """
    for checked in check(paths, as_of, notices):
        found = () if checked.dossier is None else tuple(_remarks(checked.dossier, rubrics))
        findings = tuple(sorted((*checked.findings, *found), key=Finding.sort_key)) if found else checked.findings
        yield replace(checked, findings=findings)


def _remarks(dossier: Dossier, rubrics: Sequence[Rubric]) -> Iterable[Finding]:
    """Return what rubrics find in a dossier; one that states no grade is not graded unless there are rubrics."""
    names = rubrics_of_stated_grades(dossier)
    if not names and not rubrics:
        return ()
    from evgrade.grading.noted import remarks, stated_grades  # noqa: PLC0415 - most dossiers state no grade
    from evgrade.rubric.load import load_rubric  # noqa: PLC0415 - as above

    return dict.fromkeys([*remarks(dossier, rubrics), *stated_grades(dossier, map(load_rubric, names))])


def validate(
    *paths: str | os.PathLike[str],
    rubrics: Iterable[str | os.PathLike[str]] = (),
    as_of: dt.date | None = None,
    retractions: str | os.PathLike[str] | None = None,
) -> list[Finding]:
    """Return all findings in dossiers: files, folders, or `-` for standard input.

    Args:
        paths: the files and folders.
        rubrics: names or paths of rubrics whose missing facts and unread evidence are noted too.
        as_of: the day on which due dates are looked at; without it that of each dossier, or none.
        retractions: the CSV file of Retraction Watch that sources are looked up in.

    Raises:
        UnreadableError: a path does not exist or cannot be read.
        UnknownRubricError: there is no such rubric.
        InvalidRubricError: a rubric is not valid.
        RecordsError: the file of retractions is not that of Retraction Watch, or a record in it could be missed.
    """
    notices: Notices | None = None
    if retractions is not None:
        from evgrade.retraction_watch import Notices  # noqa: PLC0415 - only who has such a file needs it

        notices = Notices(os.fspath(retractions))
        for odd in notices.oddities:
            warnings.warn(f"{notices.path}: {odd}", stacklevel=2)
    systems = _loaded(rubrics)
    findings: list[Finding] = []
    for checked in inspect(paths, systems, as_of, notices):
        if checked.status is Outcome.UNREADABLE:
            raise UnreadableError(checked.reason or checked.file)
        findings.extend(checked.findings)
    return sorted(findings, key=Finding.sort_key)


def _loaded(rubrics: Iterable[str | os.PathLike[str]]) -> list[Rubric]:
    names = [os.fspath(rubric) for rubric in rubrics]
    if not names:
        return []
    from evgrade.rubric.load import load_rubric  # noqa: PLC0415 - as above

    return [load_rubric(name) for name in names]
