"""What the nearest better grade or level would take, and what the dossier lacks of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evgrade.grading.assessment import Step
from evgrade.grading.judge import Decision
from evgrade.grading.trace import Inquiry, Trace
from evgrade.rubric.language import All, AnyOf, GradeIs, NumberOf, ScoreIs, Term, Within
from evgrade.rubric.lists import Count, Share, Sum
from evgrade.rubric.model import Domain, Ladder, Recommendation, Rule
from evgrade.rubric.phrases import describe, measured, plural, quantity


def better_grade(inquiry: Inquiry, domain: Domain, decision: Decision | None) -> Step | None:
    """Return the nearest better grade of a ladder over the whole dossier, and what it lacks."""
    if decision is None or not isinstance(domain.method, Ladder):
        return None
    ranks = [domain.scale.rank(rung.gives) for rung in domain.method.rungs]
    if domain.scale.is_unjudged(decision.gives):
        # From nothing at all the nearest step is the weakest grade that says something for the therapy.
        worst = len(domain.scale.grades) - 1
        ranks = [rank if rank != worst else len(domain.scale.grades) for rank in ranks]
    titles = [f"{domain.title} {rung.gives}" for rung in domain.method.rungs]
    return _nearest(inquiry, domain.method, ranks, titles, decision)


def better_level(inquiry: Inquiry, rule: Recommendation, decision: Decision) -> Step | None:
    """Return the nearest better level of a recommendation, and what it lacks."""
    titles = {step.name: step.title for step in rule.levels}
    gives = [rung.gives for rung in rule.ladder.rungs]
    return _nearest(
        inquiry, rule.ladder, [rule.rank(name) for name in gives], [titles[name] for name in gives], decision
    )


def _nearest(inquiry: Inquiry, ladder: Ladder, ranks: list[int], titles: list[str], decision: Decision) -> Step | None:
    """Return the rung with the nearest better result; among equals, the one that lacks least, the lowest first."""
    better = [rank for rank in ranks if rank < ranks[decision.number]]
    if not better:
        return None
    reached = ladder.rungs[decision.number].rule
    steps = []
    for number, rung in enumerate(ladder.rungs):
        if ranks[number] == max(better):
            gates = [reached] if number > decision.number else []
            steps.append(_step_to(rung.gives, titles[number], rung.rule, inquiry, gates))
    return min(reversed(steps), key=lambda step: len(step.lacks))


def _lacking(asked: Trace) -> Iterator[str]:
    """Yield in words what a condition that does not hold for certain lacks."""
    if asked.truth is True:
        return
    condition = asked.condition
    if isinstance(condition, All) or (isinstance(condition, Term) and isinstance(asked.parts[0].condition, All)):
        for part in asked.parts:
            yield from _lacking(part)
    elif isinstance(condition, AnyOf):
        yield "either " + "; or ".join(", ".join(_lacking(part)) for part in asked.parts)
    else:
        yield _with_state(describe(condition), asked)


def _with_state(wanted: str, asked: Trace) -> str:
    """Add how things stand to what is wanted: what was found, or that it is not known."""
    state = _state(asked)
    if not state:
        return wanted
    return f"{wanted[:-1]}; {state})" if wanted.endswith(")") else f"{wanted} ({state})"


def _state(asked: Trace) -> str:
    condition = asked.condition
    if isinstance(condition, Count) and not asked.unknown:
        doubt = ", as far as is known" if asked.truth is None else ""
        if not asked.items:
            return f"there are no {plural(condition.entries.noun)}"
        return f"so far {quantity(asked.found)} of {len(asked.items)}{doubt}"
    if isinstance(condition, Sum | Share | Within | NumberOf) and asked.found is not None:
        return f"so far {measured(condition, asked.found)}"
    if asked.truth is None and not isinstance(condition, GradeIs | ScoreIs):
        return "not known"
    return ""


def _step_to(gives: str, title: str, rule: Rule, inquiry: Inquiry, gates: Iterable[Rule]) -> Step:
    """Return what a rule lacks; `gates` are rules above it that hold and would have to give way."""
    lacks = [f"that this no longer holds: {gate.means}" for gate in gates]
    lacks.extend(_lacking(inquiry.ask(rule)))
    return Step(gives=gives, title=title, rule=rule.name, means=rule.means, lacks=tuple(dict.fromkeys(lacks)))
