"""The one `format` in our schemas that a pattern cannot express."""

from __future__ import annotations

import datetime as dt


def is_partial_date(value: object) -> bool:
    """Whether a date written as 2010, 2010-12 or 2010-12-21 exists in the calendar."""
    if not isinstance(value, str):
        return True
    try:
        dt.date.fromisoformat(value + "-01-01"[len(value) - 4 :])
    except ValueError:
        return False
    return True


FORMATS = {"partial-date": is_partial_date}
