"""Strands: groups of dependent studies, which share people, a laboratory, a sponsor or funding."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

from evgrade.facts.known import Range
from evgrade.model import UNKNOWN_WORDS

NOBODY = ""
"""The text of a study that is stated to share nothing, such as one without funding."""
_NOBODY = frozenset({"none", "nobody", "no funding"})
_SILENT = UNKNOWN_WORDS | {"not reported"}

Shared = tuple[str | None, ...]
"""What a study shares under each key: a text equal for all studies that share it, or None if unknown."""


def shared(value: Any) -> str | None:
    """Return a normalized text of what a study shares, ignoring case and spacing; None if unknown."""
    text = "" if value is None else " ".join(str(value).split()).casefold()
    if not text or text in _SILENT:
        return None
    return NOBODY if text in _NOBODY else text


def linked(links: Sequence[Iterable[Hashable]]) -> list[int]:
    """Return for each entry the first entry that it is linked to, directly or through others."""
    before = list(range(len(links)))

    def first(number: int) -> int:
        while before[number] != number:
            before[number] = before[before[number]]
            number = before[number]
        return number

    seen: dict[Hashable, int] = {}
    for number, each in enumerate(links):
        for one in each:
            low, high = sorted((first(seen.setdefault(one, number)), first(number)))
            before[high] = low
    return [first(number) for number in range(len(links))]


def number_of_strands(counts: Sequence[bool | None], by: Sequence[Shared]) -> float | Range:
    """Return the number of strands with an entry that counts, as bounds if something is unknown.

    Entries link others whether they count or not. For the upper bound, every entry that may count does, and unknown
    texts are shared with no other study. For the lower bound, only entries that certainly count do, and each unknown
    text links its strand to one more. The unknown texts of one key cannot link more than all their strands together, so
    the bound is the best over all choices of keys: those of the chosen keys link all that they can, and each of the
    others makes one link.

    Source: the rank of a transversal matroid over the cycle matroid (R. Rado, Quarterly Journal of Mathematics
    1942;13:83-89): entries are nodes, and each unknown text is one of its possible edges.
    """
    keys = range(max(map(len, by), default=0))
    stated = [{(key, text) for key, text in enumerate(each) if text} for each in by]
    strands = linked(stated)
    most = len({strand for strand, truth in zip(strands, counts, strict=True) if truth is not False})
    missing = [key for key in keys if any(each[key] is None for each in by)]
    least = 0
    for number in range(len(missing) + 1):
        for chosen in itertools.combinations(missing, number):
            least = max(least, _at_least(counts, by, stated, chosen))
    return least if least == most else Range(least, most)


def _at_least(
    counts: Sequence[bool | None], by: Sequence[Shared], stated: Sequence[set[Any]], joined: tuple[int, ...]
) -> int:
    """Return the least number of strands left if the `joined` keys link all entries that may share them."""
    strands = linked([each | set(_may_join(texts, joined)) for each, texts in zip(stated, by, strict=True)])
    links: Counter[int] = Counter()
    for strand, texts in zip(strands, by, strict=True):
        links[strand] += sum(text is None for key, text in enumerate(texts) if key not in joined)
    certain = {strand for strand, truth in zip(strands, counts, strict=True) if truth is True}
    # A strand in which nothing counts is a bridge: its first link reaches another strand, the others join more to it.
    spent = sum(number if strand in certain else max(0, number - 1) for strand, number in links.items())
    return max(len(certain) - spent, min(1, len(certain)))


def _may_join(texts: Shared, joined: tuple[int, ...]) -> Iterator[tuple[int, None]]:
    return ((key, None) for key in joined if texts[key] != NOBODY)
