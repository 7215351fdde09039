"""The columns of rows, for tables, sorting and filtering."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Any

from evgrade.batch.row import STATUSES, Row, Verdict
from evgrade.model import EvgradeError
from evgrade.robustness.summary import Firmness, Places, Weighted
from evgrade.rubric.outline import DomainOutline, Level, Outline
from evgrade.rubric.phrases import either
from evgrade.schema.suggest import did_you_mean, listed

Value = str | int | float | None


class ColumnError(EvgradeError):
    """There is no such column, or no such value in it."""


class Kind(Enum):
    """The kind of values in a column."""

    TEXT = "text"
    COUNT = "whole number"
    NUMBER = "number"
    GRADE = "grade"


class Extra(Enum):
    """What is determined only on request, because it takes long."""

    FIRMNESS = "firmness"
    WEIGHTINGS = "weightings"


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        name: its name; with several rubrics, the columns of a rubric begin with its name and a dot.
        kind: the kind of its values.
        means: its description.
        of: returns its value in a row, None if there is none.
        places: by grade, its place on the scale, 0 for the best; -1 for a grade outside the order.
        titles: the titles of grades.
        about_file: whether it is about the file itself, not about its results; these columns come first.
        extra: the extra that it needs; None for a column of every row.
    """

    name: str
    kind: Kind
    means: str
    of: Callable[[Row], Value]
    places: Mapping[str, int] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    about_file: bool = False
    extra: Extra | None = None


