"""What git knows of a folder: what its latest commits did to the dossiers in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from evgrade.batch.changes import Change, changes
from evgrade.git import Repository, Span
from evgrade.rubric.model import Rubric
from evgrade.site.entry import Review
from evgrade.site.updates import Update, of_commit

_MOST_COMMITS = 20
"""How many commits are looked at where it is not stated since when."""
_MOST_SINCE = 1000
_MOST_FILES = 200
"""How many changed files are graded before and after: what is older than that is not lately."""


def updates_in_git(
    folder: str, since: str | None, reviews: Sequence[Review], rubrics: Sequence[Rubric]
) -> Iterator[Update]:
    """Yield what the latest commits changed in the dossiers of a folder, the latest first.

    A dossier that is new and states its date is left to what the editions say.

    Args:
        folder: the folder.
        since: a revision; only what came after it.
        reviews: what is published now.
        rubrics: the grading systems; all versions are graded under what they are now.

    Raises:
        GitError: the folder is in no repository, or git cannot tell.
    """
    repository = Repository.here(folder)
    place = repository.inner(".")
    entries = {entry.file: (entry, review) for review in reviews for entry in review.editions}
    left = _MOST_FILES
    for commit in repository.commits([place], _MOST_COMMITS if since is None else _MOST_SINCE, since):
        if commit.parent is None:  # the first one, or the last that a shallow clone holds: nothing to compare with
            continue
        span = Span(commit.parent, commit.name, to_head=False)
        left -= sum(1 for _ in repository.changes(span, [place]))
        if left < 0:
            return
        for change in changes(repository, span, [place], rubrics):
            if not isinstance(change, Change):
                continue
            entry, review = entries.get(change.row.file.replace(os.sep, "/"), (None, None))
            if entry is not None and entry.date and change.before is None:
                continue
            earlier = None if review is None or entry is review.current else entry
            update = of_commit(change, commit.seconds, commit.name, earlier, rubrics)
            if update is not None:
                yield update
