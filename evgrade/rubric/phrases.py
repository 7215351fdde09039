"""Wording of conditions: lists of alternatives, nouns, limits, numbers."""

from __future__ import annotations

from collections.abc import Iterable

from evgrade.facts.known import Quantity, Range
from evgrade.logic import Bounds

_WORDS = {"at_least": "at least", "above": "above", "at_most": "at most", "below": "below"}


def either(words: Iterable[str], most: int | None = None) -> str:
    """Join words with "or": a, b or c; a or 4 more."""
    items = _first(words, most)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} or {items[-1]}"


def listing(words: Iterable[str], most: int | None = None) -> str:
    """Join words with "and": a, b and c; a and 4 more."""
    items = _first(words, most)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _first(words: Iterable[str], most: int | None) -> list[str]:
    items = list(words)
    return items if most is None or len(items) <= most else [*items[:most], f"{len(items) - most} more"]


def one(noun: str) -> str:
    """Return a noun of the format with its article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def plural(noun: str) -> str:
    """Return the plural of a noun of the format."""
    if noun.endswith("y"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith("s") else f"{noun}s"


def limits(bounds: Bounds, *, percent: bool = False) -> str:
    """Return limits in words, such as «at least 5 and below 10»."""
    if bounds.at_least is not None and bounds.at_least == bounds.at_most:
        return number(bounds.at_least, percent=percent)
    given = ((word, getattr(bounds, name)) for name, word in _WORDS.items())
    return " and ".join(f"{word} {number(limit, percent=percent)}" for word, limit in given if limit is not None)


def number(value: float, *, percent: bool = False) -> str:
    """Return a number for readers: 1,477 or 0.05; with `percent`, 5%."""
    if percent:
        return f"{value * 100:.4g}%"
    return f"{value:,.6g}" if abs(value) < 1_000_000 else f"{value:,.0f}"


def quantity(value: Quantity, *, percent: bool = False) -> str:
    """Return a quantity for readers: a number, bounds, or «not known»."""
    if value is None:
        return "not known"
    if not isinstance(value, Range):
        return number(round(value, 4), percent=percent)
    if value.high == float("inf"):
        return f"at least {number(value.low)}" if value.low else "not known"
    low, high = (number(round(end, 4), percent=percent) for end in (value.low, value.high))
    return low if low == high else f"{low} to {high}"
