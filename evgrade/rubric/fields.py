"""Paths to the fields and lists that conditions read, and their look-up in the schema of the dossier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from evgrade.facts.derived import Derived
from evgrade.facts.registry import POOLED_EFFECT, derived_names, derived_value
from evgrade.model import UNKNOWN_WORDS
from evgrade.schema.shape import Kind, Shape, dossier_shape
from evgrade.schema.suggest import did_you_mean, listed

Data = Mapping[str, Any]

_SILENT = tuple(UNKNOWN_WORDS)
"""A tuple, because a value may not be hashable."""


@dataclass(frozen=True, slots=True)
class FieldPath:
    """The path from a mapping to a value in it: keys, and perhaps a value derived from what they lead to.

    `title` is the name of the value, if the keys are not clear enough. `number` means that a text in its place, such as
    `not_estimable`, stands for an unknown number.
    """

    keys: tuple[str, ...]
    derived: Derived | None = None
    title: str | None = None
    number: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The path as a rubric writes it."""
        return self.keys if self.derived is None else (*self.keys, self.derived.name)

    @property
    def words(self) -> str:
        """The name of the value in the wording of conditions."""
        named = self.title or " ".join(self.keys).replace("_", " ")
        return named if self.derived is None else self.derived.phrase.format(of=named)

    @property
    def is_share(self) -> bool:
        return self.derived is not None and self.derived.is_share

    def read(self, data: Data) -> Any:
        """Return the value; None if it is unknown."""
        value: Any = data
        for key in self.keys:
            value = value.get(key)
            if value is None:
                return None
        if self.derived is None:
            return None if value in _SILENT or (self.number and isinstance(value, str)) else value
        return self.derived.compute(value)


@dataclass(frozen=True, slots=True)
class ListPath:
    """The path from a mapping to a list in it.

    A `closed` list is empty if it is missing. `noun` is the name of an entry.
    """

    keys: tuple[str, ...]
    closed: bool
    noun: str

    def read(self, data: Data) -> list[Any] | None:
        """Return the entries; None if they are not stated."""
        value: Any = data
        for key in self.keys:
            value = value.get(key)
            if value is None:
                return [] if self.closed else None
        entries: list[Any] = value
        return entries


class PathError(ValueError):
    """A path leads nowhere, or to a value of the wrong kind; `hint` suggests another."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class Field(NamedTuple):
    """A field at the end of a path, and the shape of its value (None for a derived number)."""

    path: FieldPath
    shape: Shape | None

    @property
    def kind(self) -> Kind:
        """The kind of value."""
        return Kind.NUMBER if self.shape is None else self.shape.kind


def resolve_field(scope: Shape, text: str) -> Field:
    """Return the field at a dotted path from a mapping of shape `scope`.

    Raises:
        PathError: there is no such field or derived value, or the path goes through a list.
    """
    shape = scope
    names = text.split(".")
    for number, name in enumerate(names):
        derived = derived_value(shape.definition, ".".join(names[number:]))
        if derived is not None:
            return Field(FieldPath(tuple(names[:number]), derived, shape.title), None)
        shape = _step(shape, name, text)
    if shape.kind in (Kind.MAPPING, Kind.LIST):
        if shape.kind is Kind.LIST:
            raise PathError(f"`{text}` is a list", "use any, every, none or count")
        raise PathError(f"`{text}` is a mapping", f"its keys: {listed(_names(shape))}")
    return Field(FieldPath(tuple(names), title=shape.title, number="x-number" in shape.node), shape)


def resolve_list(scope: Shape, text: str) -> tuple[ListPath, Shape]:
    """Return the path to a list and the shape of its entries.

    Raises:
        PathError: there is no such list, or its entries are not mappings.
    """
    path, shape, rest = _to_list(scope, text)
    if rest:
        raise PathError(f"`{text}` continues after a list", f"the list is `{'.'.join(path.keys)}`")
    return path, shape


def resolve_list_field(scope: Shape, text: str) -> tuple[ListPath, Shape, Field]:
    """Return the path to a list, the shape of its entries, and a number in them.

    Raises:
        PathError: there is no such list or no such number.
    """
    path, shape, rest = _to_list(scope, text)
    if not rest:
        numbers = [f"{text}.{name}" for name in _names(shape) if _is_number(shape, name)]
        raise PathError(f"`{text}` is a list; a sum needs a number in its items", f"numbers: {listed(numbers)}")
    field = resolve_field(shape, ".".join(rest))
    if field.kind is not Kind.NUMBER:
        raise PathError(f"`{text}` is not a number")
    return path, shape, field


def _to_list(scope: Shape, text: str) -> tuple[ListPath, Shape, list[str]]:
    shape = scope
    names = text.split(".")
    for number, name in enumerate(names):
        above, shape = shape, _step(shape, name, text)
        if shape.kind is Kind.LIST:
            if shape.item.kind is not Kind.MAPPING:
                raise PathError(f"the entries of `{name}` have no fields")
            keys = tuple(names[: number + 1])
            # Only the sections of a dossier are closed; a list inside an item may be unknown.
            closed = scope.definition is None and scope.node is dossier_shape().node and len(keys) == 1
            item = _pooled(shape.item) if above.definition == "synthesis" else shape.item
            return ListPath(keys, closed, item.noun), item, names[number + 1 :]
    lists = [f"{text}.{name}" for name in shape.keys if (key := shape.key(name)) and key.kind is Kind.LIST]
    raise PathError(f"`{text}` is not a list", f"lists in it: {listed(lists)}" if lists else None)


def _pooled(item: Shape) -> Shape:
    """Return the shape of an item that a systematic review lists; its effects are pooled."""
    if item.definition != "effect":
        return item
    return replace(item, definition=POOLED_EFFECT, node={**item.node, "title": POOLED_EFFECT})


def _step(shape: Shape, name: str, text: str) -> Shape:
    if shape.kind is Kind.LIST:
        raise PathError(f"`{text}` goes through a list; use any, every, none or count and `where`")
    below = shape.key(name) if shape.kind is Kind.MAPPING else None
    if below is None:
        names = _names(shape)
        hint = did_you_mean(name, names) or (f"known here: {listed(names)}" if names else None)
        raise PathError(f"the dossier has no field `{name}` here", hint)
    return below


def _is_number(shape: Shape, name: str) -> bool:
    below = shape.key(name)
    return below is None or below.kind is Kind.NUMBER


def _names(shape: Shape) -> tuple[str, ...]:
    return (*shape.keys, *derived_names(shape.definition))
