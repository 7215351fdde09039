"""A rubric with other parts: what is not on the way to them is shared, never copied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from evgrade.rubric.conditions.base import ConditionBase
from evgrade.rubric.model import Ladder, Rubric, Rule, Rung


class Rebuilding:
    """Makes rubrics that grade and recommend as one does but for some bounds."""

    def __init__(self, rubric: Rubric) -> None:
        self._rubric = rubric
        self._above: dict[int, list[int]] = {}
        seen: set[int] = set()
        for root in (rubric.domains, rubric.recommendation):
            self._look(root, seen)

    def __call__(self, parts: Mapping[int, Any]) -> Rubric:
        """Return the rubric with other parts, given by the identity of those that they replace.

        A domain that none of them is in is the same object as before.
        """
        on_the_way: set[int] = set()
        reached = list(parts)
        while reached:
            one = reached.pop()
            if one not in on_the_way:
                on_the_way.add(one)
                reached += self._above.get(one, ())
        made = dict(parts)
        domains, recommendation = (
            _rebuilt(root, on_the_way, made) for root in (self._rubric.domains, self._rubric.recommendation)
        )
        return self._rubric._replace(domains=domains, recommendation=recommendation)

    def _look(self, value: Any, seen: set[int]) -> None:
        """Note what each part of a value is part of."""
        if id(value) in seen:
            return
        seen.add(id(value))
        for part in _parts(value):
            self._above.setdefault(id(part), []).append(id(value))
            self._look(part, seen)


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, Ladder):
        return (value.rungs,)
    if isinstance(value, ConditionBase | Rule | Rung) and is_dataclass(value):
        return [getattr(value, one.name) for one in fields(value)]
    return ()


def _rebuilt(value: Any, on_the_way: set[int], made: dict[int, Any]) -> Any:
    key = id(value)
    if key not in made:  # what a term stands for is made once, however often it is used
        made[key] = _made(value, on_the_way, made) if key in on_the_way else value
    return made[key]


def _made(value: Any, on_the_way: set[int], made: dict[int, Any]) -> Any:
    if isinstance(value, tuple):
        inner = [_rebuilt(one, on_the_way, made) for one in value]
        return type(value)._make(inner) if hasattr(value, "_make") else tuple(inner)
    if isinstance(value, Ladder):
        return value.moved(_rebuilt(value.rungs, on_the_way, made))
    return replace(value, **{one.name: _rebuilt(getattr(value, one.name), on_the_way, made) for one in fields(value)})
