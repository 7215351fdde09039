"""The smallest addition of evidence that leads to the nearest better and worse level, or grade of a domain.

Sets of one addition are tried, then of two, then of three, within the budget. Among sets of the same size, the one with
the fewest people is best, then the cheapest.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from evgrade.grading.decide import decide
from evgrade.grading.judge import Basis, Data, Decision
from evgrade.robustness.additions import Added, Addition, added
from evgrade.robustness.standing import LEVEL, Regrading, Standing
from evgrade.rubric.conditions.base import everything_in
from evgrade.rubric.conditions.grades import GradeIs
from evgrade.rubric.model import Ladder, Method, Rubric
from evgrade.rubric.outline import NOT_APPLICABLE

LARGEST_SET = 3
"""The largest size of sets of additions to try."""
BUDGET = 1500
"""How many versions of a dossier to grade at most."""


@dataclass(frozen=True, slots=True)
class Way:
    """Additions that lead to a level or grade.

    Attributes:
        gives: the level or grade.
        title: its title.
        added: the additions, with equal ones adjacent.
        after: the verdict with them.
        is_certain: whether no missing fact can then change it.
    """

    gives: str
    title: str
    added: tuple[Added, ...]
    after: Standing
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Towards:
    """The way to the nearest level or grade on one side.

    Attributes:
        is_better: whether it is the better side.
        out_of_reach: the titles of nearer levels or grades that no addition tried leads to.
        way: the way; None if there is none.
        gate: the rule that keeps the nearest better one out of reach whatever is added.
        looked_at: the size up to which every set of additions was tried.
    """

    is_better: bool
    out_of_reach: tuple[str, ...]
    way: Way | None
    gate: str | None
    looked_at: int

    @property
    def is_exact(self) -> bool:
        """Whether it is certain that no smaller set of these additions leads there."""
        return self.looked_at >= (LARGEST_SET if self.way is None else len(self.way.added) - 1)


@dataclass(frozen=True, slots=True)
class Reach:
    """What the next study can lead to.

    Attributes:
        name: the domain or `recommendation`.
        title: its title.
        now: the present grade, or the title of the level.
        is_settled: whether no missing fact can change it.
        better, worse: the ways to either side; None if there is nothing on that side.
    """

    name: str
    title: str
    now: str
    is_settled: bool
    better: Towards | None
    worse: Towards | None


@dataclass(frozen=True, slots=True)
class _Goal:
    """One side of a level or grade: the targets, nearest first, and a function that reads the result from a verdict."""

    name: str
    is_better: bool
    targets: tuple[tuple[str, str], ...]
    given: Callable[[Standing], tuple[str | None, bool]]


def reaches(
    data: Data,
    rubric: Rubric,
    available: Sequence[Addition],
    before: Standing,
    regrade: Regrading,
    budget: int = BUDGET,
) -> tuple[Reach, ...]:
    """Return what additions lead to for the recommendation, or if there is none, for each domain."""
    found = list(_now(data, rubric, before))
    goals = [goal for _, both in found for goal in both if goal.targets]
    search = _Search(data, rubric, available, regrade, goals)
    search.run(regrade.gradings + budget)
    return tuple(
        replace(reach, better=search.towards(better), worse=search.towards(worse)) for reach, (better, worse) in found
    )


def _now(data: Data, rubric: Rubric, before: Standing) -> Iterator[tuple[Reach, tuple[_Goal, _Goal]]]:
    recommended = rubric.recommendation
    if recommended is not None and before.level is not None:
        levels = [(level.name, level.title) for level in recommended.levels]
        place = recommended.rank(before.level)
        reach = Reach(LEVEL, "Recommendation", levels[place][1], before.is_settled, None, None)
        yield reach, _sides(LEVEL, levels, place, _level)
        return
    decided = decide(data, rubric)
    for domain in rubric.domains:
        grade, possible = before.grades[domain.name]
        if grade == NOT_APPLICABLE or not domain.sections:
            continue
        grades = [(one.name, one.name) for one in domain.scale.grades]
        unjudged = domain.scale.is_unjudged(grade) or decided.grades[domain.name].basis is Basis.NOT_RECORDED
        # Without a grade, the nearest better step is the weakest grade above the worst.
        place = len(grades) - 1 if unjudged else domain.scale.rank(grade)
        sides = _sides(domain.name, grades, place, _grade_of(domain.name))
        if unjudged:
            sides = sides[0], replace(sides[1], targets=(grades[-1],))
        yield Reach(domain.name, domain.title, grade, len(possible) == 1, None, None), sides


def _sides(
    name: str,
    ordered: Sequence[tuple[str, str]],
    place: int,
    given: Callable[[Standing], tuple[str | None, bool]],
) -> tuple[_Goal, _Goal]:
    return (
        _Goal(name, is_better=True, targets=tuple(reversed(ordered[:place])), given=given),
        _Goal(name, is_better=False, targets=tuple(ordered[place + 1 :]), given=given),
    )


def _level(after: Standing) -> tuple[str | None, bool]:
    return after.level, after.is_settled


def _grade_of(name: str) -> Callable[[Standing], tuple[str | None, bool]]:
    def given(after: Standing) -> tuple[str | None, bool]:
        grade, possible = after.grades[name]
        return grade, len(possible) == 1

    return given


class _Search:
    """Tries sets of additions, and keeps the best way to each target."""

    def __init__(
        self, data: Data, rubric: Rubric, available: Sequence[Addition], regrade: Regrading, goals: Sequence[_Goal]
    ) -> None:
        self._data = data
        self._rubric = rubric
        self._regrade = regrade
        self._goals = goals
        self._additions = available
        self._best: dict[tuple[str, str, bool, bool], tuple[tuple[int, ...], Way]] = {}
        self._looked_at = 0

    def run(self, last: int) -> None:
        """Try sets, the smallest first, until every nearest target is reached for certain or the budget is spent."""
        for size in range(1, LARGEST_SET + 1):
            for chosen in sets_of(self._additions, size):
                if self._regrade.gradings >= last:
                    return
                self._try(chosen)
            self._looked_at = size
            if all((goal.name, goal.targets[0][0], True, True) in self._best for goal in self._goals):
                return

    def _try(self, chosen: tuple[Added, ...]) -> None:
        new = added(self._data, chosen)
        if new is None:
            return
        after = self._regrade(new)
        for goal in self._goals:
            gives, is_certain = goal.given(after)
            title = dict(goal.targets).get(gives or "")
            if gives is None or title is None:
                continue
            fits = all(one.addition.speaks_for in (None, goal.is_better) for one in chosen)
            key, weight = (goal.name, gives, fits, is_certain), _weight(chosen)
            if key not in self._best or weight < self._best[key][0]:
                self._best[key] = weight, Way(gives, title, chosen, after, is_certain)

    def towards(self, goal: _Goal) -> Towards | None:
        """Return the way to the nearest target reached for certain, or else to the nearest that may be reached.

        Evidence for the therapy is preferred on the way up, and evidence against it on the way down. It can lead the
        other way in a domain that asks how well the absence of an effect is established.
        """
        if not goal.targets:
            return None
        for fits, is_certain in itertools.product((True, False), repeat=2):
            for number, (name, _) in enumerate(goal.targets):
                found = self._best.get((goal.name, name, fits, is_certain))
                if found is not None:
                    missed = tuple(title for _, title in goal.targets[:number])
                    return Towards(
                        goal.is_better, missed, found[1], self._gate(goal) if missed else None, self._looked_at
                    )
        titles = tuple(title for _, title in goal.targets)
        return Towards(goal.is_better, titles, None, self._gate(goal), self._looked_at)

    def _gate(self, goal: _Goal) -> str | None:
        """Return the rule that decides whatever favourable evidence is added; None if none does."""
        if not goal.is_better:
            return None
        good = [one for one in self._additions if one.speaks_for]
        all_of_it = [Added(one, one.sizes[-1]) for one in good for _ in range(1 if one.once else 2)]
        new = added(self._data, all_of_it) or added(self._data, [one for one in all_of_it if not one.addition.once])
        if new is None:
            return None
        then, now = decide(new, self._rubric), decide(self._data, self._rubric)
        if goal.name != LEVEL:
            domain = next(domain for domain in self._rubric.domains if domain.name == goal.name)
            return _same_rule(domain.method, then.grades[goal.name].decision, now.grades[goal.name].decision)
        recommended = self._rubric.recommendation
        if recommended is None or then.level is None:
            return None
        means = _same_rule(recommended.ladder, then.level, now.level)
        parts = everything_in(recommended.ladder.rungs[then.level.number].rule.condition, set())
        names = {part.domain for part in parts if isinstance(part, GradeIs)}
        still = [
            f"{domain.title} {then.grades[domain.name].grade}"
            for domain in self._rubric.domains
            if domain.name in names and then.grades[domain.name].grade == now.grades[domain.name].grade
        ]
        return f"{means} ({', '.join(still)})" if means is not None and still else means


def _same_rule(method: Method, then: Decision | None, now: Decision | None) -> str | None:
    """Return the meaning of the rule that decided before and after; None if two different rules did."""
    if not isinstance(method, Ladder) or then is None or now is None or then.number != now.number:
        return None
    return method.rungs[then.number].rule.means.rstrip(".")


def sets_of(given: Sequence[Addition], size: int) -> Iterator[tuple[Added, ...]]:
    """Yield every set of `size` additions with every number of people that makes a difference.

    An addition may repeat, unless it changes existing entries (safety or outcomes). No set contains evidence both for
    and against the therapy: nobody plans one study to show benefit and another to show none.
    """
    for few in itertools.combinations_with_replacement(given, size):
        if {True, False} <= {one.speaks_for for one in few}:
            continue
        single = [one.section if one.entry is None else one.name for one in few if one.once]
        if len(set(single)) == len(single):
            alike = [[Added(one, n) for n in one.sizes] for one in few]
            yield from dict.fromkeys(tuple(sorted(them, key=_place)) for them in itertools.product(*alike))


def _place(one: Added) -> tuple[int, int]:
    return one.addition.cost, one.n


def _weight(chosen: Sequence[Added]) -> tuple[int, ...]:
    """Return a sort key: the fewest additions, then the fewest people, evenly divided, then the cheapest."""
    people = sum(-one.n if one.addition.largest else one.n for one in chosen)
    return (
        len(chosen),
        people,
        max(one.n for one in chosen),
        *sorted((one.addition.cost for one in chosen), reverse=True),
    )
