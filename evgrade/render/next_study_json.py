"""What the next study would have to be, as the part `next_study` of `evgrade.robustness/1`."""

from __future__ import annotations

from collections import Counter
from typing import Any

from evgrade.robustness.additions import Added
from evgrade.robustness.chances import Chance, Chances
from evgrade.robustness.next_study import NextStudy
from evgrade.robustness.planning import Plan
from evgrade.robustness.reaching import Reach, Towards


def next_study_data(given: NextStudy) -> dict[str, Any]:
    """Return what the next study would have to be as data."""
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
