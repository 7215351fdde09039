"""How far the bounds of a rubric may move, in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from evgrade.render.page import Block, Bullets, Heading, Item, Paragraph
from evgrade.render.pages.becoming import become_words
from evgrade.robustness.changed import changes
from evgrade.robustness.robust import Robustness
from evgrade.robustness.thresholds import Threshold, Turn, thresholds
from evgrade.rubric.conditions.base import Numeric
from evgrade.rubric.model import Points
from evgrade.rubric.phrases import number

_MOST = 12


def threshold_blocks(one: Robustness) -> Iterator[Block]:
    """Yield how far each bound may move, those closest to changing something first."""
    found = thresholds(one.dossier.data, one.rubric, one.before)
    if not found:
        return
    yield Heading(2, ("Thresholds of the rubric",))
    near = [threshold for threshold in found if threshold.distance is not None]
    if near:
        items = [Item((threshold_words(one, each),), (name_words(each),)) for each in near]
        yield Bullets(items, most=_MOST, command="evgrade robustness FILE --format json")
    left = len(found) - len(near)
    if left:
        others = "other " if near else ""
        bounds = "bound, moved either way, changes" if left == 1 else "bounds, each moved alone either way, change"
        cut = any(turn is not None for each in found if each.distance is None for turn in (each.lower, each.higher))
        far = "as far as they were tried" if cut else "however far"
        yield Paragraph((f"The {others}{left} {bounds} no grade, {far}.",))


def moving_words(one: Robustness) -> Iterator[str]:
    """Yield which bounds move the recommendation, and where, those closest to that first; not what asks for nothing."""
    for given in thresholds(one.dossier.data, one.rubric, one.before):
        for turn, way, past in ((given.lower, "fell", "below"), (given.higher, "rose", "above")):
            far = given.distance is None or given.distance >= 1
            if turn is None or turn.after is None or far or not turn.after.moved_from(one.before):
                continue
            to = f"{past} {_said(given, turn.last)}" if turn.first is None else f"to {_said(given, turn.first)}"
            then = become_words(changes(one.rubric, one.before, turn.after))
            yield f"If the threshold “{demand_words(given)}” {way} {to}: {then}."


def demand_words(given: Threshold) -> str:
    """Return what a bound demands, of what; empty for one in nothing that grades."""
    if given.by is None:
        return ""
    if isinstance(given.by, Points):
        return _ON_POINTS[given.bound.word].format(_said(given, given.bound.value))
    return given.by.describe()


def name_words(given: Threshold) -> str:
    """Return what a bound demands, and where the rubric writes it."""
    bound = given.bound
    return f"{demand_words(given)} ({bound.rule}, {PurePath(bound.location.file).name}:{bound.location.line})"


_ON_POINTS = {
    "floor": "no fewer than {} points",
    "ceiling": "no more than {} points",
    "at_most": "at most {} points",
    "at_least": "from {} points",
}


def threshold_words(one: Robustness, given: Threshold) -> str:
    """Return how far a bound may move, in a sentence or two."""
    lower, higher = _turn(one, given, given.lower, "down", "below"), _turn(one, given, given.higher, "up", "above")
    if given.lower is None:
        return f"{higher}. Lowering it changes nothing"
    return f"{lower}. {higher}" if given.higher is not None else f"{lower}. Raising it changes nothing"


def _turn(one: Robustness, given: Threshold, turn: Turn | None, way: str, past: str) -> str:
    value = _said(given, given.bound.value)
    if turn is None:
        return ""
    last, first = _said(given, turn.last), _said(given, turn.first)
    if turn.after is None:
        return f"{value} may go {way} to {last}; beyond that was not tried"
    then = become_words(changes(one.rubric, one.before, turn.after))
    if turn.first is None:
        may = "" if turn.last == given.bound.value else f"{value} may go {way} to {last}; "
        return f"{may}{past} {last}, {then}"
    if turn.last is None:
        return f"{value} may go {way} to just {'above' if way == 'down' else 'below'} {first}; at {first}, {then}"
    may = "" if turn.last == given.bound.value else f"{value} may go {way} to {last}; "
    return f"{may}at {first}, {then}"


def _said(given: Threshold, value: Any) -> str:
    if value is None or isinstance(value, str):
        return str(value)
    return number(value, percent=isinstance(given.by, Numeric) and given.by.percent)
