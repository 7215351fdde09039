"""Notices about a paper after publication: retractions, corrections, expressions of concern."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Nature(enum.Enum):
    """The kind of a notice, in the words of Retraction Watch."""

    RETRACTION = "Retraction"
    CORRECTION = "Correction"
    CONCERN = "Expression of concern"
    REINSTATEMENT = "Reinstatement"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice about a paper.

    Attributes:
        nature: its kind.
        date: its date of publication, such as 2021-01-20; None if not reported.
        reason: its reason, in the words of Retraction Watch; None if not reported.
        doi: the DOI of the notice itself; None if it has none.
    """

    nature: Nature
    date: str | None
    reason: str | None
    doi: str | None


def in_force(notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """Return the notices that still apply to a paper: a later reinstatement cancels a retraction.

    A retraction without a date remains in force, because nothing shows that the reinstatement came later.
    """
    reinstated = max((one.date or "" for one in notices if one.nature is Nature.REINSTATEMENT), default="")
    return tuple(
        one
        for one in notices
        if one.nature is not Nature.REINSTATEMENT
        and not (one.nature is Nature.RETRACTION and one.date is not None and one.date <= reinstated)
    )
