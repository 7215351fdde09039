"""The verdict on a dossier under a rubric, without reasons: grades, score and level, to be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from evgrade.grading.decide import conclude, remembering_context
from evgrade.grading.judge import Data, Judged, judge
from evgrade.rubric.model import Domain, Rubric

SCORE, LEVEL = "score", "recommendation"
"""What the score and the level are called among the domains."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a rubric makes of a dossier.

    Attributes:
        grades: by domain, the grade and every grade that is still possible.
        score: the score, with the least and the greatest that is still possible; None where there is none.
        level: the level of the recommendation; None where there is none.
        possible: every level that is still possible.
    """

    grades: Mapping[str, tuple[str, frozenset[str]]]
    score: tuple[float | None, float | None, float | None] | None
    level: str | None
    possible: frozenset[str]

    @property
    def is_settled(self) -> bool:
        """Whether no missing fact can change the level."""
        return len(self.possible) <= 1

    def moved_from(self, before: Standing) -> bool:
        """Whether the level is another one, or no longer settled where it was."""
        return self.level != before.level or (before.is_settled and not self.is_settled)

    def differs(self, before: Standing) -> tuple[str, ...]:
        """Return the domains whose grade is another one or no longer settled, and the score and level if they moved."""
        return tuple(self._differing(before))

    def _differing(self, before: Standing) -> Iterator[str]:
        for name, (grade, possible) in before.grades.items():
            now, still = self.grades[name]
            if now != grade or (len(possible) == 1 and len(still) > 1):
                yield name
        if before.score is not None and self.score is not None and before.score[0] != self.score[0]:
            yield SCORE
        if self.moved_from(before):
            yield LEVEL


def stood(data: Data, rubric: Rubric, grades: Mapping[str, Judged]) -> Standing:
    """Return the verdict on a dossier whose domains were judged."""
    scored, level, _ = conclude(data, rubric, grades)
    return Standing(
        grades={name: (one.grade, one.possible) for name, one in grades.items()},
        score=None if scored is None else (scored.value, scored.low, scored.high),
        level=None if level is None else level.gives,
        possible=frozenset() if level is None else level.possible,
    )


class _Known(NamedTuple):
    """What became of a domain, and the parts of the dossier that were read for it; a part that was absent is None."""

    read: Mapping[str, Any]
    judged: Judged


class _Reading(dict[str, Any]):
    """The top of a dossier, which remembers the keys that were asked for."""

    def __init__(self, data: Data) -> None:
        super().__init__(data)
        self.read: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        self.read[key] = super().get(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """Return a part of the dossier."""
        self.read[key] = super().get(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        if isinstance(key, str):
            self.read[key] = super().get(key)
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        self.read = dict(super().items())
        return super().__iter__()


class Regrading:
    """Grades changed versions of one dossier under one rubric; a domain is judged anew only if what it read changed.

    Judging is deterministic, so that equal answers to all that was asked give an equal grade. Parts that `edited` did
    not touch are the same objects in every version.
    """

    def __init__(self, rubric: Rubric) -> None:
        self.rubric = rubric
        self.gradings = 0
        self.judged = 0
        self._first: dict[str, _Known] = {}

    def __call__(self, data: Data) -> Standing:
        """Return the verdict on a version."""
        self.gradings += 1
        grades = {domain.name: self._judged(domain, data) for domain in self.rubric.domains}
        return stood(data, self.rubric, grades)

    def _judged(self, domain: Domain, data: Data) -> Judged:
        known = self._first.get(domain.name)
        if known is not None and all(data.get(key) is value for key, value in known.read.items()):
            return known.judged
        self.judged += 1
        reading = _Reading(data)
        context, _ = remembering_context(reading)
        judged, _ = judge(domain, reading, context)
        reading.read |= {section: data.get(section) for section in domain.sections}  # whether any of them is there
        if known is None:  # the dossier as it is: what the versions have most in common
            self._first[domain.name] = _Known(reading.read, judged)
        return judged


def standing(data: Data, rubric: Rubric) -> Standing:
    """Return the verdict on a valid dossier, given as its data."""
    return Regrading(rubric)(data)
