"""Dates as people write them: with month names, slashes, dots or times."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evgrade.schema.meant import Meant, text_option
from evgrade.schema.store import is_partial_date
from evgrade.yamlio.numerals import BLANKS

_LONGEST = 60
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(
    r"(?i)(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_PART = re.compile(r"[A-Za-z]++|[0-9]++")
_DAY = re.compile(r"[0-9]{1,2}")
_YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}")
_LATER = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9:.]++(?: ?[A-Za-z]{1,4}|[+-][0-9:]++)?+")
_ISO_DATE = re.compile(r"([0-9]{4}(?:-(?!00)[0-9]{2}){0,2})(?:-00){0,2}")
_BETWEEN = re.compile(rf"[/.,\-\u2010-\u2015\u2212{BLANKS}]++")
_IGNORED = frozenset({"st", "nd", "rd", "th", "of", "the"})

_ISO = "a date is written year first, with hyphens"


def date_meant(value: str) -> Meant | None:
    """Return the date meant by another notation; None if that is unknown."""
    text = value.strip(BLANKS)
    if len(text) > _LONGEST or not text:
        return None
    if iso := _ISO_DATE.fullmatch(text):
        why = "there are spaces next to it" if text == iso[1] else "unknown parts of a date are left out"
        return None if value == iso[1] else _meant(why, [iso[1]])
    if later := _LATER.fullmatch(text):
        return _meant("a date is written without the time of day", [later[1]])
    parts = [part for part in _PART.findall(text) if part.lower() not in _IGNORED]
    months = [part for part in parts if _MONTH.fullmatch(part)]
    numbers = [part for part in parts if part.isdigit()]
    if len(months) + len(numbers) < len(parts):
        return _year_alone(numbers)
    if len(months) == 1:
        return _meant(_ISO, _with_name(months[0], numbers)) or _year_alone(numbers)
    if months or not numbers:
        return _year_alone(numbers)
    return _numeric(numbers, _BETWEEN.split(text)) or _year_alone(numbers)


def _with_name(month: str, numbers: Sequence[str]) -> Sequence[str]:
    """Return the date from a named month, a year and perhaps a day."""
    years = [number for number in numbers if _YEAR.fullmatch(number)]
    days = [number for number in numbers if _DAY.fullmatch(number)]
    if len(years) != 1 or len(years) + len(days) != len(numbers) or len(days) > 1:
        return ()
    return [_date(years[0], str(_MONTHS.index(month[:3].lower()) + 1), *days)]


def _numeric(numbers: Sequence[str], parts: Sequence[str]) -> Meant | None:
    if len(numbers) == 1 and re.fullmatch(r"[12][0-9]{7}", numbers[0]):
        return _meant(_ISO, [_date(numbers[0][:4], numbers[0][4:6], numbers[0][6:])])
    if list(parts) != list(numbers):  # something else is around or between them
        return None
    if not all(_DAY.fullmatch(number) for number in numbers if not _YEAR.fullmatch(number)):
        return None
    match numbers:
        case [year] if _YEAR.fullmatch(year):
            return _meant("a year is written without anything else", [year])
        case [year, month] if _YEAR.fullmatch(year) and _DAY.fullmatch(month):
            return _meant(_ISO, [_date(year, month)])
        case [month, year] if _YEAR.fullmatch(year) and _DAY.fullmatch(month):
            return _meant(_ISO, [_date(year, month)])
        case [year, month, day] if _YEAR.fullmatch(year) and _DAY.fullmatch(month) and _DAY.fullmatch(day):
            return _meant(_ISO, [_date(year, month, day)])
        case [one, other, year] if _YEAR.fullmatch(year) and _DAY.fullmatch(one) and _DAY.fullmatch(other):
            return _either(_date(year, other, one), _date(year, one, other))
    return None


def _either(day_first: str, month_first: str) -> Meant | None:
    """Return what 03/05/2010 means: in Britain 3 May, in America March 5."""
    possible = [date for date in dict.fromkeys((day_first, month_first)) if is_partial_date(date)]
    if len(possible) < 2:
        return _meant(_ISO, possible)
    options = (text_option(day_first, "the day comes first"), text_option(month_first, "the month comes first"))
    return Meant(_ISO, options)


def _date(year: str, month: str, day: str = "") -> str:
    return f"{year}-{int(month):02}{f'-{int(day):02}' if day else ''}"


def _meant(why: str, dates: Sequence[str]) -> Meant | None:
    possible = [date for date in dates if is_partial_date(date)]
    return Meant(why, (text_option(possible[0]),), certain=True) if possible else None


def _year_alone(numbers: Sequence[str]) -> Meant | None:
    years = {number for number in numbers if _YEAR.fullmatch(number)}
    if len(years) != 1:
        return None
    return Meant("a date is a year, a month or a day", (text_option(years.pop(), "no more is known"),))
