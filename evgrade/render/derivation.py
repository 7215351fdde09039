"""The derivation of grades as an indented text: every rule tried, true, false or unknown, and what it looked at."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from evgrade.dossier import Dossier
from evgrade.grading.derivation import Derivation, Derived, ScoreDerived, Tried
from evgrade.grading.trace import Trace, shared_part, within
from evgrade.model import Path, dotted
from evgrade.render.clean import for_terminal, prose
from evgrade.render.sink import Sink
from evgrade.rubric.language import All, Always, AnyOf, LabelIs, Not, NumberOf, OneOf, Term, Within
from evgrade.rubric.lists import Count, Every, Share, Sum
from evgrade.rubric.phrases import describe, limits, measured
from evgrade.rubric.phrases import number as count

_LEAST = 34
"""How many columns a line has at least for its words, with what runs over."""

MOST_ITEMS = 100
"""How many items of one list are shown at the most; the others are counted."""

Kept = dict[tuple[int, Path, bool], tuple[str, ...]]
"""What terms and labels say of items in words, each worked out once while one grade is derived."""

_MARKS = {True: "yes", None: "?", False: "no"}


def derivation_text(derivation: Derivation, dossier: Dossier, sink: Sink) -> Iterator[str]:
    """Yield the lines of a derivation."""
    for line in _lines(derivation, dossier):
        for wrapped in _wrap(sink.encodable(for_terminal(line)), sink.width):
            yield f"{wrapped}\n"


def _lines(derivation: Derivation, dossier: Dossier) -> Iterator[str]:
    for domain in derivation.domains:
        yield from _derived(domain, dossier)
        yield ""
    if derivation.score is not None:
        yield from _score(derivation.score)
        yield ""
    if derivation.recommendation is not None:
        yield from _derived(derivation.recommendation, dossier)
        yield ""
    for suggestion in derivation.suggestions:
        yield from _derived(suggestion, dossier)
        yield ""
    yield "[yes] it holds   [no] it does not   [?] not known: a fact is not stated"


def _wrap(line: str, width: int) -> list[str]:
    """Return a line cut to the width, what runs over indented below it."""
    text = line.lstrip()
    indent = min(len(line) - len(text), max(0, width - _LEAST))  # what is nested deeper has no room left for words
    return textwrap.wrap(" " * indent + text, width, subsequent_indent=" " * (indent + 6), break_on_hyphens=False) or [
        ""
    ]


def _score(derived: ScoreDerived) -> Iterator[str]:
    scored = derived.scored
    open_range = ""
    if scored.low is not None and scored.high is not None and scored.low != scored.high:
        open_range = f"  (still possible: {_points(scored.low)} to {_points(scored.high)})"
    value = "none, nothing could be judged" if scored.value is None else _points(scored.value)
    yield f"{for_terminal(derived.title)}: {value}{open_range}"
    yield "The mean of the points of the grades, each with its weight."
    for part in derived.parts:
        brings = part.brings
        told = "left out"
        if brings is not None and brings.now is not None:
            told = f"{_points(brings.now)} points, weight {_points(brings.weight)}"
        if brings is not None and brings.low != brings.high:
            told += f"  (still possible: {_points(brings.low)} to {_points(brings.high)})"
        yield f"  {for_terminal(part.title)} {part.grade}: {told}"


def _points(value: float) -> str:
    return f"{value:.4g}"


def _derived(derived: Derived, dossier: Dossier, indent: str = "") -> Iterator[str]:
    others = [grade for grade in derived.possible if grade != derived.result]
    possible = f"  (still possible: {', '.join(others)})" if others else ""
    yield f"{indent}{for_terminal(derived.title)}: {derived.result}{possible}"
    if derived.question:
        yield f"{indent}{derived.question}"
    kept: Kept = {}
    if derived.judged_when is not None:
        yield f"{indent}  [{_MARKS[derived.judged_when.truth]}] there is something to judge"
        yield from _trace(derived.judged_when, dossier, indent + "        ", set(), kept)
    for tried in derived.tried:
        yield from _tried(tried, dossier, indent + "  ", kept)
    for item in derived.items:
        yield from _derived(item, dossier, indent + "  ")


def _tried(tried: Tried, dossier: Dossier, indent: str, kept: Kept) -> Iterator[str]:
    reached = "  <- this one" if tried.reached and not tried.gives.startswith(("start", "+", "-", "at")) else ""
    yield f"{indent}[{_MARKS[tried.trace.truth]}] {tried.gives} {tried.rule.name}: {tried.rule.means}{reached}"
    if not isinstance(tried.trace.condition, Always):
        yield from _trace(tried.trace, dossier, indent + "      ", set(), kept)


def _trace(asked: Trace, dossier: Dossier, indent: str, told: set[str], kept: Kept) -> Iterator[str]:
    """Yield what decides a condition: a line each for what is asked of the dossier, and one for each item.

    A term is spelled out once; where a rule comes back to it, one line is enough (`told` has the names).
    """
    if isinstance(asked.condition, Term):
        if asked.condition.name in told:
            yield f"{indent}[{_MARKS[asked.truth]}] {prose(asked.condition.phrase)}, as above"
            return
        told.add(asked.condition.name)
    if isinstance(asked.condition, All | AnyOf | NumberOf | Term | Not):
        if not isinstance(asked.condition, All | Term):
            yield f"{indent}[{_MARKS[asked.truth]}] {_joined(asked)}:"
            indent += "    "
        for part in asked.parts:
            yield from _trace(part, dossier, indent, told, kept)
        return
    yield f"{indent}[{_MARKS[asked.truth]}] {prose(_headline(asked))}"
    for path in asked.unknown:
        yield f"{indent}      not stated: {dotted(path)}, line {dossier.document.location(path).line}"
    shown, more = _first_items(asked)
    for item in shown:
        yield from _item(item, dossier, indent + "    ", kept)
    if more:
        yield f"{indent}    {more}"


def _first_items(asked: Trace) -> tuple[Iterable[Trace], str]:
    """Return the items to show, those that match before those that may, and how many of which kind are not shown."""
    if (asked.listed or 0) <= MOST_ITEMS:
        return asked.items, ""
    truths = list(asked.truths)
    first = [[number for number, one in enumerate(truths) if one is truth] for truth in _MARKS]
    shown = sorted(islice(chain.from_iterable(first), MOST_ITEMS))
    left = Counter(truths) - Counter(truths[number] for number in shown)
    told = ", ".join(f"[{mark}] {count(left[truth])}" for truth, mark in _MARKS.items() if left[truth])
    return map(asked.item, shown), f"and {count(left.total())} more: {told}"


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
        return f" (it is {prose(asked.found).replace('_', ' ')})"
    return f" (it is {measured(asked.condition, asked.found)})"


def _item(item: Trace, dossier: Dossier, indent: str, kept: Kept) -> Iterator[str]:
    """Yield an item in one line, with what decides whether it matches, and lists inside it below."""
    location = dossier.document.location(item.path)
    reasons = "".join(f"{'; ' if number else ': '}{reason}" for number, reason in enumerate(_deciding(item, kept)))
    yield f"{indent}[{_MARKS[item.truth]}] {for_terminal(_name(item))}, line {location.line}{reasons}"
    for inner in _lists(item):
        yield from _trace(inner, dossier, indent + "    ", set(), kept)


def _deciding(asked: Trace, kept: Kept, *, negated: bool = False) -> tuple[str, ...]:
    """Return in words the parts that make a condition of an item what it is, those with the same truth, each once."""
    shared = shared_part(asked.condition)
    if shared is None:
        return tuple(dict.fromkeys(_reasons(asked, kept, negated=negated)))
    key = id(shared), asked.path, negated
    if key not in kept:
        kept[key] = tuple(dict.fromkeys(_reasons(asked, kept, negated=negated)))
    return kept[key]


def _reasons(asked: Trace, kept: Kept, *, negated: bool) -> Iterator[str]:
    """Yield these parts; a negation turns the truth of its part around, so all that is below it decides."""
    condition = asked.condition
    if isinstance(condition, OneOf | Within):
        told = describe(condition) + (" (not stated)" if asked.truth is None else _found(asked))
        yield f"not ({told})" if negated else told
    for part in asked.parts:
        if isinstance(condition, Not):
            yield from _deciding(part, kept, negated=not negated)
        elif part.truth is asked.truth or isinstance(condition, LabelIs):
            yield from _deciding(part, kept, negated=negated)


def _lists(asked: Trace) -> Iterator[Trace]:
    """Yield the conditions on lists inside an item."""
    for one in within([asked], lambda part: part.parts) if asked.leads_on else ():
        if isinstance(one.condition, Count | Every | Sum | Share) and one.listed != 0:
            yield one


def _name(item: Trace) -> str:
    return str(item.data.get("id") or item.data.get("name") or dotted(item.path))
