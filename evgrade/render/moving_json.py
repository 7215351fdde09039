"""What numbers change when they move within their intervals and rounding, as data."""

from __future__ import annotations

from typing import Any

from evgrade.render.changed_json import change_data
from evgrade.render.machine import truth_word
from evgrade.robustness.changed import changes
from evgrade.robustness.moving import Moved, moving
from evgrade.robustness.robust import Robustness


def moving_data(one: Robustness) -> dict[str, Any]:
    """Return how many numbers were moved, and those that change something, grades first."""
    found = moving(one.dossier, one.rubric, one.before)
    return {"tried": found.tried, "changing": [_moved(one, each) for each in found.changing]}


def _moved(one: Robustness, given: Moved) -> dict[str, Any]:
    move = given.move
    return {
        "path": list(move.path),
        "written": move.written,
        "to": move.value,
        "within": move.how.value,
        "changes": [change_data(each) for each in changes(one.rubric, one.before, given.after)],
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
