"""What git knows of a folder: what its latest commits did to the dossiers in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from evgrade.batch.changes import Change, changes
from evgrade.git import Repository, Span
from evgrade.rubric.model import Rubric
from evgrade.site.entry import Entry
from evgrade.site.updates import Update, of_commit

_MOST_COMMITS = 20
"""How many commits are looked at where nobody says since when."""
_MOST_SINCE = 1000
_MOST_FILES = 200
"""How many changed files are graded before and after: what is older than that is not lately."""


def updates_in_git(
    folder: str, since: str | None, entries: Iterable[Entry], rubrics: Sequence[Rubric]
) -> Iterator[Update]:
    """Yield what the latest commits changed in the dossiers of a folder, the latest first.

    A dossier that is new and states its date is left to what the editions say.

    Args:
        folder: the folder.
        since: a revision; only what came after it.
        entries: what is published now.
        rubrics: the grading systems; all versions are graded under what they are now.

    Raises:
        GitError: the folder is in no repository, or git cannot tell.
    """
    repository = Repository.here(folder)
    place = repository.inner(".")
    dated = {entry.file for entry in entries if entry.date}
    left = _MOST_FILES
    for commit in repository.commits([place], _MOST_COMMITS if since is None else _MOST_SINCE, since):
        if commit.parent is None:  # the first one, or the last that a shallow clone holds: nothing to compare with
            continue
        span = Span(commit.parent, commit.name, to_head=False)
        left -= sum(1 for _ in repository.changes(span, [place]))
        if left < 0:
            return
        for change in changes(repository, span, [place], rubrics):
            if isinstance(change, Change) and not (change.before is None and change.row.file in dated):
                update = of_commit(change, commit.seconds, commit.name, rubrics)
                if update is not None:
                    yield update
