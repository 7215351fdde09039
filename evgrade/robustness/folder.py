"""Many dossiers at once: which single fact would settle most of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from evgrade.robustness.robust import Robustness
from evgrade.robustness.standing import LEVEL


def settling_most(results: Iterable[Robustness]) -> tuple[tuple[str, int], ...]:
    """Return the kinds of missing facts that alone can settle a recommendation, and in how many dossiers; most first.

    Facts are of one kind if they stand at the same place but for the number of their entry, as in `trials.allocation`.
    """
    dossiers: dict[str, set[str]] = {}
    for one in results:
        for fact in one.unknown.facts if one.unknown.what == (LEVEL,) else ():
            if fact.settles:
                kind = ".".join(part for part in fact.fact.path if isinstance(part, str))
                dossiers.setdefault(kind, set()).add(one.assessment.dossier_file)
    counted = Counter({kind: len(files) for kind, files in dossiers.items()})
    return tuple(sorted(counted.items(), key=lambda entry: (-entry[1], entry[0])))
