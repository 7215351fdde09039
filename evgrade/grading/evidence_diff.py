"""Compare two dossiers entry by entry and field by field, whatever the order in which they are written.

Entries of a list match by id, or without an id by content. A single mapping without an id left over on each side counts
as one that changed. Order has no meaning in a dossier, so it is no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from evgrade.dossier import Dossier
from evgrade.model import Location, Path
from evgrade.schema.shape import Kind, Shape, dossier_shape

How = Literal["added", "removed", "changed"]
"""How a value changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value that is in one dossier alone, or differs.

    Attributes:
        how: how it changed.
        field: its keys inside its entry, with ids for entries of lists; empty for a whole entry.
        name: the same in words; empty for a whole entry.
        old: its path in the old dossier; None if it was added.
        new: its path in the new dossier; None if it was removed.
        before: the old value.
        after: the new value.
        said_before: the old value in words; None if it was added.
        said_after: the new value in words; None if it was removed.
    """

    how: How
    field: tuple[str, ...]
    name: str
    old: Path | None
    new: Path | None
    before: Any
    after: Any
    said_before: str | None
    said_after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChanged:
    """What changed in an entry of a section, such as a trial, or in a section without entries, such as safety.

    Attributes:
        how: how it changed.
        section: the key of the section.
        id: the id of the entry, if it has one.
        name: its name: the noun of the schema and its id, or its content in short.
        statement: its statement, if it has one.
        old: its place in the old dossier; None if it was added.
        new: its place in the new dossier; None if it was removed.
        changes: the changes in it; a single one if it was added or removed.
    """

    how: How
    section: str
    id: str | None
    name: str
    statement: str | None
    old: Location | None
    new: Location | None
    changes: tuple[Change, ...]


def evidence_diff(old: Dossier, new: Dossier) -> tuple[EntryChanged, ...]:
    """Return the differences between two dossiers, in the order of the schema's sections."""
    return tuple(_Comparison(old, new).sections())


