"""Evaluate ladders and points in three-valued logic: the grade, and every grade still possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, NamedTuple, assert_never

from evgrade.logic import Truth, reaches
from evgrade.rubric.conditions.base import NO_CONTEXT, Context, Memory
from evgrade.rubric.model import Adjustment, Combine, Domain, Each, Group, Ladder, Points, Rule
from evgrade.rubric.outline import NOT_APPLICABLE, Scale

Data = Mapping[str, Any]


class Decision(NamedTuple):
    """The result of a ladder.

    Attributes:
        number: the index of the deciding rung.
        gives: its result.
        possible: every result that the ladder can give once unknown facts become known, or if they stay unknown.
        truths: whether each rung holds, down to the first that certainly does.
        rungs: the indices of the rungs that some case of the unknown facts leads to.
    """

    number: int
    gives: str
    possible: frozenset[str]
    truths: tuple[Truth, ...]
    rungs: frozenset[int]


def climb(ladder: Ladder, data: Data, context: Context = NO_CONTEXT) -> Decision:
    """Return the result of a ladder, and every result still possible.

    The first rung that certainly holds decides, where an unknown excuse counts as absent (see `Unless`). If all cases
    lead to one result, it is that one. The last rung claims that no rung above it holds: if no case leads to it, the
    result is the nearest one, not milder, that some case does lead to. The unjudged grade is kept there, because it
    claims nothing.
    """
    truths: list[Truth] = []
    open_rungs: list[int] = []
    for number, rung in enumerate(ladder.rungs):
        truth = rung.rule.condition.truth(data, context)
        truths.append(truth)
        if truth is not False:
            open_rungs.append(number)
            if truth is True:
                break
    gives = ladder.rungs[open_rungs[-1]].gives
    if len(open_rungs) == 1 or all(ladder.rungs[number].gives == gives for number in open_rungs):
        return Decision(open_rungs[-1], gives, frozenset((gives,)), tuple(truths), frozenset(open_rungs))
    reached = ladder.splitter.reached(tuple(truths), data, context)
    if reached is None:
        reached = frozenset(open_rungs)
    results = {ladder.rungs[number].gives: number for number in sorted(reached, reverse=True)}
    number = _first(ladder, open_rungs, data, context)
    gives = ladder.rungs[number].gives
    stands = gives == ladder.unjudged or number < len(ladder.rungs) - 1
    if gives not in results and (len(results) == 1 or not stands):
        gives = ladder.nearest(results, gives)
        number = results[gives]
    return Decision(number, gives, frozenset((*results, gives)), tuple(truths), reached)


def _first(ladder: Ladder, open_rungs: list[int], data: Data, context: Context) -> int:
    """Return the index of the first rung that certainly holds; an unknown excuse counts as absent."""
    if not ladder.excuses:
        return open_rungs[-1]
    memory = None if context.memory is None else Memory.empty(context.memory.numbers)
    presuming = context.presumed or replace(context, presuming=True, memory=memory)
    conditions = ((number, ladder.rungs[number].rule.condition) for number in open_rungs)
    return next(number for number, condition in conditions if condition.truth(data, presuming) is True)


class Tally(NamedTuple):
    """Points from `low`, which is certain, to `high`, and each rule that was tried with its points."""

    low: float
    high: float
    rules: tuple[tuple[Rule, float, Truth], ...]


def add_up(points: Points, data: Data, context: Context = NO_CONTEXT) -> Tally:
    """Return the points of a dossier or an item as an interval."""
    start = _start(points.start, data, context)
    values = [adjustment.points for adjustment, truth in start if truth is not False]
    sums: dict[Group | None, list[float]] = {None: [min(values), max(values)]}
    tried = [(adjustment.rule, adjustment.points, truth) for adjustment, truth in start]
    for adjustment in points.adjustments:
        truth = adjustment.rule.condition.truth(data, context)
        tried.append((adjustment.rule, adjustment.points, truth))
        if truth is not False:
            ends = sums.setdefault(adjustment.group, [0.0, 0.0])
            ends[0] += adjustment.points if truth else min(0.0, adjustment.points)
            ends[1] += adjustment.points if truth else max(0.0, adjustment.points)
    low, high = (sum(_limited(group, ends[end]) for group, ends in sums.items()) for end in (0, 1))
    for cap in points.caps:
        truth = cap.rule.condition.truth(data, context)
        tried.append((cap.rule, cap.at_most, truth))
        if truth is not False:
            low = min(low, cap.at_most)
            high = min(high, cap.at_most) if truth else high
    return Tally(_clamp(low, points), _clamp(high, points), tuple(tried))


def _limited(group: Group | None, points: float) -> float:
    return points if group is None else min(points, group.at_most)


def _start(start: tuple[Adjustment, ...], data: Data, context: Context) -> list[tuple[Adjustment, Truth]]:
    tried = []
    for adjustment in start:
        truth = adjustment.rule.condition.truth(data, context)
        tried.append((adjustment, truth))
        if truth is True:
            break
    return tried


def _clamp(value: float, points: Points) -> float:
    return max(points.floor, min(points.ceiling, value))


def band_number(points: Points, value: float) -> int:
    """Return the index of the band for a number of points."""
    return next(number for number, band in enumerate(points.bands) if reaches(value, band.at_least))


class Basis(StrEnum):
    """The basis of a domain's grade."""

    EVIDENCE = "evidence"
    """What the dossier records, even if that is that nothing was found."""

    NOT_RECORDED = "not_recorded"
    """None: the dossier has none of the sections that the domain reads, so no search is reported."""

    NOT_APPLICABLE = "not_applicable"
    """None: the domain cannot apply to this kind of therapy."""


