"""How far each bound of a rubric can move, either way, before its verdict on a dossier changes.

The verdict is piecewise constant in a bound. A comparison can change only where the bound passes what it is compared
with: a number in the dossier, or an end of the possible range of an unknown number. A case of unknown facts appears or
vanishes only where the bound passes another bound on the same thing. So the dossier is graded at each of these points,
and once between each two: the nearest change is found exactly, without any step size.
"""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, NamedTuple

from evgrade.facts.known import bounds_of
from evgrade.grading.decide import remembering_context
from evgrade.grading.judge import Data, Judged, add_up, judge
from evgrade.grading.score import score
from evgrade.logic import Bounds
from evgrade.robustness.applied import applied, grading, judged_by
from evgrade.robustness.standing import Standing, stood
from evgrade.rubric.bounds import written_bounds
from evgrade.rubric.conditions.base import Condition, ConditionBase, Context, Memory, Numeric
from evgrade.rubric.conditions.grades import GradeIs, ScoreIs, accepted_by
from evgrade.rubric.conditions.lists import Count, Share, Sum
from evgrade.rubric.conditions.logic import NumberOf
from evgrade.rubric.conditions.parsing import LIMITS
from evgrade.rubric.model import Band, Cap, Domain, Group, Ladder, Points, Rubric, Rule, Rung, WrittenBound
from evgrade.rubric.splitting import MOST_CASES

MOST_POINTS = 200
"""How many points are tried on either side of a bound, the nearest first."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a bound that moves one way changes a grade, the score or the level.

    Attributes:
        last: the farthest value without a change; None if there is no farthest, as any value short of `first` has none.
        first: the nearest value with a change; None if there is no nearest, as any value beyond `last` has one.
        after: the verdict after the change; None if nothing changed up to `last` and nothing beyond was tried.
    """

    last: Any
    first: Any
    after: Standing | None


@dataclass(frozen=True, slots=True)
class Threshold:
    """How far a bound can move.

    Attributes:
        bound: the bound.
        by: the condition that compares with it, or the points that it limits; None if it does not affect grading.
        lower: where lowering it (for a grade, a worse grade) changes something; None if nothing does.
        higher: the same for raising it.
        distance: the distance to the nearer change, relative to the larger of the two numbers, or for grades to the
            scale; None if no change was found.
    """

    bound: WrittenBound
    by: Condition | Points | None
    lower: Turn | None
    higher: Turn | None
    distance: float | None


def thresholds(data: Data, rubric: Rubric, before: Standing) -> tuple[Threshold, ...]:
    """Return how far each bound of a rubric can move, those closest to changing something first."""
    judging = _Judging(data, rubric, before)
    compared = _compared(data, rubric, judging)
    found = [_threshold(bound, rubric, judging, compared) for bound in written_bounds(rubric)]
    return tuple(sorted(found, key=lambda one: math.inf if one.distance is None else one.distance))


class _Judging:
    """Grades a dossier under a rubric with other bounds; domains without changed bounds are not judged again."""

    def __init__(self, data: Data, rubric: Rubric, before: Standing) -> None:
        self.data = data
        self.rubric = rubric
        self.rebuild = Rebuilding(rubric)
        self.before = before
        self.context, memory = remembering_context(data)
        self.numbers = memory.numbers
        self.judged = {one.name: judge(one, data, self.context)[0] for one in rubric.domains}

    def __call__(self, bound: WrittenBound, value: Any) -> Standing:
        """Return the verdict with another value of a bound."""
        parts = {id(part): _moved(part, bound, value, self.rubric) for part in bound.parts}
        rubric = self.rebuild(parts)
        context = self._context()
        grades = {
            one.name: self.judged[one.name] if one is before else judge(one, self.data, context)[0]
            for one, before in zip(rubric.domains, self.rubric.domains, strict=True)
        }
        if rubric.recommendation is self.rubric.recommendation and grades == self.judged:
            return self.before
        return stood(self.data, rubric, grades)

    def _context(self) -> Context:
        """Return a context in which terms are evaluated again but numbers are remembered."""
        presumed = Context({}, memory=Memory.empty(self.numbers), dossier=self.data, presuming=True)
        return Context({}, memory=Memory.empty(self.numbers), dossier=self.data, presumed=presumed)


