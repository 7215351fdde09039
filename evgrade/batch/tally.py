"""What a whole run comes to: counts, and the names of what went wrong, as far as anybody would read them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from evgrade.batch.row import Row, Status

MOST_NAMES = 10


@dataclass(slots=True)
class Tally:
    """Counts of a run.

    Attributes:
        statuses: how many files there are of each status.
        names: the first names of those that were not graded, by status.
        levels: by the place of a rubric, how many graded dossiers got each level.
        shown: how many rows met the conditions.
        recalled: how many rows came from the cache.
        named: the names of the files that were asked for by name, as rows have them.
        unreadable: those of them that could not be read.
    """

    statuses: Counter[Status] = field(default_factory=Counter)
    names: dict[Status, list[str]] = field(default_factory=dict)
    levels: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    shown: int = 0
    recalled: int = 0
    named: frozenset[str] = frozenset()
    unreadable: set[str] = field(default_factory=set)

    def add(self, row: Row) -> None:
        """Count a row."""
        self.statuses[row.status] += 1
        if row.status is Status.GRADED:
            for number, verdict in enumerate(row.verdicts):
                if verdict.level is not None:
                    self.levels[number][verdict.level] += 1
            return
        if row.status is Status.UNREADABLE and row.file in self.named:
            self.unreadable.add(row.file)
        names = self.names.setdefault(row.status, [])
        if len(names) < MOST_NAMES:
            names.append(row.file)

    @property
    def files(self) -> int:
        """How many files there are."""
        return self.statuses.total()

    @property
    def dossiers(self) -> int:
        """How many of them are dossiers, or should be."""
        return self.files - self.statuses[Status.SKIPPED]
