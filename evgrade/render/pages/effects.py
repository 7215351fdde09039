"""The effects on outcomes in short, so that they are seen where the grades are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from evgrade.computed.absolute import PER, Absolute
from evgrade.computed.shown import Kind, Shown, ShownRow
from evgrade.computed.words import named
from evgrade.render.page import Block, Bullets, EffectRow, Effects, Heading, Item

_MOST_OUTCOMES = 3
_MOST_STUDIES = 6
_COMMAND = "evgrade plot forest FILE"
_NAMES = {"Pooled, as the source states it": "Pooled, as stated", "Pooled, computed by evgrade": "Pooled, computed"}


def effects_section(shown: Sequence[Shown]) -> Iterator[Block]:
    """Yield the outcomes whose effects can be drawn; nothing where there are none."""
    drawn = [one for one in shown if any(row.estimate is not None for row in one.rows)]
    if drawn:
        yield Heading(2, ("Effects",))
        yield from map(_effects, drawn[:_MOST_OUTCOMES])
        yield Bullets((Item((one.outcome,)) for one in drawn[_MOST_OUTCOMES:]), "", 0, _COMMAND)


def _effects(shown: Shown) -> Effects:
    studies = [row for row in shown.rows if row.kind is Kind.STUDY]
    pooled = [row for row in shown.rows if row.kind is Kind.POOLED]
    unit = f", {shown.unit}" if shown.unit else ""
    names = Counter(row.name for row in studies)
    return Effects(
        title=shown.outcome,
        measure=(shown.measure, f"{named(shown.measure)}{unit}"),
        rows=tuple(
            _row(row, row.id if names[row.name] > 1 and row.id else row.name)
            for row in (*studies[:_MOST_STUDIES], *pooled)
        ),
        more=max(0, len(studies) - _MOST_STUDIES),
        sides=shown.sides,
        people="" if shown.absolute is None else _people(shown.absolute),
    )


def _row(row: ShownRow, name: str) -> EffectRow:
    """Return an effect by the name of its study, or by its id where a study has several."""
    one = row.estimate
    name = _NAMES.get(name, name)
    return EffectRow(name, row.words, None if one is None else (one.value, one.low, one.high), row.kind is Kind.POOLED)


def _people(absolute: Absolute) -> str:
    if absolute.without is None or absolute.with_therapy is None:
        return ""
    shown = absolute.with_therapy
    return (
        f"Of {PER:,} people: {absolute.without:.0f} without the therapy, {shown.value:.0f} with it "
        f"({shown.low:.0f} to {shown.high:.0f})"
    )
