"""Why a condition is true, false or unknown: the same conditions, asked part by part.

A trace never decides anything. Every truth in it is what the condition itself answers, so that what is
explained is what was graded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from evgrade.facts import Quantity, known
from evgrade.logic import Truth
from evgrade.model import Path
from evgrade.rubric.language import (
    All,
    AnyOf,
    Condition,
    Count,
    Data,
    Every,
    FieldPath,
    LabelIs,
    Not,
    OneOf,
    Share,
    Standing,
    Sum,
    Term,
    Within,
)


@dataclass(frozen=True, slots=True)
class Trace:
    """A condition, its truth, and the parts and items it was asked of.

    Attributes:
        condition: what was asked.
        truth: the answer.
        path: the mapping it was asked of.
        parts: its parts, for a condition made of others.
        items: one trace for each item of a list, asked whether it matches.
        found: the value, the number or the share that was found; None where it is not known.
        unknown: paths of the fields that are not stated and would have to be.
    """

    condition: Condition
    truth: Truth
    path: Path
    parts: tuple[Trace, ...] = ()
    items: tuple[Trace, ...] = ()
    found: Any = None
    unknown: tuple[Path, ...] = ()


def trace(condition: Condition, data: Data, path: Path, standing: Standing) -> Trace:
    """Return the trace of a condition asked of the mapping `data`, which stands at `path`."""
    truth = condition.truth(data, standing)
    match condition:
        case All() | AnyOf():
            parts = tuple(trace(part, data, path, standing) for part in condition.parts)
            return Trace(condition, truth, path, parts=parts)
        case Not() | Term():
            return Trace(condition, truth, path, parts=(trace(condition.part, data, path, standing),))
        case LabelIs():
            parts = tuple(trace(part, data, path, standing) for _, part in condition.ladder)
            return Trace(condition, truth, path, parts=parts)
        case OneOf() | Within():
            unknown = _unstated(condition.field, data, path) if truth is None else ()
            return Trace(condition, truth, path, found=condition.field.read(data), unknown=unknown)
        case Count() | Every() | Sum() | Share():
            return _over_list(condition, data, path, standing, truth)
    return Trace(condition, truth, path)


def _over_list(
    condition: Count | Every | Sum | Share, data: Data, path: Path, standing: Standing, truth: Truth
) -> Trace:
    entries = condition.entries.read(data)
    list_path = (*path, *condition.entries.keys)
    if entries is None:
        return Trace(condition, truth, path, unknown=(list_path,))
    items = []
    unknown: list[Path] = []
    for number, entry in enumerate(entries):
        item_path = (*list_path, number)
        items.append(trace(condition.where, entry, item_path, standing))
        if isinstance(condition, Share):
            member = trace(condition.of, entry, item_path, standing)
            items[-1] = Trace(condition.where, items[-1].truth, item_path, parts=(member, items[-1]))
        if isinstance(condition, Sum) and items[-1].truth is not False and truth is None:
            unknown.extend(_unstated(condition.field, entry, item_path))
    found: Quantity = None if isinstance(condition, Every) else condition.quantity(data, standing)
    return Trace(condition, truth, path, items=tuple(items), found=found, unknown=tuple(unknown))


def _unstated(field: FieldPath, data: Data, path: Path) -> tuple[Path, ...]:
    """Return the paths that would have to be stated for a field to be known."""
    value: Any = data
    for number, key in enumerate(field.keys):
        value = known(value, key)
        if value is None:
            names = field.keys if field.derived is None else (*field.keys, field.derived.inputs[0])
            del number
            return ((*path, *names),)
    if field.derived is None:
        return ()
    return tuple((*path, *field.keys, name) for name in field.derived.inputs if known(value, name) is None)


def unstated(asked: Trace) -> Iterator[Path]:
    """Yield the paths of the facts that keep a condition from being true or false."""
    if asked.truth is not None:
        return
    yield from asked.unknown
    for part in (*asked.parts, *asked.items):
        yield from unstated(part)


def supporting(asked: Trace) -> Iterator[Path]:
    """Yield the paths of the items and fields that make a condition true, in the order it asks for them."""
    if asked.truth is not True:
        return
    condition = asked.condition
    if isinstance(condition, Not):
        return
    if isinstance(condition, OneOf | Within):
        keys = condition.field.keys
        # A field of an item is told by the item itself; a field of the dossier stands for itself.
        if not asked.path and keys:
            yield keys
    for item in asked.items:
        if item.truth is True:
            yield item.path
            yield from supporting(item)
    for part in asked.parts:
        yield from supporting(part)
