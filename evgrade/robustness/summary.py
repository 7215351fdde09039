"""The robustness results in a row, apart from the code that computes them, which cached rows need not load."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Firmness(StrEnum):
    """How firm a grade or level is, from the least firm; the values appear in the JSON."""

    PROVISIONAL = "provisional"
    """A missing fact can change it."""
    ONE_JUDGEMENT = "hangs_on_one_judgement"
    """It is settled, but moving one judgement by one step changes or unsettles it."""
    ONE_PIECE = "hangs_on_one_piece_of_evidence"
    """No single step moves it, but removing one item or source changes or unsettles it."""
    FIRM = "firm"
    """Neither a single step nor the loss of a single item or source moves it."""


class Places(NamedTuple):
    """The ranks of a dossier in a folder under many weightings. Shares are of the weightings drawn.

    Attributes:
        kept: the share in which it keeps its rank.
        first: the share in which no dossier has a higher score.
        mean: its mean rank.
        best, worst: its best and worst rank, whatever the missing facts turn out to be.
        central: the mean of the weights that put it first, in the order in which the score counts domains; empty if
            none do.
        order: the share that keeps the order of the whole folder: no dossier overtakes another.
        certain: the share that keeps this order whatever the missing facts turn out to be.
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
        dossiers: the number of dossiers in the folder.
        draws: the number of weightings drawn for each of the following.
        everywhere: its ranks under all weightings, drawn uniformly.
        near: its ranks under weightings near the rubric's.
    """

    rank: int
    dossiers: int
    draws: int
    everywhere: Places
    near: Places
