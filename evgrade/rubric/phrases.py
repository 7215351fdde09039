"""Conditions in words, for reasons and for what a better grade would need."""

from __future__ import annotations

import re
from collections.abc import Iterable

from evgrade.facts import Quantity, Range
from evgrade.logic import Bounds
from evgrade.rubric.language import (
    All,
    Always,
    AnyOf,
    Condition,
    GradeIs,
    LabelIs,
    Not,
    NumberOf,
    OfDossier,
    OneOf,
    ScoreIs,
    Term,
    Unless,
    Within,
)
from evgrade.rubric.lists import Count, Every, ListedIn, NoneOf, Share, Sum

_WORDS = {"at_least": "at least", "above": "above", "at_most": "at most", "below": "below"}


def describe(condition: Condition) -> str:
    """Return a condition as a phrase, such as «at least 2 trials: sound, of this therapy»."""
    match condition:
        case Term():
            return condition.phrase
        case All():
            parts = [_inside(part, AnyOf) for part in condition.parts]
            return ("; " if any(_lists_something(part) for part in parts) else ", ").join(parts)
        case AnyOf():
            parts = [_inside(part, All) for part in condition.parts]
            return "; or ".join(parts) if any(_lists_something(part) for part in parts) else either(parts)
        case NumberOf():
            return f"{limits(condition.bounds)} of these: {'; '.join(describe(part) for part in condition.parts)}"
        case Unless():
            return f"unless {_inside(condition.part, All)}"
        case Not():
            part = describe(condition.part)
            return f"not ({part})" if ", " in part or " or " in part else f"not {part}"
        case OneOf():
            return _field(condition)
        case Within():
            return f"{condition.field.words} {limits(condition.bounds, percent=condition.field.is_share)}"
        case LabelIs():
            return f"{condition.name.replace('_', ' ')} {either(condition.labels)}"
        case GradeIs():
            return f"{condition.title} {condition.phrase}"
        case ScoreIs():
            return f"score {limits(condition.bounds)}"
        case Count() | Every() | Sum() | Share():
            return _over_list(condition)
        case OfDossier():
            return describe(condition.part)
        case ListedIn():
            return f"among those of {one(condition.entries.noun)}{_which(condition.where)}"
    return "always"


def _inside(part: Condition, mixed: type[All] | type[AnyOf]) -> str:
    """Return a part in words, in brackets where «and» and «or» would run into each other."""
    return f"({describe(part)})" if isinstance(part, mixed) and len(part.parts) > 1 else describe(part)


def _lists_something(text: str) -> bool:
    """Whether a phrase has a list of its own outside brackets, which a list around it would swallow."""
    before, _, rest = text.partition("(")
    _, closed, behind = rest.rpartition(")")
    return bool(re.search(r", | or ", before + behind if closed else text))


def _over_list(condition: Count | Every | Sum | Share) -> str:
    noun, nouns = condition.entries.noun, plural(condition.entries.noun)
    which = _which(condition.where)
    match condition:
        case Every():
            return f"every {noun}{which}"
        case Sum():
            return f"{condition.field.words} of all {nouns}{which} together {limits(condition.bounds)}"
        case Share():
            return f"{limits(condition.bounds, percent=True)} of the {nouns}{_which(condition.of)} are also{which}"
    if isinstance(condition, NoneOf):
        return f"no {noun}{which}"
    bounds = condition.bounds
    given = [limit for name in _WORDS if (limit := getattr(bounds, name)) is not None]
    return f"{limits(bounds)} {noun if given[-1] == 1 else nouns}{which}"


def _which(where: Condition) -> str:
    return "" if isinstance(where, Always) else f" ({describe(where)})"


def _field(condition: OneOf) -> str:
    name = condition.field.words
    if condition.values == (True,):
        return name
    if condition.values == (False,):
        return f"not {name}"
    words = {True: "yes", False: "no"}
    written = dict.fromkeys(words.get(value) or str(value).replace("_", " ") for value in condition.values)
    return f"{name} {either(written)}"


def either(words: Iterable[str]) -> str:
    """Join alternatives: a, b or c."""
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} or {items[-1]}"


def listing(words: Iterable[str]) -> str:
    """Join what goes together: a, b and c."""
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def one(noun: str) -> str:
    """Return one of our nouns with its article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def plural(noun: str) -> str:
    """Return the plural of one of our nouns."""
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
    """Return a number for people: 1,477 or 0.05; with `percent`, 5 %."""
    if percent:
        return f"{value * 100:.4g} %"
    return f"{value:,.6g}" if abs(value) < 1_000_000 else f"{value:,.0f}"


def quantity(value: Quantity, *, percent: bool = False) -> str:
    """Return a quantity for people: a number, bounds, or «not known»."""
    if value is None:
        return "not known"
    if not isinstance(value, Range):
        return number(round(value, 4), percent=percent)
    if value.high == float("inf"):
        return f"at least {number(value.low)}" if value.low else "not known"
    low, high = (number(round(end, 4), percent=percent) for end in (value.low, value.high))
    return low if low == high else f"{low} to {high}"


def measured(condition: Condition, found: Quantity) -> str:
    """Return what a condition found, in the unit that its limits are told in."""
    percent = isinstance(condition, Share) or (isinstance(condition, Sum | Within) and condition.field.is_share)
    return quantity(found, percent=percent)
