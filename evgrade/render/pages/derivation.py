"""The derivation of grades: every rule that was tried, whether it holds, and what it looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evgrade.dossier import Dossier
from evgrade.grading.derivation import Derivation, Derived, ScoreDerived, Tried
from evgrade.grading.trace import Trace
from evgrade.logic import Truth
from evgrade.model import dotted
from evgrade.render.page import Block, Bullets, Heading, Item, Mark, Paragraph
from evgrade.rubric.language import All, Always, AnyOf, LabelIs, Not, NumberOf, OneOf, Term, Within
from evgrade.rubric.lists import Count, Every, Share, Sum
from evgrade.rubric.phrases import describe, limits, measured


def derivation_page(derivation: Derivation, dossier: Dossier, only: str | None = None) -> Iterator[Block]:
    """Yield the derivation of all grades, or of the domain or recommendation with the title `only`."""
    for domain in derivation.domains:
        if only is None or domain.title == only:
            yield from _derived(domain, dossier)
    if only is None and derivation.score is not None:
        yield from _score(derivation.score)
    recommendation = derivation.recommendation
    if recommendation is not None and only in (None, recommendation.title):
        yield from _derived(recommendation, dossier)
    for suggestion in derivation.suggestions if only is None else ():
        yield from _derived(suggestion, dossier)
    yield Heading(2, ("What the marks mean",))
    yield Bullets(
        [
            Item(("it holds",), mark=Mark.YES),
            Item(("it does not",), mark=Mark.NO),
            Item(("not known: a fact is not stated",), mark=Mark.UNKNOWN),
        ]
    )


def _mark(truth: Truth) -> Mark:
    return Mark.UNKNOWN if truth is None else Mark.YES if truth else Mark.NO


def _result(derived: Derived) -> str:
    others = [grade for grade in derived.possible if grade != derived.result]
    return f"{derived.title}: {derived.result}" + (f" (still possible: {', '.join(others)})" if others else "")


def _derived(derived: Derived, dossier: Dossier) -> Iterator[Block]:
    yield Heading(2, (_result(derived),))
    if derived.question:
        yield Paragraph((derived.question,))
    yield Bullets([*_rules(derived, dossier), *(_item_graded(item, dossier) for item in derived.items)])


def _item_graded(item: Derived, dossier: Dossier) -> Item:
    return Item((_result(item),), children=tuple(_rules(item, dossier)))


def _rules(derived: Derived, dossier: Dossier) -> Iterator[Item]:
    if derived.judged_when is not None:
        mark = _mark(derived.judged_when.truth)
        yield Item(("there is something to judge",), mark=mark, children=tuple(_trace(derived.judged_when, dossier)))
    for tried in derived.tried:
        yield _tried(tried, dossier)


def _tried(tried: Tried, dossier: Dossier) -> Item:
    reached = " <- this one" if tried.reached and not tried.gives.startswith(("start", "+", "-", "at")) else ""
    told = f"{tried.gives} {tried.rule.name}: {tried.rule.means}{reached}"
    below = () if isinstance(tried.trace.condition, Always) else tuple(_trace(tried.trace, dossier))
    return Item((told,), mark=_mark(tried.trace.truth), children=below)


def _score(derived: ScoreDerived) -> Iterator[Block]:
    scored = derived.scored
    open_range = ""
    if scored.low is not None and scored.high is not None and scored.low != scored.high:
        open_range = f" (still possible: {_points(scored.low)} to {_points(scored.high)})"
    value = "none, nothing could be judged" if scored.value is None else _points(scored.value)
    yield Heading(2, (f"{derived.title}: {value}{open_range}",))
    yield Paragraph(("The mean of the points of the grades, each with its weight.",))
    items = []
    for part in derived.parts:
        brings = part.brings
        told = "left out"
        if brings is not None and brings.now is not None:
            told = f"{_points(brings.now)} points, weight {_points(brings.weight)}"
        if brings is not None and brings.low != brings.high:
            told += f" (still possible: {_points(brings.low)} to {_points(brings.high)})"
        items.append(Item((f"{part.title} {part.grade}: {told}",)))
    yield Bullets(items)


def _points(value: float) -> str:
    return f"{value:.4g}"


# Conditions


def _trace(asked: Trace, dossier: Dossier) -> Iterator[Item]:
    """Yield what decides a condition: an entry each for what is asked of the dossier, and one for each item."""
    if isinstance(asked.condition, All | AnyOf | NumberOf | Term | Not):
        parts = (item for part in asked.parts for item in _trace(part, dossier))
        if isinstance(asked.condition, All | Term):
            yield from parts
        else:
            yield Item((f"{_joined(asked)}:",), mark=_mark(asked.truth), children=tuple(parts))
        return
    below = [Item((f"not stated: {dotted(path)}, {_line(path, dossier)}",)) for path in asked.unknown]
    below += [_item(item, dossier) for item in asked.items]
    yield Item((_headline(asked),), mark=_mark(asked.truth), children=tuple(below))


def _line(path: tuple[str | int, ...], dossier: Dossier) -> str:
    return f"line {dossier.document.location(path).line}"


def _joined(asked: Trace) -> str:
    if isinstance(asked.condition, NumberOf):
        return f"{limits(asked.condition.bounds)} of these, and it is {measured(asked.condition, asked.found)}"
    return "not" if isinstance(asked.condition, Not) else "one of these"


def _headline(asked: Trace) -> str:
    condition = asked.condition
    if isinstance(condition, OneOf | Within):
        return describe(condition) + _found(asked)
    if isinstance(condition, Count | Sum | Share):
        nothing = "nothing to have a share of" if isinstance(condition, Share) else "not known"
        return f"{describe(condition)}: {nothing if asked.found is None else measured(condition, asked.found)}"
    return describe(condition)


def _found(asked: Trace) -> str:
    if asked.found is None or (asked.truth is True and isinstance(asked.condition, OneOf)):
        return ""
    if isinstance(asked.found, bool):
        return f" (it is {str(asked.found).lower()})"
    if isinstance(asked.found, str):
        return f" (it is {asked.found.replace('_', ' ')})"
    return f" (it is {measured(asked.condition, asked.found)})"


def _item(item: Trace, dossier: Dossier) -> Item:
    """Return an item in one line, with what decides whether it matches, and lists inside it below."""
    reasons = "; ".join(dict.fromkeys(_deciding(item)))
    told = f"{_name(item, dossier)}, {_line(item.path, dossier)}" + (f": {reasons}" if reasons else "")
    below = tuple(one for inner in _lists(item) for one in _trace(inner, dossier))
    return Item((told,), mark=_mark(item.truth), children=below)


def _deciding(asked: Trace) -> Iterator[str]:
    """Yield in words the parts that make a condition of an item what it is: those with the same truth.

    A negation turns the truth of its part around, so all that is below it decides.
    """
    if isinstance(asked.condition, OneOf | Within):
        yield describe(asked.condition) + (" (not stated)" if asked.truth is None else _found(asked))
    elif isinstance(asked.condition, Not):
        for reason in _deciding(asked.parts[0]):
            yield f"not ({reason})"
    for part in asked.parts if not isinstance(asked.condition, Not) else ():
        if part.truth is asked.truth or isinstance(asked.condition, LabelIs):
            yield from _deciding(part)


def _lists(asked: Trace) -> Iterator[Trace]:
    """Yield the conditions on lists inside an item."""
    if isinstance(asked.condition, Count | Every | Sum | Share) and (asked.items or asked.unknown):
        yield asked
        return
    for part in asked.parts:
        yield from _lists(part)


def _name(item: Trace, dossier: Dossier) -> str:
    value: Any = dossier.data
    for step in item.path:
        value = value[step]
    return str(value.get("id") or value.get("name") or dotted(item.path))
