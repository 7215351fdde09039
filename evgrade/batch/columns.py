"""The columns of rows: what tables hold, what can be sorted and filtered by, documented at each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from evgrade.batch.row import Row, Verdict
from evgrade.model import EvgradeError
from evgrade.rubric.model import Domain, Recommendation, Rubric
from evgrade.schema.suggest import did_you_mean, listed

Value = str | int | float | None


class ColumnError(EvgradeError):
    """There is no such column, or no such value in it."""


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    COUNT = "whole number"
    NUMBER = "number"
    GRADE = "grade"


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        name: as it is asked for; with several rubrics those of a rubric begin with its name and a dot.
        kind: what it holds.
        means: what it says, for people.
        of: its value in a row, None where there is none.
        places: of a grade, its place among all of its scale, 0 for the best; one that stands outside the order is -1.
        titles: what grades are called for people.
        about_file: whether it is about the file itself, and not about how it was judged; such columns come first.
    """

    name: str
    kind: Kind
    means: str
    of: Callable[[Row], Value]
    places: Mapping[str, int] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    about_file: bool = False


def columns_of(rubrics: Sequence[Rubric]) -> tuple[Column, ...]:
    """Return all columns of rows that were graded under some rubrics, in order.

    Raises:
        ColumnError: two rubrics have the same name.
    """
    names = [rubric.name for rubric in rubrics]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ColumnError(f"two rubrics are called {twice}", hint="give each a name of its own")
    columns = list(_ABOUT_THE_FILE)
    for number, rubric in enumerate(rubrics):
        columns += _of_rubric(rubric, number, f"{rubric.name}." if len(rubrics) > 1 else "")
    return (*columns, *_ABOUT_FINDINGS)


def column_named(name: str, columns: Sequence[Column], rubrics: Sequence[Rubric]) -> Column:
    """Return a column by its name; without the name of a rubric before it, that of the first rubric that has it.

    Raises:
        ColumnError: there is none.
    """
    by_name = {column.name: column for column in columns}
    for full in (name, *(f"{rubric.name}.{name}" for rubric in rubrics)):
        if full in by_name:
            return by_name[full]
    short = {column.name.rpartition(".")[2] for column in columns}
    hint = did_you_mean(name, [*by_name, *sorted(short)]) or f"the columns: {listed(by_name)}"
    raise ColumnError(f"there is no column {name!r}", hint=hint)


def _text(name: str, means: str, of: Callable[[Row], Value]) -> Column:
    return Column(name, Kind.TEXT, means, of)


def _about_file(name: str, means: str, of: Callable[[Row], Value]) -> Column:
    return Column(name, Kind.TEXT, means, of, about_file=True)


_ABOUT_THE_FILE = (
    _about_file("file", "the name of the file", lambda row: row.file),
    _about_file("status", "`graded`, `invalid`, `unreadable`, `skipped` or `failed`", lambda row: str(row.status)),
    _about_file("sha256", "the SHA-256 of its bytes", lambda row: row.sha256),
    _about_file("therapy", "the name of the therapy", lambda row: row.therapy),
    _about_file("condition", "the name of the condition", lambda row: row.condition),
)
_ABOUT_FINDINGS = (
    Column("errors", Kind.COUNT, "how many errors it has", lambda row: row.counts.errors),
    Column("warnings", Kind.COUNT, "how many warnings", lambda row: row.counts.warnings),
    Column("notes", Kind.COUNT, "how many notes", lambda row: row.counts.notes),
    Column("waived", Kind.COUNT, "how many findings its reviewers accept", lambda row: row.counts.waived),
    _text("problem", "the first error, or why it was skipped or not read", lambda row: row.problem and row.problem[0]),
    Column("problem_line", Kind.COUNT, "the line of that error", lambda row: row.problem and row.problem.line),
    Column("problem_column", Kind.COUNT, "its column", lambda row: row.problem and row.problem.column),
    _text("problem_code", "its code", lambda row: row.problem and row.problem.code),
)


def _of_rubric(rubric: Rubric, number: int, prefix: str) -> Iterator[Column]:
    """Yield the columns of one rubric."""

    def of(get: Callable[[Verdict], Value]) -> Callable[[Row], Value]:
        return lambda row: get(row.verdicts[number]) if row.verdicts else None

    for place, domain in enumerate(rubric.domains):
        yield from _of_domain(domain, place, prefix, of)
    if rubric.score is not None:
        for name, means, get in _SCORE:
            yield Column(f"{prefix}{name}", Kind.NUMBER, means, of(get))
    if rubric.recommendation is not None:
        yield from _of_recommendation(rubric.recommendation, prefix, of)


_OfVerdict = Callable[[Callable[[Verdict], Value]], Callable[[Row], Value]]


def _of_domain(domain: Domain, place: int, prefix: str, of: _OfVerdict) -> Iterator[Column]:
    scale = domain.scale
    places = {name: -1 if scale.is_unjudged(name) else scale.rank(name) for name in scale.names()}
    yield Column(
        f"{prefix}grade_{domain.name}",
        Kind.GRADE,
        f"the grade of {domain.title}",
        of(lambda verdict: verdict.grades[place].grade),
        places,
    )
    yield _text(
        f"{prefix}possible_{domain.name}",
        "all grades that what is unknown leaves open, best first, with blanks between",
        of(lambda verdict: " ".join(verdict.grades[place].possible)),
    )


_SCORE: tuple[tuple[str, str, Callable[[Verdict], Value]], ...] = (
    ("score", "the score, from 0 to 100", lambda verdict: verdict.score),
    ("score_low", "the lowest score that what is unknown leaves open", lambda verdict: verdict.low),
    ("score_high", "the highest", lambda verdict: verdict.high),
)


def _of_recommendation(recommendation: Recommendation, prefix: str, of: _OfVerdict) -> Iterator[Column]:
    titles = {level.name: level.title for level in recommendation.levels}
    places = {name: place for place, name in enumerate(titles)}
    yield Column(
        f"{prefix}recommendation",
        Kind.GRADE,
        "the name of the level that is recommended",
        of(lambda verdict: verdict.level),
        places,
        titles,
    )
    yield Column(f"{prefix}rank", Kind.COUNT, "its place, 1 for the best", of(lambda verdict: verdict.rank))
    yield _text(
        f"{prefix}settled",
        "`yes` where it stands whatever is still unknown turns out to be, `no` where it is provisional",
        of(lambda verdict: None if verdict.settled is None else "yes" if verdict.settled else "no"),
    )
    yield _text(
        f"{prefix}possible_recommendations",
        "all levels that what is unknown leaves open, best first, with blanks between",
        of(lambda verdict: " ".join(verdict.possible)),
    )
