"""What becomes of a grade, as data."""

from __future__ import annotations

from typing import Any

from evgrade.robustness.changed import Becomes


def change_data(one: Becomes) -> dict[str, Any]:
    """Return what becomes of a grade, the score or the level."""
    return {
        "name": one.name,
        "title": one.title,
        "before": one.before,
        "after": one.after,
        "possible": list(one.possible),
        "settled": one.is_settled,
    }
