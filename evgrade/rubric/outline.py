"""The results that a rubric can give: scales of grades, and levels of recommendation."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

NOT_APPLICABLE = "n/a"
"""The grade of a domain that cannot apply, such as animal models for a talking therapy."""


class Grade(NamedTuple):
    """A step of a scale and what it means."""

    name: str
    means: str


class Scale(NamedTuple):
    """Grades from best to worst, and the unjudged grade, which is outside the order."""

    name: str
    grades: tuple[Grade, ...]
    unjudged: Grade | None

    def rank(self, grade: str) -> int:
        """Return a grade's place, 0 for the best; the unjudged grade comes last."""
        for number, step in enumerate(self.grades):
            if step.name == grade:
                return number
        return len(self.grades)

    def names(self) -> tuple[str, ...]:
        """Return all grades, best first, the unjudged one last."""
        return tuple(step.name for step in self.grades) + ((self.unjudged.name,) if self.unjudged else ())

    def in_order(self, grades: Collection[str]) -> tuple[str, ...]:
        """Return some grades, best first, the unjudged one last."""
        if len(grades) == 1:  # usually nothing is open
            return tuple(grades)
        return tuple([name for name in (*self.names(), NOT_APPLICABLE) if name in grades])

    def means(self, grade: str) -> str:
        if grade == NOT_APPLICABLE:
            return "not applicable to this kind of therapy"
        steps = self.grades if self.unjudged is None else (*self.grades, self.unjudged)
        return next(step.means for step in steps if step.name == grade)

    @property
    def nothing(self) -> str:
        """The unjudged grade; empty on a scale without one."""
        return self.unjudged.name if self.unjudged else ""

    def is_unjudged(self, grade: str) -> bool:
        """Whether a grade means that nothing could be judged."""
        return self.unjudged is not None and grade == self.unjudged.name


class Level(NamedTuple):
    """A level of recommendation."""

    name: str
    title: str
    means: str


class DomainOutline(NamedTuple):
    """The name of a domain, and the grades that it can get."""

    name: str
    title: str
    scale: Scale


class Outline(NamedTuple):
    """The parts of a rubric by which rows of a batch are sorted, filtered and shown; the cache keeps it with the rows.

    Attributes:
        sha256: of the rubric's file.
        counted: the names of the domains that the score counts; None for a rubric without a score.
        levels: the levels of recommendation, best first; None for a rubric that recommends nothing.
    """

    name: str
    title: str
    version: str
    sha256: str
    domains: tuple[DomainOutline, ...]
    counted: tuple[str, ...] | None
    levels: tuple[Level, ...] | None

    def level(self, name: str) -> Level:
        return next(level for level in self.levels or () if level.name == name)
