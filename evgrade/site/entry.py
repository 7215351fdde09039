"""Dossiers as a site knows them: the row, and the details of the review that its pages need."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from evgrade.batch.row import Row
from evgrade.dossier import Dossier
from evgrade.facts.known import PartialDate, partial_date

Key = tuple[str, ...]
"""The subject of a page."""

_LONGEST = 300


def same(text: str) -> str:
    """Normalize a name so that names differing only in case, width or blanks are the same."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class Past(NamedTuple):
    """An entry in the history of a review."""

    date: str
    change: str
    edition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A published dossier.

    Attributes:
        path: the path of its file.
        file: the path relative to the folder of the site, with slashes.
        row: its grades.
        other_names: other names of the therapy.
        title, edition, date, next_review, replaces: as stated by its review; empty if not stated.
        history: the history of its review.
        conclusion: the reviewers' conclusion, shortened; empty if not stated.
    """

    path: str
    file: str
    row: Row
    other_names: tuple[str, ...]
    title: str
    edition: str
    date: str
    next_review: str
    replaces: str
    history: tuple[Past, ...]
    conclusion: str

    @property
    def therapy(self) -> str:
        return self.row.therapy or ""

    @property
    def condition(self) -> str:
        return self.row.condition or ""

    @property
    def key(self) -> Key:
        """The subject of its page: dossiers with the same key are editions of one review."""
        return same(self.therapy), same(self.condition)

    @property
    def own_key(self) -> Key:
        """A key that distinguishes it from other editions."""
        return (*self.key, self.date, self.file)

    @property
    def known_date(self) -> PartialDate:
        """Its date, or else that of the last change in its history; empty if neither is stated."""
        dates = [self.date] if self.date else [one.date for one in self.history]
        return max(map(partial_date, dates), default=())


def entry_of(path: str, file: str, row: Row, dossier: Dossier) -> Entry:
    data = dossier.data
    review = data.get("review", {})

    def wording(name: str) -> str:
        return str(review.get(name, ""))

    return Entry(
        path=path,
        file=file,
        row=row,
        other_names=tuple(data["therapy"].get("other_names", ())),
        title=wording("title"),
        edition=wording("edition"),
        date=wording("date"),
        next_review=wording("next_review"),
        replaces=wording("replaces"),
        history=tuple(
            Past(str(one["date"]), one["change"], str(one.get("edition", ""))) for one in review.get("history", ())
        ),
        conclusion=_short(wording("conclusion") or wording("plain_summary")),
    )


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rpartition(' ')[0] or words[:_LONGEST]} …"


@dataclass(frozen=True, slots=True)
class Review:
    """All editions of the review of one therapy for one condition, oldest first; at least one."""

    editions: tuple[Entry, ...]

    @property
    def current(self) -> Entry:
        return self.editions[-1]

    @property
    def key(self) -> Key:
        return self.current.key


def reviews_of(entries: Iterable[Entry]) -> list[Review]:
    """Group entries into reviews."""
    by_key: dict[Key, list[Entry]] = {}
    for entry in sorted(entries, key=lambda one: one.file):
        by_key.setdefault(entry.key, []).append(entry)
    return [Review(tuple(_in_order(some))) for some in by_key.values()]


def _in_order(entries: list[Entry]) -> list[Entry]:
    """Sort editions, oldest first: after those that they replace, otherwise by date.

    Editions without a date count as older. Edition number, then file name, break ties.
    """
    left = sorted(entries, key=lambda one: (one.known_date, len(one.edition), one.edition, one.file))
    ordered: list[Entry] = []
    while left:
        # If none is ready, they name each other in a circle.
        ready = (one for one in left if not any(_replaces(one, other) for other in left if other is not one))
        chosen = next(ready, left[0])
        left.remove(chosen)
        ordered.append(chosen)
    return ordered


def _replaces(entry: Entry, other: Entry) -> bool:
    """Whether an edition says that it replaces another."""
    named = same(entry.replaces)
    return bool(named) and named in {same(one) for one in (other.edition, other.title, other.file) if one}