class Judged(NamedTuple):
    """The grade of a domain or an item, the possible grades, and how it was reached.

    `possible` includes the grade itself, even if it is the unjudged one and no completion of the dossier leads to it.
    """

    grade: str
    possible: frozenset[str]
    decision: Decision | None = None
    tally: Tally | None = None
    basis: Basis = Basis.EVIDENCE

    def reached(self, ladder: Ladder | Points) -> frozenset[str]:
        """Return the grades that some completion of the dossier leads to."""
        if len(self.possible) > 1 and self.decision is not None and isinstance(ladder, Ladder):
            return frozenset(ladder.rungs[number].gives for number in self.decision.rungs) | (
                self.possible & {NOT_APPLICABLE}
            )
        return self.possible


def judge_one(domain: Domain, data: Data, context: Context = NO_CONTEXT) -> Judged:
    """Return the grade of a mapping by the domain's method."""
    points = domain.method
    if isinstance(points, Ladder):
        decision = climb(points, data, context)
        return Judged(decision.gives, decision.possible, decision)
    if not isinstance(points, Points):
        assert_never(points)
    tally = add_up(points, data, context)
    bands = range(band_number(points, tally.high), band_number(points, tally.low) + 1)
    grades = frozenset(points.bands[number].grade for number in bands)
    # Grant only what is certain: take the grade for the fewest points.
    grade = points.bands[bands[-1]].grade
    judged = True if points.judged is None else points.judged.truth(data, context)
    if judged is True or domain.scale.unjudged is None:
        return Judged(grade, grades, tally=tally)
    unjudged = domain.scale.unjudged.name
    if judged is False:
        return Judged(unjudged, frozenset({unjudged}), tally=tally)
    return Judged(unjudged, grades | {unjudged}, tally=tally)


class ItemJudged(NamedTuple):
    """One item of a domain judged item by item; `counts` is whether it belongs to the domain."""

    number: int
    counts: Truth
    judged: Judged


def judge_each(domain: Domain, each: Each, data: Data, context: Context) -> tuple[Judged, tuple[ItemJudged, ...]]:
    """Return the combined grade of a section and the grade of each item that could count."""
    items = []
    entries = each.entries.read(data)
    for number, entry in enumerate(entries or ()):
        counts = each.where.truth(entry, context)
        if counts is not False:
            items.append(ItemJudged(number, counts, judge_one(domain, entry, context)))
    combined = combine(domain.scale, each.combine, items)
    if entries is None:
        combined = Judged(combined.grade, frozenset(domain.scale.names()))
    return combined, tuple(items)


def combine(scale: Scale, how: Combine, items: Iterable[ItemJudged]) -> Judged:
    """Return the best or the worst grade of several items; items that cannot be judged do not count.

    While an item not yet judged could be worse than all others, the worst grade is not established, and the result is
    the unjudged grade.

    A grade is possible if some item can have it and no item that certainly counts rules it out: the best of several is
    never worse than any of them can become, and the worst never better. Only what is certain is granted: an item that
    may not count can lower the reported worst grade, but never raise the reported best.
    """
    unjudged = scale.nothing
    grades: set[int] = set()
    certain: list[set[int]] = []
    reported: list[int] = []
    doubtful: list[int] = []
    not_yet: set[int] = set()
    for item in items:
        ranks = {scale.rank(grade) for grade in item.judged.possible if grade != unjudged}
        grades |= ranks
        if item.counts is True and unjudged not in item.judged.possible:
            certain.append(ranks)
        if item.judged.grade == unjudged:
            not_yet |= ranks
        else:
            (reported if item.counts is True else doubtful).append(scale.rank(item.judged.grade))
    match how:
        case "best":
            limit = min((max(ranks) for ranks in certain), default=len(scale.grades))
            open_ranks = {rank for rank in grades if rank <= limit}
            rank = min(reported, default=None)
        case "worst":
            limit = max((min(ranks) for ranks in certain), default=-1)
            open_ranks = {rank for rank in grades if rank >= limit}
            rank = max(reported + doubtful) if reported else None
        case _:
            assert_never(how)
    possible = {scale.grades[rank].name for rank in open_ranks} | (set() if certain else {unjudged})
    if rank is None:
        return Judged(unjudged, frozenset(possible))
    if how == "worst" and max(not_yet, default=rank) > rank:
        return Judged(unjudged, frozenset(possible | {unjudged}))
    return Judged(scale.grades[rank].name, frozenset(possible))


def judge(domain: Domain, data: Data, context: Context = NO_CONTEXT) -> tuple[Judged, tuple[ItemJudged, ...]]:
    """Return the grade of a domain, and the grades of its items if it is judged item by item."""
    applies = True if domain.applies is None else domain.applies.truth(data, context)
    if applies is False:
        return Judged(NOT_APPLICABLE, frozenset((NOT_APPLICABLE,)), basis=Basis.NOT_APPLICABLE), ()
    items: tuple[ItemJudged, ...] = ()
    if domain.sections and data.keys().isdisjoint(domain.sections):
        # A missing section could turn out to hold anything.
        grade = domain.scale.nothing or judge_one(domain, data, context).grade
        judged = Judged(grade, frozenset(domain.scale.names()), basis=Basis.NOT_RECORDED)
    elif domain.each is None:
        judged = judge_one(domain, data, context)
    else:
        judged, items = judge_each(domain, domain.each, data, context)
    if applies is None:
        judged = judged._replace(possible=judged.possible | {NOT_APPLICABLE})
    return judged, items