class _Comparison:
    """Compares two dossiers."""

    def __init__(self, old: Dossier, new: Dossier) -> None:
        self._old = old
        self._new = new

    def sections(self) -> Iterator[EntryChanged]:
        """Yield the differences, section by section."""
        shape = dossier_shape()
        own = sorted((self._old.data.keys() | self._new.data.keys()) - set(shape.keys))
        for key in (*shape.keys, *own):
            before, after = self._old.data.get(key), self._new.data.get(key)
            if key in shape.keys and isinstance(before or after, list):
                inside = _item(shape.key(key))
                for old, new in _paired(before or [], after or []):
                    yield from self._entry(
                        key, inside, None if old is None else (key, old), None if new is None else (key, new)
                    )
            elif before is not None or after is not None:
                old_path, new_path = ((key,) if key in side.data else None for side in (self._old, self._new))
                yield from self._entry(key, shape.key(key), old_path, new_path)

    def _entry(self, section: str, shape: Shape | None, old: Path | None, new: Path | None) -> Iterator[EntryChanged]:
        before, after = _at(self._old.data, old), _at(self._new.data, new)
        changes = tuple(_changes(before, after, shape, _Place((), (), old, new)))
        if not changes:
            return
        entry = before if new is None else after
        identifier = _id(entry)
        place = old or new or ()
        yield EntryChanged(
            how="added" if old is None else "removed" if new is None else "changed",
            section=section,
            id=identifier,
            name=_words(section, shape) if len(place) == 1 else _called(entry, shape),
            statement=_statement(entry),
            old=None if old is None else self._old.document.location(old),
            new=None if new is None else self._new.document.location(new),
            changes=changes,
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """The place of two values: inside their entry, in words, and in each dossier."""

    field: tuple[str, ...]
    names: tuple[str, ...]
    old: Path | None
    new: Path | None

    def below(self, key: str, name: str, old: str | int | None, new: str | int | None) -> _Place:
        """Return the place one step further in, at a key or a number."""
        return _Place(
            (*self.field, key),
            (*self.names, name),
            None if old is None or self.old is None else (*self.old, old),
            None if new is None or self.new is None else (*self.new, new),
        )


def _changes(before: Any, after: Any, shape: Shape | None, at: _Place) -> Iterator[Change]:
    """Yield the differences between two values; a missing value has no place."""
    both = at.old is not None and at.new is not None
    if both and isinstance(before, dict) and isinstance(after, dict):
        for key in _keys(before, after, shape):
            inside = shape and shape.key(key)
            old, new = (key if key in side else None for side in (before, after))
            place = at.below(key, _words(key, inside), old, new)
            yield from _changes(before.get(key), after.get(key), inside, place)
    elif both and isinstance(before, list) and isinstance(after, list):
        inside = _item(shape)
        for old_number, new_number in _paired(before, after):
            first = None if old_number is None else before[old_number]
            second = None if new_number is None else after[new_number]
            entry = first if second is None else second
            called = _called(entry, inside) if isinstance(entry, dict) else ""
            place = at.below(_id(entry) or "", called, old_number, new_number)
            yield from _changes(first, second, inside, place)
    elif not both or _content(before) != _content(after):
        yield Change(
            how="added" if at.old is None else "removed" if at.new is None else "changed",
            field=tuple(filter(None, at.field)),
            name=", ".join(filter(None, at.names)),
            old=at.old,
            new=at.new,
            before=before,
            after=after,
            said_before=None if at.old is None else _said(before, shape),
            said_after=None if at.new is None else _said(after, shape),
        )


def _keys(before: Mapping[str, Any], after: Mapping[str, Any], shape: Shape | None) -> Iterable[str]:
    """Return the keys of two mappings in the order of the schema, followed by those that it does not have."""
    known = () if shape is None else tuple(key for key in shape.keys if key in before or key in after)
    return (*known, *sorted((before.keys() | after.keys()) - set(known)))


def _paired(before: Sequence[Any], after: Sequence[Any]) -> Iterator[tuple[int | None, int | None]]:
    """Yield the numbers of matching entries of two lists, and of the entries without a counterpart."""
    old_ids = {_id(entry): number for number, entry in enumerate(before) if _id(entry) is not None}
    new_ids = {_id(entry): number for number, entry in enumerate(after) if _id(entry) is not None}
    gone = [number for number, entry in enumerate(before) if _id(entry) not in new_ids]
    come = [number for number, entry in enumerate(after) if _id(entry) not in old_ids]
    by_content: dict[str, list[int]] = {}
    for number in come:
        by_content.setdefault(_content(after[number]), []).append(number)
    left = []
    for number in gone:
        same = by_content.get(_content(before[number]))
        if same:
            come.remove(same.pop(0))
        else:
            left.append(number)
    yield from ((number, new_ids[name]) for name, number in old_ids.items() if name in new_ids)
    if len(left) == len(come) == 1 and _is_anonymous(before[left[0]]) and _is_anonymous(after[come[0]]):
        yield left[0], come[0]
        return
    yield from ((number, None) for number in left)
    yield from ((None, number) for number in come)


def _is_anonymous(entry: Any) -> bool:
    return isinstance(entry, dict) and _id(entry) is None


def _id(entry: Any) -> str | None:
    identifier = entry.get("id") if isinstance(entry, dict) else None
    return identifier if isinstance(identifier, str) else None


def _content(value: Any) -> str:
    """Return the same text for the same content, whatever its order; 2.0 is 2."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key!r}:{_content(child)}" for key, child in sorted(value.items())) + "}"
    if isinstance(value, list):
        return "[" + ",".join(sorted(map(_content, value))) + "]"
    return repr(int(value) if isinstance(value, float) and value.is_integer() else value)


def _at(data: Any, path: Path | None) -> Any:
    for step in path or ():
        data = data[step]
    return None if path is None else data


def _item(shape: Shape | None) -> Shape | None:
    return shape.item if shape is not None and shape.kind is Kind.LIST else None


# In words


def _words(key: str, shape: Shape | None) -> str:
    """Return the name of a field: its title in the schema, or else its key."""
    return shape.title if shape is not None and shape.title is not None else key.replace("_", " ")


def _called(entry: Any, shape: Shape | None) -> str:
    """Return the name of an entry of a list: its noun, and its id or its content in short."""
    noun = "entry" if shape is None else shape.noun
    wording = _id(entry) or (isinstance(entry, dict) and entry.get("name")) or (shape and shape.says(entry))
    return f"{noun} {wording}" if wording else noun


def _statement(entry: Any) -> str | None:
    if not isinstance(entry, dict):
        return None
    statement = entry.get("statement") or entry.get("name") or entry.get("title")
    return statement if isinstance(statement, str) else None


def _said(value: Any, shape: Shape | None) -> str:
    """Return a whole value in words."""
    if isinstance(value, dict):
        inside = ((key, child, shape and shape.key(key)) for key, child in value.items())
        return ", ".join(f"{_words(key, part)}: {_said(child, part)}" for key, child, part in inside) or "nothing"
    if isinstance(value, list):
        return "; ".join(_said(entry, _item(shape)) for entry in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("_", " ") if shape is not None and shape.kind is Kind.CHOICE else str(value)