def columns_of(rubrics: Sequence[Outline], extras: Container[Extra] = ()) -> tuple[Column, ...]:
    """Return all columns for some rubrics, in order, including those of some extras.

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
    return tuple(column for column in (*columns, *_ABOUT_FINDINGS) if column.extra is None or column.extra in extras)


def column_named(name: str, rubrics: Sequence[Outline]) -> Column:
    """Return a column by its name; without the name of a rubric, that of the first rubric that has it.

    Raises:
        ColumnError: there is no such column.
    """
    by_name = {column.name: column for column in columns_of(rubrics, tuple(Extra))}
    for full in (name, *(f"{rubric.name}.{name}" for rubric in rubrics)):
        if full in by_name:
            return by_name[full]
    short = {column.name.rpartition(".")[2] for column in by_name.values()}
    hint = did_you_mean(name, [*by_name, *sorted(short)]) or f"the columns: {listed(by_name)}"
    raise ColumnError(f"there is no column {name!r}", hint=hint)


def _text(name: str, means: str, of: Callable[[Row], Value]) -> Column:
    return Column(name, Kind.TEXT, means, of)


def _about_file(name: str, means: str, of: Callable[[Row], Value]) -> Column:
    return Column(name, Kind.TEXT, means, of, about_file=True)


_ABOUT_THE_FILE = (
    _about_file("file", "the name of the file", lambda row: row.file),
    _about_file("status", "`graded`, `invalid`, `unreadable`, `skipped` or `failed`", lambda row: STATUSES[row.status]),
    _about_file("sha256", "the SHA-256 of its bytes", lambda row: row.sha256),
    _about_file("therapy", "the name of the therapy", lambda row: row.therapy),
    _about_file("condition", "the name of the condition", lambda row: row.condition),
)
_ABOUT_FINDINGS = (
    Column("errors", Kind.COUNT, "the number of errors", lambda row: row.counts.errors),
    Column("warnings", Kind.COUNT, "the number of warnings", lambda row: row.counts.warnings),
    Column("notes", Kind.COUNT, "the number of notes", lambda row: row.counts.notes),
    Column("waived", Kind.COUNT, "the number of findings that its reviewers accept", lambda row: row.counts.waived),
    _text(
        "problem",
        "the first error, or why it was skipped or could not be read",
        lambda row: row.problem and row.problem[0],
    ),
    Column("problem_line", Kind.COUNT, "the line of that error", lambda row: row.problem and row.problem.line),
    Column("problem_column", Kind.COUNT, "its column", lambda row: row.problem and row.problem.column),
    _text("problem_code", "its code", lambda row: row.problem and row.problem.code),
)


def _of_rubric(rubric: Outline, number: int, prefix: str) -> Iterator[Column]:
    """Yield the columns of one rubric."""

    def of(get: Callable[[Verdict], Value]) -> Callable[[Row], Value]:
        return lambda row: get(row.verdicts[number]) if row.verdicts else None

    for place, domain in enumerate(rubric.domains):
        yield from _of_domain(domain, place, prefix, of)
    if rubric.counted is not None:
        for name, means, get in _SCORE:
            yield Column(f"{prefix}{name}", Kind.NUMBER, means, of(get))
        yield from _of_weightings(prefix, of)
    if rubric.levels is not None:
        yield from _of_recommendation(rubric.levels, prefix, of)


_OfVerdict = Callable[[Callable[[Verdict], Value]], Callable[[Row], Value]]


def _of_domain(domain: DomainOutline, place: int, prefix: str, of: _OfVerdict) -> Iterator[Column]:
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
        "all grades that unknown facts leave open, best first, separated by spaces",
        of(lambda verdict: " ".join(verdict.grades[place].possible)),
    )


_SCORE: tuple[tuple[str, str, Callable[[Verdict], Value]], ...] = (
    ("score", "the score, from 0 to 100", lambda verdict: verdict.score),
    ("score_low", "the lowest score that unknown facts leave open", lambda verdict: verdict.low),
    ("score_high", "the highest score that unknown facts leave open", lambda verdict: verdict.high),
)


def _of_weightings(prefix: str, of: _OfVerdict) -> Iterator[Column]:
    """Yield the columns of the rank by score under other weights."""

    def column(name: str, kind: Kind, means: str, get: Callable[[Weighted], Value]) -> Column:
        value = of(lambda verdict: None if verdict.weighted is None else get(verdict.weighted))
        return Column(f"{prefix}{name}", kind, means, value, extra=Extra.WEIGHTINGS)

    def in_space(space: str, where: str, get: Callable[[Weighted], Places]) -> Iterator[Column]:
        for name, kind, means, of_places in _PLACES:
            yield column(f"{space}_{name}", kind, f"{means} {where}", lambda one, f=of_places: f(get(one)))  # type: ignore[misc]

    yield column(
        "score_rank",
        Kind.COUNT,
        "its rank by score: 1 plus the number of dossiers that score higher",
        lambda one: one.rank,
    )
    yield column("weightings", Kind.COUNT, "the number of weightings drawn of each kind", lambda one: one.draws)
    yield from in_space("all", "under all weightings", lambda one: one.everywhere)
    yield from in_space("near", "within half of the rubric's weights", lambda one: one.near)


_PLACES: tuple[tuple[str, Kind, str, Callable[[Places], Value]], ...] = (
    ("keeps_rank", Kind.NUMBER, "the share, from 0 to 1, in which it keeps that rank", lambda one: one.kept),
    ("first", Kind.NUMBER, "the share in which none scores higher", lambda one: one.first),
    ("mean_rank", Kind.NUMBER, "its mean rank", lambda one: one.mean),
    ("best_rank", Kind.COUNT, "its best rank, whatever the unknown facts are,", lambda one: one.best),
    ("worst_rank", Kind.COUNT, "its worst rank, whatever the unknown facts are,", lambda one: one.worst),
)


def _of_recommendation(levels: Sequence[Level], prefix: str, of: _OfVerdict) -> Iterator[Column]:
    titles = {level.name: level.title for level in levels}
    places = {name: place for place, name in enumerate(titles)}
    yield Column(
        f"{prefix}recommendation",
        Kind.GRADE,
        "the name of the recommended level",
        of(lambda verdict: verdict.level),
        places,
        titles,
    )
    yield Column(f"{prefix}rank", Kind.COUNT, "its place, 1 for the best", of(lambda verdict: verdict.rank))
    yield _text(
        f"{prefix}settled",
        "`yes` if no missing fact can change it, `no` if it is provisional",
        of(lambda verdict: None if verdict.settled is None else "yes" if verdict.settled else "no"),
    )
    yield _text(
        f"{prefix}possible_recommendations",
        "all levels that unknown facts leave open, best first, separated by spaces",
        of(lambda verdict: " ".join(verdict.possible)),
    )
    yield Column(
        f"{prefix}firmness",
        Kind.GRADE,
        "how firm the recommendation is: " + either(f"`{name}`" for name in _FIRMNESS),
        of(lambda verdict: verdict.firmness),
        {name: place for place, name in enumerate(_FIRMNESS)},
        extra=Extra.FIRMNESS,
    )


_FIRMNESS = tuple(one.value for one in reversed(Firmness))


Keeps = Callable[[Row], bool]

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CONDITION = re.compile(r"(?P<column>[^=!<>]++)(?P<operator>!=|<=|>=|=|<|>)(?P<value>.*+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Choice:
    """The selection of rows, and their order.

    Attributes:
        keeps: conditions that a row must meet, all of them.
        sort: the sort column, and whether the order is reversed; None for order by rank.
        grouped: whether rows are grouped by condition.
        limit: the most rows to show.
    """

    keeps: tuple[Keeps, ...] = ()
    sort: tuple[Column, bool] | None = None
    grouped: bool = False
    limit: int | None = None

    def shown(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return the rows that meet all conditions."""
        for keeps in self.keeps:
            rows = list(filter(keeps, rows))
        return rows

    def order(self, rubric: Outline, number: int = 0) -> Callable[[Row], tuple[Any, ...]]:
        """Return the sort key of rows: the condition and the column, if chosen, then the rank.

        Rows without a value in that column come last, in either direction.

        Args:
            rubric: the rubric by which they are ranked.
            number: its place among all rubrics of the rows.
        """
        keys: list[Callable[[Row], tuple[Any, ...]]] = [partial(rank_key, rubric=rubric, number=number)]
        if self.sort is not None:
            keys.insert(0, partial(_column_key, *self.sort))
        if self.grouped:
            keys.insert(0, condition_key)
        return keys[0] if len(keys) == 1 else lambda row: tuple([key(row) for key in keys])


