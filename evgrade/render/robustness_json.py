"""How firm verdicts are, as versioned JSON; `evgrade schema robustness` prints the schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evgrade.render.changed_json import change_data
from evgrade.render.findings_json import dumps
from evgrade.render.machine import dossier_data, rubric_data
from evgrade.render.moving_json import moving_data
from evgrade.render.next_study_json import next_study_data
from evgrade.render.thresholds_json import thresholds_data
from evgrade.robustness.changed import changes
from evgrade.robustness.flips import Fewest, Flip
from evgrade.robustness.judgements import Step
from evgrade.robustness.next_study import next_study
from evgrade.robustness.numbers import PooledOtherwise
from evgrade.robustness.robust import Removed, Robustness
from evgrade.robustness.standing import LEVEL, SCORE, Standing
from evgrade.robustness.unknown import Unknown

ROBUSTNESS = "evgrade.robustness/1"


def robustness_json(results: Sequence[Robustness], *, several: bool) -> str:
    """Return how firm verdicts are as `evgrade.robustness/1`; an array of them where several were asked for."""
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
        "thresholds": thresholds_data(one),
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
        "moved_numbers": moving_data(one),
        "next_study": next_study_data(next_study(one)),
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
    return [change_data(change) for change in changes(one.rubric, one.before, after)]
