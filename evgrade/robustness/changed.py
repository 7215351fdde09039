"""What is said of a grade, the score or the level after something changed: before and after, with what is possible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evgrade.robustness.standing import LEVEL, SCORE, Standing
from evgrade.rubric.model import Rubric


@dataclass(frozen=True, slots=True)
class Becomes:
    """A grade, the score or the level, before and after a change.

    Attributes:
        name: the domain, or `score`, or `recommendation`.
        title: the same for people.
        before, after: the grade, the title of the level, or the score; None for no recommendation.
        possible: every grade or level that is possible after it, best first; the ends of the score.
        is_settled: whether no other is possible then.
    """

    name: str
    title: str
    before: str | float | None
    after: str | float | None
    possible: tuple[str | float, ...]
    is_settled: bool


def changes(rubric: Rubric, before: Standing, after: Standing) -> Iterator[Becomes]:
    """Yield what a change moved: the recommendation first, then domains in the order of the rubric, then the score."""
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
