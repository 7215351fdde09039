"""What a whole run comes to: counts, and the names of what went wrong, as far as anybody would read them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
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
        recalled: how many rows came from the cache; 0 for a run that ended early.
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

    def add(self, rows: Sequence[Row]) -> None:
        """Count some rows."""
        self.statuses.update([row.status for row in rows])
        graded = [row.verdicts for row in rows if row.status is Status.GRADED]
        for number, verdicts in enumerate(zip(*graded, strict=True)):
            self.levels[number].update([verdict.level for verdict in verdicts if verdict.level is not None])
        if len(graded) < len(rows):
            for row in rows:
                if row.status is not Status.GRADED:
                    self._note(row)

    def _note(self, row: Row) -> None:
        """Note the name of a file that was not graded, as far as anybody would read it."""
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
