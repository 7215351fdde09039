"""Words for messages: the nearest known name, lists of names, shortened values."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from heapq import nlargest
from typing import Any

_LONGEST_VALUE = 60
_LONGEST_NAME = 80
_MOST_TERMS = 8


def did_you_mean(word: str, known: Collection[object]) -> str | None:
    """Return «did you mean `x`?» for the name of which a word is a misspelling, None if there is none."""
    return Suggestions().did_you_mean(word, known)


def slip_of(word: str, known: Iterable[object]) -> str | None:
    """Return the name of which a word is a misspelling, None if there is none, or more than one.

    Case, hyphens, underscores and spaces make no difference. Otherwise every part of the name must be in the word,
    spelt correctly or with one mistake (two in a long part), never in its first letter. So no suggestion is the
    opposite (`unpublished` for published), a sibling (`rate_ratio` for risk ratio), or has another number.
    """
    names = {_folded(name): name for name in known if isinstance(name, str)}
    folded = _folded(word)
    from evgrade.schema.aliases import collapsed  # noqa: PLC0415 - only a mistake needs it

    same = [name for name in names.values() if collapsed(name[:_LONGEST_NAME]) == collapsed(word[:_LONGEST_NAME])]
    if same:
        return same[0] if len(same) == 1 else names.get(folded)
    parts = _parts(folded)
    near = [name for name in _alike(folded, names) if _is_slip(parts, _parts(name))]
    return names[near[0]] if len(near) == 1 else None


def nearest(identifier: str, known: Iterable[str]) -> str | None:
    """Return the identifier most similar to one, None if none is close; identifiers have no meaning to respect."""
    import difflib  # noqa: PLC0415 - only a mistake needs it

    names = {_folded(name): name for name in known}
    folded = _folded(identifier)
    if folded in names:
        return names[folded]
    near = difflib.get_close_matches(folded, _alike(folded, names), n=1, cutoff=0.7)
    return names[near[0]] if near else None


_AFFIXES = ("un", "non", "not", "no", "in", "im", "il", "ir", "dis", "mis", "de", "a", "an", "anti", "less", "free")
"""Affixes that change the meaning of a word, mostly to its opposite."""

_LONG, _SHORT = 10, 3
"""Letters of a part that may have two mistakes, and of the shortest that may have one, as `sc` is not `sd`."""


def _parts(name: str) -> Sequence[str]:
    return [part for part in name.split("_") if part]


def _is_slip(word: Sequence[str], name: Sequence[str]) -> bool:
    """Whether words are those of a name except for misspellings."""
    return len(word) == len(name) and all(map(_is_slip_of, word, name))


def _is_slip_of(part: str, meant: str) -> bool:
    if part == meant or part.rstrip("s") == meant.rstrip("s") != "":
        return True
    short, long = sorted((part, meant), key=len)
    if (
        len(short) < _SHORT
        or len(long) <= _SHORT
        or part[0] != meant[0]
        or _digits(part) != _digits(meant)
        or part in _words()
    ):
        return False
    if any(long in (affix + short, short + affix) for affix in _AFFIXES):
        return False
    return _slips(part, meant) <= (2 if len(short) >= _LONG else 1)


@cache
def _words() -> frozenset[str]:
    """Return the words of the format and of the profession, none of which is a misspelling of another."""
    from evgrade.schema.aliases import trade_words  # noqa: PLC0415 - only a mistake needs it
    from evgrade.schema.store import schema  # noqa: PLC0415

    names = [*_names(schema("dossier")), *trade_words()]
    return frozenset(part for name in names for part in _parts(_folded(name)))


def _names(node: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys and values in a schema."""
    yield from node.get("properties", ())
    yield from (one for one in node.get("enum", ()) if isinstance(one, str))
    inside = [*node.get("properties", {}).values(), *node.get("$defs", {}).values()]
    for child in [*inside, node["items"]] if "items" in node else inside:
        yield from _names(child)


def _digits(part: str) -> Sequence[str]:
    return [sign for sign in part if sign.isdigit()]


def _slips(part: str, meant: str) -> int:
    """Return the number of letters that are missing, extra, wrong or swapped with the next (Damerau 1964)."""
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for number, sign in enumerate(part, 1):
        above, row = row, [number]
        for at, wanted in enumerate(meant, 1):
            cost = min(above[at] + 1, row[at - 1] + 1, above[at - 1] + (sign != wanted))
            if number > 1 and at > 1 and sign == meant[at - 2] and part[number - 2] == wanted:
                cost = min(cost, before[at - 2] + 1)
            row.append(cost)
        before = above
    return row[-1]


_MOST_COMPARED = 20
"""The most names to compare letter by letter, which takes time in proportion to the product of lengths."""


def _alike(word: str, names: Iterable[str]) -> list[str]:
    """Return the names with the most pairs of letters in common with a word, or all if they are few."""
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
    """Suggests names for the first mistakes in a document, to bound the time for thousands of them."""

    _MOST = 100_000
    _LEAST = 1_000

    def __init__(self) -> None:
        self._left = self._MOST

    def nearest(self, identifier: str, known: Collection[str]) -> str | None:
        """Return the identifier most similar to one; None if none is close, or after too many comparisons."""
        return nearest(identifier, known) if self.may_compare(len(known)) else None

    def did_you_mean(self, word: str, known: Collection[object]) -> str | None:
        """Return «did you mean `x`?» for the name of which a word is a misspelling; None if none, or after too many."""
        near = slip_of(word, known) if self.may_compare(len(known)) else None
        return None if near is None else f"did you mean `{near}`?"

    def may_compare(self, names: int) -> bool:
        """Whether comparisons with this many names are still allowed; count them."""
        may = self._left > 0
        self._left -= max(names, self._LEAST)
        return may


def _folded(name: str) -> str:
    return name.lower().replace("-", "_").replace(" ", "_")[:_LONGEST_NAME]


def listed(names: Iterable[object]) -> str:
    """Return names as a phrase: a, b, c."""
    return ", ".join(str(name) for name in names)


def many(number: int, noun: str) -> str:
    """Return a number with a noun: 1 dossier, 2 dossiers, 2 studies."""
    if number == 1:
        return f"1 {noun}"
    if re.search("[^aeiou]y$", noun):
        return f"{number} {noun[:-1]}ies"
    return f"{number} {noun}{'es' if re.search('(s|x|ch|sh)$', noun) else 's'}"


def shown(value: object) -> str:
    """Return a value for a message, at most one line long."""
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


def added(counts: Sequence[int]) -> str:
    """Return a sum in words, with its terms if they are few: `7 + 3 + 4 = 14`."""
    total = sum(counts)
    few = 1 < len(counts) <= _MOST_TERMS
    return f"{' + '.join(map(str, counts))} = {total}" if few else str(total)
