"""Why a condition is true, false or unknown: the same conditions, asked part by part.

A trace never decides anything. Every truth in it is what the condition itself answers, so that what is
explained is what was graded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from evgrade.facts import known
from evgrade.logic import Truth, conjunction
from evgrade.model import Path
from evgrade.rubric.fields import Data, FieldPath
from evgrade.rubric.language import (
    All,
    AnyOf,
    Condition,
    LabelIs,
    Not,
    NumberOf,
    OfDossier,
    OneOf,
    Standing,
    Term,
    Within,
    count,
)
from evgrade.rubric.lists import Count, Every, Share, Sum
from evgrade.rubric.model import Rule


class Trace(NamedTuple):
    """A condition, its truth, and the parts and items it was asked of.

    A named tuple, because a grading makes hundreds of them and a frozen dataclass takes three times as long.

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


def trace(condition: Condition, data: Data, path: Path, standing: Standing, *, whole: bool = False) -> Trace:
    """Return the trace of a condition asked of the mapping `data`, which stands at `path`.

    Items that do not match are only explained in a `whole` trace; no reason needs their parts.
    """
    if isinstance(condition, OneOf | Within):
        truth = condition.truth(data, standing)
        unknown = _unstated(condition.field, data, path) if truth is None else ()
        return Trace(condition, truth, path, found=condition.field.read(data), unknown=unknown)
    if isinstance(condition, NumberOf):
        parts = tuple([trace(part, data, path, standing, whole=whole) for part in condition.parts])
        truths = [part.truth for part in parts]
        return Trace(condition, condition.decide(truths), path, parts=parts, found=count(truths))
    if isinstance(condition, All | AnyOf | Not | Term | LabelIs):
        parts = tuple([trace(part, data, path, standing, whole=whole) for part in condition.parts])
        if isinstance(condition, LabelIs):
            parts = _tried(parts)
        return Trace(condition, condition.decide([part.truth for part in parts]), path, parts=parts)
    if isinstance(condition, OfDossier):
        whole_dossier = data if standing.dossier is None else standing.dossier
        part = trace(condition.part, whole_dossier, (), standing, whole=whole)
        return Trace(condition, part.truth, path, parts=(part,))
    if isinstance(condition, Count | Every | Sum | Share):
        return _over_list(condition, data, path, standing, whole=whole)
    return Trace(condition, condition.truth(data, standing), path)


def _tried(rungs: tuple[Trace, ...]) -> tuple[Trace, ...]:
    """Return the rungs of a ladder down to the first that holds; what the others say does not matter."""
    reached = next((number for number, rung in enumerate(rungs) if rung.truth is True), len(rungs))
    return rungs[: reached + 1]


def _over_list(
    condition: Count | Every | Sum | Share, data: Data, path: Path, standing: Standing, *, whole: bool
) -> Trace:
    entries = condition.entries.read(data)
    list_path = (*path, *condition.entries.keys)
    if entries is None:
        return Trace(condition, condition.truth(data, standing), path, unknown=(list_path,))
    asked: list[tuple[Path, Data, Trace]] = []
    for number, entry in enumerate(entries):
        item_path = (*list_path, number)
        match = None if whole else condition.where.truth(entry, standing)
        if match is False:
            asked.append((item_path, entry, Trace(condition.where, match, item_path)))
        else:
            asked.append((item_path, entry, trace(condition.where, entry, item_path, standing, whole=whole)))
    items = tuple(item for _, _, item in asked)
    match condition:
        case Every():
            return Trace(condition, conjunction(item.truth for item in items), path, items=items)
        case Count():
            found = condition.quantity(item.truth for item in items)
            return Trace(condition, condition.bounds.hold(found), path, items=items, found=found)
        case Sum():
            found = condition.quantity((item.truth, condition.field.read(entry)) for _, entry, item in asked)
            wanted = [(entry, item_path) for item_path, entry, item in asked if item.truth is not False]
            unknown = tuple(name for entry, place in wanted for name in _unstated(condition.field, entry, place))
            return Trace(condition, condition.bounds.hold(found), path, items=items, found=found, unknown=unknown)
    return _share(condition, path, standing, asked, whole=whole)


def _share(
    condition: Share, path: Path, standing: Standing, asked: list[tuple[Path, Data, Trace]], *, whole: bool
) -> Trace:
    """Ask of every entry whether it belongs, then whether it matches; an entry supports a share if it does both."""
    items = []
    pairs = []
    for item_path, entry, match in asked:
        member = trace(condition.of, entry, item_path, standing, whole=whole)
        pairs.append((member.truth, match.truth))
        both = conjunction((member.truth, match.truth))
        items.append(Trace(condition.where, both, item_path, parts=(member, match)))
    counted = condition.count(pairs)
    return Trace(condition, condition.decide(counted), path, items=tuple(items), found=counted[1])


def _unstated(field: FieldPath, data: Data, path: Path) -> tuple[Path, ...]:
    """Return the paths that would have to be stated for a field to be known."""
    value: Any = data
    for key in field.keys:
        value = known(value, key)
        if value is None:
            names = field.keys if field.derived is None else (*field.keys, field.derived.inputs[0])
            return ((*path, *names),)
    if field.derived is None:
        return ()
    return tuple((*path, *field.keys, *name) for name in field.derived.unstated(value))


class Inquiry:
    """Asks rules of one dossier, each at most once however many reasons want its answer."""

    def __init__(self, data: Data, standing: Standing) -> None:
        self.data = data
        self.standing = standing
        self._asked: dict[int, Trace] = {}

    def ask(self, rule: Rule) -> Trace:
        """Return the trace of a rule's condition, asked of the whole dossier."""
        asked = self._asked.get(id(rule))
        if asked is None:
            asked = self._asked[id(rule)] = trace(rule.condition, self.data, (), self.standing)
        return asked


def unstated(asked: Trace) -> Iterator[Path]:
    """Yield the paths of the facts that keep a condition from being true or false."""
    if asked.truth is not None:
        return
    yield from asked.unknown
    inside: Iterable[Trace] = (*asked.parts, *asked.items)
    if isinstance(asked.condition, Share):
        # An entry that does not match lowers a share all the same, if it belongs.
        inside = (part for item in asked.items if item.parts[0].truth is not False for part in item.parts)
    for part in inside:
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
