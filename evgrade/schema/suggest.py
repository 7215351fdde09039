"""Words for messages: the nearest known name, a list of names, a value in short."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from heapq import nlargest

_LONGEST_VALUE = 60


def did_you_mean(word: str, known: Collection[object]) -> str | None:
    """Return «did you mean `x`?» for the nearest known name, or None if none is near."""
    return Suggestions().did_you_mean(word, known)


def nearest(word: str, known: Iterable[object]) -> str | None:
    """Return the nearest known name, or None if none is near; case, hyphens and spaces are no differences."""
    import difflib  # noqa: PLC0415 - only a mistake needs it

    names = {_folded(name): name for name in known if isinstance(name, str)}
    folded = _folded(word)
    if folded in names:
        return names[folded]
    near = difflib.get_close_matches(folded, _alike(folded, names), n=1, cutoff=0.7)
    return names[near[0]] if near else None


_MOST_COMPARED = 20
"""Names that are compared letter by letter, which takes as long as their lengths multiplied."""


def _alike(word: str, names: Iterable[str]) -> list[str]:
    """Return the names that have most pairs of letters in common with a word, of many only a few."""
    few = list(names)
    if len(few) <= _MOST_COMPARED:
        return few
    pairs = _pairs(word)

    def common(name: str) -> float:
        others = _pairs(name)
        return 2 * len(pairs & others) / (len(pairs) + len(others) or 1)

    return nlargest(_MOST_COMPARED, few, key=common)


def _pairs(name: str) -> set[str]:
    return {name[at : at + 2] for at in range(len(name))}


class Suggestions:
    """Suggests names for the first mistakes of a document: who made a thousand sees from a few what they are."""

    _MOST = 100_000
    _LEAST = 1_000

    def __init__(self) -> None:
        self._left = self._MOST

    def nearest(self, word: str, known: Collection[object]) -> str | None:
        """Return the nearest known name; None if none is near, or so many names were looked through already."""
        if self._left <= 0:
            return None
        self._left -= max(len(known), self._LEAST)
        return nearest(word, known)

    def did_you_mean(self, word: str, known: Collection[object]) -> str | None:
        """Return «did you mean `x`?» for that name."""
        near = self.nearest(word, known)
        return None if near is None else f"did you mean `{near}`?"


def _folded(name: str) -> str:
    return name.lower().replace("-", "_").replace(" ", "_")[:80]


def listed(names: Iterable[object]) -> str:
    """Return names as a phrase: a, b, c."""
    return ", ".join(str(name) for name in names)


def many(number: int, noun: str) -> str:
    """Return a number of things: 1 dossier, 2 dossiers."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def shown(value: object) -> str:
    """Return a value for a message, never longer than a line."""
    if isinstance(value, str):
        short = value if len(value) <= _LONGEST_VALUE else value[: _LONGEST_VALUE - 1] + "…"
        return f'"{short}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if value is None:
        return "nothing"
    return "a list" if isinstance(value, list) else "a mapping"
