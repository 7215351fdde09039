"""Strands: studies that are not independent, because they share people, a laboratory, a sponsor or who paid."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

from evgrade.facts.known import Range
from evgrade.model import UNKNOWN_WORDS

NOBODY = ""
"""What is shared by a study of which it is stated that it shares nothing: one that nobody paid for."""
_NOBODY = frozenset({"none", "nobody", "no funding"})
_SILENT = UNKNOWN_WORDS | {"not reported"}

Shared = tuple[str | None, ...]
"""What a study shares by each of some keys: a text that is the same for all who share it, or None if not known."""


def shared(value: Any) -> str | None:
    """Return what a study shares, the same for texts that differ in capitals and spaces only; None if not known."""
    text = "" if value is None else " ".join(str(value).split()).casefold()
    if not text or text in _SILENT:
        return None
    return NOBODY if text in _NOBODY else text


def linked(links: Sequence[Iterable[Hashable]]) -> list[int]:
    """Return for each of some entries the first of those that it is linked to, directly or by others."""
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
    """Return how many strands have an entry that counts, between what it is at least and at most.

    Entries link others whether they count or not. At most, every entry that may count does, and what is not known is
    shared with nobody. At least, only those count that certainly do, and each text that is not known links its strand
    to one more. What the texts of one key can link at all they link together: the bound is the best over all choices
    of keys whose texts are taken to link everything they can, while each of the others is spent on one link.

    Source: the rank of a transversal matroid over the cycle matroid (R. Rado, Quarterly Journal of Mathematics
    1942;13:83-89), where the entries are nodes and each text that is not known is one of the edges that it can be.
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
    """Return how many strands are left at least, if all that share, or may share, something by some keys are one."""
    strands = linked([each | set(_may_join(texts, joined)) for each, texts in zip(stated, by, strict=True)])
    links: Counter[int] = Counter()
    for strand, texts in zip(strands, by, strict=True):
        links[strand] += sum(text is None for key, text in enumerate(texts) if key not in joined)
    certain = {strand for strand, truth in zip(strands, counts, strict=True) if truth is True}
    # A strand of which nothing counts is a bridge: the first of its links takes it somewhere, the others join that.
    spent = sum(number if strand in certain else max(0, number - 1) for strand, number in links.items())
    return max(len(certain) - spent, min(1, len(certain)))


def _may_join(texts: Shared, joined: tuple[int, ...]) -> Iterator[tuple[int, None]]:
    return ((key, None) for key in joined if texts[key] != NOBODY)
