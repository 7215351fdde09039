"""The derivation of grades: every rule that was tried, whether it holds, and the facts that it used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from evgrade.dossier import Dossier
from evgrade.grading.derivation import Derivation, Derived, ScoreDerived, Tried
from evgrade.grading.trace import Trace, within
from evgrade.logic import Truth
from evgrade.model import Path, dotted
from evgrade.render.page import Block, Bullets, Heading, Item, Mark, Paragraph
from evgrade.rubric.conditions.base import Always, Connective
from evgrade.rubric.conditions.lists import OverItems
from evgrade.rubric.conditions.logic import All, Not, Term
from evgrade.rubric.conditions.values import FieldTest, LabelIs
from evgrade.rubric.phrases import number as count

MOST_ITEMS = 100
"""How many items of one list are shown; the rest are counted."""

Kept = dict[tuple[int, Path, bool], tuple[str, ...]]
"""Terms and labels of items in words, cached while one grade is derived."""


def derivation_page(derivation: Derivation, dossier: Dossier) -> Iterator[Block]:
    """Yield the derivation of grades lazily."""
    for domain in derivation.domains:
        yield from _derived(domain, dossier)
    if derivation.score is not None:
        yield from _score(derivation.score)
    if derivation.recommendation is not None:
        yield from _derived(derivation.recommendation, dossier)
    for suggestion in derivation.suggestions:
        yield from _derived(suggestion, dossier)
    yield Heading(2, ("What the marks mean",))
    yield Bullets(
        [
            Item(("the condition is met",), mark=Mark.YES),
            Item(("the condition is not met",), mark=Mark.NO),
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
    items = (Item((_result(item),), children=_rules(item, dossier)) for item in derived.items)
    yield Bullets(chain(_rules(derived, dossier), items))


def _rules(derived: Derived, dossier: Dossier) -> Iterator[Item]:
    kept: Kept = {}
    if derived.judged_when is not None:
        below = _trace(derived.judged_when, dossier, set(), kept)
        yield Item(("there is something to judge",), mark=_mark(derived.judged_when.truth), children=below)
    for tried in derived.tried:
        yield _tried(tried, dossier, kept)


def _tried(tried: Tried, dossier: Dossier, kept: Kept) -> Item:
    reached = " <- this one" if tried.reached and not tried.gives.startswith(("start", "+", "-", "at")) else ""
    seen = f"{tried.gives} {tried.rule.name}: {tried.rule.means}{reached}"
    below = () if isinstance(tried.trace.condition, Always) else _trace(tried.trace, dossier, set(), kept)
    return Item((seen,), mark=_mark(tried.trace.truth), children=below)


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
        seen = "left out"
        if brings is not None and brings.now is not None:
            seen = f"{_points(brings.now)} points, weight {_points(brings.weight)}"
        if brings is not None and brings.low != brings.high:
            seen += f" (still possible: {_points(brings.low)} to {_points(brings.high)})"
        items.append(Item((f"{part.title} {part.grade}: {seen}",)))
    yield Bullets(items)


def _points(value: float) -> str:
    return f"{value:.4g}"


# Conditions


def _trace(
    traced: Trace, dossier: Dossier, seen: set[str], kept: Kept, *, all_must_hold: bool = True
) -> Iterator[Item]:
    """Yield what decides a condition: a list item for each question put to the dossier, and for each item of evidence.

    A term is spelled out once; when a rule returns to it, one line is enough (`seen` has the names). Among items that
    must all hold, the parts of a conjunction need no line above them.
    """
    condition = traced.condition
    if isinstance(condition, Term):
        if condition.name in seen:
            yield Item((f"{condition.phrase}, as above",), mark=_mark(traced.truth))
            return
        seen.add(condition.name)
    opening = condition.opening(traced) if isinstance(condition, Connective) else None
    is_all = isinstance(condition, All) and len(condition.parts) > 1
    is_one = isinstance(condition, Term | All) and not is_all  # holds if its one part does
    if is_one or (is_all and all_must_hold):
        opening = ""
    if opening is None:
        yield Item((condition.headline(traced),), mark=_mark(traced.truth), children=_below(traced, dossier, kept))
        return
    must = all_must_hold if is_one else is_all
    parts = (item for part in traced.parts for item in _trace(part, dossier, seen, kept, all_must_hold=must))
    if opening:
        yield Item((f"{opening}:",), mark=_mark(traced.truth), children=parts)
    else:
        yield from parts


def _below(traced: Trace, dossier: Dossier, kept: Kept) -> Iterator[Item]:
    for path in traced.unknown:
        yield Item((f"not stated: {dotted(path)}, {_line(path, dossier)}",))
    shown, more = _first_items(traced)
    for item in shown:
        yield _item(item, dossier, kept)
    if more:
        yield Item((more,))


_SIGNS = {True: "yes", None: "?", False: "no"}


def _first_items(traced: Trace) -> tuple[Iterable[Trace], str]:
    """Return the items to show, matches before possible matches, and the number left out by kind."""
    if (traced.listed or 0) <= MOST_ITEMS:
        return traced.items, ""
    truths = list(traced.truths)
    first = [[number for number, one in enumerate(truths) if one is truth] for truth in _SIGNS]
    shown = sorted(islice(chain.from_iterable(first), MOST_ITEMS))
    left = Counter(truths) - Counter(truths[number] for number in shown)
    seen = ", ".join(f"[{sign}] {count(left[truth])}" for truth, sign in _SIGNS.items() if left[truth])
    return traced.items_at(shown), f"and {count(left.total())} more: {seen}"


def _line(path: Path, dossier: Dossier) -> str:
    return f"line {dossier.document.location(path).line}"


def _item(item: Trace, dossier: Dossier, kept: Kept) -> Item:
    """Return an item in one line, with what decides whether it matches, and its inner lists below."""
    reasons = "; ".join(_deciding(item, kept))
    seen = f"{_name(item)}, {_line(item.path, dossier)}" + (f": {reasons}" if reasons else "")
    below = (one for inner in _lists(item) for one in _trace(inner, dossier, set(), kept))
    return Item((seen,), mark=_mark(item.truth), children=below)


def _deciding(traced: Trace, kept: Kept, *, negated: bool = False) -> tuple[str, ...]:
    """Return in words the parts that decide a condition on an item: those with the same truth, each once."""
    shared = traced.condition.shared()
    if shared is None:
        return tuple(dict.fromkeys(_reasons(traced, kept, negated=negated)))
    key = id(shared), traced.path, negated
    if key not in kept:
        kept[key] = tuple(dict.fromkeys(_reasons(traced, kept, negated=negated)))
    return kept[key]


def _reasons(traced: Trace, kept: Kept, *, negated: bool) -> Iterator[str]:
    """Yield these parts. A negation reverses the truth of its part, so everything below it decides."""
    condition = traced.condition
    if isinstance(condition, FieldTest):
        seen = f"{condition.describe()} (not stated)" if traced.truth is None else condition.headline(traced)
        yield f"not ({seen})" if negated else seen
    for part in traced.parts:
        if isinstance(condition, Not):
            yield from _deciding(part, kept, negated=not negated)
        elif part.truth is traced.truth or isinstance(condition, LabelIs):
            yield from _deciding(part, kept, negated=negated)


def _lists(traced: Trace) -> Iterator[Trace]:
    """Yield the conditions on lists inside an item."""
    for one in within([traced], lambda part: part.parts) if traced.leads_on else ():
        if isinstance(one.condition, OverItems) and one.listed != 0:
            yield one


def _name(item: Trace) -> str:
    return str(item.data.get("id") or item.data.get("name") or dotted(item.path))
