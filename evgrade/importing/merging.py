"""Three-way merge of an entry: the version in the dossier, the earlier version of its source, and the current one.

Field by field: a change made only in the source is taken, a change made only in the dossier stays, and if both changed,
a person has to settle it. Without an earlier version, only absent fields are filled in.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from evgrade.model import Path


class Nothing(enum.Enum):
    """Why there is no value."""

    ABSENT = "absent"
    UNKNOWN = "unknown"


ABSENT = Nothing.ABSENT
UNKNOWN = Nothing.UNKNOWN
"""There is no earlier version, so it is unknown which side changed."""


class Kind(enum.Enum):
    """How a dossier and its source disagree; the code of the finding."""

    CONFLICT = "import-conflict"
    VANISHED = "import-vanished"
    DIFFERENCE = "import-difference"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A value for which the dossier and its source disagree, so that the dossier keeps its own.

    Attributes:
        kind: how they disagree.
        path: the path within the entry.
        mine, before, now: the value in the dossier, in the earlier version of the source, and in the current one.
    """

    kind: Kind
    path: Path
    mine: Any
    before: Any
    now: Any


_KEPT = frozenset({"id", "statement"})
"""Fields that belong to the dossier."""
_NEVER_FILLED = frozenset({"notes"})
"""Fields that an entry written by a person does not need from a source."""
_IDENTIFIERS = frozenset({"doi", "pmcid", "registry", "x-label"})


def merge_entry(mine: Mapping[str, Any], before: Mapping[str, Any] | Nothing, now: Mapping[str, Any]) -> Merge:
    """Merge the versions of an entry, and list their disagreements."""
    merge = Merge()
    left = _KEPT | _NEVER_FILLED if isinstance(before, Nothing) else _KEPT
    before = UNKNOWN if isinstance(before, Nothing) else _without(before, left)
    merge.value = merge.mapping(_without(mine, left), before, _without(now, left), ())
    # Keys keep their order; new ones come last.
    merge.value = {key: merge.value.get(key, value) for key, value in mine.items()} | merge.value
    return merge


def _without(entry: Mapping[str, Any], left: Collection[str]) -> Mapping[str, Any]:
    return {key: value for key, value in entry.items() if key not in left}


