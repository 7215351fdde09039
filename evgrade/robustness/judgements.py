"""Judgements of the reviewers moved by one step: each alone, and the fewest that together move the level.

The schema marks which fields are judgements (`x-judgement`). Facts about a study, such as its size or why it ended, are
not.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.facts.quality import Tool, tool_of
from evgrade.grading.judge import Data
from evgrade.model import Path
from evgrade.robustness.applied import grading
from evgrade.robustness.standing import GONE, Regrading, Standing, edited
from evgrade.rubric.conditions.base import RECORDED, sections_read
from evgrade.rubric.model import Rubric
from evgrade.schema.shape import Kind, Shape, dossier_shape

_FAMILIES = (
    ("low", "unclear_risk", "high"),
    ("low", "some_concerns", "high", "very_high"),
    ("low", "moderate", "serious", "critical"),
)
"""The levels of risk of bias, from low to the worst, in RoB 1, in RoB 2 and similar tools, and in ROBINS-I."""
_WORDS = frozenset(word for family in _FAMILIES for word in family) | {"no_information"}


@dataclass(frozen=True, slots=True)
class Step:
    """A judgement moved by one step.

    Attributes:
        path: its path in the dossier.
        now: its value.
        moved: its value after the step.
    """

    path: Path
    now: Any
    moved: Any


def steps(data: Mapping[str, Any]) -> Iterator[Step]:
    """Yield each judgement of a dossier moved up and down, in document order."""
    root = dossier_shape()
    for key, value in data.items():
        shape = root.key(key) if key in RECORDED else None
        if shape is not None:
            yield from _within(value, shape, (key,))


def _within(value: Any, shape: Shape, path: Path, tool: Tool | None = None) -> Iterator[Step]:
    if isinstance(value, list) and shape.kind is Kind.LIST:
        for number, entry in enumerate(value):
            yield from _within(entry, shape.item, (*path, number), tool)
    elif isinstance(value, dict) and shape.kind is Kind.MAPPING:
        if path[-1] == "risk_of_bias":
            tool = tool_of(value)
        for key, part in value.items():
            inner = shape.key(key)
            if inner is None:
                continue
            if isinstance(part, dict | list):
                yield from _within(part, inner, (*path, key), tool)
            elif inner.judgement is not None:
                yield from _moved(part, _scale(part, inner, tool), (*path, key))


def _scale(now: Any, inner: Shape, tool: Tool | None) -> tuple[Any, ...]:
    """Return the ordered values of a judgement; for a risk of bias, the levels of its tool."""
    if "x-scale" in inner.node:
        return tuple(inner.node["x-scale"])
    if not _WORDS.issuperset(inner.choices):
        return inner.choices
    levels = _WORDS if tool is None else tool.levels
    scales = (tuple(word for word in one if word in levels) for one in _FAMILIES if now in one)
    return max(scales, key=len, default=())


def _moved(now: Any, scale: tuple[Any, ...], path: Path) -> Iterator[Step]:
    if now not in scale:  # unknown or not assessed: nothing to move
        return
    place = scale.index(now)
    yield from (Step(path, now, scale[beside]) for beside in (place - 1, place + 1) if 0 <= beside < len(scale))


LARGEST_SET = 3
"""Sets of steps up to this size are tried exhaustively, within the budget."""
BUDGET = 5000
"""How many versions of a dossier to grade before falling back to a search."""
_BLOCK = 5


@dataclass(frozen=True, slots=True)
class Flip:
    """Steps made together, and the resulting verdict."""

    steps: tuple[Step, ...]
    after: Standing


@dataclass(frozen=True, slots=True)
class Fewest:
    """The fewest steps that together move the level.

    Attributes:
        flips: all smallest sets; or one set found by a search, in which every step is needed.
        looked_at: the size up to which every set was tried.
        never: whether it is certain that no set of steps moves the level.
    """

    flips: tuple[Flip, ...]
    looked_at: int
    never: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether no smaller set moves the level."""
        return self.never or (bool(self.flips) and len(self.flips[0].steps) <= self.looked_at + 1)


class _SpentError(Exception):
    """The budget is spent."""


def single_steps(data: Data, regrade: Regrading) -> tuple[Flip, ...]:
    """Return every possible step, with the verdict after that step alone."""
    return tuple(Flip((one,), regrade(edited(data, {one.path: one.moved}))) for one in steps(data))


