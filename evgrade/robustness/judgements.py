"""The judgements of the reviewers in a dossier, and the step that each can be moved either way.

The schema says which fields are judgements (`x-judgement`). Facts of a study, such as how many took part or why it
ended, are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evgrade.facts.quality import Tool, tool_of
from evgrade.model import Path
from evgrade.rubric.conditions.base import RECORDED
from evgrade.schema.shape import Kind, Shape, dossier_shape

_FAMILIES = (
    ("low", "unclear_risk", "high"),
    ("low", "some_concerns", "high", "very_high"),
    ("low", "moderate", "serious", "critical"),
)
"""The words for a risk of bias, from low to the gravest, of RoB 1, of RoB 2 and those like it, and of ROBINS-I."""
_WORDS = frozenset(word for family in _FAMILIES for word in family) | {"no_information"}


@dataclass(frozen=True, slots=True)
class Step:
    """A judgement that is moved by one step.

    Attributes:
        path: its place in the dossier.
        now: what it says.
        moved: what it would say.
    """

    path: Path
    now: Any
    moved: Any


def steps(data: Mapping[str, Any]) -> Iterator[Step]:
    """Yield each judgement of a dossier moved up and moved down, in document order."""
    root = dossier_shape()
    for key, value in data.items():
        shape = root.key(key) if key in RECORDED else None
        if shape is not None:
            yield from _within(value, shape, (key,))


def _within(value: Any, shape: Shape, path: Path, tool: Tool | None = None) -> Iterator[Step]:
    if isinstance(value, list) and shape.kind is Kind.LIST:
        for number, entry in enumerate(value):
            yield from _within(entry, shape.item, (*path, number), tool)
    elif isinstance(value, dict) and shape.kind is Kind.MAPPING:
        if path[-1] == "risk_of_bias":
            tool = tool_of(value)
        for key, part in value.items():
            inner = shape.key(key)
            if inner is None:
                continue
            if isinstance(part, dict | list):
                yield from _within(part, inner, (*path, key), tool)
            elif inner.judgement is not None:
                yield from _moved(part, _scale(part, inner, tool), (*path, key))


def _scale(now: Any, inner: Shape, tool: Tool | None) -> tuple[Any, ...]:
    """Return the values of a judgement, from one end to the other; of a risk of bias, the words of its tool."""
    if "x-scale" in inner.node:
        return tuple(inner.node["x-scale"])
    if not _WORDS.issuperset(inner.choices):
        return inner.choices
    levels = _WORDS if tool is None else tool.levels
    scales = (tuple(word for word in one if word in levels) for one in _FAMILIES if now in one)
    return max(scales, key=len, default=())


def _moved(now: Any, scale: tuple[Any, ...], path: Path) -> Iterator[Step]:
    if now not in scale:  # not known, or not assessed: there is nothing to move
        return
    place = scale.index(now)
    yield from (Step(path, now, scale[beside]) for beside in (place - 1, place + 1) if 0 <= beside < len(scale))
