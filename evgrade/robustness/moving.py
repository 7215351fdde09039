"""What changes when each printed number moves within its rounding error, and each estimate within its interval.

A number in a dossier is as printed in its source, and may be anything that rounds to it: 0.70 is 0.695 to 0.705. Counts
are exact, as are chosen numbers such as a margin or a confidence level; these are not moved.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeGuard

from evgrade.dossier import Dossier
from evgrade.facts.effects import RATIOS, no_effect
from evgrade.facts.reported import Reported
from evgrade.grading.judge import Data, climb
from evgrade.grading.resting import at
from evgrade.grading.suggestions import Answering
from evgrade.grading.trace import remembering
from evgrade.logic import Truth
from evgrade.model import Path
from evgrade.robustness.applied import Applied, applied, grading
from evgrade.robustness.standing import LEVEL, Regrading, Standing, edited
from evgrade.rubric.conditions.base import Context
from evgrade.rubric.conditions.lists import Sum
from evgrade.rubric.conditions.values import FieldTest, Within
from evgrade.rubric.model import Rubric, Suggestion

_EFFECT = "estimate ci_low ci_high se p prediction_low prediction_high i_squared q"
_ARM = "percent mean sd median q1 q3 min max"
_ROUNDED = frozenset((*_EFFECT.split(), *_ARM.split()))
_ORDERED = (
    ("ci_low", "estimate", "ci_high"),
    ("ci_low", "mean", "ci_high"),
    ("ci_low", "percent", "ci_high"),
    ("prediction_low", "ci_low"),
    ("ci_high", "prediction_high"),
    ("min", "q1", "median", "q3", "max"),
    ("low", "high"),
)
"""Numbers that must stay in ascending order if they are printed so."""
_AT_MOST = {"p": 1, "percent": 100, "i_squared": 100}
_NEVER_NEGATIVE = frozenset({"se", "p", "percent", "sd", "i_squared", "q", "low", "high"})


class How(StrEnum):
    """How a number is moved; the values appear in the JSON."""

    ROUNDING = "rounding"
    INTERVAL = "interval"
    """An estimate is moved to an end of its interval."""


@dataclass(frozen=True, slots=True)
class Move:
    """The move of a number.

    Attributes:
        path: its path in the dossier.
        written: the number as printed.
        value: the number after the move.
        how: within its rounding error or its interval.
    """

    path: Path
    written: str
    value: float
    how: How


@dataclass(frozen=True, slots=True)
class Compared:
    """A condition on a number that becomes true, false or unknown.

    Attributes:
        path: the path of its subject.
        means: the condition in words.
        before, after: whether it holds.
    """

    path: Path
    means: str
    before: Truth
    after: Truth


@dataclass(frozen=True, slots=True)
class Contradicted:
    """A judgement of the reviewers that the moved numbers contradict.

    Attributes:
        path: its path.
        stated: the stated judgement.
        suggested: the judgement that the rubric then suggests; None if only the interval fails to show what is stated.
    """

    path: Path
    stated: str
    suggested: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A number that was moved, and what changed.

    Attributes:
        move: the move.
        after: the verdict afterwards.
        conditions: the numeric conditions of the rubric and its suggestions whose truth changes.
        excludes_none: whether the interval excludes no effect afterwards; None if unchanged or not known.
        contradicted: the judgements that it newly contradicts.
    """

    move: Move
    after: Standing
    conditions: tuple[Compared, ...]
    excludes_none: bool | None
    contradicted: tuple[Contradicted, ...]


@dataclass(frozen=True, slots=True)
class Moving:
    """The number of moves tried, and those that change something, changes of grades first."""

    tried: int
    changing: tuple[Moved, ...]


def moving(dossier: Dossier, rubric: Rubric, before: Standing) -> Moving:
    """Return what changes when each number of a dossier is moved alone."""
    moves = list(moves_of(dossier))
    trying = _Trying(dossier, rubric, before)
    changing = [one for move in moves if (one := trying(move)) is not None]
    return Moving(len(moves), tuple(sorted(changing, key=lambda one: _weight(one, before))))


