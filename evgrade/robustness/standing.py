"""Dossiers changed and graded again: edited data, the verdict on it without reasons, and how two verdicts differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from evgrade.grading.decide import conclude, remembering_context
from evgrade.grading.judge import Data, Judged, judge
from evgrade.model import Path
from evgrade.rubric.model import Domain, Rubric

GONE: Final = object()
"""Stands for a value that is removed."""


def edited(data: Any, changes: Mapping[Path, Any]) -> Any:
    """Return data with other values at some paths; a removed list entry leaves no gap.

    Missing parents of a path are created: a mapping for a key, a list for an index. Unchanged parts are shared, never
    copied.
    """
    below: dict[Any, dict[Path, Any]] = {}
    for path, value in changes.items():
        if not path:
            return value
        below.setdefault(path[0], {})[path[1:]] = value
    if isinstance(data, dict):
        kept = {
            key: edited(value, below[key]) if key in below else value
            for key, value in data.items()
            if below.get(key, {}).get(()) is not GONE
        }
        return kept | {key: _made(inner) for key, inner in below.items() if key not in data and _is_there(inner)}
    kept_entries = [
        edited(value, below[number]) if number in below else value
        for number, value in enumerate(data)
        if below.get(number, {}).get(()) is not GONE
    ]
    return kept_entries + [_made(below[number]) for number in sorted(below) if number >= len(data)]


def _is_there(inner: Mapping[Path, Any]) -> bool:
    return any(value is not GONE for value in inner.values())


def _made(inner: Mapping[Path, Any]) -> Any:
    """Return the value for a path that did not exist."""
    first = next(iter(inner))
    if not first:
        return inner[()]
    return edited([] if isinstance(first[0], int) else {}, inner)


SCORE, LEVEL = "score", "recommendation"
"""The names of score and level among the domains."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The verdict of a rubric on a dossier.

    Attributes:
        grades: by domain, the grade and all possible grades.
        score: the score with its lowest and highest possible values; None for no score.
        level: the level of the recommendation; None for none.
        possible: all possible levels.
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
        """Whether the level changed or is no longer settled."""
        return self.level != before.level or (before.is_settled and not self.is_settled)

    def differs(self, before: Standing) -> tuple[str, ...]:
        """Return the domains whose grade changed or is no longer settled, and the score and level if they moved."""
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
    """Return the verdict on a dossier from the judged domains."""
    scored, level, _ = conclude(data, rubric, grades)
    return Standing(
        grades={name: (one.grade, one.possible) for name, one in grades.items()},
        score=None if scored is None else (scored.value, scored.low, scored.high),
        level=None if level is None else level.gives,
        possible=frozenset() if level is None else level.possible,
    )


class _Known(NamedTuple):
    """A judged domain, and the parts of the dossier that were read for it; None for absent parts."""

    read: Mapping[str, Any]
    judged: Judged


class _Reading(dict[str, Any]):
    """The top level of a dossier, recording which keys are read."""

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
    """Grades versions of one dossier under one rubric; a domain is judged again only if a part that it read changed.

    Judging is deterministic: equal input gives an equal grade. Parts that `edited` did not touch are the same objects
    in every version.
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
        reading.read |= {section: data.get(section) for section in domain.sections}  # whether any is present
        if known is None:  # the unchanged dossier, which versions resemble most
            self._first[domain.name] = _Known(reading.read, judged)
        return judged


@dataclass(frozen=True, slots=True)
class Becomes:
    """A grade, the score or the level, before and after a change.

    Attributes:
        name: the domain, `score` or `recommendation`.
        title: its title.
        before, after: the grade, the title of the level, or the score; None for no recommendation.
        possible: all grades or levels possible afterwards, best first; for the score, the ends of its range.
        is_settled: whether no other is possible afterwards.
    """

    name: str
    title: str
    before: str | float | None
    after: str | float | None
    possible: tuple[str | float, ...]
    is_settled: bool


def changes(rubric: Rubric, before: Standing, after: Standing) -> Iterator[Becomes]:
    """Yield what a change moved: the recommendation, then domains in the order of the rubric, then the score."""
    moved = after.differs(before)
    if LEVEL in moved and rubric.recommendation is not None:
        titles = {level.name: level.title for level in rubric.recommendation.levels}
        yield Becomes(
            LEVEL,
            "Recommendation",
            None if before.level is None else titles[before.level],
            None if after.level is None else titles[after.level],
            tuple(level.title for level in rubric.recommendation.in_order(after.possible)),
            after.is_settled,
        )
    for domain in rubric.domains:
        if domain.name in moved:
            (old, _), (new, can) = before.grades[domain.name], after.grades[domain.name]
            possible = tuple(domain.scale.in_order(can))
            yield Becomes(domain.name, domain.title, old, new, possible, len(can) == 1)
    if SCORE in moved and rubric.score is not None and before.score is not None and after.score is not None:
        old_value = before.score[0]
        new_value, low, high = after.score
        ends = () if low is None or high is None else (low, high)
        title = rubric.score.title
        yield Becomes(SCORE, title, old_value, new_value, ends, low == high)
