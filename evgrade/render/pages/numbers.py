"""Effects and computed numbers next to what sources state: a summary for a report, and a page with every formula."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from evgrade.computed import methods
from evgrade.computed.absolute import PER, Absolute
from evgrade.computed.effect import Computed
from evgrade.computed.methods import Method
from evgrade.computed.numbers import EffectNumbers, Numbers, OutcomeNumbers, PooledNumbers
from evgrade.computed.pooled import Linking, PooledEffect, Pooling, StudyPooled
from evgrade.computed.shown import ONE_STATED, POOLED_COMPUTED, POOLED_STATED, Kind, Shown, ShownRow
from evgrade.computed.words import (
    estimate_words,
    heterogeneity_words,
    interval_words,
    named,
    needed_words,
    people_words,
)
from evgrade.render.page import (
    Block,
    Bullets,
    EffectRow,
    Effects,
    Heading,
    Item,
    Line,
    Paragraph,
    Place,
    Span,
    Style,
    strong,
)

_MOST = 8
_COMMAND = "evgrade explain FILE numbers"
_NOTHING = (
    "The dossier states nothing that a number could be computed from: no arms with counts or means, no standard error "
    "or exact p value without an interval, no effects that answer an outcome, and no risk without the therapy."
)
_ABOUT = (
    "They appear beside the numbers that sources state, never in their place, and change no grade. In the formulas, z "
    "is 1.96 for a 95% interval; a of the n1 people with the therapy and c of the n2 people without it had the event; "
    "b and d did not."
)


def numbers_section(numbers: Numbers) -> Iterator[Block]:
    """Yield a summary of the numbers, outcomes first; nothing if there are none."""
    if numbers:
        yield Heading(2, ("Numbers",))
        yield Bullets(_entries(numbers), "", _MOST, _COMMAND)
        yield Paragraph(("Computed by evgrade. For the methods, run: ", Span(_COMMAND, Style.COMMAND)))


def _entries(numbers: Numbers) -> Iterator[Item]:
    for outcome in numbers.outcomes:
        wording = [_pooled_words(one.pooling) for one in outcome.pooled]
        people = outcome.absolute or next((one.absolute for one in outcome.pooled if one.absolute is not None), None)
        yield _entry(outcome.name, outcome, wording, people)
    for effect in numbers.effects:
        wording = [_words(effect.computed)] if effect.computed is not None else []
        wording += [f"nothing: {effect.reason}"] if effect.reason is not None else []
        yield _entry(f"{effect.study}: {effect.outcome}", effect, wording, effect.absolute)


def _entry(
    name: str, given: OutcomeNumbers | EffectNumbers, computed: Sequence[str], absolute: Absolute | None
) -> Item:
    wording = [*computed, *([f"{people_words(absolute)}, {needed_words(absolute)}"] if absolute is not None else [])]
    stated = f"stated {given.stated}; " if given.stated else ""
    return Item(
        (stated, "computed ", strong("; ".join(wording))),
        (name,),
        Place(given.location.file, given.location.line),
    )


def _words(computed: Computed) -> str:
    return estimate_words(computed.measure, computed.estimate, computed.level)


def _pooled_words(pooling: Pooling) -> str:
    if pooling.effect is None or pooling.measure is None:
        return f"no pooled effect: {pooling.reason}"
    many = len(pooling.studies)
    differ = pooling.effect.heterogeneity
    wording = [
        estimate_words(pooling.measure, pooling.effect.estimate),
        f"{many} studies",
        f"I² {100 * differ.i2:.0f}%",
    ]
    if pooling.effect.prediction is not None:
        wording.append(f"a new study {interval_words(pooling.effect.prediction, pooling.measure)}")
    if pooling.left_out:
        wording.append(f"{len(pooling.left_out)} left out")
    return ", ".join(wording)


def numbers_page(numbers: Numbers) -> Iterator[Block]:
    """Yield every number with its method, formula and source."""
    yield Heading(2, ("Numbers computed by evgrade",))
    if not numbers:
        yield Paragraph((_NOTHING,))
        return
    yield Paragraph((_ABOUT,))
    for outcome in numbers.outcomes:
        yield Heading(3, (outcome.name, Span(f" line {outcome.location.line}", Style.DIM)))
        yield Bullets(list(_outcome(outcome)))
    for effect in numbers.effects:
        yield Heading(3, (f"{effect.study}: {effect.outcome}", Span(f" line {effect.location.line}", Style.DIM)))
        yield Bullets(list(_effect(effect)))
    yield Heading(2, ("Methods",))
    yield Bullets([_method(method) for method in dict.fromkeys(_used(numbers))])


def _used(numbers: Numbers) -> Iterator[Method]:
    """Yield the methods of all numbers, in the order of the page."""
    for outcome in numbers.outcomes:
        yield from _used_by(outcome.absolute)
        for one in outcome.pooled:
            if one.pooling.effect is not None:
                yield one.pooling.effect.method
                yield from [methods.PREDICTION] if one.pooling.effect.prediction is not None else []
            yield from (study.method for study in one.pooling.studies)
            yield from _used_by(one.absolute)
    for effect in numbers.effects:
        yield from [effect.computed.method] if effect.computed is not None else []
        yield from _used_by(effect.absolute)


def _used_by(absolute: Absolute | None) -> Iterator[Method]:
    if absolute is not None:
        yield absolute.method
        yield methods.NEEDED


def _method(method: Method) -> Item:
    return Item((method.formula,), (method.name,), children=[Item((Span(method.source, Style.DIM),))])


def _outcome(outcome: OutcomeNumbers) -> Iterator[Item]:
    if outcome.stated:
        yield Item((outcome.stated,), ("Stated",))
    if outcome.absolute is not None:
        yield from _people_items(outcome.absolute, "Stated, per 1,000 people")
    for one in outcome.pooled:
        yield from _pooled_items(one)


def _effect(effect: EffectNumbers) -> Iterator[Item]:
    if effect.stated:
        yield Item((effect.stated,), ("Stated",))
    if effect.computed is not None:
        about = [Item((note,)) for note in effect.computed.notes]
        yield Item((strong(_words(effect.computed)), f", {effect.computed.method.name}"), ("Computed",), children=about)
    if effect.reason is not None:
        yield Item((effect.reason,), ("Not computed",))
    if effect.absolute is not None:
        yield from _people_items(effect.absolute, "In people")


def _people_items(absolute: Absolute, title: str) -> Iterator[Item]:
    wording: Line = (strong(people_words(absolute)), f"; {needed_words(absolute)}")
    below = []
    if absolute.without is not None and absolute.with_therapy is not None:
        with_therapy = absolute.with_therapy
        without_words = f"{absolute.without:.0f} of 1,000 without the therapy ({absolute.risk_of}), "
        with_words = f"{with_therapy.value:.0f} with it ({with_therapy.low:.0f} to {with_therapy.high:.0f})"
        below.append(Item((without_words, with_words)))
    yield Item(wording, (title,), children=below)


_ORIGINS = {Linking.LINKED: "Pooled from the studies that answer it", Linking.LISTED: "Pooled from its study effects"}


def _pooled_items(one: PooledNumbers) -> Iterator[Item]:
    pooling = one.pooling
    title = _ORIGINS[pooling.origin]
    studies = [Item((_study_words(study, pooling.measure or ""),), (study.name,)) for study in pooling.studies]
    left = [Item((f"left out: {gone.reason}",), (gone.name,)) for gone in pooling.left_out]
    if pooling.effect is None or pooling.measure is None:
        yield Item((f"not pooled: {pooling.reason}",), (title,), children=[*studies, *left])
        return
    wording: Line = (
        strong(estimate_words(pooling.measure, pooling.effect.estimate)),
        f", {pooling.effect.method.name}",
    )
    yield Item(wording, (title,), children=[*_about(pooling.measure, pooling.effect), *studies, *left])
    if one.absolute is not None:
        yield from _people_items(one.absolute, "Pooled, in people")


def _about(measure: str, effect: PooledEffect) -> Iterator[Item]:
    yield Item((heterogeneity_words(effect.heterogeneity, measure),), ("Heterogeneity",))
    if effect.prediction is not None:
        ends = interval_words(effect.prediction, measure)
        yield Item((f"{ends}, {methods.PREDICTION.name}",), ("A new study",))
    yield from (Item((note,)) for note in effect.notes)


def _study_words(study: StudyPooled, measure: str) -> str:
    return "; ".join([f"{estimate_words(measure, study.estimate)}, {study.method.name}", *study.notes])


# Effects, drawn beside the grades

_MOST_OUTCOMES = 3
_MOST_STUDIES = 6
_PLOT_COMMAND = "evgrade plot forest FILE"
_NAMES = {ONE_STATED: "As stated", POOLED_STATED: "Pooled, as stated", POOLED_COMPUTED: "Pooled, computed"}


def effects_section(shown: Sequence[Shown]) -> Iterator[Block]:
    """Yield the outcomes whose effects can be drawn."""
    drawn = [one for one in shown if any(row.estimate is not None for row in one.rows)]
    if drawn:
        yield Heading(2, ("Effects",))
        yield from map(_effects, drawn[:_MOST_OUTCOMES])
        yield Bullets((Item((one.outcome,)) for one in drawn[_MOST_OUTCOMES:]), "", 0, _PLOT_COMMAND)


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
    """Return an effect as a row named `name`."""
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
