"""What rows need of a grading system: names, titles and scales, without a rule.

A rubric has it all. So has its outline, which is small enough to be kept beside the rows that were worked out under it:
where all rows are known, no rubric has to be compiled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from evgrade.batch.strict import LIST, TEXT, checked, read, texts, written

if TYPE_CHECKING:
    from evgrade.rubric.load import RubricText
    from evgrade.rubric.model import Rubric


class Scale(Protocol):
    """Grades from best to worst, and perhaps one that stands outside the order."""

    @property
    def grades(self) -> Sequence[object]:
        """Those of the order."""

    def names(self) -> tuple[str, ...]:
        """Return all grades, best first, the unjudged one last."""

    def rank(self, grade: str) -> int:
        """Return a grade's place, 0 for the best; the unjudged one comes after all others."""

    def is_unjudged(self, grade: str) -> bool:
        """Whether a grade says that nothing could be judged."""


class Domain(Protocol):
    """One thing that is graded."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def title(self) -> str:
        """What it is called for people."""

    @property
    def scale(self) -> Scale:
        """Its grades."""


class Level(Protocol):
    """A level of recommendation."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def title(self) -> str:
        """What it is called for people."""


class Recommendation(Protocol):
    """Levels from best to worst."""

    @property
    def levels(self) -> Sequence[Level]:
        """All of them."""

    def level(self, name: str) -> Level:
        """Return a level by name."""


class System(Protocol):
    """A grading system as far as rows go."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def title(self) -> str:
        """What it is called for people."""

    @property
    def version(self) -> str:
        """Its version."""

    @property
    def sha256(self) -> str:
        """The SHA-256 of its file."""

    @property
    def domains(self) -> Sequence[Domain]:
        """What it grades."""

    @property
    def score(self) -> object | None:
        """Whatever says how it makes a number of the grades; None if it does not."""

    @property
    def recommendation(self) -> Recommendation | None:
        """What it recommends; None if it does not."""


class ScaleOutline(NamedTuple):
    """A scale; `unjudged` is the grade outside the order, None if there is none."""

    grades: tuple[str, ...]
    unjudged: str | None

    def names(self) -> tuple[str, ...]:
        """Return all grades, best first, the unjudged one last."""
        return self.grades if self.unjudged is None else (*self.grades, self.unjudged)

    def rank(self, grade: str) -> int:
        """Return a grade's place, 0 for the best; the unjudged one comes after all others."""
        return self.grades.index(grade) if grade in self.grades else len(self.grades)

    def is_unjudged(self, grade: str) -> bool:
        """Whether a grade says that nothing could be judged."""
        return self.unjudged is not None and grade == self.unjudged


class DomainOutline(NamedTuple):
    """A domain."""

    name: str
    title: str
    scale: ScaleOutline


class LevelOutline(NamedTuple):
    """A level of recommendation."""

    name: str
    title: str


class RecommendationOutline(NamedTuple):
    """Levels from best to worst."""

    levels: tuple[LevelOutline, ...]

    def level(self, name: str) -> LevelOutline:
        """Return a level by name."""
        return next(level for level in self.levels if level.name == name)


class Outline(NamedTuple):
    """A grading system as far as rows go; `score` is the title of the score, None if there is none."""

    name: str
    title: str
    version: str
    sha256: str
    domains: tuple[DomainOutline, ...]
    score: str | None
    recommendation: RecommendationOutline | None

    @classmethod
    def of(cls, rubric: Rubric) -> Outline:
        """Return the outline of a rubric."""
        rule = rubric.recommendation
        return cls(
            rubric.name,
            rubric.title,
            rubric.version,
            rubric.sha256,
            tuple(
                DomainOutline(
                    domain.name,
                    domain.title,
                    ScaleOutline(
                        tuple(grade.name for grade in domain.scale.grades),
                        None if domain.scale.unjudged is None else domain.scale.unjudged.name,
                    ),
                )
                for domain in rubric.domains
            ),
            None if rubric.score is None else rubric.score.title,
            None
            if rule is None
            else RecommendationOutline(tuple(LevelOutline(level.name, level.title) for level in rule.levels)),
        )


def outlined(rubrics: Iterable[RubricText]) -> tuple[Outline, ...]:
    """Return the outlines of some rubrics, which are compiled.

    Raises:
        InvalidRubricError: one of them could not grade; its findings say why.
    """
    return tuple(Outline.of(text.compiled()) for text in rubrics)


def encoded(outlines: tuple[Outline, ...]) -> bytes:
    """Return outlines as bytes to store."""
    return written(outlines)


def decoded(content: bytes) -> tuple[Outline, ...] | None:
    """Return outlines from stored bytes; None if these are not what `encoded` returns."""
    try:
        return tuple(_outline(*checked(one, LIST)) for one in read(content))
    except (ValueError, TypeError, RecursionError):
        return None


def _outline(
    name: Any, title: Any, version: Any, sha256: Any, domains: Any, score: Any, recommendation: Any
) -> Outline:
    return Outline(
        checked(name, TEXT),
        checked(title, TEXT),
        checked(version, TEXT),
        checked(sha256, TEXT),
        tuple(_domain(*checked(one, LIST)) for one in checked(domains, LIST)),
        checked(score, TEXT, optional=True),
        None if recommendation is None else _recommendation(*checked(recommendation, LIST)),
    )


def _domain(name: Any, title: Any, scale: Any) -> DomainOutline:
    grades, unjudged = checked(scale, LIST)
    return DomainOutline(
        checked(name, TEXT),
        checked(title, TEXT),
        ScaleOutline(texts(grades), checked(unjudged, TEXT, optional=True)),
    )


def _recommendation(levels: Any) -> RecommendationOutline:
    return RecommendationOutline(tuple(_level(*checked(one, LIST)) for one in checked(levels, LIST)))


def _level(name: Any, title: Any) -> LevelOutline:
    return LevelOutline(checked(name, TEXT), checked(title, TEXT))
