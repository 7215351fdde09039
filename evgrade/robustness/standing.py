"""Where a dossier stands under a rubric: grades, score and level, without reasons, to be compared with another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evgrade.grading.decide import decide
from evgrade.grading.judge import Data
from evgrade.rubric.model import Rubric


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
        return len(self.possible) == 1


def standing(data: Data, rubric: Rubric) -> Standing:
    """Return where a valid dossier stands, given as its data."""
    decided = decide(data, rubric)
    scored = decided.scored
    return Standing(
        grades={name: (one.grade, one.possible) for name, one in decided.grades.items()},
        score=None if scored is None else (scored.value, scored.low, scored.high),
        level=None if decided.level is None else decided.level.gives,
        possible=frozenset() if decided.level is None else decided.level.possible,
    )
