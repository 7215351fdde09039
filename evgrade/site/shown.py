"""The content of the pages of a site: plain values for templates, and the addresses of pages."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evgrade.batch.columns import rank_key
from evgrade.batch.row import Given, Verdict
from evgrade.facts.known import is_after, partial_date
from evgrade.render.page import capitalized, spaced
from evgrade.render.pages.words import rounded
from evgrade.rubric.model import Domain, Ladder, Rubric
from evgrade.rubric.outline import NOT_APPLICABLE
from evgrade.rubric.outline import Scale as GradeScale
from evgrade.site.entry import Entry, Key, Review
from evgrade.site.updates import Compared, changed_entries, level_title, moves_of

THERAPIES, GRADES = "therapies", "grades"


@dataclass(frozen=True, slots=True)
class Names:
    """The addresses of pages, from the top of the site."""

    pages: Mapping[Key, str]

    @classmethod
    def of(cls, reviews: Sequence[Review], rubrics: Sequence[Rubric]) -> Names:
        """Name the page of each review, each earlier edition and each grade."""
        therapies = [key for one in reviews for key in (one.key, *(old.own_key for old in one.editions[:-1]))]
        grades = [
            (rubric.name, domain.name, grade)
            for rubric in rubrics
            for domain in rubric.domains
            for grade in grades_of(domain)
        ]
        pages = {("therapy", *key): f"{THERAPIES}/{name}.html" for key, name in names_of(therapies).items()}
        return cls(pages | {("grade", *key): f"{GRADES}/{name}.html" for key, name in names_of(grades).items()})

    def review(self, key: Key) -> str:
        """Return the page of a review; empty if it is not published."""
        return self.pages.get(("therapy", *key), "")

    def edition(self, review: Review, entry: Entry) -> str:
        return self.review(review.key if entry is review.current else entry.own_key)

    def grade(self, rubric: Rubric, domain: Domain, grade: str) -> str:
        return self.pages["grade", rubric.name, domain.name, grade]


_LONGEST_NAME = 60
_SPOKEN = 3
"""How many parts of a key appear as words; the hash covers all parts."""
_SHORT = 8
"""Characters of the hash, five bits each: enough to avoid chance collisions among a million."""


def names_of(keys: Iterable[Key]) -> dict[Key, str]:
    """Return a file name for each key, different for different keys.

    A name is words in lower-case ASCII and part of a hash, never dossier text verbatim. So it leads out of no
    folder, is reserved on no system, and is unique whether or not a file system ignores case. It depends only on its
    key: pages keep their addresses when others are added.
    """
    short = {key: _name(key, _SHORT) for key in keys}
    times = Counter(short.values())
    # Hashes that begin alike were forged; in full they differ.
    return {key: name if times[name] == 1 else _name(key, None) for key, name in short.items()}


def _name(key: Key, length: int | None) -> str:
    ascii_only = unicodedata.normalize("NFKD", " ".join(key[:_SPOKEN])).encode("ascii", "ignore").decode().lower()
    words = re.sub("[^a-z0-9]+", "-", ascii_only)[:_LONGEST_NAME].strip("-")
    digest = base64.b32encode(hashlib.sha256(json.dumps(key).encode()).digest()).decode().lower().rstrip("=")[:length]
    return f"{words or 'page'}-{digest}"


# The index


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A grade in a table.

    Attributes:
        title: the title of its domain.
        grade: the grade.
        place: its place on the scale, from 1; None if off the scale.
        tone: how good it is, from 1 (best) to 5; 0 if off the scale.
        others: the other possible grades, in words.
        page: the page of the grade.
        is_least: whether readers can filter by a minimum grade here.
    """

    title: str
    grade: str
    place: int | None
    tone: int
    others: str
    page: str
    is_least: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A score to draw: the start and width of its range, and the position of the score, out of 100."""

    low: float
    width: float
    mark: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedRow:
    """A row of the index.

    Attributes:
        rank: the rank of the verdict, from 1; None for no verdict.
        possible: the titles of the other possible verdicts.
    """

    therapy: str
    other_names: tuple[str, ...]
    condition: str
    page: str
    verdict: str
    rank: int | None
    possible: tuple[str, ...]
    cells: tuple[Cell, ...]
    score: str
    score_range: str
    score_value: float | None
    strip: Strip | None
    date: str
    overdue: bool
    editions: int


def ranked(reviews: Sequence[Review], rubric: Rubric, names: Names, as_of: dt.date) -> list[RankedRow]:
    """Return the rows of the index: current editions, ranked under the first grading system."""
    current = sorted(reviews, key=lambda one: rank_key(one.current.row, rubric.outline, 0))
    least = filter_domain(rubric)
    return [_row(one, rubric, names, least, as_of) for one in current]


def filter_domain(rubric: Rubric) -> Domain:
    """Return the domain whose minimum grade readers can filter by: that of benefit, or else the first."""
    return next((one for one in rubric.domains if one.about == "benefit"), rubric.domains[0])


def _row(review: Review, rubric: Rubric, names: Names, least: Domain, as_of: dt.date) -> RankedRow:
    entry = review.current
    verdict = entry.row.verdicts[0]
    given = zip(rubric.domains, verdict.grades, strict=True)
    is_ranged = verdict.low is not None and verdict.high is not None and round(verdict.high - verdict.low, 1) > 0
    return RankedRow(
        therapy=entry.therapy,
        other_names=entry.other_names,
        condition=entry.condition,
        page=names.review(review.key),
        verdict=level_title(verdict, rubric),
        rank=verdict.rank,
        possible=_other_levels(verdict, rubric),
        cells=tuple(_cell(rubric, domain, one, names, is_least=domain is least) for domain, one in given),
        score="–" if verdict.score is None else rounded(verdict.score),
        score_range=f"{rounded(verdict.low or 0)} to {rounded(verdict.high or 0)}" if is_ranged else "",
        score_value=verdict.score,
        strip=_strip(verdict),
        date=entry.date,
        overdue=state_of(entry.next_review, as_of) == OVERDUE,
        editions=len(review.editions),
    )


def _other_levels(verdict: Verdict, rubric: Rubric) -> tuple[str, ...]:
    if rubric.recommendation is None:
        return ()
    return tuple(
        level.title for level in rubric.recommendation.in_order(verdict.possible) if level.name != verdict.level
    )


def grades_of(domain: Domain) -> tuple[str, ...]:
    """Return all grades that a domain can have, best first, those off the scale last."""
    return domain.scale.names() if domain.applies is None else (*domain.scale.names(), NOT_APPLICABLE)


def is_on(scale: GradeScale, grade: str) -> bool:
    """Whether a grade is on the scale, rather than saying that nothing could be judged."""
    return any(one.name == grade for one in scale.grades)


def _cell(rubric: Rubric, domain: Domain, given: Given, names: Names, *, is_least: bool) -> Cell:
    scale = domain.scale
    place = scale.rank(given.grade) if is_on(scale, given.grade) else None
    others = [one for one in given.possible if one != given.grade]
    is_any = len(others) > 1 and len(given.possible) >= len(scale.names())
    return Cell(
        title=domain.title,
        grade=spaced(given.grade),
        place=None if place is None else place + 1,
        tone=0 if place is None else tone(place, len(scale.grades)),
        others="any" if is_any else " ".join(map(spaced, others)),
        page=names.grade(rubric, domain, given.grade),
        is_least=is_least,
    )


def tone(place: int, places: int) -> int:
    """Return the tone of a place on a scale, from 1 (best) to 5 (worst)."""
    return 1 + round(4 * place / max(1, places - 1))


def _strip(verdict: Verdict) -> Strip | None:
    if verdict.score is None or verdict.low is None or verdict.high is None:
        return None
    return Strip(
        low=round(verdict.low, 1), width=round(max(1.0, verdict.high - verdict.low), 1), mark=round(verdict.score, 1)
    )


# One page per grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A therapy that has, or could have, a grade."""

    therapy: str
    condition: str
    page: str
    verdict: str
    grade: str
    others: str
    conclusion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GradePage:
    """A grade of a domain, with the therapies that have it.

    Attributes:
        rules: the rules that give it, if the domain is graded by a ladder.
        steps: the grades of the scale, each with its page.
        holders: the therapies that have it.
        possible: the therapies that could have it.
    """

    page: str
    system: str
    domain: str
    question: str
    grade: str
    means: str
    rules: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]
    holders: tuple[Holder, ...]
    possible: tuple[Holder, ...]


