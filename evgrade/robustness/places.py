"""Which place a dossier takes in a folder under other weights, apart from the code that determines it."""

from __future__ import annotations

from typing import NamedTuple


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