def rank_key(row: Row, rubric: Outline, number: int) -> tuple[Any, ...]:
    """Return the rank key of a row under a rubric: recommendation, best first, score, then therapy and file.

    A rubric that gives neither recommendation nor score ranks by its grades, domain by domain.
    """
    if not row.verdicts:
        return (math.inf, 0, (), "", row.file)
    verdict = row.verdicts[number]
    places: tuple[int, ...] = ()
    if rubric.levels is None and rubric.counted is None:
        places = tuple(
            domain.scale.rank(given.grade) for domain, given in zip(rubric.domains, verdict.grades, strict=True)
        )
    score = -1 if verdict.score is None else verdict.score
    # A rubric that recommends gives no level if nothing is recorded; that comes after every level.
    unranked = 0 if rubric.levels is None else len(rubric.levels) + 1
    return (verdict.rank or unranked, -score, places, (row.therapy or "").casefold(), row.file)


def condition_key(row: Row) -> tuple[bool, str, str]:
    """Return the key that groups rows by condition, unknown conditions last."""
    condition = row.condition or ""
    return (row.condition is None, condition.casefold(), condition)


@dataclass(frozen=True, slots=True)
class _Backwards:
    """A value that sorts in reverse."""

    value: Any

    def __lt__(self, other: _Backwards) -> bool:
        return bool(other.value < self.value)


def _column_key(column: Column, backwards: bool, row: Row) -> tuple[Any, ...]:  # noqa: FBT001 - the pair that `sort` is
    """Return the sort key of a row by a column; a row without a value comes last."""
    value = _sortable(column, row)
    if value is None:
        return (True,)
    return (False, _Backwards(value) if backwards else value)


def _sortable(column: Column, row: Row) -> Any:
    """Return the sortable form of a value: a grade by its place, the best first; outside the order, None."""
    value = column.of(row)
    if value is None or column.kind in (Kind.COUNT, Kind.NUMBER):
        return value
    if column.kind is Kind.GRADE:
        place = column.places[str(value)]
        return None if place < 0 else place
    return (str(value).casefold(), value)


