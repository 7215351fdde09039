"""The fewest judgements that move a level, when each is moved by one step.

What no completion of unknown judgements could move is never tried: in Kleene's three-valued logic a set of possible
levels can only shrink as facts become known (S. C. Kleene, Introduction to Metamathematics, 1952, §64), so that a block
of judgements which leaves the level as it is when all of them are unknown leaves it so whatever they say.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evgrade.grading.judge import Data
from evgrade.model import Path
from evgrade.robustness.edits import GONE, edited
from evgrade.robustness.judgements import Step, steps
from evgrade.robustness.standing import Standing, standing
from evgrade.rubric.model import Rubric

LARGEST_SET = 3
"""Sets of up to so many steps are all looked at."""
_BLOCK = 5


@dataclass(frozen=True, slots=True)
class Flip:
    """Steps that together move the level, and where the dossier stands then."""

    steps: tuple[Step, ...]
    after: Standing


def single_steps(data: Data, rubric: Rubric) -> tuple[Flip, ...]:
    """Return every step that can be made, with where the dossier stands after it alone."""
    return tuple(Flip((one,), standing(edited(data, {one.path: one.moved}), rubric)) for one in steps(data))


def fewest(data: Data, rubric: Rubric, before: Standing, singles: Sequence[Flip]) -> tuple[Flip, ...]:
    """Return the smallest sets of steps that move the level, all of them; none if none of up to three steps does.

    Args:
        data: the dossier's data.
        rubric: what it is graded by.
        before: where it stands.
        singles: what each step does alone.
    """
    moving = tuple(one for one in singles if one.after.level != before.level)
    if moving:
        return moving
    by_path: dict[Path, list[Step]] = {}
    for one in singles:
        by_path.setdefault(one.steps[0].path, []).append(one.steps[0])

    def may_move(paths: Sequence[Path]) -> bool:
        unknown = standing(edited(data, dict.fromkeys(paths, GONE)), rubric)
        return unknown != before if len(before.possible) > 1 else unknown.possible != before.possible

    for size in range(2, LARGEST_SET + 1):
        found = tuple(_of_size(size, data, rubric, before, by_path, may_move))
        if found:
            return found
    return ()


def _of_size(
    size: int,
    data: Data,
    rubric: Rubric,
    before: Standing,
    by_path: Mapping[Path, Sequence[Step]],
    may_move: Callable[[Sequence[Path]], bool],
) -> Iterator[Flip]:
    paths = tuple(by_path)
    blocks = [paths[start : start + _BLOCK] for start in range(0, len(paths), _BLOCK)]
    block_of = {path: number for number, block in enumerate(blocks) for path in block}
    for chosen in itertools.combinations_with_replacement(range(len(blocks)), size):
        inside = dict.fromkeys(path for number in chosen for path in blocks[number])
        if not may_move(tuple(inside)):
            continue
        for few in itertools.combinations(inside, size):
            if tuple(block_of[path] for path in few) != chosen or not may_move(few):
                continue
            for moved in itertools.product(*(by_path[path] for path in few)):
                after = standing(edited(data, {one.path: one.moved for one in moved}), rubric)
                if after.level != before.level:
                    yield Flip(moved, after)