class Merge:
    """A merge.

    Attributes:
        value: the merged entry.
        disagreements: the values that were left as they are.
    """

    def __init__(self) -> None:
        self.value: dict[str, Any] = {}
        self.disagreements: list[Disagreement] = []

    def mapping(self, mine: Mapping[str, Any], before: Any, now: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """Return a mapping merged key by key."""
        merged = dict(mine)
        known = before if isinstance(before, dict) else {}
        for key in dict.fromkeys((*now, *known)):
            earlier = UNKNOWN if before is UNKNOWN else known.get(key, ABSENT)
            own = mine.get(key)
            value = self._value(ABSENT if own is None else own, earlier, now.get(key, ABSENT), (*path, key))
            if value is not ABSENT:
                merged[key] = value
        return merged

    def _value(self, mine: Any, before: Any, now: Any, path: Path) -> Any:
        if path[-1] == "refs" and isinstance(mine, list):
            return self._citations(mine, before, now, path)
        if now is ABSENT:
            if mine is not ABSENT and before not in (UNKNOWN, ABSENT):
                self._disagree(Kind.VANISHED if same(mine, before) else Kind.CONFLICT, path, mine, before, now)
            return mine
        if mine is ABSENT:
            if before in (UNKNOWN, ABSENT):
                return now
            if not same(before, now):
                self._disagree(Kind.CONFLICT, path, mine, before, now)
            return ABSENT  # a person removed it
        if same(mine, now, str(path[-1])):
            return mine
        if isinstance(mine, dict) and isinstance(now, dict):
            return self._whole_or_nothing(mine, before, now, path)
        if isinstance(mine, list) and isinstance(now, list):
            items = [_by_name(one) for one in (mine, now, before if isinstance(before, list) else [])]
            if all(one is not None for one in items):
                return self._items(mine, before, now, path)
        if before is UNKNOWN:
            self._disagree(Kind.DIFFERENCE, path, mine, before, now)
            return mine
        if same(mine, before):
            return now
        if not same(before, now):
            self._disagree(Kind.CONFLICT, path, mine, before, now)
        return mine

    def _whole_or_nothing(self, mine: Mapping[str, Any], before: Any, now: Mapping[str, Any], path: Path) -> Any:
        """Merge a mapping; without an earlier version, take nothing if the two disagree in any key.

        The interval of one analysis does not belong to the estimate of another.
        """
        count = len(self.disagreements)
        merged = self.mapping(mine, before, now, path)
        if before is UNKNOWN and len(self.disagreements) > count:
            for key in (one for one in merged if one not in mine):
                self._disagree(Kind.DIFFERENCE, (*path, key), ABSENT, before, merged[key])
            return mine
        return merged

    def _citations(self, mine: Sequence[Any], before: Any, now: Any, path: Path) -> Any:
        """Return the citations of an entry with the new ones of its source; removed ones stay out."""
        now = now if isinstance(now, list) else []
        known = before if isinstance(before, list) else []
        gone = [one for one in known if one in mine and one not in now]
        if gone:
            self._disagree(Kind.VANISHED, path, gone, gone, ABSENT)
        new = [one for one in now if one not in mine and one not in known]
        return [*mine, *new] if new else mine

    def _items(self, mine: Sequence[Any], before: Any, now: Sequence[Any], path: Path) -> Any:
        """Merge a list item by item, matched by name."""
        ours, theirs = _by_name(mine) or {}, _by_name(now) or {}
        known = (_by_name(before) or {}) if isinstance(before, list) else {}
        merged = list(mine)
        for name in dict.fromkeys((*theirs, *known)):
            own, earlier, item = (one.get(name, ABSENT) for one in (ours, known, theirs))
            if own is not ABSENT:
                number = next(number for number, one in enumerate(mine) if one is own)
                earlier = UNKNOWN if before is UNKNOWN else earlier
                merged[number] = self._value(own, earlier, item, (*path, number))
            elif before is UNKNOWN:
                self._disagree(Kind.DIFFERENCE, (*path, len(mine)), ABSENT, before, item)
            else:
                value = self._value(ABSENT, earlier, item, (*path, len(mine)))
                if value is not ABSENT:
                    merged.append(value)
        return merged

    def _disagree(self, kind: Kind, path: Path, mine: Any, before: Any, now: Any) -> None:
        self.disagreements.append(Disagreement(kind, path, mine, before, now))


def same(one: Any, other: Any, key: str = "") -> bool:
    """Whether two values mean the same: 12 and "12" do, so do identifiers in another case, but not true and 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name], name) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b, key) for a, b in zip(one, other, strict=True))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, str) and isinstance(other, str):
        # Line breaks and spaces are layout, which a table does not keep.
        one, other = " ".join(one.split()), " ".join(other.split())
        return one == other or (key in _IDENTIFIERS and one.casefold() == other.casefold())
    if isinstance(one, str) and isinstance(other, int):
        return one == str(other)
    if isinstance(one, int) and isinstance(other, str):
        return str(one) == other
    numbers = (int, float, Decimal)
    if isinstance(one, numbers) and isinstance(other, numbers):
        return float(one) == float(other)
    return type(one) is type(other) and bool(one == other)


def _by_name(items: Sequence[Any]) -> Mapping[tuple[str, ...], Any] | None:
    """Return the items of a list by name; None if an item has no name, or two have the same."""
    found: dict[tuple[str, ...], Any] = {}
    for item in items:
        name = _name(item)
        if name is None or name in found:
            return None
        found[name] = item
    return found


def _name(item: Any) -> tuple[str, ...] | None:
    if not isinstance(item, dict):
        return None
    if "outcome" in item:
        keys: tuple[str, ...] = ("outcome", "time_point", "measure", "comparison")
    elif "name" in item:
        keys = ("name", "seriousness", "time_point")
    else:
        keys = ("id",)
    return tuple(str(item.get(key, "")).casefold() for key in keys) if any(key in item for key in keys) else None
