"""Notices about a paper after publication: retractions, corrections, expressions of concern."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Nature(enum.Enum):
    """What a notice says of a paper, in the words of Retraction Watch."""

    RETRACTION = "Retraction"
    CORRECTION = "Correction"
    CONCERN = "Expression of concern"
    REINSTATEMENT = "Reinstatement"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice about a paper.

    Attributes:
        nature: what it says.
        date: when it was published, as 2021-01-20; None if not reported.
        reason: why, in the words of Retraction Watch; None if not reported.
        doi: of the notice itself; None if it has none.
    """

    nature: Nature
    date: str | None
    reason: str | None
    doi: str | None


def in_force(notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """Return the notices that still say something of a paper: a retraction falls with a later reinstatement.

    A retraction without a date remains in force: nothing shows that the reinstatement came after it.
    """
    reinstated = max((one.date or "" for one in notices if one.nature is Nature.REINSTATEMENT), default="")
    return tuple(
        one
        for one in notices
        if one.nature is not Nature.REINSTATEMENT
        and not (one.nature is Nature.RETRACTION and one.date is not None and one.date <= reinstated)
    )