def fewest(data: Data, regrade: Regrading, before: Standing, singles: Sequence[Flip], budget: int = BUDGET) -> Fewest:
    """Return the smallest sets of steps that move the level.

    Sets that no completion of unknown judgements could move are never tried. In Kleene's three-valued logic a set of
    possible levels can only shrink as facts become known (S. C. Kleene, Introduction to Metamathematics, 1952, §64).
    So a block of judgements that leaves the level as it is when all are unknown leaves it so whatever they are.

    Args:
        data: the data of the dossier.
        regrade: grades versions of it.
        before: the verdict before any step.
        singles: the verdict after each step alone.
        budget: how many versions may be graded.
    """
    moving = tuple(one for one in singles if one.after.moved_from(before))
    if moving:
        return Fewest(moving, 1)
    search = _Search(data, regrade, before, singles, regrade.gradings + 1 + budget)
    if not search.by_path or not search.may_move(tuple(search.by_path)):
        return Fewest((), 1, never=True)
    looked_at = 1
    try:
        for size in range(2, LARGEST_SET + 1):
            found = tuple(search.of_size(size))
            looked_at = size
            if found:
                return Fewest(found, looked_at)
    except _SpentError:
        pass
    return Fewest(tuple(itertools.islice(search.beyond(looked_at), 1)), looked_at)


def _sections_read(rubric: Rubric, data: Data) -> frozenset[str]:
    """Return the sections that the rules of a rubric can read."""
    listed = (domain.each.entries.keys[0] for domain in rubric.domains if domain.each is not None)
    return frozenset((*sections_read(one.condition for one in grading(rubric, data)), *listed))


class _Search:
    """Tries sets of steps."""

    def __init__(self, data: Data, regrade: Regrading, before: Standing, singles: Sequence[Flip], last: int) -> None:
        self._data = data
        self._regrade = regrade
        self._before = before
        self._last = last
        self.by_path: dict[Path, list[Step]] = {}
        read = _sections_read(regrade.rubric, data)
        for one in singles:
            if one.steps[0].path[0] not in read:  # no rule reads this section
                continue
            self.by_path.setdefault(one.steps[0].path, []).append(one.steps[0])

    def may_move(self, paths: Sequence[Path]) -> bool:
        """Whether any change of the judgements at some paths could move the level; always true if it is not settled."""
        if not self._before.is_settled:
            return True
        return self._graded(dict.fromkeys(paths, GONE)).possible != self._before.possible

    def of_size(self, size: int) -> Iterator[Flip]:
        """Yield every set of this size that moves the level, provided that no smaller set does."""
        paths = tuple(self.by_path)
        blocks = [paths[start : start + _BLOCK] for start in range(0, len(paths), _BLOCK)]
        block_of = {path: number for number, block in enumerate(blocks) for path in block}
        for chosen in itertools.combinations_with_replacement(range(len(blocks)), size):
            inside = dict.fromkeys(path for number in chosen for path in blocks[number])
            if not self.may_move(tuple(inside)):
                continue
            for few in itertools.combinations(inside, size):
                if tuple(block_of[path] for path in few) != chosen or not self.may_move(few):
                    continue
                for moved in itertools.product(*(self.by_path[path] for path in few)):
                    flip = self._flip(moved)
                    if flip.after.moved_from(self._before):
                        yield flip

    def beyond(self, looked_at: int) -> Iterator[Flip]:
        """Yield larger sets: all steps in one direction, reduced to those needed."""
        self._last += 2 * len(self.by_path) + 2
        for end in (0, -1):
            kept = [one[end] for one in self.by_path.values()]
            if len(kept) <= looked_at or not self._flip(kept).after.moved_from(self._before):
                continue
            for one in tuple(kept):
                fewer = [other for other in kept if other is not one]
                if self._flip(fewer).after.moved_from(self._before):
                    kept = fewer
            yield self._flip(kept)

    def _flip(self, moved: Sequence[Step]) -> Flip:
        return Flip(tuple(moved), self._graded({one.path: one.moved for one in moved}))

    def _graded(self, changes: Mapping[Path, object]) -> Standing:
        if self._regrade.gradings >= self._last:
            raise _SpentError
        return self._regrade(edited(self._data, changes))
