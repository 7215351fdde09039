"""How far the bounds of a rubric may move, as data."""

from __future__ import annotations

from typing import Any

from evgrade.render.changed_json import change_data
from evgrade.render.pages.thresholds import demand_words
from evgrade.robustness.changed import changes
from evgrade.robustness.robust import Robustness
from evgrade.robustness.thresholds import Threshold, Turn, thresholds


def thresholds_data(one: Robustness) -> list[dict[str, Any]]:
    """Return how far each bound may move; those closest to changing something first."""
    return [_threshold(one, each) for each in thresholds(one.dossier.data, one.rubric, one.before)]


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
    changed = () if turn.after is None else changes(one.rubric, one.before, turn.after)
    return {"last": turn.last, "first": turn.first, "changes": [change_data(each) for each in changed]}