def chosen_sort(text: str | None, rubrics: Sequence[Outline]) -> tuple[Column, bool] | None:
    """Return the column named by `--sort`, and whether a dash before it reverses the order; None for order by rank.

    Raises:
        ColumnError: there is no such column.
    """
    if text is None or text == "rank":
        return None
    return column_named(text.removeprefix("-"), rubrics), text.startswith("-")


def extras_named(sort: str | None, where: Sequence[str]) -> frozenset[Extra]:
    """Return the extras of the columns that `--sort` and `--where` name; a wrong name has none."""
    names = [found["column"].strip() for found in map(_CONDITION.fullmatch, where) if found is not None]
    names.append((sort or "").removeprefix("-"))
    of_any_rubric = columns_of([Outline("", "", "", "", domains=(), counted=(), levels=())], tuple(Extra))
    extras = {column.name: column.extra for column in of_any_rubric}
    return frozenset(extra for name in names if (extra := extras.get(name.rpartition(".")[2])) is not None)


def condition(text: str, rubrics: Sequence[Outline]) -> Keeps:
    """Return the condition in a text such as `score>=50`.

    Case is ignored. A missing value equals only the empty text, and is neither greater nor less than any value. Of
    grades and levels, the better one is the greater.

    Raises:
        ColumnError: it is not a condition, or there is no such column or value.
    """
    found = _CONDITION.fullmatch(text)
    if found is None or not found["column"].strip():
        raise ColumnError(f"{text!r} is not a condition", hint="such as score>=50, status!=graded, condition=ALS")
    column = column_named(found["column"].strip(), rubrics)
    compare = _OPERATORS[found["operator"]]
    wanted = found["value"].strip()
    if not wanted:
        if compare not in (operator.eq, operator.ne):
            raise ColumnError(f"{text!r} compares with nothing")
        return lambda row: compare("" if column.of(row) is None else column.of(row), "")
    if column.kind is Kind.GRADE:
        return _on_grade(column, compare, _grade(column, wanted))
    if column.kind is Kind.TEXT:
        return _on_value(column, compare, wanted.casefold(), lambda value: str(value).casefold())
    return _on_value(column, compare, _number(column, wanted), lambda value: value)


def about(text: str) -> Keeps:
    """Return the condition that the name of a dossier's condition contains a text, ignoring case."""
    wanted = text.casefold()
    return lambda row: row.condition is not None and wanted in row.condition.casefold()


def _on_value(column: Column, compare: Callable[[Any, Any], bool], wanted: Any, folded: Callable[[Any], Any]) -> Keeps:
    def keeps(row: Row) -> bool:
        value = column.of(row)
        return compare is operator.ne if value is None else compare(folded(value), wanted)

    return keeps


def _on_grade(column: Column, compare: Callable[[Any, Any], bool], wanted: str) -> Keeps:
    is_equality = compare in (operator.eq, operator.ne)

    def keeps(row: Row) -> bool:
        value = column.of(row)
        if value is None:
            return compare is operator.ne
        if is_equality:
            return compare(value, wanted)
        here, there = column.places[str(value)], column.places[wanted]
        return here >= 0 and there >= 0 and compare(-here, -there)  # the first place is the greatest

    return keeps


def _grade(column: Column, wanted: str) -> str:
    """Return the grade or level with a name or title.

    Raises:
        ColumnError: there is no such grade or level.
    """
    for name in column.places:
        if wanted.casefold() in (name.casefold(), column.titles.get(name, name).casefold()):
            return name
    hint = did_you_mean(wanted, column.places) or f"it has: {listed(column.places)}"
    raise ColumnError(f"{column.name} is never {wanted!r}", hint=hint)


def _number(column: Column, wanted: str) -> float:
    try:
        number = float(wanted)
    except ValueError:
        number = math.nan
    if math.isnan(number):
        raise ColumnError(f"{column.name} is a number, which {wanted!r} is not")
    return number
