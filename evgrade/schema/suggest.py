"""Words for messages: the nearest known name, a list of names, a value in short."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST_VALUE = 60


def did_you_mean(word: str, known: Iterable[object]) -> str | None:
    """Return «did you mean `x`?» for the nearest known name, or None if none is near."""
    near = nearest(word, known)
    return None if near is None else f"did you mean `{near}`?"


def nearest(word: str, known: Iterable[object]) -> str | None:
    """Return the nearest known name, or None if none is near; case, hyphens and spaces are no differences."""
    import difflib  # noqa: PLC0415 - only a mistake needs it

    names = {_folded(name): name for name in known if isinstance(name, str)}
    near = difflib.get_close_matches(_folded(word), names, n=1, cutoff=0.7)
    return names[near[0]] if near else None


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
