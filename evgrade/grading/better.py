"""What the nearest better grade or level needs, and which of it the dossier lacks."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping

from evgrade.grading.assessment import NextStep
from evgrade.grading.decide import Decided, level_at
from evgrade.grading.judge import Basis, Data, Decision, Judged
from evgrade.grading.trace import Trace, Tracer
from evgrade.rubric.conditions.base import everything_in
from evgrade.rubric.conditions.grades import GradeIs
from evgrade.rubric.model import Domain, Ladder, Recommendation, Rubric, Rule
from evgrade.rubric.outline import NOT_APPLICABLE

MOST_TRIED = 5_000
"""How many combinations of better grades are tried at the most."""


def better_grade(tracer: Tracer, domain: Domain, decision: Decision | None) -> NextStep | None:
    """Return the nearest better grade of a ladder over the whole dossier, and what it lacks."""
    if decision is None or not isinstance(domain.method, Ladder):
        return None
    ranks = [domain.scale.rank(rung.gives) for rung in domain.method.rungs]
    if domain.scale.is_unjudged(decision.gives):
        # From nothing at all the nearest step is the weakest grade that says something for the therapy.
        worst = len(domain.scale.grades) - 1
        ranks = [rank if rank != worst else len(domain.scale.grades) for rank in ranks]
    titles = [f"{domain.title} {rung.gives}" for rung in domain.method.rungs]
    return _nearest(tracer, domain.method, ranks, titles, decision)


def better_level(
    tracer: Tracer, rubric: Rubric, rule: Recommendation, decided: Decided, decision: Decision
) -> NextStep | None:
    """Return the better level of a recommendation that takes least, and what it takes.

    Where better grades alone give one, these are named: combinations of them are put to the ladder, so that what is
    named really gives the level. Else it is the rung that lacks least.
    """
    found = _by_grades(tracer.data, rubric, rule, decided, decision)
    if found is not None:
        return found
    titles = {step.name: step.title for step in rule.levels}
    gives = [rung.gives for rung in rule.ladder.rungs]
    ranks = [rule.rank(name) for name in gives]
    return _nearest(tracer, rule.ladder, ranks, [titles[name] for name in gives], decision)


def _by_grades(
    data: Data, rubric: Rubric, rule: Recommendation, decided: Decided, decision: Decision
) -> NextStep | None:
    """Return the better level that the fewest steps of better grades give; of two, the nearer one."""
    ladder, given, rank = rule.ladder, decided.grades, rule.rank(decision.gives)
    if rank == 0:
        return None
    traced = [domain for domain in rubric.domains if ladder.asks_for_score or domain.name in _domains_read(ladder)]
    upwards = {domain.name: tuple(enumerate(_upwards(domain, given[domain.name]), start=1)) for domain in traced}
    now = {name: verdict.grade for name, verdict in given.items()}
    best: tuple[int, int, NextStep] | None = None
    weights = {} if rubric.score is None else rubric.score.weights
    tried = list(itertools.islice(_combinations(upwards), MOST_TRIED))
    # Of two that take as many steps, the weightier domains come first: trials before models.
    tried.sort(key=lambda one: (one[0], -sum(weights.get(name, 0) for name in one[1])))
    for steps, wanted in tried:
        if best is not None and steps > best[0]:
            break
        reached = level_at(rubric, ladder, data, now | wanted)
        place = rule.rank(reached.gives)
        if place < rank and (best is None or place > best[1]):
            level, reason = rule.level(reached.gives), ladder.rungs[reached.number].rule
            lacks = [_wanted(one, wanted[one.name], given[one.name]) for one in traced if one.name in wanted]
            found = NextStep(
                gives=level.name, title=level.title, rule=reason.name, means=reason.means, lacks=tuple(lacks)
            )
            best = (steps, place, found)
    return None if best is None else best[2]


def _combinations(upwards: Mapping[str, tuple[tuple[int, str], ...]]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield better grades of one domain, of two, of three, each with the steps that they take together."""
    for size in range(1, min(3, len(upwards)) + 1):
        for names in itertools.combinations(upwards, size):
            for chosen in itertools.product(*(upwards[name] for name in names)):
                grades = {name: grade for name, (_, grade) in zip(names, chosen, strict=True)}
                yield sum(steps for steps, _ in chosen), grades


def _domains_read(ladder: Ladder) -> frozenset[str]:
    seen: set[int] = set()
    conditions = (part for rung in ladder.rungs for part in everything_in(rung.rule.condition, seen))
    return frozenset(part.domain for part in conditions if isinstance(part, GradeIs))


def _upwards(domain: Domain, judged: Judged) -> Iterator[str]:
    """Yield the better grades of a domain, the nearest first; from nothing at all, every one."""
    names = [step.name for step in domain.scale.grades]
    if judged.grade != NOT_APPLICABLE:
        is_open = judged.basis is Basis.NOT_RECORDED or judged.grade not in names
        yield from reversed(names if is_open else names[: names.index(judged.grade)])


def _wanted(domain: Domain, grade: str, judged: Judged) -> str:
    best = domain.scale.rank(grade) == 0
    now = "not recorded" if judged.basis is Basis.NOT_RECORDED else f"now {judged.grade}"
    return f"{domain.title} {'' if best else 'at least '}{grade} ({now})"


def _nearest(
    tracer: Tracer, ladder: Ladder, ranks: list[int], titles: list[str], decision: Decision
) -> NextStep | None:
    """Return the rung with the nearest better result; among equals the one that lacks least, the lowest first."""
    better = [rank for rank in ranks if rank < ranks[decision.number]]
    if not better:
        return None
    reached = ladder.rungs[decision.number].rule
    steps = []
    for place, rung in enumerate(ladder.rungs):
        if ranks[place] == max(better):
            gates = [reached] if place > decision.number else []
            steps.append(_step_to(rung.gives, titles[place], tracer.rule(rung.rule), rung.rule, gates))
    # A rung further down asks for less, or the one above it would never be reached.
    return min(reversed(steps), key=lambda step: len(step.lacks))


def _step_to(gives: str, title: str, traced: Trace, rule: Rule, gates: Iterable[Rule]) -> NextStep:
    """Return what a rule lacks; `gates` are rules above it that hold and would have to give way."""
    lacks = [f"the finding “{gate.means.rstrip('.')}” to be overturned" for gate in gates]
    lacks.extend(traced.condition.lacks(traced, set()))
    return NextStep(gives=gives, title=title, rule=rule.name, means=rule.means, lacks=tuple(dict.fromkeys(lacks)))