def grade_pages(reviews: Sequence[Review], rubrics: Sequence[Rubric], names: Names) -> Iterator[GradePage]:
    """Yield a page for each grade of each domain."""
    for number, rubric in enumerate(rubrics):
        ordered = sorted(reviews, key=lambda one: rank_key(one.current.row, rubric.outline, number))
        for place, domain in enumerate(rubric.domains):
            held: dict[str, list[Holder]] = {}
            possible: dict[str, list[Holder]] = {}
            for review in ordered:
                verdict = review.current.row.verdicts[number]
                given = verdict.grades[place]
                holder = _holder(review, verdict, given, rubric, names)
                held.setdefault(given.grade, []).append(holder)
                for other in given.possible:
                    if other != given.grade:
                        possible.setdefault(other, []).append(holder)
            for grade in grades_of(domain):
                yield _grade_page(rubric, domain, grade, names, held.get(grade, ()), possible.get(grade, ()))


def _holder(review: Review, verdict: Verdict, given: Given, rubric: Rubric, names: Names) -> Holder:
    entry = review.current
    return Holder(
        therapy=entry.therapy,
        condition=entry.condition,
        page=names.review(review.key),
        verdict="" if rubric.recommendation is None else level_title(verdict, rubric),
        grade=spaced(given.grade),
        others=", ".join(spaced(one) for one in given.possible if one != given.grade),
        conclusion=entry.conclusion,
    )


