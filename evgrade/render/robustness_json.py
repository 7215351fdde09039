"""How firm verdicts are, as versioned JSON; `evgrade schema robustness` prints the schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from evgrade.render.findings_json import dumps
from evgrade.render.machine import dossier_data, rubric_data, truth_word
from evgrade.render.pages.robustness import demand_words
from evgrade.robustness.additions import Added
from evgrade.robustness.chances import Chance, Chances
from evgrade.robustness.judgements import Fewest, Flip, Step
from evgrade.robustness.moving import Moved, moving
from evgrade.robustness.next_study import NextStudy, next_study
from evgrade.robustness.numbers import PooledOtherwise
from evgrade.robustness.planning import Plan
from evgrade.robustness.reaching import Reach, Towards
from evgrade.robustness.robust import Removed, Robustness
from evgrade.robustness.standing import LEVEL, SCORE, Becomes, Standing, changes
from evgrade.robustness.thresholds import Threshold, Turn, thresholds
from evgrade.robustness.unknown import Unknown

ROBUSTNESS = "evgrade.robustness/1"


def robustness_json(results: Sequence[Robustness], *, several: bool) -> str:
    """Return how firm verdicts are as `evgrade.robustness/1`; as an array if several were requested."""
    data = [robustness_data(one) for one in results]
    return dumps(data if several else data[0])


def robustness_data(one: Robustness) -> dict[str, Any]:
    """Return how firm a verdict is as data."""
    return {
        "schema": ROBUSTNESS,
        "evgrade": one.assessment.version,
        "dossier": dossier_data(one.assessment),
        "rubric": rubric_data(one.assessment),
        "firmness": [_firm(one, name) for name in one.firmness],
        "removed": [_removed(one, removed) for removed in one.removed],
        "steps": [_flip(one, flip) for flip in one.steps],
        "thresholds": [_threshold(one, each) for each in thresholds(one.dossier.data, one.rubric, one.before)],
        "unknown": _unknown(one),
        "strands": [
            {"items": list(each.items), "shares": [{"field": key, "text": text} for key, text in each.shares]}
            for each in one.strands
        ],
        "rests_on": [{"name": each.name, "items": each.items, "strands": each.strands} for each in one.rests_on],
        "fragile": [
            {
                "path": list(each.path),
                "study": each.study,
                "outcome": each.outcome,
                "decides": each.decides,
                "p": each.p,
                "index": each.index,
            }
            for each in one.fragile
        ],
        "pooled": [
            {
                "outcome": each.outcome,
                "measure": each.measure,
                "methods": [_otherwise(other) for other in each.methods],
                "without": [_otherwise(other) for other in each.without],
            }
            for each in one.repooled
        ],
        "moved_numbers": _moving(one),
        "next_study": _next_study(next_study(one)),
        "fewest": None if one.fewest is None else _fewest(one, one.fewest),
    }


def _firm(one: Robustness, name: str) -> dict[str, Any]:
    given: Any
    if name == LEVEL and one.assessment.recommendation is not None:
        result = one.assessment.recommendation
        title, given, possible = "Recommendation", result.level, list(result.possible)
    elif name == SCORE and one.assessment.score is not None:
        score = one.assessment.score
        title, given, possible = score.title, score.value, []
    else:
        domain = one.assessment.domain(name)
        title, given, possible = domain.title, domain.grade, list(domain.possible)
    return {"name": name, "title": title, "given": given, "possible": possible, "firmness": one.firmness[name].value}


def _removed(one: Robustness, removed: Removed) -> dict[str, Any]:
    return {
        "what": removed.removal.what.value,
        "name": removed.removal.name,
        "left_out": list(removed.left_out),
        "unknown": list(removed.unknown),
        "changes": _changes(one, removed.after),
    }


def _flip(one: Robustness, flip: Flip) -> dict[str, Any]:
    return {"steps": [_step(step) for step in flip.steps], "changes": _changes(one, flip.after)}


def _step(step: Step) -> dict[str, Any]:
    return {"path": list(step.path), "from": step.now, "to": step.moved}


def _fewest(one: Robustness, given: Fewest) -> dict[str, Any]:
    return {
        "exact": given.is_exact,
        "looked_at": given.looked_at,
        "never": given.never,
        "sets": [_flip(one, flip) for flip in given.flips],
    }


def _otherwise(one: PooledOtherwise) -> dict[str, Any]:
    value, low, high = one.estimate.value, one.estimate.low, one.estimate.high
    return {"how": one.how, "estimate": value, "low": low, "high": high, "excludes_no_effect": one.excludes_none}


def _unknown(one: Robustness) -> dict[str, Any]:
    given = one.unknown
    return {
        "what": list(given.what),
        "facts": [_fact(one, fact) for fact in given.facts],
        "more": given.more,
        "sets": [
            {"paths": [list(fact.path) for fact in each.facts], "settles": each.settles, "of": each.of}
            for each in given.sets
        ],
        "looked_at": given.looked_at,
    }


def _fact(one: Robustness, given: Unknown) -> dict[str, Any]:
    return {
        "path": list(given.fact.path),
        "item": given.fact.item,
        "means": given.fact.means,
        "place": given.fact.place,
        "found_in": given.found_in.value,
        "every_value": given.is_every,
        "settles": given.settles,
        "values": [{"value": turn.value, **_turned(one, turn.after)} for turn in given.turns],
    }


def _turned(one: Robustness, after: Standing) -> dict[str, Any]:
    scales = {domain.name: domain.scale for domain in one.rubric.domains}
    levels = () if one.rubric.recommendation is None else one.rubric.recommendation.in_order(after.possible)
    return {
        "level": after.level,
        "possible_levels": [level.name for level in levels],
        "grades": [
            {"name": name, "grade": grade, "possible": list(scales[name].in_order(possible))}
            for name, (grade, possible) in after.grades.items()
            if len(one.before.grades[name][1]) > 1
        ],
    }


def _changes(one: Robustness, after: Standing) -> list[dict[str, Any]]:
    return [_change(change) for change in changes(one.rubric, one.before, after)]


def _change(one: Becomes) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "before": one.before,
        "after": one.after,
        "possible": list(one.possible),
        "settled": one.is_settled,
    }


# Numbers moved within their intervals and rounding error


def _moving(one: Robustness) -> dict[str, Any]:
    found = moving(one.dossier, one.rubric, one.before)
    return {"tried": found.tried, "changing": [_moved(one, each) for each in found.changing]}


def _moved(one: Robustness, given: Moved) -> dict[str, Any]:
    move = given.move
    return {
        "path": list(move.path),
        "written": move.written,
        "to": move.value,
        "within": move.how.value,
        "changes": _changes(one, given.after),
        "conditions": [
            {
                "path": list(each.path),
                "means": each.means,
                "before": truth_word(each.before),
                "after": truth_word(each.after),
            }
            for each in given.conditions
        ],
        "excludes_no_effect": given.excludes_none,
        "contradicts": [
            {"path": list(each.path), "stated": each.stated, "suggested": each.suggested} for each in given.contradicted
        ],
    }


# How far the bounds of a rubric may move


def _threshold(one: Robustness, given: Threshold) -> dict[str, Any]:
    bound = given.bound
    return {
        "paths": [list(path) for path in bound.paths],
        "line": bound.location.line,
        "rule": bound.rule,
        "means": demand_words(given),
        "word": bound.word,
        "value": bound.value,
        "lower": _turn(one, given.lower),
        "higher": _turn(one, given.higher),
        "distance": given.distance,
    }


def _turn(one: Robustness, turn: Turn | None) -> dict[str, Any] | None:
    if turn is None:
        return None
    return {"last": turn.last, "first": turn.first, "changes": [] if turn.after is None else _changes(one, turn.after)}


# What the next study would have to be


def _next_study(given: NextStudy) -> dict[str, Any]:
    return {
        "tried": list(given.names),
        "reached": [_reach(one) for one in given.reached],
        "plan": None if given.plan is None else _plan(given.plan, given.so_far),
        "chances": None if given.chances is None else _chances(given.chances),
        "excluded": [{"rate": one.rate, "people": one.people} for one in given.excluded],
    }


def _reach(one: Reach) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "now": one.now,
        "settled": one.is_settled,
        "better": None if one.better is None else _towards(one.better),
        "worse": None if one.worse is None else _towards(one.worse),
    }


def _towards(one: Towards) -> dict[str, Any]:
    way = one.way
    return {
        "out_of_reach": list(one.out_of_reach),
        "gate": one.gate,
        "exact": one.is_exact,
        "looked_at": one.looked_at,
        "way": None
        if way is None
        else {"gives": way.gives, "title": way.title, "certain": way.is_certain, "additions": _additions(way.added)},
    }


def _additions(given: tuple[Added, ...]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.addition.name,
            "times": times,
            "least": one.n if one.is_bounded and not one.addition.largest else None,
            "most": one.n if one.is_bounded and one.addition.largest and not one.is_unlimited else None,
        }
        for one, times in Counter(given).items()
    ]


def _plan(one: Plan, so_far: int | None) -> dict[str, Any]:
    known = one.known
    return {
        "outcome": None if known is None else known.outcome,
        "path": None if known is None else list(known.path),
        "measure": one.measure,
        "smallest": one.smallest,
        "assumed": one.assumed.value,
        "risk": one.risk,
        "standard_deviation": one.spread,
        "alpha": 0.05,
        "sizes": [{"power": each.power, "per_arm": each.per_arm, "events": each.events} for each in one.sizes],
        "information_size": one.information_size,
        "so_far": so_far,
    }


def _chances(one: Chances) -> dict[str, Any]:
    return {
        "prior": {"mean": one.prior.mean, "standard_deviation": one.prior.spread, "sceptical": one.prior.is_sceptical},
        "trials": one.trials,
        "beside": _additions(one.beside),
        "draws": one.draws,
        "results": [_chance(each) for each in one.results],
        "given": [{"name": name, "chances": [_chance(each) for each in chances]} for name, chances in one.given],
    }


def _chance(one: Chance) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "probability": one.probability,
        "error": one.error,
        "certain": one.is_certain,
    }
