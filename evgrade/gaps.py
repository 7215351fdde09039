"""The known part of a dossier with errors: a wrong value is unknown, and never counts as absent.

Checks go through plain dicts and lists. The dicts and lists here look like these, but reading an unknown value, or
going through all values when some are unknown, raises a `GapError`. So a check rests on certain facts or is not made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import getitem
from typing import Any, NoReturn, TypeVar

from evgrade.model import Finding, Path, Severity
from evgrade.schema.shape import Shape, dossier_shape
from evgrade.schema.suggest import Suggestions

T = TypeVar("T")


class GapError(Exception):
    """The value read is wrong, and so unknown."""


def _unknown(*_: object) -> NoReturn:
    raise GapError


class _Mapping(dict[str, Any]):
    """A mapping without its unknown values."""

    __slots__ = ("_gaps",)

    def __init__(self, known: Mapping[str, Any], gaps: frozenset[str]) -> None:
        super().__init__(known)
        self._gaps = gaps

    def __getitem__(self, key: str) -> Any:
        return _unknown() if key in self._gaps else super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        return _unknown() if key in self._gaps else super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        return _unknown() if key in self._gaps else super().get(key, default)

    __iter__ = __len__ = __eq__ = __ne__ = __or__ = __ror__ = keys = values = items = copy = _unknown
    __hash__ = None


class _List(list[Any]):
    """A list with `_HOLE` in place of each unknown entry."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        return (_unknown() if entry is _HOLE else entry for entry in super().__iter__())

    __getitem__ = __len__ = __contains__ = __reversed__ = __add__ = __eq__ = __ne__ = count = index = copy = _unknown
    __hash__ = None


_HOLE = object()


def known_items(mapping: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Return the known keys and values of a mapping."""
    return dict.items(mapping) if isinstance(mapping, dict) else mapping.items()


def known_entries(entries: Sequence[T]) -> Iterable[tuple[int, T]]:
    """Return the known entries of a list, with their numbers."""
    if isinstance(entries, _List):
        return ((number, entry) for number, entry in enumerate(list.__iter__(entries)) if entry is not _HOLE)
    return enumerate(entries)


def with_gaps(value: Any, unknown: Iterable[Path]) -> Any:
    """Return plain data with gaps at the paths of unknown values; all other parts are shared with the original."""
    below: dict[str | int, list[Path]] = {}
    for path in unknown:
        below.setdefault(path[0], []).append(path[1:])
    gaps = {step for step, rests in below.items() if () in rests}
    if isinstance(value, dict):
        known = {
            key: with_gaps(child, below[key]) if key in below else child
            for key, child in value.items()
            if key not in gaps
        }
        return _Mapping(known, frozenset(map(str, gaps))) if gaps else known
    if isinstance(value, list):
        entries = [
            _HOLE if number in gaps else with_gaps(child, below[number]) if number in below else child
            for number, child in enumerate(value)
        ]
        return _List(entries) if gaps else entries
    return value


def unknown_paths(data: Any, findings: Iterable[Finding]) -> frozenset[Path]:
    """Return the paths of unknown values, given the findings about a document.

    They are the values with errors, missing keys, and the keys that an unknown key may stand for.
    """
    unknown: set[Path] = set()
    near = Suggestions()
    for finding in findings:
        path = finding.location.path
        if finding.severity is not Severity.ERROR:
            continue
        if finding.code == "schema-missing":
            unknown.update(
                (*path, key) for key in shape_at(path).node["required"] if key not in reduce(getitem, path, data)
            )
            continue
        unknown.add(path)
        if finding.code == "schema-unknown-key":
            above, key = path[:-1], str(path[-1])
            absent = [one for one in shape_at(above).keys if one not in reduce(getitem, above, data)]
            meant = near.nearest(key, absent)
            unknown.update((*above, one) for one in (absent if meant is None else [meant]))
    return frozenset(unknown)


def shape_at(path: Path) -> Shape:
    """Return the shape of the value at a path of the schema."""
    shape = dossier_shape()
    for step in path:
        inside = shape.item if isinstance(step, int) else shape.key(step)
        if inside is None:
            raise LookupError(path)
        shape = inside
    return shape