def _weight(one: Moved, before: Standing) -> tuple[bool, int, bool, int]:
    moved = one.after.differs(before)
    return LEVEL not in moved, -len(moved), not one.contradicted, -len(one.conditions)


# Which numbers, and where to


def moves_of(dossier: Dossier) -> Iterator[Move]:
    """Yield each number moved each way, in document order, except moves that contradict neighbouring numbers."""
    for path, holder in _holders(dossier.data, ()):
        for key, value in holder.items():
            if not _is_rounded(path, key, value):
                continue
            written = dossier.document.written((*path, key))
            for new, how in _values(holder, key, value, written):
                if new != value and _fits(holder, key, new):
                    yield Move((*path, key), written, new, how)


def _holders(value: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    if isinstance(value, dict):
        yield path, value
        for key, part in value.items():
            if not key.startswith("x-"):
                yield from _holders(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _holders(part, (*path, number))


def _is_rounded(path: Path, key: str, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return key in _ROUNDED or (path == ("cost",) and key in ("low", "high"))


def _values(holder: Mapping[str, Any], key: str, value: float, written: str) -> Iterator[tuple[float, How]]:
    number = Reported.written(written, value)
    if number is not None:
        yield from ((float(end), How.ROUNDING) for end in (number.low, number.high))
    if key == "estimate":
        yield from ((holder[end], How.INTERVAL) for end in ("ci_low", "ci_high") if _is_number(holder.get(end)))


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _fits(holder: Mapping[str, Any], key: str, new: float) -> bool:
    if new > _AT_MOST.get(key, new) or (new < 0 and key in _NEVER_NEGATIVE):
        return False
    if new <= 0 and holder.get("measure") in RATIOS and key in ("estimate", "ci_low", "ci_high"):
        return False
    moved = {**holder, key: new}
    return all(_in_order(moved, chain) or not _in_order(holder, chain) for chain in _ORDERED if key in chain)


def _in_order(holder: Mapping[str, Any], chain: tuple[str, ...]) -> bool:
    numbers = [holder[key] for key in chain if _is_number(holder.get(key))]
    return all(one <= other for one, other in itertools.pairwise(numbers))


# What a move changes


class _Trying:
    """Moves one number at a time, and evaluates only what reads it."""

    def __init__(self, dossier: Dossier, rubric: Rubric, before: Standing) -> None:
        self._data = dossier.data
        self._before = before
        self._regrade = Regrading(rubric)
        self._context = remembering(Context({}, dossier=self._data))
        answering = Answering(dossier)
        self._suggested = [
            (suggestion, path, tuple(one.path for one in answering.studies(item, path)))
            for suggestion in rubric.suggestions
            for path, item in _items(suggestion, self._data, self._context)
        ]
        self._grading = _by_path(applied(grading(rubric, self._data), self._data))

    def __call__(self, move: Move) -> Moved | None:
        """Return what a move changes; None if nothing."""
        data = edited(self._data, {move.path: move.value})
        read = [one for one in self._reading(move.path) if _reads_otherwise(one, at(data, one.path))]
        after = self._regrade(data) if read else self._before
        conditions = [*_compared((one, one._replace(about=at(data, one.path))) for one in read)]
        contradicted: list[Contradicted] = []
        for suggestion, path, studies in self._suggested:
            if any(move.path[: len(place)] == place for place in (path, *studies)):
                items = [_with_studies(at(whole, path), whole, studies) for whole in (self._data, data)]
                conditions += _compared(zip(*(_walk(suggestion, item, path, data) for item in items), strict=True))
                contradicted += self._contradicted(suggestion, path, *items)
        holder = move.path[:-1]
        was, now = (excludes_none(at(whole, holder)) for whole in (self._data, data))
        flipped = now if was is not None and now is not was else None
        if flipped is not None:
            contradicted += _by_interval(self._data, holder, flipped=flipped)
        if not conditions and not contradicted and flipped is None and not after.differs(self._before):
            return None
        return Moved(move, after, tuple(dict.fromkeys(conditions)), flipped, tuple(contradicted))

    def _reading(self, path: Path) -> Iterator[Applied]:
        for end in range(len(path)):
            yield from self._grading.get(path[:end], ())

    def _contradicted(self, suggestion: Suggestion, path: Path, old: Data, new: Data) -> Iterator[Contradicted]:
        stated = suggestion.field.read(old)
        suggested = [_suggests(suggestion, item, self._context) for item in (old, new)]
        if (
            stated is not None
            and suggested[1] is not None
            and suggested[1] != stated
            and suggested[0] in (None, stated)
        ):
            yield Contradicted((*path, *suggestion.field.keys), str(stated), suggested[1])


def _items(suggestion: Suggestion, data: Data, context: Context) -> Iterator[tuple[Path, Data]]:
    for number, item in enumerate(suggestion.entries.read(data) or []):
        if suggestion.where.truth(item, context) is not False:
            yield (*suggestion.entries.keys, number), item


def _with_studies(item: Data, whole: Data, studies: tuple[Path, ...]) -> Data:
    return {**item, "study_effects": [at(whole, path) for path in studies]} if studies else item


def _walk(suggestion: Suggestion, item: Data, path: Path, dossier: Data) -> Iterator[Applied]:
    return applied([Applied(rung.rule.condition, item, path) for rung in suggestion.ladder.rungs], dossier)


def _suggests(suggestion: Suggestion, item: Data, context: Context) -> str | None:
    """Return the judgement that a rubric suggests for an item; None if it is open."""
    decision = climb(suggestion.ladder, item, Context({}, dossier=context.dossier))
    last = decision.number == len(suggestion.ladder.rungs) - 1
    return None if len(decision.possible) > 1 and last else decision.gives


def _by_path(found: Iterator[Applied]) -> dict[Path, list[Applied]]:
    by_path: dict[Path, list[Applied]] = {}
    for one in found:
        if isinstance(one.condition, FieldTest | Sum):
            by_path.setdefault(one.path, []).append(one)
    return by_path


def _reads_otherwise(one: Applied, after: Data) -> bool:
    condition = one.condition
    if isinstance(condition, Sum):
        before, now = (condition.entries.read(mapping) or [] for mapping in (one.about, after))
        return [condition.field.read(entry) for entry in before] != [condition.field.read(entry) for entry in now]
    return isinstance(condition, FieldTest) and condition.field.read(one.about) != condition.field.read(after)


def _compared(pairs: Iterable[tuple[Applied, Applied]]) -> Iterator[Compared]:
    """Yield the numeric conditions whose truth changes, given each before and after."""
    for before, after in pairs:
        condition = before.condition
        if isinstance(condition, Within):
            was, now = (condition.bounds.hold(condition.field.read(one.about)) for one in (before, after))
            if was is not now:
                yield Compared(before.path, condition.describe(), was, now)


def excludes_none(effect: Any) -> bool | None:
    """Whether the interval of an effect excludes no effect, by the numbers as printed; None without an interval."""
    if not isinstance(effect, Mapping):
        return None
    low, high, none = effect.get("ci_low"), effect.get("ci_high"), no_effect(effect.get("measure"))
    if none is None or not _is_number(low) or not _is_number(high):
        return None
    return bool(low > none or high < none)


def _by_interval(data: Data, path: Path, *, flipped: bool) -> Iterator[Contradicted]:
    """Yield the stated result of the study of an effect, if the moved interval contradicts it."""
    for end in range(len(path) - 1, 0, -1):
        item = at(data, path[:end])
        stated = item.get("result") if isinstance(item, dict) else None
        if isinstance(stated, str):
            if stated in (("no_benefit",) if flipped else ("benefit", "harm")):
                yield Contradicted((*path[:end], "result"), stated, None)
            return
