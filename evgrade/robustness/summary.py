"""What a row holds of robustness, apart from the code that determines it, so that known rows need not load it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Firmness(StrEnum):
    """How firm a grade or a level is, from the least firm; the values are those of the JSON."""

    PROVISIONAL = "provisional"
    """A missing fact can change it."""
    ONE_JUDGEMENT = "hangs_on_one_judgement"
    """It is settled, and one judgement that moves by one step changes or unsettles it."""
    ONE_PIECE = "hangs_on_one_piece_of_evidence"
    """No single step moves it, and one item or one source that is taken away changes or unsettles it."""
    FIRM = "firm"
    """No single step moves it, and neither does the loss of a single item or source."""


class Places(NamedTuple):
    """Its places under many weightings. A share is of the weightings that were drawn.

    Attributes:
        kept: the share in which it keeps the rank that it has.
        first: the share in which none has a higher score.
        mean: its mean rank.
        best, worst: its best and its worst rank, whatever the facts that are missing turn out to be.
        central: the mean of the weights that make it the first, in the order in which the score counts domains; empty
            where none do.
        order: the share in which the order of the whole folder is kept: no dossier overtakes another.
        certain: the share in which it is kept whatever the facts that are missing turn out to be.
    """

    kept: float
    first: float
    mean: float
    best: int
    worst: int
    central: tuple[float, ...]
    order: float
    certain: float


class Weighted(NamedTuple):
    """The rank of a dossier under weights other than the rubric's.

    Attributes:
        rank: its present rank: 1 plus the number of dossiers with a higher score.
        dossiers: among how many.
        draws: how many weightings were drawn, for each of the following.
        everywhere: under all weightings, drawn uniformly.
        near: under those near the weights of the rubric.
    """

    rank: int
    dossiers: int
    draws: int
    everywhere: Places
    near: Places
