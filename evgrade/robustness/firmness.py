"""How firm a grade or a level is: four classes, from open to a missing fact to moved by nothing.

The measure is monotone: if a judgement is forgotten, so that it is unknown, no grade and no level becomes firmer. Then
either something is still open that was settled, and it is provisional; or it holds whatever that judgement says, and
what moves it without that judgement is among what moves it with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evgrade.grading.judge import Data
from evgrade.robustness.judgements import Step, steps
from evgrade.robustness.removals import What, removals, without
from evgrade.robustness.standing import GONE, LEVEL, SCORE, Regrading, Standing, edited
from evgrade.robustness.summary import Firmness
from evgrade.rubric.model import Rubric


def firmness(before: Standing, steps: Iterable[Standing], pieces: Iterable[Standing]) -> Mapping[str, Firmness]:
    """Return how firm each grade is, the score and the level, if there are any.

    Args:
        before: the verdict on the dossier.
        steps: the verdict after each step of a judgement.
        pieces: the verdict without each item and each source.
    """
    by_step = frozenset(name for one in steps for name in one.differs(before))
    by_piece = frozenset(name for one in pieces for name in one.differs(before))
    settled = {name: len(possible) == 1 for name, (_, possible) in before.grades.items()}
    if before.score is not None:
        settled[SCORE] = before.score[1] == before.score[2]
    if before.level is not None:
        settled[LEVEL] = before.is_settled
    return {
        name: _of(is_settled=is_settled, by_step=name in by_step, by_piece=name in by_piece)
        for name, is_settled in settled.items()
    }


def _of(*, is_settled: bool, by_step: bool, by_piece: bool) -> Firmness:
    if not is_settled:
        return Firmness.PROVISIONAL
    if by_step:
        return Firmness.ONE_JUDGEMENT
    return Firmness.ONE_PIECE if by_piece else Firmness.FIRM


def firmness_of_level(data: Data, rubric: Rubric) -> Firmness | None:
    """Return how firm the recommendation of a valid dossier is, None where there is none; with the fewest gradings.

    Steps of judgements that could not move it whatever they say are passed over together, as in `flips`.
    """
    regrade = Regrading(rubric)
    before = regrade(data)
    if before.level is None:
        return None
    if not before.is_settled:
        return Firmness.PROVISIONAL

    def moves(changed: Data) -> bool:
        return regrade(changed).moved_from(before)

    def any_moves(some: Sequence[Step]) -> bool:
        if len(some) <= 1:
            return any(moves(edited(data, {one.path: one.moved})) for one in some)
        if not moves(edited(data, dict.fromkeys((one.path for one in some), GONE))):
            return False
        middle = len(some) // 2
        return any_moves(some[:middle]) or any_moves(some[middle:])

    if any_moves(tuple(steps(data))):
        return Firmness.ONE_JUDGEMENT
    pieces = (one for one in removals(data) if one.what in (What.ITEM, What.SOURCE))
    return Firmness.ONE_PIECE if any(moves(without(data, one)[0]) for one in pieces) else Firmness.FIRM
