"""The smallest addition of evidence that gives the nearest better and the nearest worse level, or grade of a domain.

Sets of one addition are tried, then of two, then of three, all of them as far as the budget goes. Of sets as small the
one with fewest people is taken, and of these the cheapest.
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
"""The largest sets of additions that are tried."""
BUDGET = 1500
"""How many versions of a dossier are graded at most."""


@dataclass(frozen=True, slots=True)
class Way:
    """Additions that lead to a level or grade.

    Attributes:
        gives: which.
        title: the same for people.
        added: the additions, those that are alike beside each other.
        after: the verdict with them.
        is_certain: whether nothing that is not known can then change it.
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
        is_better: which side.
        out_of_reach: the titles of those that are nearer, to which no addition that was tried leads.
        way: the way; None where there is none to any.
        gate: why the nearest better one is out of reach, where one rule decides whatever is added.
        looked_at: every set of up to so many additions was tried.
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
        name: the domain, or `recommendation`.
        title: the same for people.
        now: the grade, or the title of the level.
        is_settled: whether no missing fact can change it.
        better, worse: the ways to either side; None where there is nothing on that side.
    """

    name: str
    title: str
    now: str
    is_settled: bool
    better: Towards | None
    worse: Towards | None


@dataclass(frozen=True, slots=True)
class _Goal:
    """One side of a level or grade: what lies there, the nearest first, and how to read it from a verdict."""

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
    """Return what additions lead to: of the recommendation; where there is none, of each domain."""
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
        # From nothing the nearest better step is the weakest grade that says something for the therapy.
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
        """Try sets, the smallest first, until every nearest target is reached for certain or the budget is used up."""
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
        """Return the way to the nearest target that is reached for certain; where none is, to the nearest that may be.

        What speaks for the therapy comes first on the way to something better, and what speaks against it on the way to
        something worse: they can lead the other way, where a domain asks how well no effect is established.
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
        """Return the rule that decides whatever good evidence is added; None where none does."""
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
    """Return what the rule means that decided before and after; None where two different rules did."""
    if not isinstance(method, Ladder) or then is None or now is None or then.number != now.number:
        return None
    return method.rungs[then.number].rule.means.rstrip(".")


def sets_of(given: Sequence[Addition], size: int) -> Iterator[tuple[Added, ...]]:
    """Yield every set of so many additions with every number of people that makes a difference.

    One may be there several times; of those that change what is there, safety or outcomes, there is one at most. A set
    does not speak for the therapy and against it: nobody plans a study to show benefit and a second one to show none.
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