def _moved(part: Any, bound: WrittenBound, value: Any, rubric: Rubric) -> Any:
    """Return the part of a rubric that contains a bound, with another value of the bound."""
    match part:
        case Bounds():
            limits = (bound.word,) if bound.word in LIMITS else ("at_least", "at_most")
            return replace(part, **dict.fromkeys(limits, value))
        case GradeIs():
            return replace(part, grades=_accepted(bound, rubric.domain(part.domain), value))
        case Cap() | Band() | Group() | Points():
            return part._replace(**{bound.word: value})
        case _:
            raise TypeError(part)


def _accepted(bound: WrittenBound, domain: Domain, value: str) -> frozenset[str]:
    """Return the grades of a domain that a condition accepts with another grade as one of its bounds."""
    written = {**bound.beside, bound.word: value}
    words = [word for word in ("is", "in", "at_least", "at_most") if word in written]
    lists = (given if isinstance(given := written[word], list) else [given] for word in words)
    return frozenset.intersection(
        *(frozenset(accepted_by(domain.scale, *one)) for one in zip(words, lists, strict=True))
    )


class _Try(NamedTuple):
    """A value of a bound to try, for itself or on behalf of all values between two points.

    Attributes:
        value: the value.
        last: the farthest earlier value that it does not represent; None if there is none.
        first: the nearest value that it represents; None if there is none.
    """

    value: Any
    last: Any
    first: Any


def _threshold(bound: WrittenBound, rubric: Rubric, judging: _Judging, compared: Mapping[int, _Compared]) -> Threshold:
    part = bound.parts[0]
    if isinstance(part, GradeIs):
        return _of_grade(bound, part, rubric.domain(part.domain), judging)
    given = [compared[id(one)] for one in bound.parts if id(one) in compared]
    if not given:  # it is in a suggestion, and does not affect grading
        return Threshold(bound, None, None, None, None)
    at = frozenset().union(*(one.at for one in given))
    least, most = _room(bound, given[0].by)
    lower = _turn(bound, list(_way(bound, [-one for one in at], -least, sign=-1)), judging)
    higher = _turn(bound, list(_way(bound, at, most, sign=1)), judging)
    far = [_distance(bound.value, turn) for turn in (lower, higher) if turn is not None and turn.after is not None]
    return Threshold(bound, given[0].by, lower, higher, min(far, default=None))


def _of_grade(bound: WrittenBound, part: GradeIs, domain: Domain, judging: _Judging) -> Threshold:
    """Return how far a grade that the recommendation requires can move along its scale."""
    steps = [step.name for step in domain.scale.grades]
    place = steps.index(bound.value)
    worse, better = (
        [_Try(new, old, new) for old, new in itertools.pairwise(way) if _accepted(bound, domain, new)]
        for way in (steps[place:], steps[place::-1])
    )
    lower, higher = _turn(bound, worse, judging), _turn(bound, better, judging)
    far = [abs(steps.index(turn.first) - place) / len(steps) for turn in (lower, higher) if turn is not None]
    return Threshold(bound, part, lower, higher, min(far, default=None))


def _turn(bound: WrittenBound, way: Sequence[_Try], judging: _Judging) -> Turn | None:
    """Return the first point along a way at which something changes."""
    for one in way[:MOST_POINTS]:
        after = judging(bound, one.value)
        if after is not judging.before and after.differs(judging.before):
            return Turn(one.last, one.first, after)
    return Turn(way[MOST_POINTS - 1].value, None, None) if len(way) > MOST_POINTS else None


def _distance(value: float, turn: Turn) -> float:
    edge = turn.last if turn.first is None else turn.first
    size = max(abs(edge), abs(value))
    return float(abs(edge - value) / size) if size else 0.0


