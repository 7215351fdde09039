"""Evidence that rests on retracted papers alone, and the items that pool it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from evgrade.checks.citing import EVIDENCE_SECTIONS
from evgrade.model import Path, dotted

_POOLING = ("syntheses", "outcomes")
"""The sections whose items pool the results of several studies."""

_STANDS = frozenset(
    (
        *("id", "name", "statement", "question", "importance", "design", "meta_analysis", "contributing"),
        *("agent", "agent_name", "condition", "condition_name"),
        *("lay_name", "comparison_id", "more_is_better", "scale", "baseline_risk_source", "quote", "locator"),
        *("baseline_risk", "smallest_important_effect", "smallest_important_effect_reason"),
        *("publication", "year", "funding", "notes", "refs"),
    )
)
"""The fields of an item that still hold when a study that it pools is retracted; all others describe the pool."""


def resting_on(data: Mapping[str, Any], retracted: Collection[str], without: Collection[Path] = ()) -> tuple[Path, ...]:
    """Return the paths of evidence whose sources are all retracted or left out, in document order.

    The sources of a mapping are its `refs`; without any, the items that it names (`item`, `contributing`); without
    these, the sources of the mapping that contains it. A mapping is kept if anything inside it cites another source.
    """
    if not retracted and not without:
        return ()
    gone: dict[Path, None] = dict.fromkeys(without)
    names = {identifier for path in gone for identifier in _ids(at(data, path))}
    while True:  # an item can rest on another that rests on a retracted paper
        search = _Search(frozenset(retracted), frozenset(names))
        for section in EVIDENCE_SECTIONS:
            if section in data:
                gone |= dict.fromkeys(search.below(data[section], (section,), gone=False))
        found = {identifier for path in gone for identifier in _ids(at(data, path))}
        if found <= names:
            return tuple(gone)
        names |= found


def pooling(data: Mapping[str, Any], retracted: Collection[str], left_out: Collection[Path]) -> tuple[Path, ...]:
    """Return the paths of the items that pool retracted evidence, in document order.

    An item does so if `contributing` names a study that is left out, or another pooling item; if one of its study
    effects cites a retracted paper; or if it covers more than one study and cites a retracted paper among others. Items
    that are themselves left out are not returned.
    """
    names = {identifier for path in left_out for identifier in _ids(at(data, path))}
    items = [((section, number), item) for section in _POOLING for number, item in enumerate(data.get(section, ()))]
    found: dict[Path, None] = {}
    while True:  # an item can pool another that pools a retracted study
        more = [
            (path, item)
            for path, item in items
            if path not in found and path not in left_out and _pools(item, frozenset(retracted), names)
        ]
        if not more:
            return tuple(path for path, _ in items if path in found)
        found |= dict.fromkeys(path for path, _ in more)
        names |= {item["id"] for _, item in more}


def affected(data: Mapping[str, Any], retracted: Collection[str]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return the paths of the evidence that rests on retracted papers alone, and of the items that pool some."""
    left_out = resting_on(data, retracted)
    return left_out, pooling(data, retracted, left_out)


def unknown_in(data: Mapping[str, Any], pooled: Iterable[Path]) -> Iterator[Path]:
    """Yield the paths of the fields that become unknown in items that pool something left out."""
    return ((*path, key) for path in pooled for key in at(data, path) if key not in _STANDS)


def _pools(item: Mapping[str, Any], retracted: frozenset[str], names: Collection[str]) -> bool:
    effects = [*item.get("effects", ()), *([item["effect"]] if "effect" in item else ())]
    cited = [*item.get("study_effects", ()), *([] if item.get("studies") == 1 else [item, *effects])]
    return not retracted.isdisjoint(name for holder in cited for name in holder.get("refs", ())) or any(
        name in names for name in item.get("contributing", ())
    )


class _Search:
    """Finds the evidence that is left out with some references and items."""

    def __init__(self, retracted: frozenset[str], names: frozenset[str]) -> None:
        self._retracted = retracted
        self._names = names

    def below(self, value: Any, path: Path, *, gone: bool) -> Iterator[Path]:
        """Yield the outermost paths to leave out; `gone` is whether the container's sources are all retracted."""
        if isinstance(value, list):
            for number, entry in enumerate(value):
                yield from self.below(entry, (*path, number), gone=gone)
        elif isinstance(value, dict):
            gone = self._are_gone(value, inherited=gone)
            if gone and not self._cites_others(value):
                yield path
                return
            for key, child in value.items():
                if isinstance(child, dict | list) and not key.startswith("x-"):
                    yield from self.below(child, (*path, key), gone=gone)

    def _are_gone(self, holder: Mapping[str, Any], *, inherited: bool) -> bool:
        if holder.get("refs"):
            return self._retracted.issuperset(holder["refs"])
        named = holder.get("contributing") or ([holder["item"]] if "item" in holder else [])
        return self._names.issuperset(named) if named else inherited

    def _cites_others(self, value: Any) -> bool:
        if isinstance(value, list):
            return any(map(self._cites_others, value))
        if not isinstance(value, dict):
            return False
        if not self._retracted.issuperset(value.get("refs", [])):
            return True
        return any(self._cites_others(child) for key, child in value.items() if key != "refs")


def _ids(value: Any) -> Iterator[str]:
    """Yield the id of an item and the ids of the items inside it."""
    if isinstance(value, list):
        for entry in value:
            yield from _ids(entry)
    elif isinstance(value, dict):
        if isinstance(value.get("id"), str):
            yield value["id"]
        for child in value.values():
            yield from _ids(child)


def at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def name_at(data: Any, path: Path) -> str:
    """Return the id of the innermost item on a path; without one, the path itself."""
    for end in range(len(path), 0, -1):
        value = at(data, path[:end])
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            inside = dotted(path[end:])
            identifier: str = value["id"]
            return identifier if not inside or "refs" in path[end:] else f"{identifier} {inside}"
    return dotted(path)
