"""Dates as sources write them, as far as they are certain."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from evgrade.importing.references.values import one_line

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?",
    re.IGNORECASE,
)
_LARGEST_FIRST = re.compile(
    r"(?P<year>[0-9]{4})(?:[-/. ]+(?P<month>[0-9]{1,2}))?(?:[-/. ]+(?P<day>[0-9]{1,2}))?[-/. ]*"
    r"(?:undefined|T[0-9:.]+(?:Z|[+-][0-9:]+)?)?"
)
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_PARTS = re.compile(r"[0-9]+|[^\W\d_]+")
_MEANINGLESS = frozenset({"c", "of", "the", "st", "nd", "rd", "th", "de", "undefined"})


class Date(NamedTuple):
    """A date: empty if nothing is certain; `is_whole` if nothing was left out."""

    value: int | str
    is_whole: bool


NO_DATE = Date("", is_whole=False)


def date(written: str) -> Date:
    """Return a date such as `2010`, `2010-12` or `2010-12-21`.

    Of seasons, of ranges and of days whose month cannot be told from them, the year remains; of a range of years the
    first. A year of two digits is none.
    """
    text = one_line(written)
    found = _COMPACT.fullmatch(text) or _LARGEST_FIRST.fullmatch(text)
    if found:
        return of_numbers(*(int(found[key] or 0) for key in ("year", "month", "day")))
    parts = _PARTS.findall(text)
    years = [int(part) for part in parts if len(part) == 4 and part.isdecimal() and int(part) >= 1000]
    if not years:
        return NO_DATE
    months = [_MONTHS.index(part[:3].lower()) + 1 for part in parts if _MONTH.fullmatch(part)]
    others = [int(part) for part in parts if part.isdecimal() and len(part) < 3]
    words = [part for part in parts if not part.isdecimal() and not _MONTH.fullmatch(part)]
    is_plain = all(word.lower() in _MEANINGLESS for word in words)
    if len(set(years)) > 1 or len(set(months)) > 1 or not is_plain:
        return of_numbers(years[0])._replace(is_whole=False)
    if months:
        day = others[0] if len(others) == 1 else 0
        return of_numbers(years[0], months[0], day, is_whole=len(others) < 2)
    return _of_numbers_alone(years[0], others)


def _of_numbers_alone(year: int, others: list[int]) -> Date:
    """Return a date that ends with its year: 05/2019, 25/12/2019, but not 03/04/2019, which has two readings."""
    if len(others) == 2:
        first, second = others
        if first > 12 >= second or first == second:
            return of_numbers(year, second, first)
        if second > 12 >= first:
            return of_numbers(year, first, second)
    if len(others) == 1:
        return of_numbers(year, others[0])
    return of_numbers(year, is_whole=not others)


def of_numbers(year: int, month: int = 0, day: int = 0, *, is_whole: bool = True) -> Date:
    """Return a date of numbers, with what is zero or cannot be left out."""
    if not 1000 <= year <= 9999:
        return NO_DATE
    if not 1 <= month <= 12:
        return Date(year, is_whole=is_whole and not month and not day)
    try:
        return Date(dt.date(year, month, day).isoformat(), is_whole) if day else Date(f"{year}-{month:02}", is_whole)
    except ValueError:
        return Date(f"{year}-{month:02}", is_whole=False)
