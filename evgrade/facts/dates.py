"""Dates known to the year, month or day."""

from __future__ import annotations

PartialDate = tuple[int, ...]
"""A year; a year and a month; or a year, a month and a day."""


def partial_date(written: str | float) -> PartialDate:
    """Return a date written as 2010, 2010-12 or 2010-12-21; a year may be a whole number in any form, as 2010.0."""
    return tuple(map(int, written.split("-"))) if isinstance(written, str) else (int(written),)


def is_after(one: PartialDate, other: PartialDate) -> bool:
    """Whether a date is certainly after another: they are compared as far as both go, so 2010 is not after 2010-12."""
    known = min(len(one), len(other))
    return one[:known] > other[:known]
