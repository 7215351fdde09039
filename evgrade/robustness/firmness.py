"""How firm a grade or level is: four classes, from open to a missing fact to unmoved by any single change.

The measure is monotone: making a judgement unknown never makes a grade or level firmer. Either something that was
settled becomes open, and is then provisional; or it holds whatever that judgement is, and whatever moves it without
that judgement also moves it with it.
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
    """Return how firm each grade is, and the score and level if there are any.

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
    """Return how firm the recommendation of a valid dossier is, with few gradings; None if there is none.

    Judgements that could not move it whatever their values are skipped together, as in `judgements.fewest`.
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
