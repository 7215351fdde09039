"""The numbers that evgrade computes, as part of the assessment format."""

from __future__ import annotations

import math
from typing import Any

from evgrade.computed import methods
from evgrade.computed.absolute import Absolute
from evgrade.computed.methods import Method
from evgrade.computed.numbers import EffectNumbers, Numbers, OutcomeNumbers, PooledNumbers
from evgrade.computed.pooled import PooledEffect
from evgrade.computed.words import needed_words, people_words
from evgrade.render.findings_json import location_data
from evgrade.stats.normal import Estimate


def numbers_data(numbers: Numbers) -> dict[str, Any]:
    """Return numbers as data."""
    return {
        "outcomes": [_outcome(outcome) for outcome in numbers.outcomes],
        "effects": [_effect(effect) for effect in numbers.effects],
    }


def _outcome(given: OutcomeNumbers) -> dict[str, Any]:
    return {
        "path": list(given.path),
        "location": location_data(given.location),
        "name": given.name,
        "measure": given.measure,
        "stated": given.stated,
        "absolute": _absolute(given.absolute),
        "pooled": [_pooled(one) for one in given.pooled],
    }


def _pooled(given: PooledNumbers) -> dict[str, Any]:
    pooling = given.pooling
    return {
        "origin": pooling.origin.value,
        "measure": pooling.measure,
        "effect": None if pooling.effect is None else _pooled_effect(pooling.effect),
        "reason": pooling.reason,
        "studies": [
            {
                "name": study.name,
                **_estimate(study.estimate),
                "method": _method(study.method),
                "notes": list(study.notes),
            }
            for study in pooling.studies
        ],
        "left_out": [{"name": gone.name, "reason": gone.reason} for gone in pooling.left_out],
        "absolute": _absolute(given.absolute),
    }


def _pooled_effect(given: PooledEffect) -> dict[str, Any]:
    differ = given.heterogeneity
    return {
        **_estimate(given.estimate),
        "level": 95,
        "method": _method(given.method),
        "notes": list(given.notes),
        "tau_squared": _number(differ.tau2),
        "i_squared": _number(100 * differ.i2),
        "h_squared": _number(differ.h2),
        "q": _number(differ.q),
        "q_df": differ.studies - 1,
        "q_p": _number(differ.q_p()),
        "prediction_low": None if given.prediction is None else _number(given.prediction.low),
        "prediction_high": None if given.prediction is None else _number(given.prediction.high),
        "prediction_method": None if given.prediction is None else _method(methods.PREDICTION),
    }


def _effect(given: EffectNumbers) -> dict[str, Any]:
    found = given.computed
    return {
        "path": list(given.path),
        "location": location_data(given.location),
        "study": given.study,
        "outcome": given.outcome,
        "stated": given.stated,
        "computed": None
        if found is None
        else {
            "measure": found.measure,
            **_estimate(found.estimate),
            "level": found.level,
            "method": _method(found.method),
            "notes": list(found.notes),
        },
        "reason": given.reason,
        "absolute": _absolute(given.absolute),
    }


def _absolute(given: Absolute | None) -> dict[str, Any] | None:
    if given is None:
        return None
    needed = given.needed
    return {
        "per": 1000,
        "without": _number(given.without),
        "risk_of": given.risk_of,
        "with": None if given.with_therapy is None else _estimate(given.with_therapy),
        "difference": _estimate(given.difference),
        "method": _method(given.method),
        "needed": {
            "number": needed.number,
            "for_one_more": needed.more,
            "least": needed.least,
            "most": needed.most,
            "through_infinity": needed.crosses,
            "method": _method(methods.NEEDED),
        },
        "told": f"{people_words(given)}; {needed_words(given)}",
    }


def _method(given: Method) -> dict[str, str]:
    return {"name": given.name, "formula": given.formula, "source": given.source}


def _estimate(given: Estimate) -> dict[str, float | None]:
    return {"estimate": _number(given.value), "ci_low": _number(given.low), "ci_high": _number(given.high)}


def _number(value: float | None) -> float | None:
    """Round to ten significant digits, on which all platforms agree; infinity becomes null."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.10g}")
