"""What becomes of grades, in words."""

from __future__ import annotations

from collections.abc import Iterable

from evgrade.render.pages.words import rounded
from evgrade.robustness.changed import Becomes
from evgrade.robustness.standing import LEVEL, SCORE
from evgrade.rubric.phrases import either


def become_words(moved: Iterable[Becomes]) -> str:
    """Return what becomes of the grades, as a phrase."""
    return "; ".join(_becomes(one) for one in moved)


def _becomes(one: Becomes) -> str:
    before, after = (_named(one, value) for value in (one.before, one.after))
    subject = before if one.name == LEVEL else f"{one.title} {before}"
    open_now = not one.is_settled and one.name != SCORE
    others = [name for other in one.possible if (name := _named(one, other)) != after] if open_now else []
    if one.before == one.after:
        return f"{subject} is no longer settled and could be {either(others)}"
    could = f" (could be {either(others)})" if others else ""
    return f"{subject} becomes {after}{could}"


def _named(one: Becomes, value: str | float | None) -> str:
    """Return a grade as it is; a level, which is a sentence of its own, in quotation marks."""
    return f"“{_value(value)}”" if one.name == LEVEL else _value(value)


def _value(value: str | float | None) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else rounded(value)
