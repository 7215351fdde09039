"""The derivation of grades as an indented text: every rule tried, true, false or unknown, and what it looked at."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from evgrade.dossier import Dossier
from evgrade.grading.derivation import Derivation, Derived, ScoreDerived, Tried
from evgrade.grading.trace import Trace
from evgrade.model import dotted
from evgrade.render.clean import for_terminal, prose
from evgrade.render.sink import Sink
from evgrade.rubric.language import All, Always, AnyOf, LabelIs, Not, NumberOf, OneOf, Term, Within
from evgrade.rubric.lists import Count, Every, Share, Sum
from evgrade.rubric.phrases import describe, limits, measured

_LEAST = 34
"""How many columns a line has at least for its words, with what runs over."""

_MARKS = {True: "yes", False: "no", None: "?"}


def derivation_text(derivation: Derivation, dossier: Dossier, sink: Sink, only: str | None = None) -> str:
    """Return the derivation of all grades, or of the domain or recommendation with the title `only`."""
    lines = []
    for domain in derivation.domains:
        if only is None or domain.title == only:
            lines += [*_derived(domain, dossier), ""]
    if only is None and derivation.score is not None:
        lines += [*_score(derivation.score), ""]
    recommendation = derivation.recommendation
    if recommendation is not None and only in (None, recommendation.title):
        lines += [*_derived(recommendation, dossier), ""]
    for suggestion in derivation.suggestions if only is None else ():
        lines += [*_derived(suggestion, dossier), ""]
    lines.append("[yes] it holds   [no] it does not   [?] not known: a fact is not stated")
    shown = (sink.encodable(for_terminal(line)) for line in lines)
    return "".join(f"{wrapped}\n" for line in shown for wrapped in _wrap(line, sink.width))


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
    if derived.judged_when is not None:
        yield f"{indent}  [{_MARKS[derived.judged_when.truth]}] there is something to judge"
        yield from _trace(derived.judged_when, dossier, indent + "        ")
    for tried in derived.tried:
        yield from _tried(tried, dossier, indent + "  ")
    for item in derived.items:
        yield from _derived(item, dossier, indent + "  ")


def _tried(tried: Tried, dossier: Dossier, indent: str) -> Iterator[str]:
    reached = "  <- this one" if tried.reached and not tried.gives.startswith(("start", "+", "-", "at")) else ""
    yield f"{indent}[{_MARKS[tried.trace.truth]}] {tried.gives} {tried.rule.name}: {tried.rule.means}{reached}"
    if not isinstance(tried.trace.condition, Always):
        yield from _trace(tried.trace, dossier, indent + "      ")


def _trace(asked: Trace, dossier: Dossier, indent: str) -> Iterator[str]:
    """Yield what decides a condition: a line each for what is asked of the dossier, and one for each item."""
    if isinstance(asked.condition, All | AnyOf | NumberOf | Term | Not):
        if not isinstance(asked.condition, All | Term):
            yield f"{indent}[{_MARKS[asked.truth]}] {_joined(asked)}:"
            indent += "    "
        for part in asked.parts:
            yield from _trace(part, dossier, indent)
        return
    yield f"{indent}[{_MARKS[asked.truth]}] {prose(_headline(asked))}"
    for path in asked.unknown:
        yield f"{indent}      not stated: {dotted(path)}, line {dossier.document.location(path).line}"
    for item in asked.items:
        yield from _item(item, dossier, indent + "    ")


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


def _item(item: Trace, dossier: Dossier, indent: str) -> Iterator[str]:
    """Yield an item in one line, with what decides whether it matches, and lists inside it below."""
    location = dossier.document.location(item.path)
    deciding = list(dict.fromkeys(_deciding(item)))
    reasons = "".join(f"{'; ' if number else ': '}{reason}" for number, reason in enumerate(deciding))
    yield f"{indent}[{_MARKS[item.truth]}] {for_terminal(_name(item, dossier))}, line {location.line}{reasons}"
    for inner in _lists(item):
        yield from _trace(inner, dossier, indent + "    ")


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
