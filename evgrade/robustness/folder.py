"""Many dossiers at once: which single fact would settle most of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from evgrade.robustness.robust import Robustness
from evgrade.robustness.standing import LEVEL


def settling(one: Robustness) -> tuple[str, ...]:
    """Return the kinds of missing facts that alone can settle the recommendation, each once.

    Facts are of one kind if their paths differ only in the number of the entry, as in `trials.allocation`.
    """
    facts = one.unknown.facts if one.unknown.what == (LEVEL,) else ()
    kinds = (".".join(part for part in fact.fact.path if isinstance(part, str)) for fact in facts if fact.settles)
    return tuple(dict.fromkeys(kinds))


class SettlingMost:
    """Counts dossiers by the kinds of missing facts that alone can settle a recommendation on them."""

    def __init__(self) -> None:
        self._counted: Counter[str] = Counter()

    def add(self, kinds: Iterable[str]) -> None:
        """Count a dossier, once for each kind."""
        self._counted.update(set(kinds))

    def most_first(self) -> list[tuple[str, int]]:
        """Return each kind, and of how many dossiers it can settle the recommendation."""
        return sorted(self._counted.items(), key=lambda entry: (-entry[1], entry[0]))
