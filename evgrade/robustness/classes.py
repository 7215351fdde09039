"""The classes of firmness, apart from the code that determines them, so that known rows need not load it."""

from __future__ import annotations

from enum import StrEnum


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
