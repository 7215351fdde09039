"""What the pages of a site show, row by row: plain values for templates."""

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
from evgrade.render.page import spaced
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
        """Return the address of the page of each review, each earlier edition and each grade."""
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
        """Return the page of a review; nothing for one that is not published."""
        return self.pages.get(("therapy", *key), "")

    def edition(self, review: Review, entry: Entry) -> str:
        return self.review(review.key if entry is review.current else entry.own_key)

    def grade(self, rubric: Rubric, domain: Domain, grade: str) -> str:
        return self.pages["grade", rubric.name, domain.name, grade]


_LONGEST_NAME = 60
_SPOKEN = 3
"""How many parts of a key its words are made of; all of them make the hash."""
_SHORT = 8
"""Characters of the hash, five bits each: enough for no two of a million to be the same by chance."""


def names_of(keys: Iterable[Key]) -> dict[Key, str]:
    """Return a name for each key: for different keys different ones."""
    short = {key: _name(key, _SHORT) for key in keys}
    times = Counter(short.values())
    # Two hashes that begin alike were made to; the whole of them differs.
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
        title: of its domain.
        grade: the grade.
        place: its place on the scale, from 1; None for one outside of it.
        tone: how good it is, from 1 to 5; 0 for one outside of the scale.
        others: the other grades that are still possible, in words.
        page: of the grade.
        is_least: whether readers can ask for at least a grade here.
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
    """A score as a drawing: where its range begins, how wide it is, and where the score is, of 100."""

    low: float
    width: float
    mark: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedRow:
    """A row of the index.

    Attributes:
        rank: the place of the verdict, from 1; None without one.
        possible: the titles of the verdicts that are still possible.
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
    """Return the index: the current editions, ranked under the first grading system."""
    current = sorted(reviews, key=lambda one: rank_key(one.current.row, rubric.outline, 0))
    least = filter_domain(rubric)
    return [_row(one, rubric, names, least, as_of) for one in current]


def filter_domain(rubric: Rubric) -> Domain:
    """Return the domain by which readers can choose a least grade: that of benefit, or else the first."""
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
        score="–" if verdict.score is None else _number(verdict.score),
        score_range=f"{_number(verdict.low or 0)} to {_number(verdict.high or 0)}" if is_ranged else "",
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
    """Return all grades that a domain can have, the best first, those outside of its scale last."""
    return domain.scale.names() if domain.applies is None else (*domain.scale.names(), NOT_APPLICABLE)


def is_on(scale: GradeScale, grade: str) -> bool:
    """Whether a grade says how good something is, and not that it could not be judged."""
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
    """Return how good a place on a scale is, from 1 for the best to 5 for the worst."""
    return 1 + round(4 * place / max(1, places - 1))


def _number(value: float) -> str:
    return f"{round(value, 1):g}"


def _strip(verdict: Verdict) -> Strip | None:
    if verdict.score is None or verdict.low is None or verdict.high is None:
        return None
    return Strip(
        low=round(verdict.low, 1), width=round(max(1.0, verdict.high - verdict.low), 1), mark=round(verdict.score, 1)
    )


# A page a grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A therapy that has a grade, or could have it."""

    therapy: str
    condition: str
    page: str
    verdict: str
    grade: str
    others: str
    conclusion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GradePage:
    """A grade of a domain, and who has it.

    Attributes:
        rules: what a rubric that climbs a ladder asks for it.
        steps: the grades of the scale with their pages; the first value is the grade.
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
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _rules(domain: Domain, grade: str) -> tuple[str, ...]:
    """Return what a ladder asks for a grade, in words."""
    if not isinstance(domain.method, Ladder):
        return ()
    return tuple(dict.fromkeys(rung.rule.means for rung in domain.method.rungs if rung.gives == grade))


# How to read the grades


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A domain with the grades that it can have: the grade, how good it is, what it means, and its page."""

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
        page: its page, from another one's.
        moved: how grades moved since the edition before; nothing for the first.
        notes: what else changed.
    """

    name: str
    date: str
    page: str
    verdict: str
    is_current: bool
    moved: tuple[str, ...]
    notes: tuple[str, ...]


def edition_rows(review: Review, changes: Compared, rubrics: Sequence[Rubric], names: Names) -> tuple[EditionRow, ...]:
    """Return the editions of a review, the latest first."""
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
    """A review that is due, or has no date for it."""

    therapy: str
    condition: str
    page: str
    date: str
    due: str


def state_of(due: str, as_of: dt.date) -> str:
    """Return whether a review is due on a day; nothing where it does not say when."""
    if not due:
        return ""
    when = partial_date(due)
    if is_after(_parts(as_of), when):
        return OVERDUE
    return LATER if is_after(when, _parts(as_of + min(_SOON, dt.date.max - as_of))) else SOON


def _parts(day: dt.date) -> tuple[int, int, int]:
    return day.year, day.month, day.day


def due_rows(reviews: Sequence[Review], names: Names, as_of: dt.date) -> dict[str, list[DueRow]]:
    """Return the reviews by whether they are due, the longest due first; under no word those that do not say."""
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
