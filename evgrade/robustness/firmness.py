"""How firm a grade or a level is: four classes, from one that a missing fact can change to one that nothing moves.

The measure is monotone: if a judgement is forgotten, so that it is unknown, no grade and no level becomes firmer. Then
either something is still open that was settled, and it is provisional; or it holds whatever that judgement says, and
what moves it without that judgement is among what moves it with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from evgrade.robustness.standing import LEVEL, SCORE, Standing


class Firmness(StrEnum):
    """How firm a grade or a level is, from the least firm; the values are those of the JSON."""

    PROVISIONAL = "provisional"
    """A missing fact can change it."""
    ONE_JUDGEMENT = "hangs_on_one_judgement"
    """It is settled, and one judgement that moves by one step changes or unsettles it."""
    ONE_PIECE = "hangs_on_one_piece_of_evidence"
    """No single step moves it, and one item or one source that is taken away changes or unsettles it."""
    FIRM = "firm"
    """Neither a single step nor a single item or source that is taken away moves it."""


def firmness(before: Standing, steps: Iterable[Standing], pieces: Iterable[Standing]) -> Mapping[str, Firmness]:
    """Return how firm each grade is, the score and the level, if there are any.

    Args:
        before: where the dossier stands.
        steps: where it stands after each step of a judgement.
        pieces: where it stands without each item and each source.
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