def _grade_page(
    rubric: Rubric,
    domain: Domain,
    grade: str,
    names: Names,
    holders: Sequence[Holder],
    possible: Sequence[Holder],
) -> GradePage:
    return GradePage(
        page=names.grade(rubric, domain, grade),
        system=rubric.title,
        domain=domain.title,
        question=domain.question,
        grade=spaced(grade),
        means=_sentence(domain.scale.means(grade)),
        rules=_rules(domain, grade),
        steps=tuple((spaced(one), names.grade(rubric, domain, one)) for one in grades_of(domain)),
        holders=tuple(holders),
        possible=tuple(possible),
    )


def _sentence(text: str) -> str:
    return f"{capitalized(text.rstrip('.'))}."


def _rules(domain: Domain, grade: str) -> tuple[str, ...]:
    """Return the rules of a ladder that give a grade, in words."""
    if not isinstance(domain.method, Ladder):
        return ()
    return tuple(dict.fromkeys(rung.rule.means for rung in domain.method.rungs if rung.gives == grade))


# How to read the grades


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A domain with its possible grades: each with its tone, meaning and page."""

    title: str
    question: str
    steps: tuple[tuple[str, int, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A grading system, explained."""

    title: str
    version: str
    description: str
    source: str
    scales: tuple[Scale, ...]
    levels: tuple[tuple[str, str], ...]
    score: str


def system_of(rubric: Rubric, names: Names) -> System:
    return System(
        title=rubric.title,
        version=rubric.version,
        description=rubric.description,
        source=rubric.source,
        scales=tuple(_scale(rubric, domain, names) for domain in rubric.domains),
        levels=()
        if rubric.recommendation is None
        else tuple((level.title, level.means) for level in rubric.recommendation.levels),
        score="" if rubric.score is None else rubric.score.title,
    )


def _scale(rubric: Rubric, domain: Domain, names: Names) -> Scale:
    scale = domain.scale
    steps = (
        (
            spaced(grade),
            tone(scale.rank(grade), len(scale.grades)) if is_on(scale, grade) else 0,
            scale.means(grade),
            names.grade(rubric, domain, grade),
        )
        for grade in grades_of(domain)
    )
    return Scale(title=domain.title, question=domain.question, steps=tuple(steps))


# Editions on the page of a therapy


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionRow:
    """An edition of a review.

    Attributes:
        page: its page, relative to the others.
        moved: how grades moved since the previous edition; empty for the first.
        notes: other changes.
    """

    name: str
    date: str
    page: str
    verdict: str
    is_current: bool
    moved: tuple[str, ...]
    notes: tuple[str, ...]


def edition_rows(review: Review, changes: Compared, rubrics: Sequence[Rubric], names: Names) -> tuple[EditionRow, ...]:
    """Return the editions of a review, latest first."""
    rows = [
        EditionRow(
            name=f"Edition {entry.edition}" if entry.edition else f"Edition of {entry.date or 'unknown date'}",
            date=entry.date,
            page=names.edition(review, entry).rpartition("/")[2],
            verdict=level_title(entry.row.verdicts[0], rubrics[0]),
            is_current=entry is review.current,
            moved=() if number == 0 else moves_of(changes.get(entry.path), rubrics),
            notes=() if number == 0 else changed_entries(changes.get(entry.path)),
        )
        for number, entry in enumerate(review.editions)
    ]
    return tuple(reversed(rows))


# Due reviews

OVERDUE, SOON, LATER = "Overdue", "Due within three months", "Due later"
_SOON = dt.timedelta(days=92)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRow:
    """A review with its due date, if any."""

    therapy: str
    condition: str
    page: str
    date: str
    due: str


def state_of(due: str, as_of: dt.date) -> str:
    """Return whether a review is due on a day; empty without a due date."""
    if not due:
        return ""
    when = partial_date(due)
    if is_after(_parts(as_of), when):
        return OVERDUE
    return LATER if is_after(when, _parts(as_of + min(_SOON, dt.date.max - as_of))) else SOON


def _parts(day: dt.date) -> tuple[int, int, int]:
    return day.year, day.month, day.day


def due_rows(reviews: Sequence[Review], names: Names, as_of: dt.date) -> dict[str, list[DueRow]]:
    """Group the reviews by whether they are due, earliest date first; the key is empty without a due date."""
    rows: dict[str, list[DueRow]] = {OVERDUE: [], SOON: [], LATER: [], "": []}
    for review in sorted(reviews, key=lambda one: (one.current.next_review, one.key)):
        entry = review.current
        rows[state_of(entry.next_review, as_of)].append(
            DueRow(
                therapy=entry.therapy,
                condition=entry.condition,
                page=names.review(review.key),
                date=entry.date,
                due=entry.next_review,
            )
        )
    return rows
