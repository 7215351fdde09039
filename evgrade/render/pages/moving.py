"""What numbers change when they move within their intervals and rounding, in words."""

from __future__ import annotations

from collections.abc import Iterator

from evgrade.grading.resting import name_at
from evgrade.logic import Truth
from evgrade.render.page import Block, Bullets, Heading, Item, Paragraph, Place
from evgrade.render.pages.becoming import become_words
from evgrade.robustness.changed import changes
from evgrade.robustness.moving import Compared, Contradicted, How, Moved, moving
from evgrade.robustness.robust import Robustness
from evgrade.rubric.phrases import number

_MOST = 12


def moving_blocks(one: Robustness) -> Iterator[Block]:
    """Yield which numbers change something, grades first, and how many were moved."""
    found = moving(one.dossier, one.rubric, one.before)
    if not found.tried:
        return
    yield Heading(2, ("Numbers moved within their intervals and rounding",))
    if found.changing:
        items = [_item(one, moved) for moved in found.changing]
        yield Bullets(items, most=_MOST, command="evgrade robustness FILE --format json")
    how = "each printed number by half a unit of its last digit, and each estimate to either end of its interval"
    left = found.tried - len(found.changing)
    moves = "move was" if found.tried == 1 else "moves were"
    wording = f"{found.tried} {moves} tried: {how}."
    if left:
        others = "None" if not found.changing else "No other"
        wording += f" {others} changes a grade, a condition on a number, or whether an interval excludes no effect."
    if found.changing and not any(moved.after.differs(one.before) for moved in found.changing):
        wording += " None of them changes a grade."
    yield Paragraph((wording,))


def _item(one: Robustness, moved: Moved) -> Item:
    path = moved.move.path
    location = one.dossier.document.location(path)
    return Item((moved_words(one, moved),), (_name(one, moved),), Place(location.file, location.line))


def _name(one: Robustness, moved: Moved) -> str:
    move = moved.move
    to = "at the end of its interval, " if move.how is How.INTERVAL else "as "
    return f"{name_at(one.dossier.data, move.path)} {move.written}, {to}{number(move.value)}"


def moved_words(one: Robustness, moved: Moved) -> str:
    """Return what a number changes once it is moved, as a phrase."""
    wording = []
    if moved.after.differs(one.before):
        wording.append(become_words(changes(one.rubric, one.before, moved.after)))
    if moved.excludes_none is not None:
        wording.append(f"the interval {'excludes' if moved.excludes_none else 'includes'} no effect")
    wording += [_contradicted(one, each) for each in moved.contradicted]
    wording += [_compared(each) for each in moved.conditions]
    return "; ".join(wording)


def _contradicted(one: Robustness, given: Contradicted) -> str:
    name = name_at(one.dossier.data, given.path)
    stated = given.stated.replace("_", " ")
    if given.suggested is None:
        return f"the reviewers state {stated} for {name}, which this interval by itself would not show"
    return f"the reviewers state {stated} for {name}, and the numbers would suggest {given.suggested.replace('_', ' ')}"


def _compared(given: Compared) -> str:
    return f"“{given.means}” {_TRUTHS[given.after]}"


_TRUTHS: dict[Truth, str] = {True: "comes to hold", False: "no longer holds", None: "is no longer known"}
