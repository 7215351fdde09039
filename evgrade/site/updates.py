"""Updates: new reviews and editions with their authors' comments, and changes recorded in git."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evgrade.batch.changes import Change, DomainMove, Fate, Move, changes
from evgrade.batch.row import Given, Verdict
from evgrade.git import Repository, Span
from evgrade.grading.evidence_diff import EntryChanged
from evgrade.render.page import spaced
from evgrade.render.pages.words import NOTHING_RECORDED, becomes, few
from evgrade.rubric.model import Rubric
from evgrade.site.entry import Entry, Key, Past, Review, same

SAME = "Reviewed again: no grade changed."
NOTHING_MOVED = "No grade changed."
NOT_COMPARED = "It could not be compared with the previous edition."


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """An update.

    Attributes:
        date: its day, month or year, as precise as known; empty if not known.
        moment: the same as a timestamp for a feed; empty if not known.
        therapy, condition: its subject.
        key: the key of its page.
        what: what happened, in a few words.
        moved: how grades moved, line by line.
        notes: other changes, and comments of the reviewers.
        id: a stable, unique name.
    """

    date: str
    moment: str
    therapy: str
    condition: str
    key: Key
    what: str
    moved: tuple[str, ...]
    notes: tuple[str, ...]
    id: str


Compared = Mapping[str, Change | None]
"""The change since the previous edition, by the path of each edition that has a predecessor."""


def updates_of(reviews: Iterable[Review], changes: Compared, rubrics: Sequence[Rubric]) -> Iterator[Update]:
    """Yield the updates in the editions and histories of reviews."""
    for review in reviews:
        seen: set[str] = set()
        for number, entry in enumerate(review.editions):
            words = {one.date: one for one in entry.history}.get(entry.date) if entry.date else None
            if words is not None:
                seen.add(words.date)
            update = _of_edition(entry, words, changes.get(entry.path), rubrics, is_first=number == 0)
            yield update if entry is review.current else replace(update, key=entry.own_key)
        dates = {entry.date for entry in review.editions}
        for past in review.current.history:
            if past.date not in seen and past.date not in dates:
                yield _of_past(review.current, past)


def moves_of(change: Change | None, rubrics: Sequence[Rubric]) -> tuple[str, ...]:
    """Return how grades moved since the previous edition."""
    return (NOT_COMPARED,) if change is None else (tuple(_moved(change, rubrics)) or (SAME,))


def changed_entries(change: Change | None) -> tuple[str, ...]:
    """Return which evidence was added, removed or changed."""
    entries = () if change is None else change.evidence or ()
    return (f"Changed in the dossier: {few([_entry_words(one) for one in entries])}.",) if entries else ()


def _of_edition(
    entry: Entry, words: Past | None, change: Change | None, rubrics: Sequence[Rubric], *, is_first: bool
) -> Update:
    named = f" {entry.edition}" if entry.edition else ""
    notes = () if words is None else (_in_their_words(words),)
    return _update(
        entry,
        date=entry.date,
        what=f"New review{f', edition{named}' if named else ''}" if is_first else f"New edition{named}",
        moved=() if is_first else moves_of(change, rubrics),
        notes=notes if is_first else (*changed_entries(change), *notes),
        about=(entry.file,),
    )


def _of_past(entry: Entry, past: Past) -> Update:
    what = f"Edition {past.edition}" if past.edition else "Revised"
    return _update(entry, date=past.date, what=what, moved=(), notes=(_in_their_words(past),), about=(past.change,))


def _in_their_words(past: Past) -> str:
    return f"In the words of the reviewers: {past.change}"


def of_commit(
    change: Change, seconds: int, commit: str, earlier: Entry | None, rubrics: Sequence[Rubric]
) -> Update | None:
    """Return the update of a dossier by a commit; None if nothing relevant changed.

    Args:
        change: the change.
        seconds: its Unix time.
        commit: the hash of the commit.
        earlier: the entry, if it is an earlier edition; None if it is current or not published.
        rubrics: the grading systems.
    """
    named = [one for one in (change.after, change.before) if one is not None and one.therapy and one.condition]
    if not named:
        return None  # never a readable dossier
    row = named[0]
    fate = change.fate(0)
    moved = tuple(_moved(change, rubrics))
    entries = [one for one in change.evidence or () if one.section != "review"]
    looked_at = any(one.section == "review" for one in change.evidence or ())
    if fate is Fate.SAME and not moved:
        if not entries and not looked_at:
            return None  # comments and layout
        moved = (NOTHING_MOVED,) if entries else (SAME,)
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return Update(
        date=moment.date().isoformat(),
        moment=f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        therapy=row.therapy or "",
        condition=row.condition or "",
        key=(same(row.therapy or ""), same(row.condition or "")) if earlier is None else earlier.own_key,
        what=_FATES[fate] + ("" if earlier is None else f", the edition of {earlier.date or 'unknown date'}"),
        moved=moved,
        notes=changed_entries(replace(change, evidence=tuple(entries))),
        id=stable_id("commit", commit, row.file),
    )


_FATES = {
    Fate.WORSE: "Revised",
    Fate.BETTER: "Revised",
    Fate.MOVED: "Revised",
    Fate.SAME: "Revised",
    Fate.MENDED: "Valid again",
    Fate.ADDED: "New review",
    Fate.INVALID: "Withdrawn until its errors are corrected",
    Fate.REMOVED: "Removed",
}


def _update(
    entry: Entry, *, date: str, what: str, moved: tuple[str, ...], notes: tuple[str, ...], about: tuple[str, ...]
) -> Update:
    return Update(
        date=date,
        moment=moment_of(date),
        therapy=entry.therapy,
        condition=entry.condition,
        key=entry.key,
        what=what,
        moved=moved,
        notes=notes,
        id=stable_id("edition", *entry.key, date, *about),
    )


def moment_of(date: str) -> str:
    """Return the first moment of a date for feeds (RFC 3339); empty without a date."""
    year, month, day = (*date.split("-"), "01", "01")[:3] if date else ("", "", "")
    return f"{year}-{month}-{day}T00:00:00Z" if date else ""


def stable_id(*parts: str) -> str:
    """Return a URN that depends only on its parts: a version 8 UUID (RFC 9562) from their hash."""
    digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    variant = "89ab"[int(digest[16], 16) % 4]
    return f"urn:uuid:{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def updates_in_order(updates: Iterable[Update]) -> list[Update]:
    """Sort updates, latest first; undated ones come last, and only if grades moved."""
    shown = (one for one in updates if one.date or one.moved)
    by_name = sorted(shown, key=lambda one: (same(one.therapy), same(one.condition), one.what, one.id))
    return sorted(by_name, key=lambda one: (one.moment, one.date), reverse=True)


# In words


def _moved(change: Change, rubrics: Sequence[Rubric]) -> Iterator[str]:
    """Yield how levels and grades moved, rubric by rubric, naming all rubrics but the first."""
    for number, (move, rubric) in enumerate(zip(change.moves, rubrics, strict=False)):
        if move.fate is not Fate.SAME and change.before is not None and change.after is not None:
            by = f"{rubric.title}: " if number else ""
            before, after = (row.verdicts[number] for row in (change.before, change.after))
            yield from (f"{by}{line}" for line in _of_move(move, before, after, rubric))


def _of_move(move: Move, before: Verdict, after: Verdict, rubric: Rubric) -> Iterator[str]:
    old, new = level_title(before, rubric), level_title(after, rubric)
    if rubric.recommendation is not None:
        yield f"Verdict: {becomes(old, new)}." if old != new else f"Verdict unchanged: {new}."
    for one in move.domains:
        yield f"{one.title}: {_grades(one)}{_because(one)}."


def _grades(move: DomainMove) -> str:
    """Return how a grade moved, or if it stayed, how the possible grades changed."""
    before, after = move.before, move.after
    if before.grade != after.grade:
        return becomes(grade_and_open(before), grade_and_open(after))
    seen = [
        f"{words} {', '.join(some)}"
        for words, some in (
            ("no longer possible:", [spaced(one) for one in before.possible if one not in after.possible]),
            ("possible now:", [spaced(one) for one in after.possible if one not in before.possible]),
        )
        if some
    ]
    return f"still {spaced(after.grade)}; {'; '.join(seen) or 'for another reason'}"


def _because(move: DomainMove) -> str:
    """Return the rules that hold now and did not before, as the reason."""
    now = [one.rule.means.rstrip(".") for one in move.rules if one.after is True]
    return f" ({'; '.join(now)})" if now else ""


def grade_and_open(given: Given) -> str:
    others = [spaced(one) for one in given.possible if one != given.grade]
    return spaced(given.grade) + (f" (or {', '.join(others)})" if others else "")


def level_title(verdict: Verdict, rubric: Rubric) -> str:
    """Return the title of the recommended level."""
    if rubric.recommendation is None:
        return "No recommendation"
    return NOTHING_RECORDED if verdict.level is None else rubric.recommendation.level(verdict.level).title


def _entry_words(entry: EntryChanged) -> str:
    return entry.name if entry.how == "changed" else f"{entry.name} {entry.how}"


# Updates in git

_MOST_COMMITS = 20
"""How many commits to read without a starting revision."""
_MOST_SINCE = 1000
_MOST_FILES = 200
"""How many changed files to grade before and after; older changes are not recent news."""


def updates_in_git(
    folder: str, since: str | None, reviews: Sequence[Review], rubrics: Sequence[Rubric]
) -> Iterator[Update]:
    """Yield the updates by the latest commits to the dossiers in a folder, latest first.

    New dossiers with a date are left out, as their editions report them.

    Args:
        folder: the folder.
        since: a revision; only later commits count.
        reviews: the reviews that are published now.
        rubrics: the grading systems; all versions are graded under their present form.

    Raises:
        GitError: the folder is not in a repository, or git fails.
    """
    repository = Repository.here(folder)
    place = repository.inner(".")
    entries = {entry.file: (entry, review) for review in reviews for entry in review.editions}
    left = _MOST_FILES
    for commit in repository.commits([place], _MOST_COMMITS if since is None else _MOST_SINCE, since):
        if commit.parent is None:  # the first commit, or the last in a shallow clone: nothing to compare with
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
