"""A rubric with other parts: what is not on the way to them is shared, never copied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from typing import Any

from evgrade.rubric.conditions.base import ConditionBase
from evgrade.rubric.model import Ladder, Rubric, Rule, Rung


def rebuilt(rubric: Rubric, parts: Mapping[int, Any]) -> Rubric:
    """Return a rubric that grades and recommends with other parts, given by the identity of those that they replace.

    A domain that none of them is in is the same object as before.
    """
    made: dict[int, Any] = {}
    return rubric._replace(
        domains=_rebuilt(rubric.domains, parts, made),
        recommendation=_rebuilt(rubric.recommendation, parts, made),
    )


def _rebuilt(value: Any, parts: Mapping[int, Any], made: dict[int, Any]) -> Any:
    key = id(value)
    if key in parts:
        return parts[key]
    if not isinstance(value, _WITH_PARTS):
        return value
    if key not in made:  # what a term stands for is made once, however often it is used
        made[key] = _made(value, parts, made)
    return made[key]


_WITH_PARTS = (tuple, ConditionBase, Rule, Rung, Ladder)


def _made(value: Any, parts: Mapping[int, Any], made: dict[int, Any]) -> Any:
    if isinstance(value, tuple):
        inner = [_rebuilt(one, parts, made) for one in value]
        if all(one is before for one, before in zip(inner, value, strict=True)):
            return value
        return tuple(inner) if type(value) is tuple else type(value)._make(inner)  # type: ignore[attr-defined]
    if isinstance(value, Ladder):
        rungs = _rebuilt(value.rungs, parts, made)
        return value if rungs is value.rungs else Ladder(rungs, value.severity, value.unjudged)
    new = {}
    for name in _names(type(value)):
        before = getattr(value, name)
        after = _rebuilt(before, parts, made)
        if after is not before:
            new[name] = after
    return replace(value, **new) if new else value


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))
