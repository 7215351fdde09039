"""Which rows are shown, and in which order."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from evgrade.batch.columns import Column, ColumnError, Kind, column_named, columns_of
from evgrade.batch.outline import System
from evgrade.batch.row import Row
from evgrade.schema.suggest import did_you_mean, listed

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
    """Which rows are shown, and in which order.

    Attributes:
        keeps: conditions that a row must meet, all of them.
        sort: the column, and whether it runs the other way; None for the order of the rank.
        grouped: whether rows on the same condition stand together.
        limit: how many rows are shown at most.
    """

    keeps: tuple[Keeps, ...] = ()
    sort: tuple[Column, bool] | None = None
    grouped: bool = False
    limit: int | None = None

    def shown(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return those of some rows that meet all conditions."""
        for keeps in self.keeps:
            rows = list(filter(keeps, rows))
        return rows

    def order(self, rubric: System, number: int = 0) -> Callable[[Row], tuple[Any, ...]]:
        """Return what rows are sorted by: their condition and a column, as is wanted, then what ranks them.

        Rows without a value in that column come last, whichever way it runs.

        Args:
            rubric: the one that they are ranked under.
            number: its place among all that they were graded under.
        """
        keys: list[Callable[[Row], tuple[Any, ...]]] = [partial(rank_key, rubric=rubric, number=number)]
        if self.sort is not None:
            keys.insert(0, partial(_column_key, *self.sort))
        if self.grouped:
            keys.insert(0, condition_key)
        return keys[0] if len(keys) == 1 else lambda row: tuple([key(row) for key in keys])


def rank_key(row: Row, rubric: System, number: int) -> tuple[Any, ...]:
    """Return what ranks a row under one of the rubrics: the best recommendation, score, then therapy and file.

    A rubric that gives neither recommendation nor score ranks by its grades, domain by domain.
    """
    if not row.verdicts:
        return (math.inf, 0, (), "", row.file)
    verdict = row.verdicts[number]
    places: tuple[int, ...] = ()
    if rubric.recommendation is None and rubric.score is None:
        places = tuple(
            domain.scale.rank(given.grade) for domain, given in zip(rubric.domains, verdict.grades, strict=True)
        )
    score = -1 if verdict.score is None else verdict.score
    # Where the rubric recommends and gives no level, nothing is recorded: that comes after every level.
    unranked = 0 if rubric.recommendation is None else len(rubric.recommendation.levels) + 1
    return (verdict.rank or unranked, -score, places, (row.therapy or "").casefold(), row.file)


def condition_key(row: Row) -> tuple[bool, str, str]:
    """Return what groups rows by condition; those whose condition is not known come last."""
    condition = row.condition or ""
    return (row.condition is None, condition.casefold(), condition)


@dataclass(frozen=True, slots=True)
class _Backwards:
    """A value that sorts the other way."""

    value: Any

    def __lt__(self, other: _Backwards) -> bool:
        return bool(other.value < self.value)


def _column_key(column: Column, backwards: bool, row: Row) -> tuple[Any, ...]:  # noqa: FBT001 - the pair that `sort` is
    """Return what sorts a row by a column; one without a value comes last."""
    value = _sortable(column, row)
    if value is None:
        return (True,)
    return (False, _Backwards(value) if backwards else value)


def _sortable(column: Column, row: Row) -> Any:
    """Return a value as it sorts: a grade by its place, the best first, and one outside the order as missing."""
    value = column.of(row)
    if value is None or column.kind in (Kind.COUNT, Kind.NUMBER):
        return value
    if column.kind is Kind.GRADE:
        place = column.places[str(value)]
        return None if place < 0 else place
    return (str(value).casefold(), value)


def chosen_sort(text: str | None, rubrics: Sequence[System]) -> tuple[Column, bool] | None:
    """Return the column that `--sort` names, and whether a dash before it turns it round; None for the usual order.

    Raises:
        ColumnError: there is no such column.
    """
    if text is None or text == "rank":
        return None
    return column_named(text.removeprefix("-"), columns_of(rubrics), rubrics), text.startswith("-")


def condition(text: str, rubrics: Sequence[System]) -> Keeps:
    """Return the condition that a text such as `score>=50` states.

    Letters' case makes no difference. What a row lacks is equal to nothing but the empty text, and neither more nor
    less than anything. Of grades and levels the better one is the greater.

    Raises:
        ColumnError: it is not a condition, there is no such column, or no such value in it.
    """
    found = _CONDITION.fullmatch(text)
    if found is None or not found["column"].strip():
        raise ColumnError(f"{text!r} is not a condition", hint="such as score>=50, status!=graded, condition=ALS")
    column = column_named(found["column"].strip(), columns_of(rubrics), rubrics)
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
    """Return the condition that the name of a dossier's condition holds a text, whatever the case of its letters."""
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
    """Return the grade or level that a text means: its name or its title.

    Raises:
        ColumnError: there is none.
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
