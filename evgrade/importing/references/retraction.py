"""What happened to a work after its publication, as one status: the gravest, unless it was reinstated in the end."""

from __future__ import annotations

import re
from collections.abc import Sequence

_GRAVITY = ("corrected", "expression_of_concern", "withdrawn", "retracted")
_HINT = re.compile(r"\W*(?:retracted|retraction|withdrawn|temporary removal|removed)\b(?: article)?\W", re.IGNORECASE)


def gravest(statuses: Sequence[tuple[str, str]]) -> str:
    """Return one status of several, each with a date or an empty text.

    A reinstatement is the last word on a retraction that is not later. One without a date on either side says nothing
    of the order, so the retraction stays.
    """
    reinstated = max((when for status, when in statuses if status == "reinstated"), default=None)
    standing = [
        status
        for status, when in statuses
        if status != "reinstated" and not (reinstated and when and when <= reinstated and status != "corrected")
    ]
    worst = max(standing, key=_GRAVITY.index, default="reinstated")
    return "reinstated" if reinstated and worst == "corrected" else worst


def is_hinted(title: str) -> bool:
    """Return whether a title begins with a word such as RETRACTED, which is a hint and no status."""
    return _HINT.match(title) is not None
