"""Three versions of an entry into one: what a dossier has, what its source said before, and what it says now.

Field by field: what only the source changed is taken, what only the dossier changed stays, and what both changed is
left for people to settle. Without an earlier version only what is absent is filled in.
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
"""There is no earlier version, so nobody can say who changed what."""


class Kind(enum.Enum):
    """How a dossier and its source disagree; the code of the finding."""

    CONFLICT = "import-conflict"
    VANISHED = "import-vanished"
    DIFFERENCE = "import-difference"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A value for which a dossier keeps what it has.

    Attributes:
        kind: how they disagree.
        path: where, from the entry.
        mine, before, now: what the dossier says, what the source said and what it says now.
    """

    kind: Kind
    path: Path
    mine: Any
    before: Any
    now: Any


_KEPT = frozenset({"id", "statement"})
"""What an entry is called, and what reviewers made of it."""
_NEVER_FILLED = frozenset({"notes"})
"""What an entry that someone wrote needs from no source."""
_IDENTIFIERS = frozenset({"doi", "pmcid", "registry", "x-label"})


def merge_entry(mine: Mapping[str, Any], before: Mapping[str, Any] | Nothing, now: Mapping[str, Any]) -> Merge:
    """Return an entry with what its source has to give, and where the two disagree."""
    merge = Merge()
    left = _KEPT | _NEVER_FILLED if isinstance(before, Nothing) else _KEPT
    before = UNKNOWN if isinstance(before, Nothing) else _without(before, left)
    merge.value = merge.mapping(_without(mine, left), before, _without(now, left), ())
    # The keys keep their order; what is new comes last.
    merge.value = {key: merge.value.get(key, value) for key, value in mine.items()} | merge.value
    return merge


def _without(entry: Mapping[str, Any], left: Collection[str]) -> Mapping[str, Any]:
    return {key: value for key, value in entry.items() if key not in left}


class Merge:
    """One merge.

    Attributes:
        value: what comes of it.
        disagreements: what was left as it is.
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
            return ABSENT  # someone took it out
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
        """Return a mapping merged; without an earlier version it gains nothing where the two say different things.

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
        """Return what an entry cites, with what its source adds; what people took out stays out."""
        now = now if isinstance(now, list) else []
        known = before if isinstance(before, list) else []
        gone = [one for one in known if one in mine and one not in now]
        if gone:
            self._disagree(Kind.VANISHED, path, gone, gone, ABSENT)
        new = [one for one in now if one not in mine and one not in known]
        return [*mine, *new] if new else mine

    def _items(self, mine: Sequence[Any], before: Any, now: Sequence[Any], path: Path) -> Any:
        """Return a list merged item by item, each known by its name."""
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
    """Whether two values say the same: 12 and "12" do, as identifiers in other letters do, and true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name], name) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b, key) for a, b in zip(one, other, strict=True))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, str) and isinstance(other, str):
        # Line breaks and blanks are layout: a table has none.
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
    """Return the items of a list by what they are called; None where some have no name, or two have the same."""
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