def _way(bound: WrittenBound, at: Iterable[float], most: float, *, sign: int) -> Iterator[_Try]:
    """Yield the values to try for a rising bound: each point and one between each two. With sign -1, it falls.

    The last value is the limit of the bound, or if it has none, beyond all points.
    """
    now = sign * bound.value
    beyond = [point for point in sorted(at) if now < point <= most]
    far = most if math.isfinite(most) else min(max(beyond, default=now) + 1 + abs(now), sys.float_info.max)
    if bound.whole:
        tried = sorted({near for point in (*beyond, far) for near in (math.floor(point), math.ceil(point))})
        before = math.floor(now)
        for point in tried:
            for value in (before + 1, point):  # the first value up to this point, and the point
                if now < value <= point and value > before:
                    yield _Try(sign * value, sign * max(now, value - 1), sign * value)
                    before = value
        return
    before = now
    for point in dict.fromkeys((*beyond, far)):
        yield _Try(sign * (before / 2 + point / 2), sign * before, None)
        if point < most or not isinstance(bound.parts[0], Band):  # no two bands begin at the same points
            yield _Try(sign * point, None, sign * point)
        before = point


def _room(bound: WrittenBound, by: Any) -> tuple[float, float]:
    """Return the smallest and the largest value that a rubric may state for a bound."""
    part = bound.parts[0]
    match part:
        case Points():
            return (-math.inf, part.ceiling) if bound.word == "floor" else (part.floor, math.inf)
        case Bounds() if bound.word in LIMITS:
            least, most = _natural(by)
            others = replace(part, **{bound.word: None})
            if bound.word in ("at_least", "above"):
                return least, min(most, others.highest)
            return max(least, others.lowest), most
        case Band():
            return _between_bands(part, by)
        case _:
            return _natural(by)


def _between_bands(band: Band, points: Points) -> tuple[float, float]:
    """Return the limits of the bands below and above a band."""
    place = next(number for number, one in enumerate(points.bands) if one is band)
    return points.bands[place + 1].at_least, points.bands[place - 1].at_least if place else math.inf


def _natural(by: Any) -> tuple[float, float]:
    match by:
        case Share():
            return 0, 1
        case ScoreIs():
            return 0, 100
        case NumberOf():
            return 0, len(by.parts)
        case Count() | Sum():
            return 0, math.inf
        case _:
            return -math.inf, math.inf


# The points at which bounds matter


class _Compared(NamedTuple):
    """The points in a dossier at which a bound can matter, and the condition or points that use the bound."""

    at: set[float]
    by: Any


def _compared(data: Data, rubric: Rubric, judging: _Judging) -> dict[int, _Compared]:
    """Return the points at which the bounds of a rubric matter, by the identity of the part that contains them."""
    found: dict[int, _Compared] = {}
    subjects: dict[Hashable, list[Numeric]] = {}
    contexts = [judging.context, *([judging.context.presumed] if judging.context.presumed else [])]
    for one, mapping, _ in applied(grading(rubric, data), data):
        if isinstance(one, NumberOf):
            found.setdefault(id(one.bounds), _Compared(set(range(len(one.parts) + 1)), one))
        elif isinstance(one, Numeric):
            if id(one.bounds) not in found:
                found[id(one.bounds)] = _Compared(set(), one)
                subjects.setdefault(one.subject(), []).append(one)
            ends = _scores(rubric, judging) if isinstance(one, ScoreIs) else _ends(one, mapping, contexts)
            found[id(one.bounds)].at.update(ends)
    for same in subjects.values():
        limits = {limit for one in same for limit in _limits(one.bounds)}
        near = {limit + beside for limit in limits for beside in ((-1, 0, 1) if same[0].whole else (0,))}
        for one in same if len(same) > 1 or len(limits) > 1 else ():
            found[id(one.bounds)].at.update(near)
    for domain in rubric.domains:
        if isinstance(domain.method, Points):
            found |= _on_points(domain, domain.method, data, contexts)
    return found


def _limits(bounds: Bounds) -> set[float]:
    given = (bounds.at_least, bounds.at_most, bounds.above, bounds.below)
    return {limit for limit in given if limit is not None}


def _ends(one: Numeric, mapping: Data, contexts: Iterable[Context]) -> Iterator[float]:
    """Yield the smallest and the largest possible value of a number, as far as known."""
    for context in contexts:
        _, number = one.number(mapping, context)
        if number is not None:
            yield from (
                float(end) if not isinstance(end, int) else end for end in bounds_of(number) if math.isfinite(end)
            )


def _scores(rubric: Rubric, judging: _Judging) -> Iterator[float]:
    """Yield every score that the possible grades give, and the ends of the range."""
    if rubric.score is None:
        return
    whole = score(rubric.score, judging.judged)
    reached = {
        domain.name: judging.judged[domain.name].reached(domain.method) | {judging.judged[domain.name].grade}
        for domain in rubric.domains
    }
    scored = [whole.value, whole.low, whole.high]
    if math.prod(map(len, reached.values())) <= MOST_CASES:
        for grades in itertools.product(*map(sorted, reached.values())):
            chosen = {name: Judged(grade, frozenset((grade,))) for name, grade in zip(reached, grades, strict=True)}
            scored.append(score(rubric.score, chosen).value)
    yield from (one for one in scored if one is not None)


def _on_points(domain: Domain, points: Points, data: Data, contexts: Sequence[Context]) -> dict[int, _Compared]:
    """Return the points at which limits on points matter: sums, and the limits of the bands."""
    limits = {band.at_least for band in points.bands if math.isfinite(band.at_least)}
    asking = [(mapping, context) for mapping, _ in judged_by(domain, data) for context in contexts]
    sums = _sums(points, asking)
    found = {
        id(points): _Compared(limits, points),
        **{id(cap): _Compared(limits, points) for cap in points.caps},
        **{id(band): _Compared(sums, points) for band in points.bands},
    }
    for group in {adjustment.group for adjustment in points.adjustments} - {None}:
        # The group takes the points to the limit of a band if it adds what the others leave.
        others = tuple(adjustment for adjustment in points.adjustments if adjustment.group != group)
        without = points._replace(adjustments=others, caps=(), floor=-math.inf, ceiling=math.inf)
        left = {limit - total for limit in limits for total in _sums(without, asking)}
        found[id(group)] = _Compared(left, points)
    return found


def _sums(points: Points, asking: Iterable[tuple[Data, Context]]) -> set[float]:
    tallies = [add_up(points, mapping, context) for mapping, context in asking]
    return {end for tally in tallies for end in (tally.low, tally.high)}


class Rebuilding:
    """Makes copies of a rubric with some bounds changed."""

    def __init__(self, rubric: Rubric) -> None:
        self._rubric = rubric
        self._above: dict[int, list[int]] = {}
        seen: set[int] = set()
        for root in (rubric.domains, rubric.recommendation):
            self._look(root, seen)

    def __call__(self, parts: Mapping[int, Any]) -> Rubric:
        """Return the rubric with parts replaced, given by the identity of the old parts.

        Domains without replaced parts stay the same objects.
        """
        on_the_way: set[int] = set()
        reached = list(parts)
        while reached:
            one = reached.pop()
            if one not in on_the_way:
                on_the_way.add(one)
                reached += self._above.get(one, ())
        made = dict(parts)
        domains, recommendation = (
            _rebuilt(root, on_the_way, made) for root in (self._rubric.domains, self._rubric.recommendation)
        )
        return self._rubric._replace(domains=domains, recommendation=recommendation)

    def _look(self, value: Any, seen: set[int]) -> None:
        """Note the parents of each part of a value."""
        if id(value) in seen:
            return
        seen.add(id(value))
        for part in _parts(value):
            self._above.setdefault(id(part), []).append(id(value))
            self._look(part, seen)


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, Ladder):
        return (value.rungs,)
    if isinstance(value, ConditionBase | Rule | Rung) and is_dataclass(value):
        return [getattr(value, one.name) for one in fields(value)]
    return ()


def _rebuilt(value: Any, on_the_way: set[int], made: dict[int, Any]) -> Any:
    key = id(value)
    if key not in made:  # a term is rebuilt once, however often it is used
        made[key] = _made(value, on_the_way, made) if key in on_the_way else value
    return made[key]


def _made(value: Any, on_the_way: set[int], made: dict[int, Any]) -> Any:
    if isinstance(value, tuple):
        inner = [_rebuilt(one, on_the_way, made) for one in value]
        return type(value)._make(inner) if hasattr(value, "_make") else tuple(inner)
    if isinstance(value, Ladder):
        return value.moved(_rebuilt(value.rungs, on_the_way, made))
    return replace(value, **{one.name: _rebuilt(getattr(value, one.name), on_the_way, made) for one in fields(value)})
